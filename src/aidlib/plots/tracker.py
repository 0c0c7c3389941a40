"""In: the books, and the tracker's sums by donor. Out: ours beside theirs; drawn and in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger
from aidlib.plots.bars import draw_sentence
from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    PALE,
    WIDTH,
    as_subject,
    eur,
    listed,
    name_of,
    new_figure,
    percent,
    shorten,
    styled,
    text_width,
)
from aidlib.reconcile import table_differences

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_theirs", "table_theirs", "tell_theirs"]

NOTHING = "This selection holds no act of a donor that the tracker has too."
ZERO = Decimal(0)
ROW = 0.36
LEAST = 1e5  # euro, below which nothing is told apart
Line = dict[Any, Any]
WORDS = {
    "close": "",
    "few_acts": "our texts tell of {n} only",
    "kind_unstated": "{unstated} more, of a kind no text states",
    "envelopes": "{envelope} of ours is for years to come",
    "only_pledged": "{pledged} of ours is not yet allocated",
    "theirs_is_none": "the tracker has no military aid of it",
    "no_reason_found": "no reason found",
}


def table_theirs(ledger: Ledger, theirs: dict[str, Decimal], last: str, *, top: int = 12) -> pd.DataFrame:
    """Set ours beside the tracker's, as ``table_differences`` does, for the donors that matter most.

    Returns
    -------
    DataFrame
        ``name`` before the columns of ``table_differences``, and ``why`` after them: the reason in
        words. Of more than ``top`` donors, those with the largest sums of either.
    """
    table = table_differences(ledger, theirs, last)
    size = table[["theirs_eur", "ours_eur"]].max(axis=1).astype("float")
    kept = size.sort_values(ascending=False, kind="stable").index[:top]
    table = table[(size > 0) & table.index.isin(kept)].reset_index(drop=True)
    table.insert(0, "name", [name_of(code) for code in table["donor"]])
    return table.assign(why=pd.Series([_why(row) for row in table.to_dict("records")], dtype="str"))


def _why(row: Line) -> str:
    n = row["n_commitments"]
    return WORDS[row["reason"]].format(
        n=f"{n} act{'' if n == 1 else 's'}",
        unstated=eur(row["unstated_eur"], short=True),
        envelope=eur(row["envelope_eur"], short=True),
        pledged=eur(row["pledged_eur"], short=True),
    )


@styled
def draw_theirs(ledger: Ledger, theirs: dict[str, Decimal], last: str, *, top: int = 12) -> Figure:
    """Draw for each donor the tracker's sum and ours with its bounds, on a scale of powers of ten."""
    rows = table_theirs(ledger, theirs, last, top=top).to_dict("records")
    if not rows:
        return draw_sentence(NOTHING)
    names = [shorten(row["name"], 20) for row in rows]
    labels = [_label(row) for row in rows]
    left = MARGIN + max(text_width(name) for name in names) + 0.14
    right = MARGIN + max(text_width(label, size=8) for label in labels) + 0.16
    fig, axes = new_figure(len(rows) * ROW + 0.62, left=left, right=right, bottom=0.26, top=0.34)
    axes.set_xscale("log")
    _powers(axes, rows)
    axes.set_ylim(len(rows) * ROW + 0.06, 0)
    for place, row in enumerate(rows):
        _pair(axes, row, (names[place], labels[place]), (place + 0.36) * ROW)
    _key(fig)
    return fig


def _powers(axes: Axes, rows: Sequence[Line]) -> None:
    """Let the scale run from a power of ten below all marks, and name every one, or every second."""
    sums = [float(row[name]) for row in rows for name in ("theirs_eur", "ours_eur", "ours_high_eur")]
    known = [max(value, LEAST) for value in sums if value]
    first, last = floor(log10(min(known) / 1.6)), ceil(log10(max(known) * 1.3))
    axes.set_xlim(10**first, 10 ** max(last, first + 2))
    marks = [10**power for power in range(first, max(last, first + 2) + 1)]
    shown = marks[:: -(-len(marks) // 5)]
    axes.set_xticks(shown, [eur(mark, short=True) for mark in shown])
    axes.minorticks_off()
    axes.grid(axis="x")
    axes.set_yticks([])


def _label(row: Line) -> str:
    return "–" if row["share"] is None else percent(row["share"])


def _pair(axes: Axes, row: Line, words: tuple[str, str], at: float) -> None:
    ours, low, high = (float(row[f"ours{part}_eur"]) for part in ("", "_low", "_high"))
    theirs = float(row["theirs_eur"])
    ends = [max(value, LEAST) for value in (ours, theirs) if value]
    axes.plot(ends, [at] * len(ends), color=PALE, linewidth=2.4, zorder=1)
    if high > low:
        axes.plot([max(low, axes.get_xlim()[0]), high], [at, at], color=INK, linewidth=1.1, zorder=2)
    if theirs:
        axes.plot([max(theirs, LEAST)], [at], "D", color="white", markeredgecolor=INK, markersize=6, zorder=3)
    if ours:
        axes.plot([max(ours, LEAST)], [at], "o", color=BLUE, markeredgecolor=INK, markersize=6, zorder=4)
    _write(axes, words[0], (0, at), (-8, 0), "right", 9)
    _write(axes, words[1], (1, at), (8, 0), "left", 8)
    if row["why"]:
        _write(axes, row["why"], (0, at + ROW * 0.44), (2, 0), "left", 7.5)


def _write(
    axes: Axes, text: str, at: tuple[float, float], off: tuple[float, float], side: str, size: float
) -> None:
    axes.annotate(
        text,
        at,
        xycoords=axes.get_yaxis_transform(),
        xytext=off,
        textcoords="offset points",
        ha=side,
        va="center_baseline",
        size=size,
        color=GREY if size < 8 else INK,
        annotation_clip=False,
        parse_math=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4} if size < 8 else None,
    )


def _key(fig: Figure) -> None:
    """Name the marks in a line above the first row."""
    top = fig.get_size_inches()[1]
    key = fig.add_axes((MARGIN / WIDTH, (top - 0.26) / top, 1 - 2 * MARGIN / WIDTH, 0.2 / top))
    key.set_axis_off()
    key.set_xlim(0, WIDTH - 2 * MARGIN)
    key.set_ylim(-1, 1)
    at = 0.08
    for shape, colour, words in (("o", BLUE, "ours, with its bounds"), ("D", "white", "the tracker’s")):
        key.plot([at], [0], shape, color=colour, markeredgecolor=INK, markersize=6)
        key.text(at + 0.1, 0, words, va="center_baseline", size=8, color=GREY)
        at += 0.4 + text_width(words, size=8)
    key.text(WIDTH - 2 * MARGIN, 0, "ours over theirs", va="center_baseline", ha="right", size=8, color=GREY)


def tell_theirs(ledger: Ledger, theirs: dict[str, Decimal], last: str, *, top: int = 12) -> dict[str, str]:
    """Say how ours stands to the tracker's: finding, subtitle and alt text."""
    rows = table_theirs(ledger, theirs, last, top=top).to_dict("records")
    subtitle = (
        f"Military aid through {last}, euro on a scale of powers of ten: the tracker’s allocations, "
        "and our booked acts"
    )
    if not rows:
        return {"finding": NOTHING, "subtitle": subtitle, "alt": f"No marks. {NOTHING}"}
    more = [row for row in rows if row["share"] is not None and row["share"] > 1]
    less = [row for row in rows if row["share"] is not None and row["share"] <= 1]
    whole = sum((row["theirs_eur"] for row in rows), ZERO)
    ours = sum((min(row["ours_eur"], row["theirs_eur"]) for row in rows), ZERO)
    finding = (
        f"Our texts cover at most {percent(ours / whole)} of the tracker’s military aid"
        if whole
        else (f"The tracker has no military aid of {_donors(rows)}")
    )
    finding += f" for {_donors(rows)}" if whole else ""
    if more and less:
        named = listed([as_subject(row["name"]) for row in more])
        finding += f"; for {named if len(more) < 4 else f'{len(more)} of them'} ours is the larger"
    told = "; ".join(
        f"{row['name']}: theirs {eur(row['theirs_eur'])}, ours {eur(row['ours_eur'])}"
        + (f", {row['why']}" if row["why"] else "")
        for row in rows
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Pairs of marks. {told}."}


def _donors(rows: Sequence[Line]) -> str:
    return as_subject(rows[0]["name"]) if len(rows) == 1 else f"{len(rows)} donors"
