"""In: announcements, or the events that parse wrote. Out: the books, in a folder moved into place whole.

With ``--check``: the folder of books. Out: everything in it that does not add up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from aidlib.cli.files import (
    count_of,
    finish,
    inputs_or_seeds,
    rates_line,
    read_events,
    require_some,
    write_quarantine,
)
from aidlib.corpus.parts import read_parts
from aidlib.errors import LedgerError, ParameterError, ReadError
from aidlib.ledger import (
    build_ledger,
    check_folder,
    corrections_beside,
    lost_corrections,
    read_corrections,
    write_ledger,
)
from aidlib.model import Reading
from aidlib.rates import POLICIES, Policy, RateTable, default_rates, read_rates
from aidlib.read import SetAside, project_root
from aidlib.read.records import parse_json
from aidlib.record import reading_from_record

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib ledger
  aidlib ledger --events build/events.jsonl -o build/again
  aidlib ledger --policy fixed --rate-day 2024-12-31 -o build/one-day
  aidlib ledger --check build/ledger
"""


@click.command("ledger", epilog=EXAMPLES)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--events", metavar="FILE", help="Take the events that `aidlib parse` wrote instead.")
@click.option("-o", "--output", metavar="DIR", help="Folder of the books; build/ledger if left out.")
@click.option("--any-language", is_flag=True, help="Keep documents that are not in English.")
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="announcement",
    help="Rates of the day of each announcement (the default), of one fixed day, or the mean of the month.",
)
@click.option("--rate-day", metavar="YYYY-MM-DD", help="The day of --policy fixed.")
@click.option("--rates", metavar="FILE", help="An ECB history for this run; else the table in use.")
@click.option("--check", is_flag=True, help="Do the sums of the books in DIR again, and write nothing.")
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
    policy: Policy,
    rate_day: str | None,
    rates: str | None,
    check: bool,
    corrections: str | None,
) -> None:
    """Resolve the events of many announcements into commitments, and write the books.

    INPUT as in `aidlib parse`. The folder is written beside and moved into place whole.
    `aidlib ledger --check DIR` reads books back and lists every value that does not add up.
    """
    table = read_rates(rates) if rates else None
    if check:
        _check(_books_named(ctx, inputs, output), table)
        return
    table = table or default_rates()
    day = _fixed_day(policy, rate_day, table)
    out = Path(output) if output else _own_books()
    set_aside: list[SetAside] = []
    sources = _sources(inputs, events)
    # A wrong file of corrections is said before the texts are read.
    path = _corrections_of(corrections, sources)
    decided, bad = read_corrections(path) if path else ([], [])
    told = read_events(sources, set_aside, any_language=any_language)
    readings = list(read_records(Path(events), set_aside) if events else told)
    quarantine = out / "quarantine.jsonl"
    if not readings and not (out / "commitments.csv").exists():
        write_quarantine(quarantine, set_aside)
    require_some(len(readings), set_aside, quarantine if quarantine.exists() else None)
    LOG.info("Corrections: %s", f"{path}, {len(decided)} rows, {len(bad)} set aside" if path else "none")
    set_aside += bad
    books = build_ledger(
        readings, set_aside=set_aside, policy=policy, fixed_day=day, table=table, corrections=decided
    )
    LOG.info("Resolved into %s", count_of(len(books.commitments), "commitment"))
    write_ledger(books, out)
    LOG.info("Written: %s", out)
    click.echo(f"Rates: {rates_line(table)}; policy {policy}{f' {day}' if day else ''}", err=True)
    done = f"{count_of(len(readings), 'document')}, {count_of(len(books.commitments), 'commitment')}: {out}"
    lost, noun = lost_corrections(books.corrections, path), "item" if bad else "document"
    finish(ctx, done, set_aside, quarantine, warnings=lost, noun=noun)


def _sources(inputs: tuple[str, ...], events: str | None) -> list[Path]:
    if inputs and events:
        raise ParameterError(
            "both INPUT and --events are given", where="command line", fix="Give one of the two."
        )
    return [] if events else inputs_or_seeds(inputs)


def _corrections_of(named: str | None, sources: list[Path]) -> Path | None:
    """Give the file named, or that of the project where its briefs, and no others, are read."""
    if named is not None:
        return None if named == "none" else Path(named)
    return corrections_beside(sources[0]) if len(sources) == 1 else None


def _own_books() -> Path:
    return project_root() / "build" / "ledger"


def _fixed_day(policy: Policy, text: str | None, table: RateTable) -> date | None:
    if (policy == "fixed") != bool(text):
        raise ParameterError(
            f"policy is {policy}, and --rate-day is {text or 'not given'}",
            where="option --rate-day",
            fix="Give a day with --policy fixed, and only with it.",
        )
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ParameterError(
            f"{text!r} is no day", where="option --rate-day", fix="Give a day as 2024-12-31."
        ) from None
    if day < table.first_day:
        raise ParameterError(
            f"there are no rates of {day}",
            where=f"option --rate-day; {table.source}",
            fix=f"Give a day from {table.first_day} to {table.last_day}.",
        )
    return day


def _books_named(ctx: click.Context, inputs: tuple[str, ...], output: str | None) -> Path:
    folders = [*inputs, *([output] if output else [])]
    others = [name for name in ("events", "any_language", "rate_day") if ctx.params[name]]
    if len(folders) > 1 or others or ctx.params["policy"] != "announcement":
        raise ParameterError(
            "--check takes one folder of books, and no option but --rates",
            where="command line",
            fix="Give `aidlib ledger --check DIR`: the books themselves say by which policy they are valued.",
        )
    return Path(folders[0]) if folders else _own_books()


def _check(folder: Path, table: RateTable | None) -> None:
    try:
        checked = check_folder(folder, table=table)
        LOG.info("Read and checked %s", folder)
        failures: tuple[object, ...] = checked.failures
    except LedgerError as error:
        if not error.failures:
            raise
        failures = error.failures
    for failure in failures:
        click.echo(str(failure))
    if failures:
        raise LedgerError(
            f"the books do not add up: {count_of(len(failures), 'failure')}, listed above",
            where=str(folder),
            fix="Write them anew with `aidlib ledger`, or mend the rows named.",
        )
    click.echo(f"{folder} adds up: {checked.said}")


def read_records(path: Path, set_aside: list[SetAside]) -> Iterator[Reading]:
    """Read a file in parse's form, or a folder of its parts; lines that are not in it are set aside."""
    if path.is_dir():
        yield from read_parts(path)
        return
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
