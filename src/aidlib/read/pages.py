"""In: one file that is one document (text, brief, page). Out: the document; its text is never changed."""

from __future__ import annotations

import re
import warnings
from datetime import date
from pathlib import Path
from typing import Any

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read.fields import DATE_KEYS, SOURCE_KEYS, decode_text, first_date, first_text, text_of, url_of


def read_single(path: Path, ending: str) -> Document:
    raw = path.read_bytes()
    if ending in (".html", ".htm"):
        return read_html(path, raw)
    text = decode_text(raw, str(path))
    return read_markdown(path, text) if ending == ".md" else Document(path.stem, text)


def read_markdown(path: Path, text: str) -> Document:
    meta, body = _split_front_matter(text, str(path))
    heading = re.search(r"(?m)^# +(.+?)[ #\r]*$", body)
    title = text_of(meta.get("title")) or (heading.group(1) if heading else None)
    day, source = first_date(meta, DATE_KEYS, str(path)), first_text(meta, SOURCE_KEYS)
    return Document(path.stem, body, title, day, source, url_of(meta))


def _split_front_matter(text: str, where: str) -> tuple[dict[str, Any], str]:
    """Split a brief into its fields and its body: everything after the closing line's newline."""
    opening = re.match(r"---[ \t]*\r?\n", text)
    if not opening:
        return {}, text
    closing = re.compile(r"(?m)^---[ \t]*(?:\r?\n|\Z)").search(text, opening.end())
    if not closing:
        raise ReadError(
            "the front matter is never closed",
            where=f"{where}, line 1",
            fix="End it with a line of three hyphens.",
        )
    return _parse_yaml(text[opening.end() : closing.start()], where), text[closing.end() :]


def _parse_yaml(block: str, where: str) -> dict[str, Any]:
    import yaml

    line, problem, meta = 1, "", None
    try:
        meta = yaml.load(block, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        problem = error.problem or "no YAML"
        line = (error.problem_mark.line if error.problem_mark else 0) + 2
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = str(error).splitlines()[0]
    if not problem and not isinstance(meta, dict | None):
        problem = "not a list of fields"
    if problem:
        raise ReadError(
            f"the front matter is broken: {problem}",
            where=f"{where}, line {line}",
            fix='Write one `key: "value"` a line, in double quotes.',
        )
    return meta or {}


def read_html(path: Path, raw: bytes) -> Document:
    """Take main text and metadata of a saved page; nothing is fetched."""
    return read_page(raw, path.stem, str(path), None)


def read_page(raw: bytes, name: str, where: str, url: str | None) -> Document:
    """Take main text and metadata of a page's bytes; ``url`` is where it was found, if that is known."""
    import trafilatura

    html = decode_text(raw, where, _encoding_of(raw))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of time zones that no one knows: only the day counts
        # A fixed latest day keeps the answer the same on every day that it is asked.
        found: Any = trafilatura.bare_extraction(
            html,
            url=url,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={
                "original_date": True,
                "extensive_search": False,
                "max_date": "2100-01-01",
            },
        )
    if found is None or not (found.text or "").strip():
        raise ReadError("the page has no main text", where=where, fix="Save its text as .txt or .md.")
    published = date.fromisoformat(found.date) if found.date else None
    outlet = found.sitename or found.hostname
    return Document(name, found.text, found.title, published, outlet, url_of({"url": found.url or url}))


def _encoding_of(raw: bytes) -> str:
    """Take UTF-8 where it fits, else what the page declares, read as browsers do."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        declared = re.search(rb"""charset\s*=\s*["']?([\w-]+)""", raw[:4096])
        name = declared.group(1).decode().lower() if declared else "utf-8"
        name = "cp1252" if name in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
        try:
            "".encode(name)
        except LookupError:
            return "utf-8"
        return name
    return "utf-8"
