"""In: the tracker's sums by donor and by quarter, and the ledger. Out: every difference with its reason."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.errors import ReadError
from aidlib.ledger import Ledger
from aidlib.ledger.columns import Column, frame_of
from aidlib.ledger.totals import total_commitments
from aidlib.reconcile.tracker import TRACKER, known_by, table_tracker

__all__ = ["KINDS", "read_donors", "read_quarters", "table_differences"]

BILLION = Decimal(10) ** 9
ZERO = Decimal(0)
KINDS = ("stockpile", "procurement", "unspecified", "nato_purl")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
LARGE = Decimal(1) / 3  # of the larger of the two sums
REASONS = (
    *("close", "few_acts", "kind_unstated"),
    *("envelopes", "only_pledged", "theirs_is_none", "no_reason_found"),
)
DIFFERENCES = (
    *(column for column in TRACKER if column.name != "commitment_ids"),
    Column("envelope_eur", "money", "of ours, in frameworks of several years", True),
    Column("pledged_eur", "money", "of ours, not yet allocated", True),
    Column("unstated_eur", "money", "the donor's acts whose kind of aid no text states, or mixes", True),
    Column("reason", "text", "why the two differ by more than a third", True, REASONS),
)


def read_donors(path: Path | str) -> dict[str, Decimal]:
    """Read the tracker's military sums by donor, in euro, from ``seeds/tracker_donors.csv``.

    Raises
    ------
    ReadError
        It is no such table, or a cell is no number.
    """
    rows = _rows(path, ("donor", "military_eur_bn"))
    return {row["donor"]: _euro(row["military_eur_bn"], where) for where, row in rows}


def read_quarters(path: Path | str) -> pd.DataFrame:
    """Read the tracker's military sums by quarter, in euro, from ``seeds/tracker_quarters.csv``.

    Returns
    -------
    DataFrame
        ``quarter`` ("2022-Q1"), ``last_month`` that the tracker has of it ("2022-03"), and a
        column of euro for each of ``KINDS``; in the order of time.

    Raises
    ------
    ReadError
        It is no such table, a quarter is none, or a cell is no number.
    """
    rows = []
    for where, row in _rows(path, ("quarter", "months", *(f"{kind}_eur_bn" for kind in KINDS))):
        found = QUARTER.fullmatch(row["quarter"])
        if not found or row["months"] not in ("1", "2", "3"):
            raise _broken(where, f"{row['quarter']!r} with {row['months']!r} months is no quarter")
        month = int(found[2]) * 3 - 3 + int(row["months"])
        sums = {kind: _euro(row[f"{kind}_eur_bn"], where) for kind in KINDS}
        rows.append({"quarter": row["quarter"], "last_month": f"{found[1]}-{month:02}", **sums})
    names = ["quarter", "last_month", *KINDS]
    return pd.DataFrame(rows, columns=names, dtype=object).sort_values("quarter", ignore_index=True)


def _rows(path: Path | str, needed: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    """Read rows, each with its place."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            rows, head = list(reader), reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _broken(str(path), f"the tracker's table cannot be read: {error}") from error
    missing = [name for name in needed if name not in head]
    if missing or not rows:
        lacks = f"column {', '.join(missing)}" if missing else "row"
        raise _broken(str(path), f"the table has no {lacks}")
    return [(f"{path}, line {line}", row) for line, row in enumerate(rows, start=2)]


def _broken(where: str, what: str) -> ReadError:
    return ReadError(what, where=where, fix="Give a table with the columns of seeds/tracker_*.csv.")


def _euro(cell: str, where: str) -> Decimal:
    try:
        amount = Decimal(cell)
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or amount < 0:
        raise _broken(where, f"{cell!r} is no sum in billion euro")
    return (amount * BILLION).quantize(Decimal("0.01"))


def table_differences(ledger: Ledger, theirs: dict[str, Decimal], last: str) -> pd.DataFrame:
    """Set our military acts beside the tracker's, and give each large difference a reason.

    A difference is large beyond a third of the larger sum. Where ours is more, half of the excess
    or more must be in envelopes of several years, or in pledges that nothing has followed, to be
    named as the reason; where ours is less, half of the gap in acts of the donor whose kind of aid
    is unstated. Else the texts, which are a sample, tell of few of the donor's acts.

    Returns
    -------
    DataFrame
        The columns of ``DIFFERENCES``, largest of theirs first.
    """
    known = known_by(ledger.commitments, last)
    mine = known[known["aid_type"] == "military"]
    envelopes = _by_donor(mine[mine["mechanism"] == "framework"])
    unstated = _by_donor(known[known["aid_type"].isna() | (known["aid_type"] == "mixed")])
    rows: list[dict[str, Any]] = []
    for told in table_tracker(ledger, theirs, last).to_dict("records"):
        row: dict[str, Any] = {
            **{str(name): value for name, value in told.items()},
            "envelope_eur": envelopes.get(told["donor"], ZERO),
            "pledged_eur": max(told["ours_eur"] - told["allocated_eur"], ZERO),
            "unstated_eur": unstated.get(told["donor"], ZERO),
        }
        rows.append(row | {"reason": _reason(row)})
    return frame_of(DIFFERENCES, rows)


def _by_donor(acts: pd.DataFrame) -> dict[str, Decimal]:
    totals = total_commitments(acts, by=["donor"])
    return dict(zip(totals["donor"], totals["central_eur"], strict=True))


def _reason(row: dict[str, Any]) -> str:
    gap = row["ours_eur"] - row["theirs_eur"]
    if abs(gap) <= LARGE * max(row["ours_eur"], row["theirs_eur"]):
        return "close"
    if not row["theirs_eur"]:
        return "theirs_is_none"
    if gap < 0:
        return "kind_unstated" if row["unstated_eur"] >= -gap / 2 else "few_acts"
    causes = {"envelopes": row["envelope_eur"], "only_pledged": row["pledged_eur"]}
    return next((name for name, value in causes.items() if value >= gap / 2), "no_reason_found")
