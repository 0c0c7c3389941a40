"""What parse writes of a reading, and that it reads back as the same reading."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.errors import ReadError
from aidlib.model import AidType, Amount, Document, Event, Item, Mention, Money, Reading, Span, Stage
from aidlib.record import reading_from_record, record_of
from build import event

TOP = ["id", "title", "published", "source", "url", "register", "sha256", "mentions", "events", "headline"]
MENTION = ["start", "end", "text", "amount", "currency", "low", "high", "modifier", "converts", "part_of"]
EVENT = """
donor donors channel recipient amount low high currency amount_alt modifier stage
aid_type mechanism date date_end date_precision part_of items is_cumulative_total about_past evidence reasons
""".split()

sums = st.none() | st.integers(1, 10**13).map(Decimal) | st.decimals("0.01", "1e9", places=2)
codes = st.sampled_from(["NOR", "DNK", "UKR", "MULTI", "EU"])
words = st.sampled_from(["a", "b", "in_kind", "loan"])
events = st.builds(
    Event,
    donor=st.none() | codes,
    stage=st.sampled_from(Stage),
    recipient=st.none() | codes,
    donors=st.none() | st.lists(codes, min_size=1).map(tuple),
    channel=st.none() | codes,
    amount=sums,
    low=sums,
    high=sums,
    currency=st.none() | st.just("NOK"),
    currency_candidates=st.sampled_from([(), ("NOK", "DKK")]),
    amount_alt=st.lists(st.builds(Amount, sums.filter(bool), st.none() | st.just("EUR"))).map(tuple),
    aid_type=st.none() | st.sampled_from(AidType),
    mechanism=st.none() | words,
    date=st.none() | st.just("2024-04"),
    part_of=st.none() | st.integers(0, 9),
    items=st.lists(st.builds(Item, words, st.none() | st.integers(0, 9))).map(tuple),
    is_cumulative_total=st.booleans(),
    about_past=st.booleans(),
    evidence=st.lists(st.builds(Span, st.integers(0, 9), st.integers(9, 20))).map(tuple),
    reasons=st.lists(words).map(tuple),
)
documents = st.builds(Document, words, st.text(min_size=1), st.none() | st.text(), st.none() | st.dates())


@given(
    documents, st.lists(events).map(tuple), st.none() | st.builds(Amount, sums.filter(bool), st.just("EUR"))
)
def test_a_record_reads_back_as_the_same_reading(
    document: Document, said: tuple[Event, ...], headline: Amount | None
) -> None:
    money = Money(
        Decimal("2.5e6"), None, "range", Decimal(2000000), Decimal(3000000), ("NOK", "DKK"), "bare", 1, 0
    )
    reading = Reading(document, (Mention("money", Span(0, 1), "x", money),), said, headline=headline)
    line = json.dumps(record_of(reading, with_text=True))
    assert reading_from_record(json.loads(line)) == reading


def test_every_key_of_the_contract_is_always_present() -> None:
    money = Mention("money", Span(0, 2), "€2", Money(Decimal(2), "EUR"))
    record = record_of(Reading(Document("a", "€2"), (money,), (event(None, None),)))
    assert list(record) == TOP
    assert set(MENTION) <= set(record["mentions"][0])
    assert set(EVENT) <= set(record["events"][0])
    assert record["events"][0]["donor"] is None


def test_amounts_are_whole_numbers_where_they_are_whole() -> None:
    record = record_of(Reading(Document("a", "x"), (), (event("NOR", "118.8e6"), event("NOR", "0.5"))))
    assert json.dumps([e["amount"] for e in record["events"]]) == "[118800000, 0.5]"


def test_without_the_text_the_hash_of_the_text_is_kept() -> None:
    document = Document("a", "Some text.", None, date(2024, 5, 2))
    back = reading_from_record(record_of(Reading(document))).document
    assert (back.text, back.sha256, back.published) == ("", document.sha256, date(2024, 5, 2))


def test_a_text_that_was_changed_is_refused() -> None:
    record = record_of(Reading(Document("a", "Some text.")), with_text=True)
    with pytest.raises(ReadError, match="sha256 differs"):
        reading_from_record({**record, "text": "Some other text."})


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"events": None}, "iterable"),
        ({"events": [{"donor": "NOR"}]}, "'stage' is missing"),
        ({"events": [{"donor": "NOR", "stage": "dreamt"}]}, "dreamt"),
        (
            {"mentions": [{"start": 0, "end": 1, "text": "x", "amount": "much", "currency": None}]},
            "not in the form",
        ),
        ({"published": "May"}, "May"),
    ],
)
def test_a_record_in_another_form_is_refused_with_its_id(change: dict[str, object], what: str) -> None:
    record = record_of(Reading(Document("a", "x")))
    with pytest.raises(ReadError, match=what) as caught:
        reading_from_record({**record, **change})
    assert caught.value.where == "record 'a'"
