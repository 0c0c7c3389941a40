"""In: a document. Out: its money mentions, with bounds, currencies and conversions."""

from __future__ import annotations

from aidlib.mentions.money.currency import settle_currency
from aidlib.mentions.money.find import find_money

__all__ = ["find_money", "settle_currency"]
