"""What holds for the reading of any text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aidlib.events import build_events
from aidlib.model import Document, Event, Reading, Stage
from events.tables import TABLES, read_cases

PUBLISHED = "2024-11-15"
CASES = [row for table in TABLES for name in (table, f"{table}_known_gaps") for row in read_cases(name)]
TEXTS = sorted({row["text"].replace("\\n", "\n") for row in CASES})
UNRELATED = (
    "It rained in the valley on Tuesday.",
    "The home side won the match by two goals to one.",
    "Snow is expected above 1,500 metres at the weekend.",
    "The museum opens a new wing for children next spring.",
    "A cat that had been missing for a week came back through the kitchen window.",
)
PIECES = st.sampled_from(
    [
        *"Norway|Berlin|Ukraine|Kyiv| will give | has sent | gave | announced | if | not | of this ".split(
            "|"
        ),
        *" including | €5 million| $3 bn| NOK 40 million| 5 million kroner| six F-16s| NASAMS| aid ".split(
            "|"
        ),
        *" package |the Danish model| joined |Photo: |Read also: |since 2022|in June|. |, |; |: |- ".split(
            "|"
        ),
        *'\n|\n\n|(|)|[|“|”|"|• |\u200b|\u200f|\u202e|\ufeff|\u00a0|İ|ẞ|😀|\ud800|\x00|\r|\t'.split("|"),
    ]
)
MIXTURES = st.lists(PIECES, max_size=40).map("".join)


def read(text: str) -> Reading:
    return build_events(Document.from_text(text, published=PUBLISHED))


def check(reading: Reading) -> None:
    """What every reading keeps, whatever its text."""
    text, events, money = reading.document.text, reading.events, reading.money
    for mention in reading.mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.quote == text[mention.start : mention.end]
    assert [d.mention for d in reading.decisions] == list(range(len(money)))
    for made in reading.decisions:
        assert made.event is None or 0 <= made.event < len(events)
    for event in events:
        assert event.evidence
        assert event.reasons
        for span in event.evidence:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip()
        assert (event.amount is None) == (event.modifier == "none")
    check_tree([event.part_of for event in events])
    check_tree([mention.value.part_of for mention in money])


def check_tree(wholes: list[int | None]) -> None:
    """Every whole is in the list, and no way up comes back to where it began."""
    for start in range(len(wholes)):
        at, seen = wholes[start], {start}
        while at is not None:
            assert 0 <= at < len(wholes)
            assert at not in seen
            seen.add(at)
            at = wholes[at]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:70])
def test_spans_decisions_and_parts_of_every_case_are_sound(text: str) -> None:
    check(read(text))


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_is_read_without_a_crash_and_soundly(text: str) -> None:
    check(read(text))


@given(MIXTURES)
@settings(max_examples=250)
def test_any_mixture_of_words_of_aid_is_read_soundly(text: str) -> None:
    check(read(text))


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6), st.sampled_from([" ", "\n", "\n\n"]))
@settings(max_examples=80)
def test_cases_told_one_after_the_other_are_read_soundly(texts: list[str], between: str) -> None:
    check(read(between.join(texts)))


@given(MIXTURES)
@settings(max_examples=60)
def test_reading_a_text_twice_gives_the_same(text: str) -> None:
    assert read(text) == read(text)


def told(reading: Reading) -> list[Event]:
    return list(reading.events)


@given(
    st.sampled_from(TEXTS),
    st.lists(st.sampled_from(UNRELATED), min_size=1, max_size=3),
    st.sampled_from(["\n\n", "\n\n\n"]),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_an_unrelated_paragraph_at_the_end_changes_no_event(text: str, more: list[str], gap: str) -> None:
    plain, longer = read(text + "\n"), read(text + gap + gap.join(more) + "\n")
    assert told(longer) == told(plain)
    assert longer.headline == plain.headline


@given(st.sampled_from(TEXTS), st.integers(1, 3))
@settings(max_examples=60)
def test_blank_lines_before_a_text_move_its_spans_and_nothing_else(text: str, lines: int) -> None:
    plain, moved = read(text), read("\n" * lines + text)
    assert [m.start + lines for m in plain.money] == [m.start for m in moved.money]
    assert [(e.donor, e.stage, e.amount) for e in plain.events] == [
        (e.donor, e.stage, e.amount) for e in moved.events
    ]


@given(st.integers(1, 900), st.sampled_from(["€", "$", "£"]))
@settings(max_examples=30)
def test_a_sum_is_booked_alike_whatever_its_size_and_sign(millions: int, sign: str) -> None:
    (event,) = read(f"Latvia will give Ukraine {sign}{millions} million in military aid.").events
    assert (event.donor, event.stage, event.amount) == ("LVA", Stage.PLEDGED, millions * 10**6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 50_000,
        "1" * 300_000,
        "(" * 20_000 + "Norway gave Ukraine €5 million" + "]" * 20_000,
        "Norway gave Ukraine €5 million in aid, " * 2_000,
        "Norway gave Ukraine €5 million in aid.\n" * 1_000,
        "word " * 60_000 + "Norway gave Ukraine €5 million in aid.",
        "Norway, Sweden, " * 10_000,
        "of this, " * 10_000 + "€5 million",
        "\u200f\u202eNorway\u200b gave Ukraine \u2066€5 million\u2069 in aid.\u200f",
    ],
    ids=lambda text: f"{text[:20]!r} of {len(text)}",
)
def test_long_and_odd_text_is_read_without_a_blow_up(text: str) -> None:
    reading = read(text)
    assert len(reading.decisions) == len(reading.money)


@pytest.mark.parametrize("mark", ["\u200f", "\u202b", "\ufeff", "\u200e"])
def test_a_mark_of_direction_before_a_sentence_changes_nothing(mark: str) -> None:
    plain, marked = (read(m + "Latvia gave Ukraine €2 million in aid.") for m in ("", mark))
    assert [(e.donor, e.amount) for e in marked.events] == [(e.donor, e.amount) for e in plain.events]
