"""In: a text. Out: the name of its language where that is surely not English."""

from __future__ import annotations

import re

from aidlib.lexicon import languages

HEAD_CHARS = 1500
"""The first page tells the language as well as the whole text does."""
FEWEST_LETTERS = 120
"""Below this a text (a headline, a table cell) is too short to be sure."""
ENGLISH_SHARE = 0.12
"""Share of common words that no other language reaches by shared spellings ("for", "to", "have")."""
SURE = 5.0
"""By how much another language must be likelier, as the logarithm of a ratio."""

COMMON = frozenset(
    {"the", "and", "of", "to", "that", "with", "from", "has", "have", "will", "which", "been"}
    | {"its", "their", "this", "are", "were", "for", "would", "in"}
)


def foreign_language(text: str) -> str | None:
    """Name the language of a text that is not in English; None for English, short or mixed texts.

    Examples
    --------
    >>> foreign_language("NOK 70 millioner")
    >>> foreign_language("Regjeringen gir penger til Ukraina, og stortinget har sagt ja til det. " * 3)
    'Norwegian'
    """
    head = text[:HEAD_CHARS]
    words = re.findall(r"[^\W\d_]+", head.lower())
    common = sum(word in COMMON for word in words)
    if sum(map(len, words)) < FEWEST_LETTERS or common > ENGLISH_SHARE * len(words):
        return None
    ranked = _rank(head)
    code, best = ranked[0]
    return None if code == "en" or best - dict(ranked)["en"] < SURE else languages().get(code)


def _rank(text: str) -> list[tuple[str, float]]:
    # The model takes half a second to load, and most corpora never need it.
    import py3langid

    return [(str(code), float(score)) for code, score in py3langid.rank(text)]
