"""In: the ledger. Out: its totals in three forms: as announced, net of repeats and parts, delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from aidlib.ledger.columns import Column, frame_of
from aidlib.ledger.totals import cells_of, total_commitments

if TYPE_CHECKING:
    from aidlib.ledger.books import Ledger

__all__ = ["total_forms"]

ARRIVED = ("disbursed", "delivered")
ZERO = Decimal(0)


def total_forms(ledger: Ledger, by: Sequence[str] = ("donor",)) -> pd.DataFrame:
    """Add up the booked acts in three forms, by any of ``GROUPINGS``; none gives one row.

    Gross is every sum that a text tells of them: repeats and parts are in it again. Net is what
    ``build_totals`` gives: an act once, a part within its whole. Delivered is the net of those
    acts that a text reports as paid or handed over. Running totals and proposals are in none.

    Returns
    -------
    DataFrame
        The grouping columns (empty where unknown), ``gross_eur`` with ``n_told`` and
        ``gross_ids``; ``net_low_eur``, ``net_eur``, ``net_high_eur`` and ``net_ids``; and the same
        four for ``delivered``. Euro; ids are those of commitments, ``|`` between.

    Raises
    ------
    ParameterError
        A grouping is unknown.
    """
    acts = ledger.commitments
    net = _by_cell(total_commitments(acts, by=by), by)
    arrived = _by_cell(total_commitments(acts[acts["stage"].isin(ARRIVED)], by=by), by)
    gross = _gross(ledger, by)
    order = sorted(gross.keys() | net.keys(), key=lambda cell: [(not value, value) for value in cell])
    nothing = {"low_eur": ZERO, "central_eur": ZERO, "high_eur": ZERO, "commitment_ids": ""}
    rows = [
        dict(zip(by, (value or None for value in cell), strict=True))
        | gross.get(cell, {"gross_eur": ZERO, "n_told": 0, "gross_ids": ""})
        | _named("net", net.get(cell, nothing))
        | _named("delivered", arrived.get(cell, nothing))
        for cell in order
    ]
    return frame_of(_columns(by), rows)


def _gross(ledger: Ledger, by: Sequence[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    cell_of = cells_of(ledger.commitments, by)
    told: dict[tuple[str, ...], list[tuple[str, Decimal]]] = defaultdict(list)
    names = ("commitment_id", "status", "amount_eur")
    for name, status, amount in zip(*(ledger.events[column] for column in names), strict=True):
        if status == "booked" and name in cell_of and not pd.isna(amount):
            told[tuple(str(value or "") for value in cell_of[name])].append((name, amount))
    return {
        cell: {
            "gross_eur": sum((amount for _, amount in sums), ZERO),
            "n_told": len(sums),
            "gross_ids": "|".join(sorted({name for name, _ in sums})),
        }
        for cell, sums in told.items()
    }


def _by_cell(totals: pd.DataFrame, by: Sequence[str]) -> dict[tuple[str, ...], dict[Any, Any]]:
    return {
        tuple("" if pd.isna(row[name]) else str(row[name]) for name in by): row
        for row in totals.to_dict("records")
    }


def _named(form: str, row: dict[Any, Any]) -> dict[str, Any]:
    return {
        f"{form}_low_eur": row["low_eur"],
        f"{form}_eur": row["central_eur"],
        f"{form}_high_eur": row["high_eur"],
        f"{form}_ids": row["commitment_ids"] or None,
    }


def _columns(by: Sequence[str]) -> list[Column]:
    forms = [
        column
        for form, meaning in (("net", "each act once"), ("delivered", "paid or handed over"))
        for column in (
            Column(f"{form}_low_eur", "money", f"least, {meaning}, in euro", True),
            Column(f"{form}_eur", "money", f"as stated, {meaning}, in euro", True),
            Column(f"{form}_high_eur", "money", f"most, {meaning}, in euro", True),
            Column(f"{form}_ids", "text", "their acts, | between"),
        )
    ]
    return [
        *[Column(name, "text", f"{name} of the acts") for name in by],
        Column("gross_eur", "money", "every sum told of booked acts, in euro", True),
        Column("n_told", "count", "sums told", True),
        Column("gross_ids", "text", "their acts, | between"),
        *forms,
    ]
