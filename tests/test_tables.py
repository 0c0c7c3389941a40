"""In: books, tables and records. Out: what a table shows, where it can be sorted and where it cannot."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from aidlib.errors import ParameterError
from aidlib.ledger import Ledger, build_ledger
from aidlib.tables import _library, largest_acts, ledger_html, readable, show_table
from build import event, reading


@pytest.fixture
def books() -> Ledger:
    """One act booked, a larger one only proposed."""
    said = [event("NOR", "5e6", modifier="approx"), event("LTU", "9e9", stage="proposed")]
    return build_ledger([reading(one, id=str(at)) for at, one in enumerate(said)])


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where itables is not installed."""
    monkeypatch.setattr("aidlib.tables.find_spec", lambda _: None)


def cells(page: str) -> list[list[str]]:
    rows = re.findall("<tr>(.*?)</tr>", page)
    return [[re.sub("<.*?>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", row)] for row in rows]


def test_the_books_are_a_sentence_and_their_acts_those_booked_first(books: Ledger) -> None:
    page = ledger_html(books)
    assert "2 acts, 1 of them booked: €5\xa0million (least €4.75\xa0million, most €5.25\xa0million)." in page
    heads, first, second = cells(page)
    assert heads[:2] == ["act", "donor"]
    assert first[-3:] == ["4,750,000", "5,000,000", "5,250,000"]
    assert second[1:5] == ["LTU", "", "proposed", "proposed"]
    assert books._repr_html_() == page  # type: ignore[attr-defined]


def test_empty_books_say_so() -> None:
    assert "No acts." in ledger_html(build_ledger([]))


def test_the_acts_shown_are_those_of_the_ledger(books: Ledger) -> None:
    assert set(largest_acts(books).index) == set(books.commitments["commitment_id"])


def test_a_long_table_shows_its_first_rows_and_says_how_many_there_are() -> None:
    page = show_table(pd.DataFrame({"n": range(30)}), rows=3)._repr_html_()
    assert cells(page) == [["n"], ["0"], ["1"], ["2"]]
    assert "The first 3 of 30 rows." in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("value", "shown", "sorts"),
    [
        (Decimal("1234567.80"), "1,234,568", "1234568"),
        (Decimal("0.00"), "0", "0"),
        (Decimal("0.918948722661276"), "0.918949", "0.918949"),
        ("12,000", "12,000", "12000"),
        (pd.Timestamp("2024-05-01"), "2024-05-01", None),
        (None, "", None),
        ("<b>&", "&lt;b&gt;&amp;", None),
        (["a", "b"], "[&#x27;a&#x27;, &#x27;b&#x27;]", None),
    ],
    ids=str,
)
def test_a_cell_is_read_as_it_is_and_sorted_as_a_number(value: object, shown: str, sorts: str | None) -> None:
    page = show_table(pd.DataFrame({"x": pd.Series([value], dtype="object")}))._repr_html_()
    assert cells(page)[1] == [shown]
    assert re.findall('data-order="(.*?)"', page) == ([sorts] if sorts else [])


def test_events_and_commitments_are_shown_together() -> None:
    events = [event("NOR", "5e6"), event("LTU", items={"drone": 3})]
    shown = show_table(events)
    assert shown.table["who"].tolist() == ["NOR to UKR", "LTU to UKR"]
    assert shown.table["goods"].tolist() == ["", "3 drone"]


@pytest.mark.parametrize("thing", ["commitments", [1], build_ledger([])], ids=["text", "numbers", "books"])
def test_what_is_no_table_is_refused_with_what_is(thing: object) -> None:
    with pytest.raises(ParameterError, match=r"no table.*books\.commitments"):
        show_table(thing)  # type: ignore[arg-type]


def test_where_itables_is_the_other_rows_and_its_library_come_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dt_bundle.js").write_text("export default 1")
    (tmp_path / "dt_bundle.css").write_text("table {}")
    options = ModuleType("itables.options")
    options.dt_bundle = str(tmp_path / "dt_bundle.js")  # type: ignore[attr-defined]
    package = ModuleType("itables")
    package.options = options  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "itables", package)
    monkeypatch.setitem(sys.modules, "itables.options", options)
    monkeypatch.setattr("aidlib.tables.find_spec", lambda _: True)
    _library.cache_clear()
    page = show_table(pd.DataFrame({"t": ["a", "</script><b>", "7"]}), rows=1)._repr_html_()
    _library.cache_clear()
    assert page.index("</table>") < page.index("<script>")
    (rest,) = re.findall(r"for \(const row of (.*?)\) \{\n", page)
    assert json.loads(rest) == [[["</script><b>", None]], [["7", None]]]
    assert page.count("</script>") == 1
    assert re.findall("https?:", page) == []


def test_a_readable_table_keeps_its_rows() -> None:
    assert readable(pd.DataFrame({"eur": [Decimal(2), None]})).shape == (2, 1)
