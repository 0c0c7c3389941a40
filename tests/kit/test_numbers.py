"""In: what markers ask for. Out: whether books and figures answer, and what has no meaning is refused."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from aidlib.errors import AidlibError, ParameterError
from aidlib.kit import Sources
from aidlib.kit.numbers import FILTERS, parse_query, say
from aidlib.ledger import Ledger, build_ledger, build_totals

CASES = Path(__file__).parents[1] / "cases"


def cases(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", cases("kit_queries.csv"), ids=lambda row: row["body"])
def test_a_marker_is_answered(row: dict[str, str], sources: Sources) -> None:
    words, is_known = say(parse_query(row["body"], where="a:1"), sources, where="a:1")
    assert words.replace("\u00a0", " ") == row["says"]
    assert is_known or row["says"] in ("€0", "0")


@pytest.mark.parametrize("row", cases("kit_refused.csv"), ids=lambda row: row["body"])
def test_what_has_no_meaning_is_refused_with_the_nearest_that_has(
    row: dict[str, str], sources: Sources
) -> None:
    with pytest.raises(ParameterError) as caught:
        say(parse_query(row["body"], where="a:1"), sources, where="a:1")
    assert row["message"] in f"{caught.value.what}. {caught.value.fix}"
    assert caught.value.where == "a:1"


@pytest.mark.parametrize("name", FILTERS)
def test_totals_narrowed_by_a_column_are_those_of_the_books(name: str, books: Ledger, figures: Path) -> None:
    for row in build_totals(books, by=[name]).to_dict("records"):
        if isinstance(row[name], str):
            query = parse_query(f"total {name}={row[name]} as=eur", where="a:1")
            assert say(query, Sources(figures, books), where="a:1") == (f"€{row['central_eur']:,.0f}", True)


@pytest.mark.parametrize("kind", ["total", "total bounds=yes", "gross", "delivered", "count"])
def test_empty_books_say_nothing_of_their_own(kind: str, figures: Path) -> None:
    said = say(parse_query(kind, where="a:1"), Sources(figures, build_ledger([])), where="a:1")
    assert said == ("0" if kind == "count" else "€0", False)


def test_books_are_read_only_when_they_are_asked_for(sources: Sources, tmp_path: Path) -> None:
    absent = replace(sources, ledger=tmp_path / "absent")
    assert say(parse_query("finding plain", where="a:1"), absent, where="a:1") == ("It grew", True)
    with pytest.raises(AidlibError, match="there is no ledger"):
        say(parse_query("total", where="a:1"), absent, where="a:1")
