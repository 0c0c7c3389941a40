"""In: runs with and without ``-o``, in a new project. Out: where figures go, and what the record says."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aidlib.cli import main
from aidlib.plots import read_manifest
from aidlib.rates import packaged_rates
from aidlib.story import run as runner
from aidlib.story import tell_story
from aidlib.story.project import new_project

ONE = "01-one-announcement"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, in which one stands."""
    place = tmp_path / "made"
    new_project(place)
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each notebook of a run would be given; no kernel starts."""
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(runner, "_run", lambda job, *_: given.append(job.passed) or 0.0)
    return given


@pytest.mark.parametrize(
    ("out", "parameters", "figures"),
    [
        (None, {}, None),
        ("OUT/", {}, "OUT/figures"),
        ("build", {}, "build/figures"),
        (None, {"figures_dir": "mine"}, "mine"),
        ("OUT", {"figures_dir": "mine"}, "mine"),
    ],
    ids=str,
)
def test_with_another_place_figures_go_there_unless_told_otherwise(
    out: str | None, parameters: dict[str, str], figures: str | None, made: Path, passed: list[dict[str, Any]]
) -> None:
    tell_story(["01"], parameters, out)
    assert passed == [{"figures_dir": figures} if figures else {}]


def test_a_place_outside_of_the_project_is_passed_whole(
    made: Path, tmp_path: Path, passed: list[dict[str, Any]]
) -> None:
    tell_story(["01"], out=tmp_path / "out")
    assert passed == [{"figures_dir": str(tmp_path / "out" / "figures")}]


def test_a_notebook_that_draws_nothing_is_given_no_place(made: Path, passed: list[dict[str, Any]]) -> None:
    path = made / "notebooks" / "06-mine.ipynb"
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": ["top: int = 3  # count"]}
    path.write_text(json.dumps({"cells": [cell]}))
    tell_story(["06"], {"top": "4"}, "OUT")
    assert passed == [{"top": 4}]


def test_the_project_s_own_figures_stay_and_the_record_says_all_of_the_run(made: Path) -> None:
    result = CliRunner().invoke(main, ["story", "--notebook", "01", "-o", "OUT"])
    assert result.exit_code == 0, result.output
    assert [path.name for path in (made / "figures").iterdir()] == [".gitkeep"]
    (entry,) = read_manifest(made / "OUT" / "figures")
    record = json.loads((made / "OUT" / "run.json").read_text("utf-8"))
    started = datetime.fromisoformat(record["started"])
    assert started.utcoffset() == timedelta(0)
    assert record["seconds"] > 0
    assert record["platform"]
    rates = packaged_rates()
    assert record["rates"]["source"] == rates.source
    assert record["rates"]["last_day"] == str(rates.last_day)
    assert record["rates"]["sha256"] == hashlib.sha256(rates.text.encode()).hexdigest()
    (notebook,) = record["notebooks"]
    source = made / "notebooks" / f"{ONE}.ipynb"
    assert (notebook["notebook"], notebook["sha256"]) == (
        ONE,
        hashlib.sha256(source.read_bytes()).hexdigest(),
    )
    assert notebook["parameters"]["figures_dir"] == "OUT/figures"
    assert list(notebook["inputs"]) == [notebook["parameters"]["path"]]
    (figure,) = record["figures"]
    assert Path(figure["path"]) == made / "OUT" / "figures" / "one-announcement.svg"
    assert figure["data_sha256"] == entry["data_sha256"]
    assert figure["finding"] == entry["finding"]
