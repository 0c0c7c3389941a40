"""In: the text of a report. Out: its markers, each with its place; what looks like one and is none.

What a language shows as it is written (code, comments of the author's own) holds no markers.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from aidlib.errors import ParameterError

__all__ = ["KINDS", "Marker", "find_markers"]

KINDS = ("figure", "finding", "cell", "total", "gross", "delivered", "count")
_WORD = "|".join(KINDS)
_OURS = r"""
    <!--\s*aidlib:(?P<open>.*?)-->
  | (?P<close><!--\s*/aidlib\s*-->)
  | (?P<opener><span\s+data-aidlib=(?P<quote>["'])(?P<span>.*?)(?P=quote)\s*>)(?P<said>.*?)</span>
"""
_BRACES = r" | \{\{\s*aidlib:(?P<braces>[^\r\n]*?)\}\}"
_BROKEN = rf"""
  | (?P<broken>
        \{{\{{\s*aidlib\b | <span\b[^<>]*data-aidlib
      | <!--\s*/\s*aidlib\b | <!--\s*aidlib\s*(?::|(?:{_WORD})\b)
    )
"""
# A comment cannot stand in a tag, and is no comment in a title.
_WITHIN = r" | (?P<within><(?:/?[a-z][^<>]* | title\b[^>]*>[^<]*)\{\{\s*aidlib)"
_ELEMENTS = r"""
  | <(?P<element>pre|code|script|style|textarea)\b[^>]*>(?:.*?</(?P=element)\s*>|(?P<endless>.*))
"""
_COMMENT = r" | <!--(?:.*?-->|(?P<unclosed>.*))"
_CODE = r"""
  | ^[ \t>]*(?P<fence>`{3,})[^`\n]*\n.*?(?:^[ \t>]*(?P=fence)`*[ \t]*\r?$|\Z)
  | ^[ \t>]*(?P<waves>~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=waves)~*[ \t]*\r?$|\Z)
  | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\r?\n).)+?(?<!`)(?P=ticks)(?!`)
  | \\[^\w\s]
"""
_MACRO = r"""
    (?P<opener>\\aidlib\{(?P<macro>[^{}\r\n]*)\}\{)
    (?P<said>(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.)*\})*)\}
  | %[ \t]*aidlib:(?P<open>[^\r\n]*)
  | (?P<close>%[ \t]*/aidlib[ \t]*(?=[\r\n]|\Z))
"""
_BROKEN_LATEX = rf"""
  | (?P<broken>
        \{{\{{\s*aidlib\b | \\aidlib\s*\{{(?=\s*(?:{_WORD})\b)
      | %[ \t]*(?:/\s*aidlib\b | aidlib\s+(?:{_WORD})\b)
    )
"""
_LATEX_CODE = r"""
  | \\begin\{(?P<element>verbatim\*?|Verbatim|lstlisting|minted|comment)\}.*?\\end\{(?P=element)\}
  | \\(?:verb|lstinline)\*?(?P<bar>[^\w\s*])[^\r\n]*?(?P=bar)
  | \\[^\w\s]
  | %[^\r\n]*
"""
TOKENS = {
    "markdown": _OURS + _BRACES + _BROKEN + _COMMENT + _ELEMENTS + _WITHIN + _CODE,
    "quarto": _OURS + _BRACES + _BROKEN + _COMMENT + _ELEMENTS + _WITHIN + _CODE,
    "html": _OURS + _BRACES + _BROKEN + _COMMENT + _ELEMENTS + _WITHIN,
    "text": _OURS + _BRACES + _BROKEN,
    "latex": _MACRO + _BRACES + _BROKEN_LATEX + _LATEX_CODE,
}


@dataclass(frozen=True)
class Marker:
    """One marker: what it asks for (``body``), and what stands between its opener and its closer.

    ``form`` is braces (not filled yet), comment, span or macro; ``before`` what precedes it on its line.
    """

    line: int
    start: int
    end: int
    before: str
    form: str
    body: str
    opener: str = ""
    content: str = ""
    closer: str = ""


@cache
def _tokens(dialect: str) -> re.Pattern[str]:
    return re.compile(TOKENS[dialect], re.X | re.S | re.M | re.I)


def find_markers(text: str, dialect: str, *, where: str) -> tuple[list[Marker], list[ParameterError]]:
    """Find every marker of a report.

    Parameters
    ----------
    text, dialect : str
        The report, and its language.
    where : str
        Name of the report, for what is wrong.

    Returns
    -------
    markers : list of Marker
        In order of appearance, not overlapping.
    faults : list of ParameterError
        What was meant as a marker and is none, with file and line.
    """
    markers: list[Marker] = []
    faults: list[ParameterError] = []
    pending: re.Match[str] | None = None
    lines = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]

    def fault(at: int, what: str, fix: str) -> None:
        faults.append(ParameterError(what, where=f"{where}:{bisect_right(lines, at)}", fix=fix))

    for found in _tokens(dialect).finditer(text):
        groups = found.groupdict()
        if groups.get("open") is not None:
            if pending:
                fault(pending.start(), "the marker is not closed", _closing(dialect))
            pending = found
        elif groups.get("close"):
            if pending:
                markers.append(_pair(text, lines, pending, found))
            else:
                fault(found.start(), "this closes no marker", "Take it out, or open a marker before it.")
            pending = None
        elif groups.get("unclosed") is not None:
            fault(found.start(), "a comment is not closed", "Close it with -->.")
        elif groups.get("endless") is not None:
            fault(
                found.start(), f"<{found['element']}> is not closed", f"Close it with </{found['element']}>."
            )
        elif groups.get("within"):
            fault(found.end() - 1, "a marker cannot stand in a tag or a title", "Put it into the text.")
        elif pending:
            continue  # what stands in a marker is ours
        elif groups.get("broken"):
            fault(found.start(), f"{_first_line(text, found)!r} is no whole marker", _writing(dialect))
        else:
            markers.extend(_alone(text, lines, found, groups))
    if pending:
        fault(pending.start(), "the marker is not closed", _closing(dialect))
    return markers, faults


def _first_line(text: str, found: re.Match[str]) -> str:
    return text[found.start() : found.start() + 40].splitlines()[0]


def _closing(dialect: str) -> str:
    return f"Put {'% /aidlib on a line' if dialect == 'latex' else '<!-- /aidlib -->'} behind what it holds."


def _writing(dialect: str) -> str:
    return "Write {{aidlib: total donor=NOR}} on one line; `aidlib fill --help` lists what can be asked."


def _place(text: str, lines: Sequence[int], start: int, end: int) -> tuple[int, int, int, str]:
    """Give the line, the place, and what stands before it on the line."""
    line = bisect_right(lines, start)
    return line, start, end, text[lines[line - 1] : start]


def _pair(text: str, lines: Sequence[int], opening: re.Match[str], closing: re.Match[str]) -> Marker:
    place = _place(text, lines, opening.start(), closing.end())
    content = text[opening.end() : closing.start()]
    return Marker(*place, "comment", str(opening["open"]).strip(), opening[0], content, closing[0])


def _alone(text: str, lines: Sequence[int], found: re.Match[str], groups: dict[str, Any]) -> Iterator[Marker]:
    """Give the marker that one match holds whole; none where it is code or a comment."""
    place = _place(text, lines, found.start(), found.end())
    if groups.get("braces") is not None:
        yield Marker(*place, "braces", groups["braces"].strip())
    elif groups.get("said") is not None:
        is_macro = groups.get("macro") is not None
        body = groups["macro"] if is_macro else html.unescape(groups["span"])
        closer = text[found.end("said") : found.end()]
        form = "macro" if is_macro else "span"
        yield Marker(*place, form, body.strip(), groups["opener"], groups["said"], closer)
