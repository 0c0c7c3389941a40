"""In: a web archive (WARC). Out: the main text of its pages, one document a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import SetAside
from aidlib.read.pages import read_page

__all__ = ["read_warc"]

PAGES = ("text/html", "application/xhtml+xml")
LARGEST_PAGE = 16 << 20  # bytes; no page of news is larger, and what unpacks to more is no page


def read_warc(
    file: BinaryIO, where: str, keep: Callable[[bytes], bool] | None = None
) -> Iterator[tuple[int | None, Document | SetAside | None]]:
    """Read the pages of a web archive, packed or not.

    Parameters
    ----------
    file : binary file
    where : str
        Its path, for messages.
    keep : callable, optional
        Given a page's bytes, whether to take its text at all; None stands for one that is passed over.

    Yields
    ------
    (int, Document or SetAside or None)
        The number of the record, from 1, and what it holds.

    Raises
    ------
    ReadError
        fastwarc is not installed, or the archive is broken.
    """
    try:
        from fastwarc.stream_io import FastWARCError
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise ReadError(
            f"{Path(where).name} is a web archive, and fastwarc is not installed",
            where=where,
            fix="Install it with `pip install 'aidlib[scale]'`.",
        ) from error
    try:
        pages = ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True)
        for number, record in enumerate(pages, start=1):
            if record.http_content_type in PAGES:
                yield number, _page(record, where, number, keep)
    except (FastWARCError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{Path(where).name} is no web archive, or broken: {error}",
            where=where,
            fix="Check the file, and copy it again.",
        ) from error


def _page(
    record: Any, where: str, number: int, keep: Callable[[bytes], bool] | None
) -> Document | SetAside | None:
    headers, place = record.headers, f"{where}, record {number}"
    name = headers.get("WARC-Record-ID", f"{Path(where).stem}-{number}").strip("<>").removeprefix("urn:uuid:")
    raw = record.reader.read(LARGEST_PAGE + 1)
    try:
        if len(raw) > LARGEST_PAGE:
            raise ReadError(
                f"the page holds over {LARGEST_PAGE:,} bytes",
                where=place,
                fix="Save its text as .txt or .md.",
            )
        if keep is not None and not keep(raw):
            return None
        return read_page(raw, name, place, headers.get("WARC-Target-URI"))
    except ReadError as error:
        return SetAside.of(error, name=name, path=where, line=number)
