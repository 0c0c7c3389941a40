"""In: books that are hard to draw. Out: whether every figure is one that can be read, or a clear sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from aidlib import read_announcement
from aidlib.ledger import Ledger, build_ledger
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
from aidlib.reconcile.differences import KINDS
from build import event, reading
from plots.seen import boxes, faults, framed

TALLEST = 9.7  # inches of a page of A4 within its margins
LONGEST = 6000  # letters of an alt text, of which a screen reader reads every one
NAMES = {
    "words": "A donor whose name is so long that no column could ever hold all of it on a line",
    "a word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "signs": "Україна & <b>$x_1$</b> $ 100% {y} \\alpha",
}
STAGES = ("pledged", "committed", "allocated", "contracted", "disbursed", "delivered")
GOODS = ("drone", "Bohdana", "NASAMS", "F-16", "155 mm shell", "generator", "minehunter", "radar", "training")
Draw, Tell = Callable[..., Figure], Callable[..., dict[str, str]]


def danish(donor: str | None, amount: str | None, stage: str = "allocated", **more: Any) -> Any:
    """An event of the Danish model."""
    return event(donor, amount, stage, mechanism="danish_model", **{"channel": "DNK", **more})


def each_apart(n: int, first: str = "2022-03-01") -> list[Any]:
    """Acts of many donors, stages, goods and channels, of sums from 1 to 10**12, a week apart."""
    days = pd.date_range(first, periods=n, freq="7D")
    channels = ("DNK", None, "EU", "NATO", "EBRD", "WB", "UN", "USA", "GBR", "DEU", "FRA", "POL")
    return [
        reading(
            danish(
                f"D{k:03}",
                str(10 ** (k % 13)),
                STAGES[k % 6],
                channel=channels[k % 12],
                items={GOODS[k % 9]: 10**9} if k % 10 else None,
                modifier=("exact", "up_to", "approx", "at_least")[k % 4],
            ),
            id=f"t{k}",
            published=f"{day:%Y-%m-%d}",
        )
        for k, day in enumerate(days)
    ]


def backwards() -> list[Any]:
    """Acts that are delivered before they are pledged, told the last first."""
    told = [("2025-06-01", "delivered", "2022-01-05"), ("2022-03-01", "allocated", "2026-01-01")]
    told += [("2024-02-29", "pledged", "2030"), ("1999-12-31", "committed", "2024-05")]
    return [
        reading(
            danish("DNK", "5e7", stage, date=day, items={"Bohdana": 18}),
            danish("SWE", "9e7", stage, date=day),
            id=f"t{n}",
            published=published,
        )
        for n, (published, stage, day) in enumerate(told)
    ]


BOOKS: dict[str, Callable[[], list[Any]]] = {
    "empty": list,
    "one act": lambda: [reading(danish("NOR", "240e6"))],
    "one euro": lambda: [reading(danish("NOR", "1"))],
    "no sum": lambda: [reading(danish("NOR", None, items={"drone": None}), danish("SWE", None))],
    "nobody": lambda: [reading(danish(None, "5e6", channel=None), danish("EU", "7e6", channel="EU"))],
    "no day": lambda: [reading(danish("NOR", "5e6"), danish("EU", "7e6"), published=None)],
    "no rate": lambda: [reading(danish("NOR", "5e6", currency="XTS"), danish("EU", "7e6", currency=None))],
    "nought": lambda: [reading(danish("NOR", "0"), danish("EU", "0"))],
    "two of a size": lambda: [reading(danish("NOR", "1e12"), danish("EU", "1"))],
    "a week": lambda: [
        reading(danish(f"D{n}", "5e6"), id=f"t{n}", published=f"2024-05-0{n}") for n in range(1, 8)
    ],
    "backwards": backwards,
    "thirty": lambda: each_apart(30),
    "five hundred": lambda: each_apart(500, "2016-01-01"),
    "one donor often": lambda: [
        reading(danish("NOR", str(10**7 + n)), id=f"t{n}", published=f"2024-{n % 12 + 1:02}-03")
        for n in range(60)
    ],
}


@cache
def books_of(kind: str) -> Ledger:
    """Build books once."""
    return build_ledger(BOOKS[kind]())


def facts(n: int) -> pd.DataFrame:
    """A table of facts with claims and lines, days in and out of order."""
    names = "row_id row_type contributor year amount currency stage deliverables announced_on delivered_on"
    rows = [
        (
            f"F{k}",
            "claimed_total" if k % 3 == 0 else "contribution",
            "MULTI" if k % 6 == 0 else f"D{k % 7}",
            str(2022 + k % 5),
            str(10 ** (k % 13)),
            "EUR",
            STAGES[k % 6],
            NAMES["words"],
            f"2024-{k % 12 + 1:02}-28",
            f"2024-{(k * 5) % 12 + 1:02}",
        )
        for k in range(n)
    ]
    table = pd.DataFrame(rows, columns=names.split())
    return table.assign(claimed_by=NAMES["words"], conflict_group="", note="")


def quarters(n: int) -> pd.DataFrame:
    """The tracker's sums of n quarters."""
    named = [f"{year}-Q{q}" for year in range(2014, 2100) for q in (1, 2, 3, 4)][:n]
    rows = [(name, *(Decimal(10) ** (k % 13) for _ in KINDS)) for k, name in enumerate(named)]
    return pd.DataFrame(rows, columns=["quarter", *KINDS])


THEIRS: dict[str, Any] = {
    "theirs": {"NOR": Decimal(1), "EU": Decimal(10) ** 12}
    | {f"D{n:03}": Decimal(7) ** (n % 15) for n in range(400)},
    "last": "2026-04",
}
FIGURES: dict[str, tuple[Draw, Tell]] = {
    "waterfall": (draw_waterfall, tell_waterfall),
    "donors": (draw_donors, tell_donors),
    "rates": (draw_rates, tell_rates),
    "payers": (draw_payers, tell_payers),
    "flow": (draw_flow, tell_flow),
    "timeline": (draw_timeline, tell_timeline),
    "ladder": (draw_ladder, tell_ladder),
    "days": (draw_days, tell_days),
    "days of facts": (
        lambda books: draw_days(books, facts(60), goods="donor"),
        lambda books: tell_days(books, facts(60), goods="donor"),
    ),
    "evidence": (draw_evidence, tell_evidence),
    "theirs": (partial(draw_theirs, **THEIRS), partial(tell_theirs, **THEIRS)),
    "shift": (partial(draw_shift, quarters(17)), partial(tell_shift, quarters(17))),
}


def wrong(fig: Figure, told: dict[str, str]) -> list[str]:
    """List what an editor would send back."""
    found = [f"no {name}" for name, words in told.items() if not words.strip()]
    whole = framed(fig, told)
    found += [f"out or over: {words}" for words in faults(whole)]
    said = [words for words, _ in boxes(whole)] + list(told.values())
    found += [f"nan: {words}" for words in said if re.search(r"\b(nan|NaT|None|inf|<NA>)\b(?! of)", words)]
    height = whole.get_size_inches()[1]
    found += [f"{height:.1f} inches tall"] if height > TALLEST else []
    found += [f"alt text of {len(told['alt'])} letters"] if len(told["alt"]) > LONGEST else []
    return found


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("kind", BOOKS)
def test_books_of_every_kind_give_a_figure_that_can_be_read(kind: str, figure: str) -> None:
    draw, tell = FIGURES[figure]
    books = books_of(kind)
    assert wrong(draw(books), tell(books)) == []


@pytest.fixture(params=NAMES)
def named(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every party has a name of 80 letters, or one of signs."""

    class Names(dict[str, str]):
        def get(self, code: str, default: Any = None) -> str:
            return f"{NAMES[request.param]} {code[-1]}"

    monkeypatch.setattr("aidlib.plots.style._names", Names)
    return str(request.param)


@pytest.mark.parametrize("figure", FIGURES)
def test_names_of_80_letters_are_wrapped_or_cut(named: str, figure: str) -> None:
    draw, tell = FIGURES[figure]
    books = books_of("thirty")
    assert wrong(draw(books), tell(books)) == []


@pytest.mark.parametrize("n", [0, 1, 12, 90])
def test_claims_of_any_number_can_be_read(named: str, n: int) -> None:
    assert wrong(draw_claims(facts(n)), tell_claims(facts(n))) == []


@pytest.mark.parametrize("n", [0, 1, 2, 5, 120])
def test_quarters_of_any_number_can_be_read(n: int) -> None:
    books = books_of("thirty")
    assert wrong(draw_shift(quarters(n), books), tell_shift(quarters(n), books)) == []


@pytest.mark.parametrize("n", [1, 12, 300])
def test_sums_of_any_number_in_a_text_can_be_read(n: int) -> None:
    text = " ".join(f"Latvia pledged €{10 ** (k % 12) + k:,} in military aid to Ukraine." for k in range(n))
    told = read_announcement(Document.from_text(text, published="2024-05-01"))
    assert wrong(draw_announcement(told), tell_announcement(told, build_ledger([told]))) == []
