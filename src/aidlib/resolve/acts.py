"""In: a group of reports. Out: the commitment they tell of, each field with its best support."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import TypeVar

from aidlib.lexicon import home_currencies
from aidlib.model import Commitment, Item, Span, Stage
from aidlib.resolve.match import SCHEMES
from aidlib.resolve.reports import RANKS, Report, significant_digits

__all__ = ["act_status", "build_commitment", "make_slug", "report_sha"]

Value = TypeVar("Value")
STEADINESS = {"exact": 3, "approx": 2, "range": 2, "at_least": 1, "up_to": 1}
BEYOND = Decimal(10) ** 15
SCALES = ((Decimal(10) ** 9, "BN"), (Decimal(10) ** 6, "M"), (Decimal(1000), "K"))


def act_status(reports: Sequence[Report], recipient: str) -> str:
    """Say whether an act enters the books: booked, proposed, total, or other (not that recipient)."""
    if all(report.event.is_cumulative_total for report in reports):
        return "total"
    if all(report.event.recipient != recipient for report in reports):
        return "other"
    if all(report.event.stage is Stage.PROPOSED for report in reports):
        return "proposed"
    return "booked"


def build_commitment(reports: Sequence[Report], commitment_id: str, recipient: str) -> Commitment:
    """Build the commitment that the reports, in order of telling, tell of.

    A field takes the value that most reports give. A sum in the donor's own currency comes before
    an outlet's conversion, a firm one before a proposed one, an exact one before a vague one.
    """
    first = reports[0].event
    best = _best_sum(reports)
    day, how, notes = _announced(reports)
    stage = max((report.event.stage for report in reports), key=RANKS.__getitem__)
    return Commitment(
        commitment_id=commitment_id,
        status=act_status(reports, recipient),
        donor=first.donor,
        recipient=first.recipient,
        stage=stage,
        reports=tuple(report.key for report in reports),
        donors=tuple(sorted({donor for report in reports for donor in report.event.donors or ()})),
        channel=_most([report.event.channel for report in reports]),
        mechanism=_most([report.event.mechanism for report in reports], prefer=SCHEMES),
        aid_type=_most([report.event.aid_type for report in reports]),
        announced_on=day,
        announced_how=how,
        stage_dates=_stage_dates(reports),
        amount=best.amount if best else None,
        amount_low=best.report.event.low if best and best.is_stated else None,
        amount_high=best.report.event.high if best and best.is_stated else None,
        currency=best.currency if best else None,
        modifier=best.report.event.modifier if best else "none",
        items=_items(reports),
        n_reports=len(reports),
        n_outlets=len({report.document.source or report.document.id for report in reports}),
        reasons=tuple(notes + _doubts(reports)),
    )


def _most(values: Sequence[Value | None], prefer: frozenset[str] = frozenset()) -> Value | None:
    """Most frequent value that is not None; of equals a preferred one, then the one told first."""
    counts = Counter(value for value in values if value is not None)
    if not counts:
        return None
    order = list(counts)
    return max(order, key=lambda value: (counts[value], value in prefer, -order.index(value)))


@dataclass(frozen=True, slots=True)
class _Told:
    """A sum as one report tells it: stated first, or as the report's own conversion."""

    amount: Decimal
    currency: str | None
    report: Report
    is_stated: bool


def _sums_told(report: Report) -> list[_Told]:
    event = report.event
    if event.amount is None:
        return []
    others = [other for other in event.amount_alt if other.currency not in (None, event.currency)]
    return [
        _Told(event.amount, event.currency, report, True),
        *(_Told(other.amount, other.currency, report, False) for other in others),
    ]


def _best_sum(reports: Sequence[Report]) -> _Told | None:
    told = [sum_ for report in reports for sum_ in _sums_told(report)]
    if not told:
        return None
    home = home_currencies().get(told[0].report.event.donor or "")
    support = Counter((sum_.amount, sum_.currency) for sum_ in told)

    def rank(sum_: _Told) -> tuple[bool, bool, bool, bool, int, int, int, int]:
        event = sum_.report.event
        return (
            event.stage is not Stage.PROPOSED,
            sum_.currency == home,
            sum_.is_stated,
            sum_.currency is not None,
            STEADINESS.get(event.modifier, 0),
            sum_.report.rank,
            support[sum_.amount, sum_.currency],
            significant_digits(sum_.amount),
        )

    return max(told, key=rank)


def _announced(reports: Sequence[Report]) -> tuple[date | None, str, list[str]]:
    """Day of the act: the earliest that a text states, else the earliest publication."""
    dated = [report for report in reports if report.is_dated]
    if dated:
        best = min(dated, key=lambda report: (report.last, report.order))
        partial = best.event.date_precision not in (None, "day") or len(best.event.date or "") < 10
        return min(best.last, max(best.told, best.first)), "stated", ["date_partial"] if partial else []
    published = [report.document.published for report in reports if report.document.published]
    if not published:
        return None, "inferred", ["date_unknown"]
    return min(published), "inferred", []


def _stage_dates(reports: Sequence[Report]) -> tuple[tuple[str, str], ...]:
    """Earliest date told for each stage reached; undated background dates no stage."""
    found: dict[Stage, tuple[date, str]] = {}
    for report in reports:
        published = report.document.published
        told = published.isoformat() if published and not report.is_loose else None
        text = report.event.date if report.is_dated else told
        if text:
            entry = (report.last, text)
            found[report.event.stage] = min(found.get(report.event.stage, entry), entry)
    return tuple((stage.value, found[stage][1]) for stage in Stage if stage in found)


def _items(reports: Sequence[Report]) -> tuple[Item, ...]:
    counts: dict[str, int | float | None] = {}
    for report in reports:
        for item, quantity in report.items.items():
            known = counts.get(item)
            counts[item] = quantity if known is None else max(known, quantity or 0)
    return tuple(Item(item, counts[item]) for item in sorted(counts))


def _doubts(reports: Sequence[Report]) -> list[str]:
    notes = []
    euros = [euro for report in reports for euro in report.euros if report.event.low is None]
    currencies = {one.currency for report in reports for one in report.sums}
    if euros and max(euros) > 1.1 * min(euros):
        notes.append("sums_disagree_between_currencies" if len(currencies) > 1 else "sums_disagree")
    if reports[0].event.donor is None:
        notes.append("donor_unknown")
    if any(report.event.date and not report.is_dated for report in reports):
        notes.append("date_unreadable")
    return notes


def make_slug(earliest: Report) -> str:
    """Name an act by donor, recipient, mechanism, first month, and amount of the earliest report.

    The name has no hash in it, so that a reader can say it; see ``report_sha`` for collisions.
    """
    event = earliest.event
    # The month of the earliest telling: later documents may date the act better, its name stays.
    month = _month(earliest.told if earliest.is_loose else earliest.last)
    way = event.mechanism or (str(event.aid_type) if event.aid_type else "aid")
    kind = "total-" if event.is_cumulative_total else ""
    return f"{event.donor or 'XXX'}-{event.recipient or 'XXX'}-{kind}{way}-{month}-{_size(earliest)}"


@cache
def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _size(report: Report) -> str:
    event = report.event
    if event.amount is None:
        goods = next(iter(sorted(report.items)), "unsaid")
        return re.sub(r"[^A-Za-z0-9]+", "_", goods).strip("_") or "goods"
    currency = event.currency or "XXX"
    if not event.amount.is_finite() or abs(event.amount) >= BEYOND:
        return f"{currency}_beyond"
    return currency + _scaled(event.amount)


@lru_cache(maxsize=65536)
def _scaled(amount: Decimal) -> str:
    for scale, letter in SCALES:
        if abs(amount) >= scale:
            return format((amount / scale).normalize(), "f") + letter
    return format(amount.normalize(), "f")


def report_sha(report: Report) -> str:
    """Six letters from a report's document and span: the suffix of a name met twice."""
    span = report.event.evidence[0] if report.event.evidence else Span(0, report.index)
    text = f"{report.document.id}:{span.start}:{span.end}:{report.index}"
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:6]
