"""In: files and folders of any size. Out: pieces of work of some megabytes, each read on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aidlib.read import ending_of, find_inputs

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
    small: list[Path] = []
    for path in find_inputs(inputs):
        ending = ending_of(path) or ""
        if not (ending == ".parquet" or ending.startswith((".jsonl", ".warc"))):
            small.append(path)
            continue
        pieces += _of_small(small)
        small = []
        pieces += _of_large(path, ending)
    pieces += _of_small(small)
    return [Unit(n, p.paths, p.ending, p.start, p.stop, p.size) for n, p in enumerate(pieces)]


def _of_small(files: Sequence[Path]) -> Iterator[_Piece]:
    for at in range(0, len(files), UNIT_FILES):
        some = files[at : at + UNIT_FILES]
        yield _Piece(tuple(map(str, some)), "files", 0, WHOLE, sum(f.stat().st_size for f in some))


def _of_large(path: Path, ending: str) -> Iterator[_Piece]:
    size = path.stat().st_size
    if ending == ".parquet":
        yield from _of_parquet(path)
    elif ending == ".jsonl":
        for at in range(0, size, UNIT_BYTES):
            stop = min(at + UNIT_BYTES, size)
            yield _Piece((str(path),), ending, at, stop, stop - at)
    else:
        yield _Piece((str(path),), ending, 0, WHOLE, size)


def _of_parquet(path: Path) -> Iterator[_Piece]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
        sizes = [about.row_group(n).total_byte_size for n in range(about.num_row_groups)]
    except (pa.ArrowException, OSError):  # what is wrong is said where it is read
        yield _Piece((str(path),), ".parquet", 0, WHOLE, path.stat().st_size)
        return
    start = size = 0
    for number, more in enumerate(sizes, start=1):
        size += more
        if size >= UNIT_BYTES or number == len(sizes):
            yield _Piece((str(path),), ".parquet", start, number, size)
            start, size = number, 0
