"""In: the books. Out: who pays for one mechanism, through whom, and when; drawn and in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger, build_totals
from aidlib.lexicon import terms
from aidlib.plots.bars import Bar, draw_bars, draw_sentence, span_of
from aidlib.plots.books import period_of_acts, rate_of
from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    SKY,
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

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "draw_payers",
    "draw_timeline",
    "handlers_of",
    "nothing_of",
    "only_mechanism",
    "table_payers",
    "table_timeline",
    "tell_payers",
    "tell_timeline",
    "title_of",
]

ZERO = Decimal(0)
SAID, FIRM, DONE = "said", "decided", "paid or handed over"
PHASES = {
    "pledged": SAID,
    "committed": FIRM,
    "allocated": FIRM,
    "contracted": FIRM,
    "disbursed": DONE,
    "delivered": DONE,
}
LOOKS = {SAID: "white", FIRM: SKY, DONE: BLUE}
ROW = 0.235  # inches an act of the timeline
MOST = 24
PAYERS = 12


def only_mechanism(ledger: Ledger, mechanism: str) -> pd.DataFrame:
    """Select the booked acts of one mechanism, oldest first."""
    acts = ledger.commitments
    chosen = acts[(acts["mechanism"] == mechanism) & (acts["status"] == "booked")]
    return chosen.sort_values(["announced_on", "commitment_id"], kind="stable").reset_index(drop=True)


def table_payers(ledger: Ledger, mechanism: str = "danish_model") -> pd.DataFrame:
    """Add up one mechanism by payer, largest first; a payer whose sums are unsaid has no euro.

    A payer's share of a joint sum stands in its own row, and is taken out of the joint one.

    Returns
    -------
    DataFrame
        ``donor``, ``name``, ``channel``, ``low_eur``, ``central_eur``, ``high_eur``, ``n_acts``.
    """
    totals = build_totals(ledger, by=["mechanism", "donor", "channel"], parts="apart")
    rows = [_payer(row) for row in totals.to_dict("records") if row["mechanism"] == mechanism]
    told = {row["donor"] for row in rows}
    for donor, acts in only_mechanism(ledger, mechanism).groupby("donor", sort=True):
        if donor not in told:
            channel = acts["channel"].dropna()
            empty = {"low_eur": ZERO, "central_eur": ZERO, "high_eur": ZERO, "n_commitments": len(acts)}
            first = channel.iloc[0] if len(channel) else None
            rows.append(_payer({"donor": donor, "channel": first, **empty}))
    rows.sort(key=lambda row: (-row["central_eur"], row["name"]))
    names = ["donor", "name", "channel", "low_eur", "central_eur", "high_eur", "n_acts"]
    return pd.DataFrame(rows, columns=names)


def _payer(row: dict[Any, Any]) -> dict[str, Any]:
    channel = row["channel"] if isinstance(row["channel"], str) else ""
    return {
        "donor": row["donor"],
        "name": name_of(row["donor"]),
        "channel": channel,
        "low_eur": row["low_eur"],
        "central_eur": row["central_eur"],
        "high_eur": row["high_eur"],
        "n_acts": row["n_commitments"],
    }


def draw_payers(ledger: Ledger, mechanism: str = "danish_model") -> Figure:
    """Draw who pays for a mechanism; dark what another handles for the payer, light what is its own."""
    rows = _shown(table_payers(ledger, mechanism))
    return draw_bars([_payer_bar(row) for row in rows]) if rows else draw_sentence(nothing_of(mechanism))


def _shown(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Give the rows that are drawn: the payers that have no room of their own are one."""
    rows = table.to_dict("records")
    if len(rows) <= PAYERS + 1:
        return rows
    rest = rows[PAYERS:]
    sums = {name: sum(row[name] for row in rest) for name in ("low_eur", "central_eur", "high_eur", "n_acts")}
    return [*rows[:PAYERS], {"donor": "", "name": f"{len(rest)} other payers", "channel": "", **sums}]


def _payer_bar(row: dict[Any, Any]) -> Bar:
    is_handed = bool(row["channel"]) and row["channel"] != row["donor"]
    between = span_of(row["low_eur"], row["high_eur"])
    label = eur(row["central_eur"], short=True) if row["central_eur"] else "no sum said"
    acts = f"{row['n_acts']} act{'' if row['n_acts'] == 1 else 's'}"
    return Bar(
        row["name"],
        float(row["central_eur"]),
        label + (f"  ({between})" if between and row["central_eur"] else ""),
        low=float(row["low_eur"]),
        high=float(row["high_eur"]),
        under=f"through {name_of(row['channel'])}, {acts}" if is_handed else acts,
        colour=BLUE if is_handed else SKY,
    )


def nothing_of(mechanism: str) -> str:
    """Say that nothing of a mechanism is booked."""
    return f"No act of the {title_of(mechanism)} is booked in this selection."


def handlers_of(channels: Iterable[str]) -> str:
    """Name those who handle money for others, as far as a title has room for them."""
    names = sorted({as_subject(name_of(code)) for code in channels})
    return (listed(names) if len(names) < 4 else f"{len(names)} others") if names else "another"


def title_of(mechanism: str) -> str:
    """Name a mechanism in words, with the capitals of its own name.

    Examples
    --------
    >>> title_of("danish_model"), title_of("purl"), title_of("in_kind")
    ('Danish model', 'PURL', 'in kind')
    """
    words = mechanism.replace("_", " ")
    forms = (form for form, term in terms() if term.kind == "mechanism")
    return next((form for form in forms if form.lower() == words), words)


def tell_payers(ledger: Ledger, mechanism: str = "danish_model") -> dict[str, str]:
    """Say who pays: finding, subtitle and alt text."""
    rows = table_payers(ledger, mechanism)
    acts = only_mechanism(ledger, mechanism)
    title = title_of(mechanism)
    subtitle = f"Booked for the {title}, {rate_of(ledger)}, {period_of_acts(acts)}. Dark: handled by another"
    total = sum(rows["central_eur"], ZERO)
    if not total:
        finding = (
            nothing_of(mechanism) if not len(rows) else f"No sum is said of the {title} in this selection"
        )
        return {"finding": finding, "subtitle": subtitle, "alt": f"No bars. {finding}"}
    handed = rows[(rows["channel"] != "") & (rows["channel"] != rows["donor"])]
    others = sum(handed["central_eur"], ZERO)
    first = rows.iloc[0]
    pays = "pay" if first["donor"] in ("MULTI", "NORDIC") else "pays"
    whose, handle = handlers_of(handed["channel"]), "handle" if handed["channel"].nunique() > 1 else "handles"
    finding = (
        f"{percent(others / total)} of the {eur(total)} booked for the {title} is others' money that "
        f"{whose} {handle}; {as_subject(str(first['name']))} {pays} the most"
    )
    bars = ", ".join(
        f"{row['name']} {eur(row['central_eur']) if row['central_eur'] else 'no sum said'}"
        for row in _shown(rows)
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Bars in euro, largest first: {bars}."}


def table_timeline(ledger: Ledger, mechanism: str = "danish_model", *, most: int = MOST) -> pd.DataFrame:
    """List the acts of a mechanism by the day of their announcement, oldest first.

    Returns
    -------
    DataFrame
        ``announced_on``, ``name``, ``amount_eur``, ``stage``, ``phase``, ``delivered_on`` (None where
        no text tells it), ``items``, ``commitment_id``. Of more than ``most`` acts, the largest.
    """
    acts = only_mechanism(ledger, mechanism).dropna(subset=["announced_on"])
    rows = [
        {
            "announced_on": row["announced_on"].date(),
            "name": name_of(row["donor"]),
            "amount_eur": row["amount_eur"],
            "stage": row["stage"],
            "phase": PHASES.get(row["stage"], SAID),
            "delivered_on": row["delivered_on"] if isinstance(row["delivered_on"], str) else None,
            "items": row["items"] if isinstance(row["items"], str) else "",
            "commitment_id": row["commitment_id"],
        }
        for row in acts.to_dict("records")
    ]
    if len(rows) > most:
        kept = sorted(rows, key=lambda row: row["amount_eur"] or ZERO, reverse=True)[:most]
        rows = [row for row in rows if row in kept]
    names = "announced_on name amount_eur stage phase delivered_on items commitment_id".split()
    return pd.DataFrame(rows, columns=names, dtype=object)  # a column of texts would make None a number


@styled
def draw_timeline(ledger: Ledger, mechanism: str = "danish_model") -> Figure:
    """Draw the acts of a mechanism in time, one a row, its marker as large as its sum."""
    rows = table_timeline(ledger, mechanism).to_dict("records")
    if not rows:
        return draw_sentence(nothing_of(mechanism))
    height = len(rows) * ROW + 0.75
    fig, axes = new_figure(height, left=MARGIN + 0.12, right=MARGIN + 0.12, bottom=0.32, top=0.34)
    most = max(float(row["amount_eur"] or 0) for row in rows) or 1
    days = [day for row in rows for day in (row["announced_on"], _delivery(row)) if day]
    first, last = min(days).toordinal(), max(days).toordinal()
    span = max(last - first, 30)
    axes.set_xlim(first - span * 0.03, last + span * 0.03)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    _grid(axes, date.fromordinal(first), date.fromordinal(last))
    for place, row in enumerate(rows):
        _act(axes, row, place, most)
    _key(fig, axes, rows)
    return fig


def _act(axes: Axes, row: dict[Any, Any], place: int, most: float) -> None:
    start = row["announced_on"].toordinal()
    size = 3.5 + 8.5 * (float(row["amount_eur"] or 0) / most) ** 0.5
    end = (_delivery(row) or row["announced_on"]).toordinal()
    if _delivery(row):
        axes.plot([start, end], [place, place], color=INK, linewidth=1)
        axes.plot([end], [place], "D", color=ORANGE, markeredgecolor=INK, markersize=5)
    look: dict[str, Any] = {"color": LOOKS[row["phase"]], "markeredgecolor": INK, "markeredgewidth": 0.8}
    axes.plot([start], [place], "o", markersize=size, **look)
    left, right = _room(axes, min(start, end), is_left=True), _room(axes, max(start, end), is_left=False)
    is_left, at = (True, min(start, end)) if left > right else (False, max(start, end))
    reach = 4 + (size / 2 if at == start else 4)
    label = f"{shorten(row['name'], 26)}, {eur(row['amount_eur'], short=True)}"
    goods = row["items"].replace("|", ", ").replace(":", " × ")
    whole = f"{label}, {goods}" if goods else label
    axes.annotate(
        whole if text_width(whole, size=8) <= max(left, right) - reach / 72 else label,
        (at, place),
        xytext=(-reach if is_left else reach, 0),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center_baseline",
        size=8,
        parse_math=False,
    )


def _room(axes: Axes, at: float, *, is_left: bool) -> float:
    """Give the inches from a day to the margin of the figure."""
    (first, last), side = axes.get_xlim(), MARGIN + 0.12
    place = side + (at - first) / (last - first) * (WIDTH - 2 * side)
    return place - MARGIN if is_left else WIDTH - MARGIN - place


def _delivery(row: dict[Any, Any]) -> date | None:
    """Give the day of delivery, of a month its first that is not too early; a year alone has no place."""
    told = row["delivered_on"]
    if not told or len(told) < 7:
        return None
    day = date.fromisoformat(f"{told}-01"[:10])
    is_same_month = f"{row['announced_on']:%Y-%m}" == told
    return row["announced_on"] if is_same_month else day


def _grid(axes: Axes, first: date, last: date) -> None:
    halves = [date(year, month, 1) for year in range(first.year, last.year + 2) for month in (1, 4, 7, 10)]
    inside = [day for day in halves if first <= day <= last]
    years = [day for day in inside if day.month == 1]
    shown = inside if len(inside) <= 5 else [day for day in inside if day.month in (1, 7)]
    shown, words = (shown, "%b %Y") if len(shown) <= 6 else (years[:: -(-len(years) // 8)], "%Y")
    shown = shown or [first]
    axes.set_xticks([day.toordinal() for day in shown], [day.strftime(words) for day in shown])
    axes.grid(axis="x")
    axes.set_yticks([])


def _key(fig: Figure, axes: Axes, rows: list[dict[Any, Any]]) -> None:
    """Name the markers in one line above the first row."""
    present = [phase for phase in LOOKS if any(row["phase"] == phase for row in rows)]
    marks = [("o", LOOKS[phase], phase) for phase in present]
    if any(_delivery(row) for row in rows):
        marks.append(("D", ORANGE, "delivery"))
    top = fig.get_size_inches()[1]
    key = fig.add_axes((MARGIN / WIDTH, (top - 0.28) / top, 1 - 2 * MARGIN / WIDTH, 0.2 / top))
    key.set_axis_off()
    key.set_xlim(0, WIDTH - 2 * MARGIN)
    key.set_ylim(-1, 1)
    at = 0.08
    for shape, colour, words in marks:
        key.plot([at], [0], shape, color=colour, markeredgecolor=INK, markeredgewidth=0.8, markersize=6)
        key.text(at + 0.09, 0, words, va="center_baseline", size=8, color=GREY)
        at += 0.32 + 0.065 * len(words)


def tell_timeline(ledger: Ledger, mechanism: str = "danish_model") -> dict[str, str]:
    """Say what happened when: finding, subtitle and alt text."""
    rows = table_timeline(ledger, mechanism, most=10**6)
    title = title_of(mechanism)
    subtitle = f"Acts booked for the {title} by day of announcement; a larger mark is a larger sum (euro)"
    if not len(rows):
        finding = nothing_of(mechanism)
        return {"finding": finding, "subtitle": subtitle, "alt": f"No marks. {finding}"}
    shown = table_timeline(ledger, mechanism)
    if len(shown) < len(rows):
        subtitle += f"; the {len(shown)} largest of {len(rows)}"
    done = int((rows["phase"] == DONE).sum())
    since = f"{min(rows['announced_on']):%B %Y}"
    finding = f"Of {len(rows)} acts of the {title} since {since}, {done or 'none'} "
    finding += f"{'is' if done == 1 else 'are'} told as paid or handed over"
    acts = "; ".join(
        f"{row['announced_on']}: {row['name']}, {eur(row['amount_eur'])}, {row['stage']}"
        for row in shown.to_dict("records")
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Timeline. {acts}."}
