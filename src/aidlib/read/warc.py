"""In: a web archive (WARC). Out: the main text of its pages, one document a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import SetAside
from aidlib.read.pages import read_page

__all__ = ["read_warc"]

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
        fastwarc is not installed.
    """
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise ReadError(
            f"{path.name} is a web archive, and fastwarc is not installed",
            where=str(path),
            fix="Install it with `pip install 'aidlib[scale]'`.",
        ) from error
    with path.open("rb") as file:
        for number, record in enumerate(
            ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True), start=1
        ):
            if record.http_content_type not in ("text/html", "application/xhtml+xml"):
                continue
            raw = record.reader.read(LARGEST_PAGE)
            if keep is not None and not keep(raw):
                yield number, None
                continue
            name = str(record.record_id).removeprefix("<urn:uuid:").removesuffix(">")
            yield number, _page(path, number, name, raw, record.headers.get("WARC-Target-URI"))


def _page(path: Path, number: int, name: str, raw: bytes, url: str | None) -> Document | SetAside:
    try:
        return read_page(raw, name, f"{path}, record {number}", url)
    except ReadError as error:
        return SetAside.of(error, name=name, path=path, line=number)
