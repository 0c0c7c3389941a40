"""In: tables of the ledger. Out: the same, checked; all that breaks their contract, named at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.errors import LedgerError
from aidlib.ledger.columns import TABLES, Column
from aidlib.ledger.totals import total_columns
from aidlib.rates import to_cents

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

    from aidlib.ledger.books import Ledger

__all__ = ["check_ledger", "contract_of"]

KEYS: Mapping[str, tuple[str, ...]] = {
    "commitments": ("commitment_id",),
    "events": ("doc_id", "event_index"),
    "reports": ("doc_id", "event_index"),
    "totals": (),
}
MOST_SHOWN = 20
LARGEST = Decimal(10) ** 36


def contract_of(columns: Sequence[Column], *, key: Sequence[str] = ()) -> DataFrameSchema:
    """Make the pandera contract of a table: columns in order, types, closed vocabularies, key."""
    # Imported here: pandera takes longer to load than the books take to build.
    from pandera.pandas import Check, DataFrameSchema
    from pandera.pandas import Column as Contract

    def checks(column: Column) -> list[Check]:
        if column.kind in ("money", "rate"):
            return [Check(_is_decimal, element_wise=True, error="not a Decimal below 10**36")]
        if column.kind == "count" and column.name in ("start", "end", "event_index", "n_reports"):
            return [Check(lambda n: n >= 0, element_wise=True, error="negative")]
        return [Check.isin(column.values)] if column.values else []

    dtypes: dict[str, Any] = {
        "text": "str", "day": "datetime64[s]", "flag": "bool", "money": object, "rate": object
    }  # fmt: skip
    return DataFrameSchema(
        {
            column.name: Contract(
                dtypes.get(column.kind) or ("int64" if column.is_required else "Int64"),
                checks(column),
                nullable=not column.is_required,
            )
            for column in columns
        },
        strict=True,
        ordered=True,
        unique=list(key) or None,
    )


def _is_decimal(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and abs(value) < LARGEST


def check_ledger(ledger: Ledger) -> Ledger:
    """Check every table against its contract, and the tables against each other.

    Raises
    ------
    LedgerError
        Something breaks; the message lists every failure with table, row and reason (the first
        twenty), and ``failures`` holds all.
    """
    failures = [failure for name in TABLES for failure in _check_table(name, getattr(ledger, name))]
    failures += _check_frame("totals", ledger.totals, total_columns(_groupings(ledger.totals)))
    if not failures:
        failures = [*_check_references(ledger), *_check_euros(ledger.commitments), *_check_order(ledger)]
    if failures:
        shown = "; ".join(failures[:MOST_SHOWN])
        more = f"; and {len(failures) - MOST_SHOWN} more" if len(failures) > MOST_SHOWN else ""
        error = LedgerError(
            f"{len(failures)} breaches of contract: {shown}{more}",
            where="ledger",
            fix="Build the ledger anew from the announcements.",
        )
        error.failures = failures  # type: ignore[attr-defined]
        raise error
    return ledger


def _groupings(totals: pd.DataFrame) -> list[str]:
    own = {column.name for column in total_columns([])}
    return [str(name) for name in totals.columns if name not in own]


def _check_table(name: str, frame: pd.DataFrame) -> list[str]:
    return _check_frame(name, frame, TABLES[name])


def _check_frame(name: str, frame: pd.DataFrame, columns: Sequence[Column]) -> list[str]:
    from pandera.errors import SchemaErrors

    try:
        contract_of(columns, key=KEYS.get(name, ())).validate(frame, lazy=True)
    except SchemaErrors as error:
        rows = error.failure_cases.to_dict("records")
        return sorted({_say(name, row) for row in rows})
    return []


def _say(table: str, row: Mapping[Any, Any]) -> str:
    index = row.get("index")
    at = "" if index is None or index != index else f", row {int(index)}"
    column = row.get("column")
    of = f" {column}" if isinstance(column, str) and row.get("check") != "column_in_schema" else ""
    return f"{table}{at}:{of} {row['failure_case']!r} fails {row['check']}"


def _check_references(ledger: Ledger) -> Iterator[str]:
    """Every id that is spoken of exists, and every event has gone somewhere."""
    known = set(ledger.commitments["commitment_id"])
    for name, column in (("reports", "commitment_id"), ("events", "commitment_id"), ("links", "to_id"),
                         ("evidence", "commitment_id"), ("commitments", "part_of")):  # fmt: skip
        values = getattr(ledger, name)[column]
        lost = values[values.notna() & ~values.isin(known)]
        yield from (
            f"{name}, row {index}: {column} {value!r} is no commitment" for index, value in lost.items()
        )
    whole_of = {own: whole for own, whole in zip(*_parts(ledger.commitments), strict=True) if whole in known}
    for own in whole_of:
        at, seen = whole_of[own], set[str]()
        while at in whole_of and at not in seen:
            seen.add(at)
            at = whole_of[at]
        if own in seen:
            yield f"commitments: {own!r} is part of itself"
    pairs = [
        set(zip(frame["doc_id"], frame["event_index"], strict=True))
        for frame in (ledger.events, ledger.reports)
    ]
    yield from (f"events: {pair} has no row in reports" for pair in sorted(pairs[0] - pairs[1]))
    yield from (f"reports: {pair} has no row in events" for pair in sorted(pairs[1] - pairs[0]))


def _parts(commitments: pd.DataFrame) -> tuple[pd.Series[str], pd.Series[str]]:
    hung = commitments[commitments["part_of"].notna()]
    return hung["commitment_id"], hung["part_of"]


def _check_euros(commitments: pd.DataFrame) -> Iterator[str]:
    """Every euro value follows from the row: sum times rate, to the cent."""
    for index, row in commitments.iterrows():
        if row["rate"] is None:
            continue
        for name in ("low", "", "high"):
            suffix = f"_{name}" if name else ""
            stated, euro = row[f"amount{suffix}"], row[f"amount_eur{suffix}"]
            if stated is None or euro != to_cents(stated * row["rate"]):
                yield f"commitments, row {index}: amount_eur{suffix} {euro} is not {stated} at {row['rate']}"


def _check_order(ledger: Ledger) -> Iterator[str]:
    """Bounds hold: low, central, high in that order."""
    trios = (
        ("commitments", ("amount_eur_low", "amount_eur", "amount_eur_high")),
        ("totals", ("low_eur", "central_eur", "high_eur")),
    )
    for name, columns in trios:
        for index, values in getattr(ledger, name)[list(columns)].iterrows():
            low, central, high = values
            if central is not None and not low <= central <= high:
                yield f"{name}, row {index}: {low}, {central}, {high} are not in order"
