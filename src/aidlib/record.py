"""In: a reading. Out: the JSON object that ``aidlib parse`` writes, and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aidlib.errors import ReadError
from aidlib.model import (
    AidType,
    Amount,
    Document,
    Event,
    Item,
    Mention,
    Money,
    Reading,
    Span,
    Stage,
    address_of,
)

__all__ = ["reading_from_record", "record_of"]

MOST_DIGITS = 1000  # "1e999999" is a short text and a number of a megabyte


def record_of(reading: Reading, *, with_text: bool = False) -> dict[str, Any]:
    """Write a reading as one JSON object: every key always there, unknown is null.

    Parameters
    ----------
    reading : Reading
        Its document, money mentions, events and headline are written; decisions are not.
    with_text : bool, optional
        Add the text that the offsets refer to, so that quotes can be shown again.

    Examples
    --------
    >>> record = record_of(Reading(Document.from_text("Nothing to report.", id="a")))
    >>> record["id"], record["events"], record["headline"]
    ('a', [], None)
    """
    document = reading.document
    record: dict[str, Any] = {
        "id": document.id,
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "source": document.source,
        "url": document.url,
        "register": document.register,
        "sha256": document.sha256,
        "mentions": [_mention_record(mention) for mention in reading.money],
        "events": [_event_record(event) for event in reading.events],
        "headline": _amount_record(reading.headline) if reading.headline else None,
    }
    return {**record, "text": document.text} if with_text else record


def number_of(value: Decimal | None) -> int | float | None:
    """Give a JSON number: whole where the sum is whole.

    Examples
    --------
    >>> number_of(Decimal("118.8e6")), number_of(Decimal("0.5")), number_of(None)
    (118800000, 0.5, None)
    """
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _amount_record(amount: Amount) -> dict[str, Any]:
    return {"amount": number_of(amount.amount), "currency": amount.currency}


def _mention_record(mention: Mention) -> dict[str, Any]:
    money: Money = mention.value
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.quote,
        "amount": number_of(money.amount),
        "currency": money.currency,
        "low": number_of(money.low),
        "high": number_of(money.high),
        "modifier": money.modifier,
        "converts": money.converts,
        "part_of": money.part_of,
        "currency_candidates": list(money.candidates),
        "reason": money.reason,
    }


def _event_record(event: Event) -> dict[str, Any]:
    return {
        "donor": event.donor,
        "donors": None if event.donors is None else list(event.donors),
        "channel": event.channel,
        "recipient": event.recipient,
        "amount": number_of(event.amount),
        "low": number_of(event.low),
        "high": number_of(event.high),
        "currency": event.currency,
        "currency_candidates": list(event.currency_candidates),
        "amount_alt": [_amount_record(amount) for amount in event.amount_alt],
        "modifier": event.modifier,
        "stage": event.stage.value,
        "aid_type": event.aid_type.value if event.aid_type else None,
        "mechanism": event.mechanism,
        "date": event.date,
        "date_end": event.date_end,
        "date_precision": event.date_precision,
        "part_of": event.part_of,
        "items": [{"item": item.item, "quantity": item.quantity} for item in event.items],
        "is_cumulative_total": event.is_cumulative_total,
        "about_past": event.about_past,
        "evidence": [[span.start, span.end] for span in event.evidence],
        "reasons": list(event.reasons),
    }


def reading_from_record(record: Mapping[str, Any]) -> Reading:
    """Read back what `record_of` wrote; what the record leaves out is unknown.

    Parameters
    ----------
    record : mapping
        Without ``text`` the document's text is empty, its ``sha256`` the one written.

    Raises
    ------
    ReadError
        A key is missing, or a value is none that the contract allows.
    """
    try:
        document = _document(record)
        mentions = tuple(_mention(m) for m in record["mentions"])
        events = tuple(_event(e) for e in record["events"])
        headline = _amount(record["headline"]) if record.get("headline") else None
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        problem = f"key {error} is missing" if isinstance(error, KeyError) else str(error)
        raise ReadError(
            f"the record is not in the form of `aidlib parse`: {problem}",
            where=f"record {record.get('id')!r}",
            fix="Write it with `aidlib parse`.",
        ) from error
    return Reading(document, mentions, events, headline=headline)


def _document(record: Mapping[str, Any]) -> Document:
    for key in ("id", "text", "title", "published", "source", "register", "sha256"):
        if not isinstance(record.get(key), str | None):
            raise TypeError(f"{key!r} is no text")
    document = Document.from_text(
        record.get("text") or "",
        id=record["id"],
        title=record.get("title"),
        published=record.get("published"),
        source=record.get("source"),
        url=address_of(record.get("url")),
        register=record.get("register"),
    )
    written = record.get("sha256")
    if record.get("text") is None and written:
        document.__dict__["sha256"] = written
    elif written and written != document.sha256:
        raise ReadError(
            "the text is not the one that was read: its sha256 differs",
            where=f"record {record['id']!r}",
            fix="Run `aidlib parse` again.",
        )
    return document


def _decimal(value: int | float | Decimal | None) -> Decimal | None:
    return None if value is None else _number(value)


def _number(value: int | float | Decimal) -> Decimal:
    """Give a sum without the zeros behind the point that a column of decimals adds."""
    exact = Decimal(str(value))
    if not exact.is_finite() or abs(exact.adjusted()) > MOST_DIGITS:
        raise ValueError(f"{str(value)[:60]!r} is no sum")
    whole = exact.to_integral_value()
    return whole if exact == whole else exact.normalize()


def _amount(value: Mapping[str, Any]) -> Amount:
    return Amount(_number(value["amount"]), value["currency"])


def _mention(m: Mapping[str, Any]) -> Mention:
    money = Money(
        amount=_number(m["amount"]),
        currency=m["currency"],
        modifier=m.get("modifier", "exact"),
        low=_decimal(m.get("low")),
        high=_decimal(m.get("high")),
        candidates=tuple(m.get("currency_candidates") or ()),
        reason=m.get("reason"),
        converts=m.get("converts"),
        part_of=m.get("part_of"),
    )
    return Mention("money", Span(m["start"], m["end"]), m["text"], money)


def _event(e: Mapping[str, Any]) -> Event:
    return Event(
        donor=e["donor"],
        stage=Stage(e["stage"]),
        recipient=e.get("recipient"),
        donors=None if e.get("donors") is None else tuple(e["donors"]),
        channel=e.get("channel"),
        amount=_decimal(e.get("amount")),
        low=_decimal(e.get("low")),
        high=_decimal(e.get("high")),
        currency=e.get("currency"),
        currency_candidates=tuple(e.get("currency_candidates") or ()),
        amount_alt=tuple(_amount(a) for a in e.get("amount_alt") or ()),
        modifier=e.get("modifier") or "none",
        aid_type=AidType(e["aid_type"]) if e.get("aid_type") else None,
        mechanism=e.get("mechanism"),
        date=e.get("date"),
        date_end=e.get("date_end"),
        date_precision=e.get("date_precision"),
        part_of=e.get("part_of"),
        items=tuple(Item(i["item"], i.get("quantity")) for i in e.get("items") or ()),
        is_cumulative_total=bool(e.get("is_cumulative_total")),
        about_past=bool(e.get("about_past")),
        evidence=tuple(Span(start, end) for start, end in e.get("evidence") or ()),
        reasons=tuple(e.get("reasons") or ()),
    )
