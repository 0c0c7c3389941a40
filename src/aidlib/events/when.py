"""In: an act and its page. Out: when the text says that it was done."""

from __future__ import annotations

import re

from aidlib.events.draft import Draft
from aidlib.events.page import Page, once_a_page
from aidlib.model import Mention, When

__all__ = ["when_of"]

HEAD = 3  # sentences in which a text says which day it tells of
ELSEWHERE = re.compile(
    r"\bsince\b[^.;]*$|\b(?:invasion|war|aggression|invaded|attacked|began|beginning|start(?:ed)?|outbreak)\b[^.;,]{0,30}$"
    r"|\b(?:Act|Law|Resolution|fiscal years?|budget)\b[^.;,]{0,12}$|\b(?:for|of) (?:fiscal )?$",
    re.I,
)


def when_of(page: Page, draft: Draft) -> When | None:
    """Give the time of an act: what its statement says, and for news else the day that the text tells of.

    A year says too little of news; nothing that lies ahead is when something was done.
    """
    said = [when for start, end in draft.spans for when in _said(page, draft, start, end)]
    if draft.past:
        return next(iter(said), None)
    return next((w for w in said if w.precision in ("day", "month")), None) or _day_told(page)


def _said(page: Page, draft: Draft, start: int, end: int) -> list[When]:
    """Times between two places at which the act can have been done, those of its own clause first."""
    dates = [d for d in page.dates if start <= d.start < end and _is_when(page, d)]
    places = [page.money[m].start for m in draft.same if start <= page.money[m].start < end]
    if places:
        clause = page.clause(page.sentences[page.sentence_at(places[0])], places[0])
        dates.sort(key=lambda d: not clause[0] <= d.start < clause[1])
    return [d.value for d in dates]


def _is_when(page: Page, mention: Mention) -> bool:
    when: When = mention.value
    if when.role != "on" or _lies_ahead(page, when):
        return False
    return not ELSEWHERE.search(page.document.text[max(0, mention.start - 60) : mention.start])


def _lies_ahead(page: Page, when: When) -> bool:
    last, published = when.end or when.start, page.document.published
    return published is not None and last > published.isoformat()[: len(last)]


@once_a_page
def _day_told(page: Page) -> When | None:
    """The day that a text tells of: its dateline's, or the first day that its opening names."""
    opening = [s for s in page.sentences if s.zone not in ("headline", "caption", "related", "boilerplate")]
    for sentence in opening[: HEAD]:
        for mention in page.dates:
            if sentence.start <= mention.start < sentence.end and mention.value.precision in ("day", "month"):
                if _is_when(page, mention):
                    return mention.value
    return None
