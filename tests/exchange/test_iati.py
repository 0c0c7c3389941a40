"""The books as IATI activities: valid by the standard's own schema and lists, and no sum twice."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aidlib.errors import LedgerError, ParameterError
from aidlib.events import build_events
from aidlib.exchange.iati import iati_activities, left_out, write_iati
from aidlib.exchange.iati_sums import sums_of
from aidlib.ledger import Ledger, build_ledger, build_totals
from aidlib.ledger.totals import counted_once
from aidlib.lexicon import read_table
from aidlib.model import Document, Event, Reading
from aidlib.read import read_documents
from build import event, reading

LISTS = {
    "transaction-type": "TransactionType",
    "activity-status": "ActivityStatus",
    "category": "DocumentCategory",
    "participating-org": "OrganisationRole",
    "activity-date": "ActivityDateType",
}
ATTRIBUTES = {"participating-org": "role", "activity-date": "type"}
TYPES = {
    "12": ["pledged"], "2": ["committed", "allocated", "contracted"], "3": ["disbursed"], "4": ["delivered"]
}  # fmt: skip
HOSTILE = (
    "<script>alert('x')</script> ]]> & &amp; <![CDATA[ \x00\x08\x0b\ufffe\U0001f600 \ud800 \r\n &#0; <!-- -->"
)


def parse(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(no_network=True, resolve_entities=False))


@pytest.fixture(scope="session")
def schema(shared: Path) -> Any:
    """The standard's own schema; what it includes lies beside it."""
    folder = shared / "data" / "iati"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(folder / "iati-activities-schema.xsd"), parser))


@pytest.fixture(scope="session")
def codes(shared: Path) -> dict[str, set[str]]:
    """The codes of each list of the standard that is at hand."""
    folder = shared / "data" / "iati"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    return {
        tag: {code.text for code in etree.parse(str(folder / f"{name}.xml")).iter("code")}
        for tag, name in LISTS.items()
    }


@pytest.fixture(scope="session")
def books(seeds: Path) -> Ledger:
    """The books of all briefs."""
    documents = [one for one in read_documents([seeds / "briefs"]) if isinstance(one, Document)]
    return build_ledger([build_events(document) for document in documents])


def assert_valid(data: bytes, schema: Any) -> None:
    assert schema.validate(parse(data)), schema.error_log


def sums_by_type(root: Any, *, hierarchy: str | None = None) -> dict[tuple[str, str], Decimal]:
    """Add up transactions by type and currency."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for activity in root.iter("iati-activity"):
        if hierarchy in (None, activity.get("hierarchy")):
            for one in activity.iter("transaction"):
                value = one.find("value")
                found[one.find("transaction-type").get("code"), value.get("currency")] += Decimal(value.text)
    return dict(found)


def booked_by_type(ledger: Ledger) -> dict[tuple[str, str], Decimal]:
    """Add up what the books count, in the currencies stated, by the types of the stages reached."""
    counted, found = counted_once(ledger.commitments), defaultdict(Decimal)
    for row in ledger.commitments.to_dict("records"):
        if row["commitment_id"] in counted and isinstance(row["currency"], str):
            for code, stages in TYPES.items():
                if row["stage"] in stages or any(isinstance(row[f"{stage}_on"], str) for stage in stages):
                    found[code, row["currency"]] += row["amount"]
    return dict(found)


def build(*events: Event, **more: Any) -> Ledger:
    return build_ledger([reading(*events, **more)])


def only(ledger: Ledger) -> Any:
    (activity,) = parse(iati_activities(ledger)).iter("iati-activity")
    return activity


def test_the_books_of_all_briefs_are_valid(books: Ledger, schema: Any) -> None:
    assert_valid(iati_activities(books), schema)


def test_every_code_is_in_its_list(books: Ledger, codes: dict[str, set[str]]) -> None:
    root = parse(iati_activities(books))
    for tag, known in codes.items():
        used = {element.get(ATTRIBUTES.get(tag, "code")) for element in root.iter(tag)}
        assert used
        assert used <= known
    rows = read_table("iati_stages.csv", dict, key="stage")
    for column, tag in (("transaction", "transaction-type"), ("status", "activity-status"),
                        ("date_type", "activity-date")):  # fmt: skip
        assert {row[column] for row in rows} <= codes[tag]


def test_transactions_of_hierarchy_1_are_the_sums_of_the_books(books: Ledger) -> None:
    root = parse(iati_activities(books))
    assert sums_by_type(root, hierarchy="1") == booked_by_type(books)
    sums = sums_of(books.commitments)
    acts = books.commitments.set_index("commitment_id")
    euros = sum(
        (acts.loc[name, "amount_eur"] for name, one in sums.items() if one.level == 1 and one.transactions),
        Decimal(0),
    )
    undecided = acts.loc[sorted(counted_once(books.commitments))]
    undecided = undecided[undecided["currency"].isna()]["amount_eur"].sum()
    assert euros + undecided == build_totals(books)["central_eur"].sum()


def test_every_booked_act_is_one_activity_and_the_others_are_counted(books: Ledger) -> None:
    root = parse(iati_activities(books))
    names = [element.text for element in root.iter("iati-identifier")]
    booked = books.commitments[books.commitments["status"] == "booked"]["commitment_id"]
    assert names == [f"AIDLIB-{name}" for name in booked]
    assert len(names) + sum(left_out(books).values()) == len(books.commitments)
    related = {element.get("ref") for element in root.iter("related-activity")}
    assert related
    assert related <= set(names)


def test_the_same_books_are_the_same_bytes(books: Ledger, tmp_path: Path) -> None:
    first = write_iati(books, tmp_path / "a.xml").read_bytes()
    assert first == iati_activities(books)
    day = books.events["published"].max()
    assert parse(first).get("generated-datetime") == f"{day:%Y-%m-%d}T00:00:00Z"


def test_an_act_has_one_transaction_a_type() -> None:
    reports = [
        reading(event("NOR", 100, stage, mechanism="loan"), id=stage, published=f"2024-05-0{n}")
        for n, stage in enumerate(["pledged", "committed", "allocated", "contracted", "disbursed"], start=1)
    ]
    activity = only(build_ledger(reports))
    told = [
        (one.find("transaction-type").get("code"), one.find("transaction-date").get("iso-date"))
        for one in activity.iter("transaction")
    ]
    assert told == [("12", "2024-05-01"), ("2", "2024-05-02"), ("3", "2024-05-05")]
    assert activity.find("activity-status").get("code") == "3"
    assert activity.find("activity-date").get("iso-date") == "2024-05-02"


def test_a_part_reports_only_what_its_whole_does_not() -> None:
    ledger = build(
        event("NOR", 100, "allocated"),
        event("NOR", 30, "allocated", part_of=0, mechanism="loan"),
        event("NOR", 20, "delivered", part_of=0, mechanism="in_kind"),
    )
    root = parse(iati_activities(ledger))
    assert sums_by_type(root) == {("2", "EUR"): 100, ("4", "EUR"): 20}
    assert sums_by_type(root, hierarchy="1") == {("2", "EUR"): 100}
    assert sorted(one.get("hierarchy") for one in root.iter("iati-activity")) == ["1", "2", "2"]
    assert sorted(one.get("type") for one in root.iter("related-activity")) == ["1", "1", "2", "2"]


def test_what_may_repeat_another_act_reports_nothing() -> None:
    ledger = build(
        event("NOR", 100, "allocated"),
        event("NOR", 30, "delivered", part_of=0),
        event("NOR", 40, "delivered", mechanism="loan"),
        event("NOR", 50, "allocated", mechanism="purl"),
    )
    names = dict(zip(ledger.commitments["amount"], ledger.commitments["commitment_id"], strict=True))
    overlaps = {30: names[40], 40: f"{names[30]}|{names[50]}", 50: names[40]}
    ledger.commitments["overlaps_with"] = pd.Series(
        [overlaps.get(int(amount)) for amount in ledger.commitments["amount"]], dtype="str"
    )
    told = {name: dict(one.transactions) for name, one in sums_of(ledger.commitments).items()}
    assert {amount: list(told[name]) for amount, name in names.items()} == {
        100: ["2"],
        30: [],
        40: [],
        50: ["2"],
    }
    root = parse(iati_activities(ledger))
    assert sums_by_type(root) == booked_by_type(ledger) == {("2", "EUR"): 150}
    assert sum("transactions: with those" in text for text in root.itertext()) == 2


def test_a_part_of_an_act_without_a_sum_counts_by_itself() -> None:
    root = parse(
        iati_activities(build(event("NOR", None, "allocated"), event("NOR", 30, "allocated", part_of=0)))
    )
    assert sums_by_type(root, hierarchy="1") == {("2", "EUR"): 30}


def test_proposals_totals_and_other_recipients_stay_out() -> None:
    ledger = build(
        event("NOR", 5, "pledged"),
        event("DNK", 7, "proposed"),
        event("SWE", 9, is_cumulative_total=True),
        event("FIN", 9, recipient="MDA"),
    )
    only(ledger)
    assert left_out(ledger) == {"other": 1, "proposed": 1, "total": 1}


def test_an_act_without_a_day_stays_out_and_is_counted() -> None:
    ledger = build_ledger([reading(event("NOR", 5), published=None), reading(event("DNK", 6), id="b")])
    assert len(parse(iati_activities(ledger)).findall("iati-activity")) == 1
    assert left_out(ledger) == {"without a day": 1}


@pytest.mark.parametrize(
    ("said", "day", "note"),
    [
        ("2024-04-03", "2024-04-03", None),
        ("2024-04", "2024-04-01", "the source says 2024-04"),
        ("2023", "2023-01-01", "the source says 2023"),
    ],
)
def test_a_partial_date_is_its_first_day_with_a_note(
    said: str, day: str, note: str | None, schema: Any
) -> None:
    precision = {10: "day", 7: "month", 4: "year"}[len(said)]
    ledger = build(event("NOR", 5, "allocated", date=said, date_precision=precision))
    activity = only(ledger)
    assert activity.find("activity-date").get("iso-date") == day
    assert activity.findtext("activity-date/narrative") == note
    assert activity.find("transaction/transaction-date").get("iso-date") == day
    assert activity.findtext("transaction/description/narrative") == note
    assert_valid(iati_activities(ledger), schema)


def test_a_sum_stays_in_its_currency_with_the_day_of_its_rate() -> None:
    activity = only(
        build(event("NOR", "1e9", "allocated", currency="NOK", modifier="up_to"), published="2024-05-05")
    )
    value = activity.find("transaction/value")
    assert (value.text, value.get("currency")) == ("1000000000", "NOK")
    assert value.get("value-date") == "2024-05-03"  # the last rate before that Sunday
    assert activity.findtext("transaction/description/narrative") == "up to, from 0 to 1,000,000,000"


def test_who_pays_who_handles_the_money_and_by_which_scheme() -> None:
    told = event(
        "MULTI", 5, donors=("NOR", "SWE"), channel="DNK", mechanism="danish_model", aid_type="military"
    )
    activity = only(build(told))
    parties = [(one.get("role"), one.findtext("narrative")) for one in activity.iter("participating-org")]
    assert parties == [("1", "Norway"), ("1", "Sweden"), ("3", "Denmark")]
    tag = activity.find("tag")
    assert (tag.get("code"), tag.get("vocabulary")) == ("danish_model", "99")
    assert tag.get("vocabulary-uri")
    assert activity.find("recipient-country").get("code") == "UA"
    assert activity.find("reporting-org").get("secondary-reporter") == "1"
    assert activity.get("humanitarian") is None
    assert only(build(event("NOR", 5, aid_type="humanitarian"))).get("humanitarian") == "1"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"amount": None}, "no sum"),
        ({"amount": 5, "currency": None}, "no currency"),
        ({"amount": 5, "donor": None}, "nobody's"),
        ({"amount": 0}, "nothing"),
    ],
)
def test_what_is_no_sum_of_somebody_is_an_activity_without_transactions(
    fields: dict[str, Any], why: str, schema: Any
) -> None:
    ledger = build(event(**({"donor": "NOR", "items": {"F-16": 2}} | fields)))
    assert only(ledger).findall("transaction") == [], why
    assert_valid(iati_activities(ledger), schema)


def test_books_for_several_countries_name_none() -> None:
    ledger = build_ledger([reading(event("NOR", 5, recipient="MULTI"))], recipient="MULTI")
    activity = only(ledger)
    assert activity.find("recipient-country") is None
    assert "Several" in activity.findtext("title/narrative")


def addressed(url: str | None, *, title: str | None = "A title", id: str = "a") -> Reading:
    document = Document.from_text("Words " * 9, id=id, title=title, published="2024-05-01", url=url)
    return Reading(document, (), (event("NOR", 5, evidence=()),))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("https://example.org/<a>[1]#b#c", "https://example.org/%3Ca%3E%5B1%5D#b%23c"),
        ("https://example.org/100%/%20", "https://example.org/100%25/%20"),
        ("http://example.org/é", "http://example.org/é"),
        (None, None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("http://[bad", None),
        ("http://example.org:port/", None),
        ("https://example.org/a b", None),
        ("https://example.org/a\x0b", None),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(url: str | None, link: str | None, schema: Any) -> None:
    ledger = build_ledger([addressed(url)])
    ledger.events["url"] = pd.Series([url], dtype="str")
    data = iati_activities(ledger)
    assert [one.get("url") for one in parse(data).iter("document-link")] == ([link] if link else [])
    assert_valid(data, schema)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=st.text(max_size=30))
def test_any_address_leaves_the_file_valid(rest: str, schema: Any) -> None:
    ledger = build(event("NOR", 5))
    ledger.events["url"] = pd.Series([f"https://example.org{rest}"], dtype="object")
    assert_valid(iati_activities(ledger), schema)


def test_a_text_met_twice_at_one_address_is_one_link() -> None:
    ledger = build_ledger([addressed("https://example.org/a"), addressed("https://example.org/a", id="b")])
    (link,) = only(ledger).iter("document-link")
    assert link.findtext("title/narrative") == "A title"
    assert link.find("document-date").get("iso-date") == "2024-05-01"


def test_no_words_of_the_texts_are_passed_on(books: Ledger) -> None:
    data = iati_activities(books).decode("utf-8")
    quotes = [" ".join(q.split()) for q in books.events["quote"].dropna() if len(q) > 40]
    titles = " ".join(books.events["title"].dropna())
    assert quotes
    assert [quote for quote in quotes if quote in data and quote not in titles] == []


def test_hostile_words_stay_words(schema: Any) -> None:
    told = event(HOSTILE, 5, mechanism=HOSTILE, items={HOSTILE: 1}, donors=(HOSTILE, "NOR"), channel=HOSTILE)
    document = Document.from_text("Words " * 9, id=HOSTILE, title=HOSTILE, published="2024-05-01")
    ledger = build_ledger([Reading(document, (), (told,))])
    ledger.events["url"] = pd.Series(["https://example.org/]]>&"], dtype="str")
    data = iati_activities(ledger, reporting_name=HOSTILE)
    assert_valid(data, schema)
    root = parse(data)
    assert {element.tag for element in root.iter()}.isdisjoint({"script"})
    assert "<script>alert('x')</script> ]]> & &amp; <![CDATA[" in root.findtext(".//reporting-org/narrative")
    assert not set("/&|? ") & set(root.findtext(".//iati-identifier"))


@pytest.mark.parametrize("reference", ["", "A B", "A/B", "A&B", "A|B", "A?"])
def test_a_reference_that_the_standard_refuses_is_refused(reference: str) -> None:
    with pytest.raises(ParameterError, match="no reference"):
        iati_activities(build(event("NOR", 5)), reporting_ref=reference)


def test_books_without_a_booked_act_are_refused(tmp_path: Path) -> None:
    for ledger in (build_ledger([]), build(event("NOR", 5, "proposed"))):
        with pytest.raises(LedgerError, match="nothing is booked"):
            write_iati(ledger, tmp_path / "a.xml")
    assert list(tmp_path.iterdir()) == []


def test_every_country_of_the_lexicon_has_its_two_letters() -> None:
    ours = dict(read_table("iso_alpha2.csv", lambda row: (row["alpha3"], row["alpha2"]), key="alpha3"))
    countries = {
        row["code"] for row in read_table("parties.csv", dict, key="code+class") if row["class"] == "country"
    }
    assert countries <= set(ours)
    assert len(set(ours.values())) == len(ours)
    assert (ours["UKR"], ours["GBR"], ours["DNK"]) == ("UA", "GB", "DK")


acts = st.builds(
    event,
    donor=st.sampled_from(["NOR", "EU", "MULTI", None]),
    amount=st.one_of(st.none(), st.integers(-5, 10**13).map(lambda n: Decimal(n) / 100)),
    stage=st.sampled_from(["proposed", "pledged", "allocated", "disbursed", "delivered"]),
    currency=st.sampled_from(["EUR", "NOK", "XXX", None]),
    aid_type=st.sampled_from(["military", "humanitarian", None]),
    mechanism=st.sampled_from(["loan", "purl", None]),
    part_of=st.sampled_from([None, 0, 1]),
    date=st.sampled_from([None, "2023", "2024-02", "2024-02-29"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists=st.lists(st.lists(acts, min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_books_are_valid_and_count_no_sum_twice(lists: list[list[Event]], schema: Any) -> None:
    first = event("NOR", 1, "pledged")
    ledger = build_ledger([reading(first, first, *events, id=f"d{n}") for n, events in enumerate(lists)])
    data = iati_activities(ledger)
    assert_valid(data, schema)
    sums = sums_of(ledger.commitments)
    whole_of = dict(zip(ledger.commitments["commitment_id"], ledger.commitments["part_of"], strict=True))
    for name, one in sums.items():
        at, own = whole_of[name], {code for code, _ in one.transactions}
        while at in sums:
            assert own.isdisjoint(code for code, _ in sums[at].transactions)
            at = whole_of[at]
