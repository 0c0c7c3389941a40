"""In: books of a few acts, and those of the seeds. Out: what a choice leaves, says and draws."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aidlib.explorer import NOTHING, WHERE, choose_acts, explore
from aidlib.ledger import Ledger, build_ledger, build_totals
from aidlib.plots import tell_donors
from aidlib.story import load_books
from build import event, reading

BOUNDS = ["low_eur", "central_eur", "high_eur", "n_commitments"]


@pytest.fixture(scope="module")
def books() -> Ledger:
    """Three acts of two donors, at two stages, in two years."""
    return build_ledger(
        [
            reading(event("NOR", "5e6", mechanism="danish_model"), id="a", published="2023-05-01"),
            reading(event("NOR", "7e6", stage="allocated"), id="b", published="2024-05-01"),
            reading(event("LTU", "2e6", modifier="approx"), id="c", published="2024-06-01"),
        ]
    )


@pytest.fixture(scope="module")
def whole() -> Ledger:
    """The books of all seeds."""
    return load_books(Path(__file__).resolve().parents[1] / "seeds" / "briefs")


def names(books: Ledger) -> set[str]:
    return set(books.commitments["donor"] + books.commitments["announced_on"].dt.strftime(" %Y"))


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ({}, ["LTU 2024", "NOR 2023", "NOR 2024"]),
        ({"donor": "NOR"}, ["NOR 2023", "NOR 2024"]),
        ({"mechanism": "danish_model"}, ["NOR 2023"]),
        ({"stage": "allocated"}, ["NOR 2024"]),
        ({"first": date(2024, 5, 1), "last": date(2024, 5, 1)}, ["NOR 2024"]),
        ({"donor": "NOR", "first": date(2024, 5, 2)}, []),
    ],
    ids=str,
)
def test_a_choice_leaves_the_acts_that_meet_all_of_it(
    books: Ledger, choice: dict[str, Any], left: list[str]
) -> None:
    chosen = choose_acts(books, **choice)
    assert sorted(names(chosen)) == left
    for table in (chosen.events, chosen.reports, chosen.evidence):
        assert set(table["commitment_id"]) <= set(chosen.commitments["commitment_id"])
    assert len(chosen.events) == len(left)
    assert len(books.commitments) == 3


@pytest.mark.parametrize("column", ["donor", "mechanism", "stage"])
def test_a_choice_adds_up_to_what_the_whole_books_give_for_it(whole: Ledger, column: str) -> None:
    totals = build_totals(whole, by=[column]).dropna(subset=[column])
    assert len(totals) > 3
    for row in totals.to_dict("records"):
        (alone,) = build_totals(choose_acts(whole, **{column: row[column]}), by=[]).to_dict("records")
        assert {name: alone[name] for name in BOUNDS} == {name: row[name] for name in BOUNDS}


@pytest.fixture
def without_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aidlib.explorer.find_spec", lambda _: None)


@pytest.mark.usefixtures("without_widgets")
def test_without_widgets_the_figure_of_all_acts_is_shown_and_where_the_choices_are(books: Ledger) -> None:
    shown = explore(books)
    page = shown._repr_html_()
    assert shown._repr_mimebundle_() == {}
    assert 'src="data:image/svg+xml;base64,' in page
    assert tell_donors(books)["alt"] in page
    assert "3 of 3 acts, 3 of them booked: €14\xa0million" in page
    assert WHERE in page


@pytest.mark.usefixtures("without_widgets")
def test_books_without_acts_give_a_sentence_and_no_figure() -> None:
    page = explore(build_ledger([]))._repr_html_()
    assert NOTHING in page
    assert "<img" not in page


class Widget:
    """Stands in for a widget: what it was made of, and who watches it."""

    def __init__(self, children: Any = (), **about: Any) -> None:
        self.children, self.about, self.value = children, about, about.get("value")
        self.watched: list[Any] = []
        if "options" in about:
            self.value = about["options"][0][1]

    def observe(self, call: Any, names: str) -> None:
        assert names == "value"
        self.watched.append(call)

    def choose(self, value: Any) -> None:
        self.value = value
        for call in self.watched:
            call({"new": value})

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"widget": self}


@pytest.fixture
def widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where ipywidgets is installed."""
    module = ModuleType("ipywidgets")
    for name in ("Dropdown", "DatePicker", "HTML", "HBox", "VBox", "Layout"):
        setattr(module, name, Widget)
    monkeypatch.setitem(sys.modules, "ipywidgets", module)
    monkeypatch.setattr("aidlib.explorer.find_spec", lambda _: True)


def parts_of(books: Ledger) -> dict[str, Widget]:
    """Give the widgets of an explorer by their labels, and its sentence and figure."""
    row, sentence, figure = explore(books)._repr_mimebundle_()["widget"].children
    return {w.about["description"]: w for w in row.children} | {"sentence": sentence, "figure": figure}


@pytest.fixture
def parts(books: Ledger, widgets: None) -> dict[str, Widget]:
    """The widgets of the books of three acts."""
    return parts_of(books)


def test_every_choice_has_a_label_and_names_what_the_books_hold(parts: dict[str, Widget]) -> None:
    assert [*parts][:5] == ["Donor", "Mechanism", "Stage", "First day", "Last day"]
    options = {name: parts[name].about["options"] for name in ("Donor", "Mechanism", "Stage")}
    assert options == {
        "Donor": [("all", ""), ("Lithuania", "LTU"), ("Norway", "NOR")],
        "Mechanism": [("all", ""), ("danish model", "danish_model")],
        "Stage": [("all", ""), ("pledged", "pledged"), ("allocated", "allocated")],
    }


def test_a_choice_draws_the_figure_anew_and_says_what_it_is(parts: dict[str, Widget]) -> None:
    before = parts["figure"].value
    parts["Donor"].choose("LTU")
    assert parts["figure"].value != before
    assert "Lithuania €2\xa0million" in parts["figure"].value
    assert re.search("1 of 3 acts, 1 of them booked: €2\xa0million .least €1.9", parts["sentence"].value)


def test_a_choice_of_nothing_gives_a_sentence_and_the_next_one_a_figure_again(
    parts: dict[str, Widget],
) -> None:
    parts["Last day"].choose(date(2020, 1, 1))
    assert (parts["figure"].value, NOTHING in parts["sentence"].value) == ("", True)
    parts["Last day"].choose(None)
    assert "<img" in parts["figure"].value


@pytest.mark.usefixtures("widgets")
def test_a_part_without_its_whole_is_left_out_and_said_to_be() -> None:
    parts = parts_of(build_ledger([reading(event("DNK", "10e6"), event("NOR", "4e6", part_of=0))]))
    parts["Donor"].choose("NOR")
    assert parts["figure"].value == ""
    assert f"{NOTHING} 1 more counts within an act that is not chosen." in parts["sentence"].value
