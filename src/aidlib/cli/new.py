"""In: the name of a folder. Out: a project of one's own there, and how to run it."""

from __future__ import annotations

import logging
import shlex
import shutil
import sys
from pathlib import Path

import click

from aidlib.cli.files import count_of
from aidlib.show import printable
from aidlib.story.project import new_project

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib new my-project
"""


@click.command("new", epilog=EXAMPLES)
@click.argument("folder", metavar="FOLDER")
def command(folder: str) -> None:
    """Lay out a project of your own in FOLDER, which must be new or empty.

    It holds one sample announcement, tables of facts, the notebooks, a Makefile, an environment.yml, a
    README and a GitHub workflow that runs it every night. It works at once.
    """
    files = new_project(folder)
    aidlib = (
        "aidlib" if shutil.which("aidlib") else shlex.quote(str(Path(sys.executable).with_name("aidlib")))
    )
    LOG.info("Laid out")
    click.echo(printable(f"{count_of(len(files), 'file')}: {folder}"), err=True)
    click.echo(printable(f"Next: cd {shlex.quote(folder)} && {aidlib} story"), err=True)
