"""In: a name for a folder. Out: a project there that runs, from a wheel too; or nothing, and why."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import aidlib
from aidlib.cli import COMMANDS, main
from aidlib.errors import ParameterError, ReadError
from aidlib.plots import read_manifest
from aidlib.story import checkout, project
from aidlib.story.run import _declared

SAMPLE = "seeds/briefs/2024-11-15_norway_danish-format-mou.md"
OLDEST_SETUPTOOLS = 77
FIGURES = 13


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A new project."""
    project.new_project(tmp_path / "made")
    return tmp_path / "made"


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# What there is.


def test_it_holds_what_a_project_needs_and_says_how_to_go_on(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["new", str(tmp_path / "aid")])
    assert result.exit_code == 0, result.output
    found = files_of(tmp_path / "aid")
    assert {"Makefile", "README.md", "environment.yml", ".gitignore", SAMPLE, "seeds/README.md"} <= set(found)
    assert {"figures/.gitkeep", "seeds/corrections.csv", ".github/workflows/nightly.yml"} <= set(found)
    assert f"{len(found)} files: {tmp_path / 'aid'}" in result.stderr
    assert "story" in result.stderr.splitlines()[-1]


def test_notebooks_and_seeds_are_those_of_the_project_to_the_byte(made: Path, root: Path) -> None:
    ours = [path.name for path in (root / "notebooks").glob("*.ipynb") if path.name[0].isdigit()]
    assert sorted(path.name for path in (made / "notebooks").iterdir()) == sorted(ours)
    taken = [name for name in files_of(made) if name.startswith(("notebooks/", "seeds/"))]
    for name in set(taken) - {"seeds/README.md", "seeds/corrections.csv"}:
        assert (made / name).read_bytes() == (root / name).read_bytes(), name


def test_every_file_that_a_notebook_reads_by_default_is_there(made: Path) -> None:
    for path in (made / "notebooks").glob("*.ipynb"):
        defaults = [default for _, default in _declared(path).values()]
        named = [value for value in defaults if str(value).startswith("seeds/")]
        assert named
        assert [value for value in named if not (made / value).exists()] == []


def test_decisions_on_our_own_acts_are_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "checkout"
    for name, data in project.project_files().items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
    header = (home / "seeds/corrections.csv").read_bytes()
    (home / "seeds/corrections.csv").write_bytes(header + b"a,drop,NOR-1,,,,me,2024-01-01,no act\n")
    monkeypatch.setattr(project, "CHECKOUT", home)
    assert project.project_files()["seeds/corrections.csv"] == header


def test_whose_the_sample_is_stands_beside_it(made: Path) -> None:
    told = (made / "seeds" / "README.md").read_text("utf-8")
    assert "CC BY 4.0" in told
    assert Path(SAMPLE).name in told


def test_everything_written_names_this_version_and_leaves_no_blank(made: Path) -> None:
    for name in ("README.md", "environment.yml", ".github/workflows/nightly.yml"):
        told = (made / name).read_text("utf-8")
        assert "@version@" not in told
        assert f"=={aidlib.__version__}" in told


def test_commands_that_it_names_exist(made: Path) -> None:
    for name in ("README.md", "Makefile", ".github/workflows/nightly.yml"):
        told = (made / name).read_text("utf-8")
        named = set(re.findall(r"^(?:\t@| *- run: )?(?:aidlib|\$\(AIDLIB\)) (\w+)", told, re.M))
        assert named
        assert named <= set(COMMANDS), name


def test_workflow_and_environment_are_what_their_readers_take(made: Path) -> None:
    flow = yaml.safe_load((made / ".github/workflows/nightly.yml").read_text("utf-8"))
    steps = flow["jobs"]["story"]["steps"]
    assert [step["run"] for step in steps if "run" in step][1:] == [
        *("aidlib story", "aidlib ledger", "aidlib ledger --check")
    ]
    assert flow[True]["schedule"] == [{"cron": "17 3 * * *"}]  # YAML takes the word "on" for a yes
    environment = yaml.safe_load((made / "environment.yml").read_text("utf-8"))
    assert environment["dependencies"][-1] == {"pip": [f"aidlib[lab]=={aidlib.__version__}"]}


@pytest.mark.skipif(not shutil.which("make"), reason="no make on the path")
def test_make_takes_the_aidlib_of_the_folder_where_there_is_one(made: Path) -> None:
    def figures() -> str:
        words = ["make", "--no-print-directory", "-n", "figures"]
        return subprocess.run(words, cwd=made, capture_output=True, text=True, check=True).stdout.strip()

    assert figures() == "aidlib story"
    (made / ".venv" / "bin").mkdir(parents=True)
    (made / ".venv" / "bin" / "aidlib").touch()
    assert figures() == ".venv/bin/aidlib story"


# Where it may lie.


@pytest.mark.parametrize("name", ["two words", "проєкт", "it's $HOME; ü", "deep/er", "-"])
def test_any_name_will_do(name: str, tmp_path: Path) -> None:
    written = project.new_project(tmp_path / name)
    assert files_of(tmp_path / name) == written


def test_an_empty_folder_is_filled_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["new", "."]).exit_code == 0
    assert Path.cwd() == tmp_path
    assert files_of(tmp_path) == sorted(project.project_files())


@pytest.mark.parametrize("name", ["a.txt", ".git"])
def test_a_folder_that_holds_anything_is_left_as_it_is(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    result = CliRunner().invoke(main, ["new", str(tmp_path)])
    assert result.exit_code == 2
    assert "is not empty" in result.stderr
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("taken", "is a file"),
        ("taken/below", "cannot write"),
        ("", "has no name"),
        ("x" * 300, "File name too long"),
    ],
    ids=["a file", "below a file", "no name", "too long"],
)
def test_a_place_where_no_folder_can_be_is_refused(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").touch()
    result = CliRunner().invoke(main, ["new", "--", name])
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert os.listdir(tmp_path) == ["taken"]


def test_a_parent_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ParameterError, match=r"cannot write .*aid: Permission denied \(FOLDER\)\. Choose"):
        project.new_project(tmp_path / "aid")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_disk_that_is_full_leaves_nothing_behind(
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, place = Path.write_bytes, tmp_path / "aid"
    if is_there:
        place.mkdir()

    def fill_up(self: Path, data: bytes) -> int:
        if self.name.startswith("03"):
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    with pytest.raises(ParameterError, match="No space left"):
        project.new_project(place)
    assert list(tmp_path.rglob("*")) == ([place] if is_there else [])


def test_an_installation_without_notebooks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "CHECKOUT", tmp_path)
    with pytest.raises(ReadError, match=r"lacks notebooks/.*Install aidlib anew"):
        project.new_project(tmp_path / "aid")
    assert list(tmp_path.iterdir()) == []


# It runs.


def test_it_is_found_before_the_checkout_of_the_package(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made / "seeds" / "briefs")
    assert checkout() == made.resolve()


def has_setuptools() -> bool:
    try:
        return int(version("setuptools").partition(".")[0]) >= OLDEST_SETUPTOOLS
    except PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with aidlib as its wheel installs it, built from what the wheel's maker would have."""
    if not has_setuptools():
        pytest.skip(f"no setuptools from {OLDEST_SETUPTOOLS} up")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    for name in (".ci", "src", "notebooks", "seeds"):
        shutil.copytree(
            root / name, source / name, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
        )
    code = "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"
    subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, check=True)
    (wheel,) = (source / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


def test_from_a_wheel_it_is_laid_out_and_all_notebooks_run_on_the_one_sample(
    installed: Path, tmp_path: Path
) -> None:
    path = os.pathsep.join([str(installed), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}

    def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
        code = "import aidlib, sys; from aidlib.cli import main; print(aidlib.__file__); main()"
        command = [sys.executable, "-c", code, *words]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(str(installed))
        return done

    run("new", "aid", folder=tmp_path)
    assert files_of(tmp_path / "aid") == sorted(project.project_files())
    said = run("story", folder=tmp_path / "aid").stdout.replace("\xa0", " ")
    told = said.splitlines()[1:]
    assert len(told) == FIGURES
    assert "one-announcement: The text names 4 sums, €1.61 billion together, and books €500 million" in told
    assert not [line for line in told if re.search(r"\b(?:nan|NaN|inf)\b|€0\b", line)]
    page = (tmp_path / "aid" / "build" / "report" / "02-the-books.html").read_text("utf-8")
    assert not re.search(r"\b1 (announcements|events|acts)\b", page)
    drawn = read_manifest(tmp_path / "aid" / "figures")
    assert "1 announcement; rates" in str(drawn[-1]["sources"])
    assert len(drawn) == FIGURES
    assert all((tmp_path / "aid" / "figures" / name).is_file() for e in drawn for name in e["files"].values())
