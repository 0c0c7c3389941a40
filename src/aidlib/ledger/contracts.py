"""In: tables of the ledger. Out: the same, checked; all that breaks their contract, named at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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

__all__ = [
    "Failure",
    "check_ledger",
    "contract_breaches",
    "contract_of",
    "groupings_of",
    "names_of",
    "row_breaches",
]

KEYS: Mapping[str, tuple[str, ...]] = {
    "commitments": ("commitment_id",),
    "events": ("doc_id", "event_index"),
    "reports": ("doc_id", "event_index"),
    "totals": (),
}
MOST_SHOWN = 20
LARGEST = Decimal(10) ** 36


@dataclass(frozen=True, slots=True)
class Failure:
    """One value that breaks a rule: where it stands, what it is, and what it should be."""

    table: str
    row: str
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        at = ", ".join(part for part in (self.table, self.row) if part)
        return (
            f"{at}: {' '.join(part for part in (self.column, self.found) if part)}; expected {self.expected}"
        )


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
    failures = contract_breaches(ledger) or row_breaches(ledger)
    if failures:
        shown = "; ".join(map(str, failures[:MOST_SHOWN]))
        more = f"; and {len(failures) - MOST_SHOWN} more" if len(failures) > MOST_SHOWN else ""
        error = LedgerError(
            f"{len(failures)} breaches of contract: {shown}{more}",
            where="ledger",
            fix="Build the ledger anew from the announcements.",
        )
        error.failures = tuple(failures)
        raise error
    return ledger


def contract_breaches(ledger: Ledger) -> list[Failure]:
    """List what breaks the contract of a table: its columns, types, vocabularies and key."""
    columns = {**TABLES, "totals": total_columns(groupings_of(ledger.totals))}
    return [
        failure for name in columns for failure in _check_frame(name, getattr(ledger, name), columns[name])
    ]


def row_breaches(ledger: Ledger) -> list[Failure]:
    """List what breaks between rows, in tables whose columns are those of the contract."""
    return [*_check_references(ledger), *_check_euros(ledger), *_check_order(ledger)]


def _check_frame(name: str, frame: pd.DataFrame, columns: Sequence[Column]) -> list[Failure]:
    from pandera.errors import SchemaErrors

    try:
        contract_of(columns, key=KEYS.get(name, ())).validate(frame, lazy=True)
    except SchemaErrors as error:
        rows = error.failure_cases.to_dict("records")
        return sorted({_failure(name, row) for row in rows}, key=str)
    return []


def _failure(table: str, row: Mapping[Any, Any]) -> Failure:
    index, column = row.get("index"), row.get("column")
    at = "" if index is None or index != index else f"row {int(index)}"
    of = column if isinstance(column, str) and row.get("check") != "column_in_schema" else ""
    return Failure(table, at, of, repr(row["failure_case"]), str(row["check"]))


def _check_references(ledger: Ledger) -> Iterator[Failure]:
    """Every id that is spoken of exists, and every event has gone somewhere."""
    known = set(ledger.commitments["commitment_id"])
    for name, column in (("reports", "commitment_id"), ("events", "commitment_id"), ("links", "to_id"),
                         ("evidence", "commitment_id"), ("commitments", "part_of")):  # fmt: skip
        frame = getattr(ledger, name)
        lost = frame[frame[column].notna() & ~frame[column].isin(known)]
        for row, value in zip(names_of(name, lost), lost[column], strict=True):
            yield Failure(name, row, column, f"{value!r} is no commitment", "the name of one")
    whole_of = {own: whole for own, whole in zip(*_parts(ledger.commitments), strict=True) if whole in known}
    for own in whole_of:
        at, seen = whole_of[own], set[str]()
        while at in whole_of and at not in seen:
            seen.add(at)
            at = whole_of[at]
        if own in seen:
            yield Failure(
                "commitments", own, "part_of", f"{whole_of[own]!r}", "no ring: it is part of itself"
            )
    here, there = (set(names_of(name, getattr(ledger, name))) for name in ("events", "reports"))
    yield from (Failure("events", row, "", "it has no row in reports", "one") for row in sorted(here - there))
    yield from (Failure("reports", row, "", "it has no row in events", "one") for row in sorted(there - here))


def _parts(commitments: pd.DataFrame) -> tuple[pd.Series[str], pd.Series[str]]:
    hung = commitments[commitments["part_of"].notna()]
    return hung["commitment_id"], hung["part_of"]


def _check_euros(ledger: Ledger) -> Iterator[Failure]:
    """Every euro value follows from its own row: sum times rate, to the cent."""
    for name in ("commitments", "events"):
        frame = getattr(ledger, name)
        for bound in ("_low", "", "_high"):
            columns = frame["rate"], frame[f"amount{bound}"], frame[f"amount_eur{bound}"]
            for row, rate, stated, euro in zip(names_of(name, frame), *columns, strict=True):
                if rate is None:
                    continue
                if stated is None:
                    yield Failure(name, row, f"amount{bound}", "None", "a sum, as there is a rate")
                elif euro != (due := to_cents(stated * rate)):
                    column = f"amount_eur{bound}"
                    yield Failure(name, row, column, str(euro), f"{due} ({stated:f} at {rate:f})")


def _check_order(ledger: Ledger) -> Iterator[Failure]:
    """Bounds hold: low, central, high in that order."""
    trios = (
        ("commitments", ("amount_eur_low", "amount_eur", "amount_eur_high")),
        ("totals", ("low_eur", "central_eur", "high_eur")),
    )
    for name, columns in trios:
        frame = getattr(ledger, name)
        for row, low, central, high in zip(names_of(name, frame), *(frame[c] for c in columns), strict=True):
            if central is not None and (None in (low, high) or not low <= central <= high):
                yield Failure(name, row, columns[1], str(central), f"a value from {low} to {high}")


def names_of(name: str, frame: pd.DataFrame) -> list[str]:
    """Name every row of a table: by its key, else by its place."""
    key = KEYS.get(name) or (groupings_of(frame) if name == "totals" else ())
    if not key:
        return [f"row {index}" for index in frame.index]
    return ["#".join(map(str, values)) for values in zip(*(frame[column] for column in key), strict=True)]


def groupings_of(totals: pd.DataFrame) -> list[str]:
    """Name the columns by which a table of totals is grouped."""
    own = {column.name for column in total_columns([])}
    return [str(name) for name in totals.columns if name not in own]
