"""In: a few rows of the tracker, and its release. Out: whether ours stand beside theirs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from aidlib.errors import ReadError
from aidlib.ledger import build_ledger
from aidlib.reconcile import read_tracker, table_tracker
from build import event, reading

HEAD = "iso,year,month,military\n"


def tracker(folder: Path, rows: str, head: str = HEAD) -> Path:
    path = folder / "data_explorer.csv"
    path.write_text(head + rows, encoding="utf-8")
    return path


def test_ours_stand_beside_theirs(tmp_path: Path) -> None:
    path = tracker(tmp_path, "NOR,2024,4,0.1\nNOR,2024,5,0.3\nSWE,2024,0,0.5\n")
    books = build_ledger(
        [
            reading(event("NOR", "100e6"), event("NOR", "40e6", "delivered", part_of=0)),
            reading(event("NOR", "7e6"), id="b", published="2024-06-01"),
            reading(event("NOR", "7e6", aid_type="financial"), id="c", published="2024-05-02"),
        ]
    )
    (row,) = table_tracker(books, *read_tracker(path)).to_dict("records")
    assert (row["theirs_eur"], row["ours_eur"], row["share"]) == (Decimal("4e8"), 100000000, Decimal("0.25"))
    assert (row["allocated_eur"], row["n_commitments"]) == (40000000, 1)


@pytest.mark.parametrize(
    ("head", "rows", "told"),
    [
        ("iso,year,month\n", "", "no column military"),
        (HEAD, "", "no row"),
        (HEAD, "NOR,2024,5,many\n", "line 2"),
        (HEAD, "NOR,2024,13,1\n", "line 2"),
        (HEAD, ",2024,1,1\n", "no donor"),
        (HEAD, "NOR,2024,1,nan\n", "no donor, or no sum"),
    ],
)
def test_another_table_breaks_the_contract(tmp_path: Path, head: str, rows: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read_tracker(tracker(tmp_path, rows, head))


def test_the_release_has_the_totals_that_the_seeds_name(shared: Path, seeds: Path) -> None:
    import csv

    theirs, last = read_tracker(shared / "data" / "kiel_r29" / "data_explorer.csv")
    with (seeds / "tracker_donors.csv").open(encoding="utf-8") as file:
        named = {row["donor"]: Decimal(row["military_eur_bn"]) for row in csv.DictReader(file)}
    assert last == "2026-04"
    assert {d: round(v / 10**9, 6) for d, v in theirs.items()} == {d: round(v, 6) for d, v in named.items()}
