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
from aidlib.ledger.contracts import LARGEST, MOST_SHOWN, check_ledger, groupings_of
from aidlib.ledger.totals import total_columns
from aidlib.rates import POLICIES

__all__ = ["FILES", "columns_of", "read_ledger", "read_package", "read_parquet", "write_ledger"]

CSV_TABLES = ("commitments", "reports", "links", "evidence", "totals")
PARQUET_TABLES = ("commitments", "events")
FILES = (
    *(f"{name}.csv" for name in CSV_TABLES),
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
RATE_DIGITS = Decimal(1).scaleb(-20)  # as many as Parquet keeps


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
    columns = columns_of(ledger)
    files = {f"{name}.csv": _csv_bytes(getattr(ledger, name), columns[name]) for name in CSV_TABLES}
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


def columns_of(ledger: Ledger) -> dict[str, Sequence[Column]]:
    """Give the columns of every table, the totals' by what they are grouped."""
    return {**TABLES, "totals": total_columns(groupings_of(ledger.totals))}


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
        "rates": {
            "policy": ledger.policy,
            "fixed_day": ledger.fixed_day.isoformat() if ledger.fixed_day else None,
            "table": ledger.rates,
        },
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [_resource(name, files[f"{name}.csv"], columns[name]) for name in CSV_TABLES],
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
        Files are missing, cut short, or break their contract; ``failures`` holds every fault.
    """
    folder = Path(folder).absolute()
    if not folder.exists() and _aside(folder).exists():
        # A killed run had moved it aside. Only a writer may put it back: one may be at work.
        folder = _aside(folder)
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
    try:
        package = json.loads(_read(path))
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
    try:
        lines = _read(path, or_else=b"").decode("utf-8").splitlines()
        return frame_of(columns, [json.loads(line) for line in lines])
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(path, f"cannot be read: {error}") from error


def _read_csv(path: Path, columns: Sequence[Column] | None) -> pd.DataFrame:
    try:
        reader = csv.reader(io.StringIO(_read(path).decode("utf-8"), newline=""), strict=True)
        head, *rows = reader
    except (UnicodeDecodeError, ValueError, csv.Error) as error:
        raise _broken(path, f"is no table: {error}") from error
    if columns is None:
        own = {column.name for column in total_columns([])}
        columns = total_columns([name for name in head if name not in own])
    if head != [column.name for column in columns]:
        gone = [column.name for column in columns if column.name not in head]
        raise _broken(path, f"columns are not those of the contract; missing: {gone}, found: {head}")
    bad: list[str] = []
    parsed = [_parse_row(row, columns, f"line {line}", bad) for line, row in enumerate(rows, start=2)]
    if bad:
        whole = _broken(path, "; ".join(bad[:MOST_SHOWN]))
        whole.failures = tuple(f"{path.name}, {one}" for one in bad)
        raise whole
    return frame_of(columns, parsed)


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
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(_read(path)))
        return frame_of(columns, table.select([column.name for column in columns]).to_pylist())
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise _broken(path, f"is cut short, or no such table: {error}") from error
