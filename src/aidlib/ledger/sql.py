"""In: the folder of a ledger. Out: a DuckDB connection in which every table of it can be queried."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aidlib.ledger.files import arrow_table, columns_of, read_ledger

if TYPE_CHECKING:
    import duckdb

__all__ = ["connect"]


def connect(folder: Path | str, *, check: bool = True) -> duckdb.DuckDBPyConnection:
    """Open the books for SQL.

    Parameters
    ----------
    folder : path
        What ``write_ledger`` or ``aidlib ledger`` wrote. It is read once and not locked.
    check : bool
        Hold every table against its contract first.

    Returns
    -------
    duckdb.DuckDBPyConnection
        In memory, with the tables ``commitments``, ``events``, ``reports``, ``links``, ``evidence``,
        ``totals`` and ``quarantine``. Money is DECIMAL(38, 2), so that sums are exact. Queries reach no
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

    ledger = read_ledger(folder, check=check)
    books = duckdb.connect(":memory:")
    for name, columns in columns_of(ledger).items():
        books.register("part", arrow_table(getattr(ledger, name), columns))
        books.execute(f"create table {name} as select * from part")
        books.unregister("part")
    books.execute("set enable_external_access = false")
    books.execute("set lock_configuration = true")
    return books
