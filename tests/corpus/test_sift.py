"""In: texts of every kind. Out: that no text with an event is passed over by the first scan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.corpus.sift import may_hold_aid, page_may_hold_aid, sift
from aidlib.events import build_events
from aidlib.model import Document
from aidlib.read import read_documents

SETS = ("news_dev", "releases_dev", "kiel_dev", "money_dev")
WORDS = [
    *(
        "Ukraine",
        "Kyiv",
        "UKRAINIAN",
        "Norway",
        "Latvia",
        "the ministry",
        "the Danish model",
        "Danish\nformat",
    ),
    *(
        "the Czech-led initiative",
        "gave",
        "will give",
        "has paid",
        "€2 million",
        "NOK 7 billion",
        "2 billion",
    ),
    *("NASAMS", "F-16", "frozen Russian assets", "profits from immobilised assets", "in military aid"),
    *("we report", "the value of", "Russia", ".", ". ", "\n\n", "to", "for", ","),
]


def sifted(texts: list[str], *, dated: bool = True) -> list[int]:
    """Sift texts that lie one behind the other, as a column of Parquet has them."""
    raw = [text.encode() for text in texts]
    starts, letters = np.cumsum([0, *map(len, raw)]), np.array([*map(len, texts)])
    return sift(memoryview(b"".join(raw)), starts, letters, set() if dated else set(range(len(texts))))


@pytest.mark.parametrize("name", SETS)
def test_no_coded_text_with_an_event_is_passed_over(shared: Path, name: str) -> None:
    check_all(shared / "bench" / f"{name}.jsonl")


def test_no_real_article_with_an_event_is_passed_over(shared: Path) -> None:
    check_all(shared / "data" / "news_2022_2024.jsonl")


def test_no_brief_with_an_event_is_passed_over(seeds: Path) -> None:
    check_all(seeds / "briefs")


def check_all(source: Path) -> None:
    """Read every text as it is, and without its day; each must be kept if it has an event."""
    for document in read_documents([source], any_language=True):
        assert isinstance(document, Document)
        for shown in (document, Document(document.id, document.text)):
            if not build_events(shown).events:
                continue
            assert may_hold_aid(shown.text, dated=shown.published is not None), shown.id


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=40), st.booleans())
def test_no_made_text_with_an_event_is_passed_over(words: list[str], dated: bool) -> None:
    document = Document.from_text(" ".join(words), published="2024-05-05" if dated else None)
    if build_events(document).events:
        assert may_hold_aid(document.text, dated=dated)


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), max_size=12), st.booleans())
def test_a_column_is_sifted_as_its_texts_are_one_by_one(texts: list[str], dated: bool) -> None:
    found = sifted(texts, dated=dated)
    assert set(found) >= {n for n, text in enumerate(texts) if may_hold_aid(text, dated=dated)}


def test_a_word_that_two_texts_share_hides_no_text() -> None:
    assert 2 in sifted(["of the Ukra", "ine gets nothing", "Kyiv gets €2 million", ""])


def test_most_texts_are_passed_over() -> None:
    for text in ("Apple paid $5 million in Ireland.", "Ukraine plays in Kyiv today.", "Oslo buys NASAMS."):
        assert not may_hold_aid(text, dated=True)


@pytest.mark.parametrize(
    "page",
    ["<p>Aid for <b>Uk</b>raine", "<td>Danish</td><td>model</td>", "<i>Danish</i>&nbsp;model", "&#85;kraine"],
)
def test_a_page_is_kept_whose_name_of_ukraine_is_broken_by_tags(page: str) -> None:
    assert page_may_hold_aid(page.encode())
    assert not page_may_hold_aid(b"<p>It rains in Oslo, and snows in Bergen.")
