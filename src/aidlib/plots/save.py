"""In: a figure with what it shows. Out: its files, and its entry in the manifest; same data, same bytes."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.errors import FigureError
from aidlib.ledger.files import FORMULA_STARTS, Lines
from aidlib.plots.frame import frame
from aidlib.plots.manifest import enter, put
from aidlib.plots.style import require_signs, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = ["SavedFigure", "save_figure"]

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 100


@dataclass(frozen=True)
class SavedFigure:
    """A figure as it was written; a notebook shows it with its alt text."""

    name: str
    finding: str
    alt: str
    folder: Path
    svg: bytes

    def _repr_html_(self) -> str:
        return image_html(self.svg, self.alt)

    def __repr__(self) -> str:
        return f"{self.name}: {self.finding}"


def image_html(svg: bytes, alt: str) -> str:
    """Give a figure as one element that needs no file beside it."""
    data = base64.b64encode(svg).decode("ascii")
    return (
        f'<img alt="{html.escape(alt, quote=True)}" style="max-width:100%;width:34em;background-color:white" '
        f'src="data:image/svg+xml;base64,{data}">'
    )


def svg_of(fig: Figure, name: str, *, finding: str, source: str, alt: str, subtitle: str = "") -> bytes:
    """Draw title, subtitle and source around a figure, and give it as SVG; no file is written."""
    with style():
        frame(fig, finding=finding, subtitle=subtitle, source=source)
        for text in _texts(fig):
            require_signs(text.get_text())
        return _accessible(_drawn(fig, "svg", finding, alt), name, finding, alt)


def save_figure(
    fig: Figure,
    name: str,
    *,
    finding: str,
    source: str,
    alt: str,
    data: pd.DataFrame,
    subtitle: str = "",
    folder: Path | str = "figures",
    notebook: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> SavedFigure:
    """Write a figure as SVG, PNG, PDF and CSV, and enter it in ``manifest.json``.

    Parameters
    ----------
    fig : Figure
        Its axes alone; title, subtitle and source are drawn around them here.
    name : str
        Lower case words with hyphens between; the files are named after it.
    finding, subtitle, source : str
        What the data say (the title); measure, unit and period; where the data come from.
    alt : str
        What a reader hears who cannot see the figure, with its numbers.
    data : DataFrame
        What is drawn, one row a mark.
    folder : Path or str
        Where the files go; made if missing.
    notebook, parameters : str, mapping
        What drew it, for the manifest.

    Returns
    -------
    SavedFigure

    Raises
    ------
    FigureError
        Finding, source or alt text is empty, the name is no file name, the font has no sign for a letter,
        or the folder cannot be written.
    """
    _require(name, finding=finding, source=source, alt=alt)
    folder = Path(folder)
    table = csv_of(data)
    with style():
        files = {
            "svg": svg_of(fig, name, finding=finding, source=source, alt=alt, subtitle=subtitle),
            "png": _drawn(fig, "png", finding, alt),
            "pdf": _drawn(fig, "pdf", finding, alt),
            "csv": table,
        }
    entry = {
        "name": name,
        "finding": finding,
        "caption": f"{subtitle}. Source: {source}" if subtitle else f"Source: {source}",
        "alt": alt,
        "sources": [source],
        "notebook": notebook,
        "parameters": dict(parameters or {}),
        "data_sha256": hashlib.sha256(table).hexdigest(),
        "files": {kind: f"{name}.{kind}" for kind in files},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, content in files.items():
            put(folder / f"{name}.{kind}", content)
        enter(folder, entry)
    except OSError as error:
        raise FigureError(
            f"figure {name!r} cannot be written: {error.strerror or error}",
            where=str(folder),
            fix="Choose a folder that can be written, with the parameter figures_dir.",
        ) from error
    return SavedFigure(name, finding, alt, folder, files["svg"])


def _require(name: str, **texts: str) -> None:
    for what, text in texts.items():
        if not str(text).strip():
            raise FigureError(
                f"the {what} is empty", where=f"figure {name!r}", fix=f"Give save_figure a {what}."
            )
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise FigureError(
            f"{name!r} cannot name a figure",
            where="save_figure",
            fix="Use lower case words, hyphens between.",
        )


def _drawn(fig: Figure, kind: str, finding: str, alt: str) -> bytes:
    # No dates and no versions: an unchanged figure is an unchanged file.
    about: dict[str, dict[str, Any]] = {
        "svg": {"Title": finding, "Description": alt, "Creator": "aidlib", "Date": None},
        "png": {"Title": finding, "Description": alt, "Software": None},
        "pdf": {
            "Title": finding,
            "Subject": alt,
            "Creator": "aidlib",
            "Producer": None,
            "CreationDate": None,
        },
    }
    out = io.BytesIO()
    with _outlined(fig) if kind == "pdf" else nullcontext():
        more: dict[str, Any] = {"dpi": 300, "pil_kwargs": {"compress_level": 2}} if kind == "png" else {}
        fig.savefig(out, format=kind, metadata=about[kind], **more)
    return out.getvalue()


def _texts(fig: Figure) -> list[Text]:
    from matplotlib.text import Text

    return [text for text in fig.findobj(Text) if isinstance(text, Text)]


@contextmanager
def _outlined(fig: Figure) -> Iterator[None]:
    """Draw text as outlines, as in the SVG: cutting fonts to size would take most of a notebook's time."""
    from matplotlib.patheffects import Normal

    texts = [(text, text.get_path_effects()) for text in _texts(fig)]
    for text, _ in texts:
        text.set_path_effects([Normal()])
    try:
        yield
    finally:
        for text, before in texts:
            text.set_path_effects(before or [])


def _accessible(svg: bytes, name: str, finding: str, alt: str) -> bytes:
    """Give an SVG the role, title and description that a screen reader looks for."""
    text = svg.decode("utf-8")
    text = re.sub(r"<title>.*?</title>\s*", "", text, count=1, flags=re.S)
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-desc" '
    text = text.replace("<svg ", head, 1)
    said = (
        f'<title id="{name}-title">{html.escape(finding)}</title>\n'
        f'<desc id="{name}-desc">{html.escape(alt)}</desc>'
    )
    at = text.index(">", text.index(head)) + 1
    return f"{text[:at]}\n{said}{text[at:]}".encode()


def csv_of(data: pd.DataFrame) -> bytes:
    r"""Write the data of a figure; text that a spreadsheet would run gets an apostrophe before it.

    Examples
    --------
    >>> csv_of(pd.DataFrame({"donor": ["=1+1"], "eur": [Decimal("2.50")]}))
    b"donor,eur\n'=1+1,2.50\n"
    """
    plain = data.map(_cell) if len(data) else data
    out = Lines()
    plain.rename(columns=_cell).to_csv(out, index=False, lineterminator=Lines.END)
    return out.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return f"{value:.6g}" if value == value else ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
