"""In: a file, or the id of a document or commitment. Out: its evidence, in the terminal or as a page."""

from __future__ import annotations

import logging
import sys
from decimal import Decimal
from pathlib import Path

import click
import pandas as pd

from aidlib.cli.files import count_of, nearest, whole_file
from aidlib.errors import ReadError
from aidlib.events import build_events
from aidlib.ledger import Ledger, read_ledger
from aidlib.model import Document, Reading
from aidlib.read import SetAside, ending_of, project_root, read_documents
from aidlib.show import facts_html, page_of, printable, text_of, whole_page

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib show 2024-11-15_norway_danish-format-mou
  aidlib show seeds/briefs/2024-11-15_norway_danish-format-mou.md --html build/text.html
"""


@click.command("show", epilog=EXAMPLES)
@click.argument("name", metavar="ID|FILE")
@click.option("--html", metavar="OUT", help="Write a page instead of printing.")
@click.option(
    "--ledger", metavar="DIR", help="The books in which to look a commitment up; else build/ledger."
)
def command(name: str, html: str | None, ledger: str | None) -> None:
    """Show a text with every mention marked and every event beside its quote.

    ID is the id of a document among seeds/briefs, or of a commitment of the books, which is shown with
    the quotes that it rests on; FILE may hold several documents.
    """
    path = Path(name)
    if path.exists() or ending_of(path) or path.parent.name:
        _put_readings(_documents_of(path), html)
        return
    seeds = _seeds()
    if name in seeds:
        _put_readings([seeds[name]], html)
        return
    folder = Path(ledger) if ledger else project_root() / "build" / "ledger"
    books = read_ledger(folder) if ledger or folder.is_dir() else None
    LOG.info("Books: %s", folder if books else "none")
    acts = _acts(books)
    if books is None or name not in acts:
        raise ReadError(
            f"no document and no commitment has the id {name!r}",
            where=f"looked in seeds/briefs and {folder}",
            fix=nearest(name, [*seeds, *acts]) or "Give the path of a file.",
        )
    _put_act(books, acts[name], html)


def _documents_of(path: Path) -> list[Document]:
    results = list(read_documents([path], any_language=True))
    LOG.info("Read %s: %s", path, count_of(len(results), "document"))
    bad = next((r for r in results if isinstance(r, SetAside)), None)
    if bad is not None:
        raise ReadError(bad.what, where=bad.where, fix=bad.fix)
    return [r for r in results if isinstance(r, Document)]


def _seeds() -> dict[str, Document]:
    folder = project_root() / "seeds" / "briefs"
    documents = read_documents([folder], any_language=True) if folder.is_dir() else iter(())
    return {d.id: d for d in documents if isinstance(d, Document)}


def _acts(books: Ledger | None) -> dict[str, str]:
    """Map every id of a commitment, former ones too, to the one that it has now."""
    if books is None:
        return {}
    table = books.commitments
    pairs = zip(table["commitment_id"], table["aliases"].fillna(""), strict=True)
    return {name: now for now, former in pairs for name in (*former.split("|"), now) if name}


def _put_readings(documents: list[Document], html: str | None) -> None:
    readings: list[Reading] = [build_events(document) for document in documents]
    if html:
        _write(html, page_of(readings), count_of(len(readings), "document"))
        return
    colour = sys.stdout.isatty()
    click.echo("\n\n".join(text_of(reading, colour=colour) for reading in readings))


def _put_act(books: Ledger, name: str, html: str | None) -> None:
    acts, evidence = books.commitments, books.evidence
    row = acts[acts["commitment_id"] == name].iloc[0]
    facts = [(str(k).replace("_", " "), _cell(v)) for k, v in row.items() if not pd.isna(v)]
    quotes = [
        (f"{e.field}, {e.doc_id} {e.start}-{e.end}", f"“{e.quote}”")
        for e in evidence[evidence["commitment_id"] == name].itertuples()
    ]
    if html:
        body = f"{facts_html(facts)}<h2>Evidence</h2>{facts_html(quotes)}"
        _write(html, whole_page(name, body), count_of(len(quotes), "quote"))
        return
    lines = [f"{field:<16} {value}" for field, value in facts]
    lines += ["", *(f"{where}\n  {quote}" for where, quote in quotes)]
    click.echo(printable("\n".join(lines)))


def _cell(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)


def _write(html: str, page: str, what: str) -> None:
    with whole_file(Path(html)) as file:
        file.write(page)
    click.echo(f"{what}: {html}", err=True)
