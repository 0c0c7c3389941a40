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
        (["--policy", "yearly"], 2, "'announcement', 'fixed', 'monthly'"),
        (["--policy", "fixed"], 2, "--rate-day is not given"),
        (["--rate-day", "2024-01-02"], 2, "only with it"),
        (["--policy", "fixed", "--rate-day", "02.01.2024"], 2, "'02.01.2024' is no day"),
        (["--policy", "fixed", "--rate-day", "1998-12-31"], 2, "from 1999-01-04 to 2026-10-30"),
        (["--rates", "nowhere.csv"], 3, "nowhere.csv"),
        (["--check", "nowhere"], 3, "there is no ledger"),
        (["--check", "x", "-o", "y"], 2, "one folder"),
        (["--check", "x", "--policy", "monthly"], 2, "no option but --rates"),
    ],
)
def test_a_wrong_word_gets_its_code_and_one_clear_message(words: list[str], code: int, message: str) -> None:
    result = run("ledger", *words)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_policy_gives_its_rates_and_the_books_say_which(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Canada gave Ukraine US$2 million for generators on 14 June 2024, it said."
    )
    for name, *words in (
        ["day"],
        ["month", "--policy", "monthly"],
        ["fixed", "--policy", "fixed", "--rate-day", "2022-01-03"],
    ):
        result = run("ledger", tmp_path / "a.txt", "-o", tmp_path / name, *words)
        assert result.exit_code == 0
        assert f"policy {words[1] if words else 'announcement'}" in result.stderr
        assert run("ledger", "--check", tmp_path / name).exit_code == 0
    rows = {
        name: (tmp_path / name / "commitments.csv").read_text("utf-8") for name in ("day", "month", "fixed")
    }
    assert "2024-06-14,ECB euro reference rates (eurofxref-hist)" in rows["day"]
    assert "mean of 2024-06" in rows["month"]
    assert "2022-01-03,ECB" in rows["fixed"]
    package = json.loads((tmp_path / "fixed" / "datapackage.json").read_text("utf-8"))
    assert (package["rates"]["policy"], package["rates"]["fixed_day"]) == ("fixed", "2022-01-03")


@pytest.mark.parametrize("words", [["--check", "books"], ["--check", "-o", "books"]])
def test_books_that_add_up_say_so_in_one_line(
    words: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("ledger", folder, "-o", "books")
    result = run("ledger", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    (line,) = result.stdout.splitlines()
    assert line.startswith("books adds up: commitments 1, events 1")


def test_books_that_do_not_add_up_have_every_failure_listed(folder: Path, tmp_path: Path) -> None:
    run("ledger", folder, "-o", tmp_path / "books")
    for name in ("commitments.csv", "totals.csv"):
        path = tmp_path / "books" / name
        path.write_bytes(path.read_bytes().replace(b"2000000.00", b"2000001.00", 1))
    before = files(tmp_path / "books")
    result = run("ledger", "--check", tmp_path / "books")
    assert result.exit_code == 4
    lines = result.stdout.splitlines()
    assert f"{len(lines)} failures, listed above" in result.stderr
    assert any(line.startswith("totals, LVA: low_eur 2000001.00; expected 2000000.00") for line in lines)
    assert {line.split(",")[0] for line in lines} >= {"commitments", "totals", "datapackage"}
    assert files(tmp_path / "books") == before
