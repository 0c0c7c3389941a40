"""In: ``README.md`` and ``figures/``. Out: whether commands come first, and examples and claims hold.

``python tests/test_readme.py`` writes the alt texts and claims of redrawn figures into it.
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aidlib.cli import COMMANDS
from aidlib.ledger.columns import TABLES
from aidlib.plots import read_manifest

README = Path(__file__).resolve().parents[1] / "README.md"
FIGURES = README.parent / "figures"
IMAGE = re.compile(r"!\[[^\]]*\]\(figures/([\w-]+)\.(svg|png)\)")
CLAIMS = re.compile(r"(\| claim \| notebook \| data \|\n\|---\|---\|---\|\n)(\|.*\n)*")
BLOCKS = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(text: str, language: str) -> list[str]:
    """Give the fenced blocks of one language, in order."""
    return [body for name, body in BLOCKS.findall(text) if name == language]


def with_figures(text: str, entries: list[dict[str, Any]]) -> str:
    """Give a README with alt texts and claims as the manifest has them."""
    alts = {entry["name"]: entry["alt"].translate({ord(c): None for c in "[]\\\n"}) for entry in entries}
    rows = "".join(
        f"| {entry['finding'].replace('|', '/')} | [{stem}](notebooks/{stem}.ipynb) "
        f"| [{entry['name']}](figures/{entry['files']['csv']}) |\n"
        for entry in sorted(entries, key=lambda entry: str(entry["notebook"]))
        for stem in [entry["notebook"]]
    )
    text = IMAGE.sub(lambda found: f"![{alts[found[1]]}](figures/{found[1]}.{found[2]})", text)
    return CLAIMS.sub(lambda found: found[1] + rows, text)


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


def test_at_least_four_figures_are_shown_each_of_the_manifest() -> None:
    shown = [name for name, _ in IMAGE.findall(README.read_text("utf-8"))]
    assert len(shown) >= 4
    assert set(shown) <= {entry["name"] for entry in read_manifest(FIGURES)}


def test_alt_texts_and_claims_are_those_of_the_figures() -> None:
    text = README.read_text("utf-8")
    assert CLAIMS.search(text)
    assert text == with_figures(text, read_manifest(FIGURES)), "run: python tests/test_readme.py"


def test_a_redrawn_figure_changes_its_alt_text_and_its_claim() -> None:
    text = "![old](figures/a.svg)\n\n| claim | notebook | data |\n|---|---|---|\n| old | x | y |\n\nEnd.\n"
    files = {"csv": "a.csv"}
    entry = {"name": "a", "alt": "Bars [1].", "finding": "It grew", "notebook": "02-b", "files": files}
    assert with_figures(text, [entry]) == (
        "![Bars 1.](figures/a.svg)\n\n| claim | notebook | data |\n|---|---|---|\n"
        "| It grew | [02-b](notebooks/02-b.ipynb) | [a](figures/a.csv) |\n\nEnd.\n"
    )


def test_a_console_block_splits_into_steps() -> None:
    assert steps("$ a b\nx\ny\n$ c\n") == [("a b", "x\ny\n"), ("c", "")]


if __name__ == "__main__":
    README.write_text(with_figures(README.read_text("utf-8"), read_manifest(FIGURES)), encoding="utf-8")
