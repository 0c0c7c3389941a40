"""In: a table of facts with claims and lines. Out: each official total beside what its lines allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.plots.bars import draw_sentence, span_of
from aidlib.plots.style import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    RED,
    SKY,
    WIDTH,
    eur,
    name_of,
    new_figure,
    shorten,
    styled,
    text_width,
)
from aidlib.rates import convert_money

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_claims", "table_claims", "tell_claims"]

NOTHING = "The table of facts holds no official total."
COLUMNS = "row_id claimed_by announced_on year scope claim_eur low_eur high_eur n_lines is_within".split()
ZERO = Decimal(0)
ROW = 0.38
Line = dict[Any, Any]


def table_claims(facts: pd.DataFrame) -> pd.DataFrame:
    """Set each total that officials claim beside the sum of the lines of its years and payers.

    The least counts the largest line of each payer and year that was public when the claim was
    made, at the lowest figure that anybody gives, and a joint tranche only as far as it exceeds
    its members; the most counts every line at the highest figure. Lines of one ``conflict_group`` are one line.

    Returns
    -------
    DataFrame
        ``row_id``, ``claimed_by``, ``announced_on``, ``year``, ``scope`` (payer, or "all"),
        ``claim_eur``, ``low_eur``, ``high_eur``, ``n_lines``, ``is_within`` (to one per cent).
    """
    valued = [row | {"eur": _euro(row)} for row in facts.to_dict("records")]
    lines = [row for row in valued if row["row_type"] == "contribution" and row["eur"] is not None]
    claims = [row for row in valued if row["row_type"] == "claimed_total" and row["eur"] is not None]
    rows = [_claim(claim, lines) for claim in claims]
    rows.sort(key=lambda row: (row["scope"] != "all", row["year"], row["claim_eur"], row["row_id"]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _claim(claim: Line, lines: Iterable[Line]) -> Line:
    first, last = _years(claim["year"])
    payer = claim["contributor"] if claim["contributor"] != "MULTI" else None
    mine = [line for line in lines if first <= _years(line["year"])[0] and _years(line["year"])[1] <= last]
    mine = [line for line in mine if payer in (None, line["contributor"])]
    low, high = _least(_known_by(mine, claim["announced_on"])), _most(mine)
    margin = claim["eur"] / 100
    return {
        "row_id": claim["row_id"],
        "claimed_by": claim["claimed_by"],
        "announced_on": claim["announced_on"],
        "year": claim["year"],
        "scope": payer or "all",
        "claim_eur": claim["eur"],
        "low_eur": low,
        "high_eur": high,
        "n_lines": len(mine),
        "is_within": low - margin <= claim["eur"] <= high + margin,
    }


def _known_by(lines: Iterable[Line], day: str) -> list[Line]:
    """Select the lines of which a figure was public when the claim was made."""
    rows = list(lines)
    known = {_line_of(row) for row in rows if not day or row["announced_on"][: len(day)] <= day}
    return [row for row in rows if _line_of(row) in known]


def _line_of(row: Line) -> str:
    return str(row["conflict_group"] or row["row_id"])


def _grouped(lines: Iterable[Line]) -> dict[tuple[str, str], dict[str, list[Decimal]]]:
    """Sort figures by payer and year, then by the line that they are figures of."""
    found: dict[tuple[str, str], dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        found[line["contributor"], line["year"]][_line_of(line)].append(line["eur"])
    return found


def _least(lines: Iterable[Line]) -> Decimal:
    by_year: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for (payer, year), groups in _grouped(lines).items():
        by_year[year][payer] = min(max(groups.values(), key=max))
    return sum((_joint(payers) for payers in by_year.values()), ZERO)


def _joint(payers: dict[str, Decimal]) -> Decimal:
    """Add payers up; what several states pay jointly may hold what they are said to pay each."""
    states = sum((value for payer, value in payers.items() if payer not in ("EU", "MULTI")), ZERO)
    return payers.get("EU", ZERO) + max(states, payers.get("MULTI", ZERO))


def _most(lines: Iterable[Line]) -> Decimal:
    return sum((max(figures) for groups in _grouped(lines).values() for figures in groups.values()), ZERO)


def _years(told: str) -> tuple[int, int]:
    first, _, last = str(told).partition("-")
    return int(first), int(last or first)


def _euro(row: Line) -> Decimal | None:
    if not row["amount"] or not row["currency"]:
        return None
    told = row["announced_on"] or row["year"][:4]
    day = date.fromisoformat(told + {4: "-07-01", 7: "-15"}.get(len(told), ""))
    return convert_money(Decimal(row["amount"]), row["currency"], day, on_missing="keep").amount_eur


@styled
def draw_claims(facts: pd.DataFrame) -> Figure:
    """Draw each claim as a mark over the band that its lines allow."""
    rows = table_claims(facts).to_dict("records")
    if not rows:
        return draw_sentence(NOTHING)
    names = [_name(row) for row in rows]
    widths = [text_width(name, size=8.5) for name, _ in names]
    left = MARGIN + max(*widths, *(text_width(under, size=7.5) for _, under in names)) + 0.1
    fig, axes = new_figure(len(rows) * ROW + 0.1, left=left, bottom=0.05, top=0.05)
    room = WIDTH - left - MARGIN
    most = max(max(row["high_eur"], row["claim_eur"]) for row in rows)
    labels = max(text_width(_label(row)[1], size=7.5) for row in rows)
    axes.set_xlim(0, float(most) * room / (room - labels - 0.12))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_axis_off()
    for place, (row, (name, under)) in enumerate(zip(rows, names, strict=True)):
        _mark(axes, row, place)
        _words(axes, name, place - 0.17, 8.5, INK)
        _words(axes, under, place + 0.19, 7.5, GREY)
    return fig


def _name(row: Line) -> tuple[str, str]:
    payers = "all payers" if row["scope"] == "all" else f"{name_of(row['scope'])} alone"
    said = f", said {row['announced_on'][:7]}" if row["announced_on"] else ""
    return shorten(row["claimed_by"], 30), f"{payers}, {row['year'].replace('-', '–')}{said}"


def _label(row: Line) -> tuple[str, str]:
    lines = span_of(row["low_eur"], row["high_eur"]) or eur(row["high_eur"], short=True)
    return eur(row["claim_eur"], short=True), f"lines {lines}"


def _mark(axes: Axes, row: Line, place: int) -> None:
    low, high, claim = (float(row[name]) for name in ("low_eur", "high_eur", "claim_eur"))
    axes.barh(place, high - low, left=low, height=0.42, color=SKY, alpha=0.55, edgecolor="none")
    shape, colour = ("o", BLUE) if row["is_within"] else ("D", RED)
    axes.plot([claim], [place], shape, color=colour, markeredgecolor="white", markersize=7)
    for text, at, size, ink in zip(_label(row), (-0.17, 0.19), (8.5, 7.5), (INK, GREY), strict=True):
        axes.annotate(
            text,
            (max(high, claim), place + at),
            xytext=(6, 0),
            textcoords="offset points",
            va="center_baseline",
            size=size,
            color=ink,
        )


def _words(axes: Axes, text: str, at: float, size: float, colour: str) -> None:
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


def tell_claims(facts: pd.DataFrame) -> dict[str, str]:
    """Say how the claims stand to their lines: finding, subtitle and alt text."""
    rows = table_claims(facts)
    subtitle = (
        "Mark: the total as claimed, euro at the day's rate; "
        "band: the least and the most that the lines of its years add up to"
    )
    if not len(rows):
        return {"finding": NOTHING, "subtitle": subtitle, "alt": f"No marks. {NOTHING}"}
    within = int(rows["is_within"].sum())
    year = rows.loc[rows["scope"] == "all", "year"].mode()
    finding = f"{within} of {len(rows)} official totals lie within what their lines add up to"
    if len(year):
        same = rows[(rows["year"] == year.iloc[0]) & (rows["scope"] == "all")]["claim_eur"]
        finding += f"; those for {year.iloc[0]} run from {eur(min(same))} to {eur(max(same))}"
    marks = "; ".join(
        f"{row['claimed_by']} for {row['year']}: {eur(row['claim_eur'])}, "
        f"lines {eur(row['low_eur'])} to {eur(row['high_eur'])}"
        for row in rows.to_dict("records")
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"Marks over bands. {marks}."}
