"""In: a newer history of the ECB's rates. Out: it checked and kept for later runs, or what is in use."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import click

from aidlib.cli.files import count_of, rates_line
from aidlib.errors import ParameterError
from aidlib.rates import (
    Comparison,
    RateTable,
    default_rates,
    drop_rates,
    other_rates,
    packaged_rates,
    store_rates,
    stored_path,
)

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib rates
  aidlib rates eurofxref-hist.zip
  aidlib rates --packaged
"""

MOST_SHOWN = 20


@click.command("rates", epilog=EXAMPLES)
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--packaged", is_flag=True, help="Go back to the packaged table.")
def command(file: str | None, packaged: bool) -> None:
    """Say which rates are in use, or take a newer history of the ECB for later runs.

    FILE is the ECB's eurofxref-hist.csv, or the zip that holds it. It is checked and kept in
    build/rates.csv of the project; every run and every row that uses it names it.
    """
    if file and packaged:
        raise ParameterError(
            "both FILE and --packaged are given", where="command line", fix="Give one of the two."
        )
    if file:
        table, compared = store_rates(file)
        LOG.info("Read %s: %s", file, count_of(len(table.days), "day"))
        click.echo("\n".join(_compared(table, compared)))
        return
    if packaged:
        click.echo("Back to the packaged table." if drop_rates() else "The packaged table was in use.")
    click.echo("\n".join(_in_use(default_rates())))


def _in_use(table: RateTable) -> Iterator[str]:
    packaged = packaged_rates()
    yield f"In use: {_described(table)}"
    if table is not packaged:
        yield f"  kept in {stored_path()}; `aidlib rates --packaged` goes back"
        yield f"Packaged: {_described(packaged)}"
    for currency, rows in other_rates().items():
        yield f"{currency}: {rows[0].day} to {rows[-1].day}, {count_of(len(rows), 'rate')}; {rows[-1].kind}"


def _described(table: RateTable) -> str:
    known = table.currencies
    alive = sum(table.series(name)[0][-1] == table.days[-1] for name in known)
    return (
        f"{rates_line(table)}, from {table.first_day}, {count_of(len(table.days), 'day')}, "
        f"{len(known)} currencies, {alive} of them on the last day"
    )


def _compared(table: RateTable, compared: Comparison) -> Iterator[str]:
    yield f"Kept in {stored_path()}, in use from now on: {_described(table)}"
    new, changes = compared.new_days, compared.changes
    yield f"{count_of(len(new), 'new day')}{f', {new[0]} to {new[-1]}' if new else ''}"
    yield f"{len(changes):,} of {compared.n_both:,} rates differ on days that both have"
    yield from (f"  {day} {name}: {old} is now {now}" for day, name, old, now in changes[:MOST_SHOWN])
    if len(changes) > MOST_SHOWN:
        yield f"  and {len(changes) - MOST_SHOWN:,} more"
