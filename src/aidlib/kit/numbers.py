"""In: what a marker asks for. Out: its words, from the books and the figures."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from aidlib.errors import ParameterError
from aidlib.kit.figures import data_of, figure_named
from aidlib.kit.markers import KINDS
from aidlib.ledger import Ledger, build_totals, read_ledger, total_forms
from aidlib.ledger.columns import AID_TYPES, MODIFIERS, STAGES
from aidlib.ledger.totals import GROUPINGS
from aidlib.plots.style import eur, eur_span, percent
from aidlib.story.parameters import mechanisms, nearest, nearest_party, parties

__all__ = ["FILTERS", "OPTIONS", "Query", "Sources", "parse_query", "say"]

FILTERS = GROUPINGS
SAYINGS: Mapping[str, Callable[[Any], str]] = {
    "words": eur,
    "short": partial(eur, short=True),
    "eur": partial(eur, unit=""),
    "eur_m": partial(eur, unit="million"),
    "eur_bn": partial(eur, unit="billion"),
}
CELL_SAYINGS: Mapping[str, Callable[[Any], str]] = {
    **SAYINGS,
    "number": lambda value: f"{value:,f}",
    "percent": percent,
}
ANSWERS = ("yes", "no")
PARTS = ("within", "apart")
# What may stand behind each kind; the name of a figure stands before it.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "figure": ("format", "caption", "sha256"),
    "finding": (),
    "cell": ("figure", "row", "column", "as"),
    "total": (*FILTERS, "bounds", "parts", "as"),
    "gross": (*FILTERS, "as"),
    "delivered": (*FILTERS, "bounds", "as"),
    "count": (*FILTERS, "parts"),
}
NEEDED = {"cell": ("figure", "row", "column")}
SHAPES = {
    "year": (r"\d{4}", "2024"),
    "month": (r"\d{4}-(0[1-9]|1[0-2])", "2024-11"),
    "quarter": (r"\d{4}-Q[1-4]", "2024-Q4"),
    "currency": (r"[A-Z]{3}", "NOK"),
    "sha256": (r"[0-9a-f]+", "0123456789ab"),
}
# Columns of each kind: as stated, least, most.
COLUMNS = {
    "total": ("central_eur", "low_eur", "high_eur"),
    "gross": ("gross_eur",),
    "delivered": ("delivered_eur", "delivered_low_eur", "delivered_high_eur"),
}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Query:
    """What a marker asks for: a kind, the name of a figure, and options."""

    kind: str
    name: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The values asked for, by column of the books."""
        return {name: tuple(value.split(",")) for name, value in self.options.items() if name in FILTERS}


@dataclass(frozen=True)
class Sources:
    """Where markers are answered from: a folder of figures, and books or their folder, read when needed."""

    figures: Path
    ledger: Path | Ledger

    @cached_property
    def books(self) -> Ledger:
        return self.ledger if isinstance(self.ledger, Ledger) else read_ledger(self.ledger)

    @cached_property
    def totals(self) -> dict[tuple[str, tuple[str, ...]], list[dict[Any, Any]]]:
        """Totals of the books in the forms and by the groupings asked for so far."""
        return {}


def parse_query(body: str, *, where: str) -> Query:
    """Read the words of a marker.

    Raises
    ------
    ParameterError
        A word, a value or a quote has no meaning; the nearest right one is named.

    Examples
    --------
    >>> parse_query("total donor=NOR,DNK bounds=yes", where="report.md:1").filters
    {'donor': ('NOR', 'DNK')}
    """
    try:
        words = shlex.split(body)
    except ValueError as error:
        raise ParameterError(
            f"{body!r} cannot be read: {error}", where=where, fix="Close the quote, or take it out."
        ) from None
    kind = words[0] if words else ""
    if kind not in KINDS:
        raise _wrong(f"a marker cannot ask for {kind!r}", kind, KINDS, where)
    takes_name = kind in ("figure", "finding")
    if takes_name and (len(words) < 2 or "=" in words[1]):
        raise ParameterError(
            f"{kind} names no figure", where=where, fix=f"Write it behind: {kind} waterfall."
        )
    options: dict[str, str] = {}
    for word in words[2 if takes_name else 1 :]:
        name, equals, value = word.partition("=")
        if name not in OPTIONS[kind]:
            raise _wrong(f"{kind} knows no {name!r}", name, OPTIONS[kind], where)
        if not equals or not value or name in options:
            what = f"{name} is given twice" if name in options else f"{name} has no value"
            raise ParameterError(what, where=where, fix=f"Write {name}=VALUE, once.")
        options[name] = value
    for name in NEEDED.get(kind, ()):
        if name not in options:
            raise ParameterError(f"{kind} lacks {name}", where=where, fix=f"Add {name}=VALUE.")
    query = Query(kind, words[1] if takes_name else "", options)
    _check_values(query, where)
    return query


def _wrong(what: str, word: str, known: Sequence[str], where: str) -> ParameterError:
    is_elsewhere = any(word in options for options in OPTIONS.values())
    near = "" if is_elsewhere else nearest(word, known)
    fix = near or (f"There are {', '.join(known)}." if known else "Take it out.")
    return ParameterError(what, where=where, fix=fix)


def _check_values(query: Query, where: str) -> None:
    sayings = tuple(CELL_SAYINGS if query.kind == "cell" else SAYINGS)
    closed = {
        "as": sayings,
        "bounds": ANSWERS,
        "caption": ANSWERS,
        "parts": PARTS,
        "format": ("svg", "png", "pdf"),
    }
    for name, value in query.options.items():
        if name in closed and value not in closed[name]:
            raise _wrong(f"{name} cannot be {value!r}", value, closed[name], where)
        if name in SHAPES and query.kind == "figure":
            _check_filter(name, value, where)
    for name, values in query.filters.items():
        for value in values:
            _check_filter(name, value, where)


def _check_filter(name: str, value: str, where: str) -> None:
    if name in ("donor", "channel", "recipient"):
        if value not in parties():
            raise ParameterError(
                f"{name} {value!r} is no code of a party", where=where, fix=nearest_party(value)
            )
        return
    if name in SHAPES:
        shape, example = SHAPES[name]
        if not re.fullmatch(shape, value):
            raise ParameterError(f"{value!r} is no {name}", where=where, fix=f"Write {name}={example}.")
        return
    known = {"mechanism": mechanisms(), "stage": STAGES, "aid_type": AID_TYPES, "modifier": MODIFIERS}[name]
    if value not in known:
        raise _wrong(f"there is no {name} {value!r}", value, known, where)


def say(query: Query, sources: Sources, *, where: str) -> tuple[str, bool]:
    """Answer a marker that is no figure: its words, and whether anything in the books is behind them."""
    if query.kind == "finding":
        return str(figure_named(query.name, sources.figures, where=where)["finding"]), True
    if query.kind == "cell":
        return _cell(query, sources, where), True
    rows = _rows(query, sources)

    def added(column: str) -> Decimal:
        return sum((row[column] for row in rows), ZERO)

    if query.kind == "count":
        return f"{sum(row['n_commitments'] for row in rows):,}", bool(rows)
    words = SAYINGS[query.options.get("as", "words")]
    central, *bounds = COLUMNS[query.kind]
    if query.options.get("bounds") == "yes":
        low, high = (added(bound) for bound in bounds)
        return eur_span(low, high, words), bool(rows)
    return words(added(central)), bool(rows)


def _rows(query: Query, sources: Sources) -> list[dict[Any, Any]]:
    """Give the rows of the totals by the columns asked for that hold the values asked for."""
    by = tuple(sorted(query.filters, key=FILTERS.index))
    parts = query.options.get("parts", "within") if query.kind in ("total", "count") else "forms"
    if (parts, by) not in sources.totals:
        if parts == "forms":
            table = total_forms(sources.books, by)
        else:
            table = build_totals(sources.books, by, parts="apart" if parts == "apart" else "within")
        sources.totals[parts, by] = table.to_dict("records")
    wanted = query.filters
    return [row for row in sources.totals[parts, by] if all(row[name] in wanted[name] for name in by)]


def _cell(query: Query, sources: Sources, where: str) -> str:
    name, row, column = (query.options[key] for key in NEEDED["cell"])
    rows = data_of(figure_named(name, sources.figures, where=where), sources.figures, where=where)
    columns = list(rows[0]) if rows else []
    if column not in columns:
        raise _wrong(f"the data of {name} have no column {column!r}", column, columns, where)
    labels = [one[columns[0]] for one in rows]
    if labels.count(row) > 1:
        raise ParameterError(
            f"{labels.count(row)} rows of {name} are named {row!r}",
            where=where,
            fix="Give the number of the row instead, the first is 1.",
        )
    at = labels.index(row) if row in labels else int(row) - 1 if re.fullmatch(r"[1-9]\d{0,6}", row) else -1
    if not 0 <= at < len(rows):
        raise _wrong(f"the data of {name} have no row {row!r}", row, list(dict.fromkeys(labels)), where)
    return _cell_words(rows[at][column], column, query.options.get("as"), where)


def _cell_words(cell: str, column: str, saying: str | None, where: str) -> str:
    if saying is None and not (column.endswith("_eur") and cell):
        return cell
    try:
        value = Decimal(cell)
        if not value.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise ParameterError(
            f"the cell holds {cell!r}, which is no number", where=where, fix="Take out as=."
        ) from None
    return CELL_SAYINGS[saying or "words"](value)
