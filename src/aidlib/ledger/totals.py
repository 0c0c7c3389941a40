"""In: the table of commitments. Out: totals with bounds, and the way from the naive sum to the books."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from aidlib.errors import ParameterError
from aidlib.ledger.columns import Column, frame_of
from aidlib.prices import deflate_eur, price_years

if TYPE_CHECKING:
    from aidlib.ledger.books import Ledger

__all__ = ["GROUPINGS", "build_totals", "counted_once", "naive_steps", "total_columns", "total_commitments"]

GROUPINGS = (
    "donor",
    "channel",
    "recipient",
    "mechanism",
    "stage",
    "aid_type",
    "currency",
    "modifier",
    "year",
    "quarter",
    "month",
)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Act:
    name: str
    cell: tuple[Hashable, ...]
    low: Decimal
    central: Decimal
    high: Decimal
    overlaps: frozenset[str]
    year: int | None = None


def build_totals(
    ledger: Ledger,
    by: Sequence[str] = ("donor",),
    *,
    parts: Literal["within", "apart"] = "within",
    price_base_year: int | None = None,
) -> pd.DataFrame:
    """Add up the booked acts, by any of ``GROUPINGS``; none gives one row.

    Parts are not added to their whole, running totals and proposals not at all. Acts that may be
    one another count once in low and central (the largest), and each time in high. By stage, an
    act counts once, at the highest that it has reached.

    Parameters
    ----------
    parts : {"within", "apart"}
        "within" counts a package whole, in its own cell. "apart" takes a part that belongs to
        another cell (a donor's share of a joint tranche) out of its whole and counts it there;
        the cells add up to the same, unless parts exceed their whole.
    price_base_year : int, optional
        Give every sum in the prices of that year, from those of the year in which its act was
        announced; see ``deflate_eur``. Prices of the time if left out.

    Returns
    -------
    DataFrame
        The grouping columns (empty where unknown), ``low_eur``, ``central_eur``, ``high_eur``,
        ``n_commitments`` and ``commitment_ids`` (``|`` between) of what is counted. In constant
        prices ``price_base_year`` too, and ``left_out_ids``: acts without a day, or of a year
        without an index, which are in none of the sums. A cell of nothing but these has no sums.

    Raises
    ------
    ParameterError
        A grouping is unknown, or the base year has no index of prices.

    Examples
    --------
    >>> from aidlib.ledger import build_ledger
    >>> build_totals(build_ledger([]), by=[], price_base_year=2024).columns[-2:].tolist()
    ['price_base_year', 'left_out_ids']
    """
    return total_commitments(ledger.commitments, by=by, parts=parts, price_base_year=price_base_year)


def counted_once(commitments: pd.DataFrame) -> frozenset[str]:
    """Name the acts that the central total by donor adds up: of those that may be one another, one."""
    cells: dict[tuple[Hashable, ...], list[_Act]] = defaultdict(list)
    for act in _counted(commitments, ["donor"]):
        cells[act.cell].append(act)
    return frozenset(_largest(group).name for acts in cells.values() for group in _components(acts))


def _largest(group: Sequence[_Act]) -> _Act:
    return max(group, key=lambda act: (act.central, act.name))


def total_columns(by: Sequence[str]) -> list[Column]:
    """Columns of a table of totals."""
    return [
        *[Column(name, "text", f"{name} of the acts counted") for name in by],
        Column("low_eur", "money", "least, in euro", True),
        Column("central_eur", "money", "as stated, in euro", True),
        Column("high_eur", "money", "most, in euro", True),
        Column("n_commitments", "count", "acts counted in high", True),
        Column("commitment_ids", "text", "their names, | between", True),
    ]


CONSTANT_COLUMNS = (
    Column("price_base_year", "count", "year in whose prices the sums are", True),
    Column("left_out_ids", "text", "acts that have no day, or no index of prices for its year, | between"),
)


def total_commitments(
    commitments: pd.DataFrame,
    *,
    by: Sequence[str],
    parts: Literal["within", "apart"] = "within",
    price_base_year: int | None = None,
) -> pd.DataFrame:
    """Do the work of ``build_totals`` on the table of commitments alone."""
    for name in by:
        if name not in GROUPINGS:
            near = difflib.get_close_matches(str(name), GROUPINGS, n=1)
            raise ParameterError(
                f"cannot group by {name!r}",
                where="build_totals, by",
                fix=f"Did you mean {near[0]!r}?" if near else f"Use any of {', '.join(GROUPINGS)}.",
            )
    cells: dict[tuple[Hashable, ...], list[_Act]] = defaultdict(list)
    for act in _counted(commitments, by, parts=parts):
        cells[act.cell].append(act)
    order = sorted(cells, key=lambda cell: [(value is None, str(value)) for value in cell])
    if price_base_year is None:
        rows = [dict(zip(by, cell, strict=True)) | _add_up(cells[cell]) for cell in order]
        return frame_of(total_columns(by), rows)
    deflate_eur(ZERO, price_base_year, price_base_year)  # refuses a year without an index
    rows = [
        dict(zip(by, cell, strict=True)) | _add_up_constant(cells[cell], price_base_year) for cell in order
    ]
    return frame_of([*total_columns(by), *CONSTANT_COLUMNS], rows)


def _add_up_constant(acts: Sequence[_Act], base_year: int) -> dict[str, Any]:
    known, nothing = price_years(), {"low_eur": None, "central_eur": None, "high_eur": None}
    kept = [
        replace(
            act,
            low=deflate_eur(act.low, act.year, base_year),
            central=deflate_eur(act.central, act.year, base_year),
            high=deflate_eur(act.high, act.year, base_year),
        )
        for act in acts
        if act.year in known
    ]
    left_out = "|".join(sorted(act.name for act in acts if act.year not in known))
    added = _add_up(kept) | ({} if kept else nothing)
    return added | {"price_base_year": base_year, "left_out_ids": left_out}


def _add_up(acts: Sequence[_Act]) -> dict[str, Any]:
    once = [_largest(group) for group in _components(acts)]
    return {
        "low_eur": sum((act.low for act in once), ZERO),
        "central_eur": sum((act.central for act in once), ZERO),
        "high_eur": sum((act.high for act in acts), ZERO),
        "n_commitments": len(acts),
        "commitment_ids": "|".join(sorted(act.name for act in acts)),
    }


@dataclass(frozen=True, slots=True)
class Share:
    """What one act counts in its cell, in euro; low and central are 0 where another counts for it."""

    name: str
    low: Decimal
    central: Decimal
    high: Decimal


def shares_apart(
    commitments: pd.DataFrame, cells: Mapping[str, tuple[Hashable, ...]]
) -> dict[tuple[Hashable, ...], list[Share]]:
    """Give what each booked act counts, by cell; a part of another cell is taken out of its whole.

    The sums are those of ``build_totals`` with ``parts="apart"``, for any division of the acts.
    """
    rows = _records(commitments)
    counted, hung = split_parts(rows)
    valued = counted | hung
    named = {row["commitment_id"]: _act(row, ()) for row in rows if row["commitment_id"] in valued}
    acts = {name: replace(act, cell=cells[name]) for name, act in named.items()}
    by_cell: dict[tuple[Hashable, ...], list[_Act]] = defaultdict(list)
    for act in _take_apart(acts, {row["commitment_id"]: row["part_of"] for row in rows}, counted):
        by_cell[act.cell].append(act)
    return {cell: _shares(inside) for cell, inside in by_cell.items()}


def _shares(acts: Sequence[_Act]) -> list[Share]:
    once = {_largest(group).name for group in _components(acts)}
    return [Share(a.name, *((a.low, a.central) if a.name in once else (ZERO, ZERO)), a.high) for a in acts]


def _components(acts: Sequence[_Act]) -> list[list[_Act]]:
    """Groups of acts that may be one another, directly or by way of a third."""
    by_name = {act.name: act for act in acts}
    seen: set[str] = set()
    found = []
    for act in sorted(acts, key=lambda one: one.name):
        if act.name in seen:
            continue
        group, open_ = [], [act.name]
        while open_:
            name = open_.pop()
            if name not in seen and name in by_name:
                seen.add(name)
                group.append(by_name[name])
                open_ += sorted(by_name[name].overlaps)
        found.append(group)
    return found


def _records(commitments: pd.DataFrame) -> list[dict[str, Any]]:
    names = "commitment_id status part_of amount_eur_low amount_eur amount_eur_high overlaps_with".split()
    days = commitments["announced_on"]
    frame = commitments.assign(
        year=days.dt.strftime("%Y"),
        month=days.dt.strftime("%Y-%m"),
        quarter=days.dt.year.astype("Int64").astype("str")
        + "-Q"
        + days.dt.quarter.astype("Int64").astype("str"),
    )
    frame.loc[days.isna(), "quarter"] = None
    wanted = [*names, *(name for name in GROUPINGS)]
    return [
        {str(key): None if _is_missing(value) else value for key, value in row.items()}
        for row in frame[wanted].to_dict("records")
    ]


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)


def cells_of(commitments: pd.DataFrame, by: Sequence[str]) -> dict[str, tuple[Hashable, ...]]:
    """Give the cell of each act."""
    return {row["commitment_id"]: tuple(row[name] for name in by) for row in _records(commitments)}


def _counted(
    commitments: pd.DataFrame, by: Sequence[str], *, parts: Literal["within", "apart"] = "within"
) -> Iterable[_Act]:
    rows = _records(commitments)
    counted, hung = split_parts(rows)
    valued = counted | hung
    acts = {row["commitment_id"]: _act(row, by) for row in rows if row["commitment_id"] in valued}
    if parts == "within":
        return [act for name, act in acts.items() if name in counted]
    whole_of = {row["commitment_id"]: row["part_of"] for row in rows}
    return _take_apart(acts, whole_of, counted)


def _act(row: dict[str, Any], by: Sequence[str]) -> _Act:
    return _Act(
        row["commitment_id"],
        tuple(row[name] for name in by),
        row["amount_eur_low"],
        row["amount_eur"],
        row["amount_eur_high"],
        frozenset((row["overlaps_with"] or "").split("|")) - {""},
        int(row["year"]) if row["year"] else None,
    )


def _take_apart(acts: dict[str, _Act], whole_of: dict[str, str | None], counted: set[str]) -> list[_Act]:
    """Count a part in its own cell where that is not its whole's, and the rest where the whole is."""
    left = dict(acts)
    kept = set(counted)
    for name in sorted(acts.keys() - counted):
        holder = _holder(name, acts, whole_of, counted)
        if acts[holder].cell == acts[name].cell:
            continue
        kept.add(name)
        rest, part = left[holder], acts[name]
        left[holder] = replace(
            rest,
            low=max(rest.low - part.high, ZERO),
            central=max(rest.central - part.central, ZERO),
            high=max(rest.high - part.low, ZERO),
        )
    return [left[name] for name in acts if name in kept]


def _holder(name: str, acts: dict[str, _Act], whole_of: dict[str, str | None], counted: set[str]) -> str:
    """Find the act in whose row the money of a part stands: past wholes of that whole's own cell."""
    holder: str | None = None
    at, seen = whole_of[name], {name}
    while at is not None and at not in seen:
        seen.add(at)
        if at in acts and holder is not None and acts[at].cell != acts[holder].cell:
            break
        holder = at if at in acts else holder
        if at in counted:
            break
        at = whole_of.get(at)
    return holder or name


def split_parts(rows: Sequence[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """Split booked acts with a value into those counted, and parts of those."""
    booked = {
        row["commitment_id"]: row["part_of"]
        for row in rows
        if row["status"] == "booked" and row["amount_eur"] is not None
    }
    whole_of = {row["commitment_id"]: row["part_of"] for row in rows}
    parts = set()
    for name in booked:
        at, seen = whole_of[name], {name}
        while at is not None and at not in seen:
            if at in booked:
                parts.add(name)
                break
            seen.add(at)
            at = whole_of.get(at)
    return booked.keys() - parts, parts


def parts_in(commitments: pd.DataFrame) -> set[str]:
    """Name the booked acts that are counted within another one of the same table."""
    return split_parts(_records(commitments))[1]


def naive_steps(ledger: Ledger) -> pd.DataFrame:
    """Walk from the sum of every amount told to the books, in euro.

    Returns
    -------
    DataFrame
        ``step``, ``label``, ``amount_eur`` (negative where taken off), ``n`` (events or acts
        taken off), ``running_eur``. The first row is the naive sum, the last the books, and the
        rows between add up to their difference exactly.
    """
    events = [value for value in ledger.events["amount_eur"] if not _is_missing(value)]
    rows = [row for row in _records(ledger.commitments) if row["amount_eur"] is not None]
    counted, parts = split_parts(rows)
    naive, acts = sum(events, ZERO), sum((row["amount_eur"] for row in rows), ZERO)
    totals = total_commitments(ledger.commitments, by=[])
    books = totals["central_eur"].iloc[0] if len(totals) else ZERO

    def off(chosen: list[dict[str, Any]]) -> tuple[Decimal, int]:
        return -sum((row["amount_eur"] for row in chosen), ZERO), len(chosen)

    kept = sum((row["amount_eur"] for row in rows if row["commitment_id"] in counted), ZERO)
    dropped = [row for row in rows if row["status"] == "dropped"]
    steps = [
        ("naive", "every amount told", naive, len(events)),
        ("repeats", "told again, or elsewhere", acts - naive, len(events) - len(rows)),
        ("parts", "part of a larger sum", *off([row for row in rows if row["commitment_id"] in parts])),
        ("totals", "running totals and targets", *off([row for row in rows if row["status"] == "total"])),
        ("proposals", "proposed only", *off([row for row in rows if row["status"] == "proposed"])),
        ("others", "for another recipient", *off([row for row in rows if row["status"] == "other"])),
        *([("dropped", "dropped by a person", *off(dropped))] if dropped else []),
        ("overlaps", "may repeat another act", books - kept, _n_overlaps(ledger.commitments)),
    ]
    running, out = ZERO, []
    for step, label, amount, n in steps:
        running += amount
        out.append({"step": step, "label": label, "amount_eur": amount, "n": n, "running_eur": running})
    out.append(
        {"step": "books", "label": "the books", "amount_eur": books, "n": len(counted), "running_eur": books}
    )
    return frame_of(STEP_COLUMNS, out)


STEP_COLUMNS = (
    Column("step", "text", "name of the step", True),
    Column("label", "text", "what it is", True),
    Column("amount_eur", "money", "euro added or taken off", True),
    Column("n", "count", "events or acts", True),
    Column("running_eur", "money", "euro that remain", True),
)


def _n_overlaps(commitments: pd.DataFrame) -> int:
    acts = [*_counted(commitments, [])]
    return len(acts) - len(_components(acts))
