"""In: one record's fields, or bytes. Out: a document, or an error that says which field is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from aidlib.errors import AidlibError, ReadError
from aidlib.model import Document, address_of

DATE_KEYS = ("published", "source_date", "date")
SOURCE_KEYS = ("source_publisher", "source", "source_url")
URL_KEYS = ("source_url", "url")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document that could not be used: which, where, what is wrong, and how to mend it.

    ``id`` is None where the document has none; ``line`` counts from 1, and is None for a whole file.
    """

    id: str | None
    path: str
    line: int | None
    error: str
    what: str
    where: str
    fix: str

    @classmethod
    def of(
        cls, error: AidlibError, *, name: str | None, path: Path | str, line: int | None = None
    ) -> SetAside:
        """Make the record of an error."""
        return cls(name, str(path), line, type(error).__name__, error.what, error.where, error.fix)


def document_of(fields: dict[str, Any], where: str) -> Document:
    """Make a document of a record's own fields; any other field is ignored."""
    name, text = fields.get("id"), fields.get("text")
    for key, value, kinds in (("id", name, (str, int)), ("text", text, (str,))):
        if value in (None, "") and not (key == "text" and value == ""):
            raise ReadError(f"the record has no {key!r}", where=where, fix=f"Add the field {key!r}.")
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise ReadError(
                f"field {key!r} is a {type(value).__name__}, not a text",
                where=where,
                fix=f"Write {key!r} as a string.",
            )
    title, source = text_of(fields.get("title")), text_of(fields.get("source"))
    _refuse_half_characters((str(name), str(text), title or "", source or ""), where)
    day, url = first_date(fields, ("published",), where), url_of(fields)
    return Document(str(name), str(text), title, day, source, url)


def url_of(fields: dict[str, Any]) -> str | None:
    """Give the first address that a page can link to; anything else is none."""
    return next((url for key in URL_KEYS if (url := address_of(text_of(fields.get(key))))), None)


def _refuse_half_characters(values: tuple[str, ...], where: str) -> None:
    """Refuse a lone surrogate: JSON can escape one, but no text in UTF-8 can hold it."""
    try:
        for value in values:
            value.encode()
    except UnicodeEncodeError as error:
        raise ReadError(
            f"half a character, U+{ord(error.object[error.start]):04X}, stands at character {error.start}",
            where=where,
            fix="Write the whole character, or take the escape out.",
        ) from error


def text_of(value: object) -> str | None:
    return (str(value).strip() or None) if isinstance(value, str | int | float | date) else None


def first_text(meta: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if (text := text_of(meta.get(key)))), None)


def first_date(meta: dict[str, Any], keys: tuple[str, ...], where: str) -> date | None:
    for key in keys:
        if meta.get(key) not in (None, ""):
            return parse_day(meta[key], where=f"{where}, field {key!r}")
    return None


def parse_day(value: object, *, where: str) -> date:
    """Read the day of a date, a time stamp or an ISO text; refuse what leaves the day open.

    Examples
    --------
    >>> parse_day("2024-11-15T08:30:00Z", where="here")
    datetime.date(2024, 11, 15)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        return date.fromisoformat(text[:8] if text[:8].isdigit() else text[:10])
    except ValueError as error:
        raise ReadError(
            f"{text!r} is not a day",
            where=where,
            fix="Write the day of publication as YYYY-MM-DD, or leave it out.",
        ) from error


def decode_text(raw: bytes, where: str, encoding: str = "utf-8") -> str:
    """Decode bytes, a byte-order mark aside; refuse what is no text in that encoding."""
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in raw and not wide:
        raise ReadError("the file is binary, not text", where=where, fix="Export its text as UTF-8.")
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = " (the file is UTF-16)" if wide else ""
        raise ReadError(
            f"byte {raw[error.start]:#04x} is not {encoding.upper()}{hint}",
            where=f"{where}, line {line}, byte {error.start}",
            fix="Save the file as UTF-8.",
        ) from error
