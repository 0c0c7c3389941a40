"""In: files of many records (JSON lines, Parquet), streamed. Out: their documents, one by one."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, cast

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import SetAside, decode_text, document_of, text_of

BATCH_ROWS = 256
LARGEST_LINE = 64 << 20  # bytes; what a small packed file unpacks to may be any length


def unpacked(file: BinaryIO, ending: str, where: str) -> BinaryIO:
    """Give the bytes of a file of lines, unpacked as its ending tells.

    Raises
    ------
    ReadError
        It is packed with zstandard, which is not installed.
    """
    if ending.endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    if not ending.endswith(".zst"):
        return file
    try:
        import zstandard
    except ImportError as error:
        raise ReadError(
            f"{Path(where).name} is packed with zstandard, which is not installed",
            where=where,
            fix="Install it with `pip install 'aidlib[scale]'`, or unpack the file.",
        ) from error
    stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, _Checked(stream, where))))


class _Checked(io.RawIOBase):
    """A stream of zstandard whose errors are ours."""

    def __init__(self, stream: Any, where: str) -> None:
        self._stream, self._where = stream, where

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        import zstandard

        try:
            return int(self._stream.readinto(buffer))
        except zstandard.ZstdError as error:
            raise ReadError(
                f"{Path(self._where).name} cannot be read: {error}",
                where=self._where,
                fix="Check the file, and copy it again.",
            ) from error


def next_line(file: BinaryIO) -> tuple[bytes, int]:
    """Give the next line, cut where it is too long to be kept, and the bytes that it takes in the file."""
    line = file.readline(LARGEST_LINE + 1)
    size, piece = len(line), line
    while len(piece) == LARGEST_LINE + 1 and not piece.endswith(b"\n"):
        piece = file.readline(LARGEST_LINE + 1)
        size += len(piece)
    return line, size


def read_jsonl(path: Path, ending: str) -> Iterator[tuple[int | None, Document | SetAside]]:
    with path.open("rb") as opened:
        file = unpacked(opened, ending, str(path))
        for number in count(1):
            raw, size = next_line(file)
            if not size:
                return
            if raw.strip():
                yield number, read_line(raw, f"{path}, line {number}", path, number)


def read_line(raw: bytes, where: str, path: Path | str, number: int | None) -> Document | SetAside:
    """Make a document of a line of JSON, or say why it is none."""
    fields = None
    try:
        if len(raw) > LARGEST_LINE:
            raise ReadError(
                f"the line holds over {LARGEST_LINE:,} bytes", where=where, fix="Write one document a line."
            )
        fields = parse_json(raw, where)
        return document_of(fields, where)
    except ReadError as error:
        name = fields.get("id") if fields else None
        return SetAside.of(error, name=text_of(name), path=path, line=number)


def parse_json(raw: bytes, where: str) -> dict[str, Any]:
    text = decode_text(raw, where)
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        problem = (error.msg if isinstance(error, json.JSONDecodeError) else str(error)) + at
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
        columns = [c for c in ("id", "text", "title", "published", "source", "url") if c in have]
        rows = (r for b in file.iter_batches(BATCH_ROWS, columns=columns) for r in b.to_pylist())
        for number, fields in enumerate(rows, start=1):
            where = f"{path}, row {number}"
            try:
                yield number, document_of(fields, where)
            except ReadError as error:
                yield number, SetAside.of(error, name=text_of(fields["id"]), path=path, line=number)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise ReadError(
            f"{path.name} is not Parquet: {str(error).splitlines()[0]}",
            where=str(path),
            fix="Write it again, or take it away.",
        ) from error
