"""In: the tracker's sums by quarter, and the books. Out: from stock to production; drawn and in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger
from aidlib.ledger.totals import total_commitments
from aidlib.plots.bars import draw_sentence
from aidlib.plots.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    SKY,
    WIDTH,
    eur,
    new_figure,
    percent,
    styled,
    text_width,
    wrap,
)
from aidlib.reconcile.differences import KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_shift", "table_shift", "tell_shift"]

NO_QUARTER = "The tracker's table holds no sum of any quarter."
ZERO = Decimal(0)
PANELS = {
    "stockpile": "From stock",
    "procurement": "Procured from industry",
    "nato_purl": "Through NATO’s list (PURL)",
    "unspecified": "Not specified",
    "made_in_ukraine": "For production in Ukraine (our books)",
}
FILLS = {
    "stockpile": ORANGE,
    "procurement": BLUE,
    "nato_purl": SKY,
    "unspecified": "#8a8a8a",
    "made_in_ukraine": GREEN,
}
MADE = ("danish_model", "direct_industry", "joint_production")
PANEL = 0.6  # inches of the highest bar
LOWEST = 0.1  # inches of a row of bars at least
HEAD = 0.3


def table_shift(quarters: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Set the tracker's sums by quarter beside what our books hold for production in Ukraine.

    Ours are acts of the Danish model, of orders with Ukraine's industry, and of joint production,
    announced in the quarter; the same money may be in the tracker's columns too.

    Returns
    -------
    DataFrame
        ``quarter``, a column of euro for each of ``KINDS``, and ``made_in_ukraine``.
    """
    acts = ledger.commitments
    totals = total_commitments(acts[acts["mechanism"].isin(MADE)], by=["quarter"])
    ours = dict(zip(totals["quarter"], totals["central_eur"], strict=True))
    table = quarters[["quarter", *KINDS]] if len(quarters) else pd.DataFrame(columns=["quarter", *KINDS])
    made = [ours.get(quarter, ZERO) for quarter in table["quarter"]]
    return table.assign(made_in_ukraine=pd.Series(made, index=table.index, dtype=object))


@styled
def draw_shift(quarters: pd.DataFrame, ledger: Ledger) -> Figure:
    """Draw a row of bars for each kind, one bar a quarter, all on one scale."""
    table = table_shift(quarters, ledger)
    most = max((float(table[kind].max()) for kind in PANELS), default=0.0) if len(table) else 0.0
    if not most:
        return draw_sentence(NO_QUARTER)
    unit = PANEL / most
    tall = {kind: max(float(table[kind].max()) * unit, LOWEST) for kind in PANELS}
    height = sum(tall.values()) + HEAD * len(PANELS)
    fig, axes = new_figure(height + 0.3, left=MARGIN, right=MARGIN, bottom=0.28, top=0.02)
    axes.set_ylim(height, 0)
    axes.set_xlim(-0.6, max(len(table), 8) - 0.4)
    base = 0.0
    for kind in PANELS:
        _panel(axes, PANELS[kind], _peak(table, kind), base + HEAD * 0.55)
        base += HEAD + tall[kind]
        rise = [-float(value) * unit for value in table[kind]]
        axes.bar(
            range(len(table)), rise, bottom=base, width=0.72, color=FILLS[kind], edgecolor=INK, linewidth=0.5
        )
        axes.plot([-0.5, len(table) - 0.5], [base, base], color=GREY, linewidth=0.7)
    _ticks(axes, list(table["quarter"]))
    return fig


def _peak(table: pd.DataFrame, kind: str) -> str:
    at = max(range(len(table)), key=lambda place: (table[kind].iloc[place], -place))
    value = table[kind].iloc[at]
    return f"most: {eur(value, short=True)}, {table['quarter'].iloc[at]}" if value else "none"


def _panel(axes: Axes, head: str, peak: str, at: float) -> None:
    lines = wrap(head, WIDTH - 2 * MARGIN - text_width(peak, size=8) - 0.2, size=8.5, bold=True)
    style: dict[str, Any] = {
        "xycoords": axes.get_yaxis_transform(),
        "va": "center_baseline",
        "parse_math": False,
    }
    axes.annotate(lines[0], (0, at), ha="left", size=8.5, weight="bold", **style)
    axes.annotate(peak, (1, at), ha="right", size=8, color=GREY, **style)


def _ticks(axes: Axes, quarters: list[str]) -> None:
    """Name the years at their first quarter."""
    starts = [place for place, quarter in enumerate(quarters) if quarter.endswith("Q1")]
    shown = starts[:: max(1, -(-len(starts) // 8))] or [0]
    axes.set_xticks(shown, [quarters[place][:4] if starts else quarters[place] for place in shown])
    axes.set_yticks([])


def tell_shift(quarters: pd.DataFrame, ledger: Ledger) -> dict[str, str]:
    """Say how support moved from stock to procurement: finding, subtitle and alt text."""
    table = table_shift(quarters, ledger)
    sums = {kind: sum(table[kind], ZERO) for kind in PANELS}
    if not len(table) or not any(sums.values()):
        return {"finding": NO_QUARTER, "subtitle": "No period", "alt": f"No bars. {NO_QUARTER}"}
    first, last = table["quarter"].iloc[0], table["quarter"].iloc[-1]
    subtitle = f"Military aid by quarter, euro, {first} to {last}: the tracker’s sums of all donors, and ours"
    n = min(4, len(table) // 2)
    early, late = (_shares(part) for part in (table.iloc[:n], table.iloc[len(table) - n :]))
    finding = f"{eur(sums['stockpile'])} came from stock, {eur(sums['procurement'])} from industry"
    if early and late:
        finding = f"Stock {_moved(early, late, 'stockpile')} of military aid, "
        finding += f"procurement {_moved(early, late, 'procurement')}"
        subtitle += f". Shares: the first {_quarters(n)} against the last"
    if sums["made_in_ukraine"]:
        finding += f"; our texts tell of {eur(sums['made_in_ukraine'])} for production in Ukraine"
    told = "; ".join(f"{PANELS[kind]}: {eur(sums[kind])}, {_peak(table, kind)}" for kind in PANELS)
    return {
        "finding": finding,
        "subtitle": subtitle,
        "alt": f"Bars by quarter, a row a kind. {told}.",
    }


def _moved(early: dict[str, float], late: dict[str, float], kind: str) -> str:
    before, after = percent(early[kind]), percent(late[kind])
    if before == after:
        return f"stayed at {before}"
    return f"{'rose' if late[kind] > early[kind] else 'fell'} from {before} to {after}"


def _quarters(n: int) -> str:
    return "quarter" if n == 1 else f"{n} quarters"


def _shares(table: pd.DataFrame) -> dict[str, float]:
    sums = {kind: sum(table[kind], ZERO) for kind in KINDS}
    whole = sum(sums.values(), ZERO)
    return {kind: float(value / whole) for kind, value in sums.items()} if whole else {}
