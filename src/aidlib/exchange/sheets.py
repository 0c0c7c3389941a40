"""In: a workbook or a CSV file. Out: its sheets: cells as stored, and formulas stored without a result."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from aidlib.errors import ReadError
from aidlib.ledger.files import FORMULA_STARTS
from aidlib.read.fields import decode_text

__all__ = [
    "WORKBOOKS",
    "Sheet",
    "cell_name",
    "guard",
    "place_of",
    "read_csv_sheet",
    "read_formulas",
    "read_sheets",
    "unguard",
]

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CELL = re.compile(r"([A-Z]{1,3})(\d+)")
PLACES = re.compile(rb"""r\s*=\s*["']\s*([A-Za-z]{1,3})(\d{1,7})""")
# RuntimeError: it is locked, or packed in a way that is not known here.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
LARGEST_UNPACKED = 300 << 20  # bytes; a release of the tracker unpacks to a tenth of it
MOST_CELLS = 30_000_000


@dataclass(frozen=True)
class Sheet:
    """Cells as stored, row by row from the first; ``formulas`` by row and column, from 0."""

    name: str
    rows: list[list[Any]]
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def stored(self, row: int, column: int) -> Any:
        """Give what a cell holds; an empty or missing one holds ""."""
        cells = self.rows[row] if row < len(self.rows) else []
        return cells[column] if 0 <= column < len(cells) else ""


def cell_name(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does.

    Examples
    --------
    >>> cell_name(0, 0), cell_name(9, 27)
    ('A1', 'AB10')
    """
    letters, n = "", column + 1
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def place_of(name: str) -> tuple[int, int]:
    """Give row and column of a cell's name.

    Examples
    --------
    >>> place_of("AB10")
    (9, 27)
    """
    found = CELL.fullmatch(name)
    if not found:
        raise ValueError(f"{name} is no cell")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def guard(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    Examples
    --------
    >>> guard("=1+1"), unguard(guard("=1+1")), guard("Norway")
    ("'=1+1", '=1+1', 'Norway')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def unguard(text: str) -> str:
    """Take off what ``guard`` has put on."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def read_sheets(path: Path) -> dict[str, Sheet]:
    """Read every sheet of a workbook.

    Raises
    ------
    ReadError
        The file is locked, or no workbook.
    """
    try:
        _refuse_bomb(path)
        book = CalamineWorkbook.from_path(path)
        return {
            name: Sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        }
    except (OSError, CalamineError, ValueError, *BROKEN_ZIP) as error:
        raise ReadError(
            f"{path.name} is no workbook that can be read: {error}",
            where=str(path),
            fix="Take off its password, or copy it again; a table can be saved as CSV instead.",
        ) from error


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that unpacks to more than fits: its reader would take the whole process down."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise zipfile.BadZipFile(f"it unpacks to over {LARGEST_UNPACKED:,} bytes")
        for name in archive.namelist():
            if name.endswith(".xml"):
                # Every cell of the rectangle takes room, those between two far ones too.
                cells = PLACES.findall(archive.read(name))
                height = max((int(row) for _, row in cells), default=0)
                last = max((letters for letters, _ in cells), key=lambda a: (len(a), a), default=b"A")
                width = place_of(f"{last.decode().upper()}1")[1] + 1
                if height * width > MOST_CELLS:
                    raise zipfile.BadZipFile(f"{name} spans {height:,} rows and {width:,} columns")


def read_csv_sheet(path: Path) -> Sheet:
    """Read a CSV file as one sheet.

    Raises
    ------
    ReadError
        The file is not UTF-8, or no table.
    """
    try:
        text = decode_text(path.read_bytes(), str(path))
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        return Sheet(path.name, [[unguard(cell) for cell in row] for row in rows])
    except (OSError, csv.Error) as error:
        said = getattr(error, "strerror", None) or error
        raise ReadError(
            f"{path.name} cannot be read: {said}", where=str(path), fix="Check the file, and copy it again."
        ) from error


def read_formulas(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Find the formulas of a sheet that were stored without a result, as some programs save them.

    A formula that is shared with other cells may have no text.
    """
    found: dict[tuple[int, int], str] = {}
    if not zipfile.is_zipfile(path):
        return found
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, sheet)) as file:
            for _, cell in ElementTree.iterparse(file):
                if cell.tag == f"{MAIN}c":
                    formula = cell.find(f"{MAIN}f")
                    if formula is not None and not cell.findtext(f"{MAIN}v"):
                        found[place_of(cell.get("r", ""))] = formula.text or ""
                elif cell.tag == f"{MAIN}row":
                    cell.clear()
    except (KeyError, ValueError, *BROKEN_ZIP, ElementTree.ParseError) as error:
        raise ReadError(
            f"the formulas cannot be read: {error}",
            where=f"{path}, sheet {sheet!r}",
            fix="Open the workbook in a spreadsheet program and save it.",
        ) from error
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Name the file within a workbook that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    ids = {entry.get("name"): entry.get(f"{RELATIONS}id") for entry in book.iter(f"{MAIN}sheet")}
    target = targets[ids[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
