"""In: the books. Out: the way of the money of one mechanism, from payer through channel to goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger
from aidlib.ledger.totals import shares_apart
from aidlib.lexicon import terms
from aidlib.plots.bars import draw_sentence
from aidlib.plots.danish import nothing_of, only_mechanism, period_of_acts, title_of
from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    SKY,
    WIDTH,
    eur,
    listed,
    name_of,
    new_figure,
    percent,
    sentence,
    shorten,
    styled,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_flow", "table_flow", "tell_flow"]

ZERO = Decimal(0)
UNSTATED, SEVERAL, DIRECT = "kind not stated", "several kinds", "nobody else"
VAGUE = frozenset({"weapons made in Ukraine", "weapon", "military equipment"})  # say nothing of the kind
SMALL = Decimal("0.03")  # share of the whole from which a payer or a kind has a band of its own
NODE = 0.13  # inches a node is wide
ROOM = 1.28  # inches for the words at either side
LINE = 0.145
SLOT = 2.35 * LINE  # inches that the words of a node need


@cache
def _kinds() -> dict[str, str]:
    """Give the class of goods of each item, in words."""
    return {t.key: t.tag.replace("_", " ") for _, t in terms() if t.kind == "item"}


def product_of(items: Any) -> str:
    """Say which kind of goods an act pays for.

    Examples
    --------
    >>> product_of("Bohdana:18"), product_of("drone|155 mm shell"), product_of(None)
    ('artillery', 'several kinds', 'kind not stated')
    """
    names = [part.partition(":")[0] for part in items.split("|")] if isinstance(items, str) else []
    kinds = {_kinds().get(name, "other") for name in names if name and name not in VAGUE}
    if not kinds:
        return UNSTATED
    return next(iter(kinds)) if len(kinds) == 1 else SEVERAL


def table_flow(ledger: Ledger, mechanism: str = "danish_model") -> pd.DataFrame:
    """Add up one mechanism by payer, channel and kind of goods, the largest first.

    A part that has another payer, channel or kind than its whole is taken out of it and stands in its own
    row; a payer's rows add up to its bar in `table_payers`.

    Returns
    -------
    DataFrame
        ``payer``, ``channel`` (codes), ``product``, ``low_eur``, ``central_eur``, ``high_eur``, ``n_acts``,
        ``commitment_ids`` (``|`` between).
    """
    acts = ledger.commitments
    names = acts["commitment_id"].tolist()
    keys = (
        acts[["mechanism", "donor", "channel", "items"]].astype(object).where(lambda cell: cell.notna(), None)
    )
    cells = {
        str(name): (scheme, donor, channel or "", product_of(items))
        for name, (scheme, donor, channel, items) in zip(names, keys.to_numpy(), strict=True)
    }
    rows: list[dict[str, Any]] = [
        {
            "payer": cell[1],
            "channel": cell[2],
            "product": cell[3],
            "low_eur": sum((share.low for share in shares), ZERO),
            "central_eur": sum((share.central for share in shares), ZERO),
            "high_eur": sum((share.high for share in shares), ZERO),
            "n_acts": len(shares),
            "commitment_ids": "|".join(share.name for share in shares),
        }
        for cell, shares in shares_apart(acts, cells).items()
        if cell[0] == mechanism
    ]
    rows.sort(key=lambda row: (-row["central_eur"], row["commitment_ids"]))
    columns = "payer channel product low_eur central_eur high_eur n_acts commitment_ids".split()
    return pd.DataFrame(rows, columns=columns)


@dataclass
class _Node:
    """A party or a kind of goods: its words, its sum, and from where to where it stands, in inches."""

    name: str
    under: str
    size: Decimal
    top: float = 0.0
    bottom: float = 0.0
    used: float = 0.0


@dataclass(frozen=True)
class _Band:
    start: str
    end: str
    size: Decimal
    is_own: bool


def _grouped(rows: pd.DataFrame, column: str, name: Any) -> dict[str, str]:
    """Name the node of each value of a column; what is too small for one of its own shares the last."""
    sums = rows.groupby(column, sort=False)["central_eur"].sum()
    whole = sum(sums, ZERO)
    small = [key for key, value in sums.items() if value < SMALL * whole]
    small = small if len(small) > 1 else []
    return {str(key): f"{len(small)} others" if key in small else name(key) for key in sums.index}


def _nodes(rows: pd.DataFrame, names: dict[str, str], column: str, whole: Decimal) -> dict[str, _Node]:
    """Make the nodes of one column, the largest first, the others and the unstated last."""
    sums: dict[str, Decimal] = {}
    for key, value in zip(rows[column], rows["central_eur"], strict=True):
        sums[names[str(key)]] = sums.get(names[str(key)], ZERO) + value
    order = sorted(sums, key=lambda n: (n == UNSTATED, n.endswith(" others"), -sums[n], n))
    told = {n: f"{eur(sums[n], short=True)}, {percent(sums[n] / whole)}" for n in order}
    return {n: _Node(sentence(n), told[n], sums[n]) for n in order if sums[n]}


@styled
def draw_flow(ledger: Ledger, mechanism: str = "danish_model") -> Figure:
    """Draw bands from payers through channels to kinds of goods; dark what another handles for the payer."""
    rows = table_flow(ledger, mechanism)
    whole = sum(rows["central_eur"], ZERO)
    if not whole:
        return draw_sentence(_no_flow(ledger, mechanism))
    named = [
        _grouped(rows, "payer", name_of),
        {code: name_of(code) if code else DIRECT for code in rows["channel"]},
        _grouped(rows, "product", str),
    ]
    columns = [
        _nodes(rows, names, column, whole)
        for names, column in zip(named, ("payer", "channel", "product"), strict=True)
    ]
    height = max(2.3, SLOT * max(len(nodes) for nodes in columns)) + 0.3
    fig, axes = new_figure(height, left=0, right=0, bottom=0.02, top=0)
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    for nodes in columns:
        _stack(nodes, whole, 0.3, height)
    places = (ROOM + MARGIN, WIDTH / 2 - NODE / 2, WIDTH - ROOM - MARGIN - NODE)
    for left, ends in ((0, ("payer", "channel")), (1, ("channel", "product"))):
        bands = _bands(rows, ends, (named[left], named[left + 1]))
        _draw_bands(axes, bands, columns[left], columns[left + 1], places[left] + NODE, places[left + 1])
    for nodes, x, side in zip(columns, places, ("right", "centre", "left"), strict=True):
        _label(axes, nodes, x, side)
    heads = (
        ("paid by", places[0] + NODE, "right"),
        ("handled by", WIDTH / 2, "center"),
        ("for", places[2], "left"),
    )
    for head, at, align in heads:
        axes.text(at, 0.11, head, ha=align, va="center", size=7.5, color=GREY, parse_math=False)
    return fig


def _stack(nodes: dict[str, _Node], whole: Decimal, top: float, bottom: float) -> None:
    """Place nodes one under the other, each with room for its words."""
    free = bottom - top - 0.05 * len(nodes)
    heights = {n: float(node.size / whole) for n, node in nodes.items()}
    room = free - sum(max(SLOT - heights[n] * free, 0.0) for n in nodes)
    at = top
    for n, node in nodes.items():
        tall = heights[n] * max(room, 0.4 * free)
        slot = max(tall, SLOT)
        node.top = at + (slot - tall) / 2
        node.bottom = node.top + tall
        at += slot + 0.05


def _bands(rows: pd.DataFrame, ends: tuple[str, str], names: tuple[dict[str, str], ...]) -> list[_Band]:
    found: dict[tuple[str, str, bool], Decimal] = {}
    for row in rows.to_dict("records"):
        is_own = row["channel"] in ("", row["payer"])
        key = (names[0][str(row[ends[0]])], names[1][str(row[ends[1]])], is_own)
        found[key] = found.get(key, ZERO) + row["central_eur"]
    return [_Band(start, end, size, is_own) for (start, end, is_own), size in found.items() if size]


def _draw_bands(
    axes: Axes,
    bands: Sequence[_Band],
    left: dict[str, _Node],
    right: dict[str, _Node],
    start: float,
    end: float,
) -> None:
    """Draw bands between two columns, in the order of their nodes, so that few of them cross."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rank = [list(left), list(right)]
    for nodes in (left, right):
        for node in nodes.values():
            node.used = 0.0
    ordered = sorted(bands, key=lambda b: (rank[0].index(b.start), b.is_own, rank[1].index(b.end)))
    leaving = {}
    for band in ordered:
        leaving[id(band)] = _take(left[band.start], band.size)
    for band in sorted(bands, key=lambda b: (rank[1].index(b.end), rank[0].index(b.start), b.is_own)):
        (a, b), (c, d) = leaving[id(band)], _take(right[band.end], band.size)
        middle = (start + end) / 2
        points = [
            (start, a),
            (middle, a),
            (middle, c),
            (end, c),
            (end, d),
            (middle, d),
            (middle, b),
            (start, b),
        ]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        look = SKY if band.is_own else BLUE
        path = Path([*points, points[0]], codes)
        axes.add_patch(PathPatch(path, facecolor=look, alpha=0.55, edgecolor="white", linewidth=0.6))


def _take(node: _Node, size: Decimal) -> tuple[float, float]:
    """Take the next piece of a node's side."""
    start = node.top + node.used
    node.used += (node.bottom - node.top) * float(size / node.size)
    return start, node.top + node.used


def _label(axes: Axes, nodes: dict[str, _Node], x: float, side: str) -> None:
    from matplotlib.patches import Rectangle

    for node in nodes.values():
        tall = node.bottom - node.top
        axes.add_patch(Rectangle((x, node.top), NODE, tall, facecolor=INK, edgecolor="none"))
        words = wrap(shorten(node.name, 34), ROOM - 0.05, size=8.5)[:2]
        lines = [(word, 8.5, INK) for word in words] + [(node.under, 7.5, GREY)]
        middle = (node.top + node.bottom) / 2
        at, align = {"right": (x - 0.06, "right"), "left": (x + NODE + 0.06, "left")}.get(
            side, (x + NODE / 2, "center")
        )
        for number, (line, size, colour) in enumerate(lines):
            y = middle + LINE * (number - (len(lines) - 1) / 2)
            text = axes.text(at, y, line, ha=align, va="center", size=size, color=colour, parse_math=False)
            if side == "centre":
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.92})


def _no_flow(ledger: Ledger, mechanism: str) -> str:
    if not len(only_mechanism(ledger, mechanism)):
        return nothing_of(mechanism)
    return f"No sum is said of the {title_of(mechanism)} in this selection"


def tell_flow(ledger: Ledger, mechanism: str = "danish_model") -> dict[str, str]:
    """Say where the money comes from and what it is for: finding, subtitle and alt text."""
    rows = table_flow(ledger, mechanism)
    title = title_of(mechanism)
    period = period_of_acts(only_mechanism(ledger, mechanism))
    subtitle = f"Booked for the {title}, euro at the day's rate, {period}. Dark: handled by another"
    whole = sum(rows["central_eur"], ZERO)
    if not whole:
        finding = _no_flow(ledger, mechanism)
        return {"finding": finding, "subtitle": subtitle, "alt": f"No bands. {finding}"}
    unstated = sum(rows.loc[rows["product"] == UNSTATED, "central_eur"], ZERO)
    sums = rows.groupby("channel", sort=False)["central_eur"].sum()
    whose = [code for code in sums.index if code]
    through = sum((sums[code] for code in whose), ZERO)
    share = "all" if through == whole else percent(through / whole)
    finding = f"Of {percent(unstated / whole)} of the {eur(whole)} for the {title} no text says what kind of "
    finding += f"goods it buys; {share} of it goes through {listed([name_of(c) for c in whose]) or DIRECT}"
    told = "; ".join(
        f"{name_of(row.payer)} through {name_of(row.channel) if row.channel else DIRECT}, {row.product}: "
        f"{eur(row.central_eur)}"
        for row in rows.itertuples(index=False)
        if row.central_eur
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Bands from payers to goods. {told}."}
