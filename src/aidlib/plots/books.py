"""In: the books. Out: the way to them, donors with bounds, what the day of the rate does; and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger, build_totals, naive_steps
from aidlib.plots.bars import Bar, draw_bars, draw_sentence, span_of
from aidlib.plots.style import (
    BLUE,
    GREY,
    MARGIN,
    NBSP,
    ORANGE,
    as_subject,
    eur,
    name_of,
    new_figure,
    percent,
    sentence,
    styled,
)
from aidlib.rates import convert_money

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "draw_donors",
    "draw_rates",
    "draw_waterfall",
    "period_of",
    "period_of_acts",
    "rate_days",
    "rate_of",
    "source_of",
    "table_donors",
    "table_rates",
    "tell_donors",
    "tell_rates",
    "tell_waterfall",
]

NOTHING = "This selection holds no sum that can be booked."
ZERO = Decimal(0)
SUMS = ["low_eur", "central_eur", "high_eur", "n_commitments"]
Told = dict[str, str]


def period_of(ledger: Ledger) -> str:
    """Say from which month to which the acts were announced.

    Returns
    -------
    str
        "2024-04 to 2026-02"; "no period" where no act has a day.
    """
    return period_of_acts(ledger.commitments)


def period_of_acts(acts: pd.DataFrame) -> str:
    """Say the same of some of the acts."""
    days = acts["announced_on"].dropna()
    if not len(days):
        return "no period"
    first, last = (day.strftime("%Y-%m") for day in (days.min(), days.max()))
    return first if first == last else f"{first} to {last}"


def source_of(books: Ledger) -> str:
    """Say where the books come from, as the line under a figure has it."""
    read = books.events["doc_id"].nunique()
    rates = sorted(set(books.commitments["rate_source"].dropna()) - {"euro"})
    shown = [*rates[:1], *(["others named in the ledger"] if len(rates) > 1 else [])]
    texts = f"{read:,} announcement{'' if read == 1 else 's'}"
    return f"{texts}; rates: {', '.join(shown) or 'none needed'}"


def rate_of(ledger: Ledger) -> str:
    """Say what euro its sums are in: by which rates."""
    if ledger.fixed_day is not None:
        return f"euro at the rates of {ledger.fixed_day.isoformat()}"
    return "euro at the mean rate of the month" if ledger.policy == "monthly" else "euro at the day's rate"


def draw_waterfall(ledger: Ledger) -> Figure:
    """Draw the way from the sum of every amount told to the books."""
    steps = naive_steps(ledger)
    rows = steps[(steps["amount_eur"] != 0) | steps["step"].isin(["naive", "books"])].to_dict("records")
    if not rows or rows[0]["amount_eur"] == 0:
        return draw_sentence(NOTHING)
    total = build_totals(ledger, by=[])
    return draw_bars([_step(row, total) for row in rows], connect=True)


def _step(row: dict[Any, Any], total: pd.DataFrame) -> Bar:
    running, amount = float(row["running_eur"]), float(row["amount_eur"])
    name, label = str(row["label"]), eur(row["amount_eur"], short=True)
    if row["step"] == "books":
        low, high = (float(total[name].iloc[0]) if len(total) else None for name in ("low_eur", "high_eur"))
        return Bar(name.capitalize(), running, label, low=low, high=high, is_strong=True)
    if row["step"] == "naive":
        return Bar(name.capitalize(), running, label, colour="#8a8a8a", is_strong=True)
    return Bar(name.capitalize(), running, label, start=running - amount, colour=ORANGE)


def tell_waterfall(ledger: Ledger) -> Told:
    """Say what the waterfall shows: finding, subtitle and alt text."""
    steps = naive_steps(ledger)
    naive, books = steps["amount_eur"].iloc[0], steps["amount_eur"].iloc[-1]
    if not naive:
        return _nothing(ledger)
    off = steps.iloc[1:-1]
    most = min(off.to_dict("records"), key=lambda row: row["amount_eur"])
    share = percent(books / naive)
    finding = f"Of {eur(naive)} told, {eur(books)} is in the books ({share})"
    if most["amount_eur"] < 0:
        finding += f"; most goes as {most['label']}"
    parts = ", ".join(f"{row.label} {eur(row.amount_eur)}" for row in off.itertuples() if row.amount_eur)
    return {
        "finding": finding,
        "subtitle": f"{sentence(rate_of(ledger))}, acts of {period_of(ledger)}",
        "alt": f"Waterfall in euro: every amount told {eur(naive)}; {parts or 'nothing taken off'}; "
        f"the books {eur(books)}.",
    }


def _nothing(ledger: Ledger) -> Told:
    return {"finding": NOTHING, "subtitle": f"Acts of {period_of(ledger)}", "alt": f"No bars. {NOTHING}"}


def table_donors(ledger: Ledger, *, top: int = 12, price_base_year: int | None = None) -> pd.DataFrame:
    """Add up the books by donor, largest first; what comes after ``top`` is one row.

    Parameters
    ----------
    top : int
        Donors with a row of their own.
    price_base_year : int, optional
        Sums in the prices of that year, as ``build_totals`` gives them; acts without a day, or of a year
        without an index of prices, are left out.

    Returns
    -------
    DataFrame
        ``donor``, ``name``, ``low_eur``, ``central_eur``, ``high_eur``, ``n_commitments``.
    """
    totals = build_totals(ledger, by=["donor"], price_base_year=price_base_year)
    totals = totals[totals["central_eur"].notna()]
    order = totals["central_eur"].astype("float").sort_values(ascending=False, kind="stable").index
    totals = totals.loc[order, ["donor", *SUMS]].reset_index(drop=True)
    totals.insert(1, "name", [name_of(code) for code in totals["donor"]])
    rest = totals.iloc[top:]
    if len(rest) < 2:
        return totals
    sums = {name: rest[name].sum() for name in SUMS}
    last = pd.DataFrame([{"donor": "", "name": f"{len(rest)} other donors", **sums}])
    return pd.concat([totals.iloc[:top], last], ignore_index=True)


def draw_donors(ledger: Ledger, *, top: int = 12, price_base_year: int | None = None) -> Figure:
    """Draw what each donor has booked, with whiskers from the least to the most it may be."""
    rows = table_donors(ledger, top=top, price_base_year=price_base_year)
    if not len(rows):
        return draw_sentence(NOTHING)
    return draw_bars([_donor(row) for row in rows.to_dict("records")])


def _donor(row: dict[Any, Any]) -> Bar:
    low, central, high = (row[name] for name in ("low_eur", "central_eur", "high_eur"))
    between = span_of(low, high)
    return Bar(
        row["name"],
        float(central),
        eur(central, short=True) + (f"  ({between})" if between else ""),
        low=float(low),
        high=float(high),
        colour=BLUE if row["donor"] else "#8a8a8a",
    )


def tell_donors(ledger: Ledger, *, top: int = 12, price_base_year: int | None = None) -> Told:
    """Say what the donors' bars show: finding, subtitle and alt text."""
    rows = table_donors(ledger, top=top, price_base_year=price_base_year)
    if not len(rows):
        return _nothing(ledger)
    total = build_totals(ledger, by=[], price_base_year=price_base_year).iloc[0]
    measure = _in_prices_of(price_base_year, total) if price_base_year else rate_of(ledger)
    first = rows.iloc[0]
    who = as_subject(str(first["name"]))
    finding = sentence(f"{who} has {eur(first['central_eur'])} in the books")
    finding += ", the most of all" if len(rows) > 1 else ""
    between = span_of(total["low_eur"], total["high_eur"])
    if between:
        finding += f"; the whole may be {between}"
    bars = ", ".join(f"{row.name} {eur(row.central_eur)}" for row in rows.itertuples(index=False))
    return {
        "finding": finding,
        "subtitle": f"Booked, {measure}, acts of {period_of(ledger)}. Bar: as stated; line: least to most",
        "alt": f"Bars in euro, largest first: {bars}.",
    }


def _in_prices_of(year: int, total: pd.Series[Any]) -> str:
    left_out = len(list(filter(None, str(total["left_out_ids"]).split("|"))))
    without = f" without {left_out} acts of years that have no index of prices" if left_out else ""
    return f"euro in the prices of {year}{without}"


def rate_days(ledger: Ledger) -> list[date]:
    """Give the last day of every month in which the acts were announced."""
    days = ledger.commitments["announced_on"].dropna()
    if not len(days):
        return []
    months = pd.period_range(days.min(), days.max(), freq="M")
    return [(month + 1).start_time.date() - timedelta(days=1) for month in months]


def table_rates(ledger: Ledger) -> pd.DataFrame:
    """Convert the books once more, all of them by the rates of one day.

    Returns
    -------
    DataFrame
        ``day``, ``total_eur``, ``change`` (share of the sum by the books' own rates). Sums
        whose currency has no rate that day keep their own.
    """
    acts = _counted(ledger)
    own = sum(acts["amount_eur"], ZERO)
    sums = dict(list(acts.groupby("currency")[["amount", "amount_eur"]]))
    rows = []
    for day in rate_days(ledger):
        total = sum((_at(group, str(code), day) for code, group in sums.items()), ZERO)
        rows.append({"day": day, "total_eur": total, "change": float(total / own) - 1 if own else 0.0})
    return pd.DataFrame(rows, columns=["day", "total_eur", "change"])


def _counted(ledger: Ledger) -> pd.DataFrame:
    total = build_totals(ledger, by=[])
    names = str(total["commitment_ids"].iloc[0]).split("|") if len(total) else []
    acts = ledger.commitments
    return acts[acts["commitment_id"].isin(names) & acts["currency"].notna()]


def _at(group: pd.DataFrame, code: str, day: date) -> Decimal:
    amount = sum(group["amount"], ZERO)
    got = convert_money(amount, code, day, on_missing="keep").amount_eur
    return got if got is not None else sum(group["amount_eur"], ZERO)


@styled
def draw_rates(ledger: Ledger) -> Figure:
    """Draw by how much the books change when one day's rates are used for all of them."""
    rows = table_rates(ledger)
    if not _moves(rows):
        return draw_sentence(tell_rates(ledger)["finding"])
    fig, axes = new_figure(1.75, left=MARGIN + 0.08, right=MARGIN + 0.3, bottom=0.3, top=0.22)
    days, change = list(rows["day"]), [value * 100 for value in rows["change"]]
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.plot(days, change, color=BLUE)
    for at, below in ((_place_of(change, max), False), (_place_of(change, min), True)):
        axes.plot(days[at], change[at], "o", color=BLUE, markersize=5)
        axes.annotate(
            f"{_signed(change[at])}{NBSP}% at the rates of {days[at]:%b %Y}",
            (days[at], change[at]),
            xytext=(0, -7 if below else 7),
            textcoords="offset points",
            ha="left" if at < len(days) / 3 else "right" if at > 2 * len(days) / 3 else "center",
            va="top" if below else "bottom",
            size=8.5,
        )
    axes.set_yticks([])
    reach = max(max(change) - min(change), 0.2)
    axes.set_ylim(min(min(change), 0) - reach * 0.34, max(max(change), 0) + reach * 0.05)
    _years(axes, days)
    return fig


def _moves(rows: pd.DataFrame) -> bool:
    """Whether there is a change that its label would not call nought."""
    return len(rows) > 1 and float(rows["change"].abs().max()) >= 0.0005


def _place_of(values: Sequence[float], best: Any) -> int:
    return int(values.index(best(values)))


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _years(axes: Any, days: Sequence[date]) -> None:
    """Mark where years begin; within one year, its first and last month."""
    starts = [after for before, after in pairwise(days) if before.year != after.year]
    marks = [day.replace(day=1) for day in starts] or [days[0], days[-1]]
    axes.set_xticks(marks, [f"{day:%Y}" if starts else f"{day:%b %Y}" for day in marks])


def tell_rates(ledger: Ledger) -> Told:
    """Say what the day of the rate does: finding, subtitle and alt text."""
    rows = table_rates(ledger)
    if len(rows) < 2:
        return _nothing(ledger)
    if not _moves(rows):
        finding = f"Rates of one day for all would move the books by less than 0.05{NBSP}%"
        return {**_nothing(ledger), "finding": finding, "alt": f"No line. {finding}"}
    least, most = (float(rows["change"].agg(how)) * 100 for how in ("min", "max"))
    return {
        "finding": "Rates of one day for all would move the books by "
        f"{_signed(least)} to {_signed(most)}{NBSP}%",
        "subtitle": "Change of the sum booked when every act is converted at the rates of one month's end, "
        f"against the books in {rate_of(ledger)} (line at zero)",
        "alt": f"Line from {rows['day'].iloc[0]:%Y-%m} to {rows['day'].iloc[-1]:%Y-%m}: "
        f"the change of the books lies between {_signed(least)} and {_signed(most)} per cent.",
    }
