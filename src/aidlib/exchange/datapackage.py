"""In: a ledger. Out: its data package as one zip."""

from __future__ import annotations

from pathlib import Path

from aidlib.exchange.whole import write_whole, zip_bytes
from aidlib.ledger import Ledger
from aidlib.ledger.files import contents_of

__all__ = ["write_datapackage"]


def write_datapackage(ledger: Ledger, path: Path | str) -> Path:
    """Write every file of a ledger's folder into one zip, ``datapackage.json`` among them.

    The same ledger gives the same bytes: no clock times, names in order.

    Parameters
    ----------
    ledger : Ledger
        Its tables are not changed.
    path : Path or str
        The zip; an old one is replaced.

    Raises
    ------
    ParameterError
        The place cannot be written.
    """
    return write_whole(path, zip_bytes(contents_of(ledger)))
