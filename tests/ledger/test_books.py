"""In: readings built in a line, and the gold of the briefs. Out: whether the books hold every event."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aidlib.ledger import Ledger, build_ledger, check_ledger
from aidlib.model import Event, Span
from build import event, gold_readings, reading

GOLDEN = Path(__file__).parents[1] / "golden" / "ledger.csv"


def only_act(*events: Event, **options: Any) -> dict[str, Any]:
    """Build the books of one document with one act, and give its row."""
    ledger = check_ledger(build_ledger([reading(*events)], **options))
    (row,) = ledger.commitments.to_dict("records")
    return row


@pytest.mark.parametrize(
    ("modifier", "low", "high"),
    [
        ("exact", "100", "100"),
        ("approx", "95", "105"),
        ("at_least", "100", "110"),
        ("up_to", "0", "100"),
        ("range", "100", "100"),
    ],
)
def test_a_modifier_widens_the_sum_by_its_bounds(modifier: str, low: str, high: str) -> None:
    row = only_act(event("NOR", "100", modifier=modifier))
    assert (row["amount_low"], row["amount"], row["amount_high"]) == (Decimal(low), 100, Decimal(high))
    assert row["amount_eur_low"] <= row["amount_eur"] <= row["amount_eur_high"]


def test_a_range_keeps_its_ends() -> None:
    row = only_act(event("EU", "30e9", modifier="range", low=Decimal("20e9"), high=Decimal("40e9")))
    assert (row["amount_eur_low"], row["amount_eur_high"]) == (Decimal("20e9"), Decimal("40e9"))


def test_a_sum_in_euro_says_its_rate_day_and_source() -> None:
    row = only_act(event("DNK", "746.05", currency="DKK", date="2024-06-15"))
    assert row["amount_eur"] == Decimal("100.00")
    assert str(row["rate_date"].date()) == "2024-06-14"
    assert "ECB" in row["rate_source"]


def test_euro_need_no_day_and_other_money_does() -> None:
    euro = build_ledger([reading(event("LVA", "2e6"), published=None)]).commitments.iloc[0]
    kroner = build_ledger([reading(event("DNK", "2e6", currency="DKK"), published=None)]).commitments.iloc[0]
    assert (euro["amount_eur"], euro["rate_source"]) == (Decimal("2e6"), "euro")
    assert kroner["amount_eur"] is None
    assert "day_unknown" in kroner["reasons"]


def test_another_policy_gives_another_rate_and_the_same_sum() -> None:
    said = event("USA", "100e6", currency="USD")
    row = only_act(said, policy="fixed", fixed_day=date(2022, 1, 3))
    assert (row["amount"], str(row["rate_date"].date())) == (Decimal("100e6"), "2022-01-03")
    assert row["amount_eur"] != only_act(said)["amount_eur"]


def test_a_currency_that_nothing_decides_spans_its_candidates() -> None:
    bare = event("NORDIC", "1000", currency=None, currency_candidates=("NOK", "DKK"))
    row = only_act(bare)
    assert row["reasons"] == "currency_ambiguous"
    assert row["amount_eur_low"] < Decimal(90) < row["amount_eur"] < Decimal(130) < row["amount_eur_high"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (event(None, "5e6"), "donor_unknown"),
        (event("USA", "5e6", currency=None), "currency_unknown"),
        (event("DEU", "5e6", currency="RUB"), "rate_missing"),
        (event("DEU", "5e6", date="1998-05-01", currency="USD"), "rate_missing"),
        (event("DEU", "-5e6"), "amount_not_positive"),
        (event("DEU", "0"), "amount_not_positive"),
        (event("DEU", "1e40"), "amount_too_large"),
        (event("DEU", "NaN"), "amount_not_a_number"),
    ],
)
def test_what_cannot_be_valued_stays_with_its_reason(said: Event, reason: str) -> None:
    ledger = check_ledger(build_ledger([reading(said)]))
    assert ledger.commitments["amount_eur"].tolist() == [None]
    assert ledger.events["amount_eur"].tolist() == [None]
    assert reason in ledger.commitments["reasons"][0]
    assert reason in ledger.events["reasons"][0]
    assert ledger.totals.empty


def test_a_day_that_cannot_be_read_falls_back_on_publication() -> None:
    row = only_act(event("DEU", "5e6", date="someday"))
    assert (row["announced_how"], row["reasons"]) == ("inferred", "date_unreadable")
    assert str(row["announced_on"].date()) == "2024-05-01"


def test_publication_stands_in_for_a_day_that_is_not_said() -> None:
    ledger = build_ledger(
        [reading(event("DEU", "5e6")), reading(event("FIN", "5e6", date="2024-04"), id="b")]
    )
    days = ledger.events.set_index("donor")
    assert days.loc["DEU", ["booked_how"]].item() == "inferred"
    assert days.loc["FIN", ["booked_how"]].item() == "stated"


def test_a_part_that_exceeds_its_whole_is_flagged() -> None:
    ledger = build_ledger([reading(event("SWE", "10e6"), event("SWE", "30e6", part_of=0))])
    reasons = ledger.commitments.set_index("amount")["reasons"]
    assert reasons[Decimal("30e6")] == "part_exceeds_whole"
    assert reasons[Decimal("10e6")] == "parts_exceed_whole"


def test_two_currencies_that_disagree_are_flagged() -> None:
    row = only_act(event("NOR", "100e6", alt={"USD": "150e6"}))
    assert row["reasons"] == "sums_disagree_between_currencies"


def test_a_document_met_twice_is_kept_once_and_set_aside() -> None:
    ledger = build_ledger([reading(event("NOR", "1e6")), reading(event("NOR", "2e6"))])
    assert ledger.commitments["amount"].tolist() == [Decimal("1e6")]
    assert ledger.quarantine["what"].tolist() == ["id 'a' is met twice"]


def test_evidence_is_the_slice_of_the_text() -> None:
    text = "Norway gives 5 million euros 🇳🇴 to Ukraine."
    said = event("NOR", "5e6", evidence=(Span(0, 28), Span(13, 28)))
    ledger = build_ledger([reading(said, text=text)])
    assert ledger.evidence["quote"].tolist() == [text[0:28], text[13:28]]


def test_no_document_gives_empty_books_that_hold() -> None:
    ledger = check_ledger(build_ledger([]))
    assert len(ledger.commitments) == len(ledger.totals) == 0


@pytest.fixture(scope="module")
def books(seeds: Path) -> Ledger:
    """The books of the gold of all briefs."""
    return build_ledger(gold_readings(seeds))


def test_no_event_is_lost_between_the_briefs_and_the_books(books: Ledger, seeds: Path) -> None:
    wanted = {(r.document.id, n) for r in gold_readings(seeds) for n in range(len(r.events))}
    for table in (books.events, books.reports):
        assert set(zip(table["doc_id"], table["event_index"], strict=True)) == wanted
        assert len(table) == len(wanted)
    check_ledger(books)


def test_the_books_of_the_briefs_are_those_agreed(books: Ledger) -> None:
    columns = [
        "commitment_id",
        "status",
        "stage",
        "announced_on",
        "amount",
        "currency",
        "part_of",
        "n_reports",
    ]
    rows = [["" if value != value or value is None else str(value) for value in row]
            for row in books.commitments.assign(
                announced_on=books.commitments["announced_on"].dt.strftime("%Y-%m-%d"),
                amount=books.commitments["amount"].map(lambda a: None if a is None else f"{a:f}"),
            )[columns].itertuples(index=False)]  # fmt: skip
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        head, *agreed = csv.reader(file)
    assert head == columns
    gone = [row for row in agreed if row not in rows]
    new = [row for row in rows if row not in agreed]
    assert (gone, new) == ([], []), f"lost {gone}; gained {new}: say in the commit why each is better"
