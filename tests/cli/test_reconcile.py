"""The command reconcile: claims in words and in tables, its output, and what fails."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aidlib.cli import main

HEAD = "row_id,row_type,contributor,year,amount,currency,stage,announced_on,claimed_by,conflict_group,note\n"
LINES = HEAD + "F1,contribution,EU,2024,390000000,EUR,disbursed,2024-09-14,,,\n"
CLAIM = "C1,claimed_total,MULTI,2024,390000000,EUR,,2025-01-10,=MoD,,\n"


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, ["reconcile", *map(str, words)])


@pytest.fixture
def books(folder: Path, tmp_path: Path) -> Path:
    """Books of one announcement: Latvia, two million."""
    assert CliRunner().invoke(main, ["ledger", str(folder), "-o", str(tmp_path / "books")]).exit_code == 0
    return tmp_path / "books"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with one line and one claim."""
    path = tmp_path / "claims.csv"
    path.write_text(LINES + CLAIM, encoding="utf-8")
    return path


def test_a_claim_in_words_is_found_in_the_books(books: Path) -> None:
    result = run("--who", "LVA", "--amount", "EUR 2 million", "--lines", "none", books)
    assert result.exit_code == 0
    assert "explained, counting what is paid" in result.output
    assert "“€2 million”" in result.output
    assert "gross 2,000,000, net 2,000,000, delivered" in result.output


def test_a_table_of_claims_is_its_own_table_of_lines(table: Path, books: Path, tmp_path: Path) -> None:
    result = run(table, books, "-o", tmp_path / "out")
    assert (result.exit_code, "1 of 1 claim explained" in result.output) == (0, True)
    rows = list(csv.DictReader((tmp_path / "out" / "reconcile.csv").read_text("utf-8").splitlines()))
    assert [(row["claim_id"], row["verdict"], row["line_ids"]) for row in rows] == [("C1", "explained", "F1")]
    assert rows[0]["claimed_by"] == "'=MoD"
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    run(table, books, "-o", tmp_path / "out")
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(first) == {"reconcile.csv", "lines.csv"}


def test_json_holds_the_lines_and_the_books(table: Path, books: Path) -> None:
    (record,) = json.loads(run(table, books, "--json").output)
    assert (record["verdict"], record["remainder"]) == ("explained", 0)
    assert record["lines"][0]["amount"] == 390000000


def test_a_claim_that_is_not_explained_is_no_failure_unless_it_was(
    table: Path, books: Path, tmp_path: Path
) -> None:
    run(table, books, "-o", tmp_path / "before")
    before = tmp_path / "before" / "reconcile.csv"
    assert run(table, books, "--against", before).exit_code == 0
    table.write_text(LINES.replace("390", "380") + CLAIM, encoding="utf-8")
    assert run(table, books).exit_code == 0
    result = run(table, books, "--against", before)
    assert (result.exit_code, "C1" in result.stderr) == (4, True)
    table.write_text(LINES, encoding="utf-8")
    assert run(table, books, "--against", before).exit_code == 4
    assert run(table, books, "--against", table).exit_code == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--who", "DNK"), "--amount"),
        (("--amount", "EUR 5m"), "--who DNK"),
        (("--who", "DNK", "--amount", "5"), "not one sum"),
        (("a.csv", "b.csv"), "at most one"),
        (("a.csv", "--who", "DNK", "--amount", "EUR 5m"), "not in part"),
    ],
)
def test_wrong_usage_is_named(words: tuple[str, ...], told: str) -> None:
    result = run(*words)
    assert (result.exit_code, told in result.stderr) == (2, True)


def test_missing_files_and_bad_rows(books: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "none.csv", books).exit_code == 3
    assert run("--who", "LVA", "--amount", "EUR 2m", tmp_path / "none").exit_code == 3
    path = tmp_path / "claims.csv"
    path.write_text("who,amount\nLVA,EUR 2m\nLVA,many\n", encoding="utf-8")
    result = run(path, books, "--lines", "none")
    assert (result.exit_code, "1 of 1 claim explained" in result.stdout) == (5, True)
    assert "line 3" in result.stderr


def test_the_tracker_stands_beside_ours(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "data_explorer.csv"
    path.write_text("iso,year,month,military\nLVA,2030,1,0.5\nNOR,2030,1,1\n", encoding="utf-8")
    result = run("--tracker", path, books, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert (tmp_path / "out" / "tracker.csv").is_file()
    assert run("--tracker", path, books, "--json").exit_code == 0
