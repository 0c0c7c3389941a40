"""In: the tracker's sums by donor and month, and the ledger. Out: ours beside theirs, a row a donor."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from aidlib.errors import ReadError
from aidlib.ledger import Ledger
from aidlib.ledger.columns import Column, frame_of
from aidlib.ledger.totals import total_commitments
from aidlib.model import Stage

__all__ = ["TRACKER", "known_by", "read_tracker", "table_tracker"]

BILLION = Decimal(10) ** 9
NEEDED = ("iso", "year", "month", "military")
ALLOCATED = [stage.value for stage in Stage if stage.rank >= Stage.ALLOCATED.rank]
TRACKER = (
    Column("donor", "text", "ISO 3166-1 alpha-3, or EU", True),
    Column("theirs_eur", "money", "military allocations of the tracker, euro", True),
    Column("ours_low_eur", "money", "least of our military acts, each once", True),
    Column("ours_eur", "money", "as stated", True),
    Column("ours_high_eur", "money", "most", True),
    Column("allocated_eur", "money", "of ours, allocated or further", True),
    Column("share", "rate", "ours over theirs"),
    Column("n_commitments", "count", "our acts", True),
    Column("commitment_ids", "text", "our acts, | between"),
)


def read_tracker(path: Path | str) -> tuple[dict[str, Decimal], str]:
    """Read the military sums of the tracker's ``data_explorer.csv`` (billion euro a donor and month).

    Returns
    -------
    tuple
        Euro by donor, summed over all months, and the last month, as "2026-04".

    Raises
    ------
    ReadError
        The table lacks one of ``iso``, ``year``, ``month`` and ``military``, or a cell is no number.
    """
    sums: dict[str, Decimal] = defaultdict(Decimal)
    last = ""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or [])]
            if missing:
                raise _broken(path, f"the table has no column {', '.join(missing)}")
            for line, row in enumerate(reader, start=2):
                donor, amount, month = _cells(row, f"{path}, line {line}")
                sums[donor] += amount
                last = max(last, month)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _broken(path, f"the tracker cannot be read: {error}") from error
    if not sums:
        raise _broken(path, "the table has no row")
    return dict(sorted(sums.items())), last


def _broken(where: object, what: str) -> ReadError:
    return ReadError(what, where=str(where), fix="Give the tracker's data_explorer.csv, as published.")


def _cells(row: dict[str, str], where: str) -> tuple[str, Decimal, str]:
    try:
        # Month 0 is an unknown one.
        month = f"{date(int(row['year']), int(row['month']) or 1, 1):%Y-%m}"
        amount = Decimal(row["military"] or "0") * BILLION
    except (ValueError, TypeError, InvalidOperation) as error:
        raise _broken(where, f"a cell is no number: {error}") from error
    if not row["iso"] or not amount.is_finite():
        raise _broken(where, "a row has no donor, or no sum")
    return row["iso"], amount, month


def table_tracker(ledger: Ledger, theirs: dict[str, Decimal], last: str) -> pd.DataFrame:
    """Set our military acts beside the tracker's, for every donor that both have.

    Ours are booked acts announced up to the tracker's last month, each once and a part within its
    whole; they include envelopes of years to come, which the tracker counts as they are allocated.

    Returns
    -------
    DataFrame
        The columns of ``TRACKER``, largest of theirs first. ``share`` is empty where theirs is 0.
    """
    known = known_by(ledger.commitments, last)
    mine = known[known["aid_type"] == "military"]
    totals = total_commitments(mine, by=["donor"]).to_dict("records")
    further = total_commitments(mine[mine["stage"].isin(ALLOCATED)], by=["donor"])
    allocated = dict(zip(further["donor"], further["central_eur"], strict=True))
    rows = [
        {
            "donor": row["donor"],
            "theirs_eur": theirs[row["donor"]].quantize(Decimal("0.01")),
            "ours_low_eur": row["low_eur"],
            "ours_eur": row["central_eur"],
            "ours_high_eur": row["high_eur"],
            "allocated_eur": allocated.get(row["donor"], Decimal(0)),
            "share": _share(row["central_eur"], theirs[row["donor"]]),
            "n_commitments": row["n_commitments"],
            "commitment_ids": row["commitment_ids"],
        }
        for row in totals
        if row["donor"] in theirs
    ]
    return frame_of(TRACKER, sorted(rows, key=lambda row: (-row["theirs_eur"], row["donor"])))


def known_by(acts: pd.DataFrame, last: str) -> pd.DataFrame:
    """Select the acts announced up to the end of a month, such as "2026-04", or on no known day."""
    until = pd.Timestamp(f"{last}-01") + pd.offsets.MonthEnd(0)
    return acts[~(acts["announced_on"] > until)]


def _share(ours: Decimal, theirs: Decimal) -> Decimal | None:
    return (ours / theirs).quantize(Decimal("0.0001")) if theirs else None
