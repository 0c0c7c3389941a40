"""In: ``.ci/setup`` with a path of our making. Out: what it installs, how often, and what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = ("bash", "cat", "cksum", "cut", "touch", "mkdir", "rm", "env")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder with the tools of any machine, and nothing else on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    return folder


def write(path: Path, name: str, body: str) -> None:
    """Put a small program on the path."""
    (path / name).write_text(f"#!{shutil.which('bash')}\n{body}\n")
    (path / name).chmod(0o755)


def set_up(root: Path, path: Path, venv: Path, extras: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(path)}
    environment.pop("PYTHON", None)
    words = [str(path / "bash"), ".ci/setup", str(venv), extras]
    return subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_a_missing_git_is_named(root: Path, path: Path, tmp_path: Path) -> None:
    done = set_up(root, path, tmp_path / "venv")
    assert done.returncode == 2
    assert "git is missing" in done.stderr


def test_a_python_too_old_is_refused(root: Path, path: Path, tmp_path: Path) -> None:
    write(path, "git", "exit 0")
    write(path, "python3", "exit 1")
    done = set_up(root, path, tmp_path / "venv")
    assert done.returncode == 2
    assert "no Python from 3.11 to 3.13" in done.stderr


def test_a_python_without_venv_is_named(root: Path, path: Path, tmp_path: Path) -> None:
    write(path, "git", "exit 0")
    write(path, "python3", f'case "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"')
    done = set_up(root, path, tmp_path / "venv")
    assert done.returncode == 2
    assert "has no venv" in done.stderr


def test_uv_installs_with_the_constraints_and_once_only(root: Path, path: Path, tmp_path: Path) -> None:
    log, venv = tmp_path / "log", tmp_path / "venv"
    write(path, "git", "exit 0")
    write(path, "python3", f'exec {sys.executable} "$@"')
    write(path, "uv", f'echo "$*" >> {log}; mkdir -p {venv}')
    done = [set_up(root, path, venv, "test") for _ in range(2)]
    assert [d.returncode for d in done] == [0, 0], done[0].stderr
    assert "installing" in done[0].stdout
    assert done[1].stdout == ""
    calls = log.read_text().splitlines()
    assert len(calls) == 2
    assert calls[1].endswith("--constraint constraints.txt --editable .[test]")


def test_what_the_tests_need_is_enough_for_the_figures(root: Path, path: Path, tmp_path: Path) -> None:
    log, venv = tmp_path / "log", tmp_path / "venv"
    write(path, "git", "exit 0")
    write(path, "python3", f'exec {sys.executable} "$@"')
    write(path, "uv", f'echo "$*" >> {log}; mkdir -p {venv}')
    set_up(root, path, venv, "test")
    calls = log.read_text()
    assert set_up(root, path, venv, "").returncode == 0
    assert log.read_text() == calls
