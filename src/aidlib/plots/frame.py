"""In: a figure's axes. Out: the same with its finding above, and its source below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aidlib.plots.style import GREY, INK, MARGIN, wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["frame"]

FRAME = "aidlib-frame"
LINE = 1.28 / 72  # inches a point of type, leading included


@dataclass(frozen=True)
class _Block:
    """Lines of one size and look."""

    lines: list[str]
    size: float
    colour: str
    bold: bool = False

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LINE


def frame(fig: Figure, *, finding: str, subtitle: str, source: str) -> None:
    """Draw title, subtitle and source around the axes; the figure grows, the axes keep their size.

    Framing a figure again replaces its frame.
    """
    _take_off(fig)
    width, body = (float(side) for side in fig.get_size_inches())
    room = width - 2 * MARGIN
    head = [
        _Block(wrap(finding, room, size=11, bold=True), 11, INK, True),
        _Block(wrap(subtitle, room, size=8.5), 8.5, GREY) if subtitle else _Block([], 8.5, GREY),
    ]
    foot = [_Block(wrap(f"Source: {source}", room, size=7.5), 7.5, GREY)]
    above = MARGIN + sum(block.height for block in head) + 0.1
    below = foot[0].height + MARGIN + 0.04
    _resize(fig, above, below)
    _write(fig, head, body + above + below - MARGIN)
    _write(fig, foot, below - 0.04)


def _take_off(fig: Figure) -> None:
    for text in [text for text in fig.texts if text.get_gid() == FRAME]:
        above, below = (float(part) for part in (text.get_url() or "0 0").split())
        text.remove()
        if above or below:
            _resize(fig, -above, -below)


def _resize(fig: Figure, above: float, below: float) -> None:
    width, body = (float(side) for side in fig.get_size_inches())
    whole = body + above + below
    boxes = [(axes, axes.get_position(original=True).bounds) for axes in fig.axes]
    fig.set_size_inches(width, whole)
    for axes, (x, y, w, h) in boxes:
        axes.set_position((x, (y * body + below) / whole, w, h * body / whole))
    if above > 0:
        # The frame remembers what it added, so that it can be taken off.
        mark = fig.text(0, 0, "", gid=FRAME)
        mark.set_url(f"{above!r} {below!r}")


def _write(fig: Figure, blocks: list[_Block], top: float) -> None:
    width, height = (float(side) for side in fig.get_size_inches())
    for block in blocks:
        for line in block.lines:
            fig.text(
                MARGIN / width,
                top / height,
                line,
                size=block.size,
                color=block.colour,
                weight="bold" if block.bold else "normal",
                va="top",
                ha="left",
                gid=FRAME,
                parse_math=False,
            )
            top -= block.size * LINE
