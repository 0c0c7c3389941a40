"""In: a field of an event and what a person wrote for it. Out: its value, checked, and the event with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from aidlib.errors import ReadError
from aidlib.ledger.columns import MODIFIERS
from aidlib.ledger.valuing import LARGEST
from aidlib.lexicon import vocabulary
from aidlib.model import AidType, Event, Item, Span, Stage
from aidlib.resolve.reports import act_interval

__all__ = ["FIELDS", "amend_event", "parse_value", "span_target"]

NUMBER = r"\d{1,40}(?:\.\d{1,20})?(?:[eE]\d{1,2})?"
SUM = re.compile(rf"({NUMBER})(?:-({NUMBER}))?")
DAYS = re.compile(r"(\d{4}(?:-\d\d){0,2})(?:/(\d{4}(?:-\d\d){0,2}))?")
SPAN = re.compile(r"(.+)#(\d{1,9})-(\d{1,9})", re.DOTALL)
PRECISIONS = {4: "year", 7: "month", 10: "day"}
# Several donors, whose members are named beside them.
JOINT = ("MULTI", "NORDIC")


def span_target(text: str) -> tuple[str, Span] | None:
    """Read ``document#start-end``; None where it is no such thing, but the name of an act.

    Examples
    --------
    >>> span_target("2024-11-15_norway#12-40"), span_target("NOR-UKR-purl-2024-11-NOK500M")
    (('2024-11-15_norway', Span(start=12, end=40)), None)
    """
    found = SPAN.fullmatch(text)
    return (found[1], Span(int(found[2]), int(found[3]))) if found else None


def _refuse(what: str, fix: str) -> ReadError:
    return ReadError(what, where="value", fix=fix)


def _word(kind: str, known: Iterable[str], text: str) -> str:
    if text in known:
        return text
    near = difflib.get_close_matches(text, sorted(map(str, known)), n=1, cutoff=0.5)
    raise _refuse(
        f"{text!r} is no {kind}",
        f"Did you mean {near[0]!r}?" if near else f"Use one of {', '.join(sorted(map(str, known))[:8])} ...",
    )


def _party(text: str) -> str:
    return _word("party", vocabulary()["party"], text)


def _parties(text: str) -> tuple[str, ...]:
    return tuple(sorted({_party(part.strip()) for part in text.split("|")}))


def _currency(text: str) -> str:
    return _word("currency", vocabulary()["currency"], text)


def _mechanism(text: str) -> str:
    return _word("mechanism", vocabulary()["mechanism"], text)


def _stage(text: str) -> Stage:
    return Stage(_word("stage", [*Stage], text))


def _aid_type(text: str) -> AidType:
    return AidType(_word("kind of aid", [*AidType], text))


def _modifier(text: str) -> str:
    return _word("modifier", [name for name in MODIFIERS if name not in ("range", "none")], text)


def _flag(text: str) -> bool:
    return _word("flag", ("true", "false"), text.lower()) == "true"


def _items(text: str) -> tuple[Item, ...]:
    return tuple(_item(*part.strip().partition(":")) for part in text.split("|"))


def _item(name: str, colon: str, count: str) -> Item:
    if colon and not re.fullmatch(r"\d{1,12}", count):
        raise _refuse(f"{count!r} is no number of {name}", "Write goods as 'F-16:6|NASAMS'.")
    return Item(_word("item", vocabulary()["item"], name), int(count) if colon else None)


def _amount(text: str) -> tuple[Decimal, Decimal, Decimal]:
    """Read a sum, or a range of two, as low, middle and high."""
    found = SUM.fullmatch(text)
    if not found:
        raise _refuse(
            f"{text!r} is no sum", "Write whole units without separators: 500000000, or 5-7 for a range."
        )
    low = Decimal(found[1])
    high = Decimal(found[2]) if found[2] else low
    if not 0 < low <= high < LARGEST:
        raise _refuse(f"{text!r} is not above zero, in order and below 10**36", "Check the number of digits.")
    return low, (low + high) / 2, high


def _date(text: str) -> tuple[str, str | None, str]:
    """Read a day, month or year, or two with a stroke between, as start, end and precision."""
    found = DAYS.fullmatch(text)
    days = _days(found[1], found[2]) if found else None
    if not found or not days:
        raise _refuse(f"{text!r} is no date", "Write 2024, 2024-05, 2024-05-09 or 2024-05-09/2024-05-12.")
    first, last = days
    if last < first:
        raise _refuse(f"{text!r} ends before it begins", "Write the earlier day first.")
    return found[1], found[2], PRECISIONS[len(found[1])]


def _days(start: str, end: str | None) -> tuple[date, date] | None:
    try:
        return act_interval(start, end)
    except ValueError:
        return None


def _whole(text: str) -> str:
    return text


# What may be set, and how it is read; an empty value is None, that is unknown.
FIELDS: Mapping[str, Callable[[str], Any]] = {
    "donor": _party,
    "donors": _parties,
    "channel": _party,
    "recipient": _party,
    "amount": _amount,
    "currency": _currency,
    "modifier": _modifier,
    "stage": _stage,
    "aid_type": _aid_type,
    "mechanism": _mechanism,
    "date": _date,
    "items": _items,
    "is_cumulative_total": _flag,
    "about_past": _flag,
    "part_of": _whole,
}
NEVER_EMPTY = ("stage", "modifier", "is_cumulative_total", "about_past")


def parse_value(field: str, text: str) -> Any:
    """Read what a person wrote for a field, by the model and its vocabulary.

    Returns
    -------
    object
        None for an empty text; of ``amount`` low, middle and high, of ``date`` start, end and
        precision; else what the event holds.

    Raises
    ------
    ReadError
        It is not what the field may hold.

    Examples
    --------
    >>> parse_value("stage", "delivered"), parse_value("items", "F-16:6")
    (<Stage.DELIVERED: 'delivered'>, (Item(item='F-16', quantity=6),))
    """
    if text:
        return FIELDS[field](text)
    if field in NEVER_EMPTY:
        raise _refuse(f"{field} is never empty", f"Give a value, such as {_example(field)!r}.")
    return None


def _example(field: str) -> str:
    return {"stage": "pledged", "modifier": "exact"}.get(field, "false")


def amend_event(event: Event, values: Mapping[str, Any], reasons: tuple[str, ...] = ()) -> Event:
    """Put values, as ``parse_value`` gives them, into an event, with their reasons.

    What contradicts a value goes: a sum that is set has no conversions, one donor no members.
    """
    changes = {name: value for name, value in values.items() if name not in ("amount", "date", "part_of")}
    if "amount" in values:
        changes = _sum_of(event, values["amount"]) | changes
    if "currency" in values:
        changes["currency_candidates"] = ()
    if "date" in values:
        start, end, precision = values["date"] or (None, None, None)
        changes |= {"date": start, "date_end": end, "date_precision": precision}
    if "donor" in values and values["donor"] not in JOINT:
        changes = {"donors": None} | changes
    if changes.get("items", ()) is None:
        changes["items"] = ()
    return replace(event, **changes, reasons=event.reasons + reasons)


def _sum_of(event: Event, value: tuple[Decimal, Decimal, Decimal] | None) -> dict[str, Any]:
    if value is None:
        nothing = {"amount": None, "low": None, "high": None, "currency": None, "amount_alt": ()}
        return nothing | {"modifier": "none", "currency_candidates": ()}
    low, middle, high = value
    if low < high:
        return {"amount": middle, "low": low, "high": high, "amount_alt": (), "modifier": "range"}
    modifier = "exact" if event.modifier in ("range", "none") else event.modifier
    return {"amount": middle, "low": None, "high": None, "amount_alt": (), "modifier": modifier}
