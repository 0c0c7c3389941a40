"""The command rates: which table is in use, a newer one taken, refused, and given back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aidlib.cli import main
from aidlib.rates import default_rates, packaged_rates

PACKAGED = "ECB euro reference rates (eurofxref-hist) to 2026-10-30"


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one announcement in dollars, and a newer history beside it."""
    briefs = tmp_path / "seeds" / "briefs"
    briefs.mkdir(parents=True)
    text = "Canada gave Ukraine US$2 million for generators on 2 November 2026, the ministry said."
    (briefs / "a.md").write_text(f"---\npublished: 2026-11-02\n---\n{text}\n")
    head, first, *lines = packaged_rates().text.splitlines()
    newer = ["2026-11-02,1.25" + first[first.index(",", 12) :], first.replace(",1.", ",2.", 1)]
    (tmp_path / "newer.csv").write_text("\n".join([head, *newer, *lines]) + "\n")
    monkeypatch.chdir(tmp_path)
    default_rates.cache_clear()
    yield tmp_path
    default_rates.cache_clear()


def test_without_a_file_it_says_what_is_in_use_and_how_far_each_table_goes(project: Path) -> None:
    lines = run("rates").stdout.splitlines()
    assert lines[0].startswith(f"In use: {PACKAGED}, from 1999-01-04, 7,126 days, 41 currencies, 29 of them")
    assert [line.split(",")[0] for line in lines[1:]] == [
        "TWD: 2022-01-01 to 2026-06-01",
        "UAH: 2022-01-01 to 2026-11-01",
        "XDR: 2022-01-31 to 2025-11-30",
    ]


def test_a_newer_history_is_taken_named_by_every_run_and_given_back(project: Path) -> None:
    taken = run("rates", "newer.csv")
    assert taken.exit_code == 0
    assert "1 new day, 2026-11-02 to 2026-11-02" in taken.stdout
    assert "1 of 221,702 rates differ" in taken.stdout
    assert "2026-10-30 USD: 1.1172 is now 2.1172" in taken.stdout
    said = run("ledger", "-o", "books")
    assert "Rates: ECB euro reference rates to 2026-11-02 (sha256 " in said.stderr
    row = (project / "books" / "commitments.csv").read_text("utf-8")
    assert "1600000.00" in row
    assert "ECB euro reference rates to 2026-11-02 (sha256 " in row
    assert "Packaged: " in run("rates").stdout
    assert run("rates", "--packaged").stdout.splitlines()[1].startswith(f"In use: {PACKAGED}")
    assert f"Rates: {PACKAGED}; policy announcement" in run("ledger", "-o", "books").stderr
    assert "rate_provisional" in (project / "books" / "commitments.csv").read_text("utf-8")


def test_a_history_for_one_run_makes_the_same_books_as_one_that_is_kept(project: Path) -> None:
    run("ledger", "-o", "one", "--rates", "newer.csv")
    assert run("ledger", "--check", "one").exit_code == 4
    assert run("ledger", "--check", "one", "--rates", "newer.csv").exit_code == 0
    run("rates", "newer.csv")
    run("ledger", "-o", "two")
    for name in ("commitments.csv", "datapackage.json"):
        assert (project / "one" / name).read_bytes() == (project / "two" / name).read_bytes()
    assert run("ledger", "--check", "one").exit_code == 0
    run("rates", "--packaged")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere.csv"], 3, "cannot be read"),
        (["seeds"], 3, "cannot be read"),
        (["seeds/briefs/a.md"], 3, "eurofxref-hist.csv"),
        (["newer.csv", "--packaged"], 2, "both FILE and --packaged"),
    ],
)
def test_a_wrong_word_gets_its_code_and_one_clear_message(
    project: Path, words: list[str], code: int, message: str
) -> None:
    result = run("rates", *words)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (project / "build").exists()
