"""In: the folder of a ledger of any version. Out: its books, unchecked; what they lack is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.errors import ReadError
from aidlib.ledger.books import Ledger
from aidlib.ledger.columns import TABLES, Column, frame_of
from aidlib.ledger.readback import cells_of, parse_rows, rows_of

__all__ = ["read_loosely"]


def read_loosely(folder: Path | str) -> Ledger:
    """Read the books of any version, to compare them with others.

    Columns that are not known are left out; those that a table lacks are empty, and stand in its
    ``attrs["absent"]``. Totals and quarantine are not read.

    Raises
    ------
    ReadError
        The folder is missing, or holds no ledger.
    LedgerError
        A file is cut short or cannot be read.
    """
    folder = Path(folder)
    if not (folder / "commitments.csv").is_file():
        raise ReadError(
            "is no ledger" if folder.is_dir() else "there is no such folder",
            where=str(folder),
            fix="Give a folder that `aidlib ledger` wrote: it holds commitments.csv.",
        )
    # The same in both forms: a damaged one is told of even so.
    _parquet(folder, "commitments")
    return Ledger(
        commitments=_csv(folder, "commitments"),
        events=_parquet(folder, "events"),
        reports=_csv(folder, "reports"),
        links=_csv(folder, "links"),
        evidence=_csv(folder, "evidence"),
        corrections=_csv(folder, "corrections"),
        totals=pd.DataFrame(),
        quarantine=frame_of(TABLES["quarantine"], []),
    )


def _csv(folder: Path, name: str) -> pd.DataFrame:
    path, known = folder / f"{name}.csv", {column.name: column for column in TABLES[name]}
    if not path.exists():
        return _frame(TABLES[name], [])
    head, cells = cells_of(path)
    found = [known.get(column, Column(column, "text", "")) for column in head]
    return _frame(TABLES[name], parse_rows(path, cells, found), head)


def _parquet(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    rows = rows_of(path, TABLES[name], is_loose=True) if path.exists() else []
    return _frame(TABLES[name], rows, rows[0] if rows else ())


def _frame(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], head: Sequence[str] | Mapping[str, Any] = ()
) -> pd.DataFrame:
    # None is required: a count that is not there is empty too.
    loose = [replace(column, is_required=False) for column in columns]
    frame = frame_of(loose, [{column.name: row.get(column.name) for column in columns} for row in rows])
    # A table without rows lacks nothing that could differ.
    frame.attrs["absent"] = [column.name for column in columns if rows and column.name not in head]
    return frame
