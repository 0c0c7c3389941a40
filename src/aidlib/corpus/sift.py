"""In: texts, one or a column of them. Out: which can hold aid at all; no other goes through the reader.

A text is passed over only where the reader could find no event in it whatever else it says: it names
neither Ukraine, a scheme of Ukraine's nor what frozen assets earn, or neither a currency, goods nor a
scheme; and it is no short note that names a currency, and that has no day or speaks of aid.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
import re2

from aidlib.events.gates import AID, NOTE, OF_UKRAINE
from aidlib.events.grammar import WINDFALL
from aidlib.events.notes import LONGEST as LONGEST_NOTE
from aidlib.lexicon import terms
from aidlib.mentions.money.tokens import currency_pattern, find_tokens
from aidlib.mentions.scan import scan

__all__ = ["may_hold_aid", "page_may_hold_aid", "sift"]

GAP = "[\\s\u00a0\u2009\u202f\u2010\u2011-]"  # what the reader takes for a blank or a hyphen
RAW_GAP = f"(?:{GAP}|&#?\\w+;){{0,9}}"  # the same in HTML; tags between are taken out
RAW_LETTER = "&#x?[4-9]|&#1[0-2]"  # a letter of ours may hide behind its number
TAG = re.compile(rb"<[^>]*>")
DFA_BYTES = 16 << 20


def _any_of(forms: Iterable[str], gap: str) -> str:
    plain = sorted({re2.escape(form.lstrip("=")) for form in forms}, key=lambda form: (len(form), form))
    return "|".join(form.replace(r"\ ", gap).replace(r"\-", gap).replace(r"\'", "['’]") for form in plain)


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = DFA_BYTES
    options.case_sensitive = False
    return re2.compile(pattern, options=options)


def _subject_forms() -> list[str]:
    return [form for form, term in terms() if (term.kind, term.key) in OF_UKRAINE]


@cache
def _subject() -> Any:
    """Ukraine, its schemes, and what frozen assets earn."""
    windfall = WINDFALL.pattern.replace(r"\b", "")
    return _compile(f"{_any_of(_subject_forms(), GAP)}|{windfall}")


@cache
def _raw_subject() -> Any:
    """The same in HTML as it stands, where blanks and letters may be escaped: a wider net."""
    earned = "windfall|frozen|immobili[sz]ed|blocked|russian"
    return _compile(f"{_any_of(_subject_forms(), RAW_GAP)}|{earned}|{RAW_LETTER}")


@cache
def _money() -> Any:
    return re2.compile(currency_pattern())


def _names_money(raw: bytes) -> bool:
    """Whether the reader could find a sum in a text; "kr" within a word is no currency to it."""
    return _money().search(raw) is not None and any(t.codes for t in find_tokens(raw.decode("utf-8")))


def _has_substance(raw: bytes) -> bool:
    """Whether a text names a currency, goods or a scheme: what an event is about."""
    return _names_money(raw) or any(h.kind in ("item", "mechanism") for h in scan(raw.decode("utf-8")))


def may_hold_aid(text: str, *, dated: bool) -> bool:
    """Tell whether a text can hold an event at all.

    Parameters
    ----------
    text : str
    dated : bool
        Whether its day of publication is given; a short text without one may be a coder's note.

    Examples
    --------
    >>> may_hold_aid("Norway sends Ukraine NOK 7 billion.", dated=True)
    True
    >>> may_hold_aid("Apple paid $5 million in Ireland.", dated=True)
    False
    """
    raw = text.encode("utf-8", "replace")
    if _may_be_note(raw, len(text), dated):
        return True
    return _subject().search(raw) is not None and _has_substance(raw)


def _may_be_note(raw: bytes, letters: int, dated: bool) -> bool:
    """Whether a text may be a short note, which tells of aid without a word of Ukraine."""
    if letters >= (NOTE if dated else LONGEST_NOTE) or not _names_money(raw):
        return False
    return not dated or any(hit[2:4] == AID for hit in scan(raw.decode("utf-8")))


def sift(data: memoryview, starts: Any, letters: Any, undated: Collection[int]) -> list[int]:
    """Find the texts of a column that can hold aid, in one pass over its bytes.

    Parameters
    ----------
    data : memoryview
        The texts in UTF-8, one behind the other.
    starts : ndarray of int, shape (texts + 1,)
        Where each begins in ``data``, and where the last one ends.
    letters : ndarray of int, shape (texts,)
        How long each is, in code points.
    undated : collection of int
        Numbers of the texts without a day, of those that are short enough to be notes.

    Returns
    -------
    list of int
        Numbers of the texts, in order.
    """
    at = starts.tolist()
    short = np.flatnonzero(letters < LONGEST_NOTE).tolist()
    found = {
        n for n in short if _may_be_note(bytes(data[at[n] : at[n + 1]]), int(letters[n]), n not in undated)
    }
    named = [n for n in _naming(_subject(), data, starts) if n not in found]
    return sorted(found | {n for n in named if _has_substance(bytes(data[at[n] : at[n + 1]]))})


def page_may_hold_aid(page: bytes) -> bool:
    """Tell whether a page of HTML, as it stands, names Ukraine or a scheme of Ukraine's.

    Tags are taken out first, for they may stand within a word. A note without a country is not looked for:
    no page of news is one.
    """
    return _raw_subject().search(TAG.sub(b"", page)) is not None


def _naming(pattern: Any, data: memoryview, starts: Any) -> Iterator[int]:
    """Number the pieces in which a pattern is found; one found across two pieces counts for the first."""
    at, end = int(starts[0]), int(starts[-1])
    while (match := pattern.search(data, at, end)) is not None:
        number = int(np.searchsorted(starts, match.start(), side="right")) - 1
        yield number
        at = int(starts[number + 1])
