"""In: a report and its sources. Out: each marker as it is and as it should be; the report filled.

What stands outside of markers stays as it is, byte for byte.
"""

from __future__ import annotations

import codecs
import html
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from aidlib.errors import AidlibError, ParameterError, ReadError
from aidlib.kit.figures import block_of, figure_named, hash_of
from aidlib.kit.markers import Marker, find_markers
from aidlib.kit.numbers import Query, Sources, parse_query, say
from aidlib.kit.words import dialect_of, escape

__all__ = ["Change", "Review", "check_report", "fill_report", "review_report", "write_report"]

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SHA = re.compile(r"\bsha256=\w*")
# A comment here would make its line a block of HTML in Markdown, where nothing else is marked up.
LINE_START = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*")
NEWLINE = re.compile(r"\r\n|\n|\r")
PARAGRAPH = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)")
SHOWN = 160


@dataclass(frozen=True)
class Change:
    """A marker that says something else than it should; ``was`` is empty where it is not filled yet."""

    where: str
    asks: str
    was: str
    now: str

    def __str__(self) -> str:
        said = f"says “{self.was}”" if self.was else "is not filled"
        return f"{self.where}: {self.asks} {said}; it should say “{self.now}”"


@dataclass(frozen=True)
class Review:
    """A report held against its sources.

    ``changes`` are what it must change, ``faults`` the markers that cannot be answered, ``notes`` what
    is answered with nothing behind it. ``before`` and ``after`` are the bytes of the file.
    """

    path: Path
    before: bytes
    after: bytes
    n_markers: int
    changes: tuple[Change, ...]
    faults: tuple[AidlibError, ...]
    notes: tuple[str, ...]


def review_report(path: Path | str, sources: Sources) -> Review:
    """Read a report and work out what every marker should say; nothing is written.

    Raises
    ------
    ParameterError
        The report's language is unknown by its ending.
    ReadError
        It cannot be read.
    """
    path = Path(path)
    dialect = dialect_of(path)
    before = _bytes_of(path)
    bom, encoding, text = _decode(before, path)
    markers, broken = find_markers(text, dialect, where=str(path))
    faults: list[AidlibError] = [*broken]
    changes: list[Change] = []
    notes: list[str] = []
    parts: list[str] = []
    at = 0
    for marker in markers:
        where = f"{path}:{marker.line}"
        try:
            filled = _fill(_Place(marker, text, path, dialect, where), sources, notes)
            filled.text.encode(encoding)
        except UnicodeEncodeError as error:
            sign = filled.text[error.start]
            faults.append(
                ReadError(f"{sign!r} cannot be written in {encoding}", where=where, fix="Save it as UTF-8.")
            )
        except AidlibError as error:
            faults.append(_placed(error, where))
        else:
            if filled.text != text[marker.start : marker.end]:
                changes.append(_change(marker, filled, where))
                parts += [text[at : marker.start], filled.text]
                at = marker.end
    after = before
    if changes:
        after = bom + "".join([*parts, text[at:]]).encode(encoding)
    faults.sort(key=lambda fault: int(fault.where.rpartition(":")[2]))
    return Review(path, before, after, len(markers), tuple(changes), tuple(faults), tuple(notes))


def _placed(error: AidlibError, where: str) -> AidlibError:
    """Give an error the place of the marker; where it had one of its own, in brackets behind."""
    if error.where == where:
        return error
    return type(error)(f"{error.what} ({error.where})", where=where, fix=error.fix)


def fill_report(path: Path | str, sources: Sources) -> Review:
    """Fill and refresh every marker of a report in its place.

    Parameters
    ----------
    path : Path or str
        The report: Markdown, Quarto, HTML, LaTeX or plain text.
    sources : Sources
        Where its markers are answered from.

    Raises
    ------
    AidlibError
        A marker cannot be answered, the first of them; or the file cannot be read or written.
        The file is as it was.
    """
    review = review_report(path, sources)
    if review.faults:
        raise review.faults[0]
    write_report(review)
    return review


def check_report(path: Path | str, sources: Sources) -> tuple[Change, ...]:
    """List what is stale in a report; nothing where all is current.

    Parameters
    ----------
    path : Path or str
        The report: Markdown, Quarto, HTML, LaTeX or plain text.
    sources : Sources
        Where its markers are answered from.

    Raises
    ------
    AidlibError
        A marker cannot be answered, the first of them; or the file cannot be read.
    """
    review = review_report(path, sources)
    if review.faults:
        raise review.faults[0]
    return review.changes


def write_report(review: Review) -> None:
    """Write a report beside its place and then into it; a file that is current is not touched."""
    if review.after == review.before:
        return
    path = review.path.resolve()  # a link stays a link
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
            raise PermissionError(0, "it is read-only")
        part.write_bytes(review.after)
        shutil.copymode(path, part)
        if path.read_bytes() != review.before:
            raise PermissionError(0, "it was changed meanwhile")
        part.replace(path)
    except OSError as error:
        raise ParameterError(
            f"the report cannot be written: {error.strerror or error}",
            where=str(review.path),
            fix="It is as it was; make it writable, and fill it again.",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(
            f"the report cannot be read: {error.strerror or error}",
            where=str(path),
            fix="Give a file that exists and can be read.",
        ) from error


def _decode(data: bytes, path: Path) -> tuple[bytes, str, str]:
    """Give the byte-order mark, the encoding and the text: UTF-8 or what the mark says, else Windows-1252."""
    bom, encoding = next(((b, e) for b, e in BOMS if data.startswith(b)), (b"", "utf-8"))
    for name in (encoding,) if bom else ("utf-8", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = data[len(bom) :].decode(name)
            if "\0" not in text:
                return bom, name, text
    raise ReadError("the report is no text", where=str(path), fix="Save it as UTF-8.")


@dataclass(frozen=True)
class _Place:
    """A marker in its report."""

    marker: Marker
    text: str
    path: Path
    dialect: str
    where: str

    @property
    def newline(self) -> str:
        """The end of line that the report has there."""
        found = NEWLINE.search(self.text, self.marker.start) or NEWLINE.search(self.text)
        return found[0] if found else "\n"

    @property
    def is_on_own_line(self) -> bool:
        rest = re.split(r"[\r\n]", self.text[self.marker.end :], maxsplit=1)[0]
        return not self.marker.before.strip() and not rest.strip()

    def refuse(self, what: str, fix: str) -> ParameterError:
        return ParameterError(what, where=self.where, fix=fix)


@dataclass(frozen=True)
class _Filled:
    """A marker as it should be."""

    asks: str
    opener: str
    content: str
    closer: str

    @property
    def text(self) -> str:
        return f"{self.opener}{self.content}{self.closer}"


def _fill(place: _Place, sources: Sources, notes: list[str]) -> _Filled:
    marker, where = place.marker, place.where
    query = parse_query(marker.body, where=where)
    if query.kind == "figure":
        return _figure(place, query, sources)
    words, is_known = say(query, sources, where=where)
    if not is_known:
        notes.append(f"{where}: nothing in the books for {marker.body}; it says {words}")
    said = escape(words, place.dialect)
    if marker.form == "braces":
        opener, closer = _marks(place)
        return _Filled(marker.body, opener, said, closer)
    if PARAGRAPH.search(marker.content):
        raise place.refuse(
            "a paragraph stands between the marker and its close", "Close the marker behind its number."
        )
    if marker.form == "comment" and place.dialect == "latex":
        said = f"{place.newline}{said}{place.newline}"
    return _Filled(marker.body, marker.opener, said, marker.closer)


def _marks(place: _Place) -> tuple[str, str]:
    """Choose what stands before and behind the words of a marker in braces once it is filled."""
    body, dialect = place.marker.body, place.dialect
    if re.search(r"[{}\\%#]" if dialect == "latex" else r"-->|--!>|<!--|^-?>", body):
        raise place.refuse(f"{body!r} holds a sign that no marker can", "For a row, give its number instead.")
    if dialect == "latex":
        return f"\\aidlib{{{body}}}{{", "}"
    if dialect in ("markdown", "quarto") and LINE_START.fullmatch(place.marker.before):
        return f'<span data-aidlib="{html.escape(body)}">', "</span>"
    return f"<!-- aidlib: {body} -->", "<!-- /aidlib -->"


def _figure(place: _Place, query: Query, sources: Sources) -> _Filled:
    marker, dialect, where = place.marker, place.dialect, place.where
    if marker.form in ("span", "macro") or not (dialect == "html" or place.is_on_own_line):
        raise place.refuse("a figure stands on a line of its own", "Give it one, with nothing beside it.")
    entry = figure_named(query.name, sources.figures, where=where)
    block = block_of(
        entry,
        dialect,
        folder=sources.figures.absolute(),
        to=place.path.absolute().parent,
        kind=query.options.get("format"),
        caption=query.options.get("caption") != "no",
        where=where,
    )
    sha = f"sha256={hash_of(entry)}"
    start, end = ("% ", "") if dialect == "latex" else ("<!-- ", " -->")
    if "sha256" in query.options and marker.opener:
        opener = SHA.sub(sha, marker.opener, count=1)
    else:
        opener = f"{start}aidlib: {SHA.sub('', marker.body).strip()} {sha}{end}"
    indent = marker.before if not marker.before.strip() else ""
    lines = [*(indent + line if line else "" for line in block.split("\n")), indent]
    content = place.newline + place.newline.join(lines)
    return _Filled(f"figure {query.name}", opener, content, marker.closer or f"{start}/aidlib{end}")


def _change(marker: Marker, filled: _Filled, where: str) -> Change:
    if not filled.asks.startswith("figure "):
        was = _shown(marker.content) or ("" if marker.form == "braces" else "nothing")
        return Change(where, filled.asks, was, _shown(filled.content))
    sha, other_sha = ("".join(SHA.findall(text)) for text in (marker.opener, filled.opener))
    if sha != other_sha:
        return Change(where, filled.asks, sha, other_sha)
    old, new = marker.content.splitlines(), filled.content.splitlines()
    pairs = zip_longest(old, new, fillvalue="")
    one, other = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    return Change(where, filled.asks, _shown(one) or "nothing", _shown(other) or "nothing")


def _shown(text: str) -> str:
    words = re.sub(r"[\r\n]+", " ", text).strip()
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
