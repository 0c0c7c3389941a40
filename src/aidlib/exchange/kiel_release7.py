"""In: the sheets of a release 7 workbook. Out: the value of any cell, worked out where none is stored.

The workbook states its own rules as formulas. A package is counted on its first row: the sum that the
source gives, or else units times the price list; in euro at one rate a currency for all days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aidlib.errors import ReadError
from aidlib.exchange.formulas import parse_formula
from aidlib.exchange.kiel_contract import Table, place, squeeze
from aidlib.exchange.sheets import Sheet, cell_name, place_of, read_formulas
from aidlib.rates import to_cents

__all__ = ["Release7"]

NOT_GIVEN = "Not given"
NOTHING = "."


class Release7:
    """Values of a workbook whose formulas may have been stored without their results.

    Parameters
    ----------
    sheets : mapping
        Every sheet by its name.
    tables : mapping
        The tables ``activities``, ``prices`` and ``rates`` as the contract found them.
    """

    def __init__(self, sheets: Mapping[str, Sheet], tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._sheets = dict(sheets)
        for table in tables.values():
            formulas = read_formulas(table.path, table.sheet.name)
            self._sheets[table.sheet.name] = Sheet(table.sheet.name, table.sheet.rows, formulas)
        self._main = tables["activities"]
        rules = {"activity_value": self._total, "value_eur": self._euro, "delivered_eur": self._delivered}
        self._rules = {
            self._main.places[name]: rule for name, rule in rules.items() if name in self._main.places
        }
        self._open: set[tuple[str, int, int]] = set()
        self._known: dict[tuple[str, int, int], Any] = {}
        self._packages: dict[str, list[int]] = defaultdict(list)
        for number in range(self._main.first, len(self._main.sheet.rows)):
            self._packages[self._words(number, "activity_id")].append(number)
        self._prices = self._lookup("prices", "item", "unit_price_usd")
        self._rates = self._lookup("rates", "currency", "units_per_eur")

    def value(self, row: int, column: int) -> Any:
        """Give the value of a cell of the main sheet, row and column from 0.

        Raises
        ------
        ReadError
            Its formula has no stored result, and cannot be worked out.
        """
        return self._value(self._main.sheet.name, row, column)

    def _value(self, sheet: str, row: int, column: int) -> Any:
        at = (sheet, row, column)
        own = self._sheets[sheet]
        stored = own.stored(row, column)
        if stored != "" or (row, column) not in own.formulas:
            return stored
        where = f"{place(self._main.path, sheet)}, cell {cell_name(row, column)}"
        if at in self._open:
            raise ReadError("the formula leads back to itself", where=where, fix="Mend the formula.")
        if at not in self._known:
            self._open.add(at)
            try:
                self._known[at] = self._work(sheet, row, column, where)
            finally:
                self._open.discard(at)
        return self._known[at]

    def _work(self, sheet: str, row: int, column: int, where: str) -> Any:
        if sheet == self._main.sheet.name and column in self._rules:
            return self._rules[column](row)
        return parse_formula(
            self._sheets[sheet].formulas[row, column],
            cell=lambda other, name: self._value(other or sheet, *place_of(name)),
            columns=self._columns,
            where=where,
        )

    def _columns(self, sheet: str, first: str, nth: int) -> list[tuple[Any, Any]]:
        left = place_of(f"{first}1")[1]
        rows = range(len(self._sheets[sheet].rows))
        return [(self._value(sheet, row, left), self._value(sheet, row, left + nth - 1)) for row in rows]

    def _lookup(self, name: str, key: str, wanted: str) -> dict[str, tuple[str, int, int]]:
        """Find for every key the cell that goes with it; the first of equal ones, as VLOOKUP does."""
        table = self._tables[name]
        found: dict[str, tuple[str, int, int]] = {}
        for row in range(table.first, len(table.sheet.rows)):
            word = squeeze(table.sheet.stored(row, table.places[key])).casefold()
            found.setdefault(word, (table.sheet.name, row, table.places[wanted]))
        return found

    def _own(self, row: int, name: str) -> Any:
        return self.value(row, self._main.places[name]) if name in self._main.places else ""

    def _words(self, row: int, name: str) -> str:
        column = self._main.places.get(name)
        return "" if column is None else squeeze(self._main.sheet.stored(row, column))

    def _is_first(self, row: int) -> bool:
        return bool(self._own(row, "is_first") == 1)

    def _total(self, row: int) -> Any:
        """Sum of the package in its currency, column "Total"."""
        if not self._is_first(row):
            return ""
        given = self._own(row, "reported_value")
        if given != NOT_GIVEN:
            return given or Decimal(0)
        return self._estimate(row, "quantity") or NOTHING

    def _estimate(self, row: int, units: str) -> Decimal:
        """Units times prices over all rows of the package; what is no number counts nothing."""
        total = Decimal(0)
        for number in self._packages[self._words(row, "activity_id")]:
            at = self._prices.get(self._words(number, "item").casefold())
            if at is not None:
                count, price = _number(self._own(number, units)), _number(self._value(*at))
                total += (count or 0) * (price or 0)
        return to_cents(total)

    def _euro(self, row: int) -> Any:
        """Sum of the package in euro, column "Converted Value in EUR"."""
        if not self._is_first(row):
            return ""
        total = self._own(row, "activity_value")
        if total == NOTHING:
            return NOTHING
        value = _number(total or Decimal(0))
        if value is None:
            raise self._unfit(row, "activity_value", total)
        return to_cents(value / self._rate(row, self._words(row, "currency")))

    def _delivered(self, row: int) -> Any:
        """What was delivered in euro, as the column on the source of that value says."""
        if not self._is_first(row):
            return ""
        basis = self._words(row, "delivery_basis")
        if basis == "Value is given by the source":
            return self._own(row, "value_eur")
        if basis == "Value is calculated with prices":
            total = self._estimate(row, "quantity_delivered")
            return to_cents(total / self._rate(row, "USD")) if total else NOTHING
        return NOTHING

    def _rate(self, row: int, currency: str) -> Decimal:
        at = self._rates.get(currency.casefold())
        rate = _number(self._value(*at)) if at else None
        if not rate or rate < 0:
            raise self._unfit(row, "currency", currency)
        return rate

    def _unfit(self, row: int, name: str, value: Any) -> ReadError:
        return ReadError(
            f"{self._main.header(name)} {value!r} cannot be turned into euro",
            where=f"{self._main.where}, cell {cell_name(row, self._main.places[name])}",
            fix="Mend the cell, or give its rate on the sheet of exchange rates.",
        )


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return number if number.is_finite() else None
