"""In: ``README.md`` and ``figures/``. Out: whether commands come first, and examples and claims hold."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from aidlib.cli import COMMANDS
from aidlib.kit import Sources, check_report
from aidlib.kit.markers import find_markers
from aidlib.ledger.columns import TABLES
from aidlib.plots import read_manifest

README = Path(__file__).resolve().parents[1] / "README.md"
FIGURES = README.parent / "figures"
BLOCKS = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(text: str, language: str) -> list[str]:
    """Give the fenced blocks of one language, in order."""
    return [body for name, body in BLOCKS.findall(text) if name == language]


def steps(console: str) -> list[tuple[str, str]]:
    """Split a console block into commands and what each prints."""
    parts = re.split(r"^\$ (.*)\n", console, flags=re.M)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_the_two_commands_stand_in_the_first_fifteen_lines() -> None:
    top = README.read_text("utf-8").splitlines()[:15]
    assert any(line.startswith("make figures") for line in top)
    assert any(line.startswith("make test") for line in top)


def test_python_examples_hold(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    source = "\n".join(b for b in blocks(README.read_text("utf-8"), "python") if ">>>" in b)
    test = doctest.DocTestParser().get_doctest(source, {}, "README.md", "README.md", 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    runner.run(test, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_console_examples_hold(root: Path) -> None:
    for block in blocks(README.read_text("utf-8"), "console"):
        for command, expected in steps(block):
            words = shlex.split(command)
            if words[0] != "aidlib":  # make itself is what .ci/run runs
                continue
            words = [str(Path(sys.executable).with_name("aidlib")), *words[1:]]
            done = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=120, check=False)
            assert doctest.OutputChecker().check_output(expected, done.stdout, doctest.ELLIPSIS), (
                f"{command} printed:\n{done.stdout}{done.stderr}"
            )


def test_every_command_named_there_exists() -> None:
    named = set(re.findall(r"^aidlib (\w+)", README.read_text("utf-8"), flags=re.M))
    assert named
    assert named <= set(COMMANDS)


def test_the_codebook_names_every_column_of_the_commitments() -> None:
    rows = [line for line in README.read_text("utf-8").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == {column.name for column in TABLES["commitments"]}


def test_files_that_the_readme_links_to_exist(root: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8"))
    assert [link for link in links if not (root / link).exists()] == []


def test_figures_and_claims_are_current() -> None:
    sources = Sources(FIGURES, FIGURES / "no books are needed")
    assert [*map(str, check_report(README, sources))] == [], "run: aidlib fill README.md"


def test_at_least_four_figures_are_shown_and_every_figure_is_a_claim_with_notebook_and_data() -> None:
    asked = find_markers(README.read_text("utf-8"), "markdown", where="README.md")[0]
    assert sum(marker.body.startswith("figure ") for marker in asked) >= 4
    rows = {
        marker.body.split()[1]: line
        for marker in asked
        for line in [README.read_text("utf-8").splitlines()[marker.line - 1]]
        if marker.body.startswith("finding ")
    }
    assert rows.keys() == {entry["name"] for entry in read_manifest(FIGURES)}
    for entry in read_manifest(FIGURES):
        stem = entry["notebook"]
        links = f"| [{stem}](notebooks/{stem}.ipynb) | [{entry['name']}](figures/{entry['files']['csv']}) |"
        assert rows[entry["name"]].endswith(links)


def test_a_console_block_splits_into_steps() -> None:
    assert steps("$ a b\nx\ny\n$ c\n") == [("a b", "x\ny\n"), ("c", "")]
