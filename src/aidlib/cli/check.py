"""In: reports with markers. Out: every marker that no longer says what figures and books say."""

from __future__ import annotations

import click

from aidlib.cli.files import count_of
from aidlib.cli.fill import refuse, review_all, sources_options
from aidlib.errors import LedgerError
from aidlib.show import printable

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  aidlib check report.md
  aidlib check report.md --ledger build/again
"""


@click.command("check", epilog=EXAMPLES)
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@sources_options
def command(reports: tuple[str, ...], ledger: str | None, figures: str | None) -> None:
    """Compare the markers of reports with figures and books; write nothing.

    Every marker that is stale, or not filled yet, is a line: where it stands, what it says, what it
    should say. Exit codes: 0 all is current; 4 something is stale; 2 or 3 a marker asks for what
    there is not. `aidlib fill --help` lists what a marker can ask for.
    """
    reviews, faults = review_all(reports, ledger, figures)
    stale = [change for review in reviews for change in review.changes]
    for change in stale:
        click.echo(printable(str(change)))
    refuse([*faults, *(fault for review in reviews for fault in review.faults)], "Mend the markers named.")
    if stale:
        raise LedgerError(
            f"{count_of(len(stale), 'marker')} stale, listed above",
            where=", ".join(dict.fromkeys(str(review.path) for review in reviews if review.changes)),
            fix="Bring what is new with `aidlib fill`.",
        )
    n_markers = sum(review.n_markers for review in reviews)
    click.echo(f"{count_of(len(reviews), 'report')}, {count_of(n_markers, 'marker')}: all is current")
