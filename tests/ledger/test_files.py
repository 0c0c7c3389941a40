"""In: books. Out: whether the folder is whole, the same on rerun, and read back as it was written."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidlib.errors import LedgerError, ParameterError
from aidlib.ledger import Ledger, build_ledger, files, read_ledger, readback, write_ledger
from aidlib.ledger.columns import TABLES, Column
from aidlib.model import Span
from build import event, gold_readings, reading


def small(amount: str = "5e6", text: str = "=SUM(A1) gives 5 million") -> Ledger:
    """Books of one act whose quote a spreadsheet would take for a formula."""
    return build_ledger([reading(event("NOR", amount, "pledged", evidence=(Span(0, 8),)), text=text)])


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_books_of_the_briefs_are_read_back_as_written(seeds: Path, tmp_path: Path) -> None:
    ledger = build_ledger(gold_readings(seeds))
    again = read_ledger(write_ledger(ledger, tmp_path / "books"))
    for name in (*TABLES, "totals"):
        pd.testing.assert_frame_equal(getattr(ledger, name), getattr(again, name))
    write_ledger(again, tmp_path / "again")
    assert bytes_of(tmp_path / "books") == bytes_of(tmp_path / "again")


def test_money_in_parquet_is_decimal_with_38_digits(tmp_path: Path) -> None:
    folder = write_ledger(small(), tmp_path / "books")
    schema = pq.read_schema(folder / "commitments.parquet")
    assert str(schema.field("amount_eur").type) == "decimal128(38, 2)"
    assert pq.read_table(folder / "commitments.parquet")["amount"].to_pylist() == [Decimal("5000000.00")]


def test_no_spreadsheet_can_take_a_quote_for_a_formula(tmp_path: Path) -> None:
    folder = write_ledger(small(), tmp_path / "books")
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["quote"] == "'=SUM(A1)"
    assert read_ledger(folder).evidence["quote"].tolist() == ["=SUM(A1)"]


@settings(max_examples=200)
@given(st.text(min_size=1))
def test_every_text_survives_the_cell(text: str) -> None:
    column = Column("quote", "text", "")
    cell = files._cell(text, column)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert readback._parse(cell, column) == text


def test_the_data_package_is_one_that_frictionless_accepts(seeds: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    folder = write_ledger(build_ledger(gold_readings(seeds)), tmp_path / "books")
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.to_summary()


def test_a_run_that_fails_leaves_the_old_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_ledger(small(), tmp_path / "books")
    before = bytes_of(folder)

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ParameterError, match="No space left"):
        write_ledger(small("6e6"), folder)
    monkeypatch.undo()
    assert bytes_of(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["books"]


def test_books_moved_aside_by_a_killed_run_are_put_back(tmp_path: Path) -> None:
    folder = write_ledger(small(), tmp_path / "books")
    folder.rename(tmp_path / ".books.old")
    assert read_ledger(folder).commitments["amount"].tolist() == [5000000]


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(ParameterError, match="is no ledger"):
        write_ledger(small(), tmp_path)
    assert (tmp_path / "thesis.docx").exists()


def test_a_note_beside_the_books_stays_when_they_are_written_anew(tmp_path: Path) -> None:
    folder = write_ledger(small(), tmp_path / "books")
    (folder / "note.txt").write_text("checked by hand")
    write_ledger(small("6e6"), folder)
    assert (folder / "note.txt").read_text() == "checked by hand"


@dataclass(frozen=True)
class Damage:
    """What is done to a file, and what the error says."""

    file: str
    change: Callable[[bytes], bytes | None]
    says: str


DAMAGES = [
    Damage("events.parquet", lambda data: data[:200], "cut short"),
    Damage("commitments.csv", lambda data: None, "missing"),
    Damage("commitments.csv", lambda data: data.replace(b"donor,", b"giver,", 1), "'donor'"),
    Damage("commitments.csv", lambda data: data[:-30], "cut short"),
    Damage("commitments.csv", lambda data: data.replace(b"5000000.00", b"5x", 1), "cannot be read"),
    Damage("commitments.csv", lambda data: data.replace(b"pledged,", b"promised,", 1), "promised"),
    Damage("reports.csv", lambda data: data.replace(b"EUR5M", b"EUR6M"), "is no commitment"),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: f"{d.file}: {d.says}")
def test_a_damaged_file_is_named_with_what_is_wrong(damage: Damage, tmp_path: Path) -> None:
    folder = write_ledger(small(), tmp_path / "books")
    data = damage.change((folder / damage.file).read_bytes())
    if data is None:
        (folder / damage.file).unlink()
    else:
        (folder / damage.file).write_bytes(data)
    with pytest.raises(LedgerError, match=damage.says):
        read_ledger(folder)


def test_the_package_names_every_column_with_its_meaning(tmp_path: Path) -> None:
    folder = write_ledger(small(), tmp_path / "books")
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        fields = resource["schema"]["fields"]
        assert head == [one["name"] for one in fields]
        assert all(one["description"] for one in fields)
