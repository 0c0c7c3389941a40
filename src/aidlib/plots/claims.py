"""In: a table of facts with claims and lines. Out: each official total beside what its lines allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.plots.bars import draw_sentence, span_of
from aidlib.plots.style import (
    BLUE,
    MARGIN,
    PALE,
    RED,
    SKY,
    clip,
    eur,
    name_of,
    new_figure,
    shorten,
    styled,
    text_width,
)
from aidlib.reconcile import table_claims

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_claims", "table_claims", "tell_claims"]

NOTHING = "The table of facts holds no official total."
ROW = 0.235  # inches a claim
MOST = 20
Line = dict[Any, Any]


@styled
def draw_claims(facts: pd.DataFrame) -> Figure:
    """Draw each claim as a mark over the band of its lines, as shares of the most that these allow."""
    rows = _shown(table_claims(facts))
    if not rows:
        return draw_sentence(NOTHING)
    heads = [_head(row) for row in rows]
    is_first = [place == 0 or heads[place - 1] != head for place, head in enumerate(heads)]
    tops = [ROW * (place + 1.25 * sum(is_first[: place + 1])) for place in range(len(rows))]
    names, labels = [_name(row) for row in rows], [_label(row) for row in rows]
    wide = [text_width(name, size=8.5) for name in names]
    wide += [text_width(head, size=8.5, bold=True) for head in heads]
    left = MARGIN + max(wide) + 0.1
    right = MARGIN + max(text_width(label, size=8) for label in labels) + 0.1
    height = tops[-1] + ROW + 0.1
    fig, axes = new_figure(height, left=left, right=right, bottom=0.05, top=0.05)
    axes.set_ylim(height - 0.1, 0)
    axes.set_xlim(0, max(1.04, *(_share(row, "claim_eur") + 0.04 for row in rows)))
    axes.set_axis_off()
    for place, row in enumerate(rows):
        if is_first[place]:
            _words(axes, heads[place], tops[place] - ROW * 0.6, 8.5, weight="bold")
        _mark(axes, row, tops[place] + ROW / 2)
        _words(axes, names[place], tops[place] + ROW / 2, 8.5)
        _words(axes, labels[place], tops[place] + ROW / 2, 8, is_right=True)
    return fig


def _shown(table: pd.DataFrame) -> list[Line]:
    """Keep as many claims as there is room for, those said last."""
    last = table["announced_on"].sort_values(ascending=False, kind="stable").index[:MOST]
    return table[table.index.isin(last)].to_dict("records")


def _head(row: Line) -> str:
    whose = clip(name_of(row["scope"]), 1.2, size=8.5, bold=True, most=1)[0]
    payers = "All payers" if row["scope"] == "all" else f"{whose} alone"
    return f"{payers}, {row['year'].replace('-', '–')}"


def _name(row: Line) -> str:
    said = f", {row['announced_on'][:7]}" if row["announced_on"] else ""
    return shorten(row["claimed_by"], 23) + said


def _label(row: Line) -> str:
    lines = span_of(row["low_eur"], row["high_eur"]) or eur(row["high_eur"], short=True)
    return f"{eur(row['claim_eur'], short=True)}  ({lines.replace(' to ', '–')})"


def _share(row: Line, name: str) -> float:
    return float(row[name] / row["high_eur"]) if row["high_eur"] else 1.0


def _mark(axes: Axes, row: Line, at: float) -> None:
    low, claim = _share(row, "low_eur"), _share(row, "claim_eur")
    axes.plot([0, low], [at, at], color=PALE, linewidth=0.8, zorder=0.5)
    axes.barh(at, 1 - low, left=low, height=ROW * 0.62, color=SKY, alpha=0.55, edgecolor="none")
    shape, colour = ("o", BLUE) if row["is_within"] else ("D", RED)
    axes.plot([claim], [at], shape, color=colour, markeredgecolor="white", markersize=7, clip_on=False)


def _words(
    axes: Axes, text: str, at: float, size: float, *, weight: str = "normal", is_right: bool = False
) -> None:
    """Write at the left of the bands, or at their right."""
    axes.annotate(
        text,
        (1 if is_right else 0, at),
        xycoords=axes.get_yaxis_transform(),
        xytext=(6 if is_right else -6, 0),
        textcoords="offset points",
        ha="left" if is_right else "right",
        va="center_baseline",
        size=size,
        weight=weight,
        parse_math=False,
    )


def tell_claims(facts: pd.DataFrame) -> dict[str, str]:
    """Say how the claims stand to their lines: finding, subtitle and alt text."""
    rows = table_claims(facts)
    subtitle = (
        "Mark: the total as claimed (euro at the day's rate). Band: from the least to the most that the "
        "lines of its years add up to, as shares of the most. Diamond: a total outside its band"
    )
    if not len(rows):
        return {"finding": NOTHING, "subtitle": subtitle, "alt": f"No marks. {NOTHING}"}
    shown = _shown(rows)
    if len(shown) < len(rows):
        subtitle += f"; {len(shown)} of {len(rows)} totals"
    within = int(rows["is_within"].sum())
    year = rows.loc[rows["scope"] == "all", "year"].mode()
    finding = f"{within} of {len(rows)} official totals lie within what their lines add up to"
    if len(year):
        same = rows[(rows["year"] == year.iloc[0]) & (rows["scope"] == "all")]["claim_eur"]
        finding += f"; those for {year.iloc[0]} run from {eur(min(same))} to {eur(max(same))}"
    marks = "; ".join(
        f"{row['claimed_by']} for {row['year']}: {eur(row['claim_eur'])}, "
        f"lines {eur(row['low_eur'])} to {eur(row['high_eur'])}"
        for row in shown
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Marks over bands. {marks}."}
