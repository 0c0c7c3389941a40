"""In: one reading. Out: its sums of money, booked or not, and why; drawn and in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger, build_totals
from aidlib.model import Decision, Mention, Reading
from aidlib.plots.bars import Bar, draw_bars, draw_sentence
from aidlib.plots.style import BLUE, GREY, SKY, eur, shorten
from aidlib.rates import convert_money

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_announcement", "table_announcement", "tell_announcement"]

NOTHING = "This text names no sum of money."
VERDICTS = {
    "booked": "booked",
    "repeat": "told again",
    "part": "part of another sum",
    "conversion": "the same, converted",
}
ZERO = Decimal(0)
MOST = 24


def table_announcement(reading: Reading) -> pd.DataFrame:
    """List every sum of a text: what it is, in euro, booked or not, and why.

    Returns
    -------
    DataFrame
        ``quote``, ``start``, ``amount``, ``currency``, ``amount_eur`` (None where no rate is known),
        ``verdict``, ``event`` (None where it makes none), ``why``.
    """
    decided = {decision.mention: decision for decision in reading.decisions}
    rows = [_row(reading, mention, decided.get(n)) for n, mention in enumerate(reading.money)]
    names = ["quote", "start", "amount", "currency", "amount_eur", "verdict", "event", "why"]
    return pd.DataFrame(rows, columns=names).astype({"event": "Int64"})


def _row(reading: Reading, mention: Mention, decision: Decision | None) -> dict[str, Any]:
    money = mention.value
    event = decision.event if decision else None
    verdict = decision.verdict if decision else "undecided"
    reasons = list(decision.reasons) if decision else []
    return {
        "quote": " ".join(mention.quote.split()),
        "start": mention.start,
        "amount": money.amount,
        "currency": money.currency,
        "amount_eur": _euro(reading, money.amount, money.currency),
        "verdict": verdict,
        "event": event,
        "why": ", ".join(code.replace("_", " ") for code in dict.fromkeys(reasons) if code != verdict),
    }


def _euro(reading: Reading, amount: Decimal, currency: str | None) -> Decimal | None:
    day = reading.document.published
    if currency is None or (day is None and currency != "EUR"):
        return None
    if currency == "EUR" or day is None:
        return amount
    return convert_money(amount, currency, day, on_missing="keep").amount_eur


def draw_announcement(reading: Reading) -> Figure:
    """Draw the sums of a text in their order, as bars in euro: dark what is booked, light what is not."""
    rows = _shown(table_announcement(reading))
    return draw_bars([_bar(row) for row in rows]) if rows else draw_sentence(NOTHING)


def _shown(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Keep as many sums as there is room for: the largest, booked ones first, in the order of the text."""
    rows = table.to_dict("records")
    first = sorted(
        rows, key=lambda row: (row["verdict"] != "booked", -(row["amount_eur"] or ZERO), row["start"])
    )
    kept = {row["start"] for row in first[:MOST]}
    return [row for row in rows if row["start"] in kept]


def _bar(row: dict[Any, Any]) -> Bar:
    is_booked, is_part = row["verdict"] == "booked", row["verdict"] == "part"
    label = VERDICTS.get(row["verdict"], row["verdict"].replace("_", " "))
    if row["amount_eur"] is None:
        label += ", no rate"
    return Bar(
        shorten(row["quote"], 26),
        float(row["amount_eur"] or 0),
        label,
        colour=BLUE if is_booked else SKY if is_part else "#ffffff",
        edge=BLUE if is_booked or is_part else GREY,
        hatch="////" if is_part else None,
        is_strong=is_booked,
    )


def tell_announcement(reading: Reading, books: Ledger) -> dict[str, str]:
    """Say what one text adds to the books: finding, subtitle and alt text."""
    rows = table_announcement(reading)
    day = f"published {reading.document.published}" if reading.document.published else "without a date"
    subtitle = f"Every sum of the text in its order, euro at the day's rate; {day}"
    if not len(rows):
        return {"finding": NOTHING, "subtitle": subtitle, "alt": f"No bars. {NOTHING}"}
    naive = sum((value for value in rows["amount_eur"] if value is not None), ZERO)
    total = build_totals(books, by=[])
    booked = total["central_eur"].iloc[0] if len(total) else ZERO
    what = f"books {eur(booked)}" if booked else "books nothing"
    if not booked and (rows["verdict"] == "booked").any():
        what = "books what no rate turns into euro"
    finding = f"The text names {_sums(len(rows), naive)} and {what}"
    shown = _shown(rows)
    if len(shown) < len(rows):
        subtitle += f"; {len(shown)} of {len(rows)} sums"
    said = "; ".join(
        f"{row['quote']}, {VERDICTS.get(row['verdict'], row['verdict'].replace('_', ' '))}" for row in shown
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Bars, one a sum: {said}."}


def _sums(n: int, naive: Decimal) -> str:
    return f"one sum, {eur(naive)}," if n == 1 else f"{n} sums, {eur(naive)} together,"
