"""In: items and a claim. Out: the sets with a reason for what they leave out, and what fits by chance."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from aidlib.reconcile.claims import Claim
from aidlib.reconcile.scope import RANK, Item

__all__ = ["LARGEST", "Choice", "by_chance", "reasoned_sets"]

LARGEST = 25  # lines of which every subset is tried; smaller ones are counted in each
# A total is often older than the day on which it is told.
RECENT = timedelta(days=31)
ZERO = Decimal(0)
PAID = RANK["disbursed"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A set of items that count; those left out stand with their reason."""

    kept: tuple[Item, ...]
    left: tuple[tuple[Item, str], ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The names of what counts."""
        return tuple(item.id for item in self.kept)

    @property
    def is_sound(self) -> bool:
        """Whether it counts more money than it leaves out; rules that leave little fit by chance."""
        return self.total > sum((item.value for item, _ in self.left), ZERO)

    @property
    def total(self) -> Decimal:
        """The sum of what counts, item by item."""
        return sum((item.value for item in self.kept), ZERO)


def reasoned_sets(claim: Claim, items: Sequence[Item]) -> list[Choice]:
    """Give every set of items that leaves nothing out without a reason.

    A reason holds for all lines alike: (1) a stage that all that counts has reached and all that is
    left out has not; (2) a day by which all that counts was told and after which, within a month
    before the claim, all that is left out; (3) what had been paid before, where the claimant gives
    the rest as a figure of its own. A set that leaves out as much as it counts is none.

    Returns
    -------
    list of Choice
        The whole first, then by the number of items left out and their names. Of reasons that
        leave out the same, the first stands.
    """
    found: dict[frozenset[str], dict[str, str]] = {}
    for stage in [{}, *_below(items)]:
        for recent in [{}, *_after(claim, items)]:
            for spent in _spent(claim, items):
                reasons = stage | recent | spent
                found.setdefault(frozenset(reasons), reasons)
    choices = [
        Choice(
            tuple(item for item in items if item.id not in reasons),
            tuple((item, reasons[item.id]) for item in items if item.id in reasons),
        )
        for reasons in found.values()
    ]
    sound = [choice for choice in choices if not choice.left or choice.is_sound]
    return sorted(sound, key=lambda choice: (len(choice.left), choice.key))


def _below(items: Sequence[Item]) -> Iterator[dict[str, str]]:
    for rank in sorted({RANK[item.stage] for item in items})[1:]:
        least = next(stage for stage, own in RANK.items() if own == rank)
        yield {
            item.id: f"only {item.stage} by then; all that counts was {least} or further"
            for item in items
            if RANK[item.stage] < rank
        }


def _after(claim: Claim, items: Sequence[Item]) -> Iterator[dict[str, str]]:
    if len(claim.day) != 10:
        return
    start = (date.fromisoformat(claim.day) - RECENT).isoformat()
    for day in sorted({item.line.first_told for item in items})[:-1]:
        late = [item for item in items if item.line.first_told > day]
        if all(item.line.first_told >= start for item in late):
            yield {
                item.id: f"told on {item.line.first_told}; all that counts was told by {day}" for item in late
            }


def _spent(claim: Claim, items: Sequence[Item]) -> list[dict[str, str]]:
    by_id = {item.id: item for item in items}
    pieces = []
    for item in items:
        rest = by_id.get(item.piece_of or "")
        if rest is None or RANK[item.stage] < PAID:
            continue
        told = rest.figure
        if told.by == claim.by and claim.by or set(told.docs) & set(claim.docs):
            who = claim.by or "the claim"
            why = f"{item.stage} before ({item.line.first_told}); {who} gives the rest, {told.id}"
            pieces.append((item.id, why))
    return [dict(group) for n in range(len(pieces) + 1) for group in combinations(pieces, n)]


def by_chance(
    items: Sequence[Item], target: Decimal, tolerance: Decimal
) -> tuple[int, int, tuple[Item, ...] | None]:
    """Count the subsets whose sum lies within the tolerance, whatever they leave out.

    Exact, by halves that meet in the middle; beyond the ``LARGEST`` items the smaller ones are in
    every subset.

    Returns
    -------
    tuple
        How many fit, how many there are, and the one that leaves out fewest and then lies nearest;
        None where none fits.

    Examples
    --------
    >>> by_chance([], Decimal(5), Decimal(1))
    (0, 1, None)
    """
    ranked = sorted(items, key=lambda item: (-item.value, item.id))
    free, fixed = ranked[:LARGEST], ranked[LARGEST:]
    base = sum((_cents(item) for item in fixed), 0)
    low, high = int((target - tolerance) * 100) - base, int((target + tolerance) * 100) - base
    half = len(free) // 2
    left, right = _halves(free[:half]), _halves(free[half:])
    totals = {out: [total for total, _ in sums] for out, sums in right.items()}
    n, best = 0, None
    for out, sums in left.items():
        for other, keys in totals.items():
            for total, kept in sums:
                first, last = bisect_left(keys, low - total), bisect_right(keys, high - total)
                n += last - first
                middle = bisect_left(keys, (low + high) // 2 - total)
                for at in range(max(first, middle - 1), min(last, middle + 1)):
                    far = abs(total + keys[at] - (low + high) // 2)
                    rank = (out + other, far, kept + right[other][at][1])
                    best = min(best, rank) if best else rank
    chosen = None
    if best:
        names = {*best[2], *(item.id for item in fixed)}
        chosen = tuple(item for item in items if item.id in names)
    return n, 2 ** len(free), chosen


def _cents(item: Item) -> int:
    return int(item.value * 100)


def _halves(items: Sequence[Item]) -> dict[int, list[tuple[int, tuple[str, ...]]]]:
    """Give the sums of all subsets by how many are left out, each list ascending."""
    found: dict[int, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for n in range(len(items) + 1):
        for group in combinations(items, n):
            names = tuple(item.id for item in group)
            found[len(items) - n].append((sum(map(_cents, group)), names))
    return {out: sorted(sums) for out, sums in found.items()}
