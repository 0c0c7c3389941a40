"""Turn public announcements of aid into numbers that walk back to their sentence.

The names offered here read as the pipeline; each is loaded when it is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "AidlibError": "aidlib.errors",
    "Document": "aidlib.model",
    "Reading": "aidlib.model",
    "Stage": "aidlib.model",
    "read_announcement": "aidlib.events",
    "read_documents": "aidlib.read",
    "find_mentions": "aidlib.mentions",
    "build_events": "aidlib.events",
    "record_of": "aidlib.record",
    "reading_from_record": "aidlib.record",
    "convert_money": "aidlib.rates",
    "deflate_eur": "aidlib.prices",
    "resolve_events": "aidlib.resolve",
    "build_ledger": "aidlib.ledger",
    "read_ledger": "aidlib.ledger",
    "write_ledger": "aidlib.ledger",
    "connect": "aidlib.ledger",
    "read_kiel": "aidlib.exchange.kiel",
    "kiel_totals": "aidlib.exchange.kiel",
    "kiel_readings": "aidlib.exchange.kiel_readings",
    "write_kiel_csv": "aidlib.exchange.kiel_out",
    "reconcile_claims": "aidlib.reconcile",
    "write_iati": "aidlib.exchange.iati",
    "write_datapackage": "aidlib.exchange.datapackage",
    "write_crate": "aidlib.exchange.crate",
    "read_corrections": "aidlib.ledger",
    "diff_ledgers": "aidlib.ledger",
    "save_figure": "aidlib.plots",
    "embed_figure": "aidlib.kit",
    "fill_report": "aidlib.kit",
    "check_report": "aidlib.kit",
    "explain": "aidlib.show",
    "show_table": "aidlib.tables",
    "explore": "aidlib.explorer",
    "run_story": "aidlib.story",
}

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> Any:
    """Load a name when it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'aidlib' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the names offered."""
    return sorted(__all__)


def _show(record: Any) -> str:
    page: str = import_module("aidlib.show").display(record)
    return page


def _show_ledger(books: Any) -> str:
    page: str = import_module("aidlib.tables").ledger_html(books)
    return page


def _offer_displays() -> None:
    """Let a notebook show records as their evidence; what draws it is loaded when one is first shown."""
    shell = sys.modules["IPython"].get_ipython()
    if shell is not None:
        as_html = shell.display_formatter.formatters["text/html"]
        for name in ("Commitment", "Document", "Event", "Mention", "Reading"):
            as_html.for_type_by_name("aidlib.model", name, _show)
        as_html.for_type_by_name("aidlib.ledger.books", "Ledger", _show_ledger)


if "IPython" in sys.modules:
    _offer_displays()
