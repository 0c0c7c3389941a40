"""In: the name of a figure in a manifest. Out: a block that a report takes as it is, with its marker."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aidlib.errors import FigureError, ParameterError
from aidlib.kit.words import escape, escape_attribute
from aidlib.plots.manifest import read_manifest
from aidlib.story.parameters import nearest

__all__ = ["FORMATS", "block_of", "data_of", "embed_figure", "figure_named", "hash_of"]

# What each language shows; the first is taken where none is asked for. Quarto makes pages, PDF and
# Word of one source, and PNG is what all three take.
FORMATS = {
    "markdown": ("svg", "png"),
    "html": ("svg", "png"),
    "latex": ("pdf", "png"),
    "quarto": ("png", "svg", "pdf"),
    "text": ("svg", "png", "pdf"),
}
UNFIT = set("%#{}\\~^&$\"'\n\r")  # what \includegraphics cannot take in a path


def embed_figure(
    name: str,
    dialect: str = "markdown",
    *,
    kind: str | None = None,
    figures: Path | str = "figures",
    to: Path | str = ".",
) -> str:
    """Give the block that shows a figure in a report: image, alt text, caption, source and marker.

    Parameters
    ----------
    name : str
        Of a figure in ``manifest.json``.
    dialect : {"markdown", "html", "latex", "quarto", "text"}
        Language of the report.
    kind : {"svg", "png", "pdf"}, optional
        File to show; the one that the language takes best if left out.
    figures, to : Path or str
        Folder of the figures, and folder of the report, from which the image's path is written.

    Returns
    -------
    str
        Lines between an opening and a closing marker, with a newline at the end.

    Raises
    ------
    ParameterError
        There is no figure of that name, or the language cannot show that kind of file.
    FigureError
        The figure's files are gone, or are not those of the manifest.
    """
    if dialect not in FORMATS:
        raise ParameterError(
            f"no language {dialect!r}",
            where="embed_figure",
            fix=nearest(dialect, FORMATS) or f"There are {', '.join(FORMATS)}.",
        )
    folder = Path(figures)
    entry = figure_named(name, folder, where="embed_figure")
    block = block_of(entry, dialect, folder=folder, to=Path(to), kind=kind, where=f"figure {name!r}")
    body = f"figure {entry['name']}{f' format={kind}' if kind else ''} sha256={hash_of(entry)}"
    if dialect == "latex":
        return f"% aidlib: {body}\n{block}\n% /aidlib\n"
    return f"<!-- aidlib: {body} -->\n{block}\n<!-- /aidlib -->\n"


def figure_named(name: str, folder: Path, *, where: str) -> dict[str, Any]:
    """Find the entry of a figure, its data as the manifest has them."""
    entries = {entry["name"]: entry for entry in read_manifest(folder)}
    if not entries:
        raise ParameterError(
            f"there are no figures in {folder}", where=where, fix="Draw them with `aidlib story`."
        )
    if name not in entries:
        raise ParameterError(
            f"there is no figure {name!r}",
            where=where,
            fix=nearest(name, entries) or f"There are {', '.join(entries)}.",
        )
    entry = entries[name]
    missing = [key for key in ("finding", "caption", "alt", "data_sha256", "files") if not entry.get(key)]
    if missing:
        raise FigureError(
            f"figure {name!r} lacks {', '.join(missing)} in the manifest", where=where, fix=REDRAW
        )
    if hashlib.sha256(_file(entry, "csv", folder, where)).hexdigest() != entry["data_sha256"]:
        raise FigureError(
            f"the data of figure {name!r} are not those that its manifest names", where=where, fix=REDRAW
        )
    return entry


REDRAW = "Draw it again with `aidlib story`."


def hash_of(entry: Mapping[str, Any]) -> str:
    """Give the beginning of the hash of a figure's data, as markers hold it."""
    return str(entry["data_sha256"])[:12]


def data_of(entry: Mapping[str, Any], folder: Path, *, where: str) -> list[dict[str, str]]:
    """Read what a figure draws, a row a mark; the apostrophe before what a spreadsheet would run is off."""
    text = _file(entry, "csv", folder, where).decode("utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{key: str(cell or "").removeprefix("'") for key, cell in row.items()} for row in rows]


def _file(entry: Mapping[str, Any], kind: str, folder: Path, where: str) -> bytes:
    path = folder / str(entry["files"].get(kind) or f"{entry['name']}.{kind}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise FigureError(
            f"{path} cannot be read: {error.strerror or error}", where=where, fix=REDRAW
        ) from error


def block_of(
    entry: Mapping[str, Any],
    dialect: str,
    *,
    folder: Path,
    to: Path,
    kind: str | None = None,
    caption: bool = True,
    where: str,
) -> str:
    """Give what stands between the markers of a figure, without a newline at its end."""
    kinds = FORMATS[dialect]
    if kind is not None and kind not in kinds:
        raise ParameterError(
            f"a figure in {dialect} cannot be {kind!r}",
            where=where,
            fix=nearest(kind, kinds) or f"Give {' or '.join(kinds)}.",
        )
    kind = kind or kinds[0]
    _file(entry, kind, folder, where)
    path = Path(os.path.relpath(folder / str(entry["files"][kind]), to)).as_posix()
    return BLOCKS[dialect](entry, path, caption, where)


def _sentence(text: Any, dialect: str) -> str:
    words = str(text).rstrip()
    return escape(words if words.endswith((".", "!", "?", "…")) else f"{words}.", dialect)


def _url(path: str) -> str:
    return quote(path, safe="/._-~")


def _markdown(entry: Mapping[str, Any], path: str, caption: bool, where: str) -> str:
    said = f"\n**{_sentence(entry['finding'], 'markdown')}** {_sentence(entry['caption'], 'markdown')}\n"
    # Empty lines around, so that the comments of the marker do not become part of the paragraph.
    return f"\n![{escape(entry['alt'], 'markdown')}]({_url(path)})\n{said if caption else ''}"


def _html(entry: Mapping[str, Any], path: str, caption: bool, where: str) -> str:
    image = f'<img src="{_url(path)}" alt="{escape_attribute(entry["alt"], "html")}">'
    if not caption:
        return image
    finding, rest = (_sentence(entry[key], "html") for key in ("finding", "caption"))
    said = f"<figcaption><strong>{finding}</strong> {rest}</figcaption>"
    return f"<figure>\n{image}\n{said}\n</figure>"


def _latex(entry: Mapping[str, Any], path: str, caption: bool, where: str) -> str:
    if UNFIT & set(path):
        raise ParameterError(
            f"LaTeX cannot take the path {path!r}",
            where=where,
            fix="Move report and figures to folders named by letters, digits and hyphens.",
        )
    alt = escape(entry["alt"], "latex")
    finding, rest = (_sentence(entry[key], "latex") for key in ("finding", "caption"))
    lines = [
        r"\begin{figure}[htbp]",
        r"  \centering",
        rf"  \includegraphics[width=\linewidth,alt={{{alt}}}]{{{path}}}",
        *([rf"  \caption{{\textbf{{{finding}}} {rest}}}", rf"  \label{{fig:{entry['name']}}}"] * caption),
        r"\end{figure}",
    ]
    return "\n".join(lines)


def _quarto(entry: Mapping[str, Any], path: str, caption: bool, where: str) -> str:
    finding, rest = (_sentence(entry[key], "quarto") for key in ("finding", "caption"))
    said, label = (f"**{finding}** {rest}", f"#fig-{entry['name']} ") if caption else ("", "")
    alt = escape_attribute(entry["alt"], "quarto")
    return f'\n![{said}]({_url(path)}){{{label}fig-alt="{alt}"}}\n'


def _text(entry: Mapping[str, Any], path: str, caption: bool, where: str) -> str:
    keys = ("finding", "caption") if caption else ("finding",)
    return f"{' '.join(_sentence(entry[key], 'text') for key in keys)} ({path})"


BLOCKS = {"markdown": _markdown, "html": _html, "latex": _latex, "quarto": _quarto, "text": _text}
