"""In: books whose acts have stages and days. Out: whether ladder, days, waits and support are right."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from aidlib.ledger import Ledger, build_ledger, build_totals
from aidlib.plots import (
    draw_days,
    draw_evidence,
    draw_ladder,
    table_days,
    table_evidence,
    table_ladder,
    table_waiting,
    tell_days,
    tell_evidence,
    tell_ladder,
    tell_waiting,
)
from aidlib.plots.stages import LOOKS, STEPS, last_day
from aidlib.reconcile import load_facts
from build import event, reading
from plots.seen import faults, framed

FACT: dict[str, str] = {
    "row_id": "F1",
    "row_type": "contribution",
    "contributor": "DNK",
    "stage": "contracted",
    "deliverables": "18 Bohdana",
    "announced_on": "2024-07-10",
    "delivered_on": "2024-09-14",
}


def facts(**changes: str) -> pd.DataFrame:
    """Make a table of one fact with both days."""
    return pd.DataFrame([FACT | changes])


def followed(donor: str, amount: str, first: str, last: str, stage: str = "delivered") -> list[Any]:
    """Two texts of one act: allocated on one day, and at a later stage on another."""
    one = event(donor, amount, "allocated", mechanism="danish_model", date=first)
    two = event(donor, amount, stage, mechanism="danish_model", date=last)
    return [
        reading(one, id=f"{donor}-{amount}-a", published=(first + "-28-28")[:10]),
        reading(two, id=f"{donor}-{amount}-b", published=(last + "-28-28")[:10]),
    ]


def test_each_rung_holds_what_came_so_far_and_parts_stand_on_their_own() -> None:
    books = build_ledger([reading(event("NOR", "100e6"), event("NOR", "40e6", "delivered", part_of=0))])
    (row,) = table_ladder(books).to_dict("records")
    assert (row["pledged"], row["delivered"], row["total_eur"]) == (60000000, 40000000, 100000000)
    assert tell_ladder(books)["finding"] == (
        "Of €100\xa0million booked, 60\xa0% is only pledged and 40\xa0% is told as paid or handed over"
    )


def test_the_ladder_adds_up_to_the_books_and_ends_in_the_rest() -> None:
    books = build_ledger([reading(*[event(f"D{n:02}", str(10**6 * (n + 1))) for n in range(20)])])
    rows = table_ladder(books, top=5)
    assert rows["name"].tolist()[0] == "All donors"
    assert rows["name"].tolist()[-1] == "15 other donors"
    assert rows["total_eur"].iloc[1:].sum() == rows["total_eur"].iloc[0]
    assert rows["total_eur"].iloc[0] == build_totals(books, by=[])["central_eur"].iloc[0]
    assert sum(rows[stage].iloc[0] for stage in STEPS) == rows["total_eur"].iloc[0]


def test_the_most_that_stayed_a_pledge_may_be_of_a_donor_without_a_bar() -> None:
    decided = [event(donor, amount, "allocated") for donor, amount in (("DNK", "9e9"), ("SWE", "8e9"))]
    pledged = [event(donor, amount) for donor, amount in (("MULTI", "5e9"), ("LTU", "1e9"))]
    books = build_ledger([reading(*decided, *pledged)])
    assert tell_ladder(books, top=2)["finding"].endswith("Several donors have the most that stayed a pledge")


def test_what_may_be_one_act_at_two_stages_is_not_more_than_the_books() -> None:
    told = [reading(event("NOR", "5e8"), id="a"), reading(event("NOR", "5e8", "allocated"), id="b")]
    books = build_ledger(told)
    rows = table_ladder(books)
    assert rows["total_eur"].iloc[0] == build_totals(books, by=[])["central_eur"].iloc[0]
    assert faults(framed(draw_ladder(books), tell_ladder(books))) == []


@pytest.mark.parametrize(
    ("first", "last", "low", "high", "why"),
    [
        ("2024-07-10", "2024-09-14", 66, 66, "two days"),
        ("2024-06", "2024-07-11", 11, 40, "a month gives a least and a most"),
        ("2024-06", "2024-06-20", 0, 19, "no fewer than none"),
        ("2024-06-20", "2024-06-20", None, None, "one day is no wait"),
        ("2024", "2024-09-14", None, None, "a year says nothing of days"),
        ("2024-09-14", "2024-07-10", None, None, "backwards"),
    ],
)
def test_days_lie_between_what_the_dates_allow(
    first: str, last: str, low: int | None, high: int | None, why: str
) -> None:
    rows = table_days(build_ledger([]), facts(announced_on=first, delivered_on=last)).to_dict("records")
    assert [(row["days_low"], row["days_high"]) for row in rows] == ([] if low is None else [(low, high)]), (
        why
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"row_type": "claimed_total"},
        {"delivered_on": "2025-06 (begun)"},
        {"delivered_on": "2025-02-30"},
        {"delivered_on": ""},
        {"announced_on": ""},
        {"stage": ""},
    ],
    ids=str,
)
def test_a_fact_without_both_days_is_left_out(changes: dict[str, str]) -> None:
    assert not len(table_days(build_ledger([]), facts(**changes)))


def test_goods_are_set_against_the_median_of_the_others() -> None:
    books = build_ledger(
        [
            *followed("SWE", "20e6", "2024-10-28", "2025-01-10"),
            *followed("EU", "9e7", "2024-09-13", "2025-01-11"),
        ]
    )
    told = tell_days(books, facts(), goods="bohdana")
    assert told["finding"] == (
        "18 Bohdana: 66\xa0days from order to being handed over; "
        "the median of 2 other acts paid or handed over is 97\xa0days"
    )
    assert tell_days(books, facts(), goods="tanks")["finding"] == (
        "From the first word, the median of 3 acts paid or handed over is 74\xa0days; tanks has no such dates"
    )
    assert faults(framed(draw_days(books, facts(), goods="bohdana"), told)) == []


def test_a_delivery_that_the_books_tell_too_stands_once() -> None:
    books = build_ledger(followed("DNK", "50e6", "2024-07-11", "2024-09-15"))
    assert table_days(books, facts())["told_in"].tolist() == ["announcements"]
    other = table_days(books, facts(contributor="NOR"))
    assert sorted(other["told_in"]) == ["F1", "announcements"]
    told = tell_days(books, facts(contributor="NOR"), goods="Bohdana")
    assert told["finding"].endswith("; the one other act paid or handed over took 66\xa0days")


def test_goods_alone_and_an_order_alone_are_told_as_such() -> None:
    assert tell_days(build_ledger([]), facts(), goods="Bohdana")["finding"].endswith(
        "no other act has both days"
    )
    books = build_ledger(followed("SWE", "20e6", "2024-10-28", "2025-01-10", "contracted"))
    assert (
        tell_days(books)["finding"]
        == "1 act has two stages with a day, but none a day of payment or delivery"
    )


def test_the_seeds_tell_how_long_the_howitzers_took(seeds: Any) -> None:
    table = load_facts(seeds / "danish_model_facts.csv")
    finding = tell_days(build_ledger([]), table, goods="Bohdana")["finding"]
    assert "66\xa0days from order" in finding
    early = load_facts(seeds / "danish_model_facts.csv", cutoff=date(2024, 8, 1))
    assert not len(table_days(build_ledger([]), early))


def test_too_many_acts_with_long_names_can_be_read() -> None:
    start = date(2024, 1, 1)
    table = pd.concat(
        facts(
            row_id=f"F{n}",
            contributor=f"D{n:02}",
            deliverables="A weapon with a very long name indeed" if n else "Bohdana",
            delivered_on=f"{start + timedelta(days=250 + 37 * n)}",
        )
        for n in range(40)
    )
    books = build_ledger([])
    told = tell_days(books, table, goods="Bohdana")
    assert "24 of 40 acts" in told["subtitle"]
    assert faults(framed(draw_days(books, table, goods="Bohdana"), told)) == []


def pledges() -> Ledger:
    """Pledges of two ages, one of them with a part that was delivered, and a decision."""
    return build_ledger(
        [
            reading(event("NOR", "9e8"), event("NOR", "1e8", "delivered", part_of=0), published="2024-01-10"),
            reading(event("SWE", "7e8"), id="b", published="2025-01-10"),
            reading(event("DNK", "5e8", "allocated"), id="c", published="2024-01-10"),
            reading(event("DEU", None, items={"tank": 3}), id="d", published="2024-01-10"),
        ]
    )


def test_what_was_pledged_long_ago_and_not_followed_is_listed_with_what_is_left_of_it() -> None:
    books = pledges()
    assert last_day(books) == date(2025, 1, 10)
    rows = table_waiting(books, patience_days=300)
    assert rows["name"].tolist() == ["Norway", "Germany"]
    assert rows["days"].tolist() == [366, 366]
    assert tell_waiting(books, patience_days=300) == (
        "2 acts were pledged more than 300 days before 10 January 2025 and no text tells of a later stage: "
        "€800\xa0million in all, the largest of them €900\xa0million of Norway."
    )


@pytest.mark.parametrize(
    ("patience", "as_of", "said"),
    [
        (400, None, "No act of this selection has stayed a pledge"),
        (10**9, None, "No act of this selection has stayed a pledge"),
        (30, date(2023, 1, 1), "No act of this selection has stayed a pledge"),
        (30, date(2025, 6, 1), "3 acts were pledged more than 30 days before 1 June 2025"),
    ],
)
def test_patience_and_day_decide_what_is_listed(patience: int, as_of: date | None, said: str) -> None:
    assert tell_waiting(pledges(), patience_days=patience, as_of=as_of).startswith(said)


def test_empty_books_wait_for_nothing() -> None:
    assert tell_waiting(build_ledger([]), patience_days=1).startswith("No act")


def test_support_is_counted_in_euro_and_once() -> None:
    twice = [reading(event("NOR", "3e8", date="2024-05-01"), id=name) for name in "ab"]
    books = build_ledger([*twice, reading(event("SWE", "1e8", modifier="approx"), id="c")])
    rows = table_evidence(books).set_index("name")
    assert rows.loc["All donors", "total_eur"] == Decimal("400000000")
    assert rows.loc["Norway", "two_outlets_eur"] == rows.loc["Norway", "exact_eur"] == Decimal("300000000")
    assert rows.loc["Sweden", "neither_eur"] == Decimal("100000000")
    assert tell_evidence(books)["finding"] == (
        "75\xa0% of the €400\xa0million booked is told by two outlets or more; "
        "the largest act that rests on one is €100\xa0million, of Sweden"
    )
    assert faults(framed(draw_evidence(books), tell_evidence(books))) == []


def test_stages_are_told_apart_in_grey() -> None:
    greys = [
        sum(part * share for part, share in zip(to_rgb(c), (0.2126, 0.7152, 0.0722), strict=True))
        for c in LOOKS
    ]
    assert all(one - two > 0.08 for one, two in zip(greys, greys[1:], strict=False))
