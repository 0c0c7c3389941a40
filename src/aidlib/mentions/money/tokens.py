"""In: a text. Out: its numbers (with scale) and its words of currency, in one pass of RE2."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

import re2

from aidlib.lexicon import grammar, money_words, number_words, scales

__all__ = ["Token", "currency_pattern", "find_tokens", "times"]

LARGEST_DIGITS = 38
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
WORD = re.compile(r"[^\W\d_]+")
PARTIAL = {"half", "quarter"}
PUSHED = {"another", "additional", "further", "extra", "full", "whole"}
ONES = PUSHED | {"a", "an"}
PARTS = re.compile(r"[^\W\d_]+\.?|[\d.,'’٬]+(?:[ \u00a0\u2007-\u200a\u202f]\d{3}(?!\d)[\d.,]*)*")


def times(number: Decimal, scale: int) -> Decimal:
    """Multiply a number by its scale, without needless zeros behind the point.

    Examples
    --------
    >>> times(Decimal("1.50"), 1000)
    Decimal('1500')
    """
    amount = number * scale if scale > 1 else number
    whole = amount.to_integral_value()
    return whole if amount == whole else amount


class Token(NamedTuple):
    """A number with its scale, or a word of currency.

    ``codes`` is filled for a currency. ``number`` is the figure before the ``scale`` ("1.5");
    ``letter`` says that the scale is a letter ("5m"), which alone does not make money.
    """

    start: int
    end: int
    number: Decimal | None = None
    scale: int = 1
    letter: bool = False
    codes: tuple[str, ...] = ()
    symbol: bool = False

    @property
    def amount(self) -> Decimal:
        """The number times its scale, without needless zeros behind the point."""
        return times(self.number or Decimal(0), self.scale)


def _any_of(forms: list[str]) -> str:
    return "|".join(re2.escape(form).replace(r"\ ", r"\s") for form in sorted(forms, key=len, reverse=True))


@cache
def currency_pattern() -> str:
    """Give the pattern of RE2 for every word, code and symbol of a currency."""
    words = [w for w in money_words() if w.kind in {"symbol", "code", "name"}]
    symbols = _any_of([w.form for w in words if w.kind != "name"])
    names = _any_of([w.form for w in words if w.kind == "name"])
    return rf"\b(?i:{names})\b|{symbols}"


@cache
def _pattern() -> re2._Regexp:
    parts = grammar()["money"]
    scale = _any_of([s.form for s in scales() if s.kind == "word"])
    letters = _any_of([s.form for s in scales() if s.kind == "letter"])
    gap, blank, digits = parts["gap"], parts["blank"], parts["digits"]
    number = _any_of(list(number_words()))
    scaled = rf"(?:{gap}(?:(?i:{scale})|{letters})\b\.?)?(?:{gap}(?i:{scale})\b)?"
    filler = rf"{blank}(?:and{blank}|of{blank}a{blank})?"
    spelt = (
        rf"\b(?i:(?:{number}){filler}(?:(?:{number}|hundred){filler})*(?:{scale})(?:{blank}(?:{scale}))?)\b"
    )
    return re2.compile(rf"{digits}{scaled}|{spelt}|{currency_pattern()}")


@cache
def _currencies() -> dict[str, tuple[str, ...]]:
    table = {w.form: w.codes for w in money_words() if w.kind in {"symbol", "code"}}
    return table | {w.form.lower(): w.codes for w in money_words() if w.kind == "name"}


@cache
def _scales() -> dict[str, tuple[int, bool]]:
    table = {s.form: (s.factor, s.kind == "letter") for s in scales()}
    return {form.lower(): value for form, value in table.items()} | table


def find_tokens(text: str) -> list[Token]:
    """Find numbers and words of currency, in order.

    Examples
    --------
    >>> [(t.start, t.end, t.amount) for t in find_tokens("some 1,2 billion")]
    [(5, 16, Decimal('1200000000'))]
    """
    encoded = text.encode("utf-8", "replace")
    found: list[Token] = []
    at = offset = 0
    is_ascii = len(encoded) == len(text)
    for match in _pattern().finditer(encoded):
        start, end = match.span()
        if not is_ascii:
            offset += len(encoded[at:start].decode("utf-8"))
            at, start = start, offset
            end = start + len(match.group().decode("utf-8"))
        last = found[-1] if found and found[-1].end == start else None
        token = _read(text, start, end, last)
        if token is not None:
            found.append(token)
    return found


def _read(text: str, start: int, end: int, last: Token | None) -> Token | None:
    quote = text[start:end]
    before = text[start - 1] if start else " "
    if quote[0].isdigit():
        if (before.isalpha() or before in "_#") and not (last and last.codes):
            return None
        if before == "." and start > 1 and text[start - 2] in "$€£":
            return None
        read = _read_digits(quote)
        return read and Token(start, start + read[0], read[1], read[2], read[3])
    codes, is_symbol = _read_currency(quote)
    if not codes:
        return _read_words(quote, start, end)
    if not is_symbol and (before.isalnum() or before == "_") and not (last and last.number is not None):
        return None
    if quote[-1].isalpha() and end < len(text) and (text[end].isalpha() or text[end] == "_"):
        return None
    return Token(start, end, codes=codes, symbol=is_symbol)


@lru_cache(4096)
def _read_currency(quote: str) -> tuple[tuple[str, ...], bool]:
    key = " ".join(quote.split())
    return _currencies().get(key) or _currencies().get(key.lower(), ()), not quote[0].isalpha()


@lru_cache(4096)
def _read_digits(quote: str) -> tuple[int, Decimal, int, bool] | None:
    """Length used, number, scale, and whether the scale is a letter."""
    pieces = PARTS.findall(INVISIBLE.sub(" ", quote))
    digits, words = pieces[0], pieces[1:]
    if sum(c.isdigit() for c in digits) > LARGEST_DIGITS:
        return None
    scale, letter = 1, False
    for word in words:
        factor, is_letter = (
            _scales().get(word) or _scales().get(word.rstrip(".")) or _scales()[word.lower().rstrip(".")]
        )
        scale, letter = scale * factor, letter or is_letter
    used = len(quote) - (quote[-1] == "." and bool(words) and words[-1] not in _scales())
    number = parse_number(digits, scale > 1)
    if number and number.adjusted() + len(str(scale)) > LARGEST_DIGITS:
        return None
    return used, number, scale, letter


def _read_words(quote: str, start: int, end: int) -> Token | None:
    """Read "one and a half billion"; an article counts one only where no number follows it."""
    words = [(m.start(), m.group()) for m in WORD.finditer(quote.lower()) if m.group() not in {"and", "of"}]
    values = [number_words().get(word) for _, word in words]
    while len(words) > 1 and words[0][1] in ONES and values[1] and words[1][1] not in PARTIAL:
        words, values = words[1:], values[1:]
    number, scale = Decimal(0), 1
    for place, ((_, word), value) in enumerate(zip(words, values, strict=True)):
        if word == "hundred" and place < len(words) - 1:
            number = (number or Decimal(1)) * 100
        elif value is None:
            scale *= _scales()[word][0]
        elif not (word in ONES and place):
            number += Decimal(value)
    if words[0][1] in PARTIAL or (words[0][1] in ONES and len(words) > 1 and words[1][1] in PARTIAL):
        number = Decimal(number_words()["half" if any(w == "half" for _, w in words) else "quarter"])
    start += words[0][0] if words[0][1] not in PUSHED else words[1][0]
    return Token(start, end, number, scale)


def parse_number(digits: str, scaled: bool) -> Decimal:
    """Read digits in English or continental grouping.

    Examples
    --------
    >>> parse_number("1.250,5", False), parse_number("661.226.068", False)
    (Decimal('1250.5'), Decimal('661226068'))
    >>> parse_number("1,2", True), parse_number("1,250", True)
    (Decimal('1.2'), Decimal('1250'))
    """
    digits = re.sub(r"[\s'’٬]", "", digits)
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        decimal = "." if digits.rfind(".") > digits.rfind(",") else ","
        if digits.count(decimal) > 1:
            return Decimal(re.sub("[.,]", "", digits))
        return Decimal(digits.replace("," if decimal == "." else ".", "").replace(",", "."))
    mark = "." if dots else ","
    if dots + commas != 1:
        return Decimal(digits.replace(mark, ""))
    whole, part = digits.split(mark)
    grouped = len(part) == 3 and whole != "0" and len(whole) <= 3 and not (mark == "." and scaled)
    return Decimal(whole + part) if grouped else Decimal(f"{whole}.{part}")
