"""In: the sums of a page in order. Out: which of them add up to another, so that they are its parts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

__all__ = ["Figure", "parts_by_sum"]

REACH = 3
MOST = 7
SLACK = Decimal("0.006")


class Figure(NamedTuple):
    """A sum for counting: its value, its currency, the number of its sentence, and an index."""

    amount: Decimal
    currency: str | None
    sentence: int
    number: int


def parts_by_sum(figures: Sequence[Figure]) -> dict[int, int]:
    """Find sums that add up to another one close by: two to four that make a larger one are its parts.

    Parameters
    ----------
    figures : sequence of Figure
        In the order of the text.

    Returns
    -------
    dict
        Index of a part to the index of its whole. A figure met twice counts once.

    Examples
    --------
    >>> told = [(63, 0), (20, 1), (43, 2), (9, 3)]
    >>> sums = [Figure(Decimal(n), "EUR", s, i) for i, (n, s) in enumerate(told)]
    >>> parts_by_sum(sums)
    {1: 0, 2: 0}
    """
    found: dict[int, int] = {}
    if len(figures) < 3:
        return found
    told: dict[int, list[tuple[int, Figure]]] = {}  # by sentence, each with its place among all
    for place, figure in enumerate(_distinct(figures)):
        told.setdefault(figure.sentence, []).append((place, figure))
    for whole in sorted(figures, key=lambda f: f.amount):
        around = range(whole.sentence - REACH, whole.sentence + REACH + 1)
        close = sorted(pair for sentence in around for pair in told.get(sentence, ()))
        near = [f for _, f in close if f.currency == whole.currency and f.amount < whole.amount]
        if len(near) < 2 or any(found.get(f.number) is not None and len(near) == 2 for f in near):
            continue
        for part in _that_add_up(near[:MOST], whole.amount):
            found.setdefault(part.number, whole.number)
    return found


def _distinct(figures: Sequence[Figure]) -> list[Figure]:
    seen: dict[tuple[Decimal, str | None], Figure] = {}
    for figure in figures:
        seen.setdefault((figure.amount, figure.currency), figure)
    return list(seen.values())


def _that_add_up(near: Sequence[Figure], amount: Decimal) -> tuple[Figure, ...]:
    for size in (2, 3, 4):
        for group in combinations(near, size):
            if abs(sum(f.amount for f in group) - amount) <= amount * SLACK:
                return group
    return ()
