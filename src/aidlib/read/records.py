"""In: files of many records (JSON lines, Parquet), streamed. Out: their documents, one by one."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import SetAside, decode_text, document_of, text_of

BATCH_ROWS = 256


def _open_lines(path: Path, ending: str) -> IO[bytes]:
    if ending.endswith(".gz"):
        return cast(IO[bytes], gzip.open(path, "rb"))
    if ending.endswith(".zst"):
        return _open_zstd(path)
    return path.open("rb")


def _open_zstd(path: Path) -> IO[bytes]:
    try:
        import zstandard
    except ImportError as error:
        raise ReadError(
            f"{path.name} is packed with zstandard, which is not installed",
            where=str(path),
            fix="Install it with `pip install 'aidlib[scale]'`, or unpack the file.",
        ) from error
    stream = zstandard.ZstdDecompressor().stream_reader(path.open("rb"), read_across_frames=True)
    return io.BufferedReader(stream)


def read_jsonl(path: Path, ending: str) -> Iterator[tuple[int | None, Document | SetAside]]:
    with _open_lines(path, ending) as lines:
        for number, raw in enumerate(lines, start=1):
            if not raw.strip():
                continue
            where, fields = f"{path}, line {number}", None
            try:
                fields = _parse_json(raw, where)
                yield number, document_of(fields, where)
            except ReadError as error:
                name = fields.get("id") if fields else None
                yield number, SetAside.of(error, name=text_of(name), path=path, line=number)


def _parse_json(raw: bytes, where: str) -> dict[str, Any]:
    try:
        fields = json.loads(decode_text(raw, where))
    except (json.JSONDecodeError, RecursionError) as error:
        problem = (
            f"{error.msg} at character {error.pos + 1}"
            if isinstance(error, json.JSONDecodeError)
            else "too deep"
        )
        raise ReadError(
            f"the line is not JSON: {problem}", where=where, fix="Write one JSON object a line."
        ) from error
    if not isinstance(fields, dict):
        raise ReadError(
            f"the line is a JSON {type(fields).__name__}, not an object",
            where=where,
            fix='Write {"id": ..., "text": ...}.',
        )
    return fields


def read_parquet(path: Path) -> Iterator[tuple[int | None, Document | SetAside]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path, memory_map=True)
        have = set(file.schema_arrow.names)
        for key in ("id", "text"):
            if key not in have:
                raise ReadError(f"column {key!r} is missing", where=str(path), fix=f"Add the column {key!r}.")
        columns = [c for c in ("id", "text", "title", "published", "source") if c in have]
        rows = (r for b in file.iter_batches(BATCH_ROWS, columns=columns) for r in b.to_pylist())
        for number, fields in enumerate(rows, start=1):
            where = f"{path}, row {number}"
            try:
                yield number, document_of(fields, where)
            except ReadError as error:
                yield number, SetAside.of(error, name=text_of(fields["id"]), path=path, line=number)
    except pa.ArrowException as error:
        raise ReadError(
            f"{path.name} is not Parquet: {str(error).splitlines()[0]}",
            where=str(path),
            fix="Write it again, or take it away.",
        ) from error
