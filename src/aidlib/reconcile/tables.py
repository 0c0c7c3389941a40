"""In: results. Out: their tables, words for the terminal, and what an earlier table explained."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.errors import ReadError
from aidlib.ledger.columns import Column, frame_of
from aidlib.ledger.files import csv_bytes
from aidlib.reconcile.explain import Result, Row

__all__ = ["files_of", "no_longer_explained", "record_of_result", "table_lines", "table_results", "words_of"]

VERDICTS = ("explained", "ambiguous", "not explained")
RESULTS = (
    Column("claim_id", "text", "name of the claim", True),
    Column("who", "text", "who pays, MULTI for everybody", True),
    Column("what", "text", "column=value of the ledger, ; between"),
    Column("years", "text", "years that it is about"),
    Column("claimed_by", "text", "who says so"),
    Column("claimed_on", "text", "when, ISO 8601, may be partial"),
    Column("source", "text", "where"),
    Column("amount", "money", "the sum claimed", True),
    Column("currency", "text", "of every sum of the row but eur", True),
    Column("tolerance", "money", "how far a sum may lie from it", True),
    Column("verdict", "text", "what became of it", True, VERDICTS),
    Column("counts", "text", "what is paid or what is handled, as told by then or since", True),
    Column("total", "money", "sum of the lines that count", True),
    Column("total_low", "money", "least that is told of them", True),
    Column("total_high", "money", "most that is told of them", True),
    Column("total_eur", "money", "the total in euro"),
    Column("remainder", "money", "claim less total", True),
    Column("line_ids", "text", "lines that count, | between"),
    Column("left_out", "text", "lines left out with a reason, | between"),
    Column("candidates", "text", "what may fill the remainder, | between"),
    Column("n_equal", "count", "sets that explain it equally", True),
    Column("n_chance", "count", "subsets that add up without a reason", True),
    Column("n_subsets", "count", "subsets tried", True),
    Column("rates", "text", "rates used"),
    Column("unvalued", "text", "lines without a rate, not added, | between"),
)
LINES = (
    Column("claim_id", "text", "name of the claim", True),
    Column("role", "text", "counted, left out, held or candidate", True),
    Column("line_id", "text", "line: a conflict group, a row or a commitment", True),
    Column("figures", "text", "figures that it counts with", True),
    Column("donor", "text", "who pays", True),
    Column("stated", "money", "as stated", True),
    Column("stated_currency", "text", "ISO 4217", True),
    Column("amount", "money", "in the claim's currency", True),
    Column("amount_low", "money", "least that is told", True),
    Column("amount_high", "money", "most that is told", True),
    Column("amount_eur", "money", "in euro"),
    Column("told", "text", "day of the figure, may be partial"),
    Column("stage", "text", "highest stage by then", True),
    Column("why", "text", "why it does not count, or may"),
    Column("leaves", "money", "what would remain of the claim"),
    Column("quote", "text", "words of a text"),
    Column("source", "text", "title and address, or documents"),
)


def table_results(results: Iterable[Result]) -> pd.DataFrame:
    """Make a table of results, a row a claim; the columns say their meaning in ``RESULTS``."""
    return frame_of(RESULTS, [_result_row(result) for result in results])


def table_lines(results: Iterable[Result]) -> pd.DataFrame:
    """Make a table of every line of every result."""
    return frame_of(LINES, [_line_row(result, row) for result in results for row in result.rows])


def files_of(results: Sequence[Result]) -> dict[str, bytes]:
    """Give the two tables as CSV; the same results give the same bytes."""
    return {
        "reconcile.csv": csv_bytes(table_results(results), RESULTS),
        "lines.csv": csv_bytes(table_lines(results), LINES),
    }


def _result_row(result: Result) -> dict[str, Any]:
    claim = result.claim
    return {
        "claim_id": claim.id,
        "who": claim.who,
        "what": ";".join(f"{name}={value}" for name, value in claim.what),
        "years": _years(claim.years),
        "claimed_by": claim.by,
        "claimed_on": claim.day,
        "source": claim.source,
        "amount": claim.amount,
        "currency": claim.currency,
        "tolerance": claim.tolerance,
        "verdict": result.verdict,
        "counts": _counts(result),
        "total": result.total,
        "total_low": result.low,
        "total_high": result.high,
        "total_eur": result.total_eur,
        "remainder": result.remainder,
        "line_ids": "|".join(row.line for row in result.role("counted")),
        "left_out": "|".join(row.line for row in result.role("left out")),
        "candidates": "|".join(row.line for row in result.role("candidate")),
        "n_equal": result.n_equal,
        "n_chance": result.n_chance,
        "n_subsets": result.n_subsets,
        "rates": result.rates,
        "unvalued": "|".join(result.unvalued),
    }


def _line_row(result: Result, row: Row) -> dict[str, Any]:
    return {
        "claim_id": result.claim.id,
        "role": row.role,
        "line_id": row.line,
        "figures": row.figures,
        "donor": row.donor,
        "stated": row.stated,
        "stated_currency": row.currency,
        "amount": row.value,
        "amount_low": row.low,
        "amount_high": row.high,
        "amount_eur": row.eur,
        "told": row.told,
        "stage": row.stage,
        "why": row.why,
        "leaves": row.leaves,
        "quote": row.quote,
        "source": row.source,
    }


def record_of_result(result: Result) -> dict[str, Any]:
    """Make a record for JSON; sums are numbers."""
    rows = [_plain(_line_row(result, row)) for row in result.rows]
    return _plain(_result_row(result)) | {"lines": rows}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _number(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _years(years: tuple[int, int] | None) -> str:
    return "-".join(dict.fromkeys(map(str, years))) if years else ""


def _counts(result: Result) -> str:
    what = f"what {result.claim.who} handles" if result.handled else "what is paid"
    return f"{what}, {'as told since' if result.since else 'as told by then'}"


def no_longer_explained(results: Iterable[Result], path: Path | str) -> list[str]:
    """Name the claims that an earlier ``reconcile.csv`` explains and these results do not.

    A claim that is not among the results counts as no longer explained.

    Raises
    ------
    ReadError
        It is no such table.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            before = {row["claim_id"].removeprefix("'"): row["verdict"] for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, AttributeError) as error:
        raise ReadError(
            f"the earlier results cannot be read: {error}",
            where=str(path),
            fix="Give a reconcile.csv that `aidlib reconcile -o DIR` wrote.",
        ) from error
    now = {result.claim.id for result in results if result.verdict == "explained"}
    return [name for name, verdict in before.items() if verdict == "explained" and name not in now]


def words_of(result: Result) -> str:
    """Tell a result in lines of text.

    The lines that count stand with their sums; those left out, held and near with why.
    """
    claim = result.claim
    said = " ".join(part for part in (claim.by, f"({claim.day})" if claim.day else "") if part)
    scope = ", ".join([claim.who, *(value for _, value in claim.what), _years(claim.years) or "all years"])
    head = f"{claim.id}: {claim.currency} {claim.amount:,.0f}, {scope}{f'; {said}' if said else ''}"
    counted = [
        _cells(row.line, row.figures, row.donor, row, claim.currency) for row in result.role("counted")
    ]
    sums = [
        ("total", result.total, _span(result)),
        ("claim", claim.amount, f"± {claim.tolerance:,.0f}, the tolerance"),
        ("remainder", result.remainder, _within(result)),
    ]
    lines = [head, f"  {_verdict(result)}"]
    lines += [f"  rates {result.rates}"] if result.rates else []
    lines += _columns(
        [*counted, *([name, "", "", f"{value:,.0f}", "", "", note] for name, value, note in sums)]
    )
    lines += [f"  no rate for {', '.join(result.unvalued)}: not added"] if result.unvalued else []
    for role in ("left out", "held", "candidate"):
        for row in result.role(role):
            leaves = f"; leaves {row.leaves:,.0f}" if row.leaves is not None else ""
            lines.append(f"  {role}: {_name(row)} {row.donor} {row.value:,.0f}: {row.why}{leaves}")
    return "\n".join(lines)


def _name(row: Row) -> str:
    return row.line if row.figures == row.line else f"{row.line} ({row.figures})"


def _cells(line: str, figures: str, donor: str, row: Row, currency: str) -> list[str]:
    stated = "" if row.currency == currency else f"{row.currency} {row.stated:,.0f}"
    words = f"“{row.quote}”" if row.quote else row.source
    own = figures if figures != line else ""
    return [line, own, donor, f"{row.value:,.0f}", stated, f"{row.told} {row.stage}", words]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(6)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if at in (3, 4) else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row[:6], widths, strict=True))
        ]
        lines.append(
            "    " + "  ".join([*(c for c, width in zip(cells, widths, strict=True) if width), row[6]])
        )
    return [line.rstrip() for line in lines]


def _span(result: Result) -> str:
    euro = result.total_eur
    told = f"told from {result.low:,.0f} to {result.high:,.0f}" if result.low < result.high else ""
    other = f"EUR {euro:,.0f}" if euro is not None and result.claim.currency != "EUR" else ""
    return "; ".join(part for part in (other, told) if part)


def _within(result: Result) -> str:
    return "within the tolerance" if abs(result.remainder) <= result.claim.tolerance else ""


def _verdict(result: Result) -> str:
    said = result.verdict
    if said == "ambiguous":
        said += f": {result.n_equal} sets explain it equally"
    said += f", counting {_counts(result)}" if result.role("counted") else ": no line is in its scope"
    if result.n_chance:
        other = "other " if result.role("counted") and result.n_equal else ""
        said += f"; {result.n_chance} of {result.n_subsets} {other}subsets add up to it by chance only"
        said += f" ({' + '.join(result.chance)})" if result.chance else ""
    return said
