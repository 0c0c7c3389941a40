"""In: the examples of every help text. Out: whether they run as they stand; what ``-v`` adds."""

from __future__ import annotations

import logging
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aidlib.cli import COMMANDS, main

STEP = re.compile(r" *\d+\.\d\d s  \w")
NEEDS_KERNELS = "story"


def examples_of(name: str) -> list[str]:
    """Give the commands under "Examples:" of a help text."""
    told = CliRunner().invoke(main, [name, "--help"], terminal_width=120).stdout
    return re.findall(r"^  +(aidlib .+)$", told.partition("Examples:")[2], re.M)


EXAMPLES = [(name, line) for name in COMMANDS for line in examples_of(name)]


def test_every_help_ends_with_examples_of_its_own_command() -> None:
    assert {name for name, _ in EXAMPLES} == set(COMMANDS)
    assert [line for name, line in EXAMPLES if shlex.split(line)[1] != name] == []


def test_the_examples_run_one_after_the_other_as_they_stand(in_project: Path) -> None:
    for name, line in EXAMPLES:
        if name != NEEDS_KERNELS:
            result = CliRunner().invoke(main, shlex.split(line)[1:])
            assert result.exit_code == 0, f"{line}\n{result.output}"


@pytest.mark.parametrize("line", [line for name, line in EXAMPLES if name == NEEDS_KERNELS])
def test_an_example_that_takes_kernels_is_at_least_understood(line: str, in_project: Path) -> None:
    command = import_module("aidlib.cli.story").command
    assert isinstance(command.make_context("story", shlex.split(line)[2:]), click.Context)


# With -v.

WORDS = [
    ["parse", "one.txt", "-o", "out.jsonl"],
    ["ledger"],
    ["ledger", "--check"],
    ["reconcile", "--who", "NOR", "--amount", "EUR 500m"],
    ["embed", "waterfall"],
    ["fill", "report.md"],
    ["check", "filled.md"],
    ["export", "kiel", "-o", "books.csv"],
    ["rates", "eurofxref-hist.zip"],
    ["show", "one.txt"],
    ["diff", "build/before", "build/ledger"],
    ["new", "fresh"],
]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_verbose_adds_lines_with_seconds_to_stderr_and_nothing_else(
    words: list[str], in_project: Path
) -> None:
    told = CliRunner().invoke(main, ["-v", *words])
    assert told.exit_code == 0, told.output
    assert any(STEP.match(line) for line in told.stderr.splitlines())
    if words[0] in ("new", "fill", "rates"):  # a second time they say something else
        return
    plain = CliRunner().invoke(main, words)
    assert plain.stdout == told.stdout
    assert plain.stderr.splitlines() == [line for line in told.stderr.splitlines() if not STEP.match(line)]


def test_the_lines_say_what_is_read_and_how_much(in_project: Path) -> None:
    said = CliRunner().invoke(main, ["-v", "ledger"]).stderr
    assert re.search(r"s  Read .*briefs: 1 document, 3 events; 0 set aside\n", said)
    assert re.search(r"s  Corrections: .*corrections\.csv, 0 rows, 0 set aside\n", said)
    assert "s  Resolved into 3 commitments\n" in said


def test_nothing_stays_switched_on_after_a_verbose_command(in_project: Path) -> None:
    CliRunner().invoke(main, ["-v", "show", "one.txt"])
    ours = logging.getLogger("aidlib")
    assert (ours.handlers, ours.level) == ([], logging.NOTSET)


def test_what_other_libraries_log_is_not_shown(in_project: Path) -> None:
    code = (
        "import logging; from aidlib.cli import main; import aidlib.cli.show as show; "
        "real = show.count_of; "
        "show.count_of = lambda *a: (logging.getLogger('papermill').info('theirs'), real(*a))[1]; "
        "main(['-v', 'show', 'one.txt'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Read one.txt: 1 document" in done.stderr
    assert "theirs" not in done.stderr
