"""In: general news of 0.2 and 2 GB. Out: how fast it is read up to events, beside what bounds it."""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from corpora import documents, news_texts, write_corpus

ROUNDS = 3
SIZES = {200: ROUNDS, 2000: 1}
WAYS = ("parquet", "scan", "re", "ours", "ours, 2 processes")


def run(way: str, corpus: Path, out: Path) -> dict[str, Any]:
    """Do the work in a process of its own, and give its seconds and its peak memory."""
    words = [sys.executable, str(Path(__file__).with_name("corpus_ways.py")), way, str(corpus), str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size} MB")
def corpus(request: pytest.FixtureRequest, seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of that size."""
    path = tmp_path_factory.mktemp("bench") / f"{request.param}.parquet"
    n = write_corpus(path, request.param, documents(*news_texts(seeds), seed=7))
    print(f"\n{request.param} MB, {n:,} documents, {path.stat().st_size / 1e6:.0f} MB as Parquet")
    return path


def test_a_corpus_of_general_news_is_read_up_to_events(corpus: Path, tmp_path: Path) -> None:
    told(corpus, tmp_path, SIZES[int(corpus.stem)])


def test_real_news_is_read_up_to_events(shared: Path, tmp_path: Path) -> None:
    """Real articles, every name of Ukraine replaced but in one of 200 that tells of aid."""
    news, coded = (
        [json.loads(line)["text"] for line in (shared / name).read_text("utf-8").splitlines()]
        for name in ("data/news_2022_2024.jsonl", "bench/news_dev.jsonl")
    )
    corpus = tmp_path / "200.parquet"
    n = write_corpus(corpus, 200, documents(coded, news, seed=7))
    print(f"\nreal news: {n:,} documents")
    told(corpus, tmp_path, ROUNDS)


def told(corpus: Path, place: Path, rounds: int) -> None:
    """Run every way in turn, and print medians and ratios."""
    order = [*WAYS]
    random.Random(7).shuffle(order)
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for number in range(rounds):
        for way in order:
            found[way].append(run(way, corpus, place / f"{number}-{way[-1]}.parquet"))
    rate = {way: median(one["megabytes"] / one["seconds"] for one in runs) for way, runs in found.items()}
    memory = {way: max(one["memory"] for one in runs) for way, runs in found.items()}
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {sys.version[:6]}")
    for way in WAYS:
        ratio = rate["ours"] / rate[way]
        print(f"{way:<20} {rate[way]:>8.1f} MB/s {memory[way]:>6.0f} MB   ours is {ratio:5.2f} x as fast")
    assert found["ours"][0]["events"] == found["ours, 2 processes"][0]["events"] > 0
