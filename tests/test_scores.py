"""In: what ``aidlib parse`` writes. Out: whether its scores stay at the floors of ``cases/floors.csv``."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FLOORS = Path(__file__).parent / "cases" / "floors.csv"


def floors() -> list[Any]:
    """Read the floors, one test a row."""
    with FLOORS.open(encoding="utf-8", newline="") as lines:
        return [pytest.param(row, id=f"{row['set']}: {row['measure']}") for row in csv.DictReader(lines)]


def run(*words: object) -> str:
    """Run a command of Python's and give what it prints; fail with what it complains of."""
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def parsed(source: Path, folder: Path) -> Path:
    """Parse a source with the command, as a user would."""
    out = folder / f"{source.stem}.jsonl"
    run(Path(sys.executable).with_name("aidlib"), "parse", source, "-o", out)
    return out


@pytest.fixture(scope="module")
def scores(shared: Path, seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Parse the briefs and the coded texts once and let the shared scorers judge."""
    folder, bench = tmp_path_factory.mktemp("scores"), shared / "bench"
    briefs = parsed(seeds / "briefs", folder)
    coded = parsed(bench / "money_dev.jsonl", folder)
    return {
        "briefs": json.loads(run(bench / "score_events.py", seeds, briefs, "--json"))["all"],
        "money_dev": json.loads(run(bench / "score.py", "money", bench / "money_dev.jsonl", coded, "--json")),
    }


@pytest.mark.parametrize("row", floors())
def test_a_score_stays_at_its_floor(scores: dict[str, dict[str, Any]], row: dict[str, str]) -> None:
    value = scores[row["set"]][row["measure"]]
    value = value["f1"] if isinstance(value, dict) else value[-1] if isinstance(value, list) else value
    assert value >= float(row["least"] or "-inf")
    assert value <= float(row["most"] or "inf")
