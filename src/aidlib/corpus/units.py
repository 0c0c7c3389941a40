"""In: files and folders of any size. Out: pieces of work of some megabytes, each read on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aidlib.corpus.place import find_files, open_binary, size_of
from aidlib.read import ending_of

__all__ = ["Unit", "plan_units"]

UNIT_BYTES = 64 << 20
UNIT_FILES = 500
WHOLE = -1


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a corpus: row groups of a Parquet file, bytes of a JSONL file, or whole files.

    ``start`` and ``stop`` count row groups or bytes; ``stop`` is -1 for whole files. ``size`` is in bytes
    and serves the progress bar.
    """

    number: int
    paths: tuple[str, ...]
    ending: str
    start: int = 0
    stop: int = WHOLE
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    paths: tuple[str, ...]
    ending: str
    start: int
    stop: int
    size: int


def plan_units(inputs: Iterable[Path | str]) -> list[Unit]:
    """Divide a corpus into units, in the order of the inputs; no text is read.

    Raises
    ------
    ReadError
        As in `find_inputs`.
    """
    pieces: list[_Piece] = []
    small: list[str] = []
    for name in find_files(inputs):
        ending = ending_of(Path(name)) or ""
        if not (ending == ".parquet" or ending.startswith((".jsonl", ".warc"))):
            small.append(name)
            continue
        pieces += _of_small(small)
        small = []
        pieces += _of_large(name, ending)
    pieces += _of_small(small)
    return [Unit(n, p.paths, p.ending, p.start, p.stop, p.size) for n, p in enumerate(pieces)]


def _of_small(names: Sequence[str]) -> Iterator[_Piece]:
    for at in range(0, len(names), UNIT_FILES):
        some = tuple(names[at : at + UNIT_FILES])
        yield _Piece(some, "files", 0, WHOLE, sum(map(size_of, some)))


def _of_large(name: str, ending: str) -> Iterator[_Piece]:
    size = size_of(name)
    if ending == ".parquet":
        yield from _of_parquet(name, size)
    elif ending == ".jsonl":
        for at in range(0, size, UNIT_BYTES):
            stop = min(at + UNIT_BYTES, size)
            yield _Piece((name,), ending, at, stop, stop - at)
    else:
        yield _Piece((name,), ending, 0, WHOLE, size)


def _of_parquet(name: str, size: int) -> Iterator[_Piece]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with open_binary(name) as file:
            about = pq.read_metadata(file)
        sizes = [about.row_group(n).total_byte_size for n in range(about.num_row_groups)]
    except (pa.ArrowException, OSError):  # what is wrong is said where it is read
        yield _Piece((name,), ".parquet", 0, WHOLE, size)
        return
    start = held = 0
    for number, more in enumerate(sizes, start=1):
        held += more
        if held >= UNIT_BYTES or number == len(sizes):
            yield _Piece((name,), ".parquet", start, number, held)
            start, held = number, 0
