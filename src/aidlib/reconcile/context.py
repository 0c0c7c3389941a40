"""In: a claim and the ledger. Out: what the books hold of the claim's scope, in three forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aidlib.ledger import Ledger, total_forms
from aidlib.reconcile.claims import ANYONE, Claim
from aidlib.reconcile.facts import is_known

__all__ = ["forms_of_scope"]


def forms_of_scope(claim: Claim, ledger: Ledger, *, handled: bool = False) -> dict[str, Any] | None:
    """Give the totals of the booked acts in a claim's scope as ``total_forms`` does, in one row.

    In scope are acts of its payer, scheme and years that were announced by its day; with
    ``handled``, those of which its party handles the money.

    Returns
    -------
    dict or None
        The columns of ``total_forms``; None where the books hold nothing of it.
    """
    acts = ledger.commitments
    days = acts["announced_on"].dt.strftime("%Y-%m-%d").fillna("")
    chosen = days.map(lambda day: is_known(day, claim.day))
    for column, value in claim.what:
        chosen &= acts[column] == value
    if claim.who != ANYONE:
        chosen &= acts["channel" if handled else "donor"] == claim.who
    if claim.years:
        first, last = map(str, claim.years)
        chosen &= days.map(lambda day: first <= day[:4] <= last)
    forms = total_forms(replace(ledger, commitments=acts[chosen.fillna(False).astype(bool)]), by=[])
    return {str(key): value for key, value in forms.iloc[0].items()} if len(forms) else None
