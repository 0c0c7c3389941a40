"""In: a claim and the lines. Out: the lines that make it up, the remainder, what may fill it, the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd

from aidlib.ledger import Ledger
from aidlib.reconcile.claims import ANYONE, Claim
from aidlib.reconcile.lines import Figure, Line, lines_of_facts, lines_of_ledger, match_lines
from aidlib.reconcile.scope import FAR, MAYBE, WITHIN, YEAR, Aside, Item, Scope, Values, find_scope
from aidlib.reconcile.search import Choice, by_chance, reasoned_sets

__all__ = ["Result", "Row", "make_lines", "reconcile_claim", "reconcile_claims"]

ZERO = Decimal(0)
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a result. ``role`` is counted, left out, held or candidate.

    ``value``, ``low`` and ``high`` are in the claim's currency, ``eur`` in euro; of a candidate,
    ``leaves`` is what would remain of the claim.
    """

    role: str
    line: str
    figures: str
    donor: str
    stated: Decimal
    currency: str
    value: Decimal
    low: Decimal
    high: Decimal
    eur: Decimal | None
    told: str
    stage: str
    why: str
    quote: str
    source: str
    leaves: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claim: ``verdict`` is explained, ambiguous or not explained.

    ``handled`` says that it counts all that the claim's party handles, not what it pays; ``since``
    that it counts figures told after the claim. ``n_equal`` sets with a reason explain it equally;
    of ``n_subsets`` subsets ``n_chance`` add up to it without one, the least bare of them
    ``chance``. Amounts are in the claim's currency, ``total_eur`` is in euro. ``unvalued`` names
    lines of its scope for which no rate is known.
    """

    claim: Claim
    verdict: str
    handled: bool
    since: bool
    rows: tuple[Row, ...]
    total: Decimal
    low: Decimal
    high: Decimal
    total_eur: Decimal | None
    remainder: Decimal
    n_equal: int
    n_chance: int
    n_subsets: int
    chance: tuple[str, ...]
    rates: str
    unvalued: tuple[str, ...] = ()

    def role(self, name: str) -> list[Row]:
        """Give the rows of one role."""
        return [row for row in self.rows if row.role == name]


def make_lines(facts: pd.DataFrame | None = None, ledger: Ledger | None = None) -> list[Line]:
    """Make the lines of a table of facts and of the books, no money in both."""
    acts = lines_of_ledger(ledger) if ledger is not None else []
    if facts is None:
        return acts
    own = facts[facts["row_type"].isin(("contribution", "claimed_total"))]
    docs = {name for cell in own["brief_ids"] for name in cell.split(";") if name}
    return match_lines(lines_of_facts(facts), acts, docs)


def reconcile_claims(
    claims: Iterable[Claim], *, facts: pd.DataFrame | None = None, ledger: Ledger | None = None
) -> list[Result]:
    """Reconcile claims with the lines of a table of facts, of the books, or of both.

    Parameters
    ----------
    facts : DataFrame, optional
        As ``load_facts`` gives it. Its rows count once with the acts that the books read from the
        same texts, which lend them stages and quotes. Beside a ledger they are lines for claims
        on a mechanism only: wider acts of the books would hold them a second time.
    ledger : Ledger, optional
        Its booked acts are lines; the others are candidates for what remains.

    Returns
    -------
    list of Result
        In the order of the claims.
    """
    lines = make_lines(facts, ledger)
    wide = lines if ledger is None else make_lines(None, ledger)
    return [reconcile_claim(claim, lines if "mechanism" in dict(claim.what) else wide) for claim in claims]


def reconcile_claim(claim: Claim, lines: Sequence[Line]) -> Result:
    """Find the set of lines that explains one claim.

    Lines are first counted as told by the day of the claim, then as told since. Where what
    ``claim.who`` pays does not explain it, all that it handles is tried. A set must have a reason
    for every line that it leaves out (``reasoned_sets``); of those within the tolerance, the one
    that leaves out fewest and then lies nearest counts.
    """
    values = Values(claim)
    ways = [(False, False), (False, True)]
    if claim.who != ANYONE and any(line.channel == claim.who != line.donor for line in lines):
        ways += [(True, False), (True, True)]
    scopes = {way: find_scope(claim, lines, values, handled=way[0], since=way[1]) for way in ways}
    for way, scope in scopes.items():
        sums = [_Sum(choice, values, since=way[1]) for choice in reasoned_sets(claim, scope.items)]
        fits = [one for one in sums if scope.items and abs(one.remainder) <= claim.tolerance]
        if fits:
            fewest = [one for one in fits if len(one.choice.left) == len(fits[0].choice.left)]
            best = min(fewest, key=lambda one: (abs(one.remainder), one.choice.key))
            verdict = "explained" if len(fewest) == 1 else "ambiguous"
            return _result(verdict, best, scope, way, len(fewest), [one.choice for one in fits])
    way = (not scopes[False, True].items and (True, True) in scopes, True)
    sums = [_Sum(choice, values, since=True) for choice in reasoned_sets(claim, scopes[way].items)]
    nearest = min(sums, key=lambda one: (abs(one.remainder), len(one.choice.left), one.choice.key))
    return _result("not explained", nearest, scopes[way], way, 0, [])


class _Sum:
    """A choice, added up: a line and its pieces as the one figure that holds them."""

    def __init__(self, choice: Choice, values: Values, *, since: bool) -> None:
        self.choice, self.values = choice, values
        kept = {item.id for item in choice.kept}
        self.rows = [
            _row("counted", item, values, pieces=[p for p in choice.kept if p.piece_of == item.id])
            for item in choice.kept
            if item.piece_of not in kept
        ]
        self.total = sum((row.value for row in self.rows), ZERO)
        self.remainder = values.claim.amount - self.total


def _row(
    role: str,
    item: Item,
    values: Values,
    *,
    pieces: Sequence[Item] = (),
    why: str = "",
    leaves: Decimal | None = None,
) -> Row:
    figure, claim = item.figure, values.claim
    value = item.value + sum((piece.value for piece in pieces), ZERO)
    same = [f for f in item.line.figures if values.near(f, value)]
    own = _in(claim.currency, figure, same, is_whole=bool(pieces))
    euro = _in("EUR", figure, same, is_whole=bool(pieces))
    shown = own or euro or figure
    low = item.low + sum((piece.low for piece in pieces), ZERO)
    names = " + ".join([figure.id, *(piece.figure.id for piece in pieces)])
    alike = [f for f in item.line.figures if (f.amount, f.currency) == (shown.amount, shown.currency)]
    wholes = [f.id for f in (own, euro, *alike) if f is not None and f.id != figure.id]
    eur = euro.amount if euro else values.of(value, claim.currency, "EUR")
    value = own.amount if own else value
    return Row(
        role,
        item.id,
        " = ".join(dict.fromkeys([names, *wholes])),
        item.line.donor,
        shown.amount,
        shown.currency,
        value,
        min(low, value),
        max(item.high, value),
        eur,
        shown.told,
        item.stage,
        why,
        shown.quote,
        shown.source,
        leaves,
    )


def _in(currency: str, figure: Figure, same: Sequence[Figure], *, is_whole: bool) -> Figure | None:
    """Find the figure that says a sum in a currency: the one that counts, or one that says the same."""
    if figure.currency == currency and not is_whole:
        return figure
    return max((f for f in same if f.currency == currency), key=lambda one: (one.told, one.id), default=None)


def _result(
    verdict: str,
    found: _Sum,
    scope: Scope,
    way: tuple[bool, bool],
    n_equal: int,
    reasoned: Sequence[Choice],
) -> Result:
    values = found.values
    claim = values.claim
    n_fit, n_subsets, chance = by_chance(scope.items, claim.amount, claim.tolerance)
    names = tuple(item.id for item in chance or ())
    # Those too whose pieces add up a little beside the figure that holds them.
    n_reasoned = sum(abs(choice.total - claim.amount) <= claim.tolerance for choice in reasoned)
    left = [_row("left out", item, values, why=why) for item, why in found.choice.left]
    held = [_row("held", one.item, values, why=one.why) for one in scope.aside if one.tier <= MAYBE]
    kept = sorted(found.rows, key=lambda row: (-row.value, row.line))
    euros = [row.eur for row in kept]
    return Result(
        claim,
        verdict,
        *way,
        (*kept, *left, *held, *_candidates(found, scope)),
        found.total,
        sum((row.low for row in kept), ZERO),
        sum((row.high for row in kept), ZERO),
        None if None in euros else sum((eur for eur in euros if eur is not None), ZERO),
        found.remainder,
        n_equal,
        n_fit - n_reasoned,
        n_subsets,
        names if names not in [choice.key for choice in reasoned] else (),
        values.told(row.currency for row in kept),
        scope.unvalued,
    )


def _candidates(found: _Sum, scope: Scope) -> list[Row]:
    """Name what would take off most of the remainder: what is left out or near, and other figures."""
    missing, values = found.remainder, found.values
    if abs(missing) <= values.claim.tolerance:
        return []
    offers = [*_more(found, scope)] if missing > 0 else [*_less(found)]
    offers += _other_figures(found)
    close = [offer for offer in offers if abs(missing - offer[1].value) < abs(missing) * _reach(offer[0])]
    close.sort(key=lambda offer: (offer[0], abs(missing - offer[1].value), offer[1].line, offer[1].figures))
    return [replace(row, leaves=missing - row.value) for _, row in close[:MOST_CANDIDATES]]


def _reach(group: int) -> Decimal:
    # What lies far outside of the scope fits often by chance: it must fit well.
    return Decimal("0.5") if group < 2 else Decimal("0.1")


def _more(found: _Sum, scope: Scope) -> Iterable[tuple[int, Row]]:
    left = [Aside(item, f"left out: {why}", MAYBE) for item, why in found.choice.left]
    for one in (*left, *scope.aside):
        if WITHIN < one.tier <= FAR:
            group = 3 if one.tier >= FAR else 2 if one.tier == YEAR else 0
            yield group, _row("candidate", one.item, found.values, why=one.why)


def _less(found: _Sum) -> Iterable[tuple[int, Row]]:
    for row in found.rows:
        yield 0, replace(row, role="candidate", value=-row.value, why="counted; without it")


def _other_figures(found: _Sum) -> Iterable[tuple[int, Row]]:
    counted = {row.line: row for row in found.rows}
    for item in found.choice.kept:
        for figure in item.line.figures if item.id in counted else ():
            row = counted[item.id]
            value = found.values.of(figure.amount, figure.currency)
            if value is None or found.values.near(figure, row.value):
                continue
            other = _row("candidate", replace(item, figure=figure, value=value), found.values)
            yield 1, replace(other, value=value - row.value, why=f"another figure for {item.id}")
