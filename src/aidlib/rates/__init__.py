"""In: a sum, its currency and a day. Out: euro, by the ECB's rates: those packaged, or newer ones kept."""

from __future__ import annotations

from aidlib.rates.convert import CENT, POLICIES, Converted, Policy, convert_money, to_cents
from aidlib.rates.store import (
    Comparison,
    compare_rates,
    default_rates,
    drop_rates,
    packaged_rates,
    store_rates,
    stored_path,
)
from aidlib.rates.table import RateTable, other_rates, read_rates

__all__ = [
    "CENT",
    "POLICIES",
    "Comparison",
    "Converted",
    "Policy",
    "RateTable",
    "compare_rates",
    "convert_money",
    "default_rates",
    "drop_rates",
    "other_rates",
    "packaged_rates",
    "read_rates",
    "store_rates",
    "stored_path",
    "to_cents",
]
