"""In: a ledger, or its folder. Out: a DuckDB connection in which every table of it can be queried."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aidlib.ledger.books import Ledger
from aidlib.ledger.columns import TABLES
from aidlib.ledger.files import arrow_table, columns_of
from aidlib.ledger.readback import read_ledger

if TYPE_CHECKING:
    import duckdb

__all__ = ["connect"]


def connect(books: Ledger | Path | str, *, check: bool = True) -> duckdb.DuckDBPyConnection:
    """Open the books for SQL.

    Parameters
    ----------
    books : Ledger or path
        A ledger, or the folder that ``aidlib ledger`` wrote. It is read once and not locked.
    check : bool
        Hold every table against its contract first.

    Returns
    -------
    duckdb.DuckDBPyConnection
        In memory, with the tables ``commitments``, ``events``, ``reports``, ``links``, ``evidence``,
        ``totals``,
        ``corrections`` and ``quarantine``. Money is DECIMAL(38, 2), so that sums are exact. Queries reach no
        file and no network.

    Raises
    ------
    LedgerError
        A file is missing, cut short, or breaks its contract.

    Examples
    --------
    >>> books = connect("build/ledger")  # doctest: +SKIP
    >>> books.sql("select donor, sum(amount_eur) from commitments group by donor").df()  # doctest: +SKIP
    """
    import duckdb

    ledger = books if isinstance(books, Ledger) else read_ledger(books, check=check)
    opened = duckdb.connect(":memory:")
    for name, columns in {**TABLES, **columns_of(ledger)}.items():
        opened.register("part", arrow_table(getattr(ledger, name), columns))
        opened.execute(f"create table {name} as select * from part")
        opened.unregister("part")
    opened.execute("set enable_external_access = false")
    opened.execute("set lock_configuration = true")
    return opened
