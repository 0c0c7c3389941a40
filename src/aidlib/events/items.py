"""In: two places of a page. Out: the goods named between them, with their numbers."""

from __future__ import annotations

import re

from aidlib.events.page import Page
from aidlib.lexicon import number_words

__all__ = ["VAGUE", "items_near"]

COUNTS = {word: int(value) for word, value in number_words().items() if value.isdigit() and int(value) > 1}
QUANTITY_WORDS = {**COUNTS, "one": 1, "a pair of": 2, "a dozen": 12, "a million": 1_000_000}
QUANTITY = re.compile(
    r"(?:^|[\s(])(\d{1,3}(?:[,\u00a0 ]\d{3})+|\d+(?:\.\d+)?|" + "|".join(QUANTITY_WORDS) + r")"
    r"(?:\s(million|thousand))?\s(?:(?!and\b|or\b)[\w’'.-]+\s){0,2}$",
    re.I,
)
ONE = re.compile(r"\b(?:an?|one)\s(?:[\w-]+\s)?$", re.I)
VAGUE = frozenset({"weapon", "military equipment", "vehicle", "missile", "drone", "spare part"})


def items_near(page: Page, start: int, end: int) -> dict[str, float | None]:
    """Goods named between two places, with their numbers."""
    found: dict[str, float | None] = {}
    text, reach = page.document.text, -1
    for hit in page.near(start, end):
        if hit.kind != "item":
            continue
        named_before = hit.start <= reach + 1  # in "Leopard 2 tanks", the tanks are the Leopards
        reach = hit.end
        if not named_before or hit.key in found:
            count = _quantity(text[max(start, hit.start - 46) : hit.start])
            if count is None and ONE.search(text[max(start, hit.start - 24) : hit.start]):
                count = None if text[hit.end - 1] == "s" else 1
            found.setdefault(hit.key, count)
    clear = {k: v for k, v in found.items() if k not in VAGUE or v is not None}
    return clear or {k: v for k, v in found.items() if k in ("missile", "drone", "vehicle", "spare part")}


def _quantity(before: str) -> float | None:
    match = QUANTITY.search(before.replace("\n", " "))
    if match is None:
        return None
    word = match[1].lower()
    number: float = QUANTITY_WORDS.get(word) or float(re.sub(r"[,\s\u00a0]", "", word))
    if 1900 <= number <= 2100 and match[2] is None:
        return None
    number *= {"million": 1_000_000, "thousand": 1000}.get((match[2] or "").lower(), 1)
    return int(number) if number == int(number) else number
