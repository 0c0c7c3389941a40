"""Hostile input: a reader returns, or refuses with what, where and fix; ``fuzz/RUN.md`` has a long run."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.events import build_events
from aidlib.model import Document
from fuzz.mutate import TOKENS, large_texts, mutate
from fuzz.targets import TARGETS, check_reading

TOKEN_TEXTS = [token.decode("utf-8", "surrogateescape") for token in TOKENS]
# What a run has found: the target, and the least that showed it.
FOUND = [
    ("text", "Sen. J\u00a0. Smith gave Ukraine €2 million.", "the splitter panicked at a wide blank"),
    ("text", "J\n\u2009. A", "the same behind another blank"),
    ("markers", "{{aidlib: total donor='NOR}}", "a quote that is never closed"),
    ("corrections", "id,action\n\x00", "a byte that ends a text in C"),
    ("rates", "Date,USD\n0000-00-00,1\n", "a day that is none"),
    ("JSON line", '{"id": "a", "text": "\\ud800"}', "half a character"),
    ("JSON line", "[" * 3000, "brackets as deep as the stack"),
    ("front matter", "---\n- &a [*a]\n---\n", "a list that holds itself"),
    ("web archive", "WARC/1.0\r\nWARC-Type: response\r\n\r\n", "a record without an id"),
    ("web archive", "WARC/1.0\r\nContent-Length: x", "an archive that breaks off"),
    ("Parquet, bytes", "PAR1", "an end without a beginning"),
    ("workbook, bytes", "PK\x05\x06" + "\0" * 18, "a zip that holds nothing"),
    ("page", f"{'<b>' * 3000}Ukraine €2 million", "tags as deep as the stack"),
]


@pytest.mark.parametrize("name", list(TARGETS))
def test_a_reader_returns_or_refuses_well_whatever_it_is_fed(name: str) -> None:
    chance, target = random.Random(name), TARGETS[name]
    for _ in range(max(8, target.share)):
        target.run(mutate(chance, target.seeds()))


@pytest.mark.parametrize(("name", "words", "why"), FOUND, ids=[why for *_, why in FOUND])
def test_what_was_found_once_is_never_found_again(name: str, words: str, why: str) -> None:
    TARGETS[name].run(words.encode("utf-8", "surrogatepass"))


@given(
    st.lists(st.sampled_from(TOKEN_TEXTS) | st.text(max_size=20), max_size=30).map("".join),
    st.none() | st.dates(),
)
def test_every_quote_of_any_text_is_its_slice(text: str, published: date | None) -> None:
    check_reading(build_events(Document.from_text(text, published=published)))


@pytest.mark.parametrize("name", list(large_texts(8)))
def test_a_long_monotonous_text_is_read(name: str) -> None:
    check_reading(build_events(Document.from_text(large_texts(20_000)[name], published="2024-05-09")))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_text_of_the_first_or_last_day_that_there_is_has_no_date_beyond_it(day: str) -> None:
    text = "Norway gave Ukraine €2 million on 6 March, last week and in December; more comes next week."
    reading = build_events(Document.from_text(text, published=day))
    assert all("0001" <= (event.date or day)[:4] <= "9999" for event in reading.events)


def test_the_same_seed_makes_the_same_inputs() -> None:
    seeds = [b"Norway gave Ukraine money."]
    made = [[mutate(chance, seeds) for _ in range(50)] for chance in (random.Random(5), random.Random(5))]
    assert made[0] == made[1]
    assert len(set(made[0])) > 40
