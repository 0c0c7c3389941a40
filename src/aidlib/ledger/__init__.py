"""In: commitments of many documents. Out: the books: tables, contracts, totals with bounds."""

from __future__ import annotations

from aidlib.ledger.books import Ledger, build_ledger
from aidlib.ledger.contracts import check_ledger
from aidlib.ledger.corrections import Correction, corrections_beside, lost_corrections, read_corrections
from aidlib.ledger.files import read_ledger, write_ledger
from aidlib.ledger.totals import build_totals, naive_steps
from aidlib.ledger.valuing import Valuer

__all__ = [
    "Correction",
    "Ledger",
    "Valuer",
    "build_ledger",
    "build_totals",
    "check_ledger",
    "corrections_beside",
    "lost_corrections",
    "naive_steps",
    "read_corrections",
    "read_ledger",
    "write_ledger",
]
