"""In: labelled sums. Out: horizontal bars whose labels fit, whatever the sums and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    WIDTH,
    clip,
    eur,
    new_figure,
    shorten,
    styled,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Bar", "draw_bars", "draw_sentence", "span_of"]

NAMES = 1.45  # inches at most for the names at the left
PAD = 0.06  # inches between a bar and its label
GAP = 0.05


@dataclass(frozen=True)
class Bar:
    """One bar: from ``start`` to ``end``, with bounds, a label at its end and a name at its left."""

    name: str
    end: float
    label: str
    start: float = 0.0
    low: float | None = None
    high: float | None = None
    under: str = ""
    colour: str = BLUE
    edge: str | None = None
    hatch: str | None = None
    is_strong: bool = False

    @property
    def reach(self) -> float:
        """How far to the right anything of it goes, its label aside."""
        return max(self.start, self.end, self.high or 0.0, 0.0)


def span_of(low: Decimal | float, high: Decimal | float) -> str:
    """Say a range of euro.

    Examples
    --------
    >>> span_of(33.9e9, 34.7e9), span_of(5e6, 5e6)
    ('€33.9bn to €34.7bn', '')
    """
    least, most = eur(low, short=True), eur(high, short=True)
    return "" if least == most else f"{least} to {most}"


@styled
def draw_bars(bars: Sequence[Bar], *, connect: bool = False) -> Figure:
    """Draw bars from top to bottom; the scale leaves room for the longest label.

    ``connect`` draws a thin line from the end of each bar to the next, as a waterfall has it.
    """
    names = [clip(bar.name, NAMES) for bar in bars]
    depth = [max(1, len(lines)) + (0.85 if bar.under else 0) for lines, bar in zip(names, bars, strict=True)]
    steps = [0.165 * rows + 0.13 for rows in depth]
    unders = [shorten(bar.under, 34) for bar in bars]
    widths = [text_width(line) for lines in names for line in lines]
    widths += [text_width(under, size=7.5) for under in unders]
    left = MARGIN + max(widths) + 0.09
    fig, axes = new_figure(sum(steps) + 2 * GAP, left=left, bottom=GAP, top=GAP)
    _scale(axes, bars, WIDTH - left - MARGIN)
    tops = [sum(steps[:n]) for n in range(len(steps))]
    axes.set_ylim(sum(steps), 0)
    middles = [top + step / 2 for top, step in zip(tops, steps, strict=True)]
    for bar, middle, step in zip(bars, middles, steps, strict=True):
        _draw_one(axes, bar, middle, min(0.24, step * 0.7))
    for lines, under, middle in zip(names, unders, middles, strict=True):
        _name(axes, lines, under, middle)
    if connect:
        _connect(axes, bars, middles)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_axis_off()
    return fig


def _scale(axes: Axes, bars: Sequence[Bar], room: float) -> None:
    """Choose the scale at which the bar and label that need most just fit."""
    needed = [
        bar.reach * room / max(room - text_width(bar.label, size=8.5, bold=bar.is_strong) - 2 * PAD, 0.3)
        for bar in bars
    ]
    axes.set_xlim(0, max(needed) or 1)


def _draw_one(axes: Axes, bar: Bar, middle: float, thick: float) -> None:
    axes.barh(
        middle,
        bar.end - bar.start,
        left=bar.start,
        height=thick,
        color=bar.colour,
        edgecolor=bar.edge or bar.colour,
        hatch=bar.hatch,
    )
    if bar.low is not None and bar.high is not None and bar.high > bar.low:
        axes.plot([bar.low, bar.high], [middle, middle], color=INK, linewidth=1.1)
        for at in (bar.low, bar.high):
            axes.plot([at, at], [middle - thick / 4, middle + thick / 4], color=INK, linewidth=1.1)
    axes.annotate(
        bar.label,
        (bar.reach, middle),
        xytext=(PAD * 72, 0),
        textcoords="offset points",
        va="center_baseline",
        size=8.5,
        weight="bold" if bar.is_strong else "normal",
        parse_math=False,
    )


def _name(axes: Axes, lines: list[str], under: str, middle: float) -> None:
    whole = len(lines) * 0.16 + (0.13 if under else 0)
    at = middle - whole / 2 + 0.08
    for line in lines:
        _left(axes, line, at, 9, INK)
        at += 0.16
    if under:
        _left(axes, under, at - 0.012, 7.5, GREY)


def _left(axes: Axes, text: str, at: float, size: float, colour: str) -> None:
    axes.annotate(
        text,
        (0, at),
        xytext=(-5, 0),
        textcoords="offset points",
        ha="right",
        va="center_baseline",
        size=size,
        color=colour,
        parse_math=False,
    )


def _connect(axes: Axes, bars: Sequence[Bar], middles: Sequence[float]) -> None:
    for (bar, upper), lower in zip(zip(bars, middles, strict=True), middles[1:], strict=False):
        axes.plot([bar.end, bar.end], [upper, lower], color=GREY, linewidth=0.6, zorder=0.5)


@styled
def draw_sentence(sentence: str) -> Figure:
    """Draw a sentence where there is nothing else to draw."""
    lines = wrap(sentence, WIDTH - 4 * MARGIN)
    fig, axes = new_figure(0.4 + 0.2 * len(lines), bottom=0)
    axes.set_axis_off()
    axes.text(0.5, 0.5, "\n".join(lines), ha="center", va="center", color=GREY, parse_math=False)
    return fig
