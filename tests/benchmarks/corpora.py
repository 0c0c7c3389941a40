"""In: the project's own texts and a seed. Out: a corpus of general news in Parquet, of any size.

Of 200 documents one tells of aid to Ukraine, one names Ukraine and tells of none, and 198 are about
something else: paragraphs of our briefs in which every name of Ukraine and of its schemes is another,
and every digit is drawn anew. Nearly all of them name sums of money, more than real news does.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from aidlib.corpus.sift import may_hold_aid
from aidlib.events import build_events
from aidlib.lexicon import terms
from aidlib.model import Document
from aidlib.read import read_documents

SHARE_AID, SHARE_UKRAINE = 1 / 200, 1 / 200
CHARACTERS = 3000  # of a document, about what the real articles of the shared data have
ROWS = 2000  # of a row group
PLACES = ("Peru", "Kenya", "Oregon", "Bavaria", "Lisbon", "Toronto", "Bergen", "the city", "Malta")
OTHER = "The orchestra of Kyiv, Ukraine's oldest, played in Lisbon last night before a full house. "


def news_texts(seeds: Path) -> tuple[list[str], list[str]]:
    """Give texts of aid, and paragraphs about something else, of the project's own."""
    briefs = [d for d in read_documents([seeds / "briefs"]) if isinstance(d, Document)]
    aid = [d.text for d in briefs if build_events(d).events]
    return aid, [p for d in briefs for p in d.text.split("\n\n") if len(p) > 80]


def without_ukraine(paragraphs: Sequence[str], chance: random.Random) -> list[str]:
    """Give the paragraphs with every name of Ukraine and of its schemes replaced."""
    forms = {form.lstrip("=") for form, term in terms() if term.key == "UKR" or term.kind == "mechanism"}
    names = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))) + "|frozen", re.I)
    other = [names.sub(lambda _: chance.choice(PLACES), paragraph) for paragraph in paragraphs]
    return [text for text in other if not may_hold_aid(f"{text} €1", dated=True)]


def documents(aid: Sequence[str], paragraphs: Sequence[str], seed: int) -> Iterator[str]:
    """Draw documents without end."""
    chance = random.Random(seed)
    plain = without_ukraine(paragraphs, chance)
    while True:
        kind = chance.random()
        parts = [chance.choice(aid)] if kind < SHARE_AID else []
        parts += [OTHER] if SHARE_AID <= kind < SHARE_AID + SHARE_UKRAINE else []
        length = sum(map(len, parts))
        while length < CHARACTERS and kind >= SHARE_AID:
            parts.append(chance.choice(plain))
            length += len(parts[-1])
        if kind >= SHARE_AID:
            chance.shuffle(parts)  # Ukraine may be named anywhere
        digits = str(chance.randrange(10**6))
        yield "\n\n".join(parts).replace("1", digits[0]).replace("2", digits[-1]) + f"\n\n{digits}"


def write_corpus(path: Path, megabytes: int, texts: Iterator[str]) -> int:
    """Write documents to Parquet until their texts have that size; tell how many they are."""
    number = size = 0
    schema = pa.schema({"id": pa.string(), "text": pa.string(), "published": pa.string()})
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as file:
        while size < megabytes * 1_000_000:
            some = [next(texts) for _ in range(ROWS)]
            names = [f"d{number + n}" for n in range(ROWS)]
            days = [f"2024-{n % 12 + 1:02}-15" for n in range(ROWS)]
            file.write_table(pa.table({"id": names, "text": some, "published": days}, schema=schema))
            number += ROWS
            size += sum(len(text.encode()) for text in some)
    return number
