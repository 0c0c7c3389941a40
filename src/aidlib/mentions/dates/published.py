"""In: the head of a text. Out: the day it was published."""

from __future__ import annotations

import re
from datetime import date

from aidlib.lexicon import grammar
from aidlib.mentions.dates.find import find_dates
from aidlib.model import Document, Mention

__all__ = ["find_published"]

HEAD_LINES = 10
YEAR = re.compile(grammar()["dates"]["year"])


def find_published(text: str) -> date | None:
    """Find the day of publication in a dateline, or in a line that is only a date.

    Only the first lines count, and only a full date with its year.

    Examples
    --------
    >>> find_published("OSLO, 16 February 2023 (press release) - Norway will give NOK 75 billion.")
    datetime.date(2023, 2, 16)
    >>> find_published("Norway paid on 16 February 2023.") is None
    True
    """
    lines = [line.strip() for line in text[:4000].split("\n") if line.strip()][:HEAD_LINES]
    for line in lines:
        head = line[:200]
        for mention in find_dates(Document.from_text(head)) if YEAR.search(head) else ():
            when = mention.value
            if when.precision == "day" and when.end is None and _is_dateline(line, mention):
                return date.fromisoformat(when.start)
    return None


LABEL = re.compile(
    r"(?:(?:published|posted|updated|issued|released|date|publication date|press release|news|statement)"
    r"\b[\s:|,/-]*(?:on\s)?)*",
    re.I,
)
PLACE = re.compile(r"[A-Z][\w.'’-]*(?:[\s/-]+[A-Z][\w.'’-]*){0,4}(?:,\s[A-Z][\w.]*)?\s*[,(–—-]+\s*")


def _is_dateline(line: str, mention: Mention) -> bool:
    before, after = line[: mention.start], line[mention.end :]
    if LABEL.fullmatch(before):
        return not re.match(r"\s*[a-z,]", after) or len(before) > 3
    return bool(PLACE.fullmatch(before)) and bool(re.match(r"\s*(?:[-–—:(/)|.]|$)", after))
