"""What a coder's note is read as: one act, with the rest as background."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aidlib.events import build_events
from aidlib.model import Document


@pytest.mark.parametrize(
    ("text", "headline", "why"),
    [
        ("Grant of 3 million EUR for hospitals.", 3, "no donor needs to be named"),
        ("Body armour and radios for a total of 7 million SEK to Ukraine.", 7, "goods and their sum"),
        ("A total of 4 million EUR has been donated to Ukraine by towns.", 4, "how it adds up is no matter"),
        (
            "Latvia gives Ukraine 5 million EUR in aid. It lists 9 million EUR, reported in LVA2.",
            5,
            "another entry has the second sum",
        ),
        (
            "Medicine worth 2 million EUR for Ukraine. It lists 6 million EUR. This is reported in EST4.",
            2,
            "the next sentence names the entry",
        ),
        (
            "Norway doubled its aid to Ukraine to 10 million NOK. We therefore report 5 million NOK.",
            5,
            "what the coder reckons",
        ),
        (
            "We do not include the 8 million EUR for the Red Cross. Spain gave Ukraine 1 million EUR.",
            1,
            "what the coder leaves out",
        ),
        (
            "Japan lent Ukraine 6 million USD through a fund. Others gave to it: Canada 2 million USD.",
            6,
            "other donors' money is background",
        ),
        (
            "As part of a package of 90 million SEK, Sweden provides 4 million SEK to a fund for Ukraine.",
            4,
            "the part is the act, the whole is background",
        ),
    ],
)
def test_a_note_has_one_act(text: str, headline: int, why: str) -> None:
    found = build_events(Document.from_text(text)).headline
    assert found is not None
    assert found.amount == Decimal(headline * 10**6), why


@pytest.mark.parametrize(
    "text",
    [
        "Rifles and radios. The 5 million EUR for radar are reported in LVA3.",
        "We do not count the 4 million EUR for refugees in Poland.",
        "The stadium cost 5 million euros.",
        "The firm earned 6 million euros in Ukraine last year.",
    ],
)
def test_a_note_without_an_act_books_nothing(text: str) -> None:
    assert not [event for event in build_events(Document.from_text(text)).events if event.is_bookable()]


def test_a_dated_text_is_no_note() -> None:
    text = (
        "Latvia gives Ukraine 5 million EUR. We report 9 million EUR in aid that Latvia gave Ukraine in LVA2."
    )
    dated = build_events(Document.from_text(text, published="2024-05-01"))
    assert {event.amount for event in dated.events} == {Decimal(5_000_000), Decimal(9_000_000)}
