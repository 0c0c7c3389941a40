"""In: sums of one year. Out: the same in the prices of another, or a refusal that says why."""

from __future__ import annotations

import sys
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.errors import ParameterError
from aidlib.ledger import build_ledger, build_totals
from aidlib.prices import deflate_eur, price_years
from build import event, reading


def test_a_sum_grows_by_the_prices_between_the_years() -> None:
    # 126.06 / 116.82, the indices of 2024 and 2022
    assert deflate_eur(Decimal("1e9"), 2022, 2024) == Decimal("1079096045.20")
    assert deflate_eur(Decimal("1e9"), 2024, 2022) == Decimal("926701570.68")


@pytest.mark.parametrize(("year", "base_year", "named"), [(2014, 2024, "2014"), (2024, 2030, "2030")])
def test_a_year_without_an_index_is_refused(year: int, base_year: int, named: str) -> None:
    with pytest.raises(ParameterError, match=f"for {named}.*from 2015 to 2025"):
        deflate_eur(Decimal(1), year, base_year)


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(ParameterError, match="hicp, pydeflate"):
        deflate_eur(Decimal(1), 2022, 2024, source="cpi")  # type: ignore[arg-type]


@given(
    st.decimals(min_value="0.01", max_value="1e30", places=2),
    st.sampled_from(sorted(price_years())),
    st.sampled_from(sorted(price_years())),
)
def test_there_and_back_is_the_same_within_what_the_cent_loses(amount: Decimal, year: int, base: int) -> None:
    there = deflate_eur(amount, year, base)
    assert abs(deflate_eur(there, base, year) - amount) <= Decimal("0.02")
    assert deflate_eur(amount, year, year) == amount


def test_without_pydeflate_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydeflate", None)
    with pytest.raises(ParameterError, match=r"pydeflate is not installed.*aidlib\[exchange\]"):
        deflate_eur(Decimal(1), 2022, 2024, source="pydeflate")


@pytest.mark.parametrize(("factor", "real"), [(1.1, "220.00"), (float("nan"), None)])
def test_pydeflate_stands_behind_the_same_function(
    monkeypatch: pytest.MonkeyPatch, factor: float, real: str | None
) -> None:
    def deflate(frame: pd.DataFrame, *, base_year: int, target_value_column: str, **_: Any) -> pd.DataFrame:
        assert (frame["year"].tolist(), base_year) == ([2022], 2024)
        return frame.assign(**{target_value_column: frame["value"] * factor})

    monkeypatch.setitem(sys.modules, "pydeflate", SimpleNamespace(imf_cpi_deflate=deflate))
    if real is None:
        with pytest.raises(ParameterError, match="no price index"):
            deflate_eur(Decimal(200), 2022, 2024, source="pydeflate")
    else:
        assert deflate_eur(Decimal(200), 2022, 2024, source="pydeflate") == Decimal(real)


def test_low_central_and_high_are_all_in_the_prices_of_the_base_year() -> None:
    said = event("NOR", "100e6", modifier="approx")
    ledger = build_ledger([reading(said, published="2022-05-01")])
    (row,) = build_totals(ledger, by=[], price_base_year=2024).to_dict("records")
    bounds = [deflate_eur(Decimal(value), 2022, 2024) for value in ("95e6", "100e6", "105e6")]
    assert [row["low_eur"], row["central_eur"], row["high_eur"]] == bounds
    assert row["price_base_year"] == 2024
    assert pd.isna(row["left_out_ids"])


def test_each_act_is_deflated_by_its_own_year_and_a_part_hangs_where_it_hung() -> None:
    ledger = build_ledger(
        [
            reading(event("NOR", "100e6"), event("NOR", "30e6", part_of=0), published="2022-05-01"),
            reading(event("SWE", "10e6"), id="b", published="2025-05-01"),
        ]
    )
    (row,) = build_totals(ledger, by=[], price_base_year=2024).to_dict("records")
    due = deflate_eur(Decimal("100e6"), 2022, 2024) + deflate_eur(Decimal("10e6"), 2025, 2024)
    assert (row["central_eur"], row["n_commitments"]) == (due, 2)


def test_acts_without_a_day_or_an_index_are_named_and_in_no_sum() -> None:
    ledger = build_ledger(
        [
            reading(event("LVA", "2e6"), published=None),
            reading(event("LVA", "3e6"), id="b", published="2024-05-01"),
            reading(event("EST", "4e6"), id="c", published="2030-05-01"),
        ]
    )
    rows = build_totals(ledger, by=["donor"], price_base_year=2024).set_index("donor")
    names = ledger.commitments.set_index("amount")["commitment_id"]
    assert rows["central_eur"].to_dict() == {"LVA": Decimal("3000000.00"), "EST": None}
    left_out = {"LVA": names[Decimal("2e6")], "EST": names[Decimal("4e6")]}
    assert rows["left_out_ids"].to_dict() == left_out
    assert rows["n_commitments"].to_dict() == {"LVA": 1, "EST": 0}


def test_a_base_year_without_an_index_is_refused_even_for_empty_books() -> None:
    with pytest.raises(ParameterError, match="1990"):
        build_totals(build_ledger([]), by=[], price_base_year=1990)
