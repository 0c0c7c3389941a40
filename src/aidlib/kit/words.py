"""In: words of a figure or a number. Out: the same words as a report's language needs them written."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from aidlib.errors import ParameterError

__all__ = ["DIALECTS", "dialect_of", "escape", "escape_attribute"]

ENDINGS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".tex": "latex",
    ".qmd": "quarto",
    ".rmd": "quarto",
    ".txt": "text",
}
DIALECTS = tuple(dict.fromkeys(ENDINGS.values()))
# Inside of a marker no marker may begin or end, so braces and comments are written otherwise.
# @ cites in Quarto, $ is mathematics, ~ and ^ lower and raise; no backslash keeps ` from ending code.
MARKDOWN = {ord(c): f"\\{c}" for c in "\\*_{}[]$~^@|"}
MARKDOWN |= {ord(c): html.escape(c) for c in "&<>"} | {ord("`"): "&#96;"}
HTML = {ord("{"): "&#123;", ord("}"): "&#125;"}
# In ASCII, so that a report in any encoding takes it; ´−´ needs no package this way.
LATEX = {ord(c): f"\\{c}" for c in "$&#_%{}"} | {
    ord("\\"): r"\textbackslash{}",
    ord("~"): r"\textasciitilde{}",
    ord("^"): r"\textasciicircum{}",
    ord("<"): r"\textless{}",
    ord(">"): r"\textgreater{}",
    ord("|"): r"\textbar{}",
    ord("€"): r"\texteuro{}",
    ord("−"): r"\ensuremath{-}",
    ord("–"): "--",
    ord("…"): r"\dots{}",
    ord("\u00a0"): "~",
}
PLAIN = {"<!--": "<! --", "-->": "-- >", "{{": "{ {"}
QUOTED = {ord("\\"): r"\\", ord("{"): r"\{", ord("}"): r"\}"}


def _plain(text: str) -> str:
    for sign, apart in PLAIN.items():
        text = text.replace(sign, apart)
    return text


def _html(text: str) -> str:
    return html.escape(text, quote=True).translate(HTML)


TEXT: Mapping[str, Callable[[str], str]] = {
    "markdown": lambda text: text.translate(MARKDOWN),
    "html": _html,
    "latex": lambda text: text.translate(LATEX),
    "quarto": lambda text: text.translate(MARKDOWN),
    "text": _plain,
}


def escape(text: str, dialect: str) -> str:
    r"""Write words so that nothing in them is markup; on one line, without control characters.

    Examples
    --------
    >>> escape("<b> 5 % of [x]_1 -->", "markdown"), escape("5 % & {{#1}}", "latex")
    ('&lt;b&gt; 5 % of \\[x\\]\\_1 --&gt;', '5 \\% \\& \\{\\{\\#1\\}\\}')
    """
    return TEXT[dialect](_one_line(text))


def escape_attribute(text: str, dialect: str) -> str:
    r"""Write words for between the double quotes of an attribute, in HTML and Quarto.

    Examples
    --------
    >>> escape_attribute('a "b" \\ {c}', "quarto"), escape_attribute('a "b"', "html")
    ('a &quot;b&quot; \\\\ \\{c\\}', 'a &quot;b&quot;')
    """
    if dialect == "quarto":
        return html.escape(_one_line(text).translate(QUOTED), quote=True)
    return _html(_one_line(text))


def _one_line(text: str) -> str:
    # A no-break space stays: it holds a number and its unit together.
    plain = re.sub(r"[ \t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+", " ", text).strip(" ")
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f]", "", plain)
    return plain.encode("utf-8", "backslashreplace").decode("utf-8")


def dialect_of(path: Path) -> str:
    """Tell the language of a report by its ending.

    Raises
    ------
    ParameterError
        The ending is none of those known.

    Examples
    --------
    >>> dialect_of(Path("a/report.QMD"))
    'quarto'
    """
    if path.suffix.lower() not in ENDINGS:
        raise ParameterError(
            f"a report that ends in {path.suffix!r} is not known",
            where=str(path),
            fix=f"Give one that ends in {', '.join(ENDINGS)}.",
        )
    return ENDINGS[path.suffix.lower()]
