"""Amounts of money: a table of cases, gaps that are known, and what holds for any text."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from runpy import run_path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aidlib.lexicon import money_words
from aidlib.mentions.money import find_money, settle_currency
from aidlib.model import Document, Mention

CASES = Path(__file__).parents[1] / "cases"


def read_cases(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def money_in(text: str) -> list[Mention]:
    return find_money(Document.from_text(text))


def shown(mention: Mention) -> tuple[str, str, str, str]:
    """Write a mention as the table does: a range as low..high, an open currency as "?"."""
    value = mention.value
    amount = f"{value.amount:f}" if value.high is None else f"{value.low:f}..{value.high:f}"
    converts = "" if value.converts is None else str(value.converts)
    return amount, value.currency or "?", value.modifier, converts


def expected(row: dict[str, str]) -> list[tuple[str, str, str, str]]:
    if not row["amount"]:
        return []
    amounts = row["amount"].split("|")
    converts = row["converts"].split("|") if row["converts"] else [""] * len(amounts)
    return list(zip(amounts, row["currency"].split("|"), row["modifier"].split("|"), converts, strict=True))


@pytest.mark.parametrize("row", read_cases("money.csv"), ids=lambda row: row["text"][:60])
def test_amounts_are_read_as_the_table_says(row: dict[str, str]) -> None:
    assert [shown(m) for m in money_in(row["text"])] == expected(row), row["why"]


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize("row", read_cases("money_known_gaps.csv"), ids=lambda row: row["text"][:60])
def test_a_known_gap_is_noticed_when_it_is_mended(row: dict[str, str]) -> None:
    assert [shown(m) for m in money_in(row["text"])] == expected(row), row["why"]


def test_the_table_of_cases_is_large_and_every_row_has_a_reason_of_its_text() -> None:
    rows = read_cases("money.csv")
    assert len(rows) >= 300
    assert all(row["why"] for row in rows)
    assert len({row["text"] for row in rows}) == len(rows)


@given(st.text(max_size=200))
def test_every_quote_is_its_slice_of_any_text(text: str) -> None:
    for mention in money_in(text):
        assert mention.quote == text[mention.start : mention.end]


PIECES = st.sampled_from(
    "€|$|kr|NOK |5|400|1,2|1.250,5| |\u00a0|\u200b|-|–| and | to |million| billion|bn|euros|kroner|(|)|😀|\n|"
    "about |half a |one |people|. |\ud800".split("|")
)


@given(st.lists(PIECES, max_size=25).map("".join))
@example("5million\u200bmillion")
def test_mentions_of_any_mixture_are_in_order_and_do_not_overlap(text: str) -> None:
    found = money_in(text)
    for one, two in zip(found, found[1:], strict=False):
        assert one.end <= two.start
    for place, mention in enumerate(found):
        assert mention.quote == text[mention.start : mention.end]
        assert mention.value.converts is None or mention.value.converts < place
        assert (mention.value.low is None) == (mention.value.modifier != "range")


@given(st.integers(1, 10**12), st.sampled_from([",", ".", " ", "\u00a0", "\u202f", "’"]))
def test_a_grouped_number_is_read_back_as_itself(number: int, mark: str) -> None:
    text = f"They gave EUR {number:,}".replace(",", mark) + " in May."
    (mention,) = money_in(text)
    assert mention.value.amount == number


@given(st.integers(1, 999), st.integers(1, 99), st.sampled_from(["million", "bn", "milliard", "thousand"]))
def test_point_and_comma_before_a_scale_give_the_same_amount(whole: int, part: int, scale: str) -> None:
    english, continental = (money_in(f"€{whole}{mark}{part:02d} {scale}")[0] for mark in ".,")
    assert english.value.amount == continental.value.amount


@given(st.integers(0, 40))
def test_words_before_a_sum_move_its_span_and_nothing_else(n: int) -> None:
    lead = "😀 Kyiv wrote. " * n
    (mention,) = money_in(lead + "Latvia gave €5 million.")
    assert (mention.start - len(lead), mention.quote) == (12, "€5 million")


def test_the_span_leaves_out_bounds_and_brackets() -> None:
    assert [m.quote for m in money_in("It gave (up to about €5 million).")] == ["€5 million"]


def test_a_range_has_its_middle_as_amount() -> None:
    (mention,) = money_in("between 400 and 500 million euros")
    assert mention.value.amount == Decimal("450000000")


def test_given_parties_decide_a_shared_word_of_currency() -> None:
    document = Document.from_text("The Thing gave 5 million kroner.")
    assert find_money(document)[0].value.currency is None
    mention = find_money(document, [(4, 9, "NOR")])[0]
    assert (mention.value.currency, mention.value.reason) == ("NOK", "currency_sentence")


def test_an_open_currency_keeps_its_candidates_and_its_reason() -> None:
    (mention,) = money_in("It gave 5 million kroner.")
    assert mention.value.currency is None
    assert set(mention.value.candidates) == {"NOK", "DKK"}
    assert mention.value.reason == "currency_undecided"


def test_settling_twice_changes_nothing() -> None:
    document = Document.from_text("Norway gave 5 million kroner and $3 million.")
    once = find_money(document)
    assert settle_currency(once, document) == once


def test_names_and_plurals_of_twenty_five_currencies_come_from_the_standard() -> None:
    pytest.importorskip("babel")
    forms = run_path(str(CASES.parent / "generate_currencies.py"))["cldr_forms"]()
    table = {word.form: set(word.codes) for word in money_words() if word.kind == "name"}
    assert set(forms) <= set(table)
    assert len({code for codes in forms.values() for code in codes}) >= 25


@pytest.mark.parametrize("name", ["norwegian kroner", "hungarian forints", "israeli new shekels"])
def test_a_plural_of_the_standard_is_read_with_its_code(name: str) -> None:
    code = next(word.codes[0] for word in money_words() if word.form == name)
    assert [m.value.currency for m in money_in(f"It cost 5 million {name}.")] == [code]


@pytest.mark.parametrize(
    "text", ["1" * 1_000_000, "$" * 50_000, "1 " * 50_000, "€5 million (" * 5_000, "one " * 50_000]
)
def test_long_and_odd_text_is_read_without_a_blow_up(text: str) -> None:
    assert len(money_in(text)) in {0, 5_000}
