"""In: a text. Out: every word of the lexicon in it, found in one pass with its offsets."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import NamedTuple

import ahocorasick

from aidlib.lexicon import terms

__all__ = ["Hit", "lower", "scan"]

FOLDS = (*((blank, " ") for blank in "\n\r\t\u00a0\u2009\u202f-\u2010\u2011"), ("\u2019", "'"))
START, END = itemgetter(0), itemgetter(1)

Found = tuple[int, int, str, tuple[str, str, str]]


class Hit(NamedTuple):
    """A form of the lexicon at a place in a text."""

    start: int
    end: int
    kind: str
    key: str
    tag: str


def lower(text: str) -> str:
    """Give a copy of equal length in lower case."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)  # a few letters would grow


def normal(text: str) -> str:
    """Give a copy of equal length in which case, hyphens and kinds of blanks do not count."""
    low = lower(text)
    for sign, plain in FOLDS:  # quicker than ``translate``
        low = low.replace(sign, plain)
    return low


@cache
def _automaton() -> ahocorasick.Automaton:
    """Every form with its length, whether its ends are parts of words, and its meanings.

    A meaning is the way it must be written (None: any), the slot in which the longer hit wins, and what
    the hit says.
    """
    by_form: dict[str, list[tuple[str | None, str, tuple[str, str, str]]]] = {}
    for form, term in terms():
        slot = term.kind if term.kind != "cue" else term.kind + term.key
        meaning = (form if term.cased else None, slot, (term.kind, term.key, term.tag))
        by_form.setdefault(normal(form), []).append(meaning)
    automaton = ahocorasick.Automaton()
    for form, meanings in by_form.items():
        automaton.add_word(form, (len(form), _is_word(form[0]), _is_word(form[-1]), tuple(meanings)))
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
    low = normal(text)
    # What no form holds stands behind the last word and (at -1) before the first.
    ends = low.replace("_", "x") + "\n"
    found: list[Found] = []
    for last, (length, opens, closes, meanings) in _automaton().iter(low):
        start, end = last - length + 1, last + 1
        if (opens and ends[start - 1].isalnum()) or (
            closes and (ends[end].isalnum() or ends[end] == "$")
        ):  # US$ is money
            continue
        for written, slot, says in meanings:
            if written is None or text[start:end] == written:
                found.append((start, end, slot, says))
    return _longest(found)


def _longest(found: list[Found]) -> list[Hit]:
    found.sort(key=END, reverse=True)
    found.sort(key=START)
    reach: dict[str, Found] = {}
    kept = []
    for hit in found:
        start, end, slot, says = hit
        before = reach.get(slot)
        if before is not None and end <= before[1] and (start != before[0] or end != before[1]):
            continue
        reach[slot] = hit
        kept.append(Hit(start, end, *says))
    return kept
