"""In: books of few and of many texts. Out: the sentence on what was read, in the right number."""

from __future__ import annotations

import pytest

from aidlib.ledger import build_ledger
from aidlib.story import count_words, source_of
from build import event, reading


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ([[5]], "1 announcement tells of 1 event, which is 1 act; 1 of them is booked."),
        ([[5], [5, 700]], "2 announcements tell of 3 events, which are 2 acts; 2 of them are booked."),
        ([[]], "Nothing is selected: no announcement here tells of an act by these donors up to that day."),
    ],
    ids=["one", "several", "none"],
)
def test_what_was_read_is_said_in_the_right_number(amounts: list[list[int]], said: str) -> None:
    texts = [reading(*(event("NOR", n) for n in sums), id=f"t{i}") for i, sums in enumerate(amounts)]
    assert count_words(build_ledger(texts)) == said


def test_one_announcement_is_one_in_the_source() -> None:
    assert source_of(build_ledger([reading(event("NOR", 5))])) == "1 announcement; rates: none needed"
