"""In: one figure's entry. Out: ``manifest.json`` of a folder with it, whoever else writes there."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aidlib.errors import FigureError

__all__ = ["enter", "put", "read_manifest"]

PLAIN = re.compile(r"\w[\w.-]*")
PATIENCE = 20.0  # seconds that one notebook waits for another's entry


def put(path: Path, content: bytes) -> None:
    """Write a file whole, and only where it changes."""
    if path.exists() and path.read_bytes() == content:
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep two notebooks from writing the manifest at once; a lock left by a killed run grows old."""
    lock = folder / ".manifest.lock"
    until = time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > until:
                lock.unlink(missing_ok=True)
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def read_manifest(folder: Path | str) -> list[dict[str, Any]]:
    """Read the entries of a folder's manifest; none where there is no manifest yet.

    Raises
    ------
    FigureError
        The file is no manifest.
    """
    path = Path(folder) / "manifest.json"
    if not path.exists():
        return []
    try:
        entries = json.loads(path.read_text("utf-8"))["figures"]
        for entry in entries:
            for file in (entry["name"], *entry.get("files", {}).values()):
                if not PLAIN.fullmatch(file):
                    raise ValueError(f"{file!r} names a file elsewhere")
        return [dict(entry) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FigureError(
            f"the manifest cannot be read: {error}", where=str(path), fix="Delete it; it is made anew."
        ) from error


def enter(folder: Path, entry: dict[str, Any]) -> None:
    """Put a figure's entry into the manifest, in the place of its older one; sorted by name."""
    with _alone(folder):
        others = [old for old in read_manifest(folder) if old["name"] != entry["name"]]
        figures = sorted([*others, entry], key=lambda one: str(one["name"]))
        text = json.dumps({"figures": figures}, ensure_ascii=False, indent=2, default=str)
        put(folder / "manifest.json", f"{text}\n".encode())
