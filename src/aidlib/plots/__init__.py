"""In: the books, or a reading. Out: figures; ``save_figure`` alone touches files."""

from __future__ import annotations

from aidlib.plots.announcement import draw_announcement, table_announcement, tell_announcement
from aidlib.plots.books import (
    draw_donors,
    draw_rates,
    draw_waterfall,
    table_donors,
    table_rates,
    tell_donors,
    tell_rates,
    tell_waterfall,
)
from aidlib.plots.claims import draw_claims, table_claims, tell_claims
from aidlib.plots.danish import (
    draw_payers,
    draw_timeline,
    table_payers,
    table_timeline,
    tell_payers,
    tell_timeline,
)
from aidlib.plots.save import SavedFigure, read_manifest, save_figure
from aidlib.plots.style import eur, name_of, percent

__all__ = [
    "SavedFigure",
    "draw_announcement",
    "draw_claims",
    "draw_donors",
    "draw_payers",
    "draw_rates",
    "draw_timeline",
    "draw_waterfall",
    "eur",
    "name_of",
    "percent",
    "read_manifest",
    "save_figure",
    "table_announcement",
    "table_claims",
    "table_donors",
    "table_payers",
    "table_rates",
    "table_timeline",
    "tell_announcement",
    "tell_claims",
    "tell_donors",
    "tell_payers",
    "tell_rates",
    "tell_timeline",
    "tell_waterfall",
]
