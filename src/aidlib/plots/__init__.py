"""In: the books, or a reading. Out: figures; ``save_figure`` alone touches files.

Each name is loaded when it is first used: drawing needs libraries that running a notebook does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "SavedFigure": "aidlib.plots.save",
    "draw_announcement": "aidlib.plots.announcement",
    "draw_claims": "aidlib.plots.claims",
    "draw_days": "aidlib.plots.days",
    "draw_donors": "aidlib.plots.books",
    "draw_evidence": "aidlib.plots.evidence",
    "draw_flow": "aidlib.plots.flow",
    "draw_ladder": "aidlib.plots.stages",
    "draw_payers": "aidlib.plots.danish",
    "draw_rates": "aidlib.plots.books",
    "draw_shift": "aidlib.plots.shift",
    "draw_theirs": "aidlib.plots.tracker",
    "draw_timeline": "aidlib.plots.danish",
    "draw_waterfall": "aidlib.plots.books",
    "eur": "aidlib.plots.style",
    "eur_span": "aidlib.plots.style",
    "name_of": "aidlib.plots.style",
    "percent": "aidlib.plots.style",
    "read_manifest": "aidlib.plots.manifest",
    "save_figure": "aidlib.plots.save",
    "table_announcement": "aidlib.plots.announcement",
    "table_claims": "aidlib.plots.claims",
    "table_days": "aidlib.plots.days",
    "table_donors": "aidlib.plots.books",
    "table_evidence": "aidlib.plots.evidence",
    "table_flow": "aidlib.plots.flow",
    "table_ladder": "aidlib.plots.stages",
    "table_payers": "aidlib.plots.danish",
    "table_rates": "aidlib.plots.books",
    "table_shift": "aidlib.plots.shift",
    "table_theirs": "aidlib.plots.tracker",
    "table_timeline": "aidlib.plots.danish",
    "table_waiting": "aidlib.plots.stages",
    "tell_announcement": "aidlib.plots.announcement",
    "tell_claims": "aidlib.plots.claims",
    "tell_days": "aidlib.plots.days",
    "tell_donors": "aidlib.plots.books",
    "tell_evidence": "aidlib.plots.evidence",
    "tell_flow": "aidlib.plots.flow",
    "tell_ladder": "aidlib.plots.stages",
    "tell_payers": "aidlib.plots.danish",
    "tell_rates": "aidlib.plots.books",
    "tell_shift": "aidlib.plots.shift",
    "tell_theirs": "aidlib.plots.tracker",
    "tell_timeline": "aidlib.plots.danish",
    "tell_waiting": "aidlib.plots.stages",
    "tell_waterfall": "aidlib.plots.books",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    """Load a name when it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """List the names offered."""
    return sorted(__all__)
