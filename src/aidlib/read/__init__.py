"""In: files, folders, records. Out: documents, and what had to be set aside; text is never changed."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import SetAside
from aidlib.read.language import foreign_language
from aidlib.read.pages import read_single
from aidlib.read.records import read_jsonl, read_parquet
from aidlib.read.warc import read_warc

__all__ = [
    "ENDINGS",
    "SetAside",
    "check_text",
    "find_inputs",
    "project_root",
    "read_document",
    "read_documents",
    "read_file",
]

ENDINGS = (
    *(".txt", ".md", ".html", ".htm", ".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet"),
    *(".warc", ".warc.gz"),
)


def project_root(start: Path | None = None) -> Path:
    """Find the nearest folder upwards that holds ``seeds``; the starting folder where none does.

    Parameters
    ----------
    start : Path, optional
        Where to begin; the current folder if left out.
    """
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "seeds").is_dir()), here)


def ending_of(path: Path) -> str | None:
    """Give the ending by which a file is read, or None for a file that is not ours.

    Examples
    --------
    >>> ending_of(Path("news.2024.JSONL.gz")), ending_of(Path("notes.docx"))
    ('.jsonl.gz', None)
    """
    name = path.name.lower()
    return max((e for e in ENDINGS if name.endswith(e) and name != e), key=len, default=None)


def find_inputs(inputs: Iterable[Path | str]) -> list[Path]:
    """List the files to read: those named, and those in the folders named, sorted by path.

    Hidden folders (``.ipynb_checkpoints``) and files are passed over; a file reached twice is read once.

    Raises
    ------
    ReadError
        An input is missing, a named file has an unknown ending, or a folder holds nothing to read.
    """
    found: dict[Path, Path] = {}
    for item in inputs:
        path = Path(item)
        for file in _files_in(path) if path.is_dir() else [_named_file(path)]:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _named_file(path: Path) -> Path:
    if not path.exists():
        raise ReadError(
            f"input {path} does not exist",
            where=f"looked in {path.resolve().parent}",
            fix="Check the path, or leave it out to read seeds/briefs.",
        )
    if ending_of(path) is None:
        raise ReadError(
            f"file {path.name} has an ending that is not read",
            where=str(path),
            fix=f"Give a file that ends in {', '.join(ENDINGS)}.",
        )
    return path


def _files_in(folder: Path) -> list[Path]:
    files: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(parent, name) for name in names if not name.startswith(".")]
    readable = sorted(file for file in files if ending_of(file))
    if not readable:
        raise ReadError(
            f"folder {folder} holds nothing to read",
            where=f"{len(files)} files of other kinds",
            fix=f"Put files there that end in {', '.join(ENDINGS)}.",
        )
    return readable


def read_documents(
    inputs: Iterable[Path | str], *, any_language: bool = False
) -> Iterator[Document | SetAside]:
    """Read documents one after the other, and say of each bad one why it is set aside.

    Parameters
    ----------
    inputs : iterable of Path or str
        Files, or folders searched in depth.
    any_language : bool, optional
        Keep documents that are not in English.

    Yields
    ------
    Document or SetAside
        In the order of the inputs. ``published`` is None where nothing outside the text tells it.

    Raises
    ------
    ReadError
        As in `find_inputs`, before anything is read.
    """
    return _read_files(find_inputs(inputs), any_language)


def _read_files(files: list[Path], any_language: bool) -> Iterator[Document | SetAside]:
    seen: dict[str, str] = {}
    for path in files:
        for line, result in read_file(path):
            if isinstance(result, SetAside):
                yield result
                continue
            where = str(path) if line is None else f"{path}, line {line}"
            try:
                _check(result, seen, where, any_language)
            except ReadError as error:
                yield SetAside.of(error, name=result.id, path=path, line=line)
            else:
                seen[result.id] = where
                yield result


def _check(document: Document, seen: dict[str, str], where: str, any_language: bool) -> None:
    if document.id in seen:
        raise ReadError(
            f"id {document.id!r} was met before, in {seen[document.id]}",
            where=where,
            fix="Give each document an id of its own; the first one is kept.",
        )
    check_text(document, where, any_language)


def check_text(document: Document, where: str, any_language: bool) -> None:
    """Refuse a document without text, and one that is surely not in English.

    Raises
    ------
    ReadError
        It is empty, or in another language while ``any_language`` is false.
    """
    if not document.text.strip():
        raise ReadError(f"document {document.id!r} has no text", where=where, fix="Fill it, or take it away.")
    language = None if any_language else foreign_language(document.text)
    if language:
        raise ReadError(
            f"document {document.id!r} is in {language}, not in English",
            where=where,
            fix="Give a translation, or read it as it is with --any-language.",
        )


def read_document(path: Path | str, *, any_language: bool = True) -> Document:
    """Read one file that holds one announcement.

    Raises
    ------
    ReadError
        The file is missing, broken, or holds more than one document.
    """
    results = list(read_documents([path], any_language=any_language))
    if len(results) == 1 and isinstance(results[0], Document):
        return results[0]
    bad = next((r for r in results if isinstance(r, SetAside)), None)
    if bad is not None:
        raise ReadError(bad.what, where=bad.where, fix=bad.fix)
    raise ReadError(
        f"{Path(path).name} holds {len(results)} documents, not one",
        where=str(path),
        fix="Use read_documents for several.",
    )


def read_file(path: Path) -> Iterator[tuple[int | None, Document | SetAside]]:
    """Read one file of any kind; ``line`` is None where the file is one document."""
    ending = ending_of(path) or ""
    try:
        if ending == ".parquet":
            yield from read_parquet(path)
        elif ending.startswith(".jsonl"):
            yield from read_jsonl(path, ending)
        elif ending.startswith(".warc"):
            with path.open("rb") as file:
                yield from ((n, item) for n, item in read_warc(file, str(path)) if item is not None)
        else:
            yield None, read_single(path, ending)
    except ReadError as error:
        yield (
            None,
            SetAside.of(error, name=None if ending.startswith((".j", ".p", ".w")) else path.stem, path=path),
        )
    except (OSError, EOFError, zlib.error) as error:
        broken = ReadError(
            f"{path.name} cannot be read: {error}", where=str(path), fix="Check the file, and copy it again."
        )
        yield None, SetAside.of(broken, name=None, path=path)
