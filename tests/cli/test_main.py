"""The command itself: its help, its version, and words that it does not know."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

import aidlib
from aidlib.cli import COMMANDS, main


def test_the_help_lists_every_command_without_loading_one() -> None:
    code = "import sys; from aidlib.cli import main; main(['-h'], standalone_mode=False); print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert all(f"  {name} " in out for name in COMMANDS)
    assert "aidlib.cli.parse" not in out
    assert "pandas" not in out


def test_the_version_is_the_one_of_the_package() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout.split()[-1] == aidlib.__version__


@pytest.mark.parametrize(("wrong", "right"), [("prase", "parse"), ("shwo", "show"), ("leger", "ledger")])
def test_a_wrong_command_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    result = CliRunner().invoke(main, [wrong])
    assert result.exit_code == 2
    assert f"Did you mean '{right}'?" in result.stderr


def test_a_word_near_to_nothing_is_answered_with_the_list() -> None:
    assert "There are parse, ledger, story, show" in CliRunner().invoke(main, ["xyzzy"]).stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_of_its_own(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"{name} [OPTIONS]" in result.stdout
