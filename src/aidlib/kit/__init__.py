"""In: a report with markers, the figures, the books. Out: the report with what the markers say.

Each name is loaded when it is first used: a block for a figure needs no tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Change": "aidlib.kit.report",
    "Review": "aidlib.kit.report",
    "Sources": "aidlib.kit.numbers",
    "check_report": "aidlib.kit.report",
    "embed_figure": "aidlib.kit.figures",
    "fill_report": "aidlib.kit.report",
    "review_report": "aidlib.kit.report",
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
