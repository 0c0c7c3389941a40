"""In: a small corpus. Out: the same bytes, though the run was killed at fifty random moments, one each time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from faults import contents, kill_and_go_on, make_corpus, run_corpus

KILLS = 50
LONGEST = 2.2  # seconds from the first document to the end, and a little more


@pytest.mark.parametrize("workers", [1, 2])
def test_fifty_runs_of_fifty_go_on_to_the_same_bytes(workers: int, tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "in")
    code, said, _ = run_corpus(corpus, tmp_path / "whole")
    assert code == 0
    whole, chance, same = contents(tmp_path / "whole"), random.Random(workers), 0
    for number in range(KILLS):
        out = tmp_path / f"out-{number}"
        told = kill_and_go_on(corpus, out, [chance.uniform(0, LONGEST)], workers=workers)
        same += told == said and contents(out) == whole
    print(f"\n{same} of {KILLS} runs with {workers} workers, each killed once, gave the same bytes")
    assert same == KILLS
