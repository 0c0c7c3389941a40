"""In: a row of a table of cases. Out: what the reader finds in its text, and what it should find.

A cell writes a new line as ``\\n``. Every text counts as published on 15 November 2024.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from aidlib.events import build_events
from aidlib.model import Document, Event, Reading

CASES = Path(__file__).parents[1] / "cases"
Row = dict[str, str]


def read_cases(name: str) -> list[Row]:
    path = CASES / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reading(text: str) -> Reading:
    return build_events(Document.from_text(text.replace("\\n", "\n"), published="2024-11-15"))


def booked(text: str) -> list[Event]:
    """Events above proposed and no running total, whoever receives."""
    return [e for e in reading(text).events if e.recipient is None or e.is_bookable(e.recipient)]


def stage(row: Row) -> tuple[str, str]:
    """Stage of the first event; "unbooked" is satisfied by a proposal too."""
    events = reading(row["text"]).events
    found = str(events[0].stage) if events else "unbooked"
    if row["stage"] == "unbooked" and not booked(row["text"]):
        found = "unbooked"
    return found, row["stage"]


def parts(row: Row) -> tuple[str, str]:
    """For every sum of the text, in order, the index of its whole, or "-"."""
    wholes = [m.value.part_of for m in reading(row["text"]).money]
    return ",".join("-" if w is None else str(w) for w in wholes), row["wholes"]


def repeats(row: Row) -> tuple[str, str]:
    """The sums that are booked, in the order of the text."""
    return ",".join(f"{e.amount:f}" for e in booked(row["text"]) if e.amount), row["amounts"]


def not_aid(row: Row) -> tuple[str, str]:
    """Sums that are booked, where none should be."""
    return ",".join(f"{e.donor} {e.amount} {e.stage}" for e in booked(row["text"])), ""


def parties(row: Row) -> tuple[str, str]:
    """Donor (and the members of several, where the row names them) and recipient of the first event."""
    events = reading(row["text"]).events
    if not events:
        return "", f"{row['donor']} {row['recipient']}"
    members = "+".join(events[0].donors or ()) if ":" in row["donor"] else ""
    donor = f"{events[0].donor}:{members}" if members else events[0].donor
    return f"{donor} {events[0].recipient}", f"{row['donor']} {row['recipient']}"


def goods(row: Row) -> tuple[str, str]:
    """Donor, stage and goods of what is booked."""
    found = [
        f"{e.donor} {e.stage} "
        + "|".join(i.item if i.quantity is None else f"{i.item}={i.quantity}" for i in e.items)
        for e in booked(row["text"])
    ]
    wanted = f"{row['donor']} {row['stage']} {row['items']}" if row["donor"] else ""
    return "; ".join(found), wanted


def totals(row: Row) -> tuple[str, str]:
    """Whether the first event is a running total, past or news."""
    events = reading(row["text"]).events
    if not events:
        return "no event", row["kind"]
    event = events[0]
    return "total" if event.is_cumulative_total else "past" if event.about_past else "news", row["kind"]


def schemes(row: Row) -> tuple[str, str]:
    """Donor, mechanism, channel and sum of what is booked."""
    found = [
        f"{e.donor}:{e.mechanism}:{e.channel or '-'}" + (f":{e.amount:f}" if e.amount else "")
        for e in booked(row["text"])
    ]
    return "; ".join(found), row["event"]


def when(row: Row) -> tuple[str, str]:
    """Dates of the events, in the order of the text."""
    return "|".join(e.date or "-" for e in reading(row["text"]).events), row["dates"]


TABLES: dict[str, Callable[[Row], tuple[str, str]]] = {
    "stages": stage,
    "parts": parts,
    "events_repeats": repeats,
    "events_not_aid": not_aid,
    "events_parties": parties,
    "events_goods": goods,
    "events_totals": totals,
    "events_schemes": schemes,
    "events_when": when,
}
