"""In: a table of what people have decided. Out: corrections, each checked; bad rows set aside."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from aidlib.errors import ReadError
from aidlib.ledger.amend import FIELDS, parse_value, span_target
from aidlib.ledger.columns import ACTIONS
from aidlib.read import SetAside
from aidlib.read.fields import decode_text

__all__ = ["Correction", "corrections_beside", "lost_corrections", "read_corrections"]

COLUMNS = ("id", "action", "target", "field", "value", "into", "who", "when", "why")
OPTIONAL = ("field", "value", "into")
NAME = re.compile(r"[\w.-]{1,60}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d)?")
FILE = "corrections.csv"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided of an act or an event, as text.

    ``target`` and ``into`` are the name of a commitment, a former one too, or ``document#start-end``;
    ``when`` is a day or minute in ISO 8601; ``line`` is that of the file, or None.
    """

    id: str
    action: str
    target: str
    field: str
    value: str
    into: str
    who: str
    when: str
    why: str
    line: int | None = None

    @property
    def age(self) -> tuple[str, str]:
        """What tells the later of two: when it was made, then its id."""
        return self.when.replace(" ", "T"), self.id

    def __post_init__(self) -> None:
        for check in (_check_filled, _check_action, _check_when):
            check(self)
        if self.action == "set":
            parse_value(self.field, self.value)


def _check_filled(one: Correction) -> None:
    for name in ("id", "action", "target", "who", "when", "why"):
        if not getattr(one, name):
            fix = "Say on what ground." if name == "why" else f"Fill the column {name!r}."
            raise ReadError(f"the correction has no {name!r}", where=one.id or "correction", fix=fix)
    if not NAME.fullmatch(one.id):
        raise ReadError(
            f"id {one.id!r} is no plain name", where="id", fix="Use letters, digits, '-', '_' and '.'."
        )


def _check_action(one: Correction) -> None:
    if one.action not in ACTIONS:
        raise ReadError(f"unknown action {one.action!r}", where=one.id, fix=_near(one.action, ACTIONS))
    if one.action == "set" and one.field not in FIELDS:
        what = f"unknown field {one.field!r}" if one.field else "no field is named that is to be set"
        raise ReadError(what, where=one.id, fix=_near(one.field, FIELDS))
    if one.action == "merge" and one.into in ("", one.target):
        raise ReadError(
            "a merge needs two commitments", where=one.id, fix="Name the other one in the column 'into'."
        )
    if one.action == "split" and not span_target(one.target):
        raise ReadError(
            f"{one.target!r} is no report",
            where=one.id,
            fix="Name the report that is to stand alone as document#start-end.",
        )
    spare = [name for name in OPTIONAL if getattr(one, name) and name not in _used(one.action)]
    if spare:
        raise ReadError(
            f"a {one.action} has no {spare[0]!r}", where=one.id, fix="Empty that cell, or check the commas."
        )
    for text in (one.target, one.into, one.value if one.field == "part_of" else ""):
        found = span_target(text)
        if found and found[1].start >= found[1].end:
            raise ReadError(
                f"the span of {text!r} is empty", where=one.id, fix="Give its start, then its end."
            )


def _used(action: str) -> tuple[str, ...]:
    return {"set": ("field", "value"), "merge": ("into",)}.get(action, ())


def _check_when(one: Correction) -> None:
    if not MOMENT.fullmatch(one.when) or not _is_moment(one.when):
        raise ReadError(
            f"{one.when!r} is not a day", where=one.id, fix="Write 2024-05-09, or 2024-05-09T14:30."
        )


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of {', '.join(known)}."


def corrections_beside(folder: Path | str) -> Path | None:
    """Give the corrections of a project's own briefs: ``corrections.csv`` in ``seeds``, where it is.

    Any other input has none: they are named where they are wanted.
    """
    folder = Path(folder).absolute()
    home = folder if folder.name == "seeds" else folder.parent
    is_seeds = home.name == "seeds" and folder in (home, home / "briefs")
    return home / FILE if is_seeds and (home / FILE).is_file() else None


def lost_corrections(outcomes: pd.DataFrame, path: Path | None) -> list[str]:
    """Say in a line of each correction without a target why, and where it stands.

    Parameters
    ----------
    outcomes : DataFrame
        The table ``corrections`` of a ledger.
    path : Path or None
        The file that they were read from.
    """
    lost = outcomes[outcomes["state"].isin(["target_gone", "ambiguous"])]
    file = path or "corrections"
    return [
        f"Correction {row['id']} is not applied: {row['note']} ({file}, line {row['line']}). "
        "Name another target, or take the row out."
        for row in lost.to_dict("records")
    ]


def read_corrections(path: Path | str) -> tuple[list[Correction], list[SetAside]]:
    """Read a table of corrections.

    Parameters
    ----------
    path : Path or str
        A CSV with the columns that ``seeds/README.md`` explains.

    Returns
    -------
    corrections, bad
        The rows that can be used, in the order of the file; and the others, with their line and how to
        mend them. Of rows with one id none is used.

    Raises
    ------
    ReadError
        The file cannot be read, is no CSV, or lacks a column.
    """
    path = Path(path)
    good: list[Correction] = []
    bad: list[SetAside] = []
    rows = _rows(path)
    names = [cells.get("id", "") for _, cells in rows]
    for line, cells in rows:
        where = f"{path}, line {line}"
        try:
            if cells["id"] and names.count(cells["id"]) > 1:
                raise ReadError(f"id {cells['id']!r} is met twice", where=where, fix="Give each its own.")
            good.append(_correction(cells, line))
        except ReadError as error:
            placed = ReadError(error.what, where=where, fix=error.fix)
            bad.append(SetAside.of(placed, name=cells["id"] or None, path=path, line=line))
    return good, bad


def _correction(cells: Mapping[str, str], line: int) -> Correction:
    if cells.get("too many"):
        raise ReadError(
            "the row has too many cells", where="row", fix="Put quotes around a text with commas."
        )
    return Correction(**{name: cells.get(name, "") for name in COLUMNS}, line=line)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Give the rows that are not empty, with the line on which each begins."""
    try:
        text = decode_text(path.read_bytes(), str(path))
    except OSError as error:
        raise ReadError(
            f"the corrections cannot be read: {error.strerror or error}",
            where=str(path),
            fix="Give a CSV file that exists.",
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found, begins = [], 1
    try:
        for cells in reader:
            found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(
            f"the corrections are no CSV: {error}", where=f"{path}, line {begins}", fix="Check the quotes."
        ) from error
    head = [name.strip() for name in found[0][1]] if found else []
    _check_head(head, path)
    return [(line, _named(head, cells)) for line, cells in found[1:] if any(map(str.strip, cells))]


def _check_head(head: Sequence[str], path: Path) -> None:
    missing = [name for name in COLUMNS if name not in (*head, *OPTIONAL)]
    if missing:
        raise ReadError(
            f"the corrections have no column {', '.join(missing)}",
            where=f"{path}, line 1",
            fix=f"Begin the file with {','.join(COLUMNS)}.",
        )


def _named(head: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    # A spreadsheet's apostrophe before a text is no part of it.
    plain = [cell.strip().removeprefix("'") for cell in cells]
    padded = plain + [""] * (len(head) - len(plain))
    return dict(zip(head, padded, strict=False)) | {"too many": "".join(padded[len(head) :])}
