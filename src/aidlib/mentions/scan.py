"""In: a text. Out: every word of the lexicon in it, found in one pass with its offsets."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import ahocorasick

from aidlib.lexicon import Term, terms

__all__ = ["Hit", "scan"]

SPACES = dict.fromkeys(map(ord, "\n\r\t\u00a0\u2009\u202f-\u2010\u2011"), " ") | {0x2019: "'"}


class Hit(NamedTuple):
    """A form of the lexicon at a place in a text."""

    start: int
    end: int
    kind: str
    key: str
    tag: str


def normal(text: str) -> str:
    """Give a copy of equal length in which case, hyphens and kinds of blanks do not count."""
    low = text.lower()
    if len(low) != len(text):  # a few letters grow in lower case, which would move the offsets
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.translate(SPACES)


@cache
def _automaton() -> ahocorasick.Automaton:
    by_form: dict[str, list[tuple[str, Term]]] = {}
    for form, term in terms():
        by_form.setdefault(normal(form), []).append((form, term))
    automaton = ahocorasick.Automaton()
    for form, meanings in by_form.items():
        automaton.add_word(form, (len(form), tuple(meanings)))
    automaton.make_automaton()
    return automaton


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def scan(text: str) -> list[Hit]:
    """Find every word of the lexicon in a text.

    Parameters
    ----------
    text : str
        Offsets of the hits refer to it, in code points.

    Returns
    -------
    list of Hit
        In order of start. Within one kind a shorter hit inside a longer one is left out.

    Examples
    --------
    >>> [(h.kind, h.key) for h in scan("Norwegian NASAMS") if h.kind != "cue"]
    [('party', 'NOR'), ('item', 'NASAMS')]
    >>> [h for h in scan("the user") if h.kind == "party"]
    []
    """
    low, size = normal(text), len(text)
    found: list[Hit] = []
    for last, (length, meanings) in _automaton().iter(low):
        start, end = last - length + 1, last + 1
        if (start and _is_word(low[start - 1]) and _is_word(low[start])) or (
            end < size and _is_word(low[end]) and _is_word(low[last])
        ):
            continue
        for form, term in meanings:
            if not term.cased or text[start:end] == form:
                found.append(Hit(start, end, term.kind, term.key, term.tag))
    return _longest(found)


def _longest(found: list[Hit]) -> list[Hit]:
    found.sort(key=lambda hit: (hit.start, -hit.end))
    reach: dict[str, tuple[int, int]] = {}
    kept = []
    for hit in found:
        slot = hit.kind if hit.kind != "cue" else hit.kind + hit.key
        start, end = reach.get(slot, (-1, -1))
        if hit.end <= end and (hit.start, hit.end) != (start, end):
            continue
        reach[slot] = (hit.start, hit.end)
        kept.append(hit)
    return kept
