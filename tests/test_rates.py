"""In: the ECB's table, ours, newer ones. Out: whether a sum in euro can be redone by hand, or is refused."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.errors import ParameterError, RateError
from aidlib.rates import (
    POLICIES,
    Policy,
    RateTable,
    convert_money,
    default_rates,
    drop_rates,
    packaged_rates,
    read_rates,
    store_rates,
    stored_path,
    to_cents,
)

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


@given(
    st.decimals(min_value="0.01", max_value="1e12", places=2),
    st.sampled_from(packaged_rates().currencies),
    st.dates(date(1998, 12, 1), date(2027, 3, 1)),
    st.sampled_from(POLICIES),
)
def test_by_every_policy_a_rate_is_refused_or_brings_the_sum_back_within_a_cent(
    amount: Decimal, currency: str, day: date, policy: Policy
) -> None:
    got = convert_money(amount, currency, day, policy=policy, fixed_day=date(2004, 6, 15), on_missing="keep")
    if got.rate is None or got.amount_eur is None:
        assert (got.amount_eur, got.rate_source) == (None, None)
        return
    assert got.amount_eur == to_cents(amount * got.rate)
    assert abs(got.amount_eur / got.rate - amount) * got.rate <= Decimal("0.0051")


@given(st.dates(date(1990, 1, 1), date(2027, 3, 1)), st.sampled_from(["USD", "NOK", "UAH"]))
def test_a_fixed_day_is_that_day_whenever_the_sum_was_announced(day: date, currency: str) -> None:
    one = date(2023, 5, 17)
    fixed = convert_money(Decimal("7.5e6"), currency, day, policy="fixed", fixed_day=one)
    assert fixed == convert_money(Decimal("7.5e6"), currency, one)


# The ECB's rates of the Norwegian krone in March 2024, as its history has them.
MARCH = """11.443 11.4325 11.475 11.468 11.394 11.3395 11.4405 11.4673 11.4805 11.467 11.5205 11.5565 11.5985
11.5725 11.543 11.617 11.605 11.626 11.6825 11.699""".split()


def test_the_mean_of_a_month_is_that_of_its_days() -> None:
    days, rates = packaged_rates().series("NOK")
    of_month = [rate for day, rate in zip(days, rates, strict=True) if day.startswith("2024-03")]
    assert of_month == MARCH
    assert sum(map(Decimal, MARCH)) / 20 == Decimal("11.52139")
    got = convert_money(Decimal("1e6"), "NOK", date(2024, 3, 2), policy="monthly")
    assert got.amount_eur == to_cents(Decimal("1e6") / Decimal("11.52139")) == Decimal("86795.08")
    assert (got.rate_date, got.provisional) == (date(2024, 3, 28), False)


@pytest.mark.parametrize(
    ("last", "day", "provisional"),
    [
        ("2024-01-30", date(2024, 1, 10), True),
        ("2024-01-31", date(2024, 1, 10), False),
        ("2024-01-31", date(2024, 2, 1), True),
        ("2024-01-30", date(2023, 12, 29), False),
        ("2024-03-29", date(2024, 3, 1), False),
    ],
    ids=["month not over", "month over", "next month", "month before", "month that ends in a weekend"],
)
def test_a_mean_that_may_still_change_is_provisional(last: str, day: date, provisional: bool) -> None:
    table = RateTable(f"Date,USD\n{last},1.10\n2023-12-29,1.00\n", source="a")
    assert convert_money(Decimal(1), "USD", day, policy="monthly", table=table).provisional == provisional


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of its own, in which the run stands."""
    (tmp_path / "seeds").mkdir()
    monkeypatch.chdir(tmp_path)
    default_rates.cache_clear()
    yield tmp_path
    default_rates.cache_clear()


def history(*more: str, change: tuple[str, str] = ("", ""), drop: str = "no line") -> str:
    """Give the packaged history with lines of later days, a text changed, or lines dropped."""
    head, *lines = packaged_rates().text.splitlines()
    kept = [line for line in lines if not line.startswith(drop)]
    later = [lines[0].replace("2026-10-30", day) for day in more]
    return "\n".join([head, *later, *kept]).replace(*change, 1) + "\n"


def test_a_newer_history_is_kept_and_named_beside_every_sum(project: Path) -> None:
    (project / "new.csv").write_text(
        history("2026-11-03", "2026-11-02", change=("2026-10-30,1.", "2026-10-30,2."))
    )
    table, compared = store_rates(project / "new.csv")
    assert compared.new_days == ("2026-11-02", "2026-11-03")
    assert [(day, name) for day, name, *_ in compared.changes] == [("2026-10-30", "USD")]
    got = convert_money(Decimal(100), "USD", date(2026, 11, 3))
    assert (got.rate_date, got.provisional, got.rate_source) == (date(2026, 11, 3), False, table.source)
    assert "2026-11-03 (sha256 " in table.source
    assert drop_rates()
    assert not drop_rates()
    assert default_rates() is packaged_rates()


def test_the_same_rates_have_the_same_name_in_csv_and_zip(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeff" + history().replace("\n", "\r\n"), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("eurofxref-hist.csv", history())
    one, other = read_rates(tmp_path / "a.csv"), read_rates(tmp_path / "b.zip")
    assert one.source == other.source != packaged_rates().source


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (history(drop="2026"), "it ends on 2025-12-31, the table in use on 2026-10-30"),
        (history(drop="1999"), "days that the table in use has, the first 1999-01-04"),
        (history(change=(",DKK,", ",DKX,")), "it lacks DKK"),
        (history(change=("Date,USD,JPY", "Date,JPY,USD")), "rates of days that both have differ"),
        (history(change=("2026-10-30,", "2026-10-30,-")), "line 2 is '2026-10-30,-"),
        (history(change=("2026-10-30,", "2026-13-30,")), "line 2 is '2026-13-30,"),
        (history(change=("2026-10-30,1", "2026-10-30,0.0,1")), "line 2 is"),
        (history("2026-10-30"), "line 3 has the day 2026-10-30 again"),
        ("a,b\n1,2\n", "columns are"),
        ("Date,USD\n2026-11-05,1.1\n", "it lacks 7,126 days"),
        ("<html>not found</html>", "columns are"),
    ],
    ids=["ends early", "begins late", "a currency gone", "columns mixed up", "a negative rate", "no such day",
         "a rate of 0", "a day twice", "another table", "one day", "a page"],
)  # fmt: skip
def test_what_is_no_newer_history_is_refused_and_the_old_one_stays(
    project: Path, text: str, says: str
) -> None:
    (project / "new.csv").write_text(text)
    with pytest.raises(RateError) as caught:
        store_rates(project / "new.csv")
    assert says in str(caught.value)
    assert not stored_path().exists()
    assert default_rates() is packaged_rates()


def test_a_run_that_is_killed_leaves_the_table_in_use(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "new.csv").write_text(history("2026-11-02"))
    store_rates(project / "new.csv")
    before = stored_path().read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    (project / "newer.csv").write_text(history("2026-11-03", "2026-11-02"))
    with pytest.raises(RateError, match="No space left"):
        store_rates(project / "newer.csv")
    assert stored_path().read_bytes() == before
    assert [path.name for path in stored_path().parent.iterdir()] == ["rates.csv"]


def test_a_damaged_table_is_told_of_and_mended_by_a_new_one(project: Path) -> None:
    stored_path().parent.mkdir()
    stored_path().write_text("Date,USD\n")
    with pytest.raises(RateError, match="aidlib rates --packaged"):
        default_rates()
    (project / "new.csv").write_text(history("2026-11-02"))
    store_rates(project / "new.csv")
    assert default_rates().last_day == date(2026, 11, 2)


@pytest.mark.parametrize("names", [[], ["a.csv", "b.csv"], ["a.txt"]])
def test_a_zip_without_one_history_is_refused(tmp_path: Path, names: list[str]) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, HISTORY)
    with pytest.raises(RateError, match="CSV files, not one"):
        read_rates(tmp_path / "a.zip")
