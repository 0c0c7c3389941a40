"""In: a folder. Out: a small corpus of many units there, and runs over it that can be killed."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["contents", "kill_and_go_on", "make_corpus", "run_corpus", "start"]

DONORS = "Latvia Norway Denmark Sweden Lithuania Estonia Iceland Canada".split()
RUN = """
import sys
import aidlib.corpus.stream, aidlib.corpus.units, aidlib.events
import pyarrow.compute, pyarrow.json, pyarrow.parquet
from aidlib.corpus import parse_corpus
from aidlib.errors import AidlibError
aidlib.corpus.units.UNIT_BYTES = 4_000
aidlib.corpus.units.UNIT_FILES = 5
{before}
print("ready", flush=True)
try:
    corpus = parse_corpus([sys.argv[1]], sys.argv[2], workers=int(sys.argv[3]))
except AidlibError as error:
    sys.exit(f"{{type(error).__name__}}: {{error}}")
print(corpus.documents, corpus.with_events, corpus.events, len(corpus.set_aside))
"""


def make_corpus(folder: Path, *, n: int = 300, seed: int = 7) -> Path:
    """Write documents as JSON lines, packed and not, Parquet and texts; some repeated, some broken."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    rows = [
        {"id": f"d{number % (n - 60)}", "published": f"2024-05-{1 + number % 28:02d}", "text": _text(chance)}
        for number in range(n)
    ]
    parts = [rows[: n // 2], rows[n // 2 : n * 2 // 3], rows[n * 2 // 3 : n - 20], rows[n - 20 :]]
    lines = ["".join(json.dumps(row) + "\n" for row in part) for part in parts]
    (folder / "a.jsonl").write_text(lines[0] + '{"id": "broken", "text": "Ukraine €1 million"\n')
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(lines[1].encode(), mtime=0))
    pq.write_table(pa.Table.from_pylist(parts[2]), folder / "c.parquet", row_group_size=20)
    for row in parts[3]:
        (folder / f"t-{row['id']}.txt").write_text(row["text"])
    return folder


def _text(chance: random.Random) -> str:
    donor, sum_ = chance.choice(DONORS), chance.randrange(1, 900)
    goods = chance.choice(("generators", "drones", "155 mm shells", "air defence"))
    return f"{donor} gave Ukraine €{sum_} million for {goods} on Friday, the ministry said. " * 2


def start(
    corpus: Path, out: Path, *, workers: int = 1, before: str = "", env: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Begin a run in a process of its own, and wait until it is about to read."""
    words = [sys.executable, "-c", RUN.format(before=before), str(corpus), str(out), str(workers)]
    around = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **(env or {})}
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=around)
    assert run.stdout is not None
    run.stdout.readline()
    return run


def run_corpus(
    corpus: Path, out: Path, *, workers: int = 1, before: str = "", env: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run to the end; give the exit code and what was said."""
    run = start(corpus, out, workers=workers, before=before, env=env)
    said, wrong = run.communicate(timeout=120)
    return run.returncode, said, wrong


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder by name, hidden ones too."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def kill_and_go_on(corpus: Path, out: Path, delays: Sequence[float], *, workers: int = 1) -> str:
    """Kill a run after each delay, in seconds, then let it go on to the end; give its last words."""
    for delay in delays:
        run = start(corpus, out, workers=workers)
        time.sleep(delay)
        run.kill()
        run.communicate()
    code, said, wrong = run_corpus(corpus, out, workers=workers)
    assert code == 0, wrong
    return said
