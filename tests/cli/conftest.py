"""What the tests of commands share: a folder to give them, and a whole project."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from aidlib.cli import main
from aidlib.rates import default_rates
from build import GOOD

CLAIMS = (
    "row_id,row_type,contributor,year,amount,currency,stage,announced_on,claimed_by,conflict_group,note\n"
    "C1,claimed_total,MULTI,2024,390000000,EUR,,2025-01-10,MoD,,\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one announcement."""
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text(GOOD)
    return texts


def run_in(words: list[str]) -> None:
    """Run a command that must be done."""
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="session")
def filled_project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with books, a figure and reports, and with inputs that are wrong in one way each."""
    place = tmp_path_factory.mktemp("project") / "aid"
    run_in(["new", str(place)])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        default_rates.cache_clear()
        for path in ((root / "figures").glob("waterfall.*"), [root / "figures" / "manifest.json"]):
            for file in path:
                shutil.copy(file, "figures")
        _write_texts(place)
        run_in(["parse"])
        run_in(["ledger"])
        run_in(["fill", "filled.md"])
        _write_books(place)
    return place


def _write_texts(place: Path) -> None:
    for name in ("broken", "some-broken"):
        (place / name).mkdir()
        (place / name / "b.txt").write_bytes(b"\xff")
    (place / "some-broken" / "a.txt").write_text(GOOD)
    (place / "one.txt").write_text(GOOD)
    for name in ("report.md", "filled.md"):
        (place / name).write_text("Norway: {{aidlib: total donor=NOR}}\n\n{{aidlib: figure waterfall}}\n")
    (place / "asks-wrong.md").write_text("{{aidlib: totl}}\n")
    (place / "claims.csv").write_text(CLAIMS)
    (place / "some-claims.csv").write_text(CLAIMS + "C2,claimed_total,MULTI,2024,,EUR,,2025-01-10,MoD,,\n")
    (place / "explained.csv").write_text("claim_id,verdict\nC1,explained\n")
    packaged = resources.files("currency_converter").joinpath("eurofxref-hist.zip")
    (place / "eurofxref-hist.zip").write_bytes(packaged.read_bytes())


def _write_books(place: Path) -> None:
    build = place / "build"
    for name in ("before", "again", "wrong", "torn"):
        shutil.copytree(build / "ledger", build / name)
    acts = build / "wrong" / "commitments.csv"
    acts.write_text(acts.read_text("utf-8").replace("500000000", "500000001"), encoding="utf-8", newline="\n")
    evidence = build / "torn" / "evidence.csv"
    evidence.write_bytes(evidence.read_bytes()[:200])


@pytest.fixture
def in_project(filled_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of that project, in which one stands."""
    place = tmp_path / "aid"
    shutil.copytree(filled_project, place)
    monkeypatch.chdir(place)
    default_rates.cache_clear()
    yield place
    default_rates.cache_clear()
