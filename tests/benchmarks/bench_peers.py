"""In: the briefs with their gold. Out: sums and speed of aidlib beside libraries that read money."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from aidlib.events import build_events
from aidlib.mentions.money import find_money
from aidlib.model import Document
from aidlib.read import read_documents

pytestmark = pytest.mark.filterwarnings("ignore")  # of the peers
Sums = Iterable[tuple[Decimal, str | None]]
ROUNDS = 3
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "US$": "USD"}
UNITS = {"euro": "EUR", "dollar": "USD", "united states dollar": "USD", "pound sterling": "GBP"}
SCALED = {"million": 10**6, "billion": 10**9, "m": 10**6, "bn": 10**9}
PLAIN = re.compile(r"([€$£]|\b(?:EUR|USD|NOK|DKK|SEK|GBP)\b)\s?(\d[\d.,]*)(?:\s(million|billion|m|bn)\b)?")


def ours(text: str) -> Sums:
    return [(m.value.amount, m.value.currency) for m in find_money(Document.from_text(text))]


def plain(text: str) -> Sums:
    """Read with one pattern, as a script would."""
    for sign, digits, scale in PLAIN.findall(text):
        number = Decimal(digits.rstrip(".,").replace(",", "") or "0")
        yield number * SCALED.get(scale, 1), SIGNS.get(sign, sign)


def price_parser(text: str) -> Sums:
    """Read the one price that price-parser finds in a sentence."""
    for sentence in SENTENCE.split(text):
        price = import_module("price_parser").Price.fromstring(sentence)
        if price.amount is not None and price.currency:
            yield price.amount, SIGNS.get(price.currency, price.currency)


def quantulum(text: str) -> Sums:
    for found in import_module("quantulum3.parser").parse(text):
        if found.unit.entity.name == "currency":
            yield Decimal(str(found.value)), UNITS.get(found.unit.name, found.unit.name)


READERS: dict[str, Callable[[str], Sums]] = {"aidlib": ours, "one pattern (re)": plain}
READERS |= {"price-parser": price_parser} if find_spec("price_parser") else {}
READERS |= {"quantulum3": quantulum} if find_spec("quantulum3") else {}


@pytest.fixture(scope="module")
def briefs(seeds: Path) -> list[Document]:
    """The briefs."""
    return [d for d in read_documents([seeds / "briefs"]) if isinstance(d, Document)]


@pytest.fixture(scope="module")
def gold(seeds: Path) -> dict[str, Counter[Any]]:
    """The sums of each brief, as annotated."""
    rows = [json.loads(line) for line in (seeds / "gold.jsonl").read_text("utf-8").splitlines()]
    return {
        row["id"]: Counter((Decimal(str(m["amount"])), m["currency"]) for m in row["mentions"])
        for row in rows
    }


def test_sums_are_found_as_annotated(briefs: list[Document], gold: dict[str, Counter[Any]]) -> None:
    print("\nsums of the briefs, amount and currency both right:")
    scores = {}
    for name, reader in READERS.items():
        right = given = 0
        for brief in briefs:
            found = Counter((amount, currency) for amount, currency in reader(brief.text))
            right += (found & gold[brief.id]).total()
            given += found.total()
        wanted = sum(counter.total() for counter in gold.values())
        scores[name] = 2 * right / (given + wanted)
        print(f"{name:<20} precision {right / given:.2f}  recall {right / wanted:.2f}  F1 {scores[name]:.2f}")
    assert max(scores, key=lambda name: scores[name]) == "aidlib"


def test_speed_is_told_beside_the_peers(briefs: list[Document]) -> None:
    """Every side reads the same texts in turn; ours up to events, which no other gives."""
    sides: dict[str, Callable[[str], object]] = {
        "aidlib, up to events": lambda text: build_events(Document.from_text(text)),
        **{name: (lambda text, reader=reader: list(reader(text))) for name, reader in READERS.items()},
    }
    if find_spec("en_core_web_sm"):
        sides["spaCy small, NER"] = import_module("en_core_web_sm").load()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            start = time.process_time()
            for brief in briefs:
                side(brief.text)
            times[name].append(time.process_time() - start)
    first = median(times["aidlib, up to events"])
    size = sum(len(brief.text.encode()) for brief in briefs) / 1e6
    print("\nspeed on the briefs, one process:")
    for name, spent in times.items():
        print(
            f"{name:<22} {size / median(spent):8.2f} MB/s   {median(spent) / first:6.2f} x the time of ours"
        )
    if "spaCy small, NER" not in sides:
        print("spaCy small: its weights package is not installed, so it was not measured")
