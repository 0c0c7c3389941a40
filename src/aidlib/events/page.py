"""In: a document. Out: its page, the sentences, hits, sums and dates that every decision looks at."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any, TypeVar

from aidlib.events.zones import Sentence, Topics, split_sentences, topics_of
from aidlib.mentions.dates import find_dates, find_published
from aidlib.mentions.money import find_money
from aidlib.mentions.scan import Hit, lower, scan
from aidlib.model import Document, Mention

__all__ = ["ADVERSARY", "NEVER_DONOR", "Page", "once_a_page", "once_a_place", "read_page"]

Answer = TypeVar("Answer")
UNASKED: Any = object()

ADVERSARY = frozenset({"RUS", "CHN", "IRN", "PRK", "BLR"})
NEVER_DONOR = frozenset({"UKR", "MDA", "RUS", "BLR", "CHN", "IRN", "PRK", "SYR", "PSE", "AFG", "IND"})
SPLIT = re.compile(
    r"[;]|\s[-–—]+\s|:\s|,?\s(?:while|whereas|but|although|though|because)\s|"
    r",\s(?:and|which|who|where|when|as|after|with|according)\s|[.!?]\s+(?=[A-Z“\"])"
)
WEIGHT = {"headline": 3, "caption": 0, "related": 0, "boilerplate": 0}  # of a party named there; else 1


@dataclass(frozen=True, eq=False)
class Page:
    """A document as the events layer sees it."""

    document: Document
    low: str  # the text in lower case: a pattern in lower case is several times as quick as with ``re.I``
    hits: tuple[Hit, ...]
    sentences: tuple[Sentence, ...]
    money: tuple[Mention, ...]
    donors: tuple[tuple[str, int], ...] = ()
    starts: tuple[int, ...] = field(default=())
    places: tuple[int, ...] = ()  # where each sum starts
    bounds: tuple[tuple[int, int], ...] = ()  # and where it ends
    hit_starts: tuple[int, ...] = ()
    cuts: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    clauses: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    spoken: dict[tuple[int, int], Topics] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict)

    def sentence_at(self, place: int) -> int:
        """Number of the sentence that holds a place of the text."""
        return max(0, bisect_right(self.starts, place) - 1)

    def clause(self, sentence: Sentence, place: int) -> tuple[int, int]:
        """Bounds of the clause of a sentence that holds a place."""
        key = (sentence.start, place)
        found = self.clauses.get(key)
        if found is None:
            found = self.clauses[key] = self._clause(sentence, place)
        return found

    def _clause(self, sentence: Sentence, place: int) -> tuple[int, int]:
        cuts = self.cuts.get(sentence.start)
        if cuts is None:
            found = SPLIT.finditer(self.document.text, sentence.start, sentence.end)
            cuts = self.cuts[sentence.start] = [m.span() for m in found]
        start, end = sentence.start, sentence.end
        for cut_start, cut_end in cuts:
            if cut_end <= place:
                start = cut_end
            elif cut_start >= place:
                end = cut_start
                break
        return start, end

    def has(self, start: int, end: int, kind: str, key: str) -> bool:
        """Whether a hit of that kind and key lies between two places."""
        return (kind, key) in self.topics(start, end)

    def topics(self, start: int, end: int) -> Topics:
        """What is spoken of between two places (see `topics_of`)."""
        found = self.spoken.get((start, end))
        if found is None:
            found = self.spoken[start, end] = topics_of(self.near(start, end))
        return found

    @cached_property
    def _told(self) -> tuple[tuple[Mention, ...], tuple[int, ...]]:
        """Sums that restate no other, and where they start."""
        told = tuple(m for m in self.money if m.value.converts is None)
        return told, tuple(m.start for m in told)

    def sums(self, start: int, end: int) -> tuple[Mention, ...]:
        """Give the sums that start between two places; what restates another is left out."""
        told, starts = self._told
        at = bisect_left(starts, start)
        return told[at : bisect_left(starts, end, at)]

    def own_words(self, clause: tuple[int, int], place: int) -> tuple[int, int]:
        """Bounds of a clause as far as the sums beside the one at a place leave it."""
        start, end = clause
        for other in self.sums(*clause):
            if other.end <= place:
                start = max(start, other.end)
            elif other.start > place:
                end = min(end, other.start)
        return start, end

    @cached_property
    def dates(self) -> tuple[Mention, ...]:
        """Dates of a page that has a sum or goods; sought when they are first asked for."""
        is_asked = self.money or any(hit.kind == "item" for hit in self.hits)
        return tuple(find_dates(self.document)) if is_asked else ()

    @cached_property
    def _day_starts(self) -> tuple[int, ...]:
        return tuple(date.start for date in self.dates)

    def days(self, start: int, end: int) -> tuple[Mention, ...]:
        """Dates that start between two places."""
        at = bisect_left(self._day_starts, start)
        return self.dates[at : bisect_left(self._day_starts, end, at)]

    def near(self, start: int, end: int) -> tuple[Hit, ...]:
        """Hits that start between two places."""
        at = bisect_left(self.hit_starts, start)
        return self.hits[at : bisect_left(self.hit_starts, end, at)]


def read_page(document: Document) -> Page:
    """Find everything in a document that decisions about it can rest on."""
    if document.published is None:
        day = find_published(document.text)
        if day is not None:
            document = replace(document, published=day)
    hits = _without_scheme_names(scan(document.text))
    sentences = tuple(split_sentences(document.text, hits))
    money = tuple(find_money(document))
    count: Counter[str] = Counter()
    for sentence in sentences:
        weight = WEIGHT.get(sentence.zone, 1)
        for hit in sentence.hits:
            if hit.kind == "party" and hit.key not in NEVER_DONOR and hit.tag != "group":
                count[hit.key] += weight + (sentence.paragraph < 3)
    starts = tuple(s.start for s in sentences)
    bounds = tuple((m.start, m.end) for m in money)
    places = tuple(start for start, _ in bounds)
    donors, hit_starts = tuple(count.most_common()), tuple(h.start for h in hits)
    return Page(
        document,
        lower(document.text),
        tuple(hits),
        sentences,
        money,
        donors,
        starts,
        places,
        bounds,
        hit_starts,
    )


def _without_scheme_names(hits: list[Hit]) -> list[Hit]:
    """Leave out the party in the name of a scheme: the Czech initiative's donor is not Czechia."""
    schemes = [h for h in hits if h.kind == "mechanism" and h.key not in ("epf", "loan", "grant")]
    kept: list[Hit] = []
    at = reach = 0  # how far the schemes that start up to here go
    for hit in hits:
        while at < len(schemes) and schemes[at].start <= hit.start:
            reach = max(reach, schemes[at].end)
            at += 1
        if hit.end > reach or hit.kind != "party" or hit.tag == "body" or hit.key == "UKR":
            kept.append(hit)
    return kept


def once_a_place(decide: Callable[..., Answer]) -> Callable[..., Answer]:
    """Make a question about a place of a page be answered once; its arguments name the place."""

    @wraps(decide)
    def answer(page: Page, *place: Any) -> Answer:
        key = (decide.__name__, *place)
        found: Answer = page.memo.get(key, UNASKED)
        if found is UNASKED:
            found = page.memo[key] = decide(page, *place)
        return found

    return answer


def once_a_page(decide: Callable[[Page], Answer]) -> Callable[[Page], Answer]:
    """Make a question about a whole page be answered once."""

    @wraps(decide)
    def answer(page: Page) -> Answer:
        found: Answer = page.memo.get(decide.__name__, UNASKED)
        if found is UNASKED:
            found = page.memo[decide.__name__] = decide(page)
        return found

    return answer
