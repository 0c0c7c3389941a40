"""In: a document and the spans of a claim. Out: the sentences around them as HTML, the spans marked."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from aidlib.events.zones import split_sentences
from aidlib.model import Document, Span

__all__ = ["excerpt"]

AROUND = 300  # letters of whole sentences on either side, at most
LONGEST = 700  # letters of a sentence, or of a table without one, on either side of what is marked
GAP = ' <span class="faint">[…]</span> '


def excerpt(document: Document, spans: Iterable[Span]) -> str:
    """Quote what spans of a document say, with whole sentences around; what lies between is left out.

    Returns
    -------
    str
        HTML: text escaped, the spans in ``<mark>``, and in ``<strong>`` what lies within another.
    """
    marked = sorted({Span(s.start, min(s.end, s.start + 3 * LONGEST)) for s in spans if s.start < s.end})
    sentences = [Span(s.start, s.end) for s in split_sentences(document.text, [])]
    windows = _joined(_window(span, sentences) for span in marked)
    pieces = [_marked(document.text, window, marked) for window in windows]
    first = windows and windows[0].start > 0
    last = windows and windows[-1].end < len(document.text.rstrip())
    return (GAP.lstrip() if first else "") + GAP.join(pieces) + (GAP.rstrip() if last else "")


def _window(span: Span, sentences: Sequence[Span]) -> Span:
    """Widen a span to its sentences, and by those beside them as far as they are short enough."""
    own = [n for n, s in enumerate(sentences) if s.start < span.end and span.start < s.end]
    if not own:
        return span
    first, last = own[0], own[-1]
    start = max(min(sentences[first].start, span.start), span.start - LONGEST)
    end = min(max(sentences[last].end, span.end), span.end + LONGEST)
    if start <= sentences[first].start:
        while first > 0 and sentences[own[0]].start - sentences[first - 1].start <= AROUND:
            first -= 1
        start = min(start, sentences[first].start)
    if end >= sentences[last].end:
        while last + 1 < len(sentences) and sentences[last + 1].end - sentences[own[-1]].end <= AROUND:
            last += 1
        end = max(end, sentences[last].end)
    return Span(start, end)


def _joined(windows: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for window in sorted(windows):
        if joined and window.start <= joined[-1].end + 1:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, window.end))
        else:
            joined.append(window)
    return joined


def _marked(text: str, window: Span, spans: Sequence[Span]) -> str:
    inside = [span for span in spans if window.holds(span)]
    parts, at = [], window.start
    for run in _runs(inside):
        within = {span for span in inside if span != run and run.holds(span)}
        words = text[run.start : run.end].rstrip()
        parts += [html.escape(text[at : run.start]), f"<mark>{_strong(words, run.start, within)}</mark>"]
        at = run.start + len(words)
    return "".join([*parts, html.escape(text[at : window.end])]).strip()


def _runs(spans: Sequence[Span]) -> list[Span]:
    """Join spans that overlap."""
    runs: list[Span] = []
    for span in spans:
        if runs and span.start < runs[-1].end:
            runs[-1] = Span(runs[-1].start, max(runs[-1].end, span.end))
        else:
            runs.append(span)
    return runs


def _strong(words: str, start: int, within: Iterable[Span]) -> str:
    parts, at = [], 0
    # Only the innermost: a statement that overlaps another is not made bold as a whole.
    inner = [s for s in within if not any(o != s and s.holds(o) for o in within)]
    for span in sorted(inner):
        a, b = span.start - start, min(span.end - start, len(words))
        if at <= a < b:
            parts += [html.escape(words[at:a]), f"<strong>{html.escape(words[a:b])}</strong>"]
            at = b
    return "".join([*parts, html.escape(words[at:])])
