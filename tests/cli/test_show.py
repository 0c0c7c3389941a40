"""The command show: evidence of a file or of a seed, in the terminal or as a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aidlib.cli import main
from build import GOOD


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, ["show", *map(str, words)])


def test_a_file_is_shown_without_colour_where_no_terminal_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    result = run(tmp_path / "a.txt")
    assert result.exit_code == 0
    assert "[M:€2 million]" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_seed_is_shown_by_its_id(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    brief = next((root / "seeds" / "briefs").glob("*.md"))
    assert run(brief.stem).stdout == run(brief).stdout != ""


def test_an_unknown_id_is_answered_with_the_nearest(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    brief = min((root / "seeds" / "briefs").glob("*.md"))
    result = run(brief.stem[:-1])
    assert result.exit_code == 3
    assert f"Did you mean {brief.stem!r}?" in result.stderr


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    assert run(tmp_path / "a.txt", "--html", tmp_path / "out" / "a.html").exit_code == 0
    page = (tmp_path / "out" / "a.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")


@pytest.mark.parametrize("content", [b"", b"\0"])
def test_a_file_that_cannot_be_read_ends_with_3(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    result = run(tmp_path / "a.txt")
    assert result.exit_code == 3
    assert "a.txt" in result.stderr


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Books of one announcement."""
    (tmp_path / "a.txt").write_text(GOOD)
    CliRunner().invoke(main, ["ledger", str(tmp_path / "a.txt"), "-o", str(tmp_path / "books")])
    return tmp_path / "books"


def test_a_commitment_is_shown_with_the_quotes_that_it_rests_on(books: Path, tmp_path: Path) -> None:
    lines = (books / "commitments.csv").read_text("utf-8").splitlines()
    name = lines[1].split(",")[0]
    result = run(name, "--ledger", books)
    assert result.exit_code == 0
    assert "donor            LVA" in result.stdout
    assert "€2 million" in result.stdout
    assert run(name, "--ledger", books, "--html", tmp_path / "c.html").exit_code == 0
    assert "€2 million" in (tmp_path / "c.html").read_text("utf-8")


def test_an_unknown_commitment_is_answered_with_the_nearest(books: Path) -> None:
    name = (books / "commitments.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    assert f"Did you mean {name!r}?" in run(name + "X", "--ledger", books).stderr
