"""In: a table of facts and the ledger. Out: lines: one sum of money each, with every figure told of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pandas as pd

from aidlib.ledger import Ledger
from aidlib.ledger.columns import STAGES
from aidlib.rates import convert_money
from aidlib.reconcile.claims import rounding_of
from aidlib.reconcile.facts import MECHANISM, day_of, years_of

__all__ = ["Figure", "Line", "lines_of_facts", "lines_of_ledger", "match_lines"]

CHANNEL = "DNK"  # reviews and handles what goes through the Danish model
ADJACENT = {"adjacent_direct": "direct_industry", "adjacent_build_with_ukraine": "joint_production"}
UNKNOWN = (0, 9999)  # years of an act without a day
# Two tellings of one sum in two currencies rarely agree better.
NEAR = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Figure:
    """One telling of a sum: ``told`` is ISO 8601, may be partial; ``quote`` are its words, or ""."""

    id: str
    amount: Decimal
    currency: str
    told: str
    stage: str
    low: Decimal
    high: Decimal
    by: str = ""
    source: str = ""
    quote: str = ""
    docs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One sum of money, with every figure told of it; never two of them at once.

    ``part_of`` and ``overlaps`` name other lines. ``status`` is that of the ledger; ``is_direct``
    marks money that goes past the channel of its scheme. ``stages`` are those that the books
    report, with their day; ``quotes`` the words by document.
    """

    id: str
    donor: str
    years: tuple[int, int]
    figures: tuple[Figure, ...]
    table: str
    mechanism: str | None = None
    aid_type: str | None = None
    channel: str | None = None
    members: frozenset[str] = frozenset()
    is_direct: bool = False
    status: str = "booked"
    part_of: str | None = None
    overlaps: frozenset[str] = frozenset()
    stages: tuple[tuple[str, str], ...] = ()
    quotes: tuple[tuple[str, str], ...] = ()

    @property
    def docs(self) -> frozenset[str]:
        """Every document that tells of it."""
        return frozenset(doc for figure in self.figures for doc in figure.docs)

    @property
    def first_told(self) -> str:
        """When the first figure was told."""
        return min(figure.told for figure in self.figures)


def lines_of_facts(facts: pd.DataFrame) -> list[Line]:
    """Make lines of a table of facts: rows of one ``conflict_group``, or alike in all, are one line.

    Rows without a sum make none. The ``adjacent_`` rows are lines of another mechanism.
    """
    groups: dict[tuple[str, ...], list[dict[Any, Any]]] = defaultdict(list)
    key_of: dict[tuple[str, ...], tuple[str, ...]] = {}
    rows = [row for row in facts.to_dict("records") if row["amount"] and row["currency"]]
    # A group first: a row without one may say what a row of a group says.
    for row in sorted(rows, key=lambda row: (not row["conflict_group"], row["row_id"])):
        if row["row_type"] not in ("contribution", *ADJACENT) or Decimal(row["amount"]) <= 0:
            continue
        place = (row["row_type"], row["contributor"], row["year"])
        alike = (*place, row["amount"], row["currency"])
        key = (*place, row["conflict_group"]) if row["conflict_group"] else key_of.get(alike, alike)
        key_of.setdefault(alike, key)
        groups[key].append(row)
    return sorted((_line_of_rows(rows) for rows in groups.values()), key=lambda line: line.id)


def _line_of_rows(rows: Sequence[Mapping[str, str]]) -> Line:
    rows = sorted(rows, key=lambda row: row["row_id"])
    first, kind = rows[0], rows[0]["row_type"]
    # A payment told later under another name stays what it was called first.
    is_direct = kind == "contribution" and _is_direct(first)
    mechanism = ADJACENT.get(kind, MECHANISM)
    members = re.findall(r"\b[A-Z]{3}\b", first["instrument"]) if first["contributor"] == "MULTI" else []
    return Line(
        first["conflict_group"] or first["row_id"],
        first["contributor"],
        years_of(first["year"]),
        tuple(_figure(row) for row in rows),
        "facts",
        mechanism,
        "military",
        CHANNEL if mechanism == MECHANISM and not is_direct else None,
        frozenset(members),
        is_direct,
    )


def _is_direct(row: Mapping[str, str]) -> bool:
    return row["instrument"].lower().startswith("direct")


def _figure(row: Mapping[str, str]) -> Figure:
    amount = Decimal(row["amount"])
    return Figure(
        row["row_id"],
        amount,
        row["currency"],
        row["announced_on"] or row["year"][:4],
        row["stage"],
        amount,
        amount,
        row["claimed_by"],
        ", ".join(part for part in (row["source_title"], row["source_url"]) if part),
        "",
        tuple(name for name in row["brief_ids"].split(";") if name),
    )


def lines_of_ledger(ledger: Ledger) -> list[Line]:
    """Make a line of each act of the ledger that has a sum, a donor and a currency."""
    quotes, docs = _quotes(ledger.evidence), _docs(ledger.reports)
    rows = [
        {str(key): None if _is_missing(value) else value for key, value in row.items()}
        for row in ledger.commitments.to_dict("records")
    ]
    known = [row for row in rows if row["amount"] and row["amount"] > 0 and row["donor"] and row["currency"]]
    return [_line_of_act(row, quotes, docs) for row in known]


def _line_of_act(
    row: Mapping[str, Any], quotes: Mapping[str, dict[str, str]], docs: Mapping[str, list[str]]
) -> Line:
    name, day = row["commitment_id"], row["announced_on"]
    figure = Figure(
        name,
        row["amount"],
        row["currency"],
        f"{day:%Y-%m-%d}" if day else "",
        row["stage"],
        row["amount_low"],
        row["amount_high"],
        source=", ".join(docs.get(name, ())),
        quote=next(iter(quotes.get(name, {}).values()), ""),
        docs=tuple(docs.get(name, ())),
    )
    return Line(
        name,
        row["donor"],
        (day.year, day.year) if day else UNKNOWN,
        (figure,),
        "ledger",
        row["mechanism"],
        row["aid_type"],
        row["channel"],
        frozenset((row["donors"] or "").split("|")) - {""},
        status=row["status"],
        part_of=row["part_of"],
        overlaps=frozenset((row["overlaps_with"] or "").split("|")) - {""},
        stages=tuple((stage, row[f"{stage}_on"]) for stage in STAGES if row[f"{stage}_on"]),
        quotes=tuple(sorted(quotes.get(name, {}).items())),
    )


def _is_missing(value: Any) -> bool:
    return bool(pd.isna(value)) if not isinstance(value, list) else False


def _quotes(evidence: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Give the words of each act's sum in each of its documents."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    rows = evidence[evidence["field"] == "amount"]
    for name, doc, quote in zip(rows["commitment_id"], rows["doc_id"], rows["quote"], strict=True):
        found[str(name)].setdefault(str(doc), str(quote))
    return found


def _docs(reports: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, doc in zip(reports["commitment_id"], reports["doc_id"], strict=True):
        found[str(name)].add(str(doc))
    return {name: sorted(docs) for name, docs in found.items()}


def match_lines(facts: Iterable[Line], acts: Iterable[Line], docs: Iterable[str]) -> list[Line]:
    """Set the acts of the books beside the lines of a table, so that no money stands in both.

    An act that a document of a line tells, of the same donor and about the same sum, lends the line
    its stages and its quote. Other acts of the table's own mechanism in the documents that it draws
    on (``docs``) are readings of the same texts, and go; the rest are lines of their own.
    """
    read, facts, acts = frozenset(docs), list(facts), list(acts)
    twins = {line.id: [act for act in acts if _is_same(line, act)] for line in facts}
    told = {act.id for found in twins.values() for act in found}
    rest = [
        act for act in acts if act.id not in told and not (act.mechanism == MECHANISM and act.docs & read)
    ]
    return [_enriched(line, twins[line.id]) for line in facts] + rest


def _is_same(line: Line, act: Line) -> bool:
    return act.donor == line.donor and any(
        bool(set(figure.docs) & act.docs) and _is_near(figure, act.figures[0]) for figure in line.figures
    )


def _is_near(one: Figure, other: Figure) -> bool:
    if one.currency == other.currency:
        return abs(one.amount - other.amount) <= max(rounding_of(one.amount), rounding_of(other.amount)) / 5
    first, second = (_euro(figure) for figure in (one, other))
    return first is not None and second is not None and abs(first - second) <= NEAR * max(first, second)


def _euro(figure: Figure) -> Decimal | None:
    if not figure.told:
        return None
    day = day_of(figure.told, figure.told)
    return convert_money(figure.amount, figure.currency, day, on_missing="keep").amount_eur


def _enriched(line: Line, acts: Sequence[Line]) -> Line:
    stages = {stage for act in acts for stage in act.stages if act.status == "booked"}
    words = {doc: quote for act in acts for doc, quote in act.quotes}
    figures = tuple(
        replace(figure, quote=next((words[doc] for doc in figure.docs if doc in words), figure.quote))
        for figure in line.figures
    )
    return replace(line, stages=tuple(sorted(stages)), figures=figures)
