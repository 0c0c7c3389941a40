"""In: the article that the project began with, and the brief that retells it. Out: what is booked of each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aidlib import build_ledger, read_announcement
from aidlib.ledger import Ledger
from aidlib.model import Event, Reading

BRIEF = "2024-11-15_norway_danish-format-mou.md"
PACKAGE = (Decimal(500_000_000), "EUR")
PART = (Decimal(118_800_000), "USD")


@pytest.fixture(scope="module", params=["original", "brief"])
def reading(request: pytest.FixtureRequest, seeds: Path) -> Reading:
    """What is read in one of the two; nothing of the article itself stands in the project."""
    if request.param == "brief":
        return read_announcement(seeds / "briefs" / BRIEF)
    shared: Path = request.getfixturevalue("shared")
    (path,) = (shared / "seeds" / "original").glob("*.txt")
    return read_announcement(path)


@pytest.fixture(scope="module")
def books(reading: Reading) -> Ledger:
    """The books of that text alone."""
    return build_ledger([reading])


def of_sum(reading: Reading, amount: Decimal | None, currency: str | None) -> list[Event]:
    return [event for event in reading.events if (event.amount, event.currency) == (amount, currency)]


def test_the_day_of_publication_is_read(reading: Reading) -> None:
    assert reading.document.published == date(2024, 11, 15)


def test_the_package_is_named_three_times_and_its_part_once(reading: Reading) -> None:
    found = [(mention.value.amount, mention.value.currency) for mention in reading.money]
    assert sorted(found, key=str) == sorted([PACKAGE, PACKAGE, PACKAGE, PART], key=str)


def test_the_only_news_is_that_norway_joins_the_danish_model_without_a_sum(reading: Reading) -> None:
    (news,) = [event for event in reading.events if event.is_bookable() and not event.about_past]
    assert (news.donor, news.recipient, news.channel) == ("NOR", "UKR", "DNK")
    assert (news.mechanism, news.amount, news.currency) == ("danish_model", None, None)


def test_the_package_is_one_event_of_the_past_with_its_goods(reading: Reading) -> None:
    (package,) = of_sum(reading, *PACKAGE)
    assert (package.donor, package.part_of, package.about_past) == ("NOR", None, True)
    assert {"F-16", "NASAMS"} <= {goods.item for goods in package.items}


def test_the_dollars_are_a_part_of_the_package(reading: Reading) -> None:
    (part,) = of_sum(reading, *PART)
    assert part.part_of is not None
    assert reading.events[part.part_of] is of_sum(reading, *PACKAGE)[0]


def test_a_howitzer_in_a_caption_is_no_aid_and_its_maker_no_donor(reading: Reading, books: Ledger) -> None:
    (caption,) = [
        line for line in reading.document.text.splitlines() if "CAESAR" in line and "howitzer" in line
    ]
    start = reading.document.text.index(caption)
    for event in reading.events:
        assert event.donor == "NOR"
        assert not any("CAESAR" in goods.item or "howitzer" in goods.item for goods in event.items)
        assert all(span.end <= start or start + len(caption) <= span.start for span in event.evidence)
    assert set(books.commitments["donor"]) == {"NOR"}


def test_the_books_hold_the_package_and_nothing_twice(books: Ledger) -> None:
    (total,) = books.totals.to_dict("records")
    bounds = [total[name] for name in ("low_eur", "central_eur", "high_eur")]
    assert bounds == [Decimal(500_000_000)] * 3
    whole = books.commitments.query("part_of.isna() and amount.notna()")
    assert [(row.amount, row.currency) for row in whole.itertuples()] == [PACKAGE]


def test_three_acts_are_booked_the_joining_with_its_sum_unknown(books: Ledger) -> None:
    acts = books.commitments
    assert set(acts["status"]) == {"booked"}
    assert len(acts) == 3
    (joining,) = acts[acts["amount"].isna()].to_dict("records")
    assert (joining["mechanism"], joining["channel"]) == ("danish_model", "DNK")
