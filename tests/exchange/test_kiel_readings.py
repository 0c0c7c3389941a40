"""The tracker's packages are readings with evidence, and resolve against announcements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aidlib.cli import main
from aidlib.exchange.kiel import read_kiel
from aidlib.exchange.kiel_readings import kiel_readings
from aidlib.exchange.kiel_words import when_of
from aidlib.model import AidType, Item, Reading, Stage
from aidlib.record import reading_from_record, record_of
from aidlib.resolve import resolve_events
from build import event, reading
from exchange.books import later, later_book, old, old_book

GIVEN = "Monetary Value as Given by Source"
FIRST = "Total_value_dummy (1 is first row in the package)"


def later_readings(folder: Path, *rows: list[Any]) -> list[Reading]:
    return kiel_readings(read_kiel(later_book(folder, *rows)))


def assert_evidence(readings: list[Reading]) -> None:
    for one in readings:
        assert all(one.document.quote(mention.span) == mention.quote for mention in one.mentions)
        for told in one.events:
            assert told.evidence
            assert all(span.start < span.end <= len(one.document.text) for span in told.evidence)


def test_a_row_becomes_an_event_with_its_cells_as_evidence(tmp_path: Path) -> None:
    row = old(**{GIVEN: 2500000, "item": "M777 howitzer", "No. of Units": 6})
    (one,) = kiel_readings(read_kiel(old_book(tmp_path, row)))
    (told,) = one.events
    assert one.document.id == "old/MAIN/2"
    assert (told.donor, told.recipient, told.stage) == ("NOR", "UKR", Stage.COMMITTED)
    assert (told.amount, told.currency, told.modifier) == (Decimal(2500000), "USD", "exact")
    assert told.aid_type is AidType.MILITARY
    assert (told.date, told.date_precision) == ("2022-03-01", "day")
    assert told.items == (Item("M777 howitzer", 6),)
    quotes = [one.document.quote(span) for span in told.evidence]
    assert quotes == ["Norway", "2500000", "2022-03-01", "Military", "M777 howitzer"]
    assert ("booked", 0) in [(decision.verdict, decision.event) for decision in one.decisions]
    assert_evidence([one])


def test_a_sum_worked_out_from_prices_is_approximate(tmp_path: Path) -> None:
    rows = [old(**{"No. of Units": 10}), old(item="tank", **{"No. of Units": "undisclosed", FIRST: 0})]
    (one,) = kiel_readings(read_kiel(old_book(tmp_path, *rows)))
    (told,) = one.events
    assert (told.amount, told.modifier) == (Decimal(2500), "approx")
    assert told.items == (Item("rifle", 10), Item("tank"))
    assert "Row 3" in one.document.text


def test_a_package_without_a_sum_keeps_its_goods(tmp_path: Path) -> None:
    (one,) = kiel_readings(read_kiel(old_book(tmp_path, old(item="tank", **{"No. of Units": 4}))))
    (told,) = one.events
    assert (told.amount, told.currency, told.modifier) == (None, None, "none")
    assert told.items == (Item("tank", 4),)


@pytest.mark.parametrize(
    ("cells", "stages", "parts"),
    [
        ([{"tot_activity_value_EUR": 9}], ["committed"], [None]),
        ([{"tot_activity_value_EUR": 9, "measure": "Allocation"}], ["allocated"], [None]),
        (
            [
                {"tot_activity_value_EUR": 9},
                {"measure": "Allocation", "tot_sub_activity_value_EUR_redistr": 4},
            ],
            ["committed", "allocated"],
            [None, 0],
        ),
        ([{"tot_activity_value_EUR": 9, "tot_value_deliv_EUR": 9}], ["delivered"], [None]),
        (
            [{"tot_activity_value_EUR": 9, "tot_value_deliv_EUR": 9, "aid_type_general": "Financial"}],
            ["disbursed"],
            [None],
        ),
        ([{"tot_activity_value_EUR": 9, "tot_value_deliv_EUR": 3}], ["committed", "delivered"], [None, 0]),
    ],
    ids=["committed", "allocated", "allocated in part", "delivered", "disbursed", "delivered in part"],
)
def test_the_stage_follows_the_measure_of_the_tracker(
    tmp_path: Path, cells: list[dict[str, Any]], stages: list[str], parts: list[int | None]
) -> None:
    rows = [later(**({"activity_id": "X1"} | own)) for own in cells]
    (one,) = later_readings(tmp_path, *rows)
    assert [told.stage.value for told in one.events] == stages
    assert [told.part_of for told in one.events] == parts
    assert one.document.id == "kiel-r13/MAIN/2"
    assert_evidence([one])


def test_rows_without_an_id_stand_for_themselves(tmp_path: Path) -> None:
    readings = later_readings(tmp_path, later(tot_activity_value_EUR=1), later(tot_activity_value_EUR=2))
    assert [one.document.id for one in readings] == ["kiel-r13/MAIN/2", "kiel-r13/MAIN/3"]


def test_a_package_and_its_announcement_are_one_act(tmp_path: Path) -> None:
    told = reading(event("NOR", "240e6", currency="EUR"), published="2023-02-17")
    rows = later(tot_activity_value_EUR=240000000, source_reported_value=240000000, reporting_currency="EUR")
    resolved = resolve_events([told, *later_readings(tmp_path, rows)])
    (act,) = resolved.commitments
    assert (act.n_reports, act.n_outlets, act.stage) == (2, 2, Stage.COMMITTED)
    assert act.announced_on == date(2023, 2, 16)


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2023-02-16", "2023-02-16", None, "day"),
        ("until 7/27/2022", "2022-01-24", "2022-07-27", "day"),
        ("between 3/4/22 & 3/11/22", "2022-03-04", "2022-03-11", "day"),
        ("not specified, 03/22", "2022-03", None, "month"),
        ("unclear, 09/2022", "2022-09", None, "month"),
        ("2922-02-09", None, None, None),
        ("unspecified", None, None, None),
        ("2/30/2022", None, None, None),
    ],
)
def test_dates_of_coders_are_read(text: str, start: str, end: str, precision: str) -> None:
    assert (when_of(text) or (None, None, None)) == (start, end, precision)


def test_every_package_of_release_7_slices_and_survives_json(shared: Path) -> None:
    readings = kiel_readings(read_kiel(shared / "data" / "kiel_r07.xlsx"))
    assert len(readings) == 432
    assert len({one.document.id for one in readings}) == 432
    assert_evidence(readings)
    for one in readings:
        assert reading_from_record(record_of(one, with_text=True)).events == one.events


def test_the_command_takes_a_workbook_beside_texts(tmp_path: Path) -> None:
    book = later_book(tmp_path, later(tot_activity_value_EUR=5), later(donor="Atlantis"))
    text = tmp_path / "a.txt"
    text.write_text("Latvia gave Ukraine €2 million for generators on Friday, the ministry said.", "utf-8")
    out = tmp_path / "out.jsonl"
    result = CliRunner().invoke(main, ["parse", str(text), str(book), "-o", str(out)])
    assert result.exit_code == 5, result.output
    ids = [line.split('"')[3] for line in out.read_text("utf-8").splitlines()]
    assert ids == ["a", "kiel-r13/MAIN/2"]
    assert "Atlantis" in (tmp_path / "out.quarantine.jsonl").read_text("utf-8")


def test_the_command_refuses_a_workbook_of_another_kind(tmp_path: Path) -> None:
    book = later_book(tmp_path, header=["nothing"])
    result = CliRunner().invoke(main, ["ledger", str(book), "-o", str(tmp_path / "books")])
    assert result.exit_code == 3
    assert "'donor'" in result.output
