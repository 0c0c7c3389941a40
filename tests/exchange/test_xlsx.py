"""In: books. Out: whether their workbook reads back the same, and no cell of it is a formula."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import load_workbook

from aidlib.errors import LedgerError, ParameterError
from aidlib.exchange import xlsx
from aidlib.exchange.xlsx import write_xlsx
from aidlib.ledger import Ledger, build_ledger
from aidlib.ledger.files import columns_of
from aidlib.model import Span
from build import event, gold_readings, reading

FORMULAS = (
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "=cmd|' /C calc'!A0",
    "http://a.example",
    "mailto:a",
    "0012",
)


def rows_of(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Read a sheet back: a row a dict."""
    head, *rows = load_workbook(path).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def plain(value: Any) -> Any:
    """Give a value of a ledger or of a sheet in one form."""
    if value is None or value == "" or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Decimal(repr(value))
    return value


@pytest.fixture(scope="module")
def books(seeds: Path) -> Ledger:
    """The books of the gold of all briefs."""
    return build_ledger(gold_readings(seeds))


def test_every_value_of_every_table_is_read_back(books: Ledger, tmp_path: Path) -> None:
    path = write_xlsx(books, tmp_path / "books.xlsx")
    for name in columns_of(books):
        frame = getattr(books, name)
        found = [{key: plain(value) for key, value in row.items()} for row in rows_of(path, name)]
        assert found == [
            {key: plain(value) for key, value in row.items()} for row in frame.to_dict("records")
        ]


def test_the_same_books_are_the_same_bytes(books: Ledger, tmp_path: Path) -> None:
    one, other = (write_xlsx(books, tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert one == other


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_stays_a_text_whatever_it_begins_with(text: str, tmp_path: Path) -> None:
    said = event("NOR", "5e6", evidence=(Span(0, len(text)),))
    ledger = build_ledger([reading(said, text=text + " is what Norway gives, it said on Friday.")])
    path = write_xlsx(ledger, tmp_path / "books.xlsx")
    assert [row["quote"] for row in rows_of(path, "evidence")] == [text]
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name]
    assert not re.search(r"<f>|<hyperlink", "".join(sheets))


def test_characters_that_xml_cannot_hold_survive(tmp_path: Path) -> None:
    text = "_x0041_ \x0b\x01 ]]> & <b> 🇺🇦"
    ledger = build_ledger(
        [reading(event("NOR", "5e6", evidence=(Span(0, len(text)),)), text=text + " words")]
    )
    path = write_xlsx(ledger, tmp_path / "books.xlsx")
    assert [row["quote"] for row in rows_of(path, "evidence")] == [text]


def test_a_number_that_a_spreadsheet_would_round_is_kept_as_text(tmp_path: Path) -> None:
    ledger = build_ledger([reading(event("NOR", "12345678901234567.89"))])
    (row,) = rows_of(write_xlsx(ledger, tmp_path / "books.xlsx"), "commitments")
    assert row["amount"] == "12345678901234567.89"
    (row,) = rows_of(
        write_xlsx(build_ledger([reading(event("NOR", "123456789012.34"))]), tmp_path / "b.xlsx"),
        "commitments",
    )
    assert row["amount"] == 123456789012.34


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    said = event("NOR", "5e6", evidence=(Span(0, 40_000),))
    path = write_xlsx(build_ledger([reading(said, text="a" * 40_001)]), tmp_path / "books.xlsx")
    (row,) = rows_of(path, "evidence")
    assert len(row["quote"]) == 32_767
    assert row["quote"].endswith("a […]")


def test_a_day_before_the_calendar_of_spreadsheets_is_text(tmp_path: Path) -> None:
    ledger = build_ledger([reading(event("NOR", "5e6"), published="1899-05-01")])
    (row,) = rows_of(write_xlsx(ledger, tmp_path / "books.xlsx"), "commitments")
    assert row["announced_on"] == "1899-05-01"
    ledger = build_ledger([reading(event("NOR", "5e6"), published="1900-03-01")])
    (row,) = rows_of(write_xlsx(ledger, tmp_path / "books.xlsx"), "commitments")
    assert row["announced_on"] == date(1900, 3, 1)


def test_the_first_sheet_tells_what_every_column_means(books: Ledger, tmp_path: Path) -> None:
    path = write_xlsx(books, tmp_path / "books.xlsx")
    assert load_workbook(path).sheet_names == [
        "about",
        *(name for name in xlsx.SHEETS if name in columns_of(books)),
    ]
    told = {(row["sheet"], row["column"]): row["meaning"] for row in rows_of(path, "about")}
    wanted = {(name, one.name): one.meaning for name, columns in columns_of(books).items() for one in columns}
    assert wanted.items() <= told.items()
    assert told["", "sums in euro by"] == f"{books.rates}, policy announcement"


def test_the_head_of_every_sheet_stays_in_sight(books: Ledger, tmp_path: Path) -> None:
    with zipfile.ZipFile(write_xlsx(books, tmp_path / "books.xlsx")) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == len(xlsx.SHEETS)
    assert all(
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in s for s in sheets
    )


def test_empty_books_make_a_workbook(tmp_path: Path) -> None:
    path = write_xlsx(build_ledger([]), tmp_path / "new" / "books.xlsx")
    assert rows_of(path, "commitments") == []


def test_a_table_that_no_sheet_can_hold_is_refused_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = build_ledger([reading(event("NOR", "5e6"))])
    path = write_xlsx(ledger, tmp_path / "books.xlsx")
    before = path.read_bytes()
    monkeypatch.setattr(xlsx, "MOST_ROWS", 1)
    with pytest.raises(LedgerError, match="commitments has 1 rows, a sheet holds 0"):
        write_xlsx(replace(ledger, recipient="MDA"), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["books.csv", "books", "taken.xlsx"])
def test_a_place_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "taken.xlsx").mkdir()
    with pytest.raises(ParameterError, match="xlsx"):
        write_xlsx(build_ledger([]), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.xlsx"]
