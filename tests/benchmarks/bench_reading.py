"""In: the briefs, many times over. Out: how fast they are read up to events, beside one bare pattern."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from aidlib.events import build_events
from aidlib.model import Document
from aidlib.read import read_documents

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "briefs"
MONEY = re.compile(r"(?:[€$£]|\b[A-Z]{3}\b)\s?\d[\d.,]*(?:\s(?:million|billion))?", re.ASCII)
ROUNDS = 5


def seconds(work: Callable[[Document], object], documents: list[Document]) -> float:
    """Time the best of some rounds: what disturbs a round only ever slows it."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for document in documents:
            work(document)
        best = min(best, time.perf_counter() - start)
    return best


def test_reading_the_briefs_is_told_in_documents_and_megabytes_a_second() -> None:
    documents = [d for d in read_documents([SEEDS]) if isinstance(d, Document)]
    size = sum(len(d.text.encode()) for d in documents) / 1e6
    build_events(documents[0])  # loads the tables
    ours = seconds(build_events, documents)
    bare = seconds(lambda document: MONEY.findall(document.text), documents)
    print(f"\nread up to events: {len(documents) / ours:.0f} documents/s, {size / ours:.2f} MB/s")
    print(f"one bare pattern: {size / bare:.2f} MB/s, {ours / bare:.1f} x faster")
    assert len(documents) / ours > 20
