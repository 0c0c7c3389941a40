"""In: books, small, empty and extreme. Out: what each figure says, and whether one can read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from aidlib import read_announcement
from aidlib.ledger import Ledger, build_ledger, build_totals, naive_steps
from aidlib.model import Document
from aidlib.plots import (
    draw_announcement,
    draw_claims,
    draw_days,
    draw_donors,
    draw_evidence,
    draw_flow,
    draw_ladder,
    draw_payers,
    draw_rates,
    draw_shift,
    draw_theirs,
    draw_timeline,
    draw_waterfall,
    table_announcement,
    table_claims,
    table_donors,
    table_flow,
    table_payers,
    table_rates,
    table_timeline,
    tell_announcement,
    tell_claims,
    tell_days,
    tell_donors,
    tell_evidence,
    tell_flow,
    tell_ladder,
    tell_payers,
    tell_rates,
    tell_shift,
    tell_theirs,
    tell_timeline,
    tell_waterfall,
)
from aidlib.plots.books import rate_days
from aidlib.plots.flow import FLOW
from aidlib.plots.style import BLUE, ORANGE, SKY, name_of, text_width, wrap
from aidlib.reconcile.differences import KINDS
from build import event, reading
from plots.seen import faults, framed

THEIRS = {
    "theirs": {code: Decimal(10) ** n for n, code in enumerate(["D006", "NOR", "D012", "EU", "USA"], 5)},
    "last": "2026-04",
}
QUARTERS = pd.DataFrame(
    [(f"{year}-Q{n}", *(Decimal(10) ** (n + 6),) * 4) for year in (2023, 2024, 2025) for n in (1, 2, 3, 4)],
    columns=["quarter", *KINDS],
)
OF_BOOKS: list[tuple[Callable[..., Figure], Callable[..., dict[str, str]]]] = [
    (draw_waterfall, tell_waterfall),
    (draw_donors, tell_donors),
    (draw_rates, tell_rates),
    (draw_payers, tell_payers),
    (draw_flow, tell_flow),
    (draw_timeline, tell_timeline),
    (draw_ladder, tell_ladder),
    (draw_days, tell_days),
    (draw_evidence, tell_evidence),
    (partial(draw_theirs, **THEIRS), partial(tell_theirs, **THEIRS)),
    (partial(draw_shift, QUARTERS), partial(tell_shift, QUARTERS)),
]
COLUMNS = "row_id row_type contributor year amount currency stage announced_on claimed_by conflict_group note"


def danish(donor: str, amount: str | None, stage: str = "allocated", **more: Any) -> Any:
    """An event of the Danish model."""
    return event(donor, amount, stage, mechanism="danish_model", channel="DNK", **more)


@cache
def small() -> Ledger:
    """Books of a few acts, with a repeat, a part, a total and a proposal."""
    return build_ledger(
        [
            reading(danish("EU", "830e6"), danish("DNK", "200e6", currency="DKK"), id="a"),
            reading(danish("EU", "830e6"), danish("SWE", None), id="b", published="2024-05-02"),
            reading(event("NOR", "900e6", modifier="approx"), event("NOR", "100e6", part_of=0), id="c"),
            reading(event("NOR", "5e9", is_cumulative_total=True), event("DEU", "3e9", "proposed"), id="d"),
            reading(event("USA", "2e9", currency="USD"), id="e", published="2025-02-01"),
            reading(danish("ISL", "3e6", date="2024-09-01"), id="f", published="2024-09-01"),
            reading(danish("ISL", "3e6", "delivered", date="2024-11"), id="g", published="2024-12-01"),
        ]
    )


@cache
def many() -> Ledger:
    """Books of 500 donors, sums from 1 to 10**12."""
    codes = [f"D{n:03}" for n in range(500)]
    events = [danish(code, str(10 ** (n % 13))) for n, code in enumerate(codes)]
    return build_ledger([reading(*events)])


BOOKS = {"empty": lambda: build_ledger([]), "one": lambda: build_ledger([reading(danish("NOR", "1"))])}
BOOKS |= {"small": small, "many": many}


@pytest.fixture(scope="module", params=BOOKS)
def books(request: pytest.FixtureRequest) -> Ledger:
    """Books of every kind."""
    return BOOKS[request.param]()


@pytest.mark.parametrize(("draw", "tell"), OF_BOOKS)
def test_labels_neither_overlap_nor_run_out(
    books: Ledger, draw: Callable[..., Figure], tell: Callable[..., dict[str, str]]
) -> None:
    assert faults(framed(draw(books), tell(books))) == []


@pytest.mark.parametrize(("draw", "tell"), OF_BOOKS)
def test_every_figure_says_a_finding_and_an_alt_text(
    books: Ledger, draw: Callable[..., Figure], tell: Callable[..., dict[str, str]]
) -> None:
    told = tell(books)
    assert set(told) == {"finding", "subtitle", "alt"}
    assert all(words.strip() for words in told.values())
    assert "nan" not in " ".join(told.values()).lower().split()


def test_the_waterfall_ends_in_the_books() -> None:
    ledger = small()
    bars = draw_waterfall(ledger).axes[0].patches
    books = float(build_totals(ledger, by=[])["central_eur"].iloc[0])
    assert bars[-1].get_width() == pytest.approx(books)
    assert bars[0].get_width() == pytest.approx(float(naive_steps(ledger)["amount_eur"].iloc[0]))
    assert bars[-1].get_x() == bars[0].get_x() == 0


def test_donors_after_the_first_few_are_one_row_with_their_sum() -> None:
    ledger = many()
    rows = table_donors(ledger, top=5)
    assert len(rows) == 6
    assert rows["name"].iloc[-1] == "495 other donors"
    assert rows["central_eur"].sum() == build_totals(ledger, by=["donor"])["central_eur"].sum()


def test_donors_stand_by_size() -> None:
    sums = table_donors(small())["central_eur"].tolist()
    assert sums == sorted(sums, reverse=True)


def test_books_in_euro_say_that_no_rate_moves_them_and_draw_no_line() -> None:
    books = build_ledger(
        [reading(event("EU", "1e9")), reading(event("EU", "2e9"), id="b", published="2025-01-10")]
    )
    assert tell_rates(books)["finding"].endswith("by less than 0.05\xa0%")
    assert not draw_rates(books).axes[0].lines


def test_the_years_of_a_long_timeline_stand_apart() -> None:
    days = [f"{year}-03-01" for year in range(2010, 2031)]
    told = [reading(danish("NOR", str((n + 1) * 10**7)), id=day, published=day) for n, day in enumerate(days)]
    ticks = [tick.get_text() for tick in draw_timeline(build_ledger(told)).axes[0].get_xticklabels()]
    assert ticks == ["2011", "2014", "2017", "2020", "2023", "2026", "2029"]


def test_euro_do_not_move_with_the_day_of_the_rate() -> None:
    ledger = build_ledger(
        [reading(event("EU", "1e9")), reading(event("EU", "2e9"), id="b", published="2025-01-10")]
    )
    assert table_rates(ledger)["change"].tolist() == [0.0] * len(rate_days(ledger))


def test_rates_are_taken_at_the_end_of_every_month() -> None:
    ledger = build_ledger(
        [reading(event("EU", "1e9")), reading(event("EU", "2e9"), id="b", published="2024-07-10")]
    )
    assert [f"{day:%m-%d}" for day in rate_days(ledger)] == ["05-31", "06-30", "07-31"]


def test_money_that_another_handles_is_the_payers() -> None:
    rows = table_payers(small()).set_index("donor")
    assert rows.loc["EU", "central_eur"] == 830000000
    assert rows.loc["EU", "channel"] == "DNK"


def test_a_payer_whose_sum_is_unsaid_has_a_row_without_euro() -> None:
    rows = table_payers(small()).set_index("donor")
    assert rows.loc["SWE", "central_eur"] == 0
    assert "Sweden no sum said" in tell_payers(small())["alt"]


def test_the_timeline_leads_a_line_to_a_delivery_where_only_some_acts_have_one() -> None:
    told = [danish("NOR", "9e6"), danish("SWE", "8e6", "delivered", date="2024-08", date_precision="month")]
    books = build_ledger([reading(*told)])
    assert table_timeline(books)["delivered_on"].tolist() == [None, "2024-08"]
    axes = draw_timeline(books).axes[0]
    assert [line.get_marker() for line in axes.lines].count("D") == 1


@pytest.mark.parametrize(
    ("told", "days"),
    [
        ("2024-08-02", [93]),
        ("2024-08", [92]),
        ("2024-05", [0]),
        ("2024", []),
        ("2023-11-30", [-153]),
    ],
)
def test_a_delivery_stands_where_its_date_allows_and_its_line_runs_through_no_label(
    told: str, days: list[int]
) -> None:
    books = build_ledger([reading(danish("NOR", "9e6", "delivered"))])
    acts = books.commitments.assign(announced_on=pd.Timestamp("2024-05-01"), delivered_on=told)
    fig = draw_timeline(replace(books, commitments=acts))
    axes = fig.axes[0]
    start = pd.Timestamp("2024-05-01").toordinal()
    ends = [line for line in axes.lines if line.get_marker() == "D"]
    assert [int(line.get_xdata()[0]) - start for line in ends] == days
    fig.canvas.draw()
    label = axes.texts[0].get_window_extent()
    assert not any(label.overlaps(line.get_window_extent()) for line in axes.lines)


def test_the_timeline_shows_the_largest_where_there_are_too_many() -> None:
    rows = table_timeline(many())
    assert len(rows) == 24
    assert min(rows["amount_eur"]) >= 10**11
    assert "24 largest of 500" in tell_timeline(many())["subtitle"]


def test_a_text_is_told_sum_by_sum() -> None:
    text = "Latvia pledged €240 million in military aid to Ukraine, including €40 million for drones."
    told = read_announcement(Document.from_text(text, published="2024-05-01"))
    rows = table_announcement(told)
    assert rows["verdict"].tolist() == ["booked", "part"]
    assert "books €240" in tell_announcement(told, build_ledger([told]))["finding"]
    assert faults(draw_announcement(told)) == []


def test_a_text_without_money_gives_a_sentence() -> None:
    told = read_announcement("The ministers met in Oslo and talked about Ukraine for an hour.")
    assert not len(table_announcement(told))
    words = tell_announcement(told, build_ledger([told]))
    assert words["finding"] == "This text names no sum of money."
    assert faults(framed(draw_announcement(told), words)) == []


def facts(*rows: str) -> pd.DataFrame:
    """Make a table of facts from rows with commas."""
    return pd.DataFrame([row.split(",") for row in rows], columns=COLUMNS.split())


LINES = (
    "F1,contribution,DNK,2024,175000000,EUR,,2024-09-29,,D,",
    "F2,contribution,DNK,2024,125000000,EUR,,2025-01-10,,D,",
    "F3,contribution,EU,2024,390000000,EUR,,2024-09-14,,,",
    "F4,contribution,SWE,2024,20000000,EUR,,2025-01-05,,,",
)


@pytest.mark.parametrize(
    ("claim", "low", "high", "is_within", "why"),
    [
        ("C,claimed_total,MULTI,2024,538000000,EUR,,2025-02,MoD,,", 535e6, 585e6, True, "one figure a line"),
        ("C,claimed_total,MULTI,2024,520000000,EUR,,2024-12-01,MoD,,", 515e6, 585e6, True, "not yet Sweden"),
        ("C,claimed_total,MULTI,2024,700000000,EUR,,2025-02,MoD,,", 535e6, 585e6, False, "more than all"),
        ("C,claimed_total,DNK,2024,130000000,EUR,,2025-02,MoD,,", 125e6, 175e6, True, "one payer"),
        ("C,claimed_total,MULTI,2025,1,EUR,,2025-02,MoD,,", 0, 0, False, "a year without lines"),
    ],
)
def test_a_claim_is_set_beside_its_lines(
    claim: str, low: float, high: float, is_within: bool, why: str
) -> None:
    row = table_claims(facts(*LINES, claim)).iloc[0]
    assert (float(row["low_eur"]), float(row["high_eur"]), bool(row["is_within"])) == (
        low,
        high,
        is_within,
    ), why


def test_a_joint_tranche_is_not_added_to_its_members() -> None:
    rows = ("J,contribution,MULTI,2025,428000000,EUR,,2025-06-05,,,",)
    rows += ("N,contribution,DNK,2025,130000000,EUR,,2025-01-05,,,",)
    claim = "C,claimed_total,MULTI,2025,428000000,EUR,,2025-09,MoD,,"
    assert float(table_claims(facts(*rows, claim))["low_eur"].iloc[0]) == 428e6


def test_claims_can_be_read() -> None:
    claims = [
        f"C{n},claimed_total,{who},{year},{538000000 + n},EUR,,2025-02,A ministry with a very long name {n},,"
        for n in range(20)
        for who, year in [("MULTI", "2024") if n % 2 else ("DNK", "2024-2027")]
    ]
    table = facts(*LINES, *claims)
    assert faults(framed(draw_claims(table), tell_claims(table))) == []


def test_a_table_without_claims_gives_a_sentence() -> None:
    table = facts(*LINES)
    assert tell_claims(table)["finding"] == "The table of facts holds no official total."
    assert faults(framed(draw_claims(table), tell_claims(table))) == []


def test_a_name_of_80_letters_is_wrapped_or_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "A donor whose name is so long that no column could ever hold all of it on a line"
    monkeypatch.setattr("aidlib.plots.books.name_of", lambda code: long)
    assert faults(draw_donors(small())) == []


def test_bands_add_up_to_the_bars_of_their_payers() -> None:
    goods = {"items": {"drone": 5}}
    given = [
        danish("DNK", "500e6"),
        danish("DNK", "100e6", part_of=0, **goods),
        danish("SWE", "9e6", **goods),
    ]
    for books in (small(), many(), build_ledger([reading(*given)])):
        bands = table_flow(books).groupby("payer")["central_eur"].sum()
        bars = table_payers(books).set_index("donor")["central_eur"]
        assert bands.to_dict() == bars[bars > 0].to_dict() | dict.fromkeys(bands[bands == 0].index, 0)


def test_a_part_for_other_goods_has_a_band_of_its_own() -> None:
    given = [danish("DNK", "500e6"), danish("DNK", "100e6", part_of=0, items={"drone": 5})]
    bands = table_flow(build_ledger([reading(*given)])).set_index("product")["central_eur"]
    assert bands.to_dict() == {"kind not stated": 400_000_000, "drones": 100_000_000}


def test_bands_of_every_column_are_drawn_to_one_scale() -> None:
    axes = draw_flow(small()).axes[0]
    bands = [p.get_path().vertices for p in axes.patches if isinstance(p, PathPatch)]
    wide = [abs(v[0, 1] - v[7, 1]) for v in bands]
    assert sum(wide) == pytest.approx(2 * FLOW)
    assert [abs(v[3, 1] - v[4, 1]) for v in bands] == pytest.approx(wide)


def test_only_what_no_text_tells_the_kind_of_is_hatched() -> None:
    given = [danish("DNK", "5e6"), danish("SWE", "1e6", items={"drone": 5})]
    axes = draw_flow(build_ledger([reading(*given)])).axes[0]
    assert [bool(p.get_hatch()) for p in axes.patches if isinstance(p, PathPatch)].count(True) == 1


def test_acts_that_may_be_one_another_have_one_band() -> None:
    given = [danish("DNK", "5e6", items={"drone": 5}), danish("DNK", "4e6"), danish("DNK", "3e6")]
    books = build_ledger([reading(*given)])
    acts = books.commitments.sort_values("amount_eur", ascending=False)
    one, two, three = acts["commitment_id"]
    near = {one: two, two: f"{one}|{three}", three: two}
    books = replace(books, commitments=acts.assign(overlaps_with=acts["commitment_id"].map(near)))
    (row,) = table_flow(books).to_dict("records")
    assert (row["product"], row["low_eur"], row["central_eur"], row["high_eur"]) == ("drones", 5e6, 5e6, 12e6)
    assert table_payers(books)["central_eur"].tolist() == [5_000_000]


@pytest.mark.parametrize(
    ("code", "name"), [("danish_model", "Danish model"), ("purl", "PURL"), ("in_kind", "in kind")]
)
def test_a_mechanism_is_named_as_it_is_written(code: str, name: str) -> None:
    assert f"No act of the {name} is booked" in tell_payers(build_ledger([]), code)["finding"]


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        (
            [danish("EU", "1e6")],
            "All of the €1\xa0million booked for the Danish model goes through Denmark; no text",
        ),
        (
            [danish("DNK", "1e6", items={"drone": 1})],
            "All of the €1\xa0million booked for the Danish model goes through Denmark; texts say of all",
        ),
        (
            [danish("DNK", "1e6"), event("SWE", "3e6", mechanism="danish_model", items={"drone": 1})],
            "25\xa0% of the €4\xa0million booked for the Danish model goes through Denmark; for 25\xa0%",
        ),
        (
            [event("SWE", "3e6", mechanism="danish_model")],
            "None of the €3\xa0million booked for the Danish model goes through another",
        ),
        ([danish("SWE", None, items={"drone": 1})], "No sum is said of the Danish model in this selection"),
        ([event("SWE", "1")], "No act of the Danish model is booked in this selection"),
    ],
)
def test_the_flow_says_through_whom_and_for_how_much_goods_are_told(acts: list[Any], said: str) -> None:
    books = build_ledger([reading(*acts)])
    told = tell_flow(books)
    assert told["finding"].startswith(said)
    assert faults(framed(draw_flow(books), told)) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "euro at the day's rate"),
        ({"policy": "monthly"}, "euro at the mean rate of the month"),
        ({"policy": "fixed", "fixed_day": date(2024, 5, 2)}, "euro at the rates of 2024-05-02"),
    ],
)
@pytest.mark.parametrize(
    "tell",
    [tell_waterfall, tell_donors, tell_payers, tell_flow, tell_ladder, tell_rates],
    ids=lambda f: f.__name__,
)
def test_the_subtitle_says_by_which_rates_sums_are_in_euro(
    tell: Callable[..., dict[str, str]], given: dict[str, Any], said: str
) -> None:
    told = [reading(danish("NOR", "9e6", currency="NOK"), danish("DNK", "8e6"), id="a")]
    books = build_ledger([*told, reading(danish("SWE", "7e6"), id="b", published="2024-09-02")], **given)
    assert said in tell(books)["subtitle"].replace("Euro", "euro")


def test_donors_can_be_shown_in_the_prices_of_one_year() -> None:
    books = build_ledger([reading(danish("NOR", "100"), published="2022-06-01")])
    row = table_donors(books, price_base_year=2024).iloc[0]
    assert row["central_eur"] == Decimal("107.91")
    assert "in the prices of 2024" in tell_donors(books, price_base_year=2024)["subtitle"]


def test_a_wrapped_line_fits_its_width() -> None:
    words = "Of €856 billion told, €383 billion is in the books; most goes as running totals and targets"
    assert all(text_width(line, size=11, bold=True) <= 3 for line in wrap(words, 3, size=11, bold=True))


def test_colours_are_told_apart_in_grey() -> None:
    def grey(colour: str) -> float:
        red, green, blue = to_rgb(colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for one, two in ((BLUE, ORANGE), (BLUE, SKY), (BLUE, "#8a8a8a"), (ORANGE, "#8a8a8a")):
        assert abs(grey(one) - grey(two)) > 0.08


def test_a_party_without_a_name_keeps_its_code() -> None:
    assert name_of("D001") == "D001"
