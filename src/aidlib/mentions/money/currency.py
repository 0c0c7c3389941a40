"""In: money mentions and where countries are named. Out: the mentions with shared currencies decided."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import re2

from aidlib.lexicon import grammar, money_words
from aidlib.model import Document, Mention, Money

__all__ = ["settle_currency"]

SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]*[A-Z0-9])|\n\s*\n")
RESTATES = re.compile(r"\s*[(/\[]\s*(?:about|approximately|around|roughly|some|or|approx\.|~|≈)?\s*\Z", re.I)
DOLLARS = {"USD", "AUD", "CAD", "NZD"}


@cache
def _by_country() -> dict[str, str]:
    return {w.form: w.codes[0] for w in money_words() if w.kind == "country"}


@cache
def _contexts() -> tuple[re2._Regexp, dict[str, str]]:
    words = {w.form: w.codes[0] for w in money_words() if w.kind == "context"}
    forms = sorted(words, key=len, reverse=True)
    return re2.compile(r"\b(?:" + "|".join(re2.escape(f) for f in forms) + r")"), words


def _places(text: str) -> list[tuple[int, str]]:
    pattern, words = _contexts()
    safe = text.encode("utf-8", "replace").decode("utf-8")
    return [
        (m.start(), words[m.group()])
        for m in pattern.finditer(safe)
        if not safe[m.end() : m.end() + 1].isalpha() and not _names_scheme(safe, m.end())
    ]


def _names_scheme(text: str, end: int) -> bool:
    following = re.match(r"[\s-]+([a-z]+)", text[end : end + 14])
    return following is not None and following.group(1) in grammar()["currency"]["scheme_next"]


def settle_currency(
    mentions: list[Mention],
    document: Document,
    parties: Iterable[tuple[int, int, str]] | None = None,
) -> list[Mention]:
    """Decide which currency a shared word ("$", "kroner") means, with the reason.

    Parameters
    ----------
    mentions : list of Mention
        Money mentions in order.
    document : Document
        Where they stand.
    parties : iterable of (start, end, code), optional
        Countries named in the text, ISO 3166-1 alpha-3. None: a short list of place words is used.

    Returns
    -------
    list of Mention
        The same mentions; ``value.currency`` is decided where the text decides.
    """
    if not any(len(m.value.candidates) > 1 for m in mentions):
        return mentions
    if parties is None:
        places = _places(document.text)
    else:
        table = _by_country()
        places = sorted(
            (start, table[code])
            for start, end, code in parties
            if code in table and not _names_scheme(document.text, end)
        )
    ends = [0] + [m.end() for m in SENTENCE_END.finditer(document.text)] + [len(document.text) + 1]
    stated = Counter(m.value.currency for m in mentions if m.value.currency and not m.value.candidates)
    return [
        _settle(m, *_beside(document.text, mentions, i), places, ends, stated)
        if len(m.value.candidates) > 1
        else m
        for i, m in enumerate(mentions)
    ]


def _beside(text: str, mentions: list[Mention], i: int) -> tuple[str | None, bool]:
    """Stated currency of the sum beside, of which one restates the other; whether ours is in brackets."""
    in_brackets = i > 0 and RESTATES.match(text[mentions[i - 1].end : mentions[i].start]) is not None
    if in_brackets:
        other = mentions[i - 1].value
    elif i + 1 < len(mentions) and RESTATES.match(text[mentions[i].end : mentions[i + 1].start]):
        other = mentions[i + 1].value
    else:
        return None, False
    return (None if other.candidates else other.currency), in_brackets


def _settle(
    mention: Mention,
    beside: str | None,
    in_brackets: bool,
    places: list[tuple[int, str]],
    ends: list[int],
    stated: Counter[str],
) -> Mention:
    money: Money = mention.value
    candidates = tuple(c for c in money.candidates if c != beside)
    if beside in DOLLARS and beside != "USD" and "USD" in candidates:
        return replace(mention, value=replace(money, currency="USD", reason="currency_restated"))
    fitting = [(at, code) for at, code in places if code in candidates]
    index = bisect_left(ends, mention.start + 1)
    here = [(at, code) for at, code in fitting if ends[index - 1] <= at < ends[index]]
    code, reason = _nearest(here, mention.start), "currency_sentence"
    if code is None and "USD" not in candidates:
        code, reason = next((c for c in candidates if stated[c]), None), "currency_stated"
    if code is None and in_brackets and "USD" in candidates:
        code, reason = "USD", "currency_restated"
    if code is None:
        code, reason = _document(fitting, mention.start)
    if code is None:
        code, reason = _default(candidates)
    return replace(mention, value=replace(money, currency=code, reason=reason))


def _document(fitting: list[tuple[int, str]], start: int) -> tuple[str | None, str]:
    """Decide by the country that rules the text, else by the nearest before, else by the first."""
    counts = Counter(code for _, code in fitting).most_common(2)
    if counts and (len(counts) == 1 or counts[0][1] >= 2 * counts[1][1]):
        return counts[0][0], "currency_document"
    earlier = [code for at, code in fitting if at < start]
    if earlier:
        return earlier[-1], "currency_earlier"
    return (fitting[0][1] if fitting else None), "currency_document"


def _nearest(places: list[tuple[int, str]], at: int) -> str | None:
    if not places:
        return None
    return min(places, key=lambda pair: (pair[0] > at, abs(pair[0] - at)))[1]


def _default(candidates: tuple[str, ...]) -> tuple[str | None, str]:
    if "USD" in candidates:
        return "USD", "dollar_default"
    if "GBP" in candidates:
        return "GBP", "pound_default"
    return {"CHF": ("CHF", "franc_default"), "RUB": ("RUB", "rouble_default")}.get(
        candidates[0], (None, "currency_undecided")
    )
