"""In: the folder of a ledger. Out: the ledger, or all that keeps it from being read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.errors import LedgerError, ReadError
from aidlib.ledger.books import Ledger
from aidlib.ledger.columns import TABLES, Column, frame_of
from aidlib.ledger.contracts import LARGEST, MOST_SHOWN, check_ledger
from aidlib.ledger.files import RARE_TABLES, aside_of
from aidlib.ledger.totals import total_columns
from aidlib.rates import POLICIES

__all__ = ["read_ledger", "read_package", "read_parquet"]


def read_ledger(folder: Path | str, *, check: bool = True) -> Ledger:
    """Read the books that ``write_ledger`` wrote.

    Parameters
    ----------
    check : bool
        Hold every table against its contract.

    Raises
    ------
    ReadError
        There is no such folder.
    LedgerError
        Files are missing, cut short, or break their contract; ``failures`` holds every fault.
    """
    folder = Path(folder).absolute()
    if not folder.exists() and aside_of(folder).exists():
        # A killed run had moved it aside. Only a writer may put it back: one may be at work.
        folder = aside_of(folder)
    if not folder.is_dir():
        raise ReadError("there is no ledger", where=str(folder), fix="Write one with `aidlib ledger`.")
    tables: dict[str, Any] = {}
    faults = []
    for name in (*TABLES, "totals"):
        try:
            tables[name] = _read_table(folder, name)
        except LedgerError as error:
            faults.append(error)
    try:
        tables |= read_package(folder)
    except LedgerError as error:
        faults.append(error)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        whole = _broken(folder, "; ".join(f"{Path(fault.where).name}: {fault.what}" for fault in faults))
        whole.failures = tuple(one for fault in faults for one in fault.failures or (fault,))
        raise whole
    ledger = Ledger(**tables)
    return check_ledger(ledger) if check else ledger


def read_package(folder: Path) -> dict[str, Any]:
    """Read whose books a folder holds, and how their sums were converted: fields of ``Ledger``."""
    path = folder / "datapackage.json"
    data = _read(path)
    try:
        package = json.loads(data)
        rates = package.get("rates", {})
        day = rates.get("fixed_day")
        found = {
            "recipient": str(package.get("recipient", "UKR")),
            "policy": POLICIES[POLICIES.index(rates.get("policy", "announcement"))],
            "fixed_day": date.fromisoformat(day) if day else None,
            "rates": str(rates.get("table", "")),
        }
    except (ValueError, AttributeError, TypeError) as error:
        raise _broken(path, f"is no data package of a ledger: {error}") from error
    return found


def _read_table(folder: Path, name: str) -> pd.DataFrame:
    if name == "events":
        return read_parquet(folder / "events.parquet", TABLES[name])
    if name == "quarantine":
        return _read_lines(folder / "quarantine.jsonl", TABLES[name])
    if name in RARE_TABLES and not (folder / f"{name}.csv").exists():
        return frame_of(TABLES[name], [])
    return _read_csv(folder / f"{name}.csv", TABLES.get(name))


def _broken(path: Path, what: object) -> LedgerError:
    return LedgerError(str(what), where=str(path), fix="Write the ledger again with `aidlib ledger`.")


def _read(path: Path, *, or_else: bytes | None = None) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        if or_else is not None:
            return or_else
        raise _broken(path, "the file is missing") from error
    except OSError as error:
        raise _broken(path, f"cannot be read: {error.strerror or error}") from error


def _read_lines(path: Path, columns: Sequence[Column]) -> pd.DataFrame:
    data = _read(path, or_else=b"")
    try:
        return frame_of(columns, [json.loads(line) for line in data.decode("utf-8").splitlines()])
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(path, f"cannot be read: {error}") from error


def _read_csv(path: Path, columns: Sequence[Column] | None) -> pd.DataFrame:
    head, rows = cells_of(path)
    if columns is None:
        own = {column.name for column in total_columns([])}
        columns = total_columns([name for name in head if name not in own])
    if head != [column.name for column in columns]:
        gone = [column.name for column in columns if column.name not in head]
        raise _broken(path, f"columns are not those of the contract; missing: {gone}, found: {head}")
    return frame_of(columns, parse_rows(path, rows, columns))


def cells_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """Read the head and the rows of a CSV file as texts."""
    data = _read(path)
    try:
        head, *rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise _broken(path, f"is no table: {error}") from error
    return head, rows


def parse_rows(path: Path, rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Read the cells of rows by the types of their columns; every fault is told at once."""
    bad: list[str] = []
    parsed = [_parse_row(row, columns, f"line {line}", bad) for line, row in enumerate(rows, start=2)]
    if bad:
        whole = _broken(path, "; ".join(bad[:MOST_SHOWN]))
        whole.failures = tuple(f"{path.name}, {one}" for one in bad)
        raise whole
    return parsed


def _parse_row(row: Sequence[str], columns: Sequence[Column], at: str, bad: list[str]) -> dict[str, Any]:
    """Parse the cells of a row; of those that cannot be, say so in ``bad``."""
    if len(row) != len(columns):
        bad.append(f"{at} is cut short: {len(row)} cells, expected {len(columns)}")
        return {}
    values = {}
    for cell, column in zip(row, columns, strict=True):
        try:
            values[column.name] = _parse(cell, column)
        except (ValueError, InvalidOperation):
            bad.append(f"{at}: {column.name} {cell!r} cannot be read; expected a {column.kind}")
    return values


def _parse(cell: str, column: Column) -> Any:
    if cell == "" and not (column.is_required and column.kind in ("count", "flag")):
        return None
    if column.kind in ("money", "rate"):
        return _number(cell)
    if column.kind == "day":
        return date.fromisoformat(cell)
    if column.kind == "count":
        return int(cell)
    if column.kind == "flag":
        return cell == "true"
    return cell[1:] if cell.startswith("'") else cell


def _number(cell: str) -> Decimal:
    value = Decimal(cell)
    if not value.is_finite() or abs(value) >= LARGEST:
        raise ValueError(cell)
    return value


def read_parquet(path: Path, columns: Sequence[Column]) -> pd.DataFrame:
    """Read a table of the ledger from Parquet.

    Raises
    ------
    LedgerError
        The file is missing or cut short, or lacks a column.
    """
    rows = rows_of(path, columns)
    try:
        return frame_of(columns, rows)
    except (TypeError, ValueError, OverflowError) as error:
        raise _broken(path, f"is cut short, or no such table: {error}") from error


def rows_of(path: Path, columns: Sequence[Column], *, is_loose: bool = False) -> list[dict[str, Any]]:
    """Read the columns of a Parquet file; where ``is_loose``, those of them that it has."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = _read(path)
    try:
        table = pq.read_table(pa.BufferReader(data))
        names = [column.name for column in columns if not is_loose or column.name in table.column_names]
        return list(table.select(names).to_pylist())
    except (pa.ArrowException, KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise _broken(path, f"is cut short, or no such table: {error}") from error
