"""In: a workbook of the Kiel tracker, or its site's CSV files. Out: its tables by contract, and totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from aidlib.errors import ParameterError, ReadError
from aidlib.exchange.kiel_contract import Field, Row, Table, contract, find_table, read_rows, squeeze
from aidlib.exchange.kiel_release7 import Release7
from aidlib.exchange.kiel_words import donor_of, month_of, when_of
from aidlib.exchange.sheets import WORKBOOKS, Sheet, read_csv_sheet, read_sheets
from aidlib.ledger.columns import Column, frame_of
from aidlib.read import SetAside

__all__ = ["Kiel", "kiel_totals", "read_kiel"]

WORKBOOK_LAYOUTS = ("release 7", "release 13")
RELEASE = re.compile(r"(\d+)(?:st|nd|rd|th) release|release (\d+)", re.IGNORECASE)
ADDED = (
    Column("row", "count", "row of the sheet, from 1", True),
    Column("donor", "text", "donor's code"),
    Column("date", "text", "first day or month of the announcement, ISO 8601"),
    Column("date_end", "text", "last day, where it is an interval"),
    Column("date_precision", "text", "day or month"),
)
KINDS = {"date": "text", "billion": "money", "number": "money", "month": "count"}
AID_TYPES = ("financial", "humanitarian", "military")
GROUPINGS = ("donor", "month")


@dataclass(frozen=True)
class Kiel:
    """One release of the tracker.

    ``name`` is ``kiel-r07`` or the file's name where the release is unknown. ``tables`` holds data
    frames, ``activities`` of a workbook and others of the site's files; sums are Decimal, in whole
    units or euro. ``set_aside`` lists the rows that could not be read, ``cells`` the rows of the main
    sheet as written: by number, then by our name, header and cell.
    """

    name: str
    layout: str
    release: str | None
    tables: Mapping[str, pd.DataFrame]
    set_aside: tuple[SetAside, ...]
    cells: Mapping[int, Mapping[str, tuple[str, str]]]

    def table(self, name: str) -> pd.DataFrame:
        """Give one table.

        Raises
        ------
        ParameterError
            This release has no such table.
        """
        if name not in self.tables:
            raise ParameterError(
                f"{self.name} has no table {name!r}",
                where=f"layout {self.layout!r}",
                fix=f"It has {', '.join(self.tables)}.",
            )
        return self.tables[name]


def read_kiel(path: Path | str) -> Kiel:
    """Read a release of the Ukraine Support Tracker by its column contract.

    Parameters
    ----------
    path : Path or str
        A workbook (release 7's columns, or those of release 13 on), a CSV file of its main sheet with
        the later columns, or the folder of the CSV files behind the tracker's site.

    Returns
    -------
    Kiel
        Rows with a cell that cannot be read, or with an unknown donor, are in ``set_aside``. Sums of
        the site's files are given in euro, not in billions.

    Raises
    ------
    ReadError
        A file, sheet or required column is missing (``data/kiel_columns.csv``), or no row is readable.
    """
    path = Path(path)
    if not path.exists():
        raise ReadError(f"file {path.name} does not exist", where=str(path), fix="Check the path.")
    if path.is_dir():
        return _read_site(path)
    if path.suffix.lower() == ".csv":
        return _read_main({"": read_csv_sheet(path)}, path)
    if path.suffix.lower() not in WORKBOOKS:
        raise ReadError(
            f"{path.name} has an ending that is not read",
            where=str(path),
            fix=f"Give a workbook ({', '.join(WORKBOOKS)}), a .csv file, or the folder of the site's files.",
        )
    return _read_main(read_sheets(path), path)


def _fields(layout: str) -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for field in contract():
        if field.layout == layout:
            found.setdefault(field.table, []).append(field)
    return found


def _sheet(sheets: Mapping[str, Sheet], name: str, path: Path) -> Sheet:
    known = {squeeze(own).casefold(): sheet for own, sheet in sheets.items()}
    if "" in known:  # a CSV file is the main sheet
        return known[""]
    if name.casefold() not in known:
        raise ReadError(
            f"the workbook has no sheet {name!r}; it has {', '.join(map(repr, list(sheets)[:8]))}",
            where=str(path),
            fix="Rename the sheet, or add its new name to data/kiel_columns.csv.",
        )
    return known[name.casefold()]


def _layout_of(sheets: Mapping[str, Sheet], path: Path) -> str:
    """Choose the layout whose headers the main sheet shows most of; the later one where none is seen."""

    def shown(layout: str) -> int:
        fields = _fields(layout)["activities"]
        sheet = _sheet(sheets, fields[0].sheet, path)
        cells = {squeeze(cell).casefold() for row in sheet.rows[:15] for cell in row}
        return sum(header.casefold() in cells for field in fields for header in field.headers)

    return max(reversed(WORKBOOK_LAYOUTS), key=shown)


def _read_main(sheets: Mapping[str, Sheet], path: Path) -> Kiel:
    layout = _layout_of(sheets, path)
    tables = {
        name: find_table(_sheet(sheets, fields[0].sheet, path), fields, path)
        for name, fields in _fields(layout).items()
    }
    main, set_aside = tables["activities"], list[SetAside]()
    get = Release7(sheets, tables).value if layout == "release 7" else None
    rows = list(_known_rows(read_rows(main, set_aside, cell=get), main, set_aside))
    _require_rows(rows, set_aside, main.where)
    release = _release_of(sheets)
    name = f"kiel-r{int(release):02d}" if release else path.stem
    frame = frame_of(_activity_columns(), [_activity(row) for row in rows])
    cells = {
        row.number: {field: (main.header(field), text) for field, text in row.shown.items() if text}
        for row in rows
    }
    return Kiel(name, layout, release, {"activities": frame}, tuple(set_aside), cells)


def _release_of(sheets: Mapping[str, Sheet]) -> str | None:
    readme = next((sheet for name, sheet in sheets.items() if "readme" in name.casefold()), None)
    for row in readme.rows[:30] if readme else []:
        found = RELEASE.search(" ".join(map(squeeze, row)))
        if found:
            return found[1] or found[2]
    return None


def _require_rows(rows: Sequence[Row], set_aside: Sequence[SetAside], where: str) -> None:
    if rows:
        return
    first = f"; the first set aside: {set_aside[0].what}" if set_aside else ""
    raise ReadError(
        f"no row could be read, {len(set_aside)} set aside{first}",
        where=where,
        fix="Give a file that holds rows under its header.",
    )


def _known_rows(rows: Iterable[Row], table: Table, set_aside: list[SetAside]) -> Iterable[Row]:
    """Pass on the rows of donors that the lexicon knows, with their code."""
    for row in rows:
        name = row.values["donor_name"]
        code = donor_of(name or "")
        if code:
            row.values["donor"] = code
            yield row
            continue
        error = ReadError(
            f"donor {name!r} is unknown" if name else "the row names no donor",
            where=f"{table.where}, row {row.number}",
            fix="Add the name to data/parties.csv." if name else "Fill the donor.",
        )
        set_aside.append(SetAside.of(error, name=None, path=table.path, line=row.number))


def _activity_columns() -> list[Column]:
    names: dict[str, Column] = {}
    for layout in reversed(WORKBOOK_LAYOUTS):
        for field in _fields(layout)["activities"]:
            names.setdefault(field.name, _column(field))
    return [*ADDED, *names.values()]


def _column(field: Field) -> Column:
    return Column(field.name, KINDS.get(field.kind, field.kind), field.meaning)


def _activity(row: Row) -> dict[str, Any]:
    when = when_of(row.values["announcement_date"])
    start, end, precision = when or (None, None, None)
    known = row.values | {"date": start, "date_end": end, "date_precision": precision, "row": row.number}
    known["month"] = known.get("month") or month_of(start, end)
    # Release 7 counts commitments only.
    known["measure"] = known.get("measure", "Commitment")
    return {column.name: known.get(column.name) for column in _activity_columns()}


def _read_site(folder: Path) -> Kiel:
    tables: dict[str, pd.DataFrame] = {}
    set_aside: list[SetAside] = []
    for name, fields in _fields("site").items():
        path = folder / fields[0].sheet
        if not path.exists() and all(field.required != "yes" for field in fields):
            continue
        table = find_table(read_csv_sheet(path), fields, path)
        rows: Iterable[Row] = read_rows(table, set_aside)
        has_donor = "donor_name" in table.places
        rows = list(_known_rows(rows, table, set_aside) if has_donor else rows)
        columns = [_column(field) for field in fields]
        if has_donor:
            columns.insert(0, Column("donor", "text", "donor's code", True))
        values = [{column.name: row.values.get(column.name) for column in columns} for row in rows]
        tables[name] = frame_of(columns, values)
    release = tables["release"]["release"].iloc[0] if len(tables.get("release", ())) else None
    name = f"kiel-r{int(release):02d}" if release and release.isdigit() else folder.name
    return Kiel(name, "site", release, tables, tuple(set_aside), {})


def kiel_totals(
    kiel: Kiel,
    by: Sequence[str] = ("donor",),
    *,
    measure: Literal["commitments", "allocations"] = "commitments",
) -> pd.DataFrame:
    """Add up a release by the tracker's own rules.

    Parameters
    ----------
    by : sequence of str
        Any of donor and month; none gives one row. By month, rows of an unknown month drop out, as
        in the tracker's own series.
    measure : {"commitments", "allocations"}
        Commitments are the sums of activities over all rows. Allocations are the shared-out sums of
        the rows whose measure is Allocation; release 7 has none.

    Returns
    -------
    DataFrame
        The groupings, then ``financial_eur``, ``humanitarian_eur``, ``military_eur`` and
        ``total_eur``; the site's files give commitments in total only, the others are empty.

    Raises
    ------
    ParameterError
        A grouping or measure is unknown, or the release does not tell it.
    """
    wrong = [name for name in by if name not in GROUPINGS]
    if wrong or measure not in ("commitments", "allocations"):
        raise ParameterError(
            f"cannot add up {measure!r} by {list(by)}",
            where="kiel_totals",
            fix=f"Group by {', '.join(GROUPINGS)}; the measure is commitments or allocations.",
        )
    if kiel.layout == "release 7" and measure == "allocations":
        raise ParameterError(
            "release 7 tells no allocations", where="kiel_totals", fix="Ask for the commitments."
        )
    sums = _site_sums(kiel, measure) if kiel.layout == "site" else _activity_sums(kiel, measure)
    cells: dict[tuple[Any, ...], dict[str, Decimal | None]] = {}
    for keys, found in sums:
        cell = tuple(keys[name] for name in by)
        if "month" in by and keys["month"] is None:
            continue
        into = cells.setdefault(cell, dict.fromkeys(found, Decimal(0)))
        for name, value in found.items():
            known = into[name]
            into[name] = None if value is None or known is None else known + value
    rows = [dict(zip(by, cell, strict=True)) | cells[cell] for cell in sorted(cells)]
    groups = [Column(name, "count" if name == "month" else "text", name, True) for name in by]
    money = [Column(f"{kind}_eur", "money", f"{kind} aid, euro") for kind in (*AID_TYPES, "total")]
    return frame_of([*groups, *money], rows)


Sums = Iterable[tuple[dict[str, Any], dict[str, Decimal | None]]]


def _activity_sums(kiel: Kiel, measure: str) -> Sums:
    for row in kiel.table("activities").to_dict("records"):
        if measure == "allocations" and str(row["measure"]).casefold() != "allocation":
            continue
        value = row["value_eur" if measure == "commitments" else "allocated_eur"] or Decimal(0)
        month = None if pd.isna(row["month"]) else int(row["month"])
        kind = str(row["aid_type_general"]).casefold()
        found: dict[str, Decimal | None] = {
            f"{name}_eur": value if name == kind else Decimal(0) for name in AID_TYPES
        }
        yield {"donor": row["donor"], "month": month}, found | {"total_eur": value}


def _site_sums(kiel: Kiel, measure: str) -> Sums:
    for row in kiel.table("donor_months").to_dict("records"):
        month = (int(row["year"]) - 2022) * 12 + int(row["month_of_year"])
        if measure == "commitments":
            found = {f"{name}_eur": None for name in AID_TYPES} | {"total_eur": row["commitments_eur"]}
        else:
            found = {f"{name}_eur": row[f"{name}_eur"] for name in (*AID_TYPES, "total")}
        yield {"donor": row["donor"], "month": month}, found
