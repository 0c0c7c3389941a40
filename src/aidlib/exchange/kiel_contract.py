"""In: sheets of the tracker. Out: their rows by the names of our own contract, and what breaks it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from aidlib.errors import ReadError
from aidlib.exchange.sheets import Sheet, cell_name
from aidlib.lexicon import read_table, split
from aidlib.rates import to_cents
from aidlib.read import SetAside

__all__ = ["Field", "Row", "Table", "contract", "find_table", "place", "read_rows", "squeeze"]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
LARGEST = Decimal(10) ** 36
LARGEST_COUNT = 10**15
BILLION = Decimal(10) ** 9
HEADER_WITHIN = 15
KINDS = ("text", "date", "money", "billion", "number", "count", "month")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the contract.

    ``headers`` are the names it may have; ``required`` is yes, there (where its sheet is there) or
    no; ``unknown`` are the words that stand for no value.
    """

    layout: str
    table: str
    sheet: str
    name: str
    headers: tuple[str, ...]
    kind: str
    required: str
    unknown: frozenset[str]
    meaning: str


@dataclass(frozen=True)
class Table:
    """Where the columns of the contract stand in a sheet; ``first`` is the row under the header."""

    sheet: Sheet
    path: Path
    first: int
    fields: tuple[Field, ...]
    places: Mapping[str, int]

    @property
    def where(self) -> str:
        """File and sheet, for errors."""
        return place(self.path, self.sheet.name)

    def header(self, name: str) -> str:
        """Give the header of a column as the sheet writes it, or our name where it has none."""
        return squeeze(self.sheet.stored(self.first - 1, self.places[name])) or name


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it, values by our names, and the cells as written."""

    number: int
    values: dict[str, Any]
    shown: dict[str, str]


@cache
def contract() -> tuple[Field, ...]:
    """Rows of ``kiel_columns.csv``."""
    return read_table("kiel_columns.csv", _field, key="layout+table+name")


def _field(row: dict[str, str]) -> Field:
    if row["kind"] not in KINDS or row["required"] not in ("yes", "there", "no") or not row["header"]:
        raise ValueError(f"kind {row['kind']!r}, required {row['required']!r}")
    return Field(
        row["layout"],
        row["table"],
        row["sheet"],
        row["name"],
        split(row["header"]),
        row["kind"],
        row["required"],
        frozenset(word.casefold() for word in split(row["unknown"])),
        row["meaning"],
    )


def squeeze(value: Any) -> str:
    """Give a cell's text with single blanks: labels and headers carry stray ones.

    Examples
    --------
    >>> squeeze(" Humanitarian  aid "), squeeze(35000000.0), squeeze(datetime(2022, 3, 1))
    ('Humanitarian aid', '35000000', '2022-03-01')
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, float | Decimal):
        number = Decimal(str(value))
        if number.is_finite() and abs(number) < LARGEST:
            return str(int(number)) if number == int(number) else f"{number:f}"
    return " ".join(str(value).split())


def place(path: Path, sheet: str) -> str:
    """Name a sheet of a file, for errors; a CSV file is its own sheet."""
    return str(path) if path.name == sheet else f"{path}, sheet {sheet!r}"


def _headers(row: Sequence[Any]) -> dict[str, int]:
    """Places of the headers of a row, the first of equal ones; one without a name has its neighbour's."""
    places: dict[str, int] = {}
    left = ""
    for place, cell in enumerate(row):
        name = squeeze(cell).casefold()
        places.setdefault(name or f"right of: {left}", place)
        left = name
    return places


def find_table(sheet: Sheet, fields: Sequence[Field], path: Path) -> Table:
    """Find the columns of one table in its sheet.

    Raises
    ------
    ReadError
        A column that the contract requires is missing; the nearest ones present are named.
    """
    best: tuple[int, dict[str, int], int] = (0, {}, 1)
    for number, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        places = _headers(row)
        found = {f.name: places[h] for f in fields for h in _forms(f) if h in places}
        if len(found) > best[0]:
            best = (len(found), found, number + 1)
    _, found, first = best
    missing = [f for f in fields if f.required != "no" and f.name not in found]
    if missing:
        raise _missing(missing, sheet.rows[first - 1] if sheet.rows else [], place(path, sheet.name))
    return Table(sheet, path, first, tuple(f for f in fields if f.name in found), found)


def _forms(field: Field) -> list[str]:
    return [header.casefold() for header in reversed(field.headers)]


def _missing(missing: Sequence[Field], row: Sequence[Any], where: str) -> ReadError:
    present = {squeeze(cell).casefold(): squeeze(cell) for cell in row if squeeze(cell)}
    lines = []
    for field in missing:
        wanted = field.headers[0]
        near = difflib.get_close_matches(wanted.casefold(), list(present), n=2, cutoff=0.5)
        nearest = " or ".join(repr(present[name]) for name in near)
        lines.append(f"{wanted!r} (nearest: {nearest or 'none'})")
    plural = "s" if len(lines) > 1 else ""
    return ReadError(
        f"the sheet lacks the column{plural} {', '.join(lines)}",
        where=where,
        fix="Rename the header in the file, or add its new name to data/kiel_columns.csv.",
    )


def read_rows(
    table: Table, set_aside: list[SetAside], *, cell: Callable[[int, int], Any] | None = None
) -> Iterator[Row]:
    """Read the rows under the header; one with a cell that cannot be read is set aside.

    Parameters
    ----------
    cell : callable, optional
        Gives the value at a row and column, both from 0; what is stored if left out.
    """
    get = cell or table.sheet.stored
    for number in range(table.first, len(table.sheet.rows)):
        if all(squeeze(value) == "" for value in table.sheet.rows[number]):
            continue
        try:
            yield _read_row(table, number, get)
        except ReadError as error:
            set_aside.append(SetAside.of(error, name=None, path=table.path, line=number + 1))


def _read_row(table: Table, number: int, get: Callable[[int, int], Any]) -> Row:
    values: dict[str, Any] = {}
    shown: dict[str, str] = {}
    for field in table.fields:
        raw = get(number, table.places[field.name])
        try:
            values[field.name] = _parse(raw, field)
        except ValueError as error:
            raise ReadError(
                f"column {field.headers[0]!r}: {error}",
                where=f"{table.where}, cell {cell_name(number, table.places[field.name])}",
                fix="Mend the cell; the other rows are kept.",
            ) from error
        shown[field.name] = squeeze(raw)
    return Row(number + 1, values, shown)


def _parse(raw: Any, field: Field) -> Any:
    text = squeeze(raw)
    if text == "" or text.casefold() in field.unknown:
        return None
    if field.kind in ("text", "date"):
        return text
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is no number")
    value = Decimal(text)
    if abs(value) >= LARGEST:
        raise ValueError(f"{text[:60]!r} is too large")
    if field.kind in ("count", "month"):
        if value > LARGEST_COUNT:
            raise ValueError(f"{text[:60]!r} is too large")
        if value != int(value) or value < 0:
            raise ValueError(f"{text[:60]!r} is no whole number from 0")
        return int(value) or (None if field.kind == "month" else 0)
    return to_cents(value * BILLION) if field.kind == "billion" else value
