"""In: a value that a person gives an act. Out: which of its events take it, so that the act then has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aidlib.model import Commitment, Event, Stage
from aidlib.resolve import Key
from aidlib.resolve.reports import act_interval, stated_interval

__all__ = ["spread"]


def spread(field: str, value: Any, act: Commitment, events: Mapping[Key, Event]) -> list[tuple[Key, Any]]:
    """Give the events of an act that take a value, and the value that each takes.

    A stage is a ceiling, and reached by the last report; a date is that of the first report, and no
    other is earlier; a sum is that of all reports that state one, a currency of those that state it in
    the currency of the act. Any other value is that of every report.
    """
    keys = list(act.reports)
    if field == "stage":
        return _stages(value, keys, events)
    if field == "date" and value is not None:
        first = act_interval(value[0], value[1])[0]
        early = [key for key in keys[1:] if _begins_before(events[key], first)]
        return [(key, value) for key in [keys[0], *early]]
    if field in ("amount", "modifier"):
        keys = [key for key in keys if events[key].amount is not None] or keys[:1]
    if field == "currency":
        sums = [key for key in keys if events[key].amount is not None]
        keys = [key for key in sums if events[key].currency in (act.currency, None)] or keys[:1]
    return [(key, value) for key in keys]


def _begins_before(event: Event, day: Any) -> bool:
    stated = stated_interval(event)
    return stated is not None and stated[0] < day


def _stages(value: Stage, keys: list[Key], events: Mapping[Key, Event]) -> list[tuple[Key, Any]]:
    found = {key: value for key in keys if events[key].stage.rank > value.rank}
    if not found and all(events[key].stage is not value for key in keys):
        found[keys[-1]] = value
    return list(found.items())
