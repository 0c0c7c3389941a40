"""In: articles and made copies of them. Out: which are one voice, and what that does to the books."""

from __future__ import annotations

import random
import subprocess
import sys
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


def test_the_library_is_loaded_only_where_texts_share_a_sentence() -> None:
    code = (
        "import sys; from aidlib.resolve.copies import find_copies; from aidlib.model import Document;"
        "find_copies([Document('a', 'One text.'), Document('b', 'Another.')]);"
        "print([name for name in ('datasketch', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
