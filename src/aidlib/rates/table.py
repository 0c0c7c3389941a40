"""In: an ECB history. Out: euro per unit of a currency on a day, with the day of the rate and its source."""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache, lru_cache
from pathlib import Path

from aidlib.errors import RateError
from aidlib.lexicon import read_table

__all__ = ["OtherRate", "RateTable", "other_rates", "read_rates"]

ENDED_AFTER = timedelta(days=7)
# Rows of our own tables stand a month apart.
MONTH_APART = timedelta(days=45)
# Fifteen digits bring any sum below 10**12 back within a cent, so that a row can be recomputed.
_CONTEXT = Context(prec=15, rounding=ROUND_HALF_EVEN)
_LINE = re.compile(r"\d{4}-\d\d-\d\d(,\s*(N/A|(?=[\d.]*[1-9])\d+(\.\d+)?)?)+\s*")
MOST_SHOWN = 5
LARGEST_FILE = 100_000_000


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
def other_rates() -> dict[str, tuple[OtherRate, ...]]:
    """Read our own tables: by currency, the rates in the order of their days."""
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
        self.source, self.text = source, text
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
        self.days = [row[0] for row in self._rows]
        self.first_day, self.last_day = (date.fromisoformat(self.days[n]) for n in (0, -1))

    @property
    def currencies(self) -> list[str]:
        """Name the currencies that have a rate on any day, sorted."""
        return sorted(name for name in self._columns if name != "Date" and self.series(name)[0])

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
        if currency in other_rates() and currency not in self._columns:
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
        return _CONTEXT.divide(1, mean), date.fromisoformat(days[end - 1]), source, self._is_open(day)

    def _is_open(self, day: date) -> bool:
        """Whether the table ends before the last weekday of that month: its mean may still change."""
        following = self.last_day + timedelta(days=3 if self.last_day.weekday() == 4 else 1)
        is_last_month = (day.year, day.month) == (self.last_day.year, self.last_day.month)
        return day > self.last_day or (is_last_month and following.month == day.month)

    def _other(self, currency: str, day: date) -> tuple[Decimal, date, str, bool]:
        rows = other_rates()[currency]
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

    Returns
    -------
    RateTable
        Its source names the last day and the hash of what it holds, not where it lies: the same
        rates make the same books.

    Raises
    ------
    RateError
        The file is missing or is no such history; the lines that are not of its form are named.
    """
    path = Path(path)
    fix = "Use the ECB's eurofxref-hist.csv, or the zip that holds it."
    try:
        text = _bytes_of(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, zipfile.BadZipFile, RuntimeError, EOFError, zlib.error) as error:
        raise RateError(f"cannot be read: {error}", where=str(path), fix=fix) from error
    with suppress(ValueError):  # a day that is none, which the list of bad lines names
        table = RateTable(text, source=str(path))
    bad = _bad_lines(text)
    if bad:
        more = f"; and {len(bad) - MOST_SHOWN} more" if len(bad) > MOST_SHOWN else ""
        shown = "; ".join(bad[:MOST_SHOWN]) + more
        raise RateError(f"is no whole history of rates: {shown}", where=str(path), fix=fix)
    name = hashlib.sha256("\n".join(text.split()).encode()).hexdigest()[:8]
    table.source = f"ECB euro reference rates to {table.last_day} (sha256 {name})"
    return table


def _bytes_of(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(names) != 1:
            raise zipfile.BadZipFile(f"it holds {len(names)} CSV files, not one")
        with archive.open(names[0]) as file:
            data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise zipfile.BadZipFile(f"it holds over {LARGEST_FILE:,} bytes")
    return data


def _bad_lines(text: str) -> list[str]:
    """List the lines that hold no day with its rates, as many as the head names, or a day once more."""
    head, *lines = text.splitlines()
    width, seen, bad = head.count(","), set[str](), []
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        if not _LINE.fullmatch(line) or line.count(",") != width or not _is_day(line[:10]):
            bad.append(f"line {number} is {line[:40]!r}")
        elif line[:10] in seen:
            bad.append(f"line {number} has the day {line[:10]} again")
        seen.add(line[:10])
    return bad


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
