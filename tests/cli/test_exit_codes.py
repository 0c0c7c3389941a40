"""In: words that end a command in each way it can end. Out: its exit code, and what it says of it."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from aidlib.cli import COMMANDS, main, rates

TABLE = Path(__file__).resolve().parents[1] / "cases" / "exit_codes.csv"
with TABLE.open(encoding="utf-8", newline="") as file:
    CASES = [(row["words"], int(row["code"])) for row in csv.DictReader(file)]
SAID_ON_5 = "set aside"


@pytest.mark.parametrize(("words", "code"), CASES, ids=[words for words, _ in CASES])
def test_every_way_to_end_has_its_code(words: str, code: int, in_project: Path) -> None:
    result = CliRunner().invoke(main, shlex.split(words))
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    last = (result.stderr.splitlines() or [""])[-1]
    if code == 5:
        assert SAID_ON_5 in last
    else:
        assert last.startswith("Error: ") == (code != 0), last


def test_every_command_is_in_the_table_with_success_and_wrong_use() -> None:
    known = {(words.split()[0], code) for words, code in CASES}
    # What a story gives is in the tests of the story: it takes kernels.
    assert {(name, code) for name in COMMANDS for code in (0, 2)} - known == {("story", 0)}


def test_an_unexpected_failure_ends_with_1(in_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "default_rates", lambda: 1 / 0)
    assert CliRunner().invoke(main, ["rates"]).exit_code == 1


@pytest.mark.parametrize(("words", "code"), [("show nothing", 3), ("ledger --check build/wrong", 4)])
def test_an_error_keeps_its_code_when_verbose_and_shows_where_it_was_raised(
    words: str, code: int, in_project: Path
) -> None:
    result = CliRunner().invoke(main, ["-v", *shlex.split(words)])
    assert result.exit_code == code
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")
