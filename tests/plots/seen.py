"""In: a figure. Out: its texts as a reader sees them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from aidlib.plots.frame import frame
from aidlib.plots.style import style


def boxes(fig: Figure) -> Iterator[tuple[str, Bbox]]:
    """Give every text that is seen, with its box in points."""
    fig.canvas.draw()
    for text in fig.findobj(Text):
        if isinstance(text, Text) and text.get_text().strip() and text.get_visible():
            shown = text.axes is None or text.axes.axison or text in text.axes.texts
            if shown:
                yield text.get_text(), Text.get_window_extent(text)


def faults(fig: Figure) -> list[str]:
    """List the texts that overlap, or run out of the frame."""
    found = [(words, box) for words, box in boxes(fig)]
    width, height = fig.get_size_inches() * fig.dpi
    out = [
        words
        for words, box in found
        if box.x0 < -1 or box.x1 > width + 1 or box.y0 < -1 or box.y1 > height + 1
    ]
    for (words, one), (others, two) in combinations(found, 2):
        both = Bbox.intersection(one, two)
        if both is not None and both.width > 1 and both.height > 2:
            out.append(f"{words} / {others}")
    return out


def framed(fig: Figure, told: dict[str, str]) -> Figure:
    """Put the frame around a figure, as saving does."""
    with style():
        frame(fig, finding=told["finding"], subtitle=told["subtitle"], source="A source of some length")
    return fig
