"""In: the folder of a ledger. Out: the same books in another form, each written by a module of its own."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from aidlib.cli.files import count_of, nearest
from aidlib.errors import ParameterError
from aidlib.ledger import read_ledger
from aidlib.read import project_root

__all__ = ["command"]

# What is written, by which function (of the ledger and the place), and what it is.
KINDS = {
    "xlsx": ("aidlib.exchange.xlsx", "write_xlsx", "one workbook, a sheet a table"),
}


@click.command(
    "export", epilog="\b\nKinds:\n" + "\n".join(f"  {k}  {said}" for k, (*_, said) in KINDS.items())
)
@click.argument("kind")
@click.argument("ledger", required=False, metavar="[LEDGER_DIR]")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write.")
def command(kind: str, ledger: str | None, output: str) -> None:
    """Write the books of LEDGER_DIR (build/ledger if left out) in another form."""
    if kind not in KINDS:
        raise ParameterError(
            f"no kind of export {kind!r}",
            where="aidlib export",
            fix=nearest(kind, KINDS) or f"There are {', '.join(KINDS)}.",
        )
    folder = Path(ledger) if ledger else project_root() / "build" / "ledger"
    books = read_ledger(folder)
    out = Path(output)
    module, name, _ = KINDS[kind]
    write: Callable[[Any, Path], Any] = getattr(import_module(module), name)
    write(books, out)
    click.echo(f"{count_of(len(books.commitments), 'commitment')}: {out}", err=True)
