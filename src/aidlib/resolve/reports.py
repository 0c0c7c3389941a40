"""In: readings. Out: reports, one for every event, with what matching needs worked out once."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aidlib.errors import RateError
from aidlib.model import Document, Event, Reading, Stage
from aidlib.rates import RateTable, default_rates

__all__ = [
    "Report",
    "act_interval",
    "collect_reports",
    "make_report",
    "significant_digits",
    "slack_of",
    "stated_interval",
    "unit_of",
]

# Undated background is taken to be at most this old.
PAST_DAYS = 900
UNKNOWN_DAY = date(2022, 1, 1)
# A one-digit sum stands for anything within half a unit; beyond this it says too little.
WIDEST_ROUNDING = 0.085
LARGEST = Decimal(10) ** 36
RANKS = {stage: stage.rank for stage in Stage}


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum of an event as a float, for comparing only: booked sums stay Decimal.

    ``unit`` is what one of its last stated digit is worth; ``slack`` is the most that rounding to
    that digit may have taken off or put on.
    """

    amount: float
    currency: str
    digits: int
    unit: float
    slack: float
    is_floor: bool


@dataclass(frozen=True, slots=True)
class Report:
    """An event in its document.

    ``first`` and ``last`` bound the day of the act; ``told`` is the day of publication, else the
    last day that the event gives. ``is_loose`` marks background without a date. ``named`` are the
    items with a name of their own ("F-16", not "drone"); ``rank`` is that of the stage. A ``voice``
    tells no act twice: it is the document, or the register that the document is a row of. What
    matching asks for again and again is worked out here: days as ordinals too, the least and most
    of ``euros`` (without any 0 and infinity), and some fields of the event.
    """

    document: Document
    index: int
    key: tuple[str, int]
    event: Event
    told: date
    first: date
    last: date
    is_loose: bool
    is_dated: bool
    is_proposed: bool
    is_total: bool
    mechanism: str | None
    sums: tuple[Sum, ...]
    euros: tuple[float, ...]
    least: float
    most: float
    items: dict[str, int | float | None]
    named: frozenset[str]
    rank: int
    voice: str
    told_day: int
    first_day: int
    last_day: int

    @property
    def eur(self) -> float | None:
        """The stated sum in euro, roughly."""
        return self.euros[0] if self.euros else None

    @property
    def order(self) -> tuple[date, str, int]:
        """Order of telling: day, document id, index."""
        return self.told, self.document.id, self.index


def significant_digits(amount: Decimal) -> int:
    """Count the digits that a sum is stated with.

    Examples
    --------
    >>> significant_digits(Decimal("394600000")), significant_digits(Decimal("4E+8"))
    (4, 1)
    """
    return max(1, len("".join(map(str, amount.normalize().as_tuple().digits)).strip("0")))


def unit_of(amount: float, digits: int) -> float:
    """Give what one of the last of so many digits is worth, at least 1.

    Examples
    --------
    >>> unit_of(394_600_000.0, 4)
    100000.0
    """
    exponent = len(str(int(amount))) - digits
    return float(10**exponent) if exponent >= 0 else 1.0


def slack_of(amount: float, unit: float) -> float:
    """Give the most that rounding to that unit may have taken off or put on.

    Examples
    --------
    >>> slack_of(4e8, 1e8), slack_of(394_600_000.0, 1e5)
    (34000000.0, 50000.0)
    """
    return min(unit / 2, WIDEST_ROUNDING * amount)


def act_interval(start: str, end: str | None = None) -> tuple[date, date]:
    """Give the first and last day of a partial ISO date or interval.

    Examples
    --------
    >>> act_interval("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    return _first_day(start), _last_day(end or start)


def stated_interval(event: Event) -> tuple[date, date] | None:
    """Give the first and last day that an event states; None where it gives none that can be read."""
    if not event.date:
        return None
    try:
        first, last = act_interval(event.date, event.date_end)
    except ValueError:
        return None
    return (first, last) if first <= last else (last, first)


def _first_day(text: str) -> date:
    parts = [int(part) for part in text[:10].split("-")]
    return date(*[*parts, 1, 1][:3])


def _last_day(text: str) -> date:
    parts = [int(part) for part in text[:10].split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = [*parts, 12][:2]
    return date(year, month, calendar.monthrange(year, month)[1])


def collect_reports(readings: Iterable[Reading], *, table: RateTable | None = None) -> list[Report]:
    """Make a report of every event, in order of telling."""
    table = table or default_rates()
    reports = [
        make_report(reading.document, index, event, table)
        for reading in readings
        for index, event in enumerate(reading.events)
    ]
    return sorted(reports, key=lambda r: r.order)


def make_report(document: Document, index: int, event: Event, table: RateTable) -> Report:
    """Make the report of one event."""
    stated = stated_interval(event)
    told = document.published or (stated[1] if stated else UNKNOWN_DAY)
    is_loose = stated is None and (event.about_past or document.published is None)
    earliest = date.fromordinal(max(told.toordinal() - PAST_DAYS, 1))
    first, last = stated or ((earliest if is_loose else told), told)
    sums = _sums(event)
    euros = _euros(sums, told, table)
    return Report(
        document=document,
        index=index,
        key=(document.id, index),
        event=event,
        told=told,
        first=first,
        last=last,
        is_loose=is_loose,
        is_dated=stated is not None,
        is_proposed=event.stage is Stage.PROPOSED,
        is_total=event.is_cumulative_total,
        mechanism=event.mechanism,
        sums=sums,
        euros=euros,
        least=min(euros, default=0.0),
        most=max(euros, default=math.inf),
        items={item.item: item.quantity for item in event.items},
        named=frozenset(item.item for item in event.items if any(map(str.isupper, item.item))),
        rank=RANKS[event.stage],
        voice=f"register {document.register}" if document.register else document.id,
        told_day=told.toordinal(),
        first_day=first.toordinal(),
        last_day=last.toordinal(),
    )


def _sums(event: Event) -> tuple[Sum, ...]:
    is_floor = event.modifier == "at_least"
    stated = [(event.amount, event.currency)]
    stated += [(other.amount, other.currency) for other in event.amount_alt]
    stated += [(event.low, event.currency), (event.high, event.currency)]
    return tuple(
        _sum(amount, currency, is_floor)
        for amount, currency in stated
        if amount is not None and currency is not None and amount.is_finite() and 0 < amount < LARGEST
    )


def _sum(stated: Decimal, currency: str, is_floor: bool) -> Sum:
    amount, digits = float(stated), significant_digits(stated)
    unit = unit_of(amount, digits)
    return Sum(amount, currency, digits, unit, slack_of(amount, unit), is_floor)


def _euros(sums: tuple[Sum, ...], day: date, table: RateTable) -> tuple[float, ...]:
    found = []
    for one in sums:
        try:
            found.append(one.amount * float(table.per_unit(one.currency, day)[0]))
        except RateError:
            continue
    return tuple(found)
