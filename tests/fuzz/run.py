"""In: a number of inputs and a seed. Out: counts by target, what failed, and the slowest input of each.

``python tests/fuzz/run.py 1000000``; ``RUN.md`` keeps what came of it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.mutate import large_texts, mutate
from fuzz.targets import TARGETS, read_text

CHUNK = 2_000


@dataclass
class Outcome:
    """What came of some inputs: how many by target, finds, and the slowest of each target."""

    counts: Counter[str] = field(default_factory=Counter)
    finds: dict[tuple[str, str], bytes] = field(default_factory=dict)
    slowest: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, other: Outcome) -> None:
        """Take in what came of others."""
        self.counts += other.counts
        self.finds = other.finds | self.finds
        for name, found in other.slowest.items():
            self.slowest[name] = max(found, self.slowest.get(name, (0.0, 0)))


def attack(name: str, data: bytes, outcome: Outcome) -> None:
    """Feed one input to one target, and note a failure by where it was raised."""
    start = time.process_time()
    try:
        TARGETS[name].run(data)
    except BaseException as error:  # noqa: BLE001 - a library in Rust panics past Exception
        last = traceback.extract_tb(error.__traceback__)[-1]
        key = f"{type(error).__name__}: {error} at {Path(last.filename).name}:{last.lineno}"[:300]
        outcome.finds.setdefault((name, key), data)
    took = time.process_time() - start
    outcome.slowest[name] = max((took, len(data)), outcome.slowest.get(name, (0.0, 0)))
    outcome.counts[name] += 1


def run_chunk(job: tuple[int, int, Sequence[str]]) -> Outcome:
    """Make and feed one chunk of inputs; the same job makes the same inputs."""
    seed, number, names = job
    warnings.simplefilter("error")
    chance, outcome = random.Random(f"{seed}/{number}"), Outcome()
    shares = [TARGETS[name].share for name in names]
    for name in chance.choices(names, shares, k=CHUNK):
        attack(name, mutate(chance, TARGETS[name].seeds()), outcome)
    return outcome


def time_large(size: int = 1_000_000) -> dict[str, float]:
    """Time the reader on hostile texts of a megabyte, in seconds of one processor."""
    took: dict[str, float] = {}
    for name, text in large_texts(size).items():
        data = text.encode("utf-8", "surrogatepass")
        start = time.process_time()
        read_text(data)
        took[name] = time.process_time() - start
    return took


def main(args: Any = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("inputs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--target", action="append", choices=sorted(TARGETS))
    parser.add_argument("--finds", type=Path, default=Path("build/finds"))
    asked = parser.parse_args(args)
    names = asked.target or list(TARGETS)
    jobs = [(asked.seed, number, names) for number in range(-(-asked.inputs // CHUNK))]
    whole = Outcome()
    with multiprocessing.get_context("spawn").Pool(asked.workers) as pool:
        for done in pool.imap_unordered(run_chunk, jobs):
            for name, key in done.finds.keys() - whole.finds.keys():
                print(f"FOUND in {name}: {key}", flush=True)
                asked.finds.mkdir(parents=True, exist_ok=True)
                (asked.finds / f"{len(whole.finds)}-{abs(hash(key))}").write_bytes(done.finds[name, key])
            whole.add(done)
            if whole.counts.total() % (25 * CHUNK) == 0:
                print(f"{whole.counts.total():,} inputs, {len(whole.finds)} finds", flush=True)
    for name, count in whole.counts.most_common():
        took, size = whole.slowest[name]
        found = sum(target == name for target, _ in whole.finds)
        print(f"| {name} | {count:,} | {found} | {took:.2f} s, {size:,} bytes |")
    print(f"{whole.counts.total():,} inputs, {len(whole.finds)} finds")
    return bool(whole.finds)


if __name__ == "__main__":
    sys.exit(main())
