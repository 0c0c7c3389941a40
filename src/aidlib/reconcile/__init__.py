"""In: claims and the ledger. Out: the lines that explain each claim, or what is left unexplained."""

from __future__ import annotations

from aidlib.reconcile.claims import Claim, make_claim, read_claims
from aidlib.reconcile.context import forms_of_scope
from aidlib.reconcile.differences import read_donors, read_quarters, table_differences
from aidlib.reconcile.explain import Result, reconcile_claims
from aidlib.reconcile.facts import load_facts, table_claims
from aidlib.reconcile.tables import table_lines, table_results
from aidlib.reconcile.tracker import read_tracker, table_tracker

__all__ = [
    "Claim",
    "Result",
    "forms_of_scope",
    "load_facts",
    "make_claim",
    "read_claims",
    "read_donors",
    "read_quarters",
    "read_tracker",
    "reconcile_claims",
    "table_claims",
    "table_differences",
    "table_lines",
    "table_results",
    "table_tracker",
]
