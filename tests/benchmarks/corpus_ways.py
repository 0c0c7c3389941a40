"""In: a way, a corpus and a place. Out: the seconds and the peak memory of reading the one in the other."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from aidlib.corpus import parse_corpus
from aidlib.corpus.sift import _subject

MONEY = re.compile(
    r"(?:[€$£]|\b(?:USD|EUR|GBP|NOK|DKK|SEK|PLN|CAD)\b)\s?\d[\d.,]*(?:\s(?:million|billion|bn|m)\b)?|"
    r"\b\d[\d.,]*\s(?:million|billion|bn)?\s?(?:euros?|dollars?|pounds?|kroner|kronor|zlotys?)\b",
    re.I,
)


def texts(path: Path) -> Iterator[bytes]:
    """Give the texts of a corpus, a row group at a time and one behind the other."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield memoryview(file.read_row_group(group, ["text"]).column(0).chunk(0).buffers()[2])


def main(way: str, corpus: Path, out: Path) -> None:
    """Do the work once and print what it took."""
    size = sum(len(block) for block in texts(corpus)) / 1e6
    events = 0
    start = time.perf_counter()
    if way.startswith("ours"):
        events = parse_corpus([corpus], out, workers=2 if "2" in way else 1).events
    elif way == "parquet":
        sum(len(block) for block in texts(corpus))
    elif way == "scan":
        pattern = _subject()
        sum(1 for block in texts(corpus) for _ in pattern.finditer(block))
    else:
        sum(1 for block in texts(corpus) for _ in MONEY.finditer(bytes(block).decode()))
    seconds = time.perf_counter() - start
    print(json.dumps({"megabytes": size, "seconds": seconds, "memory": peak_megabytes(), "events": events}))


def peak_megabytes() -> float:
    """Measure this process or its largest worker; what ``getrusage`` tells of itself began before it."""
    status = Path("/proc/self/status").read_text()
    own = int(re.search(r"VmHWM:\s+(\d+)", status)[1])  # type: ignore[index]
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1000


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
