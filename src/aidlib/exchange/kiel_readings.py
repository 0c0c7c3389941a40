"""In: a release of the tracker. Out: readings, one a package, whose evidence is its rows as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd

from aidlib.exchange.kiel import Kiel
from aidlib.exchange.kiel_words import item_of, word_of
from aidlib.model import (
    AidType,
    Amount,
    Decision,
    Document,
    Event,
    Item,
    Mention,
    Money,
    Reading,
    Span,
    Stage,
    When,
)

__all__ = ["kiel_readings"]

SHEET = "MAIN"
KINDS = {
    "donor_name": "party",
    "announcement_date": "date",
    "measure": "stage",
    "item": "item",
    "aid_type_specific": "mechanism",
}
SUMS = ("activity_value", "reported_value", "value_eur", "allocated_eur", "sub_value_eur", "delivered_eur")
Record = Mapping[str, Any]


def kiel_readings(kiel: Kiel, *, recipient: str = "UKR") -> list[Reading]:
    """Turn the tracker's packages into readings that ``resolve_events`` takes beside announcements.

    Parameters
    ----------
    kiel : Kiel
        A release with the table ``activities``.
    recipient : str
        Whom the tracker's aid goes to.

    Returns
    -------
    list of Reading
        One for every package (rows that share an id; else a row), named ``kiel-r07/MAIN/123`` after
        its first row. The document's text is the rows as written, a line a cell, and every span
        slices it. The first event is the package: committed, or allocated where all its rows are;
        disbursed or delivered where all of its value is. Allocated rows that do not make up the
        package, and what was delivered of it, are parts of it. A sum that the tracker worked out
        from prices is ``approx``.

    Raises
    ------
    ParameterError
        The release holds no activities, as that of the site.
    """
    records: list[dict[str, Any]] = [
        {str(key): _plain(value) for key, value in row.items()}
        for row in kiel.table("activities").to_dict("records")
    ]
    packages: dict[object, list[Record]] = {}
    for record in records:
        packages.setdefault(record["activity_id"] or record["row"], []).append(record)
    return [_reading(kiel, rows, recipient) for rows in packages.values()]


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NA or value != value else value


class _Page:
    """The text of a package's rows, and where each cell stands in it."""

    def __init__(self, kiel: Kiel, rows: Iterable[Record]) -> None:
        self.text = ""
        self.spans: dict[tuple[int, str], Span] = {}
        before: Mapping[str, tuple[str, str]] = {}
        for row in rows:
            number = row["row"]
            self._add(f"Row {number}\n")
            cells = kiel.cells[number]
            for name, (header, text) in cells.items():
                # Later rows of a package repeat its labels.
                if before.get(name) != (header, text) or name in ("item", "measure", *SUMS):
                    self._add(f"{header}: ")
                    self.spans[number, name] = Span(len(self.text), len(self.text) + len(text))
                    self._add(f"{text}\n")
            before = before or cells

    def _add(self, words: str) -> None:
        self.text += words

    def span(self, row: Record, name: str) -> tuple[Span, ...]:
        found = self.spans.get((row["row"], name))
        return (found,) if found else ()


def _reading(kiel: Kiel, rows: list[Record], recipient: str) -> Reading:
    first = next((row for row in rows if row["value_eur"]), rows[0])
    page = _Page(kiel, rows)
    release = f", release {kiel.release}" if kiel.release else ""
    document = Document(
        id=f"{kiel.name}/{SHEET}/{rows[0]['row']}",
        text=page.text,
        title=f"{first['donor_name']}: {first['activity_id'] or first['row']}",
        source=f"Kiel Ukraine Support Tracker{release}",
        register=kiel.name,
    )
    events = _events(page, rows, first, recipient)
    reading = Reading(document, _mentions(page, rows, document), tuple(events))
    return replace(reading, decisions=tuple(_decisions(reading)))


def _decisions(reading: Reading) -> Iterator[Decision]:
    """Say of every sum which event books it; the others tell the same in another way."""
    for number, mention in enumerate(reading.money):
        events = [n for n, event in enumerate(reading.events) if mention.span in event.evidence]
        verdict = "booked" if events == [0] else "part" if events else "conversion"
        yield Decision(number, verdict, events[0] if events else None)


def _events(page: _Page, rows: list[Record], first: Record, recipient: str) -> list[Event]:
    value, delivered = first["value_eur"], _sum(rows, "delivered_eur")
    shares = [row for row in rows if word_of("stage", row["measure"]) == "allocated"]
    is_allocated = len(shares) == len(rows)
    stage = Stage.ALLOCATED if is_allocated else Stage.COMMITTED
    aid_type = word_of("aid_type", first["aid_type_general"])
    handed_over = Stage.DISBURSED if aid_type == "financial" else Stage.DELIVERED
    is_all = bool(value) and delivered >= value
    whole = _event(
        page,
        first,
        handed_over if is_all else stage,
        recipient,
        name="activity_value" if first["activity_value"] else "reported_value",
        items=_items(rows, "quantity"),
        more=tuple(span for row in rows for span in page.span(row, "item")),
    )
    events = [whole]
    if not is_allocated:
        for row in shares:
            events.append(
                _event(
                    page,
                    row,
                    Stage.ALLOCATED,
                    recipient,
                    name="allocated_eur",
                    items=_items([row], "quantity"),
                    part_of=0,
                )
            )
    if delivered > 0 and not is_all:
        told = next(row for row in rows if row["delivered_eur"])
        part = _event(page, told, handed_over, recipient, name="delivered_eur", part_of=0, is_dated=False)
        events.append(replace(part, amount=delivered, items=_items(rows, "quantity_delivered")))
    return events


def _sum(rows: Iterable[Record], name: str) -> Decimal:
    return sum((row[name] or Decimal(0) for row in rows), Decimal(0))


def _event(
    page: _Page,
    row: Record,
    stage: Stage,
    recipient: str,
    *,
    name: str,
    items: tuple[Item, ...] = (),
    part_of: int | None = None,
    more: tuple[Span, ...] = (),
    is_dated: bool = True,
) -> Event:
    amount, currency, at = _amount(row, name)
    aid_type = word_of("aid_type", row["aid_type_general"])
    euro = row["value_eur"] if currency not in (None, "EUR") else None
    cells = ["donor_name", at, "announcement_date", "measure", "aid_type_general", "aid_type_specific"]
    spans = [span for cell in cells for span in page.span(row, cell)]
    is_estimate = amount is not None and not row["reported_value"] and at == "activity_value"
    return Event(
        donor=row["donor"],
        stage=stage,
        recipient=recipient,
        amount=amount,
        currency=currency,
        amount_alt=(Amount(euro, "EUR"),) if euro else (),
        modifier="none" if amount is None else "approx" if is_estimate else "exact",
        aid_type=AidType(aid_type) if aid_type else None,
        mechanism=word_of("mechanism", row["aid_type_specific"]),
        date=row["date"] if is_dated else None,
        date_end=row["date_end"] if is_dated else None,
        date_precision=row["date_precision"] if is_dated else None,
        part_of=part_of,
        items=items,
        evidence=tuple(dict.fromkeys([*spans, *more])),
    )


def _amount(row: Record, name: str) -> tuple[Decimal | None, str | None, str]:
    """Sum, currency and the cell they stand in; in euro where the row gives no currency."""
    value, currency = row[name], "EUR" if name.endswith("_eur") else row["currency"]
    if not value or not currency:
        name, value, currency = "value_eur", row["value_eur"], "EUR"
    # 0 is what the tracker writes for goods without a price.
    return (value, currency, name) if value and value > 0 else (None, None, name)


def _items(rows: Iterable[Record], quantity: str) -> tuple[Item, ...]:
    counts: dict[str, int | float | None] = {}
    for row in rows:
        number = row.get(quantity)
        if not row["item"] or (quantity == "quantity_delivered" and not number):
            continue
        name = item_of(row["item"])
        known, told = counts.get(name), None if number is None else _count(number)
        counts[name] = told if known is None else known if told is None else known + told
    return tuple(Item(name, count) for name, count in counts.items())


def _count(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def _mentions(page: _Page, rows: Iterable[Record], document: Document) -> tuple[Mention, ...]:
    found = []
    for row in rows:
        for (number, name), span in page.spans.items():
            if number != row["row"]:
                continue
            value, kind = _meaning(row, name)
            if kind:
                found.append(Mention(kind, span, document.quote(span), value))
    return tuple(sorted(found, key=lambda mention: (mention.start, mention.end)))


def _meaning(row: Record, name: str) -> tuple[Any, str | None]:
    if name in SUMS:
        currency = "EUR" if name.endswith("_eur") else row["currency"]
        return (Money(row[name], currency), "money") if row[name] else (None, None)
    if name not in KINDS:
        return None, None
    meanings = {
        "donor_name": row["donor"],
        "announcement_date": When(row["date"], row["date_end"], row["date_precision"])
        if row["date"]
        else None,
        "measure": word_of("stage", row["measure"]),
        "item": item_of(row["item"]) if row["item"] else None,
        "aid_type_specific": word_of("mechanism", row["aid_type_specific"]),
    }
    value = meanings[name]
    return (value, KINDS[name]) if value else (None, None)
