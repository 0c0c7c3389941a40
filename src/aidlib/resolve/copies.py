"""In: documents. Out: which of them are copies of one text, such as one wire item in many papers.

Copies are one voice: they confirm nothing that the first of them does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aidlib.model import Document

__all__ = ["count_voices", "find_copies"]

Codes = npt.NDArray[np.uint64]

WORD = re.compile(r"\w+")
LENGTH = 5  # words to a shingle
# What a copy shares with its original: of the shorter text's shingles (of two texts of one length
# that is a Jaccard index of 0.7), and of the shingles of both, so that one may be cut to half.
OF_SHORTER = 0.82
OF_BOTH = 0.5
# Releases on two packages may be of one mould; then their figures differ, or their weeks.
OF_FIGURES = 0.75
DAYS = 10
# In fewer shingles than this a mould weighs too much: short texts are copies word by word only.
SHORTEST = 60
# Of 100 pairs that share just OF_BOTH 96 meet in a band, of 10,000 of one length with OF_SHORTER all.
BANDS, ROWS, SEED = 24, 3, 1
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
LARGEST_TABLE = 28  # bits: 256 MB
NO_TEXT = sha256(b"").hexdigest()


def find_copies(documents: Iterable[Document]) -> dict[str, str]:
    """Find the documents whose text is that of another, told earlier.

    Texts of the same words are copies; case, punctuation and spacing aside. So are longer texts, of
    days that are near or unknown, that share most of their word 5-shingles and figures: another
    headline, a cut tail, misprints or a line of the paper's own make no other report. Candidates
    come from MinHash and locality-sensitive hashing (Broder 1997; datasketch) with a fixed seed,
    and each is compared in full.

    Parameters
    ----------
    documents : iterable of Document
        In any order; no id twice. One without text has only its ``sha256``, and is a copy where that
        is equal. Rows of a register are left out: it keeps its acts apart.

    Returns
    -------
    dict of str to str
        Id of each copy, and that of its original: of all texts like it the earliest, by day, then
        id. An original is never a copy itself.

    Examples
    --------
    >>> wire = Document.from_text("Latvia gave €2 million.", id="a", published="2024-05-01")
    >>> paper = Document.from_text("LATVIA GAVE €2 MILLION", id="b", published="2024-05-02")
    >>> find_copies([paper, wire])
    {'b': 'a'}
    """
    listed = sorted((one for one in documents if one.register is None), key=_order)
    exact, others = _same_words(listed)
    near = _near_copies(others)
    return near | {name: near.get(original, original) for name, original in exact.items()}


def _order(document: Document) -> tuple[date, str]:
    return document.published or date.max, document.id


def _words(text: str) -> bytes:
    return " ".join(WORD.findall(text.casefold())).encode("utf-8", "backslashreplace")


def _same_words(listed: Sequence[Document]) -> tuple[dict[str, str], list[Document]]:
    """Part documents into copies word by word, each with its original, and the rest."""
    first: dict[str | bytes, Document] = {}
    copies, others = {}, []
    for document in listed:
        keys = _marks(document)
        original = next((first[key] for key in keys if key in first), document)
        for key in keys:
            first.setdefault(key, original)
        if original is document:
            others.append(document)
        else:
            copies[document.id] = original.id
    return copies, others


def _marks(document: Document) -> list[str | bytes]:
    """What only copies have in common: the hash of the text, and that of its words."""
    words = _words(document.text)
    # A document read back without its text still has the hash that was written for it.
    marks: list[str | bytes] = [document.sha256] if words or document.sha256 != NO_TEXT else []
    return [*marks, sha256(words).digest()] if words else marks


def _shingles(words: bytes) -> Codes:
    """Hash the runs of five words to 32 bits; each hash once."""
    codes = np.fromiter(map(crc32, words.split()), dtype=np.uint64)
    mixed = codes[: max(len(codes) - LENGTH + 1, 0)]
    for place in range(1, LENGTH):
        mixed = mixed * MULTIPLIER + codes[place : place + len(mixed)]
    return np.unique((mixed * MULTIPLIER) >> np.uint64(32))


def _near_copies(others: Sequence[Document]) -> dict[str, str]:
    """Find texts that are mostly those of others; an original is the centre of its copies."""
    held = _with_recurring([one for one in others if len(one.text) >= 2 * SHORTEST])
    if len(held) < 2:
        return {}
    # It takes a third of a second to load, and most ledgers hold no two texts that are alike.
    from datasketch import MinHash, MinHashLSH

    blank = MinHash(num_perm=BANDS * ROWS, seed=SEED, hashfunc=int)
    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    copies = {}
    for place, document in enumerate(held):
        sketch = blank.copy()
        sketch.update_batch(_shingles(_words(document.text)).tolist())
        likest = max(((_shared(held[n], document), -n) for n in index.query(sketch)), default=(0.0, 0))
        if likest[0]:
            copies[document.id] = held[-likest[1]].id
        else:
            index.insert(place, sketch)
    return copies


def _with_recurring(documents: Sequence[Document]) -> list[Document]:
    """Keep the texts of which so many shingles are met elsewhere that they may be copies at all.

    Shingles are counted in a table of bounded size: two that fall together there only keep a text more.
    """
    size = min(sum(len(one.text) for one in documents).bit_length(), LARGEST_TABLE)
    mask, met = np.uint64((1 << size) - 1), np.zeros(1 << size, dtype=np.uint8)
    for document in documents:
        slots = _shingles(_words(document.text)) & mask
        met[slots] = np.minimum(met[slots] + 1, 2)
    return [one for one in documents if _recurs(met[_shingles(_words(one.text)) & mask])]


def _recurs(met: npt.NDArray[np.uint8]) -> bool:
    return len(met) >= SHORTEST and bool((met > 1).mean() >= OF_BOTH)


def _shared(one: Document, other: Document) -> float:
    """Share of the shorter text that the longer has too; 0 where they are no copies."""
    if one.published and other.published and abs((one.published - other.published).days) > DAYS:
        return 0.0
    a, b = _words(one.text), _words(other.text)
    left, right = _shingles(a), _shingles(b)
    both = len(np.intersect1d(left, right, assume_unique=True))
    of_shorter, of_both = both / min(len(left), len(right)), both / (len(left) + len(right) - both)
    is_copy = of_shorter >= OF_SHORTER and of_both >= OF_BOTH and _same_figures(a, b)
    return of_shorter if is_copy else 0.0


def _same_figures(a: bytes, b: bytes) -> bool:
    left, right = ({word for word in words.split() if word[:1].isdigit()} for words in (a, b))
    return len(left & right) >= OF_FIGURES * min(len(left), len(right))


def count_voices(documents: Sequence[Document], copies: Mapping[str, str]) -> int:
    """Count the outlets among documents that speak for themselves; copies of one text are one voice.

    Examples
    --------
    >>> told = [Document("a", "", source="AP"), Document("b", "", source="Times")]
    >>> count_voices(told, {}), count_voices(told, {"b": "a"})
    (2, 1)
    """
    leader: dict[str, str] = {}

    def root(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for document in documents:
        outlet = f"outlet {document.source}" if document.source else f"text {document.id}"
        leader[root(f"text {copies.get(document.id, document.id)}")] = root(outlet)
        leader[root(f"text {document.id}")] = root(outlet)
    return len({root(f"text {document.id}") for document in documents})
