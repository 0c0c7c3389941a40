"""The books in the tracker's columns read back to the same totals."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidlib.errors import ParameterError
from aidlib.events import build_events
from aidlib.exchange.kiel import kiel_totals, read_kiel
from aidlib.exchange.kiel_out import COLUMNS, write_kiel_csv
from aidlib.ledger import Ledger, build_ledger, build_totals
from aidlib.model import Document
from aidlib.read import read_documents
from build import event, reading


def assert_same_totals(ledger: Ledger, path: Path) -> None:
    kiel = read_kiel(write_kiel_csv(ledger, path))
    known = {
        row.donor: row.central_eur for row in build_totals(ledger).itertuples() if isinstance(row.donor, str)
    }
    ours = kiel_totals(kiel).set_index("donor")["total_eur"].to_dict()
    assert {donor: value for donor, value in ours.items() if value} == known


def test_the_books_of_all_briefs_read_back_to_the_same_totals(seeds: Path, tmp_path: Path) -> None:
    documents = [one for one in read_documents([seeds / "briefs"]) if isinstance(one, Document)]
    ledger = build_ledger([build_events(document) for document in documents])
    assert_same_totals(ledger, tmp_path / "books.csv")
    again = write_kiel_csv(ledger, tmp_path / "again.csv").read_bytes()
    assert again == (tmp_path / "books.csv").read_bytes()


def test_a_part_is_a_row_under_its_whole(tmp_path: Path) -> None:
    parts = [event("NOR", 100, "committed"), event("NOR", 30, "allocated", part_of=0, items={"F-16": 2})]
    path = write_kiel_csv(build_ledger([reading(*parts)]), tmp_path / "a.csv")
    frame = read_kiel(path).table("activities")
    assert frame["value_eur"].to_list() == [100, 0]
    assert frame["sub_value_eur"].to_list() == [70, 30]
    assert frame["measure"].to_list() == ["Commitment", "Allocation"]
    assert frame["activity_id"].nunique() == 1
    assert frame["month"].to_list() == [29, 29]
    assert (frame["item"].to_list()[1], frame["quantity"].to_list()[1]) == ("F-16", 2)


def test_proposals_and_running_totals_stay_out(tmp_path: Path) -> None:
    told = reading(
        event("NOR", 5, "pledged"), event("DNK", 7, "proposed"), event("SWE", 9, is_cumulative_total=True)
    )
    path = write_kiel_csv(build_ledger([told]), tmp_path / "a.csv")
    assert read_kiel(path).table("activities")["donor"].to_list() == ["NOR"]


def test_words_that_look_like_formulas_come_back(tmp_path: Path) -> None:
    one = event("NOR", 5, "pledged", items={"=HYPERLINK(1)": None})
    path = write_kiel_csv(build_ledger([reading(one)]), tmp_path / "a.csv")
    assert "'=HYPERLINK" in path.read_text("utf-8")
    assert read_kiel(path).table("activities")["item"].to_list() == ["=HYPERLINK(1)"]


def test_the_columns_are_those_that_the_contract_knows(tmp_path: Path) -> None:
    path = write_kiel_csv(build_ledger([reading(event("NOR", 5))]), tmp_path / "a.csv")
    assert path.read_text("utf-8").splitlines()[0].split(",") == COLUMNS


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="cannot be written"):
        write_kiel_csv(build_ledger([reading(event("NOR", 5))]), tmp_path)
    assert list(tmp_path.iterdir()) == []


act = st.builds(
    event,
    donor=st.sampled_from(["NOR", "DNK", "EU", "MULTI", "CZE", "TUR", None]),
    amount=st.one_of(st.none(), st.integers(1, 10**13).map(lambda n: Decimal(n) / 100)),
    stage=st.sampled_from(["proposed", "pledged", "allocated", "delivered"]),
    currency=st.sampled_from(["EUR", "NOK", "USD"]),
    aid_type=st.sampled_from(["military", "humanitarian", "mixed", None]),
    mechanism=st.sampled_from(["loan", "purl", None]),
    part_of=st.sampled_from([None, 0]),
)


@settings(max_examples=50)
@given(lists=st.lists(st.lists(act, min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_books_read_back_to_the_same_totals(
    lists: list[list[object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    readings = [
        reading(event("NOR", 1, "pledged"), *events, id=f"d{n}")  # type: ignore[arg-type]
        for n, events in enumerate(lists)
    ]
    assert_same_totals(build_ledger(readings), tmp_path_factory.mktemp("books") / "a.csv")
