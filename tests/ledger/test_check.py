"""In: books with one thing changed by hand. Out: whether the check names it, with what it should be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aidlib.errors import LedgerError
from aidlib.ledger import Ledger, build_ledger, check, check_folder, find_failures, write_ledger
from aidlib.model import Span
from aidlib.rates import Policy, RateTable, packaged_rates
from build import event, gold_readings, reading

TEXT = "Norway gives 50 million kroner and Sweden 6 million euros, of which one million is for drones."


def books(**options: Any) -> Ledger:
    """Books of three acts, one of them part of another and one in a currency that nothing decides."""
    events = (
        event("NOR", "50e6", currency="NOK", modifier="approx", evidence=(Span(0, 30), Span(13, 30))),
        event("SWE", "6e6", evidence=(Span(35, 56),)),
        event("SWE", "1e6", part_of=1, evidence=(Span(58, 79),)),
    )
    bare = event("NORDIC", "1000", currency=None, currency_candidates=("NOK", "DKK"))
    later = event("NOR", "50e6", currency="NOK", modifier="approx", evidence=(Span(0, 30),))
    return build_ledger(
        [
            reading(*events, text=TEXT),
            reading(bare, id="b"),
            reading(later, id="c", text=TEXT, published="2024-05-02"),
        ],
        **options,
    )


def put(column: str, row: int, value: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Change one cell."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        values = frame[column].tolist()
        values[row] = value
        return frame.assign(**{column: pd.Series(values, dtype=frame[column].dtype)})

    return change


@dataclass(frozen=True)
class Damage:
    """A change of one table, and the failures that it makes: table, column, part of the expected."""

    table: str
    change: Callable[[pd.DataFrame], pd.DataFrame]
    finds: tuple[str, str, str]


# Rows of commitments: NOR, NORDIC, SWE 1 million (the part), SWE 6 million.
DAMAGES = [
    Damage("commitments", put("amount_eur", 0, Decimal(5)), ("commitments", "amount_eur", "4231908.59")),
    Damage(
        "commitments", put("amount_eur_low", 0, Decimal(5)), ("commitments", "amount_eur_low", "(47500000")
    ),
    Damage(
        "commitments", put("amount_eur_high", 3, Decimal(7)), ("commitments", "amount_eur_high", "6000000")
    ),
    Damage("commitments", put("amount_high", 0, Decimal(5)), ("commitments", "amount_eur_high", "(5 at ")),
    Damage("commitments", put("amount_low", 0, None), ("commitments", "amount_low", "as there is a rate")),
    Damage("commitments", put("amount_eur", 1, Decimal(100)), ("commitments", "amount_eur", "109.")),
    Damage("commitments", put("amount_eur", 0, None), ("commitments", "amount_eur", "all three")),
    Damage("commitments", put("rate", 0, Decimal("0.1")), ("commitments", "rate", "0.0846")),
    Damage("commitments", put("rate", 3, Decimal("1.1")), ("commitments", "rate", "1")),
    Damage("commitments", put("rate", 3, None), ("commitments", "rate", "currency_ambiguous")),
    Damage(
        "commitments",
        put("rate_date", 0, pd.Timestamp("2024-04-29")),
        ("commitments", "rate_date", "2024-04-30"),
    ),
    Damage("commitments", put("rate_source", 0, "a friend"), ("commitments", "rate_source", "ECB")),
    Damage("commitments", put("reasons", 0, "rate_provisional"), ("commitments", "reasons", "without")),
    Damage("commitments", put("currency", 0, "SEK"), ("commitments", "rate", "0.08")),
    Damage("commitments", put("currency", 0, "RUB"), ("commitments", "rate", "none: rate_missing")),
    Damage("commitments", put("part_of", 2, "x"), ("commitments", "part_of", "the name of one")),
    Damage("commitments", put("overlaps_with", 2, "x"), ("commitments", "overlaps_with", "a commitment")),
    Damage("commitments", put("n_reports", 0, 1), ("commitments", "n_reports", "2, as in reports")),
    Damage("commitments", put("status", 3, "proposed"), ("totals", "central_eur", "1000000")),
    Damage("events", put("amount_eur", 0, Decimal(5)), ("events", "amount_eur", "4231908.59")),
    Damage("events", put("rate", 0, Decimal("0.1")), ("events", "rate", "0.0846")),
    Damage("events", put("part_of", 2, 9), ("events", "part_of", "same document")),
    Damage("events", put("quote", 0, "Norway"), ("events", "start, end", "length, 6")),
    Damage(
        "events", put("quote", 0, "Norway takes 50 million kroner"), ("events", "quote", "a row of evidence")
    ),
    Damage("reports", put("commitment_id", 0, "x"), ("reports", "commitment_id", "the name of one")),
    Damage("reports", put("status", 0, "total"), ("reports", "status", "booked, as")),
    Damage("links", put("from_id", 0, "x#0"), ("links", "from_id", "a report or a commitment")),
    Damage("links", put("to_id", 0, "x"), ("links", "to_id", "the name of one")),
    Damage("links", put("event_index", 0, 7), ("links", "event_index", "a report")),
    Damage("evidence", put("commitment_id", 0, "x"), ("evidence", "commitment_id", "the name of one")),
    Damage("evidence", put("doc_id", 0, "b"), ("evidence", "doc_id", "a document with a report")),
    Damage("evidence", put("sha256", 1, "0" * 64), ("evidence", "sha256", "first row")),
    Damage("evidence", put("sha256", 1, "abc"), ("evidence", "sha256", "64 hexadecimal")),
    Damage("evidence", put("quote", 0, "Norway"), ("evidence", "start, end", "length, 6")),
    Damage("evidence", put("end", 0, 31), ("evidence", "start, end", "length, 30")),
    Damage("totals", put("central_eur", 2, Decimal(7)), ("totals", "central_eur", "6000000")),
    Damage("totals", put("n_commitments", 2, 2), ("totals", "n_commitments", "1")),
    Damage("totals", put("commitment_ids", 2, "x"), ("totals", "commitment_ids", "SWE-")),
    Damage("totals", put("donor", 2, "FIN"), ("totals", "", "this row")),
    Damage("totals", lambda frame: frame.iloc[:-1], ("totals", "", "this row")),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: f"{d.table}: {d.finds[1]}: {d.finds[2]}")
def test_a_value_changed_by_hand_is_named_with_what_it_should_be(
    damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Contracts have tests of their own, and take half a second a time.
    monkeypatch.setattr(check, "contract_breaches", lambda ledger: [])
    ledger = books()
    wrong = replace(ledger, **{damage.table: damage.change(getattr(ledger, damage.table))})
    table, column, expected = damage.finds
    found = [f for f in find_failures(wrong) if (f.table, f.column) == (table, column)]
    assert any(expected in failure.expected for failure in found), [*map(str, find_failures(wrong))]


@pytest.mark.parametrize(
    ("policy", "day"), [("announcement", None), ("monthly", None), ("fixed", date(2023, 1, 31))]
)
def test_books_by_any_policy_add_up(policy: Policy, day: date | None, tmp_path: Path) -> None:
    folder = write_ledger(books(policy=policy, fixed_day=day), tmp_path / "books")
    checked = check_folder(folder)
    assert checked.failures == ()
    assert checked.said.endswith(f"policy {policy}")


def test_the_books_of_the_briefs_add_up(seeds: Path, tmp_path: Path) -> None:
    checked = check_folder(write_ledger(build_ledger(gold_readings(seeds)), tmp_path / "books"))
    assert checked.failures == ()
    assert "commitments" in checked.said


def test_empty_books_add_up(tmp_path: Path) -> None:
    assert check_folder(write_ledger(build_ledger([]), tmp_path / "books")).failures == ()


def test_all_failures_are_listed_at_once() -> None:
    ledger = books()
    wrong = replace(
        ledger,
        commitments=put("amount_eur", 0, Decimal(5))(ledger.commitments),
        totals=put("high_eur", 2, Decimal(7))(ledger.totals),
        evidence=put("end", 0, 31)(ledger.evidence),
        reports=put("status", 0, "maybe")(ledger.reports),
    )
    found = {failure.table for failure in find_failures(wrong)}
    assert found == {"commitments", "totals", "evidence", "events", "reports"}


def test_the_package_says_by_which_rates_the_books_are_valued(tmp_path: Path) -> None:
    folder = write_ledger(books(policy="fixed", fixed_day=date(2023, 1, 31)), tmp_path / "books")
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    table = packaged_rates().source
    assert package["rates"] == {"policy": "fixed", "fixed_day": "2023-01-31", "table": table}


def test_books_by_other_rates_ask_for_these_and_for_nothing_else() -> None:
    table = RateTable(packaged_rates().text, source="ECB euro reference rates of tomorrow")
    ledger = books(table=table)
    (failure,) = find_failures(ledger)
    assert (failure.table, failure.found) == ("datapackage", table.source)
    assert "--rates" in failure.expected
    assert find_failures(ledger, table=table) == []


def test_a_sum_on_a_fixed_day_needs_no_day_of_its_own() -> None:
    said = event("USA", "100e6", currency="USD")
    ledger = build_ledger([reading(said, published=None)], policy="fixed", fixed_day=date(2022, 1, 3))
    (row,) = ledger.commitments.to_dict("records")
    assert (row["amount_eur"], str(row["rate_date"].date())) == (Decimal("88066930.87"), "2022-01-03")
    assert find_failures(ledger) == []


def test_a_lone_surrogate_in_a_quote_is_no_failure() -> None:
    text = "Norway \ud83c gives 5 million euros to Ukraine."
    ledger = build_ledger([reading(event("NOR", "5e6", evidence=(Span(0, 31),)), text=text)])
    assert find_failures(ledger) == []


FILES: list[tuple[str, bytes, bytes, list[str]]] = [
    ("totals.csv", b"SWE,6000000", b"SWE,6000001", ["low_eur 6000001", "totals.csv: hash"]),
    ("evidence.csv", b"Norway gives", b"Norway takes", ["evidence.csv: hash"]),
    ("commitments.csv", b",approx,", b",exact,", ["commitments.parquet, NOR", "commitments.csv: hash"]),
    ("datapackage.json", b'"announcement"', b'"monthly"', ["rate_source", "mean of 2024-05"]),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), FILES, ids=[case[0] for case in FILES])
def test_a_file_changed_by_hand_is_found(
    file: str, old: bytes, new: bytes, says: list[str], tmp_path: Path
) -> None:
    folder = write_ledger(books(), tmp_path / "books")
    data = (folder / file).read_bytes()
    assert old in data
    (folder / file).write_bytes(data.replace(old, new, 1))
    said = "\n".join(map(str, check_folder(folder).failures))
    for words in says:
        assert words in said


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("datapackage.json", b'"announcement"', b'"yearly"', "no data package of a ledger"),
        ("datapackage.json", b"{", b"[", "no data package of a ledger"),
        ("reports.csv", b"a,0,", b"a,,", "event_index '' cannot be read"),
        ("commitments.csv", b"4231908", b"NaN4231908", "cannot be read"),
        ("commitments.csv", b",50000000,", b",1e999999,", "amount '1e999999' cannot be read"),
        ("quarantine.jsonl", b"", b"{}\n", "cannot be read"),
        ("links.csv", b"kind", b"\xff", "is no table"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_an_error_of_ours(
    file: str, old: bytes, new: bytes, says: str, tmp_path: Path
) -> None:
    folder = write_ledger(books(), tmp_path / "books")
    (folder / file).write_bytes((folder / file).read_bytes().replace(old, new, 1))
    with pytest.raises(LedgerError, match=says):
        check_folder(folder)


def test_a_damaged_copy_hides_no_other_failure(tmp_path: Path) -> None:
    folder = write_ledger(books(), tmp_path / "books")
    data = (folder / "commitments.parquet").read_bytes()
    (folder / "commitments.parquet").write_bytes(data[:40] + b"\0" * 40 + data[80:])
    data = (folder / "totals.csv").read_bytes()
    (folder / "totals.csv").write_bytes(data.replace(b"SWE,6000000", b"SWE,6000001"))
    tables = {failure.table for failure in check_folder(folder).failures}
    assert tables == {"commitments.parquet", "totals", "datapackage"}


def test_all_files_and_cells_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    folder = write_ledger(books(), tmp_path / "books")
    (folder / "events.parquet").unlink()
    data = (folder / "totals.csv").read_bytes()
    (folder / "totals.csv").write_bytes(data.replace(b"6000000.00", b"6x"))
    with pytest.raises(LedgerError) as caught:
        check_folder(folder)
    said = [str(one) for one in caught.value.failures]
    assert len(said) == 4  # a file, and three cells
    assert sum("totals.csv, line" in one for one in said) == 3
