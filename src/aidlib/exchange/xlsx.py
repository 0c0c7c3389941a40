"""In: a ledger. Out: one workbook, a sheet a table, which says itself what its columns mean."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.errors import LedgerError, ParameterError
from aidlib.exchange.whole import write_whole
from aidlib.ledger.books import Ledger
from aidlib.ledger.columns import Column
from aidlib.ledger.files import columns_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_xlsx"]

SHEETS = {
    "commitments": "one row an act, with its bounds and its value in euro",
    "totals": "what the booked acts add up to",
    "events": "one row a statement of a document",
    "reports": "which event went into which act",
    "links": "why two reports or acts belong together",
    "evidence": "the quote behind every value",
    "corrections": "what people have decided, and what became of it",
    "quarantine": "what could not be read",
}
NOTES = (
    ("sums in euro by", "{rates}, policy {policy}"),
    ("empty cell", "unknown, never 0"),
    ("number of over 15 digits", "kept as text: a spreadsheet would round it"),
    ("text that ends in […]", "cut at the 32,767 characters that a cell holds; whole in the CSV files"),
)
FORMATS = {"money": "#,##0.00", "rate": "0.000000", "day": "yyyy-mm-dd", "count": "0"}
WIDTHS = {"money": 20, "rate": 12, "day": 12, "count": 9, "flag": 9}
TEXT_WIDTHS = {"quote": 60, "commitment_id": 44, "commitment_ids": 44, "rate_source": 24, "sha256": 20}
CREATED = datetime(2000, 1, 1)  # any fixed day: the same books are the same bytes
FIRST_DAY = pd.Timestamp(1900, 3, 1)  # before it spreadsheets count a day that never was
MOST_DIGITS = 15
LONGEST_TEXT, CUT = 32_767, " […]"
MOST_ROWS = 1_048_576


def write_xlsx(ledger: Ledger, path: Path | str) -> Path:
    """Write the books as one workbook.

    The first sheet says what the others and their columns mean. Texts stay texts, whatever they
    begin with. The same ledger gives the same bytes; a run that is killed leaves the old file.

    Parameters
    ----------
    path : Path or str
        Ends in ``.xlsx``.

    Raises
    ------
    ParameterError
        The path has another ending, or cannot be written.
    LedgerError
        A table has more rows than a sheet.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise ParameterError(
            f"{path.name!r} does not end in .xlsx", where=str(path), fix="Name it so: spreadsheets insist."
        )
    return write_whole(path, _workbook_bytes(ledger))


def _workbook_bytes(ledger: Ledger) -> bytes:
    # Imported here: the other ways out need none of it.
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.set_properties({"title": f"Books of aid, recipient {ledger.recipient}", "created": CREATED})
    formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    head = book.add_format({"bold": True, "bottom": 1})
    columns = columns_of(ledger)
    _write_guide(book.add_worksheet("about"), ledger, columns, head)
    for name in (name for name in SHEETS if name in columns):
        _write_table(book.add_worksheet(name), getattr(ledger, name), columns[name], formats, head)
    book.close()
    return out.getvalue()


def _write_guide(
    sheet: Worksheet, ledger: Ledger, columns: dict[str, Sequence[Column]], head: Format
) -> None:
    """Write what sheets and columns mean, in rows of sheet, column, kind, meaning."""
    notes = [("", name, "", said.format(rates=ledger.rates, policy=_policy(ledger))) for name, said in NOTES]
    sheets = [
        (name, "", count_said(len(getattr(ledger, name))), said)
        for name, said in SHEETS.items()
        if name in columns
    ]
    fields = [(name, one.name, one.kind, one.meaning) for name in SHEETS for one in columns.get(name, ())]
    _write_head(sheet, ("sheet", "column", "kind", "meaning"), (14, 26, 12, 100), head)
    for row, cells in enumerate([*notes, *sheets, *fields], start=1):
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell)


def _policy(ledger: Ledger) -> str:
    return f"{ledger.policy} {ledger.fixed_day}" if ledger.fixed_day else ledger.policy


def count_said(n: int) -> str:
    """Say how many rows.

    Examples
    --------
    >>> count_said(1), count_said(2)
    ('1 row', '2 rows')
    """
    return f"{n} row{'' if n == 1 else 's'}"


def _write_head(sheet: Worksheet, names: Iterable[str], widths: Iterable[int], head: Format) -> None:
    for place, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.write_string(0, place, name, head)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)


def _write_table(
    sheet: Worksheet,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    formats: dict[str, Format],
    head: Format,
) -> None:
    if len(frame) >= MOST_ROWS:
        raise LedgerError(
            f"table {sheet.name} has {len(frame):,} rows, a sheet holds {MOST_ROWS - 1:,}",
            where="workbook",
            fix="Use the CSV or Parquet files of the ledger.",
        )
    widths = [WIDTHS.get(column.kind) or TEXT_WIDTHS.get(column.name, 16) for column in columns]
    _write_head(sheet, [column.name for column in columns], widths, head)
    sheet.autofilter(0, 0, max(len(frame), 1), len(columns) - 1)
    for place, column in enumerate(columns):
        for row, value in enumerate(frame[column.name], start=1):
            if not pd.isna(value):
                _write_cell(sheet, row, place, value, column.kind, formats.get(column.kind))


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, kind: str, form: Format | None) -> None:
    if kind == "flag":
        sheet.write_boolean(row, place, bool(value))
    elif kind == "count":
        sheet.write_number(row, place, int(value), form)
    elif kind == "day" and value >= FIRST_DAY:
        sheet.write_datetime(row, place, value.to_pydatetime(), form)
    elif kind == "day":
        sheet.write_string(row, place, f"{value:%Y-%m-%d}")
    elif isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) <= MOST_DIGITS:
        sheet.write_number(row, place, float(value), form)
    elif isinstance(value, Decimal):
        sheet.write_string(row, place, f"{value:f}")
    else:
        sheet.write_string(row, place, _fitting(str(value)))


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT
