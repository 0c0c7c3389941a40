"""In: generated reports and texts. Out: how time and memory of resolving and of finding copies grow."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from aidlib.model import Document, Reading
from aidlib.resolve import resolve_events
from aidlib.resolve.copies import find_copies
from build import event, reading

DONORS = (
    "USA GBR DEU NOR DNK SWE NLD FRA POL CAN JPN EU FIN BEL ITA ESP LTU LVA EST CZE AUS KOR CHE IRL PRT AUT "
    "ROU BGR HRV SVN LUX GRC ISL NZL IMF WB EIB EBRD UN MULTI"
).split()
MONEY = {"USA": "USD", "GBR": "GBP", "NOR": "NOK", "DNK": "DKK", "SWE": "SEK", "CAN": "CAD", "JPN": "JPY"}
WAYS = (None, None, None, "in_kind", "procurement", "danish_model", "loan", "grant", "purl", "framework")
GOODS = (None, None, None, "F-16", "Patriot system", "drone", "155 mm shell", "NASAMS", "Leopard 2")
STAGES = ("pledged", "committed", "allocated", "delivered")
N_TEXTS = (2_000, 20_000)
SIZES = (2_000, 20_000, 200_000)
FIRST = date(2022, 2, 24)


def make_readings(n: int, *, seed: int = 7) -> list[Reading]:
    """Make n reports, about four an act, told by as many documents over five years."""
    chance = random.Random(seed)
    acts = [
        (
            chance.choice(DONORS),
            int(float(f"{10 ** chance.uniform(5.5, 9.5):.{chance.choice((0, 1, 1, 2))}e}")),
            chance.choice(WAYS),
            FIRST + timedelta(days=chance.randrange(1700)),
            chance.choice(GOODS),
        )
        for _ in range(n // 4)
    ]
    told = []
    for number in range(n):
        donor, amount, way, day, goods = chance.choice(acts)
        late = min(int(chance.expovariate(1 / 20)), 300)
        told.append(
            reading(
                event(
                    donor,
                    None if chance.random() < 0.2 else amount,
                    chance.choice(STAGES),
                    currency=MONEY.get(donor, "EUR"),
                    mechanism=way,
                    items={goods: None} if goods else None,
                    about_past=late > 5,
                ),
                id=f"d{number:06}",
                published=(day + timedelta(days=late)).isoformat(),
            )
        )
    return told


@pytest.mark.parametrize("n", SIZES)
def test_resolving_is_told_in_seconds_and_megabytes(n: int) -> None:
    found = measured(resolve_events, make_readings(n), "reports", lambda found: len(found.commitments))
    assert len(found.reports) == n


def measured(work: Callable[[Any], Any], given: Sequence[Any], what: str, count: Callable[[Any], int]) -> Any:
    """Do the work once, print its time and memory, and give what came of it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    found = work(given)
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{len(given)} {what}: {spent:.1f} s, {spent / len(given) * 1e6:.0f} µs each, "
        f"{peak:.0f} MB at most ({before:.0f} MB before), {count(found)} found"
    )
    assert peak < 2048
    return found


def make_texts(n: int, *, seed: int = 7) -> list[Document]:
    """Make n texts of about 3 kB that end in the same lines; a third of them copies, cut and misprinted."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnopqrst", k=chance.randint(2, 10))) for _ in range(20_000)]
    often = [1 / (rank + 5) for rank in range(len(words))]
    foot = chance.choices(words, often, k=60)
    texts: list[Document] = []
    while len(texts) < n:
        wire, day = chance.choices(words, often, k=420), FIRST + timedelta(days=chance.randrange(1700))
        for copy in range(chance.choice((1, 1, 1, 1, 3))):
            told = wire[: chance.randint(310, 420)] if copy else wire
            told = [word[::-1] if copy and chance.random() < 0.01 else word for word in told]
            texts.append(Document(f"t{len(texts):06}", " ".join([*told, *foot]), None, day))
    return texts[:n]


@pytest.mark.parametrize("n", N_TEXTS)
def test_finding_copies_is_told_in_seconds_and_megabytes(n: int) -> None:
    found = measured(find_copies, make_texts(n), "texts", len)
    assert 0.25 < len(found) / n < 0.3
