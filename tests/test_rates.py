"""In: the ECB's table and ours. Out: whether a sum in euro can be redone by hand, or is refused."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.errors import ParameterError, RateError
from aidlib.rates import convert_money, default_rates, read_rates, to_cents

CASES = Path(__file__).parent / "cases"
HISTORY = "Date,USD,DKK,\n2024-01-03,1.10,7.45,\n2024-01-02,1.00,7.46,\n"


def cases(name: str) -> list[dict[str, str]]:
    """Read a table of cases."""
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases("rates.csv"), ids=lambda case: case["why"])
def test_a_sum_is_converted_as_of_the_last_known_day(case: dict[str, str]) -> None:
    got = convert_money(Decimal(case["amount"]), case["currency"], date.fromisoformat(case["day"]))
    assert (str(got.amount_eur), str(got.rate_date)) == (case["eur"], case["rate_date"])
    assert got.provisional == bool(case["provisional"])
    assert got.rate_source


@pytest.mark.parametrize("case", cases("rates_refused.csv"), ids=lambda case: case["why"])
def test_a_rate_that_nobody_gave_is_refused_with_the_way_out(case: dict[str, str]) -> None:
    day = date.fromisoformat(case["day"])
    with pytest.raises(RateError, match=case["says"]) as caught:
        convert_money(Decimal(100), case["currency"], day)
    assert case["currency"] in str(caught.value)
    assert 'on_missing="keep"' in caught.value.fix
    assert convert_money(Decimal(100), case["currency"], day, on_missing="keep").amount_eur is None


def test_a_sum_without_currency_is_never_guessed() -> None:
    with pytest.raises(RateError, match="no currency"):
        convert_money(Decimal(5), None, date(2024, 1, 1))


def test_one_day_for_all_and_the_mean_of_the_month_are_other_policies() -> None:
    day = date(2024, 6, 14)
    fixed = convert_money(Decimal(100), "USD", day, policy="fixed", fixed_day=date(2022, 1, 3))
    monthly = convert_money(Decimal(100), "USD", day, policy="monthly")
    assert (fixed.rate_date, fixed.amount_eur) == (date(2022, 1, 3), Decimal("88.07"))
    assert monthly.rate_source
    assert monthly.rate_source.endswith("mean of 2024-06")
    assert monthly.amount_eur != convert_money(Decimal(100), "USD", day).amount_eur


@pytest.mark.parametrize("policy", ["fixed", "yearly"])
def test_a_policy_that_means_nothing_is_refused(policy: str) -> None:
    with pytest.raises(ParameterError, match=policy):
        convert_money(Decimal(1), "USD", date(2024, 1, 1), policy=policy)  # type: ignore[arg-type]


def test_a_newer_history_is_read_from_the_zip_that_the_ecb_gives_out(tmp_path: Path) -> None:
    path = tmp_path / "eurofxref-hist.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("eurofxref-hist.csv", HISTORY)
    table = read_rates(path)
    got = convert_money(Decimal(110), "USD", date(2024, 1, 3), table=table)
    assert got.amount_eur == Decimal("100.00")
    assert str(got.rate_source).startswith("ECB euro reference rates to 2024-01-03 (sha256 ")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Date,USD\n"])
def test_what_is_no_history_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(text)
    with pytest.raises(RateError):
        read_rates(path)
    with pytest.raises(RateError, match="cannot be read"):
        read_rates(tmp_path / "none.csv")


@given(
    st.decimals(min_value="0.01", max_value="1e12", places=2),
    st.sampled_from(["USD", "DKK", "NOK", "SEK", "JPY", "UAH", "XDR"]),
    st.dates(date(2022, 2, 1), date(2026, 10, 30)),
)
def test_a_sum_converted_there_and_back_is_the_same_within_a_cent(
    amount: Decimal, currency: str, day: date
) -> None:
    got = convert_money(amount, currency, day)
    assert got.rate is not None
    assert got.amount_eur is not None
    assert got.amount_eur == to_cents(amount * got.rate)
    assert abs(got.amount_eur / got.rate - amount) * got.rate <= Decimal("0.0051")


def test_every_rate_stands_for_no_more_than_the_days_it_may() -> None:
    days, rates = default_rates().series("USD")
    assert days == sorted(days)
    assert len(days) == len(rates) > 6900
    assert days[0] == "1999-01-04"
