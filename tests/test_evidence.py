"""In: a few texts. Out: what is quoted of them, and what the page of evidence says when it is asked much."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.model import Document, Span
from aidlib.rates import RateTable
from aidlib.story import acts, evidence
from aidlib.story import run as runner
from aidlib.story.acts import anchor_of
from aidlib.story.books import Books, tell_books
from aidlib.story.evidence import evidence_page
from aidlib.story.excerpts import excerpt
from aidlib.story.page import csv_link, whole_page
from aidlib.story.report import in_bytes, write_index
from build import GOOD

LONG = "This sentence says nothing at all, and it says that at some length, as such sentences do. "


def plain(quoted: str) -> str:
    text: str = lxml.html.fragment_fromstring(quoted, create_parent="div").text_content()
    return text


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Books of three texts."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "a.txt").write_text(GOOD)
    (folder / "b.txt").write_text(
        "Norway gave Ukraine about NOK 30 million in military aid on 2 May 2024, it said."
    )
    (folder / "c.txt").write_text(
        "Denmark pledged to give Ukraine €90 million in military aid, Copenhagen said."
    )
    return tell_books([folder])


def tree(page: str) -> Any:
    return lxml.html.document_fromstring(page)


# Sentences in context.


def test_a_span_is_quoted_with_whole_sentences_around_it_and_what_is_left_out_is_marked() -> None:
    text = LONG * 20 + "Latvia gave €2 million. " + LONG * 20
    start = text.index("Latvia")
    quoted = excerpt(Document("a", text.strip()), [Span(start, start + 23), Span(start + 12, start + 22)])
    assert "<mark>Latvia gave <strong>€2 million</strong>.</mark>" in quoted
    assert plain(quoted).startswith("[…] This sentence")
    assert plain(quoted).endswith("do. […]")
    assert 200 < len(plain(quoted)) < 700


def test_what_stands_far_apart_is_quoted_apart_and_what_is_near_once() -> None:
    text = "Riga gave €2 million. " + LONG * 20 + "It was €2 million. It is paid."
    far, near = text.index("It was"), text.index("It is")
    quoted = excerpt(Document("a", text), [Span(0, 21), Span(far, far + 18), Span(near, near + 11)])
    assert quoted.count("[…]") == 1
    assert quoted.count("<mark>") == 3


def test_a_text_without_sentences_is_cut_and_a_text_without_evidence_is_not_quoted() -> None:
    endless = Document("a", "word " * 20_000)
    assert len(excerpt(endless, [Span(50_000, 50_004)])) < 2000
    assert len(excerpt(endless, [Span(0, 90_000)])) < 4000
    assert excerpt(endless, []) == ""


@given(st.text(alphabet=st.sampled_from("a <>&\"'.\n€é\u202e"), max_size=80), st.data())
def test_a_quote_is_made_of_the_text_alone_however_spans_overlap(text: str, data: st.DataObject) -> None:
    ends = [sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2))) for _ in range(4)]
    spans = [Span(a, b) for a, b in ends]
    quoted = excerpt(Document("a", text), spans)
    assert set(re.findall(r"</?(\w+)", quoted)) <= {"mark", "strong", "span"}
    letters = re.sub(r"\s|\[…\]", "", plain(quoted)) if quoted else ""
    assert letters in re.sub(r"\s", "", text)
    for mark in re.findall(r"<mark>(.*?)</mark>", quoted, re.S):
        assert plain(mark) in text


@given(st.text(max_size=6), st.text(max_size=6))
def test_anchors_differ_where_names_do_and_hold_no_sign_that_means_something(one: str, other: str) -> None:
    assert (anchor_of(one) == anchor_of(other)) == (one == other)
    assert re.fullmatch(r"[A-Za-z0-9._~-]*", anchor_of(one))


# The page.


def test_what_would_make_the_page_too_large_is_left_out_and_counted(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "left out" not in evidence_page(books)
    monkeypatch.setattr(evidence, "LARGEST", 2000)
    page = tree(evidence_page(books))
    left = 3 - len(page.xpath("//details"))
    assert left in (1, 2)
    said = "The smallest act is left out" if left == 1 else "The 2 smallest acts are left out"
    assert said in page.text_content()
    assert page.xpath("//data/@value")[1] == f"{books.ledger.commitments['amount_eur'].sum():f}"


def test_texts_of_an_act_beyond_the_most_that_are_quoted_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(GOOD)
    monkeypatch.setattr(acts, "MOST_TEXTS", 1)
    page = tree(evidence_page(tell_books([tmp_path])))
    assert len(page.xpath("//blockquote")) == 1
    assert "2 more texts in the ledger" in page.text_content()


def test_an_address_becomes_a_link_only_where_it_is_one() -> None:
    def head(**fields: str) -> Any:
        document = Document("a", GOOD, "A title", date(2024, 5, 3), **fields)
        reading = {"doc_id": "a", "reasons": None}
        shelf = SimpleNamespace(documents={"a": document}, evidence={})
        return lxml.html.fragment_fromstring(acts._text("x", [reading], shelf)).xpath("./h2//a/@href")

    assert head(url="https://example.org/a?b=1&c=2") == ["https://example.org/a?b=1&c=2"]
    assert head(source="http://example.org/") == ["http://example.org/"]
    assert head(source="javascript:alert(1)", url="data:text/html,x") == []


def test_books_of_nothing_give_a_page_that_says_so_and_what_was_asked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    page = tree(evidence_page(tell_books([tmp_path], donors=["ISL"])))
    assert page.xpath("//dl[@class='sums']//data/@value") == ["0", "0", "0"]
    assert "0 acts" in page.text_content()
    assert "Only acts of Iceland." in page.text_content()


def test_a_table_too_large_to_carry_is_not_linked() -> None:
    assert csv_link("a.csv", b"x" * 1_000_000, "Data") == ""


def test_half_a_sign_is_written_as_its_escape() -> None:
    assert rb"\ud800" in in_bytes(whole_page("a", "\ud800"))


def test_an_index_without_books_links_to_no_evidence(tmp_path: Path, root: Path) -> None:
    path = write_index(tmp_path, [], [root / "notebooks" / "01-one-announcement.ipynb"])
    assert "evidence.html" not in path.read_text("utf-8")


# Whose books.


def test_the_books_are_selected_as_all_notebooks_that_can_were_asked(root: Path) -> None:
    jobs = runner._jobs(
        sorted((root / "notebooks").glob("*.ipynb")), {"donors": "NOR,DNK", "cutoff": "2024-12-31"}
    )
    told = runner._books(jobs)
    assert told is not None
    assert told.donors == ("NOR", "DNK")
    assert told.cutoff == date(2024, 12, 31)
    assert set(told.ledger.commitments["donor"].dropna()) <= {"NOR", "DNK", "MULTI", "NORDIC"}
    page = tree(evidence_page(told)).text_content()
    assert "Only acts of Norway and Denmark. Only what was told up to 2024-12-31." in page


def test_the_books_have_the_rates_of_the_project_wherever_the_run_starts(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    jobs = runner._jobs([root / "notebooks" / "02-the-books.ipynb"], {"seeds": str(tmp_path)})
    rates = RateTable("Date,USD\n2024-01-02,1.10\n", source="the project's own")
    monkeypatch.setattr(runner, "default_rates", {runner.checkout(): rates}.get)
    told = runner._books(jobs)
    assert told is not None
    assert told.ledger.rates == "the project's own"


def test_a_run_without_a_folder_of_texts_has_no_books(root: Path) -> None:
    assert runner._books(runner._jobs([root / "notebooks" / "01-one-announcement.ipynb"], {})) is None
