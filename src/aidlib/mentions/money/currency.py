"""In: money mentions and where countries are named. Out: the mentions with shared currencies decided."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import re2

from aidlib.lexicon import grammar, money_words, terms
from aidlib.mentions.money.restate import CLOSE_FACTOR, is_link, restates, same_worth
from aidlib.model import Document, Mention, Money

__all__ = ["settle_currency"]

SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]*[A-Z0-9])|\n\s*\n")
NEXT_WORD = re.compile(r"[\s-]+([a-z]+)")
# Between two countries of a list: "Denmark, Norway and the United States".
LISTED = re.compile(r"\s*(?:,|and|&|,\s*and)\s+(?:the\s+)?\Z")
GIVEN_BY = re.compile(r"[^.;:]{0,30}\b(?:by|from)\s+(?:the\s+)?\Z")
# What a bare word means in English where nothing else decides; all other words stay open.
DEFAULTS = (("USD", "dollar_default"), ("RUB", "rouble_default"))


class Place(NamedTuple):
    """A country named in the text, by its currency; ``listed``: one of several in a row."""

    start: int
    end: int
    code: str
    listed: bool = False


@dataclass(frozen=True)
class Scene:
    """What a text tells of currencies: countries in order, ends of sentences, currencies stated."""

    text: str
    places: tuple[Place, ...]
    ends: list[int]
    stated: Counter[str]
    counts: Counter[str]

    def sentence(self, at: int) -> list[Place]:
        """Countries named in the sentence around a place of the text."""
        index = bisect_left(self.ends, at + 1)
        left, right = self.ends[index - 1], self.ends[index]
        first = bisect_left(self.places, left, key=lambda place: place.start)
        last = bisect_left(self.places, right, key=lambda place: place.start)
        return list(self.places[first:last])


@cache
def _by_country() -> dict[str, str]:
    return {w.form: w.codes[0] for w in money_words() if w.kind == "country"}


@cache
def _contexts() -> tuple[re2._Regexp, dict[str, str]]:
    table = _by_country()
    words = {form: table[term.key] for form, term in terms() if term.kind == "party" and term.key in table}
    words |= {w.form: w.codes[0] for w in money_words() if w.kind == "context"}
    forms = sorted(words, key=len, reverse=True)
    return re2.compile(r"\b(?:" + "|".join(re2.escape(f) for f in forms) + r")"), words


def _words(text: str) -> list[tuple[int, int, str]]:
    pattern, words = _contexts()
    safe = text.encode("utf-8", "replace").decode("utf-8")
    # Bytes spare RE2 the counting of letters, where each letter is a byte.
    found = [m.span() for m in pattern.finditer(safe.encode() if safe.isascii() else safe)]
    return [(start, end, words[safe[start:end]]) for start, end in found if not safe[end : end + 1].isalpha()]


def _scene(text: str, mentions: list[Mention], parties: Iterable[tuple[int, int, str]] | None) -> Scene:
    table = _by_country()
    named = _words(text) if parties is None else [(a, b, table[c]) for a, b, c in parties if c in table]
    places: list[Place] = []
    for start, end, code in sorted(named):
        if _names_scheme(text, end):
            continue
        listed = bool(places) and start - places[-1].end < 12
        if listed and LISTED.match(text[places[-1].end : start]):
            places[-1] = places[-1]._replace(listed=True)
            places.append(Place(start, end, code, True))
        else:
            places.append(Place(start, end, code))
    ends = [0] + [m.end() for m in SENTENCE_END.finditer(text)] + [len(text) + 1]
    stated = Counter(m.value.currency for m in mentions if m.value.currency and not m.value.candidates)
    return Scene(text, tuple(places), ends, stated, Counter(place.code for place in places))


def _names_scheme(text: str, end: int) -> bool:
    following = NEXT_WORD.match(text, end, end + 14)
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
    scene = _scene(document.text, mentions, parties)
    return [
        _settle(m, *_fitting(document.text, mentions, i), scene) if len(m.value.candidates) > 1 else m
        for i, m in enumerate(mentions)
    ]


def _fitting(text: str, mentions: list[Mention], i: int) -> tuple[tuple[str, ...], bool]:
    """Which candidates the worth of the sum beside allows, where one restates the other.

    Also whether this sum is the restating one.
    """
    money: Money = mentions[i].value
    for one, two in ((i - 1, i), (i, i + 1)):
        if one < 0 or two >= len(mentions) or mentions[two].start - mentions[one].end > 80:
            continue
        other: Money = mentions[one + two - i].value
        gap = text[mentions[one].end : mentions[two].start]
        if other.candidates:
            if two == i and is_link(gap) and gap.strip() not in {",", ";"}:
                return money.candidates, True
            continue
        fitting = tuple(c for c in money.candidates if _is_worth(gap, money, c, other, two == i))
        if fitting:
            return fitting, two == i
    return money.candidates, False


def _is_worth(gap: str, money: Money, code: str, other: Money, is_second: bool) -> bool:
    tried = replace(money, currency=code)
    first, second = (other, tried) if is_second else (tried, other)
    return restates(gap, first, second, False) and same_worth(first, second, CLOSE_FACTOR)


def _settle(mention: Mention, candidates: tuple[str, ...], restating: bool, scene: Scene) -> Mention:
    money: Money = mention.value
    if len(candidates) < len(money.candidates) and (len(candidates) == 1 or "USD" in candidates):
        restated = candidates[0] if len(candidates) == 1 else "USD"
        return replace(mention, value=replace(money, currency=restated, reason="currency_restated"))
    here = [place for place in scene.sentence(mention.start) if place.code in candidates]
    before = [place.code for place in here if place.start < mention.start and not place.listed]
    after = [place for place in here if place.start > mention.start]
    given = [p.code for p in after[:1] if GIVEN_BY.match(scene.text[mention.end : p.start])]
    stated = [] if "USD" in candidates else [c for c in candidates if scene.stated[c]]
    steps = (
        (before[-1:] or given, "currency_sentence"),
        (sorted(stated, key=lambda c: scene.stated[c])[-1:], "currency_stated"),
        ([place.code for place in after if not place.listed][:1], "currency_sentence"),
        (["USD"] if restating and "USD" in candidates else [], "currency_restated"),
        (_document(scene, candidates), "currency_document"),
        ([] if here else _earlier(scene, candidates, mention.start), "currency_earlier"),
    )
    for codes, reason in steps:
        if codes:
            return replace(mention, value=replace(money, currency=codes[0], reason=reason))
    code, reason = _default(candidates)
    return replace(mention, value=replace(money, currency=code, reason=reason))


def _document(scene: Scene, candidates: tuple[str, ...]) -> list[str]:
    """Give the currency of the country that the text names at least twice as often as any rival."""
    counts = sorted(((scene.counts[c], c) for c in candidates if scene.counts[c]), reverse=True)
    rules = counts and (len(counts) == 1 or counts[0][0] >= 2 * counts[1][0])
    return [counts[0][1]] if rules else []


def _earlier(scene: Scene, candidates: tuple[str, ...], at: int) -> list[str]:
    """Give the currency of the nearest country before, at most fifty back."""
    index = bisect_left(scene.places, at, key=lambda place: place.start)
    near = reversed(scene.places[max(0, index - 50) : index])
    return [place.code for place in near if place.code in candidates][:1]


def _default(candidates: tuple[str, ...]) -> tuple[str | None, str]:
    for code, reason in DEFAULTS:
        if code in candidates:
            return code, reason
    return None, "currency_undecided"
