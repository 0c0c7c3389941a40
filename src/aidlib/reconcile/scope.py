"""In: a claim and the lines. Out: what is to be added up, each with its sum, and what is not, with why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import combinations, permutations

from aidlib.errors import RateError
from aidlib.model import Stage
from aidlib.rates import RateTable, default_rates, to_cents
from aidlib.reconcile.claims import ANYONE, Claim, rounding_of
from aidlib.reconcile.facts import day_of, is_known
from aidlib.reconcile.lines import CHANNEL, UNKNOWN, Figure, Line

__all__ = ["Aside", "Item", "Scope", "Values", "find_scope"]

ZERO = Decimal(0)
Held = dict[str, tuple[str, int]]  # name of a line: why it is not added, and the tier
RANK = {stage.value: stage.rank for stage in Stage}
MOST_OTHERS = 25
MOST_PARTS = 3  # lines that together make the difference of two figures; more would fit by chance


@dataclass(frozen=True, slots=True)
class Values:
    """Sums in the claim's currency, at the rates of its own day."""

    claim: Claim
    table: RateTable = field(default_factory=default_rates)

    def of(self, amount: Decimal, currency: str, into: str | None = None) -> Decimal | None:
        """Convert a sum; None where no rate is known."""
        into = into or self.claim.currency
        if currency == into:
            return amount
        try:
            rates = [self.table.per_unit(code, self.day)[0] for code in (currency, into)]
        except RateError:
            return None
        return to_cents(amount * rates[0] / rates[1])

    @property
    def day(self) -> date:
        """Day whose rates count: the claim's, the middle of a partial one, or of its last year."""
        return day_of(self.claim.day, self.claim.years[1] if self.claim.years else self.table.last_day.year)

    def told(self, currencies: Iterable[str]) -> str:
        """Say which rates were used."""
        used = []
        for code in sorted({*currencies, self.claim.currency} - {"EUR"}):
            with suppress(RateError):
                used.append(f"{code} {1 / self.table.per_unit(code, self.day)[0]:.4f}")
        return f"per euro on {self.day}: {', '.join(used)}" if used else ""

    def near(self, figure: Figure, value: Decimal) -> bool:
        """Whether a figure says that value, as far as it is rounded."""
        told = self.of(figure.amount, figure.currency)
        width = self.of(rounding_of(figure.amount), figure.currency)
        return told is not None and width is not None and abs(told - value) <= width

    def least(self, figures: Iterable[Figure]) -> Decimal:
        """Give the least that the figures allow."""
        return min(self.of(figure.low, figure.currency) or ZERO for figure in figures)

    def most(self, figures: Iterable[Figure]) -> Decimal:
        """Give the most that the figures allow."""
        return max(self.of(figure.high, figure.currency) or ZERO for figure in figures)


@dataclass(frozen=True, slots=True)
class Item:
    """A line as it may be added up: the figure that counts, its value and bounds, its stage.

    ``piece_of`` names the line whose larger figures hold this one beside its smaller.
    """

    line: Line
    figure: Figure
    value: Decimal
    low: Decimal
    high: Decimal
    stage: str
    piece_of: str | None = None

    @property
    def id(self) -> str:
        """Name of its line."""
        return self.line.id


@dataclass(frozen=True, slots=True)
class Aside:
    """A line that is not added up, and why; ``tier`` is lower the nearer to the scope it lies."""

    item: Item
    why: str
    tier: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What a claim is about: items to add up, lines aside, and names of lines without a rate."""

    items: tuple[Item, ...]
    aside: tuple[Aside, ...]
    unvalued: tuple[str, ...] = ()


def find_scope(
    claim: Claim, lines: Iterable[Line], values: Values, *, since: bool = False, handled: bool = False
) -> Scope:
    """Split lines into those that a claim is about and those that lie aside.

    Parameters
    ----------
    since : bool
        Whether figures told after the claim count, of lines that were known by then. Else each
        line counts as it was told by the day of the claim.
    handled : bool
        Whether ``claim.who`` handles the money, and does not pay it.
    """
    items: list[Item] = []
    aside: list[Aside] = []
    unvalued: list[str] = []
    for line in sorted(lines, key=lambda one: one.id):
        why = _why_not(claim, line, handled)
        item = _item(line, claim, values, since=since or bool(why))
        if item is None:
            unvalued += [] if why else [line.id]
        elif why:
            aside.append(Aside(item, *why))
        else:
            items.append(item)
    pool = [*items, *(one.item for one in aside if one.tier == SOON)]
    pieces, held = _divide(items, pool, values)
    items = [replace(item, piece_of=pieces.get(item.id)) for item in items]
    held |= _hold_joint([item for item in items if item.id not in held])
    held |= _hold_parts([item for item in items if item.id not in held])
    aside += [Aside(item, *held[item.id]) for item in items if item.id in held]
    counted = tuple(item for item in items if item.id not in held)
    return Scope(counted, tuple(aside), tuple(unvalued))


WITHIN, MAYBE, SOON, NEAR, YEAR, FAR, OTHER = range(7)
STATUS = {"total": "a running total", "proposed": "only proposed", "other": "for another recipient"}


def _why_not(claim: Claim, line: Line, handled: bool) -> tuple[str, int] | None:
    """Say why a line is not what a claim is about, and how far off it lies."""
    if line.status != "booked":
        return STATUS[line.status], OTHER
    if any(_is_claim(figure, claim) for figure in line.figures):
        return "the claim itself", OTHER
    is_then = is_known(line.first_told, claim.day) and _is_within(line, claim)
    far = FAR if is_then else OTHER
    for column, value in claim.what:
        own = getattr(line, column)
        if own != value and not (column == "channel" and line.is_direct):
            return f"{column} is {own or 'not told'}, not {value}", far
    if line.is_direct:
        return f"paid directly, not through {CHANNEL}", NEAR
    if claim.who not in (ANYONE, line.channel if handled else line.donor):
        if claim.who in line.members:
            return f"paid by several, the share of {claim.who} is not told", NEAR
        return (f"not handled by {claim.who}" if handled else f"paid by {line.donor}"), far
    if not _is_within(line, claim):
        years = "-".join(map(str, sorted(set(line.years))))
        return (f"for {years}" if line.years != UNKNOWN else "its day is not told"), YEAR
    if not is_known(line.first_told, claim.day):
        return f"not announced until {line.first_told}", SOON
    return None


def _is_claim(figure: Figure, claim: Claim) -> bool:
    is_same = (figure.amount, figure.currency) == (claim.amount, claim.currency)
    return is_same and bool(set(figure.docs) & set(claim.docs))


def _is_within(line: Line, claim: Claim) -> bool:
    first, last = claim.years or line.years
    return first <= line.years[0] and line.years[1] <= last


def _item(line: Line, claim: Claim, values: Values, *, since: bool) -> Item | None:
    told = [f for f in line.figures if since or is_known(f.told, claim.day)]
    first = sorted(told, key=lambda one: one.id)
    figure = max(first, key=lambda one: (RANK.get(one.stage, 0), one.told))
    value = values.of(figure.amount, figure.currency)
    if value is None or any(values.of(f.amount, f.currency) is None for f in told):
        return None
    stages = [f.stage for f in told] if line.table == "facts" else []
    stages += [stage for stage, day in line.stages if since or is_known(day, claim.day)]
    stage = max(stages or [figure.stage], key=lambda one: RANK.get(one, 0))
    return Item(line, figure, value, values.least(told), values.most(told), stage)


def _divide(items: Sequence[Item], pool: Sequence[Item], values: Values) -> tuple[dict[str, str], Held]:
    """Find lines that make the difference of two figures of another line of that payer and year.

    Such a line lies within the larger figure, and beside the smaller.

    Returns
    -------
    tuple
        Pieces that lie beside the figure that counts, with their whole; and lines that lie within
        it, with why.
    """
    pieces: dict[str, str] = {}
    held: Held = {}
    for item in items:
        if len(item.line.figures) < 2:
            continue
        others = [o for o in pool if o.id != item.id and _is_kin(item.line, o.line)]
        found = _divisions(item.line, others, values)
        if not found:
            continue
        top = max((division.whole for division in found), key=lambda f: (_value(f, values), f.id))
        found = [d for d in found if values.near(d.whole, _value(top, values))]
        within = {name: d for d in sorted(found, key=lambda d: d.key, reverse=True) for name in d.parts}
        if not values.near(top, item.value) and item.figure not in [d.whole for d in found]:
            own = [d for d in found if d.rest == item.figure]
            beside = (
                min(own, key=lambda d: (len(d.parts), -_value(d.whole, values), d.names)).parts if own else ()
            )
            pieces |= dict.fromkeys(beside, item.id)
            within = {name: d for name, d in within.items() if name not in beside}
        held |= {name: (f"within {item.id}: {division}", WITHIN) for name, division in within.items()}
    return pieces, held


@dataclass(frozen=True, slots=True)
class _Division:
    whole: Figure
    rest: Figure
    parts: tuple[str, ...]
    names: tuple[str, ...]
    off: Decimal

    @property
    def key(self) -> tuple[int, Decimal, tuple[str, ...]]:
        """Fewest parts first, then what lies nearest."""
        return len(self.parts), self.off, self.names

    def __str__(self) -> str:
        return f"{self.rest.id} + {' + '.join(self.names)} = {self.whole.id}"


def _value(figure: Figure, values: Values) -> Decimal:
    return values.of(figure.amount, figure.currency) or ZERO


def _is_kin(one: Line, other: Line) -> bool:
    keys = ("donor", "years", "mechanism", "table")
    return all(getattr(one, key) == getattr(other, key) for key in keys)


def _divisions(line: Line, others: Sequence[Item], values: Values) -> list[_Division]:
    largest = sorted(others, key=lambda item: (-item.value, item.id))[:MOST_OTHERS]
    groups = [group for n in range(1, MOST_PARTS + 1) for group in combinations(largest, n)]
    found = []
    for whole, rest in permutations(line.figures, 2):
        if _value(rest, values) >= _value(whole, values):
            continue
        for group in groups:
            total = _value(rest, values) + sum((item.value for item in group), ZERO)
            if values.near(whole, total):
                ids, names = tuple(i.id for i in group), tuple(i.figure.id for i in group)
                found.append(_Division(whole, rest, ids, names, abs(_value(whole, values) - total)))
    return found


def _hold_joint(items: Sequence[Item]) -> Held:
    """Hold what states pay within what they pay jointly, told later; or the other way, if that is more."""
    held: Held = {}
    for joint in items:
        if joint.line.donor != ANYONE or not joint.line.members:
            continue
        own = [
            item
            for item in items
            if item.line.donor in joint.line.members - {ANYONE, "EU"}
            and item.line.mechanism == joint.line.mechanism
            and item.line.years == joint.line.years
            and item.line.first_told <= joint.line.first_told
            and item.id not in held
        ]
        if sum((item.value for item in own), ZERO) > joint.value:
            why = f"its payers tell more alone: {' + '.join(item.id for item in own)}"
            held[joint.id] = (why, MAYBE)
        else:
            held |= {item.id: (f"may lie within {joint.id}, which several pay", MAYBE) for item in own}
    return held


def _hold_parts(items: Sequence[Item]) -> Held:
    """Hold parts within their whole, and of acts that may be one another all but the largest."""
    by_id = {item.id: item for item in items}
    held: Held = {}
    for item in items:
        if item.line.part_of in by_id and not _is_own_ancestor(item.id, by_id):
            held[item.id] = (f"part of {item.line.part_of}", WITHIN)
    free = {name: item for name, item in by_id.items() if name not in held}
    links = _links(free)
    for item in sorted(free.values(), key=lambda one: (-one.value, one.id)):
        rivals = [name for name in _linked(item.id, links) if name not in held and name != item.id]
        if item.id not in held:
            why = (f"may be the same money as {item.id}", MAYBE)
            held |= {name: why for name in rivals}  # noqa: C420 - reads as the other reasons do
    return held


def _is_own_ancestor(name: str, by_id: Mapping[str, Item]) -> bool:
    at, seen = by_id[name].line.part_of, set()
    while at is not None and at in by_id and at not in seen:
        if at == name:
            return True
        seen.add(at)
        at = by_id[at].line.part_of
    return False


def _links(items: Mapping[str, Item]) -> dict[str, set[str]]:
    links: dict[str, set[str]] = defaultdict(set)
    for name, item in items.items():
        for other in item.line.overlaps & items.keys():
            links[name].add(other)
            links[other].add(name)
    return links


def _linked(name: str, links: Mapping[str, set[str]]) -> set[str]:
    """Name the lines that may be one another, directly or by way of a third."""
    found, open_ = {name}, [name]
    while open_:
        near = links.get(open_.pop(), set()) - found
        open_ += sorted(near)
        found |= near
    return found
