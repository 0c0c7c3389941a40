"""In: a file, or the id of a document. Out: its evidence, in the terminal or as a page."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aidlib.cli.files import nearest, whole_file
from aidlib.errors import ReadError
from aidlib.events import build_events
from aidlib.model import Document
from aidlib.read import SetAside, ending_of, project_root, read_documents
from aidlib.show import page_of, text_of

__all__ = ["command"]


@click.command("show")
@click.argument("name", metavar="ID|FILE")
@click.option("--html", metavar="OUT", help="Write a page instead of printing.")
def command(name: str, html: str | None) -> None:
    """Show a text with every mention marked and every event beside its quote.

    ID is the id of a document among seeds/briefs; FILE may hold several documents.
    """
    readings = [build_events(document) for document in _documents(name)]
    if html:
        with whole_file(Path(html)) as file:
            file.write(page_of(readings))
        click.echo(f"{len(readings)} documents: {html}", err=True)
        return
    colour = sys.stdout.isatty()
    click.echo("\n\n".join(text_of(reading, colour=colour) for reading in readings))


def _documents(name: str) -> list[Document]:
    """Give the documents of a file, or the one of that id among the seeds."""
    path = Path(name)
    if not path.exists() and not (ending_of(path) or path.parent.name):
        return [_seed(name)]
    results = list(read_documents([path], any_language=True))
    bad = next((r for r in results if isinstance(r, SetAside)), None)
    if bad is not None:
        raise ReadError(bad.what, where=bad.where, fix=bad.fix)
    return [r for r in results if isinstance(r, Document)]


def _seed(name: str) -> Document:
    folder = project_root() / "seeds" / "briefs"
    documents = list(read_documents([folder], any_language=True)) if folder.is_dir() else []
    known = {d.id: d for d in documents if isinstance(d, Document)}
    if name in known:
        return known[name]
    raise ReadError(
        f"no document has the id {name!r}",
        where=str(folder),
        fix=nearest(name, known) or "Give the path of a file.",
    )
