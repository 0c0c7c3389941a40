"""In: a few words. Out: records for tests: an event in one line, a reading, the gold as readings."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from aidlib.model import AidType, Amount, Document, Event, Item, Reading, Span, Stage

GOOD = "Latvia gave Ukraine €2 million for generators on Friday, the ministry said."
DATA = Path(__file__).resolve().parents[1] / "src" / "aidlib" / "data"


def event(
    donor: str | None = "NOR",
    amount: str | int | None = None,
    stage: str = "pledged",
    *,
    currency: str | None = "EUR",
    alt: Mapping[str, str] | None = None,
    items: Mapping[str, float | None] | None = None,
    recipient: str | None = "UKR",
    aid_type: str | None = "military",
    modifier: str | None = None,
    **fields: Any,
) -> Event:
    """Make an event in one line: ``event(donor="NOR", amount="240e6", stage="pledged")``."""
    sum_ = None if amount is None else Decimal(str(amount))
    return Event(
        donor=donor,
        stage=Stage(stage),
        recipient=recipient,
        amount=sum_,
        currency=currency if sum_ is not None else None,
        amount_alt=tuple(Amount(Decimal(value), code) for code, value in (alt or {}).items()),
        modifier=modifier or ("none" if sum_ is None else "exact"),
        aid_type=AidType(aid_type) if aid_type else None,
        items=tuple(Item(item, count) for item, count in (items or {}).items()),
        **fields,
    )


def reading(*events: Event, id: str = "a", published: str | None = "2024-05-01", text: str = "") -> Reading:
    """Make a reading of one document that says these events."""
    words = text or f"Text of {id}. " + "An announcement of aid. " * 4
    return Reading(Document.from_text(words, id=id, published=published, source=f"{id}.example"), (), events)


@cache
def _item_forms() -> dict[str, str]:
    with (DATA / "items.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        form.lower(): row["item"] for row in rows for form in (row["item"] + "|" + row["forms"]).split("|")
    }


def short_item(name: str) -> str:
    """Give the short name of an item as a text may call it; unknown ones stay."""
    forms, low = _item_forms(), name.lower()
    found = [form for form in forms if form and f" {form} " in f" {low} " or f" {form}s " in f" {low} "]
    return forms.get(low) or (forms[max(found, key=len)] if found else name)


def event_from_gold(record: Mapping[str, Any], mentions: Iterable[Mapping[str, Any]]) -> Event:
    """Make an event of a gold record; its evidence is its own, else the mention of its sum."""
    amount, high = record["amount"], record.get("amount_high")
    spans = [Span(start, end) for start, end in record.get("evidence") or []]
    if not spans:
        sums = [(amount, record["currency"])] + [(a["amount"], a["currency"]) for a in record["amount_alt"]]
        found = [m for m in mentions if (m["amount"], m["currency"]) in sums]
        spans = [Span(m["start"], m["end"]) for m in found[:1]]
    middle = amount if high is None else (amount + high) / 2
    return Event(**_gold_fields(record, middle, high, spans))


def _gold_fields(record: Mapping[str, Any], middle: Any, high: Any, spans: list[Span]) -> dict[str, Any]:
    plain = ("donor", "recipient", "currency", "modifier", "mechanism", "date", "part_of")
    flags = ("is_cumulative_total", "about_past")
    return {
        **{name: record[name] for name in plain + flags},
        "stage": Stage(record["stage"]),
        "donors": tuple(record["donors"]) if record.get("donors") else None,
        "channel": record.get("channel"),
        "amount": None if middle is None else Decimal(str(middle)),
        "low": None if high is None else Decimal(str(record["amount"])),
        "high": None if high is None else Decimal(str(high)),
        "amount_alt": tuple(Amount(Decimal(str(a["amount"])), a["currency"]) for a in record["amount_alt"]),
        "aid_type": AidType(record["aid_type"]) if record["aid_type"] else None,
        "items": tuple(Item(short_item(i["item"]), i["quantity"]) for i in record["items"]),
        "evidence": tuple(spans),
    }


def gold_readings(path: Path) -> list[Reading]:
    """Read gold events as readings: a seeds folder, or a file of articles that carry their text."""
    is_folder = path.is_dir()
    source = path / "gold.jsonl" if is_folder else path
    readings = []
    for line in source.read_text("utf-8").splitlines():
        record = json.loads(line)
        text = _brief_body(path, record["id"]) if is_folder else record["text"]
        mentions = record["mentions"] if is_folder else record["money_mentions"]
        document = Document(record["id"], text, None, date.fromisoformat(record["published"]))
        events = tuple(event_from_gold(e, mentions) for e in record["events"])
        readings.append(Reading(document, (), events))
    return readings


def _brief_body(seeds: Path, name: str) -> str:
    with (seeds / "briefs" / f"{name}.md").open(encoding="utf-8", newline="") as file:
        raw = file.read()
    return raw[raw.index("\n---\n", 4) + 5 :]
