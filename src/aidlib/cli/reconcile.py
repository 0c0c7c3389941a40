"""In: claims and the books. Out: the lines that make up each claim, what remains, what may fill it."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pandas as pd

from aidlib.cli.files import count_of, inputs_or_seeds, read_events
from aidlib.errors import LedgerError, ParameterError
from aidlib.ledger import Ledger, build_ledger, read_ledger
from aidlib.ledger.files import csv_bytes
from aidlib.read import SetAside, project_root
from aidlib.reconcile import (
    Claim,
    Result,
    forms_of_scope,
    load_facts,
    make_claim,
    read_claims,
    read_tracker,
    reconcile_claims,
    table_tracker,
)
from aidlib.reconcile.tables import files_of, no_longer_explained, record_of_result, words_of
from aidlib.reconcile.tracker import TRACKER
from aidlib.show import printable
from aidlib.story.parameters import nearest_party, parties

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib reconcile
  aidlib reconcile --who DNK --amount "DKK 4.4bn" --year 2024 -o build/claim
"""

FACTS = Path("seeds") / "danish_model_facts.csv"
NO_LINES = "none"
CLAIM_OPTIONS = ("amount", "what", "year", "date", "by", "source", "tolerance")


@click.command("reconcile", epilog=EXAMPLES)
@click.argument("inputs", nargs=-1, metavar="[CLAIMS.csv] [LEDGER_DIR]")
@click.option("--who", metavar="CODE", help="Who pays, or handles the money; MULTI for everybody.")
@click.option("--amount", metavar="SUM", help='The sum claimed, as people write it: "DKK 4.4bn".')
@click.option("--what", multiple=True, metavar="COLUMN=VALUE", help="mechanism, aid_type or channel.")
@click.option("--year", default="", metavar="YEAR[-YEAR]", help="Years that it is about.")
@click.option("--date", default="", metavar="DAY", help="When it was said; lines told later do not count.")
@click.option("--by", default="", metavar="NAME", help="Who says so.")
@click.option("--source", default="", metavar="TEXT", help="Where it stands.")
@click.option("--tolerance", metavar="SUM", help="How far a sum may lie from it; else its own rounding.")
@click.option("--lines", metavar="FILE.csv", help="Table of lines; 'none' for the books alone.")
@click.option("--tracker", metavar="FILE.csv", help="Set the tracker's military sums beside ours instead.")
@click.option(
    "--against", metavar="FILE.csv", help="An earlier reconcile.csv: exit 4 where it explains more."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-o", "--output", metavar="DIR", help="Write reconcile.csv and lines.csv, or tracker.csv.")
@click.pass_context
def command(ctx: click.Context, /, inputs: tuple[str, ...], output: str | None, **options: Any) -> None:
    """Find the set of lines that explains a claim, and print it with what remains.

    Without CLAIMS.csv or --who the claims and lines are those of seeds/danish_model_facts.csv;
    without LEDGER_DIR the books are those of seeds/briefs. Sums are converted at the rates of the
    claim's day. That no set explains a claim is a result, and no failure.
    """
    claims_file, folder = _inputs(inputs)
    single = options["who"] is not None
    if (single and claims_file) or (not single and any(options[name] for name in CLAIM_OPTIONS)):
        raise ParameterError(
            "a claim is given by CLAIMS.csv or by --who with --amount, not in part",
            where="command line",
            fix='Write --who DNK --amount "DKK 4.4bn", or name a table of claims.',
        )
    if options["tracker"]:
        _put_tracker(_books(folder), options["tracker"], output, options["as_json"])
        return
    claims, faults = _claims(claims_file, options)
    LOG.info("Read %s from %s", count_of(len(claims), "claim"), claims_file or "the project or command line")
    books = _books(folder)
    LOG.info("Books: %s", count_of(len(books.commitments), "commitment"))
    results = reconcile_claims(claims, facts=_facts(claims_file, options["lines"]), ledger=books)
    LOG.info("Searched the lines of each claim")
    _put_results(results, books, options["as_json"])
    if output:
        _write(Path(output), files_of(results))
    for fault in faults:
        click.echo(f"Set aside: {fault}", err=True)
    if options["against"]:
        _compare(results, options["against"])
    if faults:
        click.echo(f"{count_of(len(faults), 'claim')} set aside, named above", err=True)
        ctx.exit(5)


def _inputs(inputs: Sequence[str]) -> tuple[Path | None, Path | None]:
    files = [Path(item) for item in inputs if item.endswith(".csv") or Path(item).is_file()]
    folders = [Path(item) for item in inputs if Path(item) not in files]
    if len(files) > 1 or len(folders) > 1:
        raise ParameterError(
            f"{len(files)} tables and {len(folders)} folders are given",
            where="command line",
            fix="Give at most one CLAIMS.csv and one LEDGER_DIR.",
        )
    return next(iter(files), None), next(iter(folders), None)


def _claims(path: Path | None, options: dict[str, Any]) -> tuple[list[Claim], list[ParameterError]]:
    if options["who"] is None:
        return read_claims(path or project_root() / FACTS)
    if not options["amount"]:
        raise ParameterError(
            "--who is given without --amount", where="command line", fix='Add --amount "DKK 4.4bn".'
        )
    if options["who"] not in parties():
        raise ParameterError(
            f"no party {options['who']!r}", where="option --who", fix=nearest_party(options["who"])
        )
    claim = make_claim(
        options["who"],
        options["amount"],
        what=options["what"],
        year=options["year"],
        day=options["date"],
        by=options["by"],
        source=options["source"],
        tolerance=options["tolerance"],
        where="command line",
    )
    return [claim], []


def _facts(claims: Path | None, lines: str | None) -> pd.DataFrame | None:
    """Read the lines named; else those of the table of claims, else the project's."""
    if lines == NO_LINES:
        return None
    if lines:
        return load_facts(lines)
    if claims:
        head = claims.read_text(encoding="utf-8-sig").partition("\n")[0]
        if "row_type" in head:
            return load_facts(claims)
    path = project_root() / FACTS
    return load_facts(path) if path.is_file() else None


def _books(folder: Path | None) -> Ledger:
    if folder:
        return read_ledger(folder)
    aside: list[SetAside] = []
    return build_ledger(list(read_events(inputs_or_seeds(()), aside)), set_aside=aside)


def _put_results(results: Sequence[Result], books: Ledger, as_json: bool) -> None:
    if as_json:
        records = [record_of_result(result) | {"books": _forms(result, books)} for result in results]
        click.echo(json.dumps(records, ensure_ascii=False, indent=1))
        return
    for result in results:
        click.echo(printable(words_of(result)))
        forms = _forms(result, books)
        if forms:
            told = ", ".join(f"{name} {forms[f'{name}_eur']:,.0f}" for name in ("gross", "net", "delivered"))
            low, high = forms["net_low_eur"], forms["net_high_eur"]
            click.echo(f"  the books of that scope, in euro: {told} (net from {low:,.0f} to {high:,.0f})")
        click.echo("")
    n_explained = sum(result.verdict == "explained" for result in results)
    click.echo(f"{n_explained} of {count_of(len(results), 'claim')} explained")


def _forms(result: Result, books: Ledger) -> dict[str, Any] | None:
    forms = forms_of_scope(result.claim, books, handled=result.handled)
    if forms is None:
        return None
    plain = {name: None if pd.isna(value) else value for name, value in forms.items()}
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in plain.items()}


def _put_tracker(books: Ledger, path: str, output: str | None, as_json: bool) -> None:
    theirs, last = read_tracker(path)
    table = table_tracker(books, theirs, last)
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        plain = [{k: float(v) if isinstance(v, Decimal) else v for k, v in row.items()} for row in rows]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=1))
    else:
        click.echo(f"military, euro million, through {last}: the tracker's allocations and our acts")
        click.echo("donor     theirs       ours        from          to  allocated   share  acts")
        for row in table.to_dict("records"):
            sums = [row[f"{name}_eur"] / 10**6 for name in ("theirs", "ours", "ours_low", "ours_high")]
            cells = "  ".join(f"{value:10,.1f}" for value in sums)
            share = f"{row['share']:7.1%}" if row["share"] is not None else "      -"
            rest = f"{row['allocated_eur'] / 10**6:9,.1f} {share} {row['n_commitments']:5}"
            click.echo(f"{row['donor']:5}{cells}  {rest}")
            click.echo(f"      {row['commitment_ids'].replace('|', ' ')}")
        others = sorted(theirs.keys() - set(table["donor"]))
        click.echo(f"not in the books: {', '.join(others) or 'none'}")
    if output:
        _write(Path(output), {"tracker.csv": csv_bytes(table, TRACKER)})


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            part = folder / f".{name}.part"
            part.write_bytes(data)
            part.replace(folder / name)
    except OSError as error:
        raise ParameterError(
            f"cannot write {folder}: {error.strerror or error}",
            where="option -o",
            fix="Choose a folder that can be written.",
        ) from error
    click.echo(f"written: {', '.join(str(folder / name) for name in files)}", err=True)


def _compare(results: Sequence[Result], path: str) -> None:
    lost = no_longer_explained(results, path)
    if lost:
        raise LedgerError(
            f"{count_of(len(lost), 'claim')} no longer explained: {', '.join(lost)}",
            where=path,
            fix="Compare lines.csv of both runs: a line has gone, changed or joined.",
        )
