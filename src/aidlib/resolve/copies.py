"""In: documents. Out: which of them are copies of one text, such as one wire item in many papers.

Copies are one voice: they confirm nothing that the first of them does not say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aidlib.model import Document

__all__ = ["count_voices", "find_copies"]

WORDS = 5  # in a shingle
LONG = 8  # words of a sentence that two texts hardly share by chance
FEWEST = 40  # shingles below which a text is too short to tell
NEAR, WITHIN = 0.6, 0.85  # share of all shingles that both have, and of those of the shorter text
LOOSE = 0.4  # estimate from which two texts are compared shingle by shingle
PERMUTATIONS, SEED = 128, 7
SENTENCE = re.compile(r"[.!?]\s+|\n+")


def find_copies(documents: Iterable[Document]) -> dict[str, str]:
    """Find the documents that copy another.

    Two texts are copies where they are the same but for blanks and case, where they share 60 % of their
    runs of five words, or where 85 % of the shorter one's stand in the other (a cut tail, a new headline).
    Only texts that share a sentence of eight words are compared at all.

    Parameters
    ----------
    documents : iterable of Document
        In any order; those without a text are compared by its hash.

    Returns
    -------
    dict of str to str
        The id of each copy, and the id of the text that it copies: of a group the one published first,
        of equals the one whose id comes first in the alphabet.

    Examples
    --------
    >>> wire = "Oslo, 5 May (AP). Norway gave Ukraine 2 million euros for generators on Sunday."
    >>> find_copies([Document("b", wire), Document("a", wire.upper()), Document("c", "Another.")])
    {'b': 'a'}
    """
    ordered = sorted(documents, key=lambda d: (d.published is None, d.published, d.id))
    texts = {d.id: _words_of(d) for d in ordered}
    leader = {name: name for name in texts}

    def root(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    rank = {name: place for place, name in enumerate(texts)}
    for one, other in (*_same(texts), *_near(_sharing(ordered, texts), texts)):
        first, second = sorted((root(one), root(other)), key=rank.__getitem__)
        leader[second] = first
    return {name: root(name) for name in texts if root(name) != name}


def _words_of(document: Document) -> tuple[str, ...]:
    return tuple(document.text.lower().split()) or (document.sha256,)


def _same(texts: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    first: dict[tuple[str, ...], str] = {}
    return [(first.setdefault(words, name), name) for name, words in texts.items() if words]


def _sharing(documents: Sequence[Document], texts: dict[str, tuple[str, ...]]) -> list[str]:
    """Name the texts that share a long sentence with another one, each different text once."""
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    distinct = {words: name for name, words in reversed(texts.items())}
    for document in documents:
        if distinct[texts[document.id]] == document.id:
            for sentence in SENTENCE.split(document.text.lower()):
                words = tuple(sentence.split())
                if len(words) >= LONG:
                    holders[words].add(document.id)
    return sorted({name for names in holders.values() if len(names) > 1 for name in names})


def _near(names: Sequence[str], texts: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Pair near copies: those that hash alike are compared in full."""
    if len(names) < 2:
        return []
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=LOOSE, num_perm=PERMUTATIONS)
    shingles: dict[str, frozenset[str]] = {}
    found = []
    for name in names:
        mine = _shingles(texts[name])
        if len(mine) < FEWEST:
            continue
        sketch: Any = MinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update_batch([shingle.encode() for shingle in sorted(mine)])
        found += [
            (str(other), name) for other in index.query(sketch) if _are_near(shingles[str(other)], mine)
        ]
        index.insert(name, sketch)
        shingles[name] = mine
    return found


def _shingles(words: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1))


def _are_near(one: frozenset[str], other: frozenset[str]) -> bool:
    both = len(one & other)
    return both >= NEAR * len(one | other) or both >= WITHIN * min(len(one), len(other))


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
