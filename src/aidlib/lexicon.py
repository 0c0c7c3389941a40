"""In: the tables of ``data/``. Out: typed, checked rows; nothing else opens these files."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from aidlib.errors import LexiconError

Row = TypeVar("Row")


def read_table(name: str, make: Callable[[dict[str, str]], Row], *, key: str) -> tuple[Row, ...]:
    """Read one table of ``data/`` into typed rows.

    Parameters
    ----------
    name : str
        File name, such as ``scales.csv``: UTF-8, comma, a header, one row a fact.
    make : callable
        Takes a row as a dict of strings and gives the typed row.
    key : str
        Column whose values must be filled and differ (several columns: joined by "+").

    Returns
    -------
    tuple
        Rows in the order of the file.

    Raises
    ------
    LexiconError
        A key is missing or met twice, a source is missing, or a row cannot be read.
    """
    text = resources.files("aidlib").joinpath("data", name).read_text("utf-8")
    rows, seen = [], set()
    for number, record in enumerate(csv.DictReader(text.splitlines()), start=2):
        value = tuple(record.get(part) or "" for part in key.split("+"))
        if not value[0] or value in seen:
            raise LexiconError(
                f"{key} {value!r} is empty or met twice",
                where=f"data/{name}, line {number}",
                fix="Give every row a key of its own.",
            )
        if "source" in record and not record["source"]:
            raise LexiconError(
                f"row {value!r} has no source",
                where=f"data/{name}, line {number}",
                fix="Say where the fact comes from.",
            )
        seen.add(value)
        try:
            rows.append(make(record))
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise LexiconError(
                f"row {value!r} cannot be read: {error}",
                where=f"data/{name}, line {number}",
                fix="Compare it with its neighbours.",
            ) from error
    return tuple(rows)


@cache
def grammar() -> dict[str, Any]:
    """Read ``grammar.toml``: named short patterns that the finders compose."""
    return tomllib.loads(resources.files("aidlib").joinpath("data", "grammar.toml").read_text("utf-8"))


def split(cell: str | None, sep: str = "|") -> tuple[str, ...]:
    """Split a cell that holds several values; an empty cell holds none."""
    return tuple(part.strip() for part in (cell or "").split(sep) if part.strip())


@dataclass(frozen=True, slots=True)
class Bound:
    """How a modifier widens an amount: factors for low, central and high."""

    modifier: str
    low: str
    central: str
    high: str
    meaning: str


@cache
def bounds() -> tuple[Bound, ...]:
    """Rows of ``bounds.csv``."""
    return read_table(
        "bounds.csv",
        lambda r: Bound(r["modifier"], r["low"], r["central"], r["high"], r["meaning"]),
        key="modifier",
    )
