"""In: commitments of many documents. Out: the books: tables, contracts, totals with bounds."""

from __future__ import annotations

from aidlib.ledger.books import Ledger, build_ledger
from aidlib.ledger.check import check_folder, find_failures
from aidlib.ledger.contracts import check_ledger
from aidlib.ledger.files import write_ledger
from aidlib.ledger.forms import total_forms
from aidlib.ledger.readback import read_ledger
from aidlib.ledger.sql import connect
from aidlib.ledger.totals import build_totals, naive_steps
from aidlib.ledger.valuing import Valuer

__all__ = [
    "Ledger",
    "Valuer",
    "build_ledger",
    "build_totals",
    "check_folder",
    "check_ledger",
    "connect",
    "find_failures",
    "naive_steps",
    "read_ledger",
    "total_forms",
    "write_ledger",
]
