"""In: the briefs, and texts with sums. Out: how fast they are read, and that the cost is linear in length."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from aidlib.events import build_events
from aidlib.model import Document
from aidlib.read import read_documents

MONEY = re.compile(r"(?:[€$£]|\b[A-Z]{3}\b)\s?\d[\d.,]*(?:\s(?:million|billion))?", re.ASCII)
ROUNDS = 5
LENGTHS = [10_000 * 2**n for n in range(8)]


def seconds(work: Callable[[Document], object], documents: list[Document], rounds: int = ROUNDS) -> float:
    """Time the best of some rounds: what disturbs a round only ever slows it."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for document in documents:
            work(document)
        best = min(best, time.process_time() - start)
    return best


@pytest.fixture(scope="module")
def briefs(seeds: Path) -> list[Document]:
    """The announcements as documents; the tables are loaded."""
    found = [d for d in read_documents([seeds / "briefs"]) if isinstance(d, Document)]
    build_events(found[0])
    return found


def test_reading_the_briefs_is_told_in_documents_and_megabytes_a_second(briefs: list[Document]) -> None:
    size = sum(len(d.text.encode()) for d in briefs) / 1e6
    ours = seconds(build_events, briefs)
    bare = seconds(lambda document: MONEY.findall(document.text), briefs)
    print(f"\nread up to events: {len(briefs) / ours:.0f} documents/s, {size / ours:.2f} MB/s")
    print(f"one bare pattern: {size / bare:.2f} MB/s, {ours / bare:.1f} x faster")
    assert len(briefs) / ours > 20


def test_short_texts_with_sums_are_told_in_texts_a_second(shared: Path) -> None:
    lines = (shared / "bench" / "money_dev.jsonl").read_text("utf-8").splitlines()
    texts = [Document.from_text(json.loads(line)["text"]) for line in lines]
    ours = seconds(build_events, texts)
    print(f"\nmoney_dev: {len(texts) / ours:.0f} texts/s, {ours / len(texts) * 1e3:.2f} ms each")
    assert len(texts) / ours > 100


def test_a_text_twice_as_long_takes_twice_as_long(briefs: list[Document]) -> None:
    """The briefs in a row, over and over: every sum has its like, a part, a date, goods."""
    row = "\n\n".join(d.text for d in briefs)
    each = []
    for length in LENGTHS:
        text = Document.from_text((row * (length // len(row) + 1))[:length])
        each.append(seconds(build_events, [text], rounds=1) / length * 1e6)
        print(f"\n{length:>9,} characters: {each[-1]:.2f} ms/kB", end="")
    assert each[-1] < 4 * each[0]  # were it the square, 128 times


def test_ten_megabytes_of_digits_take_no_longer_than_words() -> None:
    length = 10_000_000
    spent = seconds(build_events, [Document.from_text("1234567890" * (length // 10))], rounds=1)
    print(f"\n{length:>9,} digits: {spent / length * 1e6:.3f} ms/kB")
    assert spent < 20
