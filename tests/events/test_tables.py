"""What a text is read as: tables of cases, and the gaps that are known."""

from __future__ import annotations

import pytest

from events.tables import TABLES, Row, read_cases


def cases(suffix: str = "") -> list[object]:
    return [
        pytest.param(name, row, id=f"{name}: {row['text'][:70]}")
        for name in TABLES
        for row in read_cases(name + suffix)
    ]


@pytest.mark.parametrize(("table", "row"), cases())
def test_a_text_is_read_as_the_table_says(table: str, row: Row) -> None:
    found, wanted = TABLES[table](row)
    assert found == wanted, row["why"]


@pytest.mark.xfail(strict=True, raises=AssertionError)
@pytest.mark.parametrize(("table", "row"), cases("_known_gaps"))
def test_a_known_gap_is_noticed_when_it_is_mended(table: str, row: Row) -> None:
    found, wanted = TABLES[table](row)
    assert found == wanted, row["why"]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_reason_and_a_text_of_its_own(table: str) -> None:
    rows = read_cases(table) + read_cases(f"{table}_known_gaps")
    assert all(row["why"] for row in rows)
    assert len({row["text"] for row in rows}) == len(rows)
