"""In: a sum as stated, with its modifier. Out: its bounds, in its own currency and in euro."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from aidlib.lexicon import bounds
from aidlib.rates import Converted, Policy, RateTable, convert_money, to_cents

__all__ = ["Valued", "Valuer"]

# decimal128(38, 2) holds 36 digits before the point.
LARGEST = Decimal(10) ** 36


@dataclass(frozen=True, slots=True)
class Valued:
    """A sum with its bounds, and the same in euro; None where unknown, with the reasons."""

    amount_low: Decimal | None = None
    amount: Decimal | None = None
    amount_high: Decimal | None = None
    amount_eur_low: Decimal | None = None
    amount_eur: Decimal | None = None
    amount_eur_high: Decimal | None = None
    rate: Decimal | None = None
    rate_date: date | None = None
    rate_source: str | None = None
    reasons: tuple[str, ...] = ()


@cache
def _factors() -> dict[str, tuple[str, str]]:
    return {bound.modifier: (bound.low, bound.high) for bound in bounds()}


@dataclass(frozen=True, slots=True)
class Valuer:
    """Values sums by one policy; see ``convert_money``."""

    policy: Policy = "announcement"
    fixed_day: date | None = None
    table: RateTable | None = None

    def value(
        self,
        amount: Decimal | None,
        currency: str | None,
        day: date | None,
        *,
        modifier: str = "exact",
        low: Decimal | None = None,
        high: Decimal | None = None,
        candidates: tuple[str, ...] = (),
        donor: str | None,
    ) -> Valued:
        """Value one sum: bounds by its modifier, then euro by the rate of the day.

        A sum of an unknown donor stays in its own currency: no total could place it.
        """
        if amount is None:
            return Valued()
        if not amount.is_finite() or abs(amount) >= LARGEST:
            return Valued(
                reasons=(f"amount_too_large:{amount:.3E}" if amount.is_finite() else "amount_not_a_number",)
            )
        if amount <= 0:
            return Valued(amount, amount, amount, reasons=("amount_not_positive",))
        floor, middle, ceiling = _bounds(amount, modifier, low, high)
        plain = Valued(floor, middle, ceiling)
        if donor is None:
            return _flagged(plain, "donor_unknown")
        if currency is None:
            return self._ambiguous(plain, candidates, day)
        if day is None and currency != "EUR" and self.policy != "fixed":
            return _flagged(plain, "day_unknown")
        got = self._convert(Decimal(1), currency, day or date.max)  # a euro is a euro on every day
        if got.rate is None:
            return _flagged(plain, "rate_missing")
        rate = got.rate
        low_eur, eur, high_eur = (to_cents(value * rate) for value in (floor, middle, ceiling))
        reasons = ("rate_provisional",) if got.provisional else ()
        known = got.rate_date if day or self.policy == "fixed" else None
        return Valued(floor, middle, ceiling, low_eur, eur, high_eur, rate, known, got.rate_source, reasons)

    def _convert(self, amount: Decimal, currency: str, day: date) -> Converted:
        return convert_money(
            amount,
            currency,
            day,
            policy=self.policy,
            fixed_day=self.fixed_day,
            on_missing="keep",
            table=self.table,
        )

    def _ambiguous(self, plain: Valued, candidates: tuple[str, ...], day: date | None) -> Valued:
        """A currency that nothing decides: from the least candidate to the most, centre between."""
        day = self.fixed_day if self.policy == "fixed" else day
        rates = [self._convert(Decimal(1), code, day).rate for code in candidates] if day else []
        known = [rate for rate in rates if rate is not None]
        if not known or len(known) < len(rates) or plain.amount_low is None or plain.amount_high is None:
            return _flagged(plain, "currency_unknown")
        low, high = to_cents(plain.amount_low * min(known)), to_cents(plain.amount_high * max(known))
        return Valued(
            plain.amount_low,
            plain.amount,
            plain.amount_high,
            low,
            to_cents((low + high) / 2),
            high,
            reasons=("currency_ambiguous",),
        )


def _bounds(
    amount: Decimal, modifier: str, low: Decimal | None, high: Decimal | None
) -> tuple[Decimal, Decimal, Decimal]:
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
        return low, min(max(amount, low), high), high
    least, most = _factors().get(modifier, ("1", "1"))
    try:
        floor, ceiling = (to_cents(amount * Decimal(factor)) for factor in (least, most))
    except ArithmeticError:
        # "range" without its ends, and "none": nothing says how wide.
        return amount, amount, amount
    return floor, amount, ceiling


def _flagged(plain: Valued, reason: str) -> Valued:
    return Valued(plain.amount_low, plain.amount, plain.amount_high, reasons=(reason,))
