"""In: the tokens of a text. Out: money mentions: amount, currency, modifier, range, conversion."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from aidlib.lexicon import grammar, modifier_words, scales
from aidlib.mentions.money.currency import settle_currency
from aidlib.mentions.money.restate import is_link, restates, same_worth
from aidlib.mentions.money.tokens import Token, find_tokens, times
from aidlib.model import Document, Mention, Money, Span

__all__ = ["find_money"]

BETWEEN = re.compile(r"(?:[\s\u00ad\u2007-\u200d\u202f\u2060\ufeff]{0,3}|[\-\u2010\u2011]\s?)\Z")
RANGE = re.compile(r"\s*(?:-|–|—|‒|−|to|through)\s*\Z", re.I)
AND = re.compile(r"\s*(?:,|and|or|,\s*and|&|to|-|–|resp\.|respectively)\s*\Z", re.I)
SCALE_BEHIND = re.compile(
    r"[\s\-]{1,2}(" + "|".join(s.form for s in scales() if s.kind == "word") + r")\b", re.I
)


PLUS = re.compile(r"\+(?!\s?[\d$€£])|-plus\b", re.I)
NEXT_WORD = re.compile(r"[\s-]*([A-Za-z]+|\d)")
SENTENCE_END = re.compile(r"[.!?]\s|\n\s*\n")
CLAUSE_END = re.compile(r"[.,;:()\n]")
MILLION = 1_000_000


@dataclass(slots=True)
class Sum:
    """An amount on its way to be a mention; ``codes`` is empty while no currency is known."""

    start: int
    end: int
    low: Decimal
    high: Decimal | None = None
    codes: tuple[str, ...] = ()
    scale: int = 1
    number: Decimal = Decimal(0)
    letter: bool = False


def find_money(document: Document, parties: Iterable[tuple[int, int, str]] | None = None) -> list[Mention]:
    """Find every amount of money in a document.

    Parameters
    ----------
    document : Document
        Its text is searched as it stands; offsets refer to it.
    parties : iterable of (start, end, code), optional
        Countries named in the text, which decide shared words of currency (see `settle_currency`).

    Returns
    -------
    list of Mention
        In order of appearance, not overlapping. ``value.amount`` is in whole currency units;
        ``value.currency`` is ISO 4217, or None where nothing near a shared word decides.

    Examples
    --------
    >>> doc = Document.from_text("A package of $36.5 million in spare parts.")
    >>> [(m.quote, m.value.amount, m.value.currency) for m in find_money(doc)]
    [('$36.5 million', Decimal('36500000'), 'USD')]
    >>> find_money(Document.from_text("F-16 jets and 155 mm shells"))
    []
    """
    text = document.text
    tokens = find_tokens(text)
    if not any(t.codes for t in tokens):
        return []
    sums = _share(text, _add_up(text, _pair(text, tokens)))
    known = _ranges(text, [s for s in sums if s.codes and not _is_weight(text, s)])
    mentions = settle_currency([_mention(text, s) for s in known], document, parties)
    mentions = _conversions(text, mentions)
    bare = [s for s in sums if not s.codes and (s.scale >= MILLION or s.number >= 1000)]
    carried = _carry(text, mentions, bare) if bare else mentions
    return _conversions(text, carried) if len(carried) > len(mentions) else mentions


def _pair(text: str, tokens: list[Token]) -> list[Sum]:
    """Give each number the currency beside it."""
    sums: list[Sum] = []
    used: set[int] = set()
    for i, token in enumerate(tokens):
        if token.number is None:
            continue
        made = Sum(
            token.start, token.end, token.amount, scale=token.scale, number=token.number, letter=token.letter
        )
        before = tokens[i - 1] if i else None
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        leads = before and before.codes and i - 1 not in used and not _only_behind(text, before)
        if before and leads and BETWEEN.match(text[before.end : token.start]):
            made.start, made.codes = before.start, before.codes
            used.add(i - 1)
        elif after and after.codes and BETWEEN.match(text[token.end : after.start]):
            following = tokens[i + 2] if i + 2 < len(tokens) else None
            belongs_right = (
                after.symbol
                and following
                and following.number is not None
                and following.start == after.end
                and after.start > token.end
            )
            if not belongs_right and not (token.scale == 1 and _only_behind(text, after)):
                made.end, made.codes = after.end, after.codes
                used.add(i + 1)
                _scale_after(text, made)
        made.end -= text[made.end - 1] == "." and made.end == token.end
        sums.append(made)
    return sums


def _only_behind(text: str, token: Token) -> bool:
    """Whether the word is money only behind a scale ("5 billion won"), else a verb."""
    return text[token.start : token.end].lower() in grammar()["currency"]["only_behind"]


def _scale_after(text: str, made: Sum) -> None:
    """Take in a scale that stands behind the currency: "50 EUR million"."""
    behind = SCALE_BEHIND.match(text, made.end, made.end + 16) if made.scale == 1 else None
    if behind:
        made.scale = next(s.factor for s in scales() if s.form == behind.group(1).lower())
        made.low, made.end = times(made.number, made.scale), behind.end()


def _share(text: str, sums: list[Sum]) -> list[Sum]:
    """Spread scale and currency over "€125 and €20 million" and "400 and 500 million euros"."""
    for left, right in zip(reversed(sums[:-1]), reversed(sums[1:]), strict=True):
        gap = text[left.end : right.start]
        if len(gap) > 12 or not (AND.match(gap) or RANGE.match(gap)):
            continue
        ranged = RANGE.match(gap) is not None and left.number < right.number
        if left.codes and not right.codes and ranged and not _counts_things(text, right):
            right.codes = left.codes
        if not right.codes or (left.codes and left.codes != right.codes):
            continue
        if left.scale == 1 and right.scale > 1 and left.number < 1000 and (ranged or not RANGE.match(gap)):
            left.scale, left.low = right.scale, times(left.number, right.scale)
        if left.scale > 1:
            left.codes = right.codes
    return sums


def _add_up(text: str, sums: list[Sum]) -> list[Sum]:
    """Read "$2 billion 980 million" (and "$2 billion $980 million") as one number."""
    found: list[Sum] = []
    for s in sums:
        last = found[-1] if found else None
        blank = last is not None and text[last.end : s.start].isspace() and s.start - last.end < 3
        if last and blank and 1000 * s.scale <= last.scale and s.number < 1000 and s.scale > 1:
            if s.codes in {(), last.codes} or not last.codes:
                last.end, last.low, last.codes = s.end, times(last.low + s.low, 1), last.codes or s.codes
                continue
        found.append(s)
    return found


def _carry(text: str, known: list[Mention], bare: list[Sum]) -> list[Mention]:
    """Add bare sums ("four billion goes to...") with the currency of a neighbour."""
    found = list(known)
    restating: set[int] = {m.start for m in known if m.value.converts is not None}
    by_amount = {m.value.amount: m for m in reversed(known) if m.start not in restating}
    for s in bare:
        place = bisect_left(found, s.start, key=lambda m: m.start)
        lender = _lender(text, s, found, place, restating, by_amount)
        if lender is not None:
            made = _mention(text, s)
            like = lender.value
            reason = "currency_carried" if like.currency else like.reason
            value = replace(made.value, currency=like.currency, candidates=like.candidates, reason=reason)
            found.insert(place, replace(made, value=value))
    return found


def _lender(
    text: str,
    s: Sum,
    found: list[Mention],
    place: int,
    restating: set[int],
    by_amount: dict[Decimal, Mention],
) -> Mention | None:
    last = found[place - 1] if place else None
    if s.scale < MILLION and not (last is not None and AND.match(text[last.end : s.start])):
        return None
    if _counts_things(text, s):
        return None
    same = by_amount.get(s.low)
    if same is not None and same.start < s.start:
        return same
    following = found[place] if place < len(found) and found[place].start - s.end < 150 else None
    reach = 1500 if s.scale > MILLION else 250
    earlier = [m for m in reversed(found[max(0, place - 8) : place]) if s.start - m.end < reach]
    if following and is_link(text[s.end : following.start]):
        restating.add(following.start)
        return next((m for m in earlier if same_worth(replace(m.value, amount=s.low), following.value)), None)
    if s.scale == MILLION and not _tells_of_money(text, s, found[max(0, place - 1) : place + 1]):
        return None
    earlier = [m for m in earlier if m.start not in restating and not _in_brackets(text, m)] or earlier
    return earlier[0] if earlier else following


def _in_brackets(text: str, mention: Mention) -> bool:
    """Whether a sum is an aside, which lends its currency to nobody."""
    left = max(0, mention.start - 80)
    return text.rfind("(", left, mention.start) > text.rfind(")", left, mention.start)


def _tells_of_money(text: str, s: Sum, beside: list[Mention]) -> bool:
    """Whether the sentence of a bare "3 million" speaks of money: a sum or giving, and no crowd."""
    left, right = max(0, s.start - 150), s.end + 100
    start = left + len(SENTENCE_END.split(text[left : s.start])[-1])
    start = s.start - (start - left)
    end = s.end + len(SENTENCE_END.split(text[s.end : right])[0])
    words = set(re.findall(r"[a-z]+", text[start:end].lower()))
    carry = grammar()["carry"]
    if words & set(carry["crowd"]):
        return False
    return any(start <= m.start < end for m in beside) or bool(words & set(carry["giving"]))


def _is_weight(text: str, s: Sum) -> bool:
    """Whether the pounds are of a bomb."""
    if s.codes != ("GBP",) or s.scale > 1 or "pound" not in text[s.start : s.end].lower():
        return False
    words = re.findall(r"[a-z]+", text[s.end : s.end + 30].lower())
    weights = grammar()["weight"]
    return bool(words) and (
        words[0] in weights["things"] or (words[0] == "of" and not set(words[1:]) & set(weights["money"]))
    )


def _counts_things(text: str, bare: Sum) -> bool:
    """Whether a noun says that the number counts people or goods."""
    words = grammar()["carry"]
    following = NEXT_WORD.match(text, bare.end, bare.end + 30)
    if following and following.group(1).lower() not in words["next"]:
        return True
    clause = CLAUSE_END.split(text[max(0, bare.start - 30) : bare.start].lower())[-1]
    before = re.findall(r"[a-z]+", clause)
    return any(word in words["count_before"] for word in before)


def _ranges(text: str, sums: list[Sum]) -> list[Sum]:
    found: list[Sum] = []
    for s in sums:
        last = found[-1] if found else None
        if last and last.high is None and last.codes == s.codes and last.low < s.low:
            gap = text[last.end : s.start]
            lead = text[max(0, last.start - 24) : last.start].lower().split()[-2:]
            rises = lead[-1:] == ["from"] and not lead[0].startswith("rang")
            if (RANGE.match(gap) and not rises) or (
                lead[-1:] == ["between"] and gap.strip().lower() == "and"
            ):
                last.end, last.high = s.end, s.low
                continue
        found.append(s)
    return found


@cache
def _modifiers(side: str) -> dict[str, str]:
    return {w.form: w.modifier for w in modifier_words() if w.side == side}


@cache
def _edges(side: str) -> frozenset[str]:
    """Words next to the sum with which a phrase ends (before it) or begins (after it)."""
    edge = -1 if side == "before" else 0
    return frozenset(form.split()[edge].rstrip(".") for form in _modifiers(side))


def _phrase(side: str, words: list[str]) -> tuple[int, str] | None:
    """The longest phrase that touches the sum on that side: its length and its modifier."""
    if not words or words[-1 if side == "before" else 0].rstrip(",.;)") not in _edges(side):
        return None
    table = _modifiers(side)
    for n in range(min(4, len(words)), 0, -1):
        phrase = " ".join(words[-n:] if side == "before" else words[:n])
        found = table.get(phrase) or table.get(phrase.rstrip(",.;)"))
        if found:
            return n, found
    return None


def _modifier(text: str, start: int, end: int) -> str:
    words = text[max(0, start - 40) : start].lower().replace("(", " ").split()
    before = _phrase("before", words)
    if before and not _names_topic(words[: -before[0]], words[-1]):
        return before[1]
    if PLUS.match(text, end):
        return "at_least"
    after = _phrase("after", text[end : end + 24].lower().split())
    return after[1] if after else "exact"


def _names_topic(words: list[str], modifier: str) -> bool:
    """Whether "about" says what the talk is of ("they spoke about €5 million")."""
    speech = grammar()["modifier"]["speech"]
    return modifier == "about" and any(word in speech for word in words[-3:])


def _mention(text: str, s: Sum) -> Mention:
    modifier = "range" if s.high is not None else _modifier(text, s.start, s.end)
    amount = s.low if s.high is None else times((s.low + s.high) / 2, 1)
    single = len(s.codes) == 1
    money = Money(
        amount,
        s.codes[0] if single else None,
        modifier,
        None if s.high is None else s.low,
        s.high,
        () if single else s.codes,
        None,
    )
    return Mention("money", Span(s.start, s.end), text[s.start : s.end], money)


def _conversions(text: str, mentions: list[Mention]) -> list[Mention]:
    """Mark each sum that restates the one before it in another currency."""
    found = list(mentions)
    for i in range(1, len(found)):
        one, two = found[i - 1], found[i]
        gap = text[one.end : two.start] if two.start - one.end <= 80 else ""
        first = i - 1 if one.value.converts is None else one.value.converts
        if gap and restates(gap, found[first].value, two.value, first < i - 1):
            found[i] = replace(two, value=replace(two.value, converts=first))
    return found
