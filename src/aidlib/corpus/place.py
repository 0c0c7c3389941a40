"""In: a path or an address of fsspec. Out: its files, opened, measured, and stamped to see a change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, cast

from aidlib.errors import ReadError
from aidlib.read import ending_of, find_inputs

__all__ = ["find_files", "open_binary", "size_of", "stamp_of"]


def _is_address(name: str) -> bool:
    return "://" in name


def _located(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(address)
    except (ImportError, ValueError) as error:  # fsspec, or what it needs for this protocol
        raise ReadError(
            f"the address cannot be opened: {error}",
            where=address,
            fix="Install `pip install 'aidlib[scale]'` and what the protocol needs, or give a path.",
        ) from error
    return found


def find_files(inputs: Iterable[Path | str]) -> list[str]:
    """List the files of a corpus: of paths as `find_inputs` does, of addresses likewise.

    Raises
    ------
    ReadError
        As in `find_inputs`; an address cannot be opened.
    """
    found: dict[str, None] = {}
    for item in inputs:
        if not _is_address(str(item)):
            found |= dict.fromkeys(map(str, find_inputs([item])))
            continue
        files, root = _located(str(item))
        names = sorted(files.find(root)) if files.isdir(root) else [root] * files.exists(root)
        readable = [name for name in names if ending_of(Path(name))]
        if not readable:
            raise ReadError(
                "there is nothing to read",
                where=str(item),
                fix="Check the address and the endings of its files.",
            )
        found |= dict.fromkeys(files.unstrip_protocol(name) for name in readable)
    return [*found]


def open_binary(name: str) -> BinaryIO:
    """Open a file to read its bytes; close it when done."""
    if not _is_address(name):
        return Path(name).open("rb")
    files, path = _located(name)
    return cast(BinaryIO, files.open(path, "rb"))


def size_of(name: str) -> int:
    """Measure a file, in bytes."""
    if not _is_address(name):
        return Path(name).stat().st_size
    files, path = _located(name)
    return int(files.size(path) or 0)


def stamp_of(name: str) -> str:
    """Name the state of a file; another stamp means that it changed."""
    if not _is_address(name):
        stat = Path(name).stat()
        return f"{stat.st_size} {stat.st_mtime_ns}"
    files, path = _located(name)
    return str(files.ukey(path))
