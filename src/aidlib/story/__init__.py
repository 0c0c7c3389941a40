"""In: the notebooks and their parameters. Out: the notebooks run, figures, a report, the findings.

Each name is loaded when it is first used: a run itself needs no tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Finding": "aidlib.story.run",
    "Parameters": "aidlib.story.parameters",
    "Story": "aidlib.story.run",
    "bullets": "aidlib.story.books",
    "check_parameters": "aidlib.story.parameters",
    "checkout": "aidlib.story.parameters",
    "count_words": "aidlib.story.books",
    "load_books": "aidlib.story.books",
    "load_facts": "aidlib.reconcile.facts",
    "readable": "aidlib.tables",
    "run_story": "aidlib.story.run",
    "sentences": "aidlib.story.books",
    "source_of": "aidlib.plots.books",
    "tell_story": "aidlib.story.run",
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
