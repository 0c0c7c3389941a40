"""In: notebooks and their parameters. Out: figures, report and findings, by papermill."""

from __future__ import annotations

from pathlib import Path

import click

from aidlib.story.run import run_story

__all__ = ["command"]


@click.command("story")
@click.option("--notebook", "notebooks", multiple=True, metavar="NAME", help="Run this one; all if left out.")
@click.option(
    "-p", "--parameter", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="Set a parameter."
)
@click.option("-o", "--output", metavar="DIR", help="Folder of report and notebooks; build if left out.")
def command(notebooks: tuple[str, ...], parameters: tuple[tuple[str, str], ...], output: str | None) -> None:
    """Run the notebooks with fresh kernels; write the figures and the report, print the findings."""
    findings = run_story(
        notebooks=list(notebooks) or None,
        parameters=dict(parameters) or None,
        out=Path(output) if output else None,
    )
    for found in findings:
        click.echo(found)
    if not findings:
        click.echo("No figure: the selection holds nothing to draw.")
