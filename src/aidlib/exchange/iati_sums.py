"""In: commitments. Out: which of them carry which IATI transactions, so that no sum is counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd

from aidlib.ledger.columns import STAGES
from aidlib.ledger.totals import counted_once, split_parts
from aidlib.lexicon import read_table

__all__ = ["Sums", "Told", "sums_of"]

Act = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A day, and what the source says where that is no day."""

    day: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """How an act is told in IATI.

    ``status`` and ``date_type`` are codes; ``day`` is None where nothing dates the act; ``level`` is
    1 + the number of larger sums that it lies in; ``transactions`` are codes of types with their day;
    ``is_told_elsewhere`` where the act has a sum, and only others report it.
    """

    status: str
    date_type: str
    day: Told | None
    level: int
    transactions: tuple[tuple[str, Told], ...]
    is_told_elsewhere: bool


@cache
def _codes() -> dict[str, dict[str, str]]:
    return {row["stage"]: row for row in read_table("iati_stages.csv", dict, key="stage")}


def sums_of(commitments: pd.DataFrame) -> dict[str, Sums]:
    """Say of every booked act how it is told.

    An act holds a sum where amount, currency and donor are known. A part reports the types of
    transaction that no act above it reports; what may repeat another act, and its parts, none.
    """
    rows: list[dict[str, Any]] = [
        {str(key): None if value is None or pd.isna(value) else value for key, value in row.items()}
        for row in commitments.to_dict("records")
    ]
    booked = {row["commitment_id"]: row for row in rows if row["status"] == "booked"}
    whole_of = {row["commitment_id"]: row["part_of"] for row in rows}
    repeats = _repeats(booked, tops=split_parts(rows)[0], once=counted_once(commitments))
    reached = {name: types for name, act in booked.items() if _holds_sum(act) and (types := _types(act))}
    found = {}
    for name, act in booked.items():
        above = [whole for whole in _wholes(name, whole_of) if whole in reached]
        told = {code for whole in above for code in reached[whole]}
        is_repeat = not repeats.isdisjoint([name, *_wholes(name, whole_of)])
        own = {} if is_repeat else {c: t for c, t in reached.get(name, {}).items() if c not in told}
        code = _codes()[act["stage"]]
        transactions = tuple(sorted(own.items(), key=_order))
        found[name] = Sums(
            status=code["status"],
            date_type=code["date_type"],
            day=_day(act),
            level=1 + len(above),
            transactions=transactions,
            is_told_elsewhere=name in reached and not transactions,
        )
    return found


def _repeats(
    booked: Mapping[str, Act], *, tops: AbstractSet[str], once: AbstractSet[str]
) -> AbstractSet[str]:
    """Name the acts that may repeat one that is told: as the books do, else all but the largest."""

    def weight(name: str) -> tuple[bool, Decimal, str]:
        return name in once, booked[name]["amount_eur"] or Decimal(0), name

    return {
        name
        for name, act in booked.items()
        if name not in once
        and (name in tops or any(weight(other) > weight(name) for other in _overlaps(act) if other in booked))
    }


def _overlaps(act: Act) -> list[str]:
    return act["overlaps_with"].split("|") if act["overlaps_with"] else []


def _order(item: tuple[str, Told]) -> tuple[date, int]:
    return item[1].day, int(item[0])


def _holds_sum(act: Act) -> bool:
    amount = act["amount"]
    return amount is not None and amount > 0 and bool(act["currency"]) and bool(act["donor"])


def _wholes(name: str, whole_of: Mapping[str, str | None]) -> list[str]:
    """Name what an act lies in, from the nearest to the outermost."""
    found: list[str] = []
    at = whole_of.get(name)
    while at is not None and at != name and at not in found:
        found.append(at)
        at = whole_of.get(at)
    return found


def _types(act: Act) -> dict[str, Told]:
    """Give the types of transaction that an act has reached, each with the first day that is told."""
    found: dict[str, Told] = {}
    for stage in STAGES:
        told = _told(act[f"{stage}_on"]) or (_announced(act) if stage == act["stage"] else None)
        code = _codes().get(stage, {}).get("transaction")
        if code and told:
            found[code] = min(found.get(code, told), told)
    return found


def _day(act: Act) -> Told | None:
    """Give the first day of stages that have the date type of the act's, else when it was announced."""
    kind = _codes()[act["stage"]]["date_type"]
    stages = [stage for stage, row in _codes().items() if row["date_type"] == kind]
    days = [told for stage in stages if (told := _told(act[f"{stage}_on"]))]
    return min(days) if days else _announced(act)


def _announced(act: Act) -> Told | None:
    return None if act["announced_on"] is None else Told(act["announced_on"].date())


def _told(text: str | None) -> Told | None:
    """Read a day as the ledger has it; of a month or a year the first.

    Examples
    --------
    >>> _told("2024-05").day.isoformat(), _told("2024-05").note
    ('2024-05-01', 'the source says 2024-05')
    >>> _told("soon")
    """
    if not text:
        return None
    try:
        return Told(
            date.fromisoformat((text + "0000-01-01"[len(text) :])[:10]),
            "" if len(text) >= 10 else f"the source says {text}",
        )
    except ValueError:
        return None
