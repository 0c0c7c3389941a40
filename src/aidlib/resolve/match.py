"""In: two reports. Out: how much speaks for their being one act, and the cues of it."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from aidlib.errors import RateError
from aidlib.lexicon import match_weights
from aidlib.model import AidType
from aidlib.rates import RateTable, default_rates
from aidlib.resolve.reports import Report, Sum, slack_of, unit_of

__all__ = ["EXACT", "SCHEMES", "Match", "match_accept", "match_doubt", "match_reports"]

Match = tuple[float, tuple[str, ...]]

# Schemes under which a donor has few acts, so that the scheme itself speaks for sameness.
SCHEMES = frozenset(
    "ammunition_initiative coalition_fund danish_model direct_industry epf framework joint_production loan "
    "purl".split()
)
NEAR = frozenset(
    map(
        frozenset,
        [
            ("in_kind", "procurement"),
            ("danish_model", "direct_industry"),
            ("direct_industry", "joint_production"),
            ("direct_industry", "procurement"),
            ("grant", "budget_support"),
            ("grant", "procurement"),
            ("loan", "budget_support"),
        ],
    )
)
EXACT = 0.005
CONVERTED = 0.015
NEARBY = 0.10
AMENDED = 0.25
AT_ONCE = 10
OTHER_SUM = (("sum_differs",), ("sum_near",))
VAGUE = (None, AidType.MIXED)
NOTHING: Match = (0.0, ())


@cache
def _weights() -> dict[str, float]:
    return {row.name: row.value for row in match_weights()}


@cache
def _cue(name: str, factor: float = 1.0) -> Match:
    return _weights()[name] * factor, (name,)


def match_accept() -> float:
    """Score from which two reports are one act."""
    return _weights()["accept"]


def match_doubt() -> float:
    """Score from which two reports of one sum stay undecided."""
    return _weights()["doubt"]


def match_reports(a: Report, b: Report, *, table: RateTable | None = None) -> Match:
    """Weigh whether two reports of one donor and recipient tell of one act.

    Parameters
    ----------
    a, b : Report
        In order of telling.

    Returns
    -------
    score, cues
        The sum of the weights of ``data/resolve.csv`` that apply, and their names.
    """
    table = table or default_rates()
    sums = _match_sums(a, b, table)
    if a.is_total:
        return _match_totals(a, b, sums)
    if sums[1] in OTHER_SUM:
        if _is_amended(a, b):
            sums = _cue("sum_amended")
        elif sums[1] == OTHER_SUM[0]:
            # Nothing else can outweigh it.
            return sums
    mechanisms, items = _match_mechanisms(a, b), _match_items(a, b)
    kinds, days = _match_kinds(a, b), _match_days(a, b)
    return (
        sums[0] + mechanisms[0] + items[0] + kinds[0] + days[0],
        sums[1] + mechanisms[1] + items[1] + kinds[1] + days[1],
    )


@lru_cache(maxsize=65536)
def _rate(table: RateTable, currency: str, day: date) -> float | None:
    try:
        return float(table.per_unit(currency, day)[0])
    except RateError:
        return None


def _match_sums(a: Report, b: Report, table: RateTable) -> Match:
    if not a.sums or not b.sums:
        return NOTHING
    if len(a.sums) == len(b.sums) == 1:
        return _match_sum(a.sums[0], b.sums[0], (a.told, b.told), table)
    return max(
        (_match_sum(x, y, (a.told, b.told), table) for x in a.sums for y in b.sums),
        key=lambda match: match[0],
    )


def _match_sum(x: Sum, y: Sum, days: tuple[date, date], table: RateTable) -> Match:
    if x.currency == y.currency:
        gap = abs(x.amount - y.amount) / max(x.amount, y.amount)
        if gap <= EXACT and (gap == 0 or min(x.digits, y.digits) > 2):
            weights = _weights()
            digits = min(x.digits, y.digits, 3)
            return weights["sum_same"] + weights["sum_same_digit"] * (digits - 1), ("sum_same",)
        return _match_rounded(x, y, x.amount, y.amount) or _cue("sum_differs")
    gaps = [(gap, ratio) for gap, ratio in (_convert_gap(x, y, day, table) for day in days) if ratio]
    if not gaps:
        return NOTHING
    gap, ratio = min(gaps)
    if gap <= CONVERTED:
        return _cue("sum_converted")
    rounded = _match_rounded(x, y, x.amount * ratio, y.amount)
    if rounded or gap > NEARBY:
        return rounded or _cue("sum_differs")
    return _cue("sum_near")


def _convert_gap(x: Sum, y: Sum, day: date, table: RateTable) -> tuple[float, float]:
    one, other = _rate(table, x.currency, day), _rate(table, y.currency, day)
    if not one or not other:
        return 1.0, 0.0
    ratio = one / other
    return abs(x.amount * ratio - y.amount) / max(x.amount * ratio, y.amount), ratio


def _match_rounded(x: Sum, y: Sum, left: float, right: float) -> Match | None:
    """Whether the sum with fewer digits is the other one rounded, or its floor ("more than")."""
    coarse, fine, of = (x, right, left) if x.digits < y.digits else (y, left, right)
    if x.digits == y.digits and x.currency == y.currency:
        return None
    unit = coarse.unit if of == coarse.amount else unit_of(of, coarse.digits)
    is_floor = coarse.is_floor and of <= fine < of + unit
    gap = abs(fine - of)
    if is_floor or gap <= slack_of(of, unit):
        return _cue("sum_rounded", max(min(coarse.digits, 3), 2 if gap <= CONVERTED * of else 1))
    return None


def _is_amended(a: Report, b: Report) -> bool:
    """Whether a proposal became law with another amount: one scheme, within months."""
    if a.is_proposed == b.is_proposed:
        return False
    first, second = (a, b) if a.is_proposed else (b, a)
    if second.first < first.first or second.event.about_past or (second.first - first.last).days > 150:
        return False
    if (first.event.part_of is None) != (second.event.part_of is None):
        return False
    x, y = first.sums[0], second.sums[0]
    is_close = x.currency == y.currency and abs(x.amount - y.amount) <= AMENDED * max(x.amount, y.amount)
    return is_close and first.mechanism is not None and first.mechanism == second.mechanism


def _match_mechanisms(a: Report, b: Report) -> Match:
    one, other = a.mechanism, b.mechanism
    if one is None or other is None:
        return NOTHING
    if one == other:
        return _cue("mechanism_scheme" if one in SCHEMES else "mechanism_same")
    return _cue("mechanism_near" if frozenset((one, other)) in NEAR else "mechanism_differs")


def _match_items(a: Report, b: Report) -> Match:
    if not a.items or not b.items:
        differs = (a.named or b.named) and _is_goods_beside_sum(a, b)
        return _cue("item_differs") if differs else NOTHING
    shared = a.items.keys() & b.items.keys()
    lacks_sum = not (a.sums and b.sums)
    if not shared:
        differs = (a.named and b.named) or (lacks_sum and (a.named or b.named))
        return _cue("item_differs") if differs else NOTHING
    # Goods told without a sum are not the package that names them too, unless both go one way.
    is_one_way = bool(a.sums) == bool(b.sums) or (a.mechanism is not None and a.mechanism == b.mechanism)
    if not is_one_way:
        return NOTHING
    is_named = not a.named.isdisjoint(b.named)
    score, cues = _cue("item_named" if is_named else "item_generic")
    counts = [(a.items[item], b.items[item]) for item in shared]
    equals = [x == y for x, y in counts if x is not None and y is not None]
    if equal := sum(equals):
        more, names_of = _cue("item_count", min(equal, 2))
        return score + more, cues + names_of
    if equals and lacks_sum:
        more, names_of = _cue("item_count_differs")
        return score + more, cues + names_of
    return score, cues


def _is_goods_beside_sum(a: Report, b: Report) -> bool:
    """Whether one tells of goods without a sum, and the other of a sum without goods."""
    goods, sum_ = (a, b) if a.items else (b, a)
    return not goods.sums and bool(sum_.sums) and not sum_.items


def _match_kinds(a: Report, b: Report) -> Match:
    one, other = a.event.aid_type, b.event.aid_type
    if one is other or one in VAGUE or other in VAGUE:
        return NOTHING
    return _cue("aid_type_differs") if AidType.MILITARY in (one, other) else NOTHING


def _match_days(a: Report, b: Report) -> Match:
    if a.is_loose or b.is_loose:
        return _match_loose(a, b)
    gap = max(b.first_day - a.last_day, a.first_day - b.last_day, 0)
    spread = max(a.last_day - a.first_day, b.last_day - b.first_day)
    if gap == 0 and spread > 100:
        return _cue("past_fresh")
    if gap and spread > 20:
        gap += 15
    day = _cue(_ladder(gap, ((3, "day_same"), (10, "day_near"), (45, "day_month"), (150, "day_season"))))
    if gap > 3 and b.last_day >= a.first_day and _is_progress(a, b):
        more, cues = _cue("progress")
        return day[0] + more, day[1] + cues
    return day


def _is_progress(a: Report, b: Report) -> bool:
    """Whether scheme or weapon make it plain that a later stage is of this act: round sums recur."""
    if b.rank <= a.rank:
        return False
    if a.named and b.named and a.named & b.named:
        return True
    is_scheme = a.mechanism in SCHEMES and a.mechanism == b.mechanism
    # A scheme without a sum says little once some days have passed: it may be the next act.
    return is_scheme and (bool(a.sums and b.sums) or b.first_day - a.last_day <= AT_ONCE)


def _match_loose(a: Report, b: Report) -> Match:
    if a.is_loose and b.is_loose:
        return _cue("past_year" if b.told_day - a.told_day <= 400 else "past_old")
    loose, dated = (a, b) if a.is_loose else (b, a)
    before, after = loose.told_day - dated.last_day, dated.first_day - loose.told_day
    days = max(before, 0) if after <= 0 else -after
    if days < -3:
        # The dated report is of a later day: only a later stage of the same act can be that.
        if not _is_progress(a, b):
            return _cue("day_far")
        name = _ladder(-days, ((45, "day_month"), (150, "day_season")))
        return _weights()[name] + _weights()["progress"], (name, "progress")
    return _cue(_ladder(days, ((60, "past_fresh"), (400, "past_year"), (900, "past_old"))))


def _ladder(days: int, steps: tuple[tuple[int, str], ...]) -> str:
    for limit, name in steps:
        if days <= limit:
            return name
    return "day_year" if days <= 400 else "day_far"


def _match_totals(a: Report, b: Report, sums: Match) -> Match:
    """Running totals of one donor and kind: the same sum told again; one that grew is another figure."""
    same_kind = a.mechanism == b.mechanism and a.event.aid_type == b.event.aid_type
    if not same_kind or not a.sums or not b.sums or b.told_day - a.told_day > 500:
        return NOTHING
    if sums[0] > 0 or (sums[1] == ("sum_near",) and a.mechanism in SCHEMES):
        return _cue("total_same")
    return NOTHING
