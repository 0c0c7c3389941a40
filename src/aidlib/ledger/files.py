"""In: a ledger. Out: its folder, moved into place whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.errors import ParameterError
from aidlib.ledger.books import Ledger
from aidlib.ledger.columns import TABLES, Column
from aidlib.ledger.contracts import check_ledger, groupings_of
from aidlib.ledger.totals import total_columns

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FILES", "Lines", "arrow_table", "columns_of", "contents_of", "csv_bytes", "write_ledger"]

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
RATE_DIGITS = Decimal(1).scaleb(-20)  # as many as Parquet keeps


def write_ledger(ledger: Ledger, folder: Path | str) -> Path:
    """Write the books to a folder, beside it first and then into its place.

    A run that is killed leaves the old folder. The same ledger gives the same bytes.

    Parameters
    ----------
    ledger : Ledger
        Every table becomes a file, as README lists them.
    folder : Path or str
        Made if missing; a folder that holds something else than books is left alone.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    LedgerError
        A table breaks its contract.
    ParameterError
        The folder holds something else, or cannot be written.
    """
    folder = Path(folder).absolute()
    check_ledger(ledger)
    _recover(folder)
    _refuse_other(folder)
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        for name, data in contents_of(ledger).items():
            (part / name).write_bytes(data)
        _swap(part, folder)
    except OSError as error:
        raise ParameterError(
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
        raise ParameterError(
            "is there already and is no ledger",
            where=str(folder),
            fix="Choose an empty folder, or one that aidlib wrote.",
        )


def _is_ledger(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    return not (names - {"quarantine.jsonl"}) or "commitments.csv" in names


def aside_of(folder: Path) -> Path:
    """Say where the old ledger lies while the new one takes its place."""
    return folder.with_name(f".{folder.name}.old")


def _recover(folder: Path) -> None:
    """Put a ledger back that a killed run had moved aside, and not yet replaced."""
    if aside_of(folder).exists():
        if folder.exists():
            shutil.rmtree(aside_of(folder))
        else:
            aside_of(folder).rename(folder)


def _swap(part: Path, folder: Path) -> None:
    if not folder.exists():
        part.rename(folder)
        return
    for path in sorted(folder.iterdir()):
        if path.name not in FILES:
            # Not ours: whoever put it there finds it again.
            path.rename(part / path.name)
    folder.rename(aside_of(folder))
    part.rename(folder)
    shutil.rmtree(aside_of(folder))


def contents_of(ledger: Ledger) -> dict[str, bytes]:
    """Give the files of a ledger by name, as they lie in its folder."""
    columns = columns_of(ledger)
    names = [name for name in CSV_TABLES + RARE_TABLES if name in columns]
    files = {f"{name}.csv": csv_bytes(getattr(ledger, name), columns[name]) for name in names}
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
    """Give the columns of every table; of the rare ones only where they hold rows."""
    known = {
        name: columns
        for name, columns in TABLES.items()
        if name not in RARE_TABLES or len(getattr(ledger, name))
    }
    return {**known, "totals": total_columns(groupings_of(ledger.totals))}


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


class Lines(io.StringIO):
    r"""Text that a writer of CSV fills; it quotes a lone "\r" only where its own line ends are "\r\n"."""

    END = "\r\n"

    def write(self, line: str) -> int:
        """Take one row, and end it as our files end theirs."""
        return super().write(f"{line.removesuffix(self.END)}\n")


def csv_bytes(frame: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    """Write a table as CSV; a text that a spreadsheet takes for a formula stands behind an apostrophe."""
    out = Lines()
    writer = csv.writer(out, lineterminator=Lines.END)
    writer.writerow([column.name for column in columns])
    series = [[_cell(value, column) for value in frame[column.name]] for column in columns]
    writer.writerows(zip(*series, strict=True))
    return out.getvalue().encode("utf-8")


def _parquet_bytes(frame: pd.DataFrame, columns: Sequence[Column]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = pa.BufferOutputStream()
    pq.write_table(arrow_table(frame, columns), out, compression="zstd")
    return bytes(out.getvalue().to_pybytes())


def arrow_table(frame: pd.DataFrame, columns: Sequence[Column]) -> pa.Table:
    """Make an Arrow table of typed columns: money as decimal(38, 2), days as dates."""
    import pyarrow as pa

    kinds = {
        "text": pa.string(), "money": pa.decimal128(38, 2), "rate": pa.decimal128(38, 20),
        "day": pa.date32(), "count": pa.int64(), "flag": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(column.name, kinds[column.kind]) for column in columns])
    arrays = [
        pa.array([_arrow_value(value, column) for value in frame[column.name]], kinds[column.kind])
        for column in columns
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


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
