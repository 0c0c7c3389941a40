"""In: files as bytes. Out: a file in its place, whole or not at all; a zip that never varies."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from aidlib.errors import ParameterError
from aidlib.ledger import Ledger

__all__ = ["last_day", "write_whole", "zip_bytes"]

# The first day that a zip can hold: the same files are the same bytes.
STAMP = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


def write_whole(path: Path | str, data: bytes) -> Path:
    """Write a file beside its place and move it there; a run that is killed leaves the old one.

    Raises
    ------
    ParameterError
        The place cannot be written.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part") if path.name else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise ParameterError(
            f"{path} cannot be written: {error.strerror or error}",
            where="place of the export",
            fix="Choose a place that can be written, and close the file where it is open.",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Pack files, sorted by name, without the time and the machine.

    Examples
    --------
    >>> zip_bytes({"b": b"2", "a": b"1"}) == zip_bytes({"a": b"1", "b": b"2"})
    True
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, READABLE
            archive.writestr(entry, files[name], compresslevel=9)
    return out.getvalue()


def last_day(ledger: Ledger) -> date | None:
    """Give the day of the last publication, which dates what is made of the books."""
    days = [*ledger.events["published"].dropna()] or [*ledger.commitments["announced_on"].dropna()]
    return max(days).date() if days else None
