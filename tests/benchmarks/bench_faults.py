"""In: a small corpus. Out: the same bytes, though each of fifty runs was killed at a random moment."""

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
    whole, chance, same, told = contents(tmp_path / "whole"), random.Random(workers), 0, 0
    for number in range(KILLS):
        out = tmp_path / f"out-{number}"
        told += said == kill_and_go_on(corpus, out, [chance.uniform(0, LONGEST)], workers=workers)
        same += contents(out) == whole
    print(f"\n{workers} workers: of {KILLS} killed runs {same} gave the same bytes, {told} the same counts")
    assert same == KILLS
