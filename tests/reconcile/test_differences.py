"""In: small tables of the tracker, and books. Out: whether they are read, what differs gets its reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aidlib.errors import ReadError
from aidlib.ledger import build_ledger
from aidlib.plots import draw_shift, draw_theirs, table_shift, table_theirs, tell_shift, tell_theirs
from aidlib.reconcile import read_donors, read_quarters, table_differences
from aidlib.reconcile.differences import KINDS
from build import event, reading

DONORS = "donor,military_eur_bn\n"
QUARTERS = f"quarter,months,{','.join(f'{kind}_eur_bn' for kind in KINDS)}\n"


def table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_billions_become_euro_and_quarters_stand_in_time(tmp_path: Path) -> None:
    assert read_donors(table(tmp_path, DONORS + "NOR,1.5\n")) == {"NOR": Decimal("1500000000")}
    rows = read_quarters(table(tmp_path, QUARTERS + "2025-Q2,1,0,1,2,3\n2025-Q1,3,1,0,0,0\n"))
    assert rows["last_month"].tolist() == ["2025-03", "2025-04"]
    assert rows["nato_purl"].tolist() == [0, 3000000000]


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_donors, "iso,military_eur_bn\nNOR,1\n", "no column donor"),
        (read_donors, DONORS, "no row"),
        (read_donors, DONORS + "NOR,many\n", "line 2.*|'many' is no sum"),
        (read_donors, DONORS + "NOR\n", "'' is no sum"),
        (read_donors, DONORS + "NOR,nan\n", "'nan' is no sum"),
        (read_donors, DONORS + "NOR,-1\n", "'-1' is no sum"),
        (read_quarters, QUARTERS + "2025-Q5,3,1,1,1,1\n", "'2025-Q5' with '3' months is no quarter"),
        (read_quarters, QUARTERS + "2025-Q1,4,1,1,1,1\n", "is no quarter"),
        (read_quarters, QUARTERS + "2025-Q1,3,1,1,1,\n", "'' is no sum"),
        (read_quarters, "", "no column quarter"),
    ],
)
def test_another_table_is_refused_with_its_place(tmp_path: Path, read: Any, text: str, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        read(table(tmp_path, text))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"donor\xff")
    with pytest.raises(ReadError, match="cannot be read"):
        read_donors(path)


@pytest.mark.parametrize(
    ("events", "theirs", "reason", "words"),
    [
        ([event("NOR", "100e6", "allocated")], "120e6", "close", ""),
        ([event("NOR", "10e6", "allocated")], "120e6", "few_acts", "our texts tell of 1 act only"),
        (
            [event("NOR", "10e6", "allocated"), event("NOR", "90e6", "allocated", aid_type=None)],
            "120e6",
            "kind_unstated",
            "€90m more, of a kind no text states",
        ),
        (
            [event("NOR", "100e6", "allocated", mechanism="framework")],
            "20e6",
            "envelopes",
            "€100m of ours is for years to come",
        ),
        ([event("NOR", "100e6")], "20e6", "only_pledged", "€100m of ours is not yet allocated"),
        ([event("NOR", "100e6", "allocated")], "20e6", "no_reason_found", "no reason found"),
        (
            [event("NOR", "100e6", "allocated")],
            "0",
            "theirs_is_none",
            "the tracker has no military aid of it",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_large_difference_has_its_reason(events: Any, theirs: str, reason: str, words: str) -> None:
    books = build_ledger([reading(*events)])
    assert table_differences(books, {"NOR": Decimal(theirs)}, "2026-04")["reason"].tolist() == [reason]
    assert table_theirs(books, {"NOR": Decimal(theirs)}, "2026-04")["why"].tolist() == [words]


def test_ours_and_theirs_are_told_of_one_donor_and_of_none() -> None:
    books = build_ledger([reading(event("NOR", "30e6", "allocated"))])
    told = tell_theirs(books, {"NOR": Decimal("120e6")}, "2026-04")
    assert told["finding"] == "Our texts cover at most 25\xa0% of the tracker’s military aid for Norway"
    assert tell_theirs(books, {"SWE": Decimal(1)}, "2026-04")["finding"].startswith(
        "This selection holds no act"
    )
    none = tell_theirs(books, {"NOR": Decimal(0)}, "2026-04")
    assert none["finding"] == "The tracker has no military aid of Norway"
    assert draw_theirs(books, {"NOR": Decimal(0)}, "2026-04").axes


def quarters(*stock: str) -> pd.DataFrame:
    """Quarters of which stock is given, and procurement is one euro."""
    rows = [
        (f"2024-Q{n}", Decimal(value), Decimal(1), Decimal(0), Decimal(0)) for n, value in enumerate(stock, 1)
    ]
    return pd.DataFrame(rows, columns=["quarter", *KINDS])


@pytest.mark.parametrize(
    ("stock", "said"),
    [
        (
            ("9", "0"),
            "Stock fell from 90\xa0% to 0\xa0% of military aid, procurement rose from 10\xa0% to 100\xa0%",
        ),
        (("1", "1"), "Stock stayed at 50\xa0% of military aid, procurement stayed at 50\xa0%"),
        (("4",), "€4 came from stock, €1 from industry"),
        ((), "The tracker's table holds no sum of any quarter."),
    ],
)
def test_the_move_from_stock_is_told(stock: tuple[str, ...], said: str) -> None:
    books = build_ledger([])
    assert tell_shift(quarters(*stock), books)["finding"] == said
    assert draw_shift(quarters(*stock), books).axes


def test_ours_for_production_stands_in_its_quarter() -> None:
    made = reading(event("NOR", "30e6", mechanism="danish_model"), published="2024-05-01")
    books = build_ledger([made, reading(event("NOR", "70e6"), id="b", published="2024-05-01")])
    rows = table_shift(quarters("1", "1"), books)
    assert rows["made_in_ukraine"].tolist() == [0, 30000000]


def test_the_seeds_hold_the_tracker(seeds: Path) -> None:
    rows = read_quarters(seeds / "tracker_quarters.csv")
    assert rows["last_month"].iloc[-1] == "2026-04"
    assert set(read_donors(seeds / "tracker_donors.csv")) >= {"NOR", "EU"}
