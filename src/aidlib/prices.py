"""In: euro of one year. Out: the same in the prices of another, by the euro area's consumer prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from typing import Literal

from aidlib.errors import ParameterError
from aidlib.lexicon import read_table
from aidlib.rates import to_cents

__all__ = ["PriceSource", "deflate_eur", "price_years"]

PriceSource = Literal["hicp", "pydeflate"]
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


@cache
def _index() -> Mapping[int, Decimal]:
    return dict(
        read_table("hicp_euro_area.csv", lambda r: (int(r["year"]), Decimal(r["index_2015_100"])), key="year")
    )


def price_years() -> frozenset[int]:
    """Give the years that have an index of consumer prices.

    Examples
    --------
    >>> 2022 in price_years(), 1998 in price_years()
    (True, False)
    """
    return frozenset(_index())


def deflate_eur(amount: Decimal, year: int, base_year: int, *, source: PriceSource = "hicp") -> Decimal:
    """Give a sum in euro of one year in the prices of another.

    Parameters
    ----------
    amount : Decimal
        In euro, as of ``year``.
    year, base_year : int
        The year of the sum, and the year in whose prices it is wanted.
    source : {"hicp", "pydeflate"}
        Annual mean of the euro area's HICP (``data/hicp_euro_area.csv``), or the consumer prices
        that pydeflate fetches: a library of the extra ``exchange``, which asks the network.

    Returns
    -------
    Decimal
        In euro of ``base_year``, rounded to the cent, half to even.

    Raises
    ------
    ParameterError
        A year has no index, ``source`` is unknown, or pydeflate is not installed.

    Examples
    --------
    >>> deflate_eur(Decimal("100"), 2022, 2024)
    Decimal('107.91')
    >>> deflate_eur(Decimal("100"), 2024, 2024)
    Decimal('100.00')
    """
    if source not in _RATIOS:
        raise ParameterError(
            f"source {source!r} is unknown", where="deflate_eur", fix=f"Use one of {', '.join(_RATIOS)}."
        )
    over, under = _RATIOS[source](year, base_year)
    return to_cents(_WIDE.divide(_WIDE.multiply(amount, over), under))


def _by_hicp(year: int, base_year: int) -> tuple[Decimal, Decimal]:
    index = _index()
    for wanted in (year, base_year):
        if wanted not in index:
            raise ParameterError(
                f"there is no index of prices for {wanted}",
                where="data/hicp_euro_area.csv",
                fix=f"Use years from {min(index)} to {max(index)}, or add a row with its source.",
            )
    return index[base_year], index[year]


def _by_pydeflate(year: int, base_year: int) -> tuple[Decimal, Decimal]:
    try:
        from pydeflate import imf_cpi_deflate
    except ImportError as error:
        raise ParameterError(
            "pydeflate is not installed",
            where="deflate_eur, source",
            fix='Install it with `pip install "aidlib[exchange]"` (Python 3.12), or use source="hicp".',
        ) from error
    import pandas as pd

    # Germany stands for the euro area, which is no country of the IMF's table.
    frame = pd.DataFrame({"iso_code": ["DEU"], "year": [year], "value": [1e6]})
    got = imf_cpi_deflate(
        frame, base_year=base_year, source_currency="EUR", target_currency="EUR", target_value_column="real"
    )
    real = float(got["real"].iloc[0])
    if real != real:
        raise ParameterError(
            f"pydeflate has no price index for {year} or {base_year}",
            where="deflate_eur, source",
            fix='Use other years, or source="hicp".',
        )
    return Decimal(repr(real)), Decimal(10**6)


_RATIOS: Mapping[str, Callable[[int, int], tuple[Decimal, Decimal]]] = {
    "hicp": _by_hicp,
    "pydeflate": _by_pydeflate,
}
