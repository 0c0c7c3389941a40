"""In: books built in a line, and drawn ones. Out: whether nothing is counted twice, and bounds hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidlib.errors import ParameterError
from aidlib.ledger import Ledger, build_ledger, build_totals, check_ledger, naive_steps
from aidlib.model import Reading
from build import event, reading


def sums(ledger: Ledger, by: list[str] | None = None) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Low, central and high of each cell."""
    totals = build_totals(ledger, by=by or [])
    return list(zip(totals["low_eur"], totals["central_eur"], totals["high_eur"], strict=True))


def test_a_part_of_a_package_is_not_added_to_it() -> None:
    ledger = build_ledger([reading(event("SWE", "63e6"), event("SWE", "20e6", part_of=0))])
    assert sums(ledger) == [(63000000, 63000000, 63000000)]


def test_a_part_of_a_package_without_a_sum_is_counted() -> None:
    whole = event("SWE", None, items={"CV90": 5})
    ledger = build_ledger([reading(whole, event("SWE", "20e6", part_of=0))])
    assert sums(ledger) == [(20000000, 20000000, 20000000)]


def test_a_donors_share_of_a_joint_tranche_can_be_counted_apart() -> None:
    events = [
        event("MULTI", "600e6", mechanism="danish_model"),
        event("EU", "400e6", mechanism="danish_model", part_of=0),
        event("DNK", "175e6", mechanism="danish_model", part_of=0),
        event("DNK", "50e6", mechanism="danish_model", part_of=2),
    ]
    ledger = build_ledger([reading(*events)])
    apart = build_totals(ledger, by=["donor"], parts="apart")
    assert dict(zip(apart["donor"], apart["central_eur"], strict=True)) == {
        "EU": 400000000,
        "DNK": 175000000,
        "MULTI": 25000000,
    }
    within = build_totals(ledger, by=["donor"])
    assert within["donor"].tolist() == ["MULTI"]


def test_a_part_of_a_part_is_taken_out_of_the_row_that_holds_it() -> None:
    events = [
        event("MULTI", "600e6"),
        event("MULTI", "300e6", part_of=0),
        event("DNK", "100e6", part_of=1),
    ]
    apart = build_totals(build_ledger([reading(*events)]), by=["donor"], parts="apart")
    assert apart["central_eur"].tolist() == [100000000, 500000000]


def test_totals_proposals_and_other_recipients_are_not_added() -> None:
    ledger = build_ledger(
        [
            reading(
                event("SWE", "1e6"),
                event("SWE", "9e9", is_cumulative_total=True),
                event("SWE", "8e9", "proposed"),
                event("SWE", "7e9", recipient="MDA"),
                event(None, "6e9"),
            )
        ]
    )
    assert sums(ledger) == [(1000000, 1000000, 1000000)]


def test_a_repeat_that_stays_undecided_counts_once_in_low_and_central_and_twice_in_high() -> None:
    ledger = build_ledger(
        [
            reading(event("USA", "800e6"), id="a", published="2022-04-13"),
            reading(event("USA", "800e6"), id="b", published="2022-04-21"),
        ]
    )
    assert sums(ledger) == [(800000000, 800000000, 1600000000)]
    assert naive_steps(ledger).set_index("step").loc["overlaps", "amount_eur"] == -800000000


def test_an_act_counts_once_at_the_highest_stage() -> None:
    said = [event("LTU", "10e6", stage, mechanism="danish_model") for stage in ("pledged", "committed")]
    ledger = build_ledger(
        [reading(said[0], id="a", published="2024-10-23"), reading(said[1], id="b", published="2024-11-23")]
    )
    totals = build_totals(ledger, by=["stage"])
    assert totals["stage"].tolist() == ["committed"]
    assert totals["central_eur"].tolist() == [10000000]


def test_each_cell_names_the_acts_behind_it() -> None:
    ledger = build_ledger([reading(event("SWE", "1e6"), event("NOR", "2e6", mechanism="purl"))])
    totals = build_totals(ledger, by=["donor", "mechanism", "year", "quarter", "month"])
    assert totals[["donor", "year", "quarter", "month"]].to_numpy().tolist() == [
        ["NOR", "2024", "2024-Q2", "2024-05"],
        ["SWE", "2024", "2024-Q2", "2024-05"],
    ]
    assert totals["commitment_ids"].tolist() == [
        "NOR-UKR-purl-2024-05-EUR2M",
        "SWE-UKR-military-2024-05-EUR1M",
    ]
    assert totals["mechanism"].isna().tolist() == [False, True]


def test_a_grouping_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'donor'"):
        build_totals(build_ledger([]), by=["donr"])


@st.composite
def corpora(draw: st.DrawFn) -> list[Reading]:
    """Draw documents with repeats, parts, totals and proposals."""
    readings = []
    for number in range(draw(st.integers(1, 6))):
        events = []
        for index in range(draw(st.integers(0, 4))):
            events.append(
                event(
                    draw(st.sampled_from(["USA", "NOR", None])),
                    draw(st.sampled_from([None, "800e6", "500e6", "394.6e6", "400e6"])),
                    draw(st.sampled_from(["proposed", "pledged", "delivered"])),
                    currency=draw(st.sampled_from(["USD", "EUR", "NOK", "RUB", None])),
                    modifier=draw(st.sampled_from(["exact", "approx", "up_to", "at_least", "range"])),
                    recipient=draw(st.sampled_from(["UKR", "UKR", "MDA"])),
                    is_cumulative_total=draw(st.sampled_from([False, False, True])),
                    part_of=draw(st.sampled_from([None, *range(index + 1)])),
                    currency_candidates=draw(st.sampled_from([(), ("NOK", "DKK")])),
                )
            )
        published = draw(st.sampled_from(["2024-04-20", "2024-05-01", "2024-05-06"]))
        readings.append(reading(*events, id=f"d{number}", published=published))
    return readings


@settings(max_examples=15, deadline=None)
@given(corpora())
def test_the_steps_from_the_naive_sum_add_up_to_the_books_exactly(readings: list[Reading]) -> None:
    ledger = check_ledger(build_ledger(readings))
    steps = naive_steps(ledger)
    assert sum(steps["amount_eur"][:-1], Decimal(0)) == steps["amount_eur"].iloc[-1]
    assert steps["running_eur"].iloc[-2] == steps["running_eur"].iloc[-1]
    books = build_totals(ledger, by=[])["central_eur"]
    assert steps["amount_eur"].iloc[-1] == (books.iloc[0] if len(books) else 0)


@settings(max_examples=40, deadline=None)
@given(corpora(), st.sampled_from(["donor", "stage", "month", "mechanism"]))
def test_the_bounds_hold_and_high_adds_up_whatever_the_grouping(readings: list[Reading], by: str) -> None:
    ledger = build_ledger(readings)
    cells = sums(ledger, [by])
    assert all(low <= central <= high for low, central, high in cells)
    assert sum(high for _, _, high in cells) == sum(high for _, _, high in sums(ledger))
    apart = build_totals(ledger, by=[by], parts="apart")
    assert (apart["low_eur"] <= apart["central_eur"]).all()
    assert (apart["central_eur"] <= apart["high_eur"]).all()


@settings(max_examples=40, deadline=None)
@given(corpora())
def test_no_part_exceeds_its_whole_unflagged(readings: list[Reading]) -> None:
    rows = build_ledger(readings).commitments.to_dict("records")
    by_id = {row["commitment_id"]: row for row in rows}
    for row in rows:
        whole = by_id.get(row["part_of"])
        sums = (row["amount_eur_low"], whole["amount_eur_high"]) if whole else (None, None)
        if None not in sums and sums[0] > sums[1]:
            assert "part_exceeds_whole" in row["reasons"]
