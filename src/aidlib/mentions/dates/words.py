"""In: the words of ``date_words.csv``. Out: look-ups and alternations for the patterns of dates."""

from __future__ import annotations

import re
from functools import cache

from aidlib.lexicon import date_words

__all__ = ["any_of", "cased", "words_of"]


@cache
def words_of(kind: str) -> dict[str, str]:
    """Give the forms of one kind in lower case, with their values."""
    return {w.form.lower(): w.value for w in date_words() if w.kind == kind}


def any_of(kind: str) -> str:
    """Give the forms of one kind as alternatives, longest first."""
    forms = sorted(words_of(kind), key=len, reverse=True)
    return "|".join(re.escape(f).replace(r"\ ", r"\s") for f in forms)


def cased(kind: str) -> str:
    """Give the forms of one kind as they are written or in capitals; short ones may end in a point."""
    forms = sorted((w.form for w in date_words() if w.kind == kind), key=len, reverse=True)
    return "|".join(f"{f}|{f.upper()}" if len(f) > 3 else rf"(?:{f}|{f.upper()})\.?" for f in forms)
