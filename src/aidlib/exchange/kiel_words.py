"""In: a label of the tracker: a donor, goods, a date, a kind of aid. Out: our code for it, or None."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from aidlib.lexicon import read_table, terms
from aidlib.mentions.scan import scan

__all__ = ["donor_name", "donor_of", "item_of", "month_of", "party_name", "when_of", "word_of"]

# The tracker starts with the end of relations between Russia and Ukraine.
START = date(2022, 1, 24)
NAMED = ("country", "body")
PARTIES = (*NAMED, "group")
IN_BRACKETS = re.compile(r"\([^)]*\)")
DAY = re.compile(
    r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)\b|\b(?P<m2>\d\d?)/(?P<d2>\d\d?)/(?P<y2>\d{4}|\d\d)\b"
)
MONTH = re.compile(r"\b(?P<y>20\d\d)-(?P<m>\d\d)\b|\b(?P<m2>\d\d?)/(?P<y2>\d{4}|\d\d)\b")


@cache
def _words() -> dict[tuple[str, str], str]:
    rows = read_table("kiel_words.csv", dict, key="kind+word")
    return {(row["kind"], row["word"]): row["value"] for row in rows}


def word_of(kind: str, label: str | None) -> str | None:
    """Give what a label of the tracker means, of ``kiel_words.csv``.

    Examples
    --------
    >>> word_of("stage", "Allocation "), word_of("stage", "Promise")
    ('allocated', None)
    """
    return _words().get((kind, (label or "").strip().casefold()))


def donor_of(name: str) -> str | None:
    """Give the code of a donor; None where the name is not wholly one party of the lexicon, or its code.

    Examples
    --------
    >>> donor_of("EU (Commission and Council)"), donor_of("Czech Republic"), donor_of("Norway and Denmark")
    ('EU', 'CZE', None)
    """
    if name in _codes():
        return name
    plain = " ".join(IN_BRACKETS.sub(" ", name).split())
    hits = [hit for hit in scan(plain) if hit.kind == "party" and hit.tag in NAMED]
    return next((hit.key for hit in hits if hit.end - hit.start == len(plain)), None)


@cache
def _codes() -> frozenset[str]:
    return frozenset(term.key for _, term in terms() if term.kind == "party" and term.tag in PARTIES)


@cache
def _names() -> dict[str, str]:
    forms = [(form, term) for form, term in terms() if term.kind == "party" and term.tag in NAMED]
    return {term.key: form for form, term in reversed(forms)}


def donor_name(code: str | None) -> str:
    """Name a donor as the tracker does, for joins; several donors keep their code.

    Examples
    --------
    >>> donor_name("CZE"), donor_name("EU"), donor_name("MULTI"), donor_name(None)
    ('Czechia', 'EU (Commission and Council)', 'MULTI', 'unknown')
    """
    if code is None:
        return "unknown"
    return word_of("donor", code) or party_name(code)


def party_name(code: str) -> str:
    """Name a country or body in English; another code stays as it is.

    Examples
    --------
    >>> party_name("CZE"), party_name("EU"), party_name("MULTI")
    ('Czech Republic', 'European Union', 'MULTI')
    """
    return _names().get(code, code)


def item_of(name: str) -> str:
    """Give the short name of goods; as the tracker calls them where the lexicon has none.

    Examples
    --------
    >>> item_of("M777 howitzer"), item_of("sleeping bag"), item_of("ammunition for HIMARS")
    ('M777 howitzer', 'blanket', 'ammunition for HIMARS')
    """
    hits = [hit for hit in scan(name) if hit.kind == "item"]
    # What the goods are for comes last: ammunition for a launcher is no launcher.
    ends = [hit for hit in hits if hit.end == len(name)] if " for " not in name else []
    return ends[0].key if ends else name.replace("|", "/").replace(":", " ")


def when_of(text: str | None) -> tuple[str, str | None, str] | None:
    """Read a date as the tracker's coders write it.

    Returns
    -------
    tuple or None
        First day or month and last day, ISO 8601 (None: the same), and the precision. "Until" a day
        is any day from the tracker's start.

    Examples
    --------
    >>> when_of("until 7/27/2022")
    ('2022-01-24', '2022-07-27', 'day')
    >>> when_of("not specified, 03/22"), when_of("unspecified"), when_of("13/45/2022")
    (('2022-03', None, 'month'), None, None)
    """
    text = text or ""
    days = [day for day in map(_day, DAY.finditer(text)) if day]
    if days:
        first = min(days)
        if text.casefold().startswith(("until", "by ", "before")):
            first = min(START, first)
        last = max(days)
        return first.isoformat(), last.isoformat() if last != first else None, "day"
    found = MONTH.search(DAY.sub(" ", text))
    if not found:
        return None
    year, month = _year(found["y"] or found["y2"]), int(found["m"] or found["m2"])
    return (f"{year}-{month:02d}", None, "month") if 1 <= month <= 12 else None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(found: re.Match[str]) -> date | None:
    year = _year(found["y"] or found["y2"])
    # A slip of the pen such as 2922 tells no year.
    if not 2000 <= year < 2100:
        return None
    try:
        return date(year, int(found["m"] or found["m2"]), int(found["d"] or found["d2"]))
    except ValueError:
        return None


def month_of(start: str | None, end: str | None) -> int | None:
    """Count the month from January 2022 = 1; None before it, and where an interval crosses months.

    Examples
    --------
    >>> month_of("2023-02-15", None), month_of("2022-01-24", "2022-07-27"), month_of("2021-12", None)
    (14, None, None)
    """
    if not start or (end and end[:7] != start[:7]):
        return None
    year, month = int(start[:4]), int(start[5:7])
    return max((year - 2022) * 12 + month, 0) or None
