"""In: a few cells. Out: small workbooks and folders in the tracker's forms, for tests."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

LATER_SHEET = "Bilateral Assistance, MAIN DATA"
LATER = (
    "activity_id donor announcement_date month aid_type_general aid_type_specific measure "
    "reporting_currency source_reported_value tot_activity_value_EUR tot_sub_activity_value_EUR "
    "tot_sub_activity_value_EUR_redistr tot_value_deliv_EUR item item_quantity"
).split()
OLD_SHEET = "Bilateral assistance, MAIN DATA"
OLD = (
    "ID",
    "countries",
    "Announcement Date",
    "Type of Aid General",
    "Original Currency",
    "Monetary Value as Given by Source",
    "",
    "No. of Units",
    "No. of Units delivered (in-kind military aid)",
    "Total ",
    "Converted Value in EUR",
    "Total_value_dummy (1 is first row in the package)",
)
PRICES = [["Item", "Unit Price"], ["rifle", "=500*'Exchange rates'!C4"], ["tank", "."]]
RATES = [["", " ", " "], ["", "Currency", "1 EUR"], ["", "EUR", 1], ["", "USD", 0.5]]
# The rules of the sheet are ours to apply: only that there is a formula counts.
RULE = "=IF(1=1,1,0)"


def later(**cells: Any) -> list[Any]:
    """Make a row of a later release: ``later(donor="Norway", tot_activity_value_EUR=5)``."""
    usual = {
        "donor": "Norway",
        "announcement_date": "2023-02-16",
        "month": 14,
        "aid_type_general": "Military ",
        "measure": "Commitment",
        "tot_activity_value_EUR": 0,
        "tot_sub_activity_value_EUR_redistr": 0,
    }
    return [(usual | cells).get(name, "") for name in LATER]


def old(**cells: Any) -> list[Any]:
    """Make a row of release 7, its columns named by their first words."""
    usual = {
        "ID": "A1",
        "countries": "Norway",
        "Announcement Date": "2022-03-01",
        "Type of Aid General": "Military",
        "Original Currency": "USD",
        "Monetary Value as Given by Source": "Not given",
        "item": "rifle",
        "Total ": RULE,
        "Converted Value in EUR": RULE,
        "Total_value_dummy (1 is first row in the package)": 1,
    }
    return [(usual | cells).get(name or "item", "") for name in OLD]


def workbook(path: Path, sheets: dict[str, Iterable[Sequence[Any]]]) -> Path:
    """Write a workbook whose formulas have no results, as some programs save them."""
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(number, column, value, None, "")
                else:
                    sheet.write(number, column, value)
    book.close()
    return path


def later_book(folder: Path, *rows: Sequence[Any], header: Sequence[str] = LATER) -> Path:
    """Write a workbook of a later release."""
    return workbook(folder / "later.xlsx", {"ReadMe": [["Release 13"]], LATER_SHEET: [header, *rows]})


def old_book(folder: Path, *rows: Sequence[Any]) -> Path:
    """Write a workbook in the form of release 7."""
    sheets = {OLD_SHEET: [OLD, *rows], "Price List, Weapons & Items": PRICES, "Exchange rates": RATES}
    return workbook(folder / "old.xlsx", sheets)


def table(path: Path, *rows: Sequence[Any]) -> Path:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
