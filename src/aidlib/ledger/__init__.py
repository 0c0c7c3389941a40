"""In: commitments of many documents. Out: the books: tables, contracts, totals with bounds."""

from __future__ import annotations

from aidlib.ledger.books import Ledger, build_ledger
from aidlib.ledger.check import check_folder, find_failures
from aidlib.ledger.contracts import check_ledger
from aidlib.ledger.corrections import Correction, corrections_beside, lost_corrections, read_corrections
from aidlib.ledger.diff import Change, LedgerDiff, diff_ledgers
from aidlib.ledger.files import write_ledger
from aidlib.ledger.forms import total_forms
from aidlib.ledger.loose import read_loosely
from aidlib.ledger.readback import read_ledger
from aidlib.ledger.sql import connect
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
    "check_folder",
    "check_ledger",
    "connect",
    "corrections_beside",
    "diff_ledgers",
    "find_failures",
    "lost_corrections",
    "naive_steps",
    "read_corrections",
    "read_ledger",
    "read_loosely",
    "total_forms",
    "write_ledger",
]
