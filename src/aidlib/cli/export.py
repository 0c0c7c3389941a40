"""In: the folder of a ledger. Out: the same books in another form, each written by a module of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from aidlib.cli.files import count_of, nearest
from aidlib.errors import ParameterError
from aidlib.ledger import read_ledger
from aidlib.ledger.files import FILES
from aidlib.read import project_root

__all__ = ["command"]

LOG = logging.getLogger(__name__)

# What is written, by which function (of the ledger and the place), and what it is.
KINDS = {
    "xlsx": ("aidlib.exchange.xlsx", "write_xlsx", "one workbook, a sheet a table"),
    "iati": ("aidlib.exchange.iati", "write_iati", "IATI 2.03 activities of the booked acts, as XML"),
    "kiel": (
        "aidlib.exchange.kiel_out",
        "write_kiel_csv",
        "booked acts in the tracker's columns, as CSV",
    ),
    "datapackage": ("aidlib.exchange.datapackage", "write_datapackage", "every table, as a zip"),
    "rocrate": ("aidlib.exchange.crate", "write_crate", "every table and the run that made it, as a zip"),
}
KINDS_SAID = "\b\nKinds:\n" + "\n".join(f"  {k:13}{said}" for k, (*_, said) in KINDS.items())
EXAMPLES = """

\b
Examples:
  aidlib export xlsx -o books.xlsx
  aidlib export iati build/ledger -o books.xml
"""


@click.command("export", epilog=KINDS_SAID + EXAMPLES)
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
    LOG.info("Read %s: %s", folder, count_of(len(books.commitments), "commitment"))
    out = Path(output)
    if out.name in FILES and out.resolve().parent == folder.resolve():
        raise ParameterError(
            f"output {out} is one of the books' own files",
            where="option -o",
            fix="Write outside of the folder that is read.",
        )
    module, name, _ = KINDS[kind]
    home = import_module(module)
    write: Callable[[Any, Path], Any] = getattr(home, name)
    write(books, out)
    LOG.info("Written: %s", out)
    gone: dict[str, int] = home.left_out(books) if hasattr(home, "left_out") else {}
    n_kept = len(books.commitments) - sum(gone.values())
    said = "; left out: " + ", ".join(f"{n:,} {why}" for why, n in gone.items()) if gone else ""
    click.echo(f"{count_of(n_kept, 'commitment')}: {out}{said}", err=True)
