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
from aidlib.plots.books import period_of_acts, rate_of
from aidlib.plots.danish import handlers_of, nothing_of, only_mechanism, title_of
from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    SKY,
    WIDTH,
    clip,
    eur,
    name_of,
    new_figure,
    percent,
    sentence,
    styled,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_flow", "table_flow", "tell_flow"]

ZERO = Decimal(0)
UNSTATED, SEVERAL, DIRECT = "kind not stated", "several kinds", "nobody else"
LAST = (SEVERAL, UNSTATED)
VAGUE = frozenset({"weapons made in Ukraine", "weapon", "military equipment"})  # say nothing of the kind
SMALL = Decimal("0.03")  # share of the whole from which a payer or a kind has a band of its own
MOST = 8  # nodes in a column
FLOW = 1.9  # inches of all bands together, in every column
NODE, BOX = 0.08, 0.84  # inches a node is wide: at the sides, and in the middle, its words within
ROOM = 1.12  # inches for the words at either side
LINE = 0.142
GAP = 0.06
HEAD = 0.24


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
    _join_overlaps(acts, cells)
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


def _join_overlaps(acts: pd.DataFrame, cells: dict[str, tuple[Any, ...]]) -> None:
    """Let acts of one payer that may be one another have one kind, the largest's: they count once."""
    valued = acts[acts["overlaps_with"].notna() & acts["amount_eur"].notna()]
    told = valued.sort_values(["amount_eur", "commitment_id"], ascending=False)
    near = {
        name: str(with_).split("|")
        for name, with_ in zip(told["commitment_id"], told["overlaps_with"], strict=True)
    }
    seen: set[str] = set()
    for largest in near:
        reached = [largest]
        while reached:
            name = reached.pop()
            if name not in seen and cells[name][:3] == cells[largest][:3]:
                seen.add(name)
                cells[name] = cells[largest]
                reached += [other for other in near[name] if other in near]


@dataclass
class _Node:
    """A party or a kind of goods: its name and sum in lines, and where its bands begin or end, in inches."""

    lines: list[str]
    n_words: int
    size: Decimal
    tall: float
    top: float = 0.0
    used: float = 0.0

    @property
    def slot(self) -> float:
        return max(self.tall, LINE * len(self.lines) + 0.04)

    def take(self, size: Decimal) -> tuple[float, float]:
        """Take the next piece of its side."""
        start = self.top + (self.slot - self.tall) / 2 + self.used
        self.used += self.tall * float(size / self.size)
        return start, start + self.tall * float(size / self.size)


@dataclass(frozen=True)
class _Band:
    """Money of one payer, channel and kind of goods, each by the name of its node."""

    names: tuple[str, str, str]
    is_own: bool
    size: Decimal


def _bands(rows: pd.DataFrame) -> list[_Band]:
    """Give the bands that are drawn: what is too small for one of its own goes with others."""
    named = rows.assign(
        payer=[name_of(code) for code in rows["payer"]],
        is_own=[row["channel"] in ("", row["payer"]) for row in rows.to_dict("records")],
        channel=[name_of(code) if code else DIRECT for code in rows["channel"]],
    )
    for column in ("payer", "channel", "product"):
        named[column] = named[column].map(_grouped(named, column))
    sums = named.groupby(["payer", "channel", "product", "is_own"], sort=False)["central_eur"].sum()
    return [_Band(key[:3], key[3], size) for key, size in sums.items() if size]  # type: ignore[index]


def _grouped(rows: pd.DataFrame, column: str) -> dict[str, str]:
    """Name the node of each value of a column."""
    sums = rows.groupby(column)["central_eur"].sum()
    whole = sum(sums, ZERO)
    free = sorted((key for key in sums.index if key not in LAST and sums[key]), key=lambda key: -sums[key])
    small = [key for n, key in enumerate(free) if n >= MOST - 1 - len(LAST) or sums[key] < SMALL * whole]
    small = small if len(small) > 1 else []
    return {key: f"{len(small)} others" if key in small else key for key in sums.index}


def _nodes(bands: Sequence[_Band], column: int, room: float) -> dict[str, _Node]:
    """Make the nodes of one column, the largest first, then the others, several kinds and the unstated."""
    sums: dict[str, Decimal] = {}
    for band in bands:
        name = band.names[column]
        sums[name] = sums.get(name, ZERO) + band.size
    whole = sum(sums.values(), ZERO)
    order = sorted(sums, key=lambda n: (n == UNSTATED, n == SEVERAL, n.endswith(" others"), -sums[n], n))
    nodes = {}
    for name in order:
        words = clip(sentence(name), room, size=8.5)
        told = [*words, eur(sums[name], short=True), percent(sums[name] / whole)]
        if text_width(", ".join(told[-2:]), size=7.5) <= room:
            told[-2:] = [", ".join(told[-2:])]
        nodes[name] = _Node(told, len(words), sums[name], FLOW * float(sums[name] / whole))
    return nodes


@styled
def draw_flow(ledger: Ledger, mechanism: str = "danish_model") -> Figure:
    """Draw bands from payers through channels to kinds of goods, each as wide as its sum.

    Dark is what another handles for the payer; hatched what no text tells the kind of.
    """
    bands = _bands(table_flow(ledger, mechanism))
    if not bands:
        return draw_sentence(_no_flow(ledger, mechanism))
    columns = [_nodes(bands, n, BOX - 0.06 if n == 1 else ROOM) for n in range(3)]
    talls = [sum(node.slot + GAP for node in nodes.values()) for nodes in columns]
    fig, axes = new_figure(HEAD + max(talls), left=0, right=0, bottom=0, top=0)
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(HEAD + max(talls), 0)
    axes.set_axis_off()
    for nodes, tall in zip(columns, talls, strict=True):
        at = HEAD + (max(talls) - tall) / 2
        for node in nodes.values():
            node.top = at
            at += node.slot + GAP
    edge = MARGIN + ROOM + 0.06
    _draw_bands(axes, bands, columns, 0, (edge + NODE, (WIDTH - BOX) / 2))
    _draw_bands(axes, bands, columns, 1, ((WIDTH + BOX) / 2, WIDTH - edge - NODE))
    _label(axes, columns[0], edge, edge - 0.06, "right", "paid by")
    _label(axes, columns[1], (WIDTH - BOX) / 2, WIDTH / 2, "center", "handled by")
    _label(axes, columns[2], WIDTH - edge - NODE, WIDTH - edge + 0.06, "left", "for")
    return fig


def _draw_bands(
    axes: Axes,
    bands: Sequence[_Band],
    columns: Sequence[dict[str, _Node]],
    left: int,
    ends: tuple[float, float],
) -> None:
    """Draw the bands from one column to the next, in the order of both, so that few of them cross."""
    sums: dict[tuple[str, str, bool], Decimal] = {}
    for band in bands:
        key = (band.names[left], band.names[left + 1], band.is_own)
        sums[key] = sums.get(key, ZERO) + band.size
    ranks = [{name: n for n, name in enumerate(nodes)} for nodes in columns[left : left + 2]]
    for node in (*columns[left].values(), *columns[left + 1].values()):
        node.used = 0.0
    leaving = {
        key: columns[left][key[0]].take(sums[key])
        for key in sorted(sums, key=lambda k: (ranks[0][k[0]], ranks[1][k[1]], k[2]))
    }
    for key in sorted(sums, key=lambda k: (ranks[1][k[1]], ranks[0][k[0]], k[2])):
        arriving = columns[left + 1][key[1]].take(sums[key])
        _draw_band(axes, ends, leaving[key], arriving, SKY if key[2] else BLUE, is_hatched=key[1] == UNSTATED)


def _draw_band(
    axes: Axes,
    ends: tuple[float, float],
    leaving: tuple[float, float],
    arriving: tuple[float, float],
    look: str,
    *,
    is_hatched: bool,
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (start, end), middle = ends, sum(ends) / 2
    (a, b), (c, d) = leaving, arriving
    upper = [(start, a), (middle, a), (middle, c), (end, c)]
    lower = [(end, d), (middle, d), (middle, b), (start, b)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    path = Path([*upper, *lower, (start, a)], codes)
    # A white edge parts neighbours, but would hide what is thinner than itself.
    edge = look if b - a < 0.03 else "white"
    face = (look, 0.45) if is_hatched else look
    hatch = "////" if is_hatched else None
    axes.add_patch(PathPatch(path, facecolor=face, edgecolor=edge, linewidth=0.5, hatch=hatch))


def _label(axes: Axes, nodes: dict[str, _Node], left: float, at: float, side: str, head: str) -> None:
    """Draw the nodes of a column with their words beside them, or in the middle one within."""
    from matplotlib.patches import Rectangle

    axes.text(at, 0.1, head, ha=side, va="center", size=7.5, color=GREY, parse_math=False)
    for node in nodes.values():
        is_box = side == "center"
        tall = node.slot if is_box else max(node.tall, 0.008)
        middle = node.top + node.slot / 2
        axes.add_patch(
            Rectangle(
                (left, middle - tall / 2),
                BOX if is_box else NODE,
                tall,
                facecolor="white" if is_box else INK,
                edgecolor=INK if is_box else "none",
            )
        )
        for n, line in enumerate(node.lines):
            is_sum = n >= node.n_words
            axes.text(
                at,
                middle + LINE * (n - (len(node.lines) - 1) / 2),
                line,
                ha=side,
                va="center_baseline",
                size=7.5 if is_sum else 8.5,
                color=GREY if is_sum else INK,
                parse_math=False,
            )


def _no_flow(ledger: Ledger, mechanism: str) -> str:
    if not len(only_mechanism(ledger, mechanism)):
        return nothing_of(mechanism)
    return f"No sum is said of the {title_of(mechanism)} in this selection"


def tell_flow(ledger: Ledger, mechanism: str = "danish_model") -> dict[str, str]:
    """Say where the money comes from and what it is for: finding, subtitle and alt text."""
    rows = table_flow(ledger, mechanism)
    title = title_of(mechanism)
    period = period_of_acts(only_mechanism(ledger, mechanism))
    subtitle = f"Booked for the {title}, {rate_of(ledger)}, {period}. Dark: handled by another"
    subtitle += f"; hatched: {UNSTATED}"
    whole = sum(rows["central_eur"], ZERO)
    if not whole:
        finding = _no_flow(ledger, mechanism)
        return {"finding": finding, "subtitle": subtitle, "alt": f"No bands. {finding}"}
    sums = rows.groupby("channel", sort=False)["central_eur"].sum()
    whose = [code for code in sums.index if code and sums[code]]
    through = sum((sums[code] for code in whose), ZERO)
    share = "All" if through == whole else percent(through / whole) if through else "None"
    finding = f"{share} of the {eur(whole)} booked for the {title} goes through {handlers_of(whose)}; "
    finding += _of_goods(sum(rows.loc[rows["product"] == UNSTATED, "central_eur"], ZERO) / whole)
    told = "; ".join(
        f"{payer} through {channel}, {product}: {eur(band.size)}"
        for band in _bands(rows)
        for payer, channel, product in [band.names]
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Bands from payers to goods. {told}."}


def _of_goods(unstated: Decimal) -> str:
    if unstated == 1:
        return "no text says what kind of goods it buys"
    if not unstated:
        return "texts say of all of it what kind of goods it buys"
    return f"for {percent(unstated)} of it no text says what kind of goods it buys"
