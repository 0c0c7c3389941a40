"""In: commitments of many documents. Out: the books: tables, contracts, totals with bounds."""

from __future__ import annotations

from aidlib.ledger.books import Ledger, build_ledger
from aidlib.ledger.contracts import check_ledger
from aidlib.ledger.corrections import Correction, corrections_beside, lost_corrections, read_corrections
from aidlib.ledger.diff import Change, LedgerDiff, diff_ledgers
from aidlib.ledger.files import read_ledger, write_ledger
from aidlib.ledger.loose import read_loosely
from aidlib.ledger.totals import build_totals, naive_steps
from aidlib.ledger.valuing import Valuer

__all__ = [
    "Change",
    "Correction",
    "Ledger",
    "LedgerDiff",
    "Valuer",
    "build_ledger",
    "build_totals",
    "check_ledger",
    "corrections_beside",
    "diff_ledgers",
    "lost_corrections",
    "naive_steps",
    "read_corrections",
    "read_ledger",
    "read_loosely",
    "write_ledger",
]
