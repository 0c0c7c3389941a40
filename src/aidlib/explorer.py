"""In: the books. Out: a figure of those acts that a reader chooses; without ipywidgets, of all of them."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from typing import Any

import pandas as pd

from aidlib.ledger import Ledger, build_totals
from aidlib.ledger.totals import parts_in, total_commitments
from aidlib.model import Stage
from aidlib.plots import draw_donors, name_of, tell_donors
from aidlib.plots.books import source_of
from aidlib.plots.save import image_html, svg_of
from aidlib.tables import books_words

__all__ = ["Explorer", "choose_acts", "explore"]

WHERE = "Run this cell in JupyterLab (make lab) to choose donor, mechanism, stage and days here."
NOTHING = "No act meets these choices. Widen one of them."


def explore(books: Ledger) -> Explorer:
    """Show a figure of the books whose donor, mechanism, stage and days a reader chooses.

    Parameters
    ----------
    books : Ledger
        As ``build_ledger`` or ``read_ledger`` gives it; never changed.

    Returns
    -------
    Explorer
        What a notebook displays: in JupyterLab the choices, the figure and a sentence, which follow
        them; where ipywidgets is missing, and in a report, the figure of all acts.

    Examples
    --------
    >>> from aidlib import build_ledger
    >>> explore(build_ledger([]))
    No act meets these choices. Widen one of them.
    """
    return Explorer(books)


def choose_acts(
    books: Ledger,
    *,
    donor: str = "",
    mechanism: str = "",
    stage: str = "",
    first: date | None = None,
    last: date | None = None,
) -> Ledger:
    """Give the books of some acts only: all that is left empty is not asked for.

    Parameters
    ----------
    donor, mechanism, stage : str
        As the table of commitments has them. Money of several donors is theirs together ("MULTI").
    first, last : date, optional
        Days of announcement, both included; an act without a day meets neither.

    Returns
    -------
    Ledger
        What the books count within an act that is not chosen is left out, so that a choice adds up
        to what ``build_totals`` gives for it in the whole books. Links and corrections are kept as they are.

    Examples
    --------
    >>> from aidlib import build_ledger, read_announcement
    >>> books = build_ledger([read_announcement("Latvia pledged €2 million to Ukraine.")])
    >>> len(choose_acts(books, donor="LVA").commitments), len(choose_acts(books, donor="NOR").commitments)
    (1, 0)
    """
    acts = _asked_for(books.commitments, donor, mechanism, stage, first, last)
    while lost := parts_in(books.commitments) & set(acts["commitment_id"]) - parts_in(acts):
        acts = acts[~acts["commitment_id"].isin(lost)]
    return replace(
        books,
        commitments=acts.reset_index(drop=True),
        events=_of(acts, books.events),
        reports=_of(acts, books.reports),
        evidence=_of(acts, books.evidence),
        totals=total_commitments(acts, by=["donor"]),
    )


def _asked_for(
    acts: pd.DataFrame, donor: str, mechanism: str, stage: str, first: date | None, last: date | None
) -> pd.DataFrame:
    wanted = pd.Series(True, index=acts.index)
    for column, value in {"donor": donor, "mechanism": mechanism, "stage": stage}.items():
        wanted &= acts[column] == value if value else True
    wanted &= acts["announced_on"] >= pd.Timestamp(first) if first else True
    wanted &= acts["announced_on"] <= pd.Timestamp(last) if last else True
    return acts[wanted]


def _of(acts: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    return table[table["commitment_id"].isin(acts["commitment_id"])].reset_index(drop=True)


@dataclass(frozen=True, repr=False)
class Explorer:
    """The books with their choices; a notebook shows it."""

    books: Ledger

    def _repr_html_(self) -> str:
        figure, sentence = _view(self.books)
        return f"{figure}{sentence}<p>{WHERE}</p>"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return dict(_widgets(self.books)._repr_mimebundle_(**kwargs)) if find_spec("ipywidgets") else {}

    def __repr__(self) -> str:
        return _words(self.books, self.books, 0)


def _words(chosen: Ledger, books: Ledger, left_out: int) -> str:
    said = books_words(chosen, of=books) if len(chosen.commitments) else NOTHING
    more = f" {left_out} more count{'s' if left_out == 1 else ''} within an act that is not chosen."
    return said + (more if left_out else "")


def _view(books: Ledger, **choices: Any) -> tuple[str, str]:
    """Draw the figure of what is chosen, where it holds a sum, and say what it is."""
    chosen = choose_acts(books, **choices) if choices else books
    asked = len(_asked_for(books.commitments, **choices)) if choices else len(books.commitments)
    told = tell_donors(chosen)
    about = {"finding": told["finding"], "alt": told["alt"], "subtitle": told["subtitle"]}
    figure = ""
    if len(build_totals(chosen, by=[])):
        svg = svg_of(draw_donors(chosen), "chosen-acts", source=source_of(chosen), **about)
        figure = image_html(svg, told["alt"])
    words = _words(chosen, books, asked - len(chosen.commitments))
    return figure, f'<p role="status">{html.escape(words)}</p>'


def _widgets(books: Ledger) -> Any:
    """Lay out the choices above the figure and the sentence, which are drawn anew at each choice."""
    import ipywidgets as w

    choices = {
        "donor": _dropdown(w, "Donor", books, "donor", name_of),
        "mechanism": _dropdown(w, "Mechanism", books, "mechanism", _plain),
        "stage": _dropdown(w, "Stage", books, "stage", _plain),
        "first": w.DatePicker(description="First day"),
        "last": w.DatePicker(description="Last day"),
    }
    figure, sentence = w.HTML(), w.HTML()

    def redraw(_: object = None) -> None:
        chosen = {name: choice.value for name, choice in choices.items()}
        figure.value, sentence.value = _view(books, **chosen)

    for choice in choices.values():
        choice.observe(redraw, names="value")
    redraw()
    row = w.HBox([*choices.values()], layout=w.Layout(flex_flow="row wrap"))
    return w.VBox([row, sentence, figure])


def _dropdown(w: Any, label: str, books: Ledger, column: str, words: Callable[[str], str]) -> Any:
    found = set(books.commitments[column].dropna())
    order: Iterable[str] = (
        [stage for stage in Stage if stage in found] if column == "stage" else sorted(found, key=words)
    )
    return w.Dropdown(
        options=[("all", ""), *((words(str(code)), str(code)) for code in order)], description=label
    )


def _plain(code: str) -> str:
    return code.replace("_", " ")
