"""In: a web archive (WARC). Out: the main text of its pages, one document a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import SetAside
from aidlib.read.pages import read_page

__all__ = ["read_warc"]

PAGES = ("text/html", "application/xhtml+xml")
LARGEST_PAGE = 16 << 20  # bytes; no page of news is larger, and what unpacks to more is no page


def read_warc(
    path: Path, keep: Callable[[bytes], bool] | None = None
) -> Iterator[tuple[int | None, Document | SetAside | None]]:
    """Read the pages of a web archive, packed or not.

    Parameters
    ----------
    path : Path
    keep : callable, optional
        Given a page's bytes, whether to take its text at all; None stands for one that is passed over.

    Yields
    ------
    (int, Document or SetAside or None)
        The number of the record, from 1, and what it holds.

    Raises
    ------
    ReadError
        fastwarc is not installed, or the archive breaks off.
    """
    try:
        from fastwarc.stream_io import StreamError
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise ReadError(
            f"{path.name} is a web archive, and fastwarc is not installed",
            where=str(path),
            fix="Install it with `pip install 'aidlib[scale]'`.",
        ) from error
    try:
        with path.open("rb") as file:
            records = ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True)
            for number, record in enumerate(records, start=1):
                if record.http_content_type in PAGES:
                    yield number, _page(record, f"{path}, record {number}", path, number, keep)
    except (StreamError, UnicodeDecodeError) as error:
        raise ReadError(
            f"the archive breaks off: {error}", where=str(path), fix="Check the file, and copy it again."
        ) from error


def _page(
    record: Any, where: str, path: Path, number: int, keep: Callable[[bytes], bool] | None
) -> Document | SetAside | None:
    headers = record.headers
    name = headers.get("WARC-Record-ID", f"{path.stem}-{number}").strip("<>").removeprefix("urn:uuid:")
    raw = record.reader.read(LARGEST_PAGE + 1)
    try:
        if len(raw) > LARGEST_PAGE:
            raise ReadError(
                f"the page holds over {LARGEST_PAGE:,} bytes",
                where=where,
                fix="Save its text as .txt or .md.",
            )
        if keep is not None and not keep(raw):
            return None
        return read_page(raw, name, where, headers.get("WARC-Target-URI"))
    except ReadError as error:
        return SetAside.of(error, name=name, path=path, line=number)
