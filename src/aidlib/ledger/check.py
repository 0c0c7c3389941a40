"""In: the folder of a ledger, and a table of rates. Out: every value in it that cannot be redone."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.errors import LedgerError
from aidlib.ledger.books import Ledger
from aidlib.ledger.columns import TABLES
from aidlib.ledger.contracts import Failure, contract_breaches, groupings_of, names_of, row_breaches
from aidlib.ledger.files import CSV_TABLES, RARE_TABLES, RATE_DIGITS, columns_of
from aidlib.ledger.readback import read_ledger, read_parquet
from aidlib.ledger.totals import GROUPINGS, total_commitments
from aidlib.ledger.valuing import Valuer
from aidlib.rates import RateTable, default_rates, packaged_rates, to_cents

__all__ = ["Checked", "check_folder", "find_failures"]

DAYS = {"commitments": "announced_on", "events": "booked_on"}
BOUNDS = ("_low", "", "_high")
# A sum that has no value in euro must say why.
WITHOUT_VALUE = frozenset(
    "donor_unknown currency_unknown day_unknown rate_missing amount_not_positive".split()
)
_ESCAPED = re.compile(r"\\ud[89a-f][0-9a-f]{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: all failures, in a line each; ``said`` tells in one line what was checked."""

    failures: tuple[Failure, ...]
    said: str


def check_folder(folder: Path | str, *, table: RateTable | None = None) -> Checked:
    """Read a ledger back and do every sum in it again.

    Parameters
    ----------
    folder : Path or str
        What ``write_ledger`` wrote.
    table : RateTable, optional
        The rates to hold it against; the table in use, or the packaged one where the ledger names it.

    Raises
    ------
    LedgerError
        A file is missing or cannot be read; ``failures`` holds every cell that cannot.
    """
    folder = Path(folder).absolute()
    ledger = read_ledger(folder, check=False)
    chosen = table or next((t for t in (default_rates(), packaged_rates()) if t.source == ledger.rates), None)
    table = chosen or default_rates()
    failures = [*find_failures(ledger, table=table), *_check_files(folder, ledger)]
    counts = ", ".join(f"{name} {len(getattr(ledger, name)):,}" for name in (*TABLES, "totals"))
    n_valued = sum(int(getattr(ledger, name)["amount_eur"].notna().sum()) for name in DAYS)
    return Checked(
        tuple(failures), f"{counts}; {n_valued:,} sums in euro by {table.source}, policy {ledger.policy}"
    )


def find_failures(ledger: Ledger, *, table: RateTable | None = None) -> list[Failure]:
    """List every value of a ledger that does not follow from the others, or from the rates.

    Euro values follow from amount and rate, rates from the table, totals from the commitments;
    what is referred to exists, and evidence has the length of its span and one text a document.
    """
    checks: tuple[Callable[[], Iterable[Failure]], ...] = (
        lambda: contract_breaches(ledger),
        lambda: row_breaches(ledger),
        lambda: _check_rates(ledger, table or default_rates()),
        lambda: _check_totals(ledger),
        lambda: _check_links(ledger),
        lambda: _check_evidence(ledger),
    )
    return list(dict.fromkeys(failure for check in checks for failure in check()))


def _check_rates(ledger: Ledger, table: RateTable) -> Iterator[Failure]:
    """Each rate is the one that the table gives for the day, and what has none says why."""
    if ledger.rates and ledger.rates != table.source:
        # Every row would differ, and say no more than this.
        yield Failure(
            "datapackage", "rates", "table", ledger.rates, f"{table.source}, or its file by --rates"
        )
        return
    valuer = Valuer(ledger.policy, ledger.fixed_day, table)
    for name, day in DAYS.items():
        frame = getattr(ledger, name)
        for row, values in zip(names_of(name, frame), frame.to_dict("records"), strict=True):
            check = _check_without if values["rate"] is None else _check_rate
            for column, found, expected in check(values, values[day], valuer):
                if found != expected:
                    yield Failure(name, row, column, str(found), str(expected))


Triple = tuple[str, object, object]


def _check_rate(row: Mapping[Any, Any], day: Any, valuer: Valuer) -> Iterator[Triple]:
    known = None if pd.isna(day) else day.date()
    due = valuer.value(Decimal(1), row["currency"], known, donor="known")
    if due.rate is None:
        yield "rate", row["rate"], f"none: {', '.join(due.reasons)}"
        return
    yield "rate", row["rate"], row["rate"] if _is_same(row["rate"], due.rate) else due.rate
    yield "rate_date", None if pd.isna(row["rate_date"]) else row["rate_date"].date(), due.rate_date
    yield "rate_source", row["rate_source"], due.rate_source
    said, should = (
        f"with{'' if 'rate_provisional' in reasons else 'out'} rate_provisional"
        for reasons in (_split(row["reasons"]), due.reasons)
    )
    yield "reasons", said, should


def _check_without(row: Mapping[Any, Any], day: Any, valuer: Valuer) -> Iterator[Triple]:
    low, central, high = (row[f"amount_eur{bound}"] for bound in BOUNDS)
    reasons = set(_split(row["reasons"]))
    if central is not None:
        if "currency_ambiguous" not in reasons:
            yield "rate", None, "a rate, or the reason currency_ambiguous"
        due = None if low is None or high is None else to_cents((low + high) / 2)
        yield "amount_eur", central, due
    elif row["amount"] is not None and not reasons & WITHOUT_VALUE:
        yield "amount_eur", None, f"a value of {row['amount']} {row['currency']}, or a reason for none"


def _split(value: Any) -> list[str]:
    return [] if pd.isna(value) else str(value).split("|")


def _check_totals(ledger: Ledger) -> Iterator[Failure]:
    """Every total is what its commitments add up to."""
    by = groupings_of(ledger.totals)
    if unknown := [name for name in by if name not in GROUPINGS]:
        yield Failure("totals", "", "", f"groups by {unknown}", f"any of {', '.join(GROUPINGS)}")
        return
    acts = ledger.commitments
    known = acts[[f"amount_eur{bound}" for bound in BOUNDS]].notna().sum(axis=1)
    if (partial := acts["commitment_id"][known.isin([1, 2])]).any():
        yield from (
            Failure("commitments", act, "amount_eur", "known in part", "all three") for act in partial
        )
        return
    yield from _compare("totals", ledger.totals, total_commitments(acts, by=by))


def _compare(name: str, found: pd.DataFrame, due: pd.DataFrame, label: str = "") -> Iterator[Failure]:
    """Compare two tables row by row, by the names of their rows."""
    rows, wanted = (
        dict(zip(names_of(name, frame), frame.to_dict("records"), strict=True)) for frame in (found, due)
    )
    name = label or name
    yield from (Failure(name, row, "", "it is there", "no such row") for row in rows if row not in wanted)
    for row, values in wanted.items():
        if row not in rows:
            yield Failure(name, row, "", "it is missing", "this row")
            continue
        for column, value in values.items():
            here = rows[row][column]
            if not _is_same(here, value):
                yield Failure(name, row, str(column), str(here), str(value))


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) < RATE_DIGITS
    return bool(one == other) or bool(pd.isna(one) and pd.isna(other))


def _check_links(ledger: Ledger) -> Iterator[Failure]:
    """What a row refers to exists, and both sides say the same."""
    reports = dict(zip(names_of("reports", ledger.reports), ledger.reports.to_dict("records"), strict=True))
    status = dict(zip(ledger.commitments["commitment_id"], ledger.commitments["status"], strict=True))
    for place, link in enumerate(ledger.links.to_dict("records")):
        if link["from_id"] not in reports and link["from_id"] not in status:
            yield Failure(
                "links", f"row {place}", "from_id", repr(link["from_id"]), "a report or a commitment"
            )
        told = f"{link['doc_id']}#{link['event_index']}"
        if told not in reports:
            yield Failure("links", f"row {place}", "event_index", told, "a report")
    for act in ledger.commitments.to_dict("records"):
        for other in _split(act["overlaps_with"]):
            if other not in status:
                yield Failure(
                    "commitments", act["commitment_id"], "overlaps_with", repr(other), "a commitment"
                )
    for row, event in zip(names_of("events", ledger.events), ledger.events.to_dict("records"), strict=True):
        whole = event["part_of"]
        if not pd.isna(whole) and f"{event['doc_id']}#{whole}" not in reports:
            yield Failure("events", row, "part_of", str(whole), "an event of the same document")
        if row in reports and event["commitment_id"] != reports[row]["commitment_id"]:
            yield Failure(
                "events", row, "commitment_id", event["commitment_id"], reports[row]["commitment_id"]
            )
    for name in ("reports", "events"):
        frame = getattr(ledger, name)
        columns = zip(names_of(name, frame), frame["commitment_id"], frame["status"], strict=True)
        for row, act, said in columns:
            if act in status and said != status[act]:
                yield Failure(name, row, "status", said, f"{status[act]}, as {act} has")
    counted = ledger.reports["commitment_id"].value_counts()
    for act, n in zip(ledger.commitments["commitment_id"], ledger.commitments["n_reports"], strict=True):
        if n != counted.get(act, 0):
            yield Failure("commitments", act, "n_reports", str(n), f"{counted.get(act, 0)}, as in reports")


def _check_evidence(ledger: Ledger) -> Iterator[Failure]:
    """A quote is as long as its span, a document has one text, and the act is told of there."""
    told = set(zip(ledger.reports["commitment_id"], ledger.reports["doc_id"], strict=True))
    texts: dict[str, str] = {}
    for place, row in enumerate(ledger.evidence.to_dict("records")):
        at = f"row {place} ({row['commitment_id']}, {row['doc_id']})"
        if not _SHA256.fullmatch(str(row["sha256"])):
            yield Failure("evidence", at, "sha256", str(row["sha256"]), "64 hexadecimal digits")
        elif (first := texts.setdefault(row["doc_id"], row["sha256"])) != row["sha256"]:
            yield Failure("evidence", at, "sha256", row["sha256"], f"{first}, as in the document's first row")
        if (row["commitment_id"], row["doc_id"]) not in told:
            yield Failure("evidence", at, "doc_id", row["doc_id"], "a document with a report of that act")
    quoted = ["doc_id", "start", "end", "quote"]
    words = set(ledger.evidence[quoted].itertuples(index=False, name=None))
    spans = ledger.events[quoted].itertuples(index=False, name=None)
    for event, span in zip(names_of("events", ledger.events), spans, strict=True):
        if not pd.isna(span[1]) and span not in words:
            yield Failure(
                "events", event, "quote", repr(span[3]), "a row of evidence with that span and quote"
            )
    for name in ("evidence", "links", "events"):
        frame = getattr(ledger, name)
        columns = (frame[column] for column in ("start", "end", "quote"))
        for at, start, end, quote in zip(names_of(name, frame), *columns, strict=True):
            if pd.isna(start) and pd.isna(end) and pd.isna(quote):
                continue
            if pd.isna(start) or pd.isna(end) or pd.isna(quote) or end - start not in _lengths(quote):
                length = "none" if pd.isna(quote) else len(quote)
                yield Failure(name, at, "start, end", f"{start}, {end}", f"the quote's length, {length}")


def _lengths(quote: str) -> set[int]:
    """Lengths that a quote may have had: a lone surrogate is kept as its escape, six characters for one."""
    return {len(quote), len(_ESCAPED.sub("?", quote))}


def _check_files(folder: Path, ledger: Ledger) -> Iterator[Failure]:
    """Files are those that the data package describes, and Parquet says the same as CSV."""
    package = json.loads((folder / "datapackage.json").read_bytes())
    hashes = {resource.get("name"): resource.get("hash") for resource in package.get("resources", [])}
    for name in (name for name in CSV_TABLES + RARE_TABLES if name in columns_of(ledger)):
        found = f"sha256:{hashlib.sha256((folder / f'{name}.csv').read_bytes()).hexdigest()}"
        if found != hashes.get(name):
            yield Failure(
                "datapackage", f"{name}.csv", "hash", str(hashes.get(name)), f"{found}, as the file has"
            )
    try:
        kept = read_parquet(folder / "commitments.parquet", TABLES["commitments"])
    except LedgerError as error:
        yield Failure("commitments.parquet", "", "", error.what, "the table as it was written")
    else:
        yield from _compare("commitments", kept, ledger.commitments, "commitments.parquet")
