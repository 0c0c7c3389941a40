"""In: a table of facts, of claims and of lines. Out: its rows, and the bounds that the lines set a claim."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.errors import ReadError
from aidlib.rates import convert_money

__all__ = ["day_of", "is_day", "is_known", "is_years", "load_facts", "table_claims", "years_of"]

FACTS = (
    "row_id row_type contributor year amount currency stage announced_on claimed_by conflict_group note"
).split()
MORE = "instrument source_title source_url brief_ids deliverables delivered_on".split()
MECHANISM = "danish_model"  # of which such a table tells
YEARS = re.compile(r"[12]\d{3}(-[12]\d{3})?")
AMOUNT = re.compile(r"(\d+(\.\d+)?)?")
DAY = re.compile(r"(\d{4}(-\d\d){0,2})?")
COLUMNS = "row_id claimed_by announced_on year scope claim_eur low_eur high_eur n_lines is_within".split()
ZERO = Decimal(0)
Line = dict[Any, Any]


def load_facts(path: Path | str, *, cutoff: date | None = None) -> pd.DataFrame:
    """Read a table of facts on the Danish model, every cell as text.

    Rows announced after ``cutoff`` are left out, and so are days of delivery after it. ``instrument``,
    ``source_title``, ``source_url``, ``brief_ids``, ``deliverables`` and ``delivered_on`` are empty
    where the table does not have them.

    Raises
    ------
    ReadError
        It is no such table, or a row has no year or an amount that is no number.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            rows, head = list(reader), reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReadError(
            f"the table cannot be read: {error}", where=str(path), fix="Give a CSV file in UTF-8."
        ) from error
    missing = [name for name in FACTS if name not in head]
    if missing:
        raise ReadError(
            f"the table has no column {', '.join(missing)}",
            where=str(path),
            fix="Give a table with the columns of seeds/danish_model_facts.csv.",
        )
    for line, row in enumerate(rows, start=2):
        _check_fact(row, f"{path}, line {line}")
    # A comma within an unquoted note makes cells without a name, after all that is used.
    cells = [{name: row.get(name) or "" for name in FACTS + MORE} for row in rows]
    table = pd.DataFrame(cells, columns=FACTS + MORE, dtype="str")
    if cutoff is None:
        return table
    known = table["delivered_on"].where(table["delivered_on"] <= cutoff.isoformat(), "")
    return table.assign(delivered_on=known)[table["announced_on"] <= cutoff.isoformat()]


def _check_fact(row: dict[str, str], where: str) -> None:
    if not is_years(row["year"]):
        raise ReadError(f"year is {row['year']!r}", where=where, fix="Give a year, or two as 2024-2027.")
    if not AMOUNT.fullmatch(row["amount"]):
        raise ReadError(
            f"amount is {row['amount']!r}", where=where, fix="Give whole units as a number, or nothing."
        )
    if not is_day(row["announced_on"]):
        raise ReadError(
            f"announced_on is {row['announced_on']!r}", where=where, fix="Give 2024, 2024-05 or 2024-05-09."
        )


def is_day(told: str) -> bool:
    """Whether a cell holds a day, a month or a year of the calendar, or nothing.

    Examples
    --------
    >>> is_day("2024-05"), is_day("2024-02-30"), is_day("2025-06 (begun)"), is_day("")
    (True, False, False, True)
    """
    try:
        return bool(DAY.fullmatch(told) and day_of(told, 2024))
    except ValueError:
        return False


def table_claims(facts: pd.DataFrame) -> pd.DataFrame:
    """Set each total that officials claim beside the sum of the lines of its years and payers.

    The least counts the largest line of each payer and year that was public when the claim was
    made, at the lowest figure that anybody gives, and a joint tranche only as far as it exceeds
    its members; the most counts every line at the highest figure. Lines of one ``conflict_group``
    are one line.

    Returns
    -------
    DataFrame
        ``row_id``, ``claimed_by``, ``announced_on``, ``year``, ``scope`` (payer, or "all"),
        ``claim_eur``, ``low_eur``, ``high_eur``, ``n_lines``, ``is_within`` (to one per cent).
    """
    valued = [row | {"eur": _euro(row)} for row in facts.to_dict("records")]
    lines = [row for row in valued if row["row_type"] == "contribution" and row["eur"] is not None]
    claims = [row for row in valued if row["row_type"] == "claimed_total" and row["eur"] is not None]
    rows = [_claim(claim, lines) for claim in claims]
    rows.sort(key=lambda row: (row["scope"] != "all", row["year"], row["claim_eur"], row["row_id"]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _claim(claim: Line, lines: Iterable[Line]) -> Line:
    first, last = years_of(claim["year"])
    payer = claim["contributor"] if claim["contributor"] != "MULTI" else None
    mine = [line for line in lines if payer in (None, line["contributor"])]
    mine = [row for row in mine if first <= years_of(row["year"])[0] and years_of(row["year"])[1] <= last]
    low, high = _least(_known_by(mine, claim["announced_on"])), _most(mine)
    margin = claim["eur"] / 100
    return {
        "row_id": claim["row_id"],
        "claimed_by": claim["claimed_by"],
        "announced_on": claim["announced_on"],
        "year": claim["year"],
        "scope": payer or "all",
        "claim_eur": claim["eur"],
        "low_eur": low,
        "high_eur": high,
        "n_lines": len(mine),
        "is_within": low - margin <= claim["eur"] <= high + margin,
    }


def is_known(told: str, day: str) -> bool:
    """Whether what was told on one day was public on another; both may be partial, or unknown.

    Examples
    --------
    >>> is_known("2024-05-16", "2024-06"), is_known("2024-09-14", "2024-06"), is_known("2024", "")
    (True, False, True)
    """
    return not day or told[: len(day)] <= day


def _known_by(lines: Iterable[Line], day: str) -> list[Line]:
    """Select the lines of which a figure was public when the claim was made."""
    rows = list(lines)
    known = {_line_of(row) for row in rows if is_known(row["announced_on"], day)}
    return [row for row in rows if _line_of(row) in known]


def _line_of(row: Line) -> str:
    return str(row["conflict_group"] or row["row_id"])


def _grouped(lines: Iterable[Line]) -> dict[tuple[str, str], dict[str, list[Decimal]]]:
    """Sort figures by payer and year, then by the line that they are figures of."""
    found: dict[tuple[str, str], dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        found[line["contributor"], line["year"]][_line_of(line)].append(line["eur"])
    return found


def _least(lines: Iterable[Line]) -> Decimal:
    by_year: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for (payer, year), groups in _grouped(lines).items():
        by_year[year][payer] = min(max(groups.values(), key=max))
    return sum((_joint(payers) for payers in by_year.values()), ZERO)


def _joint(payers: dict[str, Decimal]) -> Decimal:
    """Add payers up; what several states pay jointly may hold what they are said to pay each."""
    states = sum((value for payer, value in payers.items() if payer not in ("EU", "MULTI")), ZERO)
    return payers.get("EU", ZERO) + max(states, payers.get("MULTI", ZERO))


def _most(lines: Iterable[Line]) -> Decimal:
    return sum((max(figures) for groups in _grouped(lines).values() for figures in groups.values()), ZERO)


def years_of(told: str) -> tuple[int, int]:
    """Give the first and the last year of a cell.

    Examples
    --------
    >>> years_of("2024-2027"), years_of("2025")
    ((2024, 2027), (2025, 2025))
    """
    first, _, last = str(told).partition("-")
    return int(first), int(last or first)


def is_years(told: str) -> bool:
    """Whether a cell holds a year, or two that follow each other.

    Examples
    --------
    >>> is_years("2024-2027"), is_years("2027-2024"), is_years("")
    (True, False, False)
    """
    return bool(YEARS.fullmatch(told)) and years_of(told)[0] <= years_of(told)[1]


def day_of(told: str, year: str | int) -> date:
    """Give the day whose rates value what was told: the middle of a month, a year, or of ``year``.

    Examples
    --------
    >>> day_of("2024-05", 2024), day_of("", "2024-2027")
    (datetime.date(2024, 5, 15), datetime.date(2024, 7, 1))
    """
    told = told or str(year)[:4]
    return date.fromisoformat(told + {4: "-07-01", 7: "-15"}.get(len(told), ""))


def _euro(row: Line) -> Decimal | None:
    if not row["amount"] or not row["currency"]:
        return None
    day = day_of(row["announced_on"], row["year"])
    return convert_money(Decimal(row["amount"]), row["currency"], day, on_missing="keep").amount_eur
