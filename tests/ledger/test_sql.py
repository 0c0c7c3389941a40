"""In: a ledger's folder. Out: whether SQL over it gives its numbers, and reaches nothing else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from aidlib import connect
from aidlib.errors import LedgerError
from aidlib.ledger import build_ledger, write_ledger
from build import event, reading


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    told = reading(event("NOR", "240e6", items={"F-16": 6}), event("LVA", "0.1"), id="a")
    return write_ledger(build_ledger([told, reading(event("LVA", "0.2"), id="b")]), tmp_path / "books")


def test_money_is_summed_to_the_cent(folder: Path) -> None:
    rows = connect(folder).sql(
        "select donor, sum(amount_eur) from commitments where status = 'booked' group by donor order by donor"
    )
    assert rows.fetchall() == [("LVA", Decimal("0.30")), ("NOR", Decimal("240000000.00"))]


def test_tables_join_down_to_the_words(folder: Path) -> None:
    books = connect(folder)
    quotes = books.sql("select quote from commitments join evidence using (commitment_id)").fetchall()
    assert len(quotes) == books.sql("select count(*) from evidence").fetchall()[0][0]
    tables = {row[0] for row in books.sql("show tables").fetchall()}
    assert tables == {
        "commitments",
        "events",
        "reports",
        "links",
        "evidence",
        "totals",
        "corrections",
        "quarantine",
    }


def test_a_query_reaches_no_file_and_cannot_open_the_door(folder: Path) -> None:
    books = connect(folder)
    with pytest.raises(duckdb.Error):
        books.sql(f"select * from read_csv('{folder / 'links.csv'}')").fetchall()
    with pytest.raises(duckdb.Error):
        books.execute("set enable_external_access = true")


def test_a_folder_that_is_cut_short_is_refused_by_name(folder: Path) -> None:
    (folder / "events.parquet").write_bytes((folder / "events.parquet").read_bytes()[:50])
    with pytest.raises(LedgerError, match=r"events\.parquet"):
        connect(folder)
