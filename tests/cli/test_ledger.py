"""The command ledger: the books of announcements or of parse's events, and what is set aside."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aidlib.cli import main


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_books_are_the_same_from_texts_and_from_the_events_of_parse(folder: Path, tmp_path: Path) -> None:
    assert run("ledger", folder, "-o", tmp_path / "one").exit_code == 0
    assert run("parse", folder, "-o", tmp_path / "e.jsonl", "--with-text").exit_code == 0
    assert run("ledger", "--events", tmp_path / "e.jsonl", "-o", tmp_path / "two").exit_code == 0
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert {"commitments.csv", "totals.csv", "evidence.csv", "datapackage.json"} <= set(
        files(tmp_path / "one")
    )


def test_the_events_of_parse_without_texts_give_the_same_commitments(folder: Path, tmp_path: Path) -> None:
    run("ledger", folder, "-o", tmp_path / "one")
    run("parse", folder, "-o", tmp_path / "e.jsonl")
    run("ledger", "--events", tmp_path / "e.jsonl", "-o", tmp_path / "two")
    assert files(tmp_path / "one")["commitments.csv"] == files(tmp_path / "two")["commitments.csv"]


def test_what_is_set_aside_is_in_the_books_and_the_last_line_says_where(folder: Path, tmp_path: Path) -> None:
    (folder / "b.txt").write_bytes(b"\xff")
    result = run("ledger", folder, "-o", tmp_path / "books")
    quarantine = tmp_path / "books" / "quarantine.jsonl"
    assert result.exit_code == 5
    assert result.stderr.splitlines()[-1] == f"1 document was set aside, listed in {quarantine}"
    (row,) = map(json.loads, quarantine.read_text("utf-8").splitlines())
    assert row["id"] == "b"
    with (tmp_path / "books" / "reports.csv").open(encoding="utf-8", newline="") as reports:
        assert {row["doc_id"] for row in csv.DictReader(reports)} == {"a"}


def test_lines_that_parse_did_not_write_are_set_aside(folder: Path, tmp_path: Path) -> None:
    events = tmp_path / "e.jsonl"
    run("parse", folder, "-o", events)
    good = events.read_text("utf-8")
    events.write_text(good + good + '[1]\n{"id": "x"}\n{\n')
    result = run("ledger", "--events", events, "-o", tmp_path / "books")
    assert result.exit_code == 5
    lines = (tmp_path / "books" / "quarantine.jsonl").read_text("utf-8").splitlines()
    whats = [json.loads(line)["what"] for line in lines]
    assert [json.loads(line)["line"] for line in lines] == [2, 3, 4, 5]
    for what, part in zip(whats, ("met before", "not an object", "is missing", "not JSON"), strict=True):
        assert part in what


def test_where_nothing_can_be_read_the_old_books_stay(folder: Path, tmp_path: Path) -> None:
    run("ledger", folder, "-o", tmp_path / "books")
    before = files(tmp_path / "books")
    (folder / "a.txt").write_text("")
    assert run("ledger", folder, "-o", tmp_path / "books").exit_code == 3
    assert files(tmp_path / "books") == before


def test_where_nothing_can_be_read_and_no_books_are_the_list_is_left(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("")
    result = run("ledger", folder, "-o", tmp_path / "books")
    assert result.exit_code == 3
    assert str(tmp_path / "books" / "quarantine.jsonl") in result.stderr
    assert list(files(tmp_path / "books")) == ["quarantine.jsonl"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--events", "nowhere.jsonl"], 3, "nowhere.jsonl does not exist"),
        (["x", "--events", "y.jsonl"], 2, "both INPUT and --events"),
        (["--event", "y.jsonl"], 2, "'--events'"),
        (["nowhere"], 3, "nowhere does not exist"),
    ],
)
def test_a_wrong_word_gets_its_code_and_one_clear_message(words: list[str], code: int, message: str) -> None:
    result = run("ledger", *words)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr
