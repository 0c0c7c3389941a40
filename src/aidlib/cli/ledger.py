"""In: announcements, or the events that parse wrote. Out: the books, in a folder moved into place whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from aidlib.cli.files import (
    count_of,
    finish,
    inputs_or_seeds,
    read_events,
    require_some,
    write_quarantine,
)
from aidlib.errors import ParameterError, ReadError
from aidlib.ledger import build_ledger, corrections_beside, lost_corrections, read_corrections, write_ledger
from aidlib.model import Reading
from aidlib.read import SetAside, project_root
from aidlib.read.records import parse_json
from aidlib.record import reading_from_record

__all__ = ["command"]


@click.command("ledger")
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--events", metavar="FILE.jsonl", help="Take the events that `aidlib parse` wrote instead.")
@click.option("-o", "--output", metavar="DIR", help="Folder of the books; build/ledger if left out.")
@click.option("--any-language", is_flag=True, help="Keep documents that are not in English.")
@click.option(
    "--corrections",
    metavar="FILE.csv",
    help="What people have decided; seeds/corrections.csv if left out and seeds/briefs is read, else none. "
    "'none' leaves them out.",
)
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    events: str | None,
    output: str | None,
    any_language: bool,
    corrections: str | None,
) -> None:
    """Resolve the events of many announcements into commitments, and write the books.

    INPUT as in `aidlib parse`. The folder is written beside and moved into place whole.
    """
    if inputs and events:
        raise ParameterError(
            "both INPUT and --events are given", where="command line", fix="Give one of the two."
        )
    out = Path(output) if output else project_root() / "build" / "ledger"
    set_aside: list[SetAside] = []
    sources = [] if events else inputs_or_seeds(inputs)
    # A wrong file of corrections is said before the texts are read.
    path = _corrections_of(corrections, sources)
    decided, bad = read_corrections(path) if path else ([], [])
    if events:
        readings = list(read_records(Path(events), set_aside))
    else:
        readings = list(read_events(sources, set_aside, any_language=any_language))
    quarantine = out / "quarantine.jsonl"
    if not readings and not (out / "commitments.csv").exists():
        write_quarantine(quarantine, set_aside)
    require_some(len(readings), set_aside, quarantine if quarantine.exists() else None)
    set_aside += bad
    books = build_ledger(readings, set_aside=set_aside, corrections=decided)
    write_ledger(books, out)
    n_acts = len(books.commitments)
    done = f"{count_of(len(readings), 'document')}, {count_of(n_acts, 'commitment')}: {out}"
    finish(
        ctx,
        done,
        set_aside,
        quarantine,
        warnings=lost_corrections(books.corrections, path),
        noun="item" if bad else "document",
    )


def _corrections_of(named: str | None, sources: list[Path]) -> Path | None:
    """Give the file named, or that of the project where its briefs, and no others, are read."""
    if named is not None:
        return None if named == "none" else Path(named)
    return corrections_beside(sources[0]) if len(sources) == 1 else None


def read_records(path: Path, set_aside: list[SetAside]) -> Iterator[Reading]:
    """Read a file in parse's form; lines that are not in it are set aside."""
    if not path.is_file():
        raise ReadError(
            f"file {path} does not exist", where="option --events", fix="Write it with `aidlib parse`."
        )
    seen: set[str] = set()
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            where = f"{path}, line {number}"
            try:
                reading = _reading(raw, where, seen)
            except ReadError as error:
                set_aside.append(SetAside.of(error, name=None, path=path, line=number))
            else:
                seen.add(reading.document.id)
                yield reading


def _reading(raw: bytes, where: str, seen: set[str]) -> Reading:
    reading = reading_from_record(parse_json(raw, where))
    if reading.document.id in seen:
        raise ReadError(
            f"id {reading.document.id!r} was met before",
            where=where,
            fix="Give each document an id of its own; the first one is kept.",
        )
    return reading
