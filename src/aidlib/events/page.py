"""In: a document. Out: its page, the sentences, hits, sums and dates that every decision looks at."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from aidlib.events.zones import Sentence, split_sentences
from aidlib.mentions.dates import find_dates, find_published
from aidlib.mentions.money import find_money
from aidlib.mentions.scan import Hit, scan
from aidlib.model import Document, Mention

__all__ = ["NEVER_DONOR", "Page", "read_page"]

NEVER_DONOR = frozenset({"UKR", "RUS", "BLR", "CHN", "IRN", "PRK", "SYR", "PSE", "AFG", "IND"})
SPLIT = re.compile(
    r"[;]|\s[-–—]+\s|:\s|,?\s(?:while|whereas|but|although|though|because)\s|"
    r",\s(?:and|which|who|where|when|as|after|with|according)\s|[.!?]\s+(?=[A-Z“\"])"
)


@dataclass(frozen=True)
class Page:
    """A document as the events layer sees it."""

    document: Document
    hits: tuple[Hit, ...]
    sentences: tuple[Sentence, ...]
    money: tuple[Mention, ...]
    dates: tuple[Mention, ...]
    donors: tuple[tuple[str, int], ...] = ()
    starts: tuple[int, ...] = field(default=())

    def sentence_at(self, place: int) -> int:
        """Number of the sentence that holds a place of the text."""
        return max(0, bisect_right(self.starts, place) - 1)

    def clause(self, sentence: Sentence, place: int) -> tuple[int, int]:
        """Bounds of the clause of a sentence that holds a place."""
        start, end = sentence.start, sentence.end
        for match in SPLIT.finditer(self.document.text, sentence.start, sentence.end):
            if match.end() <= place:
                start = match.end()
            elif match.start() >= place:
                end = match.start()
                break
        return start, end

    def has(self, start: int, end: int, kind: str, key: str) -> bool:
        """Whether a hit of that kind and key lies between two places."""
        return any(h.kind == kind and h.key == key and start <= h.start < end for h in self.near(start, end))

    def near(self, start: int, end: int) -> list[Hit]:
        """Hits that start between two places."""
        first = bisect_right(self.hits, (start - 1, 10**9, "", "", ""))
        found = []
        for hit in self.hits[first:]:
            if hit.start >= end:
                break
            if hit.start >= start:
                found.append(hit)
        return found


def read_page(document: Document) -> Page:
    """Find everything in a document that decisions about it can rest on."""
    if document.published is None:
        day = find_published(document.text)
        if day is not None:
            document = Document(document.id, document.text, document.title, day, document.source)
    hits = scan(document.text)
    sentences = tuple(split_sentences(document.text, hits))
    money = tuple(find_money(document))
    dates = tuple(find_dates(document)) if money or any(h.kind == "item" for h in hits) else ()
    count: Counter[str] = Counter()
    for sentence in sentences:
        weight = {"headline": 3, "caption": 0, "related": 0, "boilerplate": 0}.get(sentence.zone, 1)
        for hit in sentence.hits:
            if hit.kind == "party" and hit.key not in NEVER_DONOR and hit.tag != "group":
                count[hit.key] += weight + (sentence.paragraph < 3)
    starts = tuple(s.start for s in sentences)
    return Page(document, tuple(hits), sentences, money, dates, tuple(count.most_common()), starts)
