"""In: labelled shares, in rows and columns. Out: a table of bars, each with its label above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    PALE,
    WIDTH,
    clip,
    new_figure,
    styled,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Row", "draw_cells"]

NAMES = 1.12  # inches at most for the names at the left
GAP = 0.1  # inches between two columns
STEP = 0.33  # inches a row
THICK = 0.085
HEAD = 0.14  # inches a line of a column's head


@dataclass(frozen=True)
class Row:
    """A name, and for every column its label and its share (from 0 to 1); None leaves a cell empty."""

    name: str
    cells: Sequence[tuple[str, float] | None]
    under: str = ""
    is_strong: bool = False


@styled
def draw_cells(heads: Sequence[str], rows: Sequence[Row], *, looks: Sequence[str] = ()) -> Figure:
    """Draw a row of bars for each name; all bars of the figure have one length at a share of 1.

    ``looks`` are the colours of the columns, blue where left out.
    """
    names = [clip(row.name, NAMES, bold=row.is_strong) for row in rows]
    widths = [
        text_width(line, bold=row.is_strong) for row, lines in zip(rows, names, strict=True) for line in lines
    ]
    widths += [text_width(row.under, size=7.5) for row in rows]
    left = MARGIN + max(widths) + 0.12
    wide = (WIDTH - left - MARGIN - GAP * (len(heads) - 1)) / len(heads)
    titles = [wrap(head, wide + GAP / 2, size=7.5) for head in heads]
    top = HEAD * max(len(lines) for lines in titles) + 0.06
    steps = [
        max(STEP, 0.15 * (len(lines) + bool(row.under)) + 0.06)
        for row, lines in zip(rows, names, strict=True)
    ]
    height = top + sum(steps) + 0.05
    fig, axes = new_figure(height, left=0, right=0, bottom=0, top=0)
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    starts = [left + (wide + GAP) * place for place in range(len(heads))]
    for start, lines in zip(starts, titles, strict=True):
        _lines(axes, lines, start, top - HEAD * len(lines), HEAD, 7.5, is_grey=True)
    at = top
    for row, lines, step in zip(rows, names, steps, strict=True):
        _name(axes, row, lines, left - 0.12, at + step / 2)
        for place, cell in enumerate(row.cells):
            if cell is not None:
                look = looks[place] if looks else BLUE
                _cell(axes, cell, (starts[place], at + step / 2, wide), look, row.is_strong)
        at += step
    return fig


def _name(axes: Axes, row: Row, lines: list[str], right: float, middle: float) -> None:
    told = [(line, 9.0, INK) for line in lines] + ([(row.under, 7.5, GREY)] if row.under else [])
    top = middle - 0.15 * (len(told) - 1) / 2
    for place, (line, size, colour) in enumerate(told):
        weight = "bold" if row.is_strong and size == 9 else "normal"
        axes.text(
            right,
            top + 0.15 * place,
            line,
            ha="right",
            va="center_baseline",
            size=size,
            color=colour,
            weight=weight,
            parse_math=False,
        )


def _lines(
    axes: Axes, lines: Sequence[str], x: float, y: float, step: float, size: float, *, is_grey: bool = False
) -> None:
    for place, line in enumerate(lines):
        axes.text(
            x,
            y + step * place,
            line,
            ha="left",
            va="top",
            size=size,
            color=GREY if is_grey else INK,
            parse_math=False,
        )


def _cell(
    axes: Axes, cell: tuple[str, float], place: tuple[float, float, float], look: str, is_strong: bool
) -> None:
    label, share = cell
    x, middle, wide = place
    axes.text(
        x,
        middle - 0.045,
        label,
        ha="left",
        va="center_baseline",
        size=8,
        weight="bold" if is_strong else "normal",
        parse_math=False,
    )
    bar = middle + 0.085
    axes.plot([x, x + wide], [bar, bar], color=PALE, linewidth=0.8, zorder=0.5, solid_capstyle="butt")
    if share > 0:
        axes.barh(bar, wide * min(share, 1.0), left=x, height=THICK, color=look, edgecolor=INK, linewidth=0.6)
