"""In: reports with markers. Out: the same reports, each marker filled or refreshed in its place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from aidlib.cli.files import count_of
from aidlib.errors import AidlibError
from aidlib.kit.numbers import FILTERS, Sources
from aidlib.kit.report import Review, review_report, write_report
from aidlib.read import project_root
from aidlib.show import printable

__all__ = ["command", "refuse", "review_all", "sources_options"]

LOG = logging.getLogger(__name__)

MARKERS = f"""\b
What a marker asks for; in a report, {{{{aidlib: total donor=NOR}}}}:
  total [bounds=yes]      euro in the books; with bounds, from least to most
  gross                   every sum told, repeats and parts again
  delivered [bounds=yes]  what is told as paid or handed over
  count                   acts that make up the total
  figure NAME [format=png] [caption=no]      on a line of its own
  finding NAME            what a figure says
  cell figure=NAME row=ROW column=COLUMN     of a figure's data; ROW is the first
                          cell of the row, or its number from 1

\b
Narrowed by: {", ".join(FILTERS[:6])},
  {", ".join(FILTERS[6:])}; several values: donor=NOR,DNK
Totals are those of totals.csv: a part counts with its whole. With parts=apart it
counts where it belongs itself, as a donor's share of a joint tranche does.
Written by as=: words (€1.26 billion; if left out), short (€1.26bn), eur, eur_m,
  eur_bn; of a cell number and percent too. Nothing in the books is €0.

Code, and comments of your own, hold no markers. LaTeX needs
\\providecommand{{\\aidlib}}[2]{{#2}} in its preamble, and graphicx of 2021 or later.

\b
Examples:
  aidlib fill report.md
  aidlib fill report.md --ledger build/again --figures figures
"""


def sources_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where markers are answered from."""
    for option in (
        click.option("--figures", metavar="DIR", help="Folder of the figures; else the project's figures."),
        click.option("--ledger", metavar="DIR", help="Folder of the books; else the project's build/ledger."),
    ):
        command = option(command)
    return command


def review_all(
    paths: Iterable[str], ledger: str | None, figures: str | None
) -> tuple[list[Review], list[AidlibError]]:
    """Review each report named; a report that cannot be read is a fault, and the others are reviewed."""
    root = project_root()
    sources = Sources(
        Path(figures) if figures else root / "figures", Path(ledger) if ledger else root / "build" / "ledger"
    )
    reviews: list[Review] = []
    faults: list[AidlibError] = []
    for path in dict.fromkeys(paths):
        try:
            reviews.append(review_report(path, sources))
            LOG.info("Read %s: %s", path, count_of(reviews[-1].n_markers, "marker"))
        except AidlibError as error:
            faults.append(error)
    return reviews, faults


def refuse(faults: list[AidlibError], done: str) -> None:
    """Say each marker that cannot be answered, and fail as the first of them does."""
    if not faults:
        return
    for fault in faults:
        click.echo(printable(f"{fault.where}: {fault.what}. {fault.fix}"), err=True)
    raise type(faults[0])(
        f"{count_of(len(faults), 'fault')}, named above", where="markers", fix=done
    ) from faults[0]


@click.command("fill", epilog=MARKERS)
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@sources_options
def command(reports: tuple[str, ...], ledger: str | None, figures: str | None) -> None:
    """Fill the markers of reports (.md, .qmd, .html, .tex, .txt) with figures and numbers, in place.

    Filled again, a report changes only where figures or books have; what stands outside of markers
    never does. A report with a marker that cannot be answered is left as it is.
    """
    reviews, faults = review_all(reports, ledger, figures)
    for review in reviews:
        faults += review.faults
        if review.faults:
            continue
        try:
            write_report(review)
        except AidlibError as error:
            faults.append(error)
            continue
        _tell(review)
    refuse(faults, "Reports with a fault are as they were.")


def _tell(review: Review) -> None:
    for change in review.changes:
        was = f"was “{change.was}”, now" if change.was else "filled with"
        click.echo(printable(f"{change.where}: {change.asks} {was} “{change.now}”"))
    for note in review.notes:
        click.echo(printable(f"Note: {note}"), err=True)
    n_same = review.n_markers - len(review.changes)
    said = f"{count_of(review.n_markers, 'marker')}, {len(review.changes)} changed, {n_same} current"
    click.echo(printable(f"{review.path}: {said}"), err=True)
