"""In: a unit of a corpus. Out: its documents that can hold aid, in order, and a count of all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from aidlib.corpus.place import open_binary
from aidlib.corpus.sift import may_hold_aid, page_may_hold_aid, sift
from aidlib.corpus.units import WHOLE, Unit
from aidlib.errors import ReadError
from aidlib.events.notes import LONGEST as LONGEST_NOTE
from aidlib.model import Document
from aidlib.read import SetAside, read_file
from aidlib.read.fields import document_of, text_of
from aidlib.read.records import next_line, read_line, unpacked
from aidlib.read.warc import read_warc

__all__ = ["Counted", "candidates_of"]

BATCH_ROWS = 2048
BUFFER_BYTES = 1 << 20  # read from a column at once: a row group may not fit in memory
BLOCK_BYTES = 4 << 20


@dataclass(slots=True)
class Counted:
    """How much of a unit was met so far."""

    documents: int = 0
    text_bytes: int = 0
    candidates: int = 0


def candidates_of(unit: Unit, counted: Counted, *, everything: bool = False) -> Iterator[Document | SetAside]:
    """Give the documents of a unit that can hold aid, and the bad records among what may.

    Records without a text or an id are set aside; of a record that names no aid nothing else is checked.
    With ``everything`` all documents are given.
    """
    if unit.ending == ".parquet":
        found = _of_parquet(unit, counted, everything)
    elif unit.ending.startswith(".jsonl"):
        found = _of_lines(unit, counted, everything)
    elif unit.ending.startswith(".warc"):
        found = _of_archive(unit, counted, everything)
    else:
        found = _of_files(unit, counted, everything)
    for item in found:
        counted.candidates += isinstance(item, Document)
        yield item


def _of_parquet(unit: Unit, counted: Counted, everything: bool) -> Iterator[Document | SetAside]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = unit.paths[0]
    try:
        with open_binary(path) as opened, pq.ParquetFile(opened, buffer_size=BUFFER_BYTES) as file:
            have = file.schema_arrow.names
            missing = [key for key in ("id", "text") if key not in have]
            if missing:
                raise ReadError(
                    f"column {missing[0]!r} is missing", where=path, fix=f"Add the column {missing[0]!r}."
                )
            columns = [c for c in ("id", "text", "title", "published", "source", "url") if c in have]
            groups = range(unit.start, unit.stop if unit.stop != WHOLE else file.num_row_groups)
            row = sum(file.metadata.row_group(n).num_rows for n in range(unit.start))
            for group in groups:  # one at a time, without threads: memory stays flat
                for batch in file.iter_batches(BATCH_ROWS, [group], columns, use_threads=False):
                    yield from _of_batch(batch, counted, path, row, everything)
                    row += len(batch)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{Path(path).name} cannot be read: {str(error).splitlines()[0]}",
            where=path,
            fix="Write it again, or take it away.",
        ) from error


def _of_batch(
    batch: Any, counted: Counted, path: str, row: int, everything: bool
) -> Iterator[Document | SetAside]:
    import pyarrow as pa

    texts = batch.column("text")
    if not pa.types.is_large_string(texts.type):
        texts = texts.cast(pa.large_string())
    counted.documents += len(batch)
    days = batch.column("published") if "published" in batch.schema.names else None
    chosen = choose(texts, days, counted)
    chosen = list(range(len(batch))) if everything else chosen
    for number, fields in zip(chosen, _rows(batch, chosen), strict=True):
        where = f"{path}, row {row + number + 1}"
        try:
            yield document_of(fields, where)
        except ReadError as error:
            yield SetAside.of(error, name=text_of(fields["id"]), path=path, line=row + number + 1)


def choose(texts: Any, published: Any, counted: Counted) -> list[int]:
    """Number the rows of a column of texts that can hold aid, or hold no text at all."""
    import pyarrow.compute as pc

    starts = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    counted.text_bytes += int(starts[-1] - starts[0])
    length = pc.utf8_length(texts)
    letters = np.frombuffer(length.buffers()[1], np.int64)[length.offset : length.offset + len(length)]
    short = np.flatnonzero(letters < LONGEST_NOTE).tolist()
    days = [None] * len(short) if published is None else _rows(published, short)
    undated = {number for number, day in zip(short, days, strict=True) if day in (None, "")}
    chosen = sift(memoryview(texts.buffers()[2] or b""), starts, letters, undated)
    return sorted({*chosen, *np.flatnonzero(starts[1:] == starts[:-1]).tolist()})


def _rows(column: Any, numbers: list[int]) -> list[Any]:
    """Take rows of a column or batch; by way of a buffer, for ``pa.array`` loads pandas, 40 MB a worker."""
    import pyarrow as pa

    places = pa.py_buffer(np.array(numbers, np.int64))
    taken: list[Any] = column.take(
        pa.Array.from_buffers(pa.int64(), len(numbers), [None, places])
    ).to_pylist()
    return taken


def _of_lines(unit: Unit, counted: Counted, everything: bool) -> Iterator[Document | SetAside]:
    """Read the lines that begin within a range of bytes, or all of a packed file."""
    path = unit.paths[0]
    with open_binary(path) as opened:
        file = unpacked(opened, unit.ending, path)
        at = unit.start
        if at:
            file.seek(at - 1)
            at += next_line(file)[1] - 1
        while unit.stop == WHOLE or at < unit.stop:
            block = file.read(BLOCK_BYTES if unit.stop == WHOLE else min(BLOCK_BYTES, unit.stop - at))
            if not block:
                break
            rest, size = next_line(file) if not block.endswith(b"\n") else (b"", 0)
            yield from _of_block(block + rest, counted, path, at, everything)
            at += len(block) + size


def _of_block(
    block: bytes, counted: Counted, path: str, at: int, everything: bool
) -> Iterator[Document | SetAside]:
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
    cuts = np.unique(np.concatenate(([0], ends, [len(block)]))).tolist()
    lines = [(start, end) for start, end in pairwise(cuts) if not block[start:end].isspace()]
    counted.documents += len(lines)
    chosen = None if everything else _choose_lines(block, len(lines), counted)
    for number in range(len(lines)) if chosen is None else chosen:
        start, end = lines[number]
        item = read_line(block[start:end], f"{path}, byte {at + start}", path, None)
        if isinstance(item, SetAside) or everything or _is_wanted(item):
            yield item


def _choose_lines(block: bytes, n_lines: int, counted: Counted) -> list[int] | None:
    """Number the lines of JSON that can hold aid; None where that takes a look at each of them."""
    import pyarrow as pa
    from pyarrow import json as arrow_json

    try:
        block.decode("utf-8")
        table = arrow_json.read_json(
            io.BytesIO(block),
            arrow_json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            arrow_json.ParseOptions(
                explicit_schema=pa.schema({"text": pa.large_string(), "published": pa.string()}),
                unexpected_field_behavior="ignore",
            ),
        ).combine_chunks()
    except (pa.ArrowException, UnicodeDecodeError):
        counted.text_bytes += len(block)
        return None
    if table.num_rows != n_lines or not n_lines:
        counted.text_bytes += len(block)
        return None
    return choose(table.column("text").chunk(0), table.column("published").chunk(0), counted)


def _is_wanted(document: Document) -> bool:
    return not document.text.strip() or may_hold_aid(document.text, dated=document.published is not None)


def _of_files(unit: Unit, counted: Counted, everything: bool) -> Iterator[Document | SetAside]:
    for path in unit.paths:
        for _, item in read_file(Path(path)):
            counted.documents += 1
            counted.text_bytes += len(item.text) if isinstance(item, Document) else 0
            if isinstance(item, SetAside) or everything or _is_wanted(item):
                yield item


def _of_archive(unit: Unit, counted: Counted, everything: bool) -> Iterator[Document | SetAside]:
    path = unit.paths[0]
    with open_binary(path) as file:
        for _, item in read_warc(file, path, keep=None if everything else page_may_hold_aid):
            counted.documents += 1
            counted.text_bytes += len(item.text) if isinstance(item, Document) else 0
            if isinstance(item, SetAside) or (item is not None and (everything or _is_wanted(item))):
                yield item
