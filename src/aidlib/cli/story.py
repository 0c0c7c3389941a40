"""In: notebooks and their parameters. Out: figures, report and findings, by papermill."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from aidlib.cli.files import count_of, finish, rates_line, write_quarantine
from aidlib.rates import default_rates
from aidlib.read import ending_of
from aidlib.story.parameters import checkout
from aidlib.story.run import tell_story

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib story
  aidlib story --notebook 03 -p donors NOR,DNK -p cutoff 2024-12-31 -o build/2024
"""


@click.command("story", epilog=EXAMPLES)
@click.option("--notebook", "notebooks", multiple=True, metavar="NAME", help="Run this one; all if left out.")
@click.option(
    "-p", "--parameter", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter."
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="Folder of report, notebooks, run.json and figures; if left out, build, and figures/.",
)
@click.pass_context
def command(
    ctx: click.Context,
    notebooks: tuple[str, ...],
    parameters: tuple[tuple[str, str], ...],
    output: str | None,
) -> None:
    """Run the notebooks with fresh kernels; write the figures and the report, print the findings.

    With -o the figures are drawn in DIR/figures, and the project's own stay as they are; with
    -p figures_dir FOLDER they are drawn there. Each run leaves its record, run.json: inputs with their
    hashes, parameters, versions, rates and times. NAME of a notebook may be what it begins with: 02.
    """
    story = tell_story(
        notebooks=list(notebooks) or None,
        parameters=dict(parameters),
        out=Path(output) if output else None,
    )
    LOG.info("Ran the notebooks of %s; the record is %s", checkout(), story.place / "run.json")
    for found in story.findings:
        click.echo(found)
    click.echo(f"Rates: {rates_line(default_rates(checkout()))}", err=True)
    quarantine = story.place / "quarantine.jsonl"
    write_quarantine(quarantine, story.set_aside)
    report = story.place / "report" / "index.html"
    done = f"{count_of(len(story.findings), 'figure')}: {report}"
    is_text = all(ending_of(Path(item.path)) for item in story.set_aside)
    noun = "document" if is_text else "item"
    finish(ctx, done, story.set_aside, quarantine, warnings=story.warnings, noun=noun)
