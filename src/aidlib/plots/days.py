"""In: the books, and facts with their days. Out: the days from word to delivery; drawn and in words."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger
from aidlib.model import Stage
from aidlib.plots.bars import draw_sentence
from aidlib.plots.books import period_of
from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    NBSP,
    ORANGE,
    PALE,
    SKY,
    WIDTH,
    eur,
    name_of,
    new_figure,
    shorten,
    styled,
    text_width,
)
from aidlib.reconcile.facts import is_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_days", "table_days", "tell_days"]

NOTHING = "No act of this selection has two stages with a day each."
COLUMNS = (
    "ends_in donor name what from_stage from_on to_stage to_on days_low days days_high told_in commitment_id"
).split()
# What an act was followed to, the furthest first.
ENDS = {
    "delivered": "handed over",
    "disbursed": "paid",
    "contracted": "ordered",
    "allocated": "decided",
    "committed": "decided",
}
HEADS = {
    "handed over": "Until handed over",
    "paid": "Until paid",
    "ordered": "Until ordered, with no delivery dated",
    "decided": "Until decided, with no order dated",
}
LOOKS = {"handed over": BLUE, "paid": SKY, "ordered": "white", "decided": "white"}
ARRIVED = ("handed over", "paid")
WIDEST = 92  # days: a date that is known less well than to the quarter says nothing of days
MOST = 24
ROW = 0.21
Line = dict[Any, Any]


def table_days(ledger: Ledger, facts: pd.DataFrame | None = None) -> pd.DataFrame:
    """List the acts of which two stages have a day each, with the days between the first and the last.

    A date that is known to the month gives the least and the most; one known to the year alone is
    left out. Rows of ``facts`` (as ``load_facts`` gives them) that have both days are added, unless
    the books have the same delivery: of the same donor, at most a week apart.

    Returns
    -------
    DataFrame
        ``ends_in`` (handed over, paid, ordered or decided), ``donor``, ``name``, ``what`` (goods or
        sum), ``from_stage``, ``from_on``, ``to_stage``, ``to_on``, ``days_low``, ``days``,
        ``days_high``, ``told_in`` (announcements, or the row of the facts), ``commitment_id``.
        What came furthest first, then by days.
    """
    acts = ledger.commitments
    booked = acts[acts["status"] == "booked"].to_dict("records")
    rows = [row for row in map(_of_act, booked) if row]
    if facts is not None:
        told = [row for row in map(_of_fact, facts.to_dict("records")) if row]
        rows += [row for row in told if not any(_is_same(row, other) for other in rows)]
    order = list(HEADS)
    rows.sort(key=lambda row: (order.index(row["ends_in"]), row["days"], row["name"], row["what"]))
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def _of_act(act: Line) -> Line | None:
    dated = {stage.value: act[f"{stage.value}_on"] for stage in Stage if stage is not Stage.PROPOSED}
    dated = {stage: day for stage, day in dated.items() if isinstance(day, str) and is_day(day)}
    last = next((stage for stage in ENDS if stage in dated), None)
    if last is None or len(dated) < 2:
        return None
    first = min((stage for stage in dated if stage != last), key=lambda stage: dated[stage])
    what = _goods(act["items"]) or eur(act["amount_eur"], short=True)
    return _row(act["donor"], what, (first, dated[first]), (last, dated[last]), "", act["commitment_id"])


def _of_fact(fact: Line) -> Line | None:
    if fact["row_type"] == "claimed_total" or not fact["stage"]:
        return None
    days = fact["announced_on"], fact["delivered_on"]
    if not all(day and is_day(day) for day in days):
        return None
    start, end = (fact["stage"], days[0]), ("delivered", days[1])
    return _row(fact["contributor"], fact["deliverables"], start, end, fact["row_id"], "")


def _row(
    donor: Any, what: str, start: tuple[str, str], end: tuple[str, str], told_in: str, act: str
) -> Line | None:
    (first, first_to), (last, last_to) = _span(start[1]), _span(end[1])
    low, high = (last - first_to).days, (last_to - first).days
    if high <= 0 or high - low > WIDEST:
        return None
    values = {"days_low": max(low, 0), "days": max((low + high) / 2, 0), "days_high": high}
    stages = {"from_stage": start[0], "from_on": start[1], "to_stage": end[0], "to_on": end[1]}
    who = {"ends_in": ENDS[end[0]], "donor": donor, "name": name_of(donor), "what": what}
    return {**who, **stages, **values, "told_in": told_in or "announcements", "commitment_id": act}


def _span(told: str) -> tuple[date, date]:
    """Give the first and the last day of a day, a month or a year."""
    parts = [int(part) for part in told[:10].split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


def _goods(items: Any) -> str:
    """Say goods with their number first.

    Examples
    --------
    >>> _goods("Bohdana:18|drone")
    '18 Bohdana, drone'
    """
    if not isinstance(items, str):
        return ""
    return ", ".join(" ".join(reversed(item.split(":"))) for item in items.split("|"))


def _is_same(row: Line, other: Line) -> bool:
    if row["donor"] != other["donor"] or other["ends_in"] not in ARRIVED:
        return False
    return abs(_span(row["to_on"])[0] - _span(other["to_on"])[0]) <= timedelta(days=7)


@styled
def draw_days(ledger: Ledger, facts: pd.DataFrame | None = None, *, goods: str = "") -> Figure:
    """Draw for each act the days from its first dated stage to its last; the goods named in orange."""
    rows = _shown(table_days(ledger, facts).to_dict("records"), goods)
    if not rows:
        return draw_sentence(NOTHING)
    names, labels = [_name(row) for row in rows], [_label(row) for row in rows]
    left = (
        MARGIN
        + max(
            text_width(name, size=8.5, bold=_is_named(row, goods))
            for name, row in zip(names, rows, strict=True)
        )
        + 0.1
    )
    is_first = [place == 0 or rows[place - 1]["ends_in"] != row["ends_in"] for place, row in enumerate(rows)]
    tops = [ROW * (place + 1.3 * sum(is_first[: place + 1])) for place in range(len(rows))]
    height = tops[-1] + ROW * 1.5
    fig, axes = new_figure(height, left=left, right=MARGIN, bottom=0, top=0)
    axes.set_ylim(height, 0)
    room = WIDTH - left - MARGIN
    needed = [
        row["days_high"] * room / (room - text_width(label, size=8.5, bold=True) - 0.16)
        for row, label in zip(rows, labels, strict=True)
    ]
    axes.set_xlim(0, max(needed))
    axes.set_axis_off()
    for place, row in enumerate(rows):
        if is_first[place]:
            _words(axes, HEADS[row["ends_in"]], tops[place] - ROW * 0.5, is_head=True)
        _mark(axes, row, names[place], labels[place], tops[place] + ROW / 2, is_named=_is_named(row, goods))
    return fig


def _shown(rows: list[Line], goods: str) -> list[Line]:
    """Keep as many as there is room for: what came furthest, and the goods named."""
    if len(rows) <= MOST:
        return rows
    kept = [row for row in rows if _is_named(row, goods)][:MOST]
    kept += [row for row in rows if row not in kept][: MOST - len(kept)]
    return [row for row in rows if row in kept]


def _is_named(row: Line, goods: str) -> bool:
    return bool(goods) and goods.lower() in row["what"].lower()


def _name(row: Line) -> str:
    room = 32 - min(len(row["name"]), 18)
    return f"{shorten(row['name'], 18)}, {shorten(row['what'], max(room, 12))}"


def _label(row: Line) -> str:
    low, high = row["days_low"], row["days_high"]
    days = f"{low}" if low == high else f"{low}–{high}"
    return f"{days}{NBSP}day{'' if days == '1' else 's'}"


def _mark(axes: Axes, row: Line, name: str, label: str, at: float, *, is_named: bool) -> None:
    colour = ORANGE if is_named else LOOKS[row["ends_in"]]
    axes.plot([0, row["days_low"]], [at, at], color=GREY if is_named else PALE, linewidth=1.2, zorder=1)
    if row["days_low"] != row["days_high"]:
        axes.plot([row["days_low"], row["days_high"]], [at, at], color=INK, linewidth=1.2, zorder=1)
    shape = "D" if is_named else "o"
    axes.plot([row["days"]], [at], shape, color=colour, markeredgecolor=INK, markersize=6, clip_on=False)
    _words(axes, name, at, is_bold=is_named)
    axes.annotate(
        label,
        (row["days_high"], at),
        xytext=(7, 0),
        textcoords="offset points",
        va="center_baseline",
        size=8.5,
        weight="bold" if is_named else "normal",
        parse_math=False,
    )


def _words(axes: Axes, text: str, at: float, *, is_head: bool = False, is_bold: bool = False) -> None:
    """Write the name of a row before it, or the head of a group at the left edge."""
    axes.annotate(
        text,
        (0, at),
        xycoords=("figure fraction" if is_head else "axes fraction", "data"),
        xytext=(MARGIN * 72 if is_head else -7, 0),
        textcoords="offset points",
        ha="left" if is_head else "right",
        va="center_baseline",
        size=8.5,
        color=GREY if is_head else INK,
        weight="bold" if is_bold else "normal",
        annotation_clip=False,
        parse_math=False,
    )


def tell_days(ledger: Ledger, facts: pd.DataFrame | None = None, *, goods: str = "") -> dict[str, str]:
    """Say how long it took, the goods named against the others: finding, subtitle and alt text."""
    rows = table_days(ledger, facts).to_dict("records")
    subtitle = (
        f"Days from the first stage of an act that has a date to the last, acts of {period_of(ledger)}. "
        "A line at a mark: the month alone is known"
    )
    if not rows:
        return {"finding": NOTHING, "subtitle": subtitle, "alt": f"No marks. {NOTHING}"}
    arrived = [row for row in rows if row["ends_in"] in ARRIVED]
    named = [row for row in arrived if _is_named(row, goods)]
    others = [row for row in arrived if not _is_named(row, goods)]
    shown = _shown(rows, goods)
    if len(shown) < len(rows):
        subtitle += f"; {len(shown)} of {len(rows)} acts"
    told = "; ".join(
        f"{row['name']}, {row['what']}: {row['from_stage']} to {row['to_stage']}, {_label(row)}"
        for row in shown
    )
    return {
        "finding": _finding(rows, named, others, goods),
        "subtitle": subtitle,
        "alt": f"A mark an act. {told}.".replace(NBSP, " "),
    }


def _finding(rows: list[Line], named: list[Line], others: list[Line], goods: str) -> str:
    if named:
        first = named[0]
        from_ = {"contracted": "order", "pledged": "pledge"}.get(first["from_stage"], "decision")
        said = f"{first['what']}: {_label(first)} from {from_} to being {first['ends_in']}"
        return f"{said}; {_usual(others)}"
    if others:
        absent = f"; {goods} has no such dates" if goods else ""
        return f"From the first word, {_usual(others).replace(' other', '')}{absent}"
    acts = "act has" if len(rows) == 1 else "acts have"
    return f"{len(rows)} {acts} two stages with a day, but none a day of payment or delivery"


def _usual(others: list[Line]) -> str:
    if not others:
        return "no other act has both days"
    if len(others) == 1:
        return f"the one other act paid or handed over took {_label(others[0])}"
    days = f"{median(row['days'] for row in others):.0f}{NBSP}days"
    return f"the median of {len(others)} other acts paid or handed over is {days}"
