"""In: claims and the ledger. Out: the lines that explain each claim, or what is left unexplained."""

from __future__ import annotations

from aidlib.reconcile.facts import load_facts, table_claims

__all__ = ["load_facts", "table_claims"]
