"""In: hostile words. Out: whether each language shows them and runs nothing of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from aidlib.errors import ParameterError
from aidlib.kit.words import DIALECTS, dialect_of, escape, escape_attribute

CASES = Path(__file__).parents[1] / "cases" / "kit_escapes.csv"
with CASES.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['dialect']} {row['text']}")
def test_words_are_written_as_the_language_needs(row: dict[str, str]) -> None:
    write = escape_attribute if row["place"] == "attribute" else escape
    assert write(row["text"], row["dialect"]) == row["written"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_words_stand_on_one_line_without_what_steers_a_terminal(dialect: str) -> None:
    assert escape("a\r\n b\x1b\x00\u2028c\ud800", dialect).replace("\\textbackslash{}", "\\").replace(
        "\\\\", "\\"
    ) == ("a b c\\ud800")


def test_a_number_keeps_its_unit() -> None:
    assert escape("€5\u00a0million", "markdown") == "€5\u00a0million"
    assert escape("€5\u00a0million", "latex") == r"\texteuro{}5~million"


def test_an_unknown_ending_is_refused_with_those_known() -> None:
    with pytest.raises(ParameterError, match=r"'\.docx' .*\.md, .*\.tex"):
        dialect_of(Path("report.docx"))
