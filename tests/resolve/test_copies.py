"""In: texts printed again, changed as papers change them. Out: whether they count as one report."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from aidlib import build_ledger, read_announcement
from aidlib.ledger.check import find_failures
from aidlib.model import Document, Reading
from aidlib.record import reading_from_record, record_of
from aidlib.resolve import Constraints, find_copies, resolve_events
from build import event, gold_readings, reading

FOOT = (
    "\n\nThe Valley Courier brings you news of the county every day. Sign up for our letter, follow us on "
    "every network, and write to the editor about this story. All rights reserved.\n"
)
PAPERS = ("Herald", "Courier", "Post", "Echo")


def with_headline(text: str) -> str:
    """Print it under another headline."""
    return "# Kyiv can count on more help, ministers say in a surprise move\n" + text.split("\n", 1)[1]


def with_cut_tail(text: str) -> str:
    """Print the first 70 per cent."""
    return text[: int(len(text) * 0.7)]


def with_misprints(text: str) -> str:
    """Misprint a word in sixty, not the figures."""
    words = text.split(" ")
    return " ".join(f"{word}e" if n % 60 == 30 and word.isalpha() else word for n, word in enumerate(words))


def with_foot(text: str) -> str:
    """Add a paper's own lines."""
    return text + FOOT


def with_all(text: str) -> str:
    """Another headline, a cut tail and a misprint."""
    return with_misprints(with_headline(with_cut_tail(text)))


def documents(seeds: Path) -> list[Document]:
    """Make items as long as a wire's, of three briefs each."""
    briefs = [told.document for told in gold_readings(seeds)]
    threes = zip(briefs[::3], briefs[1::3], briefs[2::3], strict=False)
    return [replace(three[0], text="\n".join(one.text for one in three)) for three in threes]


def printed(document: Document, change: Callable[[str], str], days: int = 1) -> Document:
    """Print a text again, changed, some days later."""
    assert document.published
    text, day = change(document.text), document.published + timedelta(days=days)
    return replace(document, id=f"{document.id}-again", text=text, published=day, source="Herald")


def test_no_two_briefs_are_copies(seeds: Path) -> None:
    assert find_copies(told.document for told in gold_readings(seeds)) == {}


def test_no_two_briefs_are_copies_were_they_all_of_one_day(seeds: Path) -> None:
    found = [told.document for told in gold_readings(seeds)]
    assert find_copies(replace(one, published=found[0].published) for one in found) == {}


@pytest.mark.parametrize("name", ["news_dev.jsonl", "releases_dev.jsonl"])
def test_no_two_real_articles_are_copies(shared: Path, name: str) -> None:
    found = [told.document for told in gold_readings(shared / "bench" / name)]
    assert find_copies(replace(one, published=found[0].published) for one in found) == {}


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (str, 1.0),
        (str.upper, 1.0),
        (lambda text: re.sub(r"\s+", "\n", text), 1.0),
        (with_headline, 1.0),
        (with_cut_tail, 1.0),
        (with_misprints, 1.0),
        (with_foot, 1.0),
        (with_all, 0.9),
    ],
    ids=["same", "capitals", "spacing", "headline", "cut", "misprints", "foot", "all"],
)
def test_what_a_paper_changes_makes_no_other_text(
    seeds: Path, change: Callable[[str], str], least: float
) -> None:
    originals = documents(seeds)
    assert len(originals) > 30
    found = find_copies([*originals, *(printed(one, change) for one in originals)])
    assert {name: original.id for name, original in found.items() if name != f"{original.id}-again"} == {}
    assert len(found) >= least * len(originals)


def test_three_hundred_papers_print_one_original_in_any_order(seeds: Path) -> None:
    wire, other = documents(seeds)[:2]
    chance = random.Random(1)
    changes = [with_headline, with_cut_tail, with_misprints, with_foot, str]
    papers = [replace(printed(wire, chance.choice(changes), n % 8), id=f"p{n:03}") for n in range(300)]
    given = [wire, other, *papers]
    found = find_copies(given)
    chance.shuffle(given)
    assert found == find_copies(given)
    assert len(found) == 300
    assert {original.id for original in found.values()} == {wire.id}


def test_a_release_of_the_same_mould_is_no_copy(seeds: Path) -> None:
    wire = documents(seeds)[0]
    moulded = printed(wire, lambda text: re.sub(r"\d+", lambda m: f"{int(m[0]) + 1}", text))
    later = printed(wire, with_headline, days=30)
    undated = replace(printed(wire, with_headline), published=None)
    assert [find_copies([wire, one]) for one in (moulded, later, undated)] == [{}, {}, {}]


def test_a_text_that_quotes_another_and_tells_as_much_of_its_own_is_no_copy(seeds: Path) -> None:
    wire, own, more = documents(seeds)[:3]
    quoting = printed(wire, lambda text: "\n".join((own.text, text, more.text)))
    assert find_copies([wire, quoting]) == {}


def test_short_texts_are_copies_word_by_word_only() -> None:
    told = "Latvia gave Ukraine €2 million for generators on Friday, the ministry said in Riga"
    one, same, other = (
        Document.from_text(text, id=str(n), published="2024-05-01")
        for n, text in enumerate([told, told + ".", told.replace("Friday", "Monday")])
    )
    assert {name: original.id for name, original in find_copies([one, same, other]).items()} == {"1": "0"}


def test_of_texts_without_their_words_only_the_hash_tells() -> None:
    told = [reading(event("LVA", "2e6"), id=id, text=text) for id, text in zip("abc", "xxy", strict=True)]
    stored = [reading_from_record(record_of(one)) for one in told]
    assert {name: of.id for name, of in find_copies(one.document for one in stored).items()} == {"b": "a"}
    assert find_copies(Document(id, "") for id in "ab") == {}


def test_rows_of_a_register_are_no_copies() -> None:
    rows = [
        Document("1", "The same words.", register="list"),
        Document("2", "The same words.", register="list"),
    ]
    assert find_copies(rows) == {}


TEXT = "Norway will give Ukraine NOK 250 million for air defence, the ministry of defence said on Monday. {}"


def wire_and_papers(*texts: str) -> list[Reading]:
    """Read texts, each of another outlet, a day after the one before."""
    return [
        read_announcement(
            Document.from_text(text, id=paper.lower(), published=f"2024-05-{day:02}", source=paper)
        )
        for day, (paper, text) in enumerate(zip(PAPERS, texts, strict=False), 6)
    ]


def test_copies_count_as_one_outlet_and_the_link_shows_the_original() -> None:
    wire, own = (
        TEXT.format("It is the first such gift."),
        TEXT.format("Our own reporter was there to see it."),
    )
    ledger = build_ledger(wire_and_papers(wire, wire.upper().replace("MILLION", "million"), own))
    (act,) = ledger.commitments.to_dict("records")
    assert (act["n_reports"], act["n_outlets"]) == (3, 2)
    told = ledger.links[["kind", "from_id", "doc_id", "event_index"]].itertuples(index=False, name=None)
    assert list(told) == [("copies", "courier#0", "herald", 0), ("restates", "post#0", "post", 0)]
    assert ledger.links["quote"].notna().all()
    assert find_failures(ledger) == []


def test_what_a_copy_says_of_an_unknown_donor_is_told_once() -> None:
    said = event(None, "5e6"), event(None, "5e6")
    papers = [reading(*said, id=id, text="Somebody gave five million twice.") for id in "abc"]
    found = resolve_events(papers)
    assert sorted(act.reports for act in found.commitments) == [
        (("a", n), ("b", n), ("c", n)) for n in range(2)
    ]
    assert {act.n_outlets for act in found.commitments} == {1}
    assert {link.reason for link in found.links if link.kind == "copies"} == {"text_copied"}


def test_copies_outvote_nobody() -> None:
    wire = event("NOR", "250e6", channel="DNK")
    told = [reading(wire, id=f"b{n}", text="The wire.", published="2024-05-02") for n in range(5)]
    others = [reading(replace(wire, channel="SWE"), id=id, published="2024-05-03") for id in ("own", "third")]
    (act,) = resolve_events([*told, *others]).commitments
    assert (act.channel, act.n_reports, act.n_outlets) == ("SWE", 7, 3)


def test_copies_change_nothing_about_texts_that_are_none(seeds: Path) -> None:
    told = gold_readings(seeds)
    assert resolve_events(told) == resolve_events(told, copies={})


def test_people_may_part_what_copies_say() -> None:
    papers = [reading(event("LVA", "5e6"), id=id, text="The same words.") for id in "ab"]
    apart = Constraints(apart=frozenset({(("a", 0), ("b", 0))}))
    dropped = Constraints(dropped=frozenset({("b", 0)}))
    for decided in (apart, dropped):
        assert len(resolve_events(papers, constraints=decided).commitments) == 2


def test_originals_are_told_no_later_than_their_copies(seeds: Path) -> None:
    wire = documents(seeds)[0]
    papers = [printed(wire, with_cut_tail, days) for days in (3, 1, 2)]
    papers = [replace(one, id=f"p{n}") for n, one in enumerate(papers)]
    assert {original.id for original in find_copies(papers).values()} == {"p1"}
    assert all(find_copies(pair) for pair in combinations(papers, 2))
