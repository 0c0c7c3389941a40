"""In: a document. Out: its reading: mentions, events, and a decision about every sum."""

from __future__ import annotations

from pathlib import Path

from aidlib.errors import ReadError
from aidlib.events.build import build_events
from aidlib.model import Document, Reading
from aidlib.read import read_documents

__all__ = ["build_events", "read_announcement"]


def read_announcement(source: Document | Path | str) -> Reading:
    """Read one announcement.

    Parameters
    ----------
    source : Document, Path or str
        A document, the path of a file, or the text itself (a string that names no file).

    Returns
    -------
    Reading

    Raises
    ------
    ReadError
        The file holds nothing that can be read.

    Examples
    --------
    >>> read_announcement("Latvia gave Ukraine €2 million in military aid.").events[0].donor
    'LVA'
    """
    if isinstance(source, Document):
        return build_events(source)
    from_file = isinstance(source, Path) or (
        len(source) < 1000 and "\n" not in source and Path(source).is_file()
    )
    if not from_file:
        return build_events(Document.from_text(str(source)))
    for document in read_documents([source]):
        if isinstance(document, Document):
            return build_events(document)
        raise ReadError(document.what, where=document.where, fix=document.fix)
    raise ReadError("the file holds no document", where=str(source), fix="Give a file with one text.")
