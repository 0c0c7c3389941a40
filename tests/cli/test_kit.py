"""The commands embed, fill and check: what they print, what they leave, and how they fail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aidlib.cli import main
from aidlib.kit.numbers import FILTERS, OPTIONS
from kit.drawn import draw


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


@pytest.fixture
def project(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with books of one announcement, one figure, and one report."""
    (tmp_path / "seeds").mkdir()
    monkeypatch.chdir(tmp_path)
    draw(tmp_path / "figures", "plain", finding="It grew")
    assert run("ledger", folder).exit_code == 0
    (tmp_path / "a.md").write_text("Latvia gave {{aidlib: total donor=LVA}}.\n\n{{aidlib: figure plain}}\n")
    return tmp_path


def test_a_report_goes_from_stale_to_filled_to_current(project: Path) -> None:
    stale = run("check", "a.md")
    assert stale.exit_code == 4
    number, figure = stale.stdout.splitlines()
    assert number == "a.md:1: total donor=LVA is not filled; it should say “€2\u00a0million”"
    assert re.fullmatch(r"a\.md:3: figure plain is not filled; it should say “sha256=\w{12}”", figure)
    assert "2 markers stale, listed above (a.md). Bring what is new with `aidlib fill`." in stale.stderr
    filled = run("fill", "a.md")
    assert filled.stdout.splitlines()[0] == "a.md:1: total donor=LVA filled with “€2\u00a0million”"
    assert (filled.exit_code, filled.stderr) == (0, "a.md: 2 markers, 2 changed, 0 current\n")
    current = run("check", "a.md")
    assert (current.exit_code, current.output) == (0, "1 report, 2 markers: all is current\n")
    assert run("fill", "a.md").stdout == ""


def test_what_embed_prints_is_what_fill_writes(project: Path) -> None:
    (project / "reports").mkdir()
    report = project / "reports" / "b.html"
    report.write_text("{{aidlib: figure plain}}\n")
    run("fill", report)
    printed = run("embed", "plain", "--as", "html", "--to", "reports")
    assert report.read_text("utf-8") == printed.stdout
    assert 'src="../figures/plain.svg"' in printed.stdout


def test_figures_and_books_can_lie_elsewhere(project: Path) -> None:
    (project / "build" / "ledger").rename(project / "books")
    (project / "figures").rename(project / "drawn")
    assert run("fill", "a.md").exit_code == 3
    assert run("fill", "a.md", "--ledger", "books", "--figures", "drawn").exit_code == 0
    assert "(drawn/plain.png)" in run("embed", "plain", "--from", "drawn", "--format", "png").stdout


def test_every_fault_is_told_and_the_other_reports_are_filled(project: Path) -> None:
    (project / "bad.md").write_text(
        "{{aidlib: total doner=LVA}}\n{{aidlib: count}}\n{{aidlib: finding plane}}\n"
    )
    result = run("fill", "bad.md", "gone.md", "a.md")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[:4] == [
        "a.md: 2 markers, 2 changed, 0 current",
        "gone.md: the report cannot be read: No such file or directory. "
        "Give a file that exists and can be read.",
        "bad.md:1: total knows no 'doner'. Did you mean 'donor'?",
        "bad.md:3: there is no figure 'plane'. Did you mean 'plain'?",
    ]
    assert "3 faults, named above" in result.stderr
    assert "{{aidlib: count}}" in (project / "bad.md").read_text()
    assert "€2" in (project / "a.md").read_text("utf-8")
    assert run("check", "bad.md").exit_code == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["embed", "plan"], 2, "Did you mean 'plain'?"),
        (["embed", "plain", "--as", "word"], 2, "'markdown', 'html', 'latex', 'quarto', 'text'"),
        (["embed", "plain", "--as", "latex", "--format", "svg"], 2, "Give pdf or png"),
        (["fill"], 2, "Missing argument"),
        (["check", "a.docx"], 2, "a report that ends in '.docx'"),
        (["check", "figures"], 2, "a report that ends in ''"),
        (["chek", "a.md"], 2, "Did you mean 'check'?"),
    ],
)
def test_a_wrong_word_gets_its_code_and_one_clear_message(
    words: list[str], code: int, message: str, project: Path
) -> None:
    result = run(*words)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_text_cannot_steer_the_terminal(project: Path) -> None:
    (project / "a.md").write_text("<!-- aidlib: count -->\x1b[2J<!-- /aidlib -->")
    assert "\x1b" not in run("check", "a.md").output


def test_the_help_names_every_question_and_filter() -> None:
    said = run("fill", "--help").stdout
    assert [word for word in (*OPTIONS, *FILTERS, "parts", "bounds", "as=") if word not in said] == []
