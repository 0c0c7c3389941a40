"""In: the books. Out: how far each donor's money has come, and what stayed a pledge; drawn and in words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger, build_totals
from aidlib.ledger.totals import total_commitments
from aidlib.model import Stage
from aidlib.plots.bars import draw_sentence
from aidlib.plots.books import period_of, rate_of
from aidlib.plots.cells import Row, draw_cells
from aidlib.plots.style import BLUE, SKY, as_subject, eur, name_of, percent, sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_ladder", "last_day", "table_ladder", "table_waiting", "tell_ladder", "tell_waiting"]

NOTHING = "This selection holds no sum that can be booked."
NO_WAIT = "No act of this selection has stayed a pledge for longer than that."
ZERO = Decimal(0)
STEPS = [stage.value for stage in Stage if stage is not Stage.PROPOSED]
DONE = ("disbursed", "delivered")
# The last two rungs are one column: money is paid, goods are handed over.
COLUMNS = {
    "only pledged": ("pledged",),
    "committed": ("committed",),
    "allocated": ("allocated",),
    "contracted": ("contracted",),
    "paid or handed over": DONE,
}
LOOKS = ("white", "#cfe6f5", SKY, "#2b8cc4", BLUE)
ALL = "all"


def table_ladder(ledger: Ledger, *, top: int = 12) -> pd.DataFrame:
    """Add up the books by donor at the highest stage that each act has reached, in euro.

    A part that has come further than its whole is taken out of it and stands at its own stage.

    Returns
    -------
    DataFrame
        ``donor`` ("all" in the first row, empty for those after ``top``), ``name``, a column for
        each stage, ``total_eur``; largest first.
    """
    totals = build_totals(ledger, by=["donor", "stage"], parts="apart")
    sums: dict[Any, dict[str, Decimal]] = {}
    for cell in totals.to_dict("records"):
        donor = cell["donor"] if isinstance(cell["donor"], str) else None
        sums.setdefault(donor, dict.fromkeys(STEPS, ZERO))[cell["stage"]] += cell["central_eur"]
    donors = sorted(sums, key=lambda donor: (-sum(sums[donor].values(), ZERO), name_of(donor)))
    donors = [donor for donor in donors if sum(sums[donor].values(), ZERO) > 0]
    rows: list[dict[str, Any]] = [{"donor": donor, "name": name_of(donor), **sums[donor]} for donor in donors]
    rest = rows[top:]
    if len(rest) > 1:
        rows = [*rows[:top], {"donor": "", "name": f"{len(rest)} other donors", **_added(rest)}]
    if len(rows) > 1:
        by_stage = build_totals(ledger, by=["stage"], parts="apart")
        pairs = zip(by_stage["stage"], by_stage["central_eur"], strict=True)
        whole = {str(stage): value for stage, value in pairs}
        rows = [{"donor": ALL, "name": "All donors", **dict.fromkeys(STEPS, ZERO), **whole}, *rows]
    for row in rows:
        row["total_eur"] = sum((row[stage] for stage in STEPS), ZERO)
    if rows:
        # Of acts that may be one another the books count one, whatever their stages.
        rows[0]["total_eur"] = build_totals(ledger, by=[])["central_eur"].iloc[0]
    return pd.DataFrame(rows, columns=["donor", "name", *STEPS, "total_eur"], dtype=object)


def _added(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {stage: sum((row[stage] for row in rows), ZERO) for stage in STEPS}


def _at(row: dict[Any, Any], column: str) -> Decimal:
    return sum((row[stage] for stage in COLUMNS[column]), ZERO)


def draw_ladder(ledger: Ledger, *, top: int = 12) -> Figure:
    """Draw for each donor what share of its sum has come to which stage, with the euro beside."""
    rows = table_ladder(ledger, top=top).to_dict("records")
    if not rows:
        return draw_sentence(NOTHING)
    drawn = [
        Row(row["name"], [_cell(row, column) for column in COLUMNS], is_strong=row["donor"] == ALL)
        for row in rows
    ]
    return draw_cells([sentence(column) for column in COLUMNS], drawn, looks=LOOKS)


def _cell(row: dict[Any, Any], column: str) -> tuple[str, float] | None:
    value = _at(row, column)
    return (eur(value, short=True), float(value / row["total_eur"])) if value else None


def tell_ladder(ledger: Ledger, *, top: int = 12) -> dict[str, str]:
    """Say how far the money has come: finding, subtitle and alt text."""
    rows = table_ladder(ledger, top=top).to_dict("records")
    subtitle = (
        f"Booked, {rate_of(ledger)} by the highest stage that a text tells, "
        f"acts of {period_of(ledger)}. Bars: share of the donor's sum"
    )
    if not rows:
        return {"finding": NOTHING, "subtitle": subtitle, "alt": f"No bars. {NOTHING}"}
    # The largest pledge may be of a donor whose bar is among the others'.
    everyone = table_ladder(ledger, top=len(ledger.commitments)).to_dict("records")
    whole, donors = rows[0], [row for row in everyone if row["donor"] != ALL]
    pledged, done = _at(whole, "only pledged"), _at(whole, "paid or handed over")
    finding = f"Of {eur(whole['total_eur'])} booked, {_share(pledged, whole)} is only pledged"
    finding += f" and {_share(done, whole)} is told as paid or handed over"
    most = max(donors, key=lambda row: _at(row, "only pledged"))
    if len(donors) > 1 and _at(most, "only pledged"):
        have = "have" if most["donor"] in ("MULTI", "NORDIC") else "has"
        finding += f"; {as_subject(most['name'])} {have} the most that stayed a pledge"
    told = "; ".join(
        f"{row['name']}: "
        + ", ".join(f"{column} {eur(_at(row, column))}" for column in COLUMNS if _at(row, column))
        for row in rows
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"A row of bars a donor. {told}."}


def _share(part: Decimal, row: dict[Any, Any]) -> str:
    return percent(part / row["total_eur"]) if part else "none"


def last_day(ledger: Ledger) -> date | None:
    """Give the last day that the books know: of an announcement, or of its publication."""
    days = [ledger.commitments["announced_on"].dropna(), ledger.events["published"].dropna()]
    known = [series.max().date() for series in days if len(series)]
    return max(known, default=None)


def table_waiting(ledger: Ledger, *, patience_days: int, as_of: date | None = None) -> pd.DataFrame:
    """List the acts pledged more than some days ago of which no text tells a later stage.

    Parameters
    ----------
    patience_days : int
        Days after which a pledge should have been followed.
    as_of : date, optional
        The day from which they count back; the last day that the books know if left out.

    Returns
    -------
    DataFrame
        ``commitment_id``, ``name``, ``announced_on``, ``days``, ``mechanism``, ``amount_eur``
        (None where no text gives it); largest first.
    """
    waiting = _stuck(ledger, patience_days, as_of)
    names = ["commitment_id", "name", "announced_on", "days", "mechanism", "amount_eur"]
    day = as_of or last_day(ledger)
    rows = [
        {
            "commitment_id": row["commitment_id"],
            "name": name_of(row["donor"]),
            "announced_on": row["announced_on"].date(),
            "days": (day - row["announced_on"].date()).days,
            "mechanism": row["mechanism"] if isinstance(row["mechanism"], str) else None,
            "amount_eur": row["amount_eur"],
        }
        for row in waiting.to_dict("records")
        if day is not None
    ]
    rows.sort(key=lambda row: (-(row["amount_eur"] or ZERO), row["commitment_id"]))
    return pd.DataFrame(rows, columns=names, dtype=object)


def _stuck(ledger: Ledger, patience_days: int, as_of: date | None) -> pd.DataFrame:
    acts, day = ledger.commitments, as_of or last_day(ledger)
    if day is None:
        return acts.iloc[:0]
    since = pd.Timestamp(day - timedelta(days=min(patience_days, day.toordinal() - 1)))
    is_old = acts["announced_on"] < since
    return acts[(acts["status"] == "booked") & (acts["stage"] == Stage.PLEDGED.value) & is_old]


def tell_waiting(ledger: Ledger, *, patience_days: int, as_of: date | None = None) -> str:
    """Say in a sentence what was pledged long ago and never heard of again, in euro and count.

    What parts of a pledge have come further is not in its sum.
    """
    rows = table_waiting(ledger, patience_days=patience_days, as_of=as_of)
    day = as_of or last_day(ledger)
    if day is None or not len(rows):
        return NO_WAIT
    acts = ledger.commitments
    mark = acts["commitment_id"].isin(rows["commitment_id"]).map({True: "waiting", False: "other"})
    # Totals take a part out of its whole only between cells: the mark stands in for a grouping.
    totals = total_commitments(acts.assign(modifier=mark), by=["modifier"], parts="apart")
    found = totals[totals["modifier"] == "waiting"]
    total = found["central_eur"].iloc[0] if len(found) else ZERO
    was = "act was" if len(rows) == 1 else "acts were"
    days = "a day" if patience_days == 1 else f"{patience_days} days"
    told = f"{len(rows)} {was} pledged more than {days} before {day.day} {day:%B %Y}"
    told += " and no text tells of a later stage"
    if not total:
        return f"{told}; no text gives a sum."
    first = rows.iloc[0]
    told += f": {eur(total)} in all"
    if len(rows) > 1:
        told += f", the largest of them {eur(first['amount_eur'])} of {as_subject(first['name'])}"
    return f"{told}."
