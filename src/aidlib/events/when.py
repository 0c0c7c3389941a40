"""In: an act and its page. Out: when the text says that it was done."""

from __future__ import annotations

import re
from bisect import bisect_left

from aidlib.events.draft import Draft
from aidlib.events.page import Page, once_a_page
from aidlib.events.zones import Sentence
from aidlib.model import Mention, When

__all__ = ["when_of"]

OPENING = 3  # sentences in which a text says which day it tells of
LINE = 70  # characters of a line that only dates a text
OUTSIDE = ("headline", "caption", "related", "boilerplate")
ELSEWHERE = re.compile(
    r"\bsince\b[^.;]*$|\b(?:invasion|war|aggression|invaded|attacked)\b[^.;,]{0,30}$"
    r"|\b(?:Act|Law|Resolution|fiscal years?|budget)\b[^.;,]{0,12}$|\b(?:for|of) (?:fiscal )?$",
    re.I,
)
TODAY = re.compile(r"today|this (?:morning|afternoon|evening)|tonight", re.I)


def when_of(page: Page, draft: Draft) -> When | None:
    """Give the time of an act: what its statement says; for news else the day that its text tells of.

    Background has no day but its own. A total is of the day on which it is written down, news of the day
    that the opening names ("on Friday announced", "today").
    """
    said = [when for start, end in draft.spans for when in _said(page, draft, start, end)]
    if draft.past:
        return next(iter(said), None)
    told = _written(page) if draft.total else _told(page) or _written(page)
    return next((when for when in said if _is_day(when)), None) or told or next(iter(said), None)


def _said(page: Page, draft: Draft, start: int, end: int) -> list[When]:
    """Times between two places at which the act can have been done, those of its own clause first."""
    dates = [d for d in page.days(start, end) if _is_when(page, d)]
    at = bisect_left(draft.same, bisect_left(page.places, start))
    place = page.places[draft.same[at]] if at < len(draft.same) else end
    if dates and place < end:
        first, last = page.clause(page.sentences[page.sentence_at(place)], place)
        mine = [d for d in dates if first <= d.start < last and not _belongs_before(page, first, d, place)]
        others = [d for d in dates if not first <= d.start < last and not _is_taken(page, start, d, place)]
        dates = mine + (others if not mine or len(page.sums(start, end)) == 1 else [])
    return [d.value for d in dates]


def _belongs_before(page: Page, start: int, day: Mention, place: int) -> bool:
    """Whether a date follows another sum more closely than it leads to, or follows, this one."""
    before = page.sums(start, day.start)
    if not before or before[-1].start == place:
        return False
    return place < day.start or day.start - before[-1].end < place - day.end


def _is_taken(page: Page, start: int, day: Mention, place: int) -> bool:
    """Whether another sum stands between a date and this one; a date that opens a sentence is for all."""
    first, last = sorted((place, day.start))
    return bool(page.sums(first + 1, last)) and bool(page.sums(start, day.start))


def _is_when(page: Page, mention: Mention) -> bool:
    when: When = mention.value
    last, published = when.end or when.start, page.document.published
    if when.role != "on" or (published and last > published.isoformat()[: len(last)]):
        return False
    return not ELSEWHERE.search(page.document.text[max(0, mention.start - 60) : mention.start])


def _is_day(when: When) -> bool:
    return when.precision == "day" and when.end is None


@once_a_page
def _written(page: Page) -> When | None:
    """The day of a text's dateline."""
    heads = [s for s in page.sentences if s.zone not in OUTSIDE][:OPENING]
    lines = [s for s in heads if s.zone in ("dateline", "standfirst", "heading") and s.end - s.start < LINE]
    return next((when for s in lines for when in _days(page, s)), None)


@once_a_page
def _told(page: Page) -> When | None:
    """The day of the news: the first that the opening names, or the "today" beside a sum."""
    body = [s for s in page.sentences if s.zone not in (*OUTSIDE, "dateline")]
    opening = [s for s in body[: 1 if _written(page) else OPENING] if any(h.kind == "party" for h in s.hits)]
    named = (when for s in opening for when in _days(page, s) if _is_day(when))
    today = (d.value for d in page.dates if TODAY.fullmatch(d.quote) and _is_beside_sum(page, d))
    return next(named, None) or next(today, None)


def _is_beside_sum(page: Page, mention: Mention) -> bool:
    sentence = page.sentences[page.sentence_at(mention.start)]
    return bool(page.sums(sentence.start, sentence.end))


def _days(page: Page, sentence: Sentence) -> list[When]:
    return [d.value for d in page.days(sentence.start, sentence.end) if _is_when(page, d)]
