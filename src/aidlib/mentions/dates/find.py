"""In: a document. Out: its dates, each with the way the text uses it."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from aidlib.mentions.dates.shapes import Reader, date_pattern, ways
from aidlib.mentions.dates.words import any_of, words_of
from aidlib.model import Document, Mention, Span, When

__all__ = ["find_dates"]


def find_dates(document: Document) -> list[Mention]:
    """Find every date in a document.

    Parameters
    ----------
    document : Document
        Words such as "on Friday" are resolved against its day of publication, and left out
        where that is not known.

    Returns
    -------
    list of Mention
        In order, not overlapping; ``value`` is a `When`. What the text leaves open stays open:
        a month is never turned into a day.

    Examples
    --------
    >>> doc = Document.from_text("Signed on Friday, to be paid by mid-2025.", published="2024-11-17")
    >>> [(m.quote, m.value.start, m.value.role) for m in find_dates(doc)]
    [('Friday', '2024-11-15', 'on'), ('mid-2025', '2025-05', 'by')]
    """
    text = document.text
    safe = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    found: list[Mention] = []
    # Bytes spare RE2 the counting of letters, where each letter is a byte.
    for match in date_pattern().finditer(safe.encode() if safe.isascii() else safe):
        start, end = match.span()
        when = _read(safe, start, end, document.published)
        if when is not None:
            found.append(Mention("date", Span(start, end), text[start:end], when))
    return found


CLAUSE_END = re.compile(r"[.!?;]\s|\n\s*\n")
COUNTS = re.compile(r"[.,]\d|\s?(?:%|mm\b|million|billion|[A-Za-z-]*-)")  # "2024 million", "2024-strong"


def _read(text: str, start: int, end: int, published: date | None) -> When | None:
    if text[end : end + 1].isalnum() or text[max(0, start - 1) : start] in {"$", "€", "£", ".", ","}:
        return None
    quote = text[start:end]
    shape = _shape(quote)
    if shape is None:
        return None
    name, words, read = shape
    before = CLAUSE_END.split(text[max(0, start - 60) : start])[-1].lower()
    if name in {"year", "prep_month"} and not _has_preposition(before, quote):
        return None
    if name == "weekday" and (NAMED_DAY.search(before) or NEWSPAPER.match(text, end)):
        return None
    if name == "year" and COUNTS.match(text[end : end + 8]):
        return None
    role = _role(before)
    if name == "end_of_year" and "-" in quote and role == "on":
        return None  # "his year-end speech" gives no date
    try:
        when = read(words, published, _is_future(before, role))
    except OverflowError:  # "last week" in year 1 and "next week" in 9999 lie outside the calendar
        return None
    if when is None:
        return None
    role = "on" if when.end and role == "since" else role
    return When(when.start, when.end, when.precision, when.how, role)


@lru_cache(4096)
def _shape(quote: str) -> tuple[str, dict[str, str], Reader] | None:
    """The first way of writing a date that fits all of the words: its name, its parts, its reader."""
    for name, pattern, read in ways():
        match = pattern.fullmatch(quote)
        if match is not None:
            return name, {k: v for k, v in match.groupdict().items() if v}, read
    return None


# "Black Friday" and the "Sunday Times" are names
NAMED_DAY = re.compile(r"\b(?:black|good|bloody|palm|easter|ash|cyber|holy)\s\Z")
NEWSPAPER = re.compile(r"\s(?:Times|Telegraph|Mirror|Express|Mail|Post|Herald|Independent|Mass|Night)\b")

PREPOSITION = re.compile(
    r"\b(?:in|since|until|till|by|during|through|throughout|"
    r"from|of|for|before|after|to|and|between|last|this|next|early|late|mid|"
    r"end of|start of|around|as of|over|year|years)[\s-]+(?:the\s|fiscal\s(?:year\s)?|calendar\syear\s)*"
    r"(?:the\s)?(?:early\s|late\s|mid-?\s?)?\Z"
)


def _has_preposition(before: str, word: str) -> bool:
    match = PREPOSITION.search(before)
    if match is None:
        return False
    return not (word in {"May", "March"} and re.search(r"\b(?:to|and|of)\s+\Z", before))


UNTELLING = re.compile(r"\b(?:the|this|last|next|on|late|early|end of)\b")


def _role(before: str) -> str:
    words = UNTELLING.sub(" ", before).split()
    for n in (3, 2, 1):
        role = words_of("role").get(" ".join(words[-n:])) if len(words) >= n else None
        if role:
            return role
    return "on"


def _is_future(before: str, role: str) -> bool:
    if role in {"by", "until"}:
        return True
    return _future().search(SAID.split(before)[-1]) is not None


@cache
def _future() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of('future')})\b")


# in "will pay, it announced on Friday", the Friday is that of the word
SAID = re.compile(r"\b(?:said|says|announced|told|added|wrote|confirmed|declared|reported|stated)\b")
