"""In: the name of a figure. Out: a block for a report: image, alt text, caption, source, marker."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from aidlib.kit.figures import embed_figure
from aidlib.kit.words import DIALECTS
from aidlib.read import project_root

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib embed waterfall
  aidlib embed waterfall --as latex --format pdf
"""


@click.command("embed", epilog=EXAMPLES)
@click.argument("name")
@click.option(
    "--as", "dialect", type=click.Choice(DIALECTS), default="markdown", help="Language; else markdown."
)
@click.option(
    "--format", "kind", metavar="svg|png|pdf", help="File to show; else what the language takes best."
)
@click.option("--from", "figures", metavar="DIR", help="Folder of the figures; else the project's figures.")
@click.option("--to", metavar="DIR", default=".", help="Folder of the report; else where you are.")
def command(name: str, dialect: str, kind: str | None, figures: str | None, to: str) -> None:
    """Print a figure as a report takes it: image, alt text, caption with finding and source.

    The marker around it names the figure and the hash of its data, so that `aidlib check` notices
    when they are no longer those shown, and `aidlib fill` brings them.
    """
    folder = Path(figures) if figures else project_root() / "figures"
    LOG.info("Figures: %s", folder)
    click.echo(embed_figure(name, dialect, kind=kind, figures=folder.absolute(), to=Path(to)), nl=False)
