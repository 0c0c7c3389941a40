"""In: the notebooks and their parameters. Out: the notebooks run, figures, a report, the findings."""

from __future__ import annotations

from aidlib.story.books import bullets, count_words, load_books, load_facts, source_of
from aidlib.story.parameters import Parameters, check_parameters, checkout
from aidlib.story.run import Finding, run_story

__all__ = [
    "Finding",
    "Parameters",
    "bullets",
    "check_parameters",
    "checkout",
    "count_words",
    "load_books",
    "load_facts",
    "run_story",
    "source_of",
]
