"""In: books built in a line. Out: whether gross, net and delivered are told apart."""

from __future__ import annotations

import pytest

from aidlib.errors import ParameterError
from aidlib.ledger import build_ledger, build_totals, total_forms
from build import event, reading


def test_gross_counts_repeats_and_parts_net_does_not_and_delivered_what_came() -> None:
    first = reading(event("SWE", "63e6"), event("SWE", "20e6", "delivered", part_of=0))
    again = reading(event("SWE", "63e6", "allocated"), id="b")
    other = reading(event("NOR", "5e6"), event("NOR", "9e6", "proposed"), id="c")
    books = build_ledger([first, again, other])
    rows = {row["donor"]: row for row in total_forms(books).to_dict("records")}
    sweden = rows["SWE"]
    assert (sweden["gross_eur"], sweden["n_told"]) == (146000000, 3)
    assert (sweden["net_eur"], sweden["delivered_eur"]) == (63000000, 20000000)
    assert sweden["delivered_ids"] not in sweden["net_ids"]
    assert set(sweden["gross_ids"].split("|")) == {sweden["delivered_ids"], sweden["net_ids"]}
    assert (rows["NOR"]["gross_eur"], rows["NOR"]["net_eur"], rows["NOR"]["delivered_eur"]) == (5e6, 5e6, 0)


@pytest.mark.parametrize("by", [[], ["donor"], ["mechanism", "year"]])
def test_net_is_the_total_of_the_books(by: list[str]) -> None:
    books = build_ledger(
        [
            reading(event("SWE", "63e6", modifier="approx"), event(None, "1e6")),
            reading(event("NOR", "5e6", mechanism="purl"), id="b", published=None),
        ]
    )
    forms, totals = total_forms(books, by), build_totals(books, by)
    assert forms["net_low_eur"].tolist() == totals["low_eur"].tolist()
    assert forms["net_eur"].tolist() == totals["central_eur"].tolist()
    assert forms["net_high_eur"].tolist() == totals["high_eur"].tolist()
    assert (forms["gross_eur"] >= forms["net_eur"]).all()


def test_no_books_have_no_row_and_an_unknown_grouping_is_named() -> None:
    assert len(total_forms(build_ledger([]))) == 0
    with pytest.raises(ParameterError, match="'donor'"):
        total_forms(build_ledger([]), ["doner"])
