"""In: the books. Out: how well each donor's sum is supported; drawn and in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger import Ledger
from aidlib.ledger.totals import counted_once
from aidlib.plots.bars import draw_sentence
from aidlib.plots.books import period_of
from aidlib.plots.cells import Row, draw_cells
from aidlib.plots.style import as_subject, eur, name_of, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_evidence", "table_evidence", "tell_evidence"]

NOTHING = "This selection holds no sum that can be booked."
ZERO = Decimal(0)
COLUMNS = {
    "two_outlets_eur": "Told by two outlets or more",
    "exact_eur": "Sum exact, not “about” or “up to”",
    "neither_eur": "Neither: one outlet, no exact sum",
}
ALL = "all"


def table_evidence(ledger: Ledger, *, top: int = 12) -> pd.DataFrame:
    """Add up what of each donor's sum has which support, in euro.

    Returns
    -------
    DataFrame
        ``donor`` ("all" in the first row, empty for those after ``top``), ``name``, ``total_eur``,
        ``two_outlets_eur``, ``exact_eur``, ``neither_eur``, ``n_acts``; largest first.
    """
    acts = _acts(ledger)
    rows = [_row(donor, name_of(donor), group) for donor, group in acts.groupby("donor", dropna=False)]
    rows = sorted((row for row in rows if row["total_eur"]), key=lambda row: (-row["total_eur"], row["name"]))
    rest = rows[top:]
    if len(rest) > 1:
        kept = [row["donor"] for row in rows[:top]]
        others = acts[~acts["donor"].isin(kept)]
        rows = [*rows[:top], _row("", f"{len(rest)} other donors", others)]
    if len(rows) > 1:
        rows = [_row(ALL, "All donors", acts), *rows]
    return pd.DataFrame(rows, columns=["donor", "name", "total_eur", *COLUMNS, "n_acts"])


def _acts(ledger: Ledger) -> pd.DataFrame:
    acts = ledger.commitments
    return acts[acts["commitment_id"].isin(counted_once(acts)) & acts["amount_eur"].notna()]


def _row(donor: Any, name: str, acts: pd.DataFrame) -> dict[str, Any]:
    two, exact = acts["n_outlets"] >= 2, acts["modifier"] == "exact"
    has = {
        "two_outlets_eur": two,
        "exact_eur": exact,
        "neither_eur": ~(two | exact),
    }
    return {
        "donor": donor if isinstance(donor, str) else None,
        "name": name,
        "total_eur": sum(acts["amount_eur"], ZERO),
        **{column: sum(acts.loc[mask, "amount_eur"], ZERO) for column, mask in has.items()},
        "n_acts": len(acts),
    }


def draw_evidence(ledger: Ledger, *, top: int = 12) -> Figure:
    """Draw for each donor which share of its sum two outlets tell, is exact, or neither."""
    rows = table_evidence(ledger, top=top).to_dict("records")
    if not rows:
        return draw_sentence(NOTHING)
    return draw_cells(list(COLUMNS.values()), [_drawn(row) for row in rows])


def _drawn(row: dict[Any, Any]) -> Row:
    acts = f"{row['n_acts']} act{'' if row['n_acts'] == 1 else 's'}"
    cells = [_cell(row, column) for column in COLUMNS]
    under = f"{eur(row['total_eur'], short=True)}, {acts}"
    return Row(row["name"], cells, under=under, is_strong=row["donor"] == ALL)


def _cell(row: dict[Any, Any], column: str) -> tuple[str, float]:
    share = float(row[column] / row["total_eur"])
    return percent(share), share


def tell_evidence(ledger: Ledger, *, top: int = 12) -> dict[str, str]:
    """Say how well the books are supported: finding, subtitle and alt text."""
    rows = table_evidence(ledger, top=top).to_dict("records")
    subtitle = f"Share of the euro booked, by the support of its acts, acts of {period_of(ledger)}"
    if not rows:
        return {"finding": NOTHING, "subtitle": subtitle, "alt": f"No bars. {NOTHING}"}
    whole = rows[0]
    share = _cell(whole, "two_outlets_eur")[0] if whole["two_outlets_eur"] else "None"
    finding = f"{share} of the {eur(whole['total_eur'])} booked is told by two outlets or more"
    alone = _acts(ledger).query("n_outlets < 2").to_dict("records")
    if alone:
        most = max(alone, key=lambda act: (act["amount_eur"], act["commitment_id"]))
        finding += f"; the largest act that rests on one is {eur(most['amount_eur'])}, of {_whose(most)}"
    told = "; ".join(
        f"{row['name']}, {eur(row['total_eur'])}: "
        + ", ".join(f"{words.lower()} {_cell(row, column)[0]}" for column, words in COLUMNS.items())
        for row in rows
    )
    return {"finding": finding, "subtitle": subtitle, "alt": f"A row of bars a donor. {told}."}


def _whose(act: dict[Any, Any]) -> str:
    name = as_subject(name_of(act["donor"]))
    return name if act["donor"] not in ("MULTI", None) else name.lower()
