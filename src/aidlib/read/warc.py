"""In: a web archive (WARC). Out: the main text of its pages, one document a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import SetAside
from aidlib.read.pages import read_page

__all__ = ["read_warc"]

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
            if record.http_content_type not in ("text/html", "application/xhtml+xml"):
                continue
            raw = record.reader.read(LARGEST_PAGE)
            if keep is not None and not keep(raw):
                yield number, None
                continue
            name = str(record.record_id).removeprefix("<urn:uuid:").removesuffix(">")
            yield number, _page(where, number, name, raw, record.headers.get("WARC-Target-URI"))
    except FastWARCError as error:
        raise ReadError(
            f"{Path(where).name} is no web archive, or broken: {error}",
            where=where,
            fix="Check the file, and copy it again.",
        ) from error


def _page(where: str, number: int, name: str, raw: bytes, url: str | None) -> Document | SetAside:
    try:
        return read_page(raw, name, f"{where}, record {number}", url)
    except ReadError as error:
        return SetAside.of(error, name=name, path=where, line=number)
