"""In: the books, or a reading. Out: figures; ``save_figure`` alone touches files."""

from __future__ import annotations

from aidlib.plots.save import SavedFigure, read_manifest, save_figure
from aidlib.plots.style import eur, name_of, percent

__all__ = ["SavedFigure", "eur", "name_of", "percent", "read_manifest", "save_figure"]
