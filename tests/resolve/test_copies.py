"""In: articles and made copies of them. Out: which are one voice, and what that does to the books."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from aidlib.ledger import build_ledger
from aidlib.ledger.check import find_failures
from aidlib.model import Document, Reading
from aidlib.read import read_documents
from aidlib.resolve.copies import count_voices, find_copies
from build import event


@pytest.fixture(scope="module")
def briefs(seeds: Path) -> list[Document]:
    """The briefs, each of its own words."""
    return [d for d in read_documents([seeds / "briefs"]) if isinstance(d, Document)]


@pytest.fixture(scope="module")
def article(briefs: list[Document]) -> str:
    """A text as long as an article."""
    return "\n\n".join(d.text for d in briefs[:4])


def typos(text: str) -> str:
    chance = random.Random(7)
    words = text.split(" ")
    for place in chance.sample(range(len(words)), len(words) // 60):
        words[place] = words[place][::-1]
    return " ".join(words)


EDITS = {
    "the same": lambda text: text,
    "another headline": lambda text: f"Oslo opens its purse\n\n{text.split(chr(10), 2)[2]}",
    "a cut tail": lambda text: text[: int(len(text) * 0.7)],
    "slips of the pen": typos,
    "words of the house around it": lambda text: (
        f"Our reporter\n\n{text}\n\nSubscribe to our newsletter. " * 1
    ),
    "capitals and blanks": lambda text: text.upper().replace(" ", "  "),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_copy_is_found_whatever_an_editor_did_to_it(article: str, edit: str) -> None:
    assert find_copies([Document("a", article), Document("b", EDITS[edit](article))]) == {"b": "a"}


def test_no_two_briefs_are_copies(briefs: list[Document]) -> None:
    assert find_copies(briefs) == {}


def test_no_two_briefs_are_copies_were_they_all_of_one_day(briefs: list[Document]) -> None:
    assert find_copies(replace(one, published=date(2024, 5, 1)) for one in briefs) == {}


@pytest.mark.parametrize("edit", EDITS)
def test_each_of_many_copies_finds_its_own_original(briefs: list[Document], edit: str) -> None:
    texts = ["\n\n".join(d.text for d in briefs[n : n + 3]) for n in range(0, 99, 3)]
    wire = [Document(f"a{n:02}", text) for n, text in enumerate(texts)]
    papers = [Document(f"b{n:02}", EDITS[edit](text)) for n, text in enumerate(texts)]
    assert find_copies([*papers, *wire]) == {f"b{n:02}": f"a{n:02}" for n in range(33)}


@pytest.mark.parametrize("published", ["2024-05-02", None])
def test_another_release_of_the_same_mould_is_no_copy(article: str, published: str | None) -> None:
    moulded = re.sub(r"\d+", lambda number: f"{int(number[0]) + 1}", article)
    told = [
        Document.from_text(article, id="a", published="2024-05-01"),
        Document.from_text(moulded, id="b", published=published),
    ]
    assert find_copies(told) == {}


def test_a_month_later_only_the_same_words_are_a_copy(article: str) -> None:
    wire = Document.from_text(article, id="a", published="2024-05-01")
    later = [typos(article), article.upper()]
    told = [
        Document.from_text(text, id=id, published="2024-06-02") for id, text in zip("bc", later, strict=True)
    ]
    assert find_copies([wire, *told]) == {"c": "a"}


def test_a_long_report_that_quotes_a_short_text_whole_is_no_copy(briefs: list[Document]) -> None:
    quoted, *own = (d.text for d in briefs[:4])
    assert find_copies([Document("a", quoted), Document("b", "\n".join([own[0], quoted, *own[1:]]))]) == {}


def test_short_texts_are_copies_word_by_word_only() -> None:
    told = "Latvia gave Ukraine €2 million for generators on Friday, the ministry said in Riga"
    texts = [told, f"{told}.", told.replace("Friday", "Monday")]
    assert find_copies(Document(id, text) for id, text in zip("abc", texts, strict=True)) == {"b": "a"}


def test_rows_of_a_register_are_no_copies() -> None:
    assert find_copies(Document(id, "The same words.", register="list") for id in "ab") == {}


def test_texts_without_any_words_are_no_copies() -> None:
    assert find_copies(Document(id, "") for id in "ab") == {}


def test_two_articles_that_quote_one_sentence_are_no_copies(briefs: list[Document]) -> None:
    quote = "The money goes straight to the makers, the minister of defence said on Friday."
    told = [Document(d.id, f"{d.text}\n\n{quote}") for d in briefs]
    assert find_copies(told) == {}


def test_the_text_published_first_is_the_one_copied_in_any_order(article: str) -> None:
    days = {"b": "2024-05-01", "c": "2024-05-02", "a": None}
    told = [
        Document.from_text(typos(article) if n == "c" else article, id=n, published=d)
        for n, d in days.items()
    ]
    assert all(find_copies(order) == {"a": "b", "c": "b"} for order in permutations(told))


def test_records_without_a_text_are_compared_by_its_hash() -> None:
    told = []
    for name, digest in (("a", "11"), ("b", "11"), ("c", "22")):
        told.append(Document.from_text("", id=name))
        told[-1].__dict__["sha256"] = digest
    assert find_copies(told) == {"b": "a"}


def test_copies_and_an_outlets_own_texts_are_one_voice() -> None:
    told = [
        Document(name, "", source=source)
        for name, source in zip("abcd", ["AP", "Times", "Times", None], strict=True)
    ]
    assert count_voices(told, {}) == 3
    assert count_voices(told, {"b": "a"}) == 2


def test_one_wire_item_in_three_hundred_papers_is_one_outlet(article: str) -> None:
    papers = [
        Reading(
            Document.from_text(
                f"{article}\n\nPage {n}", id=f"p{n:03}", published="2024-05-05", source=f"Paper {n}"
            ),
            events=(event("NOR", "1e9"),),
        )
        for n in range(300)
    ]
    other = Reading(
        Document.from_text("Norway gave a billion.", id="x", published="2024-05-06", source="Ministry"),
        events=(event("NOR", "1e9"),),
    )
    books = build_ledger([*papers, other])
    (act,) = books.commitments.to_dict("records")
    assert (act["n_reports"], act["n_outlets"]) == (301, 2)
    assert (books.links["kind"] == "copies").sum() == 299
    assert find_failures(books) == []


def test_the_library_is_loaded_only_where_texts_share_half_their_words() -> None:
    code = (
        "import sys; from aidlib.resolve.copies import find_copies; from aidlib.model import Document;"
        "find_copies([Document('a', 'One text.'), Document('b', 'Another.')]);"
        "print([name for name in ('datasketch', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
