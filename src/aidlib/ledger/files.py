"""In: a ledger, or the folder of one. Out: the folder, moved into place whole, or the ledger read back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.errors import LedgerError
from aidlib.ledger.books import Ledger
from aidlib.ledger.columns import TABLES, Column, frame_of
from aidlib.ledger.contracts import check_ledger
from aidlib.ledger.totals import total_columns

__all__ = ["FILES", "read_ledger", "write_ledger"]

CSV_TABLES = ("commitments", "reports", "links", "evidence", "totals")
# Written only where there is something in them.
RARE_TABLES = ("corrections",)
PARQUET_TABLES = ("commitments", "events")
FILES = (
    *(f"{name}.csv" for name in CSV_TABLES + RARE_TABLES),
    *(f"{name}.parquet" for name in PARQUET_TABLES),
    "quarantine.jsonl",
    "datapackage.json",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "|", "%")
PACKAGE_TYPES = {
    "text": "string",
    "money": "number",
    "rate": "number",
    "day": "date",
    "count": "integer",
    "flag": "boolean",
}
RATE_DIGITS = Decimal(1).scaleb(-20)


def write_ledger(ledger: Ledger, folder: Path | str) -> Path:
    """Write the books to a folder, beside it first and then into its place.

    A run that is killed leaves the old folder. The same ledger gives the same bytes.

    Raises
    ------
    LedgerError
        A table breaks its contract, the folder holds something else, or it cannot be written.
    """
    folder = Path(folder).absolute()
    check_ledger(ledger)
    _recover(folder)
    _refuse_other(folder)
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        for name, data in _contents(ledger).items():
            (part / name).write_bytes(data)
        _swap(part, folder)
    except OSError as error:
        raise LedgerError(
            f"cannot be written: {error.strerror or error}",
            where=str(folder),
            fix="Choose a folder with room that can be written; the old ledger is as it was.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _refuse_other(folder: Path) -> None:
    is_other = folder.exists() and (not folder.is_dir() or not _is_ledger(folder))
    if is_other:
        raise LedgerError(
            "is there already and is no ledger",
            where=str(folder),
            fix="Choose an empty folder, or one that aidlib wrote.",
        )


def _is_ledger(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    return not (names - {"quarantine.jsonl"}) or "commitments.csv" in names


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _recover(folder: Path) -> None:
    """Put a ledger back that a killed run had moved aside, and not yet replaced."""
    if _aside(folder).exists():
        if folder.exists():
            shutil.rmtree(_aside(folder))
        else:
            _aside(folder).rename(folder)


def _swap(part: Path, folder: Path) -> None:
    if not folder.exists():
        part.rename(folder)
        return
    for path in sorted(folder.iterdir()):
        if path.name not in FILES:
            # Not ours: whoever put it there finds it again.
            path.rename(part / path.name)
    folder.rename(_aside(folder))
    part.rename(folder)
    shutil.rmtree(_aside(folder))


def _contents(ledger: Ledger) -> dict[str, bytes]:
    columns = {**TABLES, "totals": _total_columns(ledger.totals)}
    names = [*CSV_TABLES, *(name for name in RARE_TABLES if len(getattr(ledger, name)))]
    files = {f"{name}.csv": _csv_bytes(getattr(ledger, name), columns[name]) for name in names}
    package = json.dumps(_package(ledger, files, columns), ensure_ascii=False, indent=1) + "\n"
    files |= {
        f"{name}.parquet": _parquet_bytes(getattr(ledger, name), TABLES[name]) for name in PARQUET_TABLES
    }
    files["quarantine.jsonl"] = "".join(
        json.dumps({key: _plain(value) for key, value in row.items()}, ensure_ascii=False) + "\n"
        for row in ledger.quarantine.to_dict("records")
    ).encode()
    files["datapackage.json"] = package.encode()
    return files


def _total_columns(totals: pd.DataFrame) -> list[Column]:
    own = {column.name for column in total_columns([])}
    return total_columns([str(name) for name in totals.columns if name not in own])


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value


def _cell(value: Any, column: Column) -> str:
    if value is None or pd.isna(value):
        return ""
    if column.kind in ("money", "rate"):
        return format(value, "f")
    if column.kind == "day":
        return f"{value:%Y-%m-%d}"
    if column.kind == "flag":
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if column.kind == "text" and text.startswith(FORMULA_STARTS) else text


def _csv_bytes(frame: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    series = [[_cell(value, column) for value in frame[column.name]] for column in columns]
    writer.writerows(zip(*series, strict=True))
    return out.getvalue().encode("utf-8")


def _parquet_bytes(frame: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "text": pa.string(), "money": pa.decimal128(38, 2), "rate": pa.decimal128(38, 20),
        "day": pa.date32(), "count": pa.int64(), "flag": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(column.name, kinds[column.kind]) for column in columns])
    arrays = [
        pa.array([_arrow_value(value, column) for value in frame[column.name]], kinds[column.kind])
        for column in columns
    ]
    out = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return bytes(out.getvalue().to_pybytes())


def _arrow_value(value: Any, column: Column) -> Any:
    if value is None or pd.isna(value):
        return None
    if column.kind == "money":
        return value.quantize(Decimal("0.01"))
    if column.kind == "rate":
        return value.quantize(RATE_DIGITS)
    if column.kind == "day":
        return value.date()
    return int(value) if column.kind == "count" else value


def _package(
    ledger: Ledger, files: Mapping[str, bytes], columns: Mapping[str, Sequence[Column]]
) -> dict[str, Any]:
    return {
        "name": "aidlib-ledger",
        "title": f"Announcements of aid, recipient {ledger.recipient}, resolved into commitments",
        "profile": "tabular-data-package",
        "recipient": ledger.recipient,
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            _resource(name.removesuffix(".csv"), data, columns[name.removesuffix(".csv")])
            for name, data in files.items()
        ],
    }


def _resource(name: str, data: bytes, columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "schema": {"fields": [_field(column) for column in columns], "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.is_required else {}
    if column.values:
        constraints["enum"] = list(column.values)
    more = {"constraints": constraints} if constraints else {}
    return {
        "name": column.name, "type": PACKAGE_TYPES[column.kind], "description": column.meaning, **more
    }  # fmt: skip


def read_ledger(folder: Path | str, *, check: bool = True) -> Ledger:
    """Read the books that ``write_ledger`` wrote.

    Parameters
    ----------
    check : bool
        Hold every table against its contract.

    Raises
    ------
    LedgerError
        A file is missing, cut short, or breaks its contract.
    """
    folder = Path(folder).absolute()
    if not folder.exists() and _aside(folder).exists():
        # A killed run had moved it aside. Only a writer may put it back: one may be at work.
        folder = _aside(folder)
    package = json.loads(_read(folder / "datapackage.json") or b"{}")
    tables = {name: _read_csv(folder / f"{name}.csv", TABLES[name]) for name in CSV_TABLES if name in TABLES}
    tables["totals"] = _read_csv(folder / "totals.csv", None)
    tables["events"] = frame_of(TABLES["events"], rows_of(folder / "events.parquet", TABLES["events"]))
    for name in RARE_TABLES:
        path = folder / f"{name}.csv"
        tables[name] = _read_csv(path, TABLES[name]) if path.exists() else frame_of(TABLES[name], [])
    lines = _read(folder / "quarantine.jsonl", or_else=b"").decode("utf-8").splitlines()
    tables["quarantine"] = frame_of(TABLES["quarantine"], [json.loads(line) for line in lines])
    ledger = Ledger(**tables, recipient=str(package.get("recipient", "UKR")))
    return check_ledger(ledger) if check else ledger


def broken(path: Path, what: object) -> LedgerError:
    """Make the error of a file that is damaged."""
    return LedgerError(str(what), where=str(path), fix="Write the ledger again with `aidlib ledger`.")


def _read(path: Path, *, or_else: bytes | None = None) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        if or_else is not None:
            return or_else
        raise broken(path, "the file is missing") from error
    except OSError as error:
        raise broken(path, f"cannot be read: {error.strerror or error}") from error


def cells_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """Read the head and the rows of a CSV file, every row as long as its head."""
    try:
        reader = csv.reader(io.StringIO(_read(path).decode("utf-8"), newline=""), strict=True)
        head, *rows = reader
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise broken(path, f"is no table: {error}") from error
    if any(len(row) != len(head) for row in rows):
        raise broken(path, "a row is cut short")
    return head, rows


def _read_csv(path: Path, columns: Sequence[Column] | None) -> pd.DataFrame:
    head, rows = cells_of(path)
    if columns is None:
        own = {column.name for column in total_columns([])}
        columns = total_columns([name for name in head if name not in own])
    if head != [column.name for column in columns]:
        gone = [column.name for column in columns if column.name not in head]
        raise broken(path, f"columns are not those of the contract; missing: {gone}, found: {head}")
    return frame_of(columns, [parse_row(row, columns, path, n) for n, row in enumerate(rows, start=2)])


def parse_row(row: Sequence[str], columns: Sequence[Column], path: Path, line: int) -> dict[str, Any]:
    """Read the cells of a row by the types of their columns."""
    try:
        return {column.name: _parse(cell, column) for cell, column in zip(row, columns, strict=True)}
    except (ValueError, InvalidOperation) as error:
        raise broken(path, f"line {line} cannot be read: {error}") from error


def _parse(cell: str, column: Column) -> Any:
    if cell == "":
        return None
    if column.kind in ("money", "rate"):
        return Decimal(cell)
    if column.kind == "day":
        return date.fromisoformat(cell)
    if column.kind == "count":
        return int(cell)
    if column.kind == "flag":
        return cell == "true"
    return cell[1:] if cell.startswith("'") else cell


def rows_of(path: Path, columns: Sequence[Column], *, is_loose: bool = False) -> list[dict[str, Any]]:
    """Read the columns of a Parquet file, or those of them that it has."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(_read(path)))
        names = [column.name for column in columns if not is_loose or column.name in table.column_names]
        return list(table.select(names).to_pylist())
    except (pa.ArrowException, KeyError, OSError) as error:
        raise broken(path, f"is cut short, or no such table: {error}") from error
