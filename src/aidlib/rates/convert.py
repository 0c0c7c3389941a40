"""In: a sum, its currency and a day. Out: euro, with the rate, the rate's day and its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Literal

from aidlib.errors import ParameterError, RateError
from aidlib.rates.store import default_rates
from aidlib.rates.table import RateTable

__all__ = ["CENT", "POLICIES", "Converted", "Policy", "convert_money", "to_cents"]

Policy = Literal["announcement", "fixed", "monthly"]
POLICIES: tuple[Policy, ...] = ("announcement", "fixed", "monthly")
CENT = Decimal("0.01")
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Converted:
    """A sum in euro beside how it came about.

    ``rate`` is euro per unit; all but ``provisional`` are None where no rate is known and the
    caller chose to keep the sum. ``provisional`` marks a day after the table's own end.
    """

    amount_eur: Decimal | None
    rate: Decimal | None
    rate_date: date | None
    rate_source: str | None
    provisional: bool = False


def convert_money(
    amount: Decimal,
    currency: str | None,
    day: date,
    *,
    policy: Policy = "announcement",
    fixed_day: date | None = None,
    on_missing: Literal["raise", "keep"] = "raise",
    table: RateTable | None = None,
) -> Converted:
    """Convert a sum to euro.

    Parameters
    ----------
    amount : Decimal
        In whole units of its currency.
    currency : str or None
        ISO 4217; None where nothing decides it.
    day : date
        When the sum was announced.
    policy : {"announcement", "fixed", "monthly"}
        The rate of that day (the last one known), of one ``fixed_day`` for all, or the mean of
        the day's month.
    on_missing : {"raise", "keep"}
        "keep" gives a result whose values are None.
    table : RateTable, optional
        Another history than the one in use (``default_rates``).

    Returns
    -------
    Converted
        ``amount_eur`` is rounded to the cent, and equals ``amount * rate`` so rounded.

    Raises
    ------
    RateError
        The currency is unknown, has ended, or had no rate that early.

    Examples
    --------
    >>> convert_money(Decimal("7450000"), "DKK", date(2024, 6, 15)).rate_date
    datetime.date(2024, 6, 14)
    >>> convert_money(Decimal(100), "RUB", date(2024, 3, 9), on_missing="keep").amount_eur is None
    True
    """
    if policy not in POLICIES or (policy == "fixed" and fixed_day is None):
        raise ParameterError(
            f"policy {policy!r} with fixed_day {fixed_day}",
            where="rates policy",
            fix=f"Use one of {', '.join(POLICIES)}; fixed needs a fixed_day.",
        )
    table = table or default_rates()
    day = fixed_day if policy == "fixed" and fixed_day else day
    try:
        if currency is None:
            raise RateError(
                f"no currency for {amount}", where="convert_money", fix="Decide the currency first."
            )
        find = table.monthly if policy == "monthly" else table.per_unit
        rate, known, source, provisional = find(currency, day)
    except RateError:
        if on_missing == "raise":
            raise
        return Converted(None, None, None, None)
    return Converted(to_cents(amount * rate), rate, known, source, provisional)


def to_cents(amount: Decimal) -> Decimal:
    """Round to the cent, half to even, whatever the size.

    Examples
    --------
    >>> to_cents(Decimal("0.125"))
    Decimal('0.12')
    """
    try:
        return amount.quantize(CENT, context=_WIDE)
    except InvalidOperation as error:
        raise ParameterError(
            f"{amount} is no sum of money", where="to_cents", fix="Give a finite number."
        ) from error
