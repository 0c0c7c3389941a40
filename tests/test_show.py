"""Evidence as pages and lines: what is marked, escaped, listed, and readable without colour."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.model import Commitment, Decision, Document, Mention, Money, Reading, Span, Stage
from aidlib.show import explain, facts_of, html_of, page_of, quotes_of, segments, text_of
from build import event, reading

TEXT = "Latvia gave Ukraine €2 million <b>for</b> generators & more."


def money(start: int, end: int, text: str = TEXT, **fields: object) -> Mention:
    return Mention("money", Span(start, end), text[start:end], Money(Decimal("2e6"), "EUR", **fields))  # type: ignore[arg-type]


@pytest.fixture
def shown() -> Reading:
    """A text with a sum, nested parties, and one event."""
    mentions = (
        Mention("party", Span(0, 6), "Latvia", "LVA"),
        Mention("party", Span(12, 19), "Ukraine", "UKR"),
        money(20, 30, modifier="up_to"),
    )
    said = event("LVA", "2e6", evidence=(Span(0, 37), Span(20, 30)), reasons=("donor_subject",))
    document = Document("a", TEXT, "A <title>", None, "S")
    return Reading(document, mentions, (said,), (Decision(0, "booked", 0, ("booked",)),))


class Words(HTMLParser):
    """Collects the text, the tags and the titles of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.titles, self.open = "", [], [], []  # type: ignore[var-annotated]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        self.titles += [value for name, value in attrs if name == "title"]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "sup" not in self.open:
            self.text += data


def test_the_text_stands_unchanged_between_its_marks(shown: Reading) -> None:
    words = Words(html_of(shown))
    assert TEXT in words.text
    assert "b" not in words.tags


def test_every_mark_says_what_it_means_and_reads_in_grey(shown: Reading) -> None:
    page = html_of(shown)
    assert Words(page).titles == ["party: LVA", "party: UKR", "money: 2,000,000 EUR, up to"]
    assert all("border-bottom:" in mark for mark in re.findall("<span [^>]*>", page))
    assert re.search(r"<sup[^>]*>M</sup>€2 million", page)


def test_every_event_stands_beside_its_quote_with_its_fields(shown: Reading) -> None:
    page = html_of(shown)
    assert "“Latvia gave Ukraine <strong>€2 million</strong> &lt;b&gt;for" in page
    assert "<small>stage</small> pledged" in page
    assert "<small>sum</small> 2,000,000 EUR" in page


def test_a_quote_within_another_is_not_repeated(shown: Reading) -> None:
    assert quotes_of(shown.events[0]) == [Span(0, 37)]


def test_a_page_needs_no_script_no_style_block_and_no_network(shown: Reading) -> None:
    words = Words(page_of([shown, shown]))
    assert not {"script", "style", "link", "img", "iframe"} & set(words.tags)
    assert "http" not in page_of([shown])


# The properties that JupyterLab's cleaner of untrusted output lets through, of those that we use.
KEPT = {
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "font-size",
    "line-height",
    "margin",
}
KEPT |= {"min-width", "opacity", "padding", "text-align", "vertical-align", "white-space"}


def test_every_style_survives_in_an_untrusted_notebook(shown: Reading) -> None:
    styles = re.findall(r'style="([^"]*)"', html_of(shown))
    used = {rule.partition(":")[0].strip() for style in styles for rule in style.split(";")}
    assert used <= KEPT
    assert "inherit" not in "".join(styles)


@given(st.text(alphabet=st.sampled_from("<>&\"'a€ \n/"), max_size=30), st.data())
def test_no_text_can_break_out_of_the_page(text: str, data: st.DataObject) -> None:
    ends = [sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2))) for _ in range(3)]
    mentions = tuple(Mention("item", Span(a, b), text[a:b], text) for a, b in ends)
    said = event(evidence=tuple(Span(a, b) for a, b in ends), reasons=(text,))
    page = html_of(Reading(Document(text, text, text, None, text), mentions, (said,)))
    plain = html_of(Reading(Document("i", "", "t", None, "s"), (), (event(evidence=(Span(0, 0),) * 3),)))
    assert set(Words(page).tags) <= set(Words(plain).tags) | {"span", "sup", "strong", "br"}
    assert text in Words(page).text


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), max_size=6))
def test_the_pieces_of_a_text_join_to_the_text_however_mentions_overlap(ends: list[list[int]]) -> None:
    text = "abcdefghijklmnopqrst"
    mentions = tuple(Mention("item", Span(a, b), text[a:b], "x") for a, b in ends)
    pieces = list(segments(Reading(Document("a", text), mentions)))
    assert "".join(text[start:end] for start, end, _ in pieces) == text
    for start, end, over in pieces:
        assert set(over) == {m for m in mentions if m.start <= start and end <= m.end and m.start < m.end}


def test_a_text_without_an_event_says_so() -> None:
    assert "No event" in html_of(reading(text="Nothing."))


def test_the_terminal_shows_brackets_without_colour_and_none_with_it(shown: Reading) -> None:
    assert "[P:Latvia] gave [P:Ukraine] [M:€2 million] <b>for</b>" in text_of(shown, colour=False)
    coloured = text_of(shown, colour=True)
    assert "\x1b[" in coloured
    assert "[P:" not in coloured


@pytest.mark.parametrize("colour", [True, False])
def test_a_text_cannot_steer_the_terminal(colour: bool) -> None:
    evil = Reading(
        Document("a", "x\x1b]0;owned\x07y\u202e", "t\x1b[2J"), (Mention("item", Span(0, 3), "", "x"),)
    )
    assert re.sub(r"\x1b\[\d*(;\d+)*m", "", text_of(evil, colour=colour)).isascii()
    assert "\x1b]" not in text_of(evil, colour=colour)
    assert "\x1b[2J" not in text_of(evil, colour=colour)


def test_every_sum_is_explained_with_its_verdict_and_the_reasons_of_its_event(shown: Reading) -> None:
    (line,) = explain(shown)
    assert (
        line == "'€2 million' (chars 20-30) = 2,000,000 EUR, up to: booked, event 0; because: donor subject"
    )


def test_a_sum_without_a_decision_is_said_to_have_none() -> None:
    assert explain(Reading(Document("a", TEXT), (money(20, 30),)))[0].endswith(": not decided")


def test_facts_leave_out_what_is_unknown_and_name_totals_and_parts() -> None:
    facts = dict(
        facts_of(event(None, None, "proposed", is_cumulative_total=True, about_past=True, part_of=2))
    )
    assert facts["who"] == "donor unknown to UKR"
    assert facts["books"] == "running total, never added, background, part of event 2"
    assert "mechanism" not in facts


def test_the_records_show_themselves_in_a_notebook(shown: Reading) -> None:
    commitment = Commitment(
        "c-1", "booked", "LVA", "UKR", Stage.PLEDGED, (("a", 0),), amount_eur=Decimal("2e6")
    )
    for record, words in (
        (shown, "€2 million"),
        (shown.document, "€2 million"),
        (shown.events[0], "2,000,000 EUR"),
        (shown.mentions[2], "€2 million"),
        (commitment, "2,000,000"),
    ):
        assert words in record._repr_html_()  # type: ignore[attr-defined]


def test_the_package_starts_light_and_offers_every_name() -> None:
    code = """
import sys
import aidlib
heavy = {"pandas", "pyarrow", "trafilatura", "matplotlib", "click", "yaml"} & set(sys.modules)
print(heavy or "light", sorted(set(aidlib.__all__) - set(dir(aidlib))))
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "light []\n"


def test_a_notebook_shows_a_record_though_nothing_but_the_package_was_imported() -> None:
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import aidlib, sys
from aidlib.model import Document
assert "aidlib.show" not in sys.modules
print(shell.display_formatter.format(Document.from_text("Latvia gave Ukraine €2 million."))[0]["text/html"])
"""
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    assert "€2 million</span>" in out.stdout
