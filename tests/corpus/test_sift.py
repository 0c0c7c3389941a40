"""In: texts of every kind. Out: that no text with an event is passed over by the first scan."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.corpus.sift import may_hold_aid, page_may_hold_aid, sift, sift_raw
from aidlib.events import build_events
from aidlib.lexicon import terms
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


def alone(texts: list[str]) -> tuple[memoryview, np.ndarray]:
    """Lay texts one behind the other, as a column of Parquet has them."""
    raw = [text.encode() for text in texts]
    return memoryview(b"".join(raw)), np.cumsum([0, *map(len, raw)])


@pytest.mark.parametrize("name", SETS)
def test_no_coded_text_with_an_event_is_passed_over(shared: Path, name: str) -> None:
    check_all(shared / "bench" / f"{name}.jsonl")


def test_no_real_article_with_an_event_is_passed_over(shared: Path) -> None:
    check_all(shared / "data" / "news_2022_2024.jsonl")


def test_no_brief_with_an_event_is_passed_over(seeds: Path) -> None:
    check_all(seeds / "briefs")


def check_all(source: Path) -> None:
    """Read every text as it is, without its day, and packed in JSON; each must be kept if it has an event."""
    for document in read_documents([source], any_language=True):
        assert isinstance(document, Document)
        for shown in (document, Document(document.id, document.text)):
            if not build_events(shown).events:
                continue
            dated = shown.published is not None
            assert may_hold_aid(shown.text, dated=dated), shown.id
            line = memoryview(json.dumps({"text": shown.text}).encode())
            assert not dated or sift_raw(line, np.array([0, len(line)])) == [0]


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=40), st.booleans())
def test_no_made_text_with_an_event_is_passed_over(words: list[str], dated: bool) -> None:
    document = Document.from_text(" ".join(words), published="2024-05-05" if dated else None)
    if build_events(document).events:
        assert may_hold_aid(document.text, dated=dated)


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), max_size=12))
def test_a_column_is_sifted_as_its_texts_are_one_by_one(texts: list[str]) -> None:
    data, starts = alone(texts)
    found = sift(data, starts, undated=[]) if texts else []
    assert set(found) >= {n for n, text in enumerate(texts) if may_hold_aid(text, dated=True)}


def test_a_word_that_two_texts_share_hides_no_text() -> None:
    data, starts = alone(["of the Ukra", "ine gets nothing", "Kyiv gets €2 million", ""])
    assert 2 in sift(data, starts, undated=[])


def test_most_texts_are_passed_over() -> None:
    for text in ("Apple paid $5 million in Ireland.", "Ukraine plays in Kyiv today.", "Oslo buys NASAMS."):
        assert not may_hold_aid(text, dated=True)


def test_every_name_of_ukraine_is_looked_for_also_where_it_is_escaped() -> None:
    names = [form for form, term in terms() if (term.kind, term.key) == ("party", "UKR")]
    assert len(names) > 20
    for name in names:
        packed = json.dumps({"text": f"{name} gets €5"}).encode()
        for raw in (packed, packed.replace(b" ", b"\\u00a0"), packed.replace(b" ", b"\\n")):
            assert sift_raw(memoryview(raw), np.array([0, len(raw)])) == [0], raw


@pytest.mark.parametrize(
    "page",
    ["<p>Aid for <b>Uk</b>raine", "<td>Danish</td><td>model</td>", "<i>Danish</i>&nbsp;model", "&#85;kraine"],
)
def test_a_page_is_kept_whose_name_of_ukraine_is_broken_by_tags(page: str) -> None:
    assert page_may_hold_aid(page.encode())
    assert not page_may_hold_aid(b"<p>It rains in Oslo, and snows in Bergen.")
