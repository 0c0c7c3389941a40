"""In: the books of two runs. Out: whether what moved is told, with its cause, and nothing else."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from aidlib.cli import main
from aidlib.ledger import Correction, LedgerDiff, build_ledger, diff_ledgers, write_ledger
from aidlib.model import Event, Reading, Span
from build import event, reading
from test_resolve import corpora

NAME = "NOR-UKR-purl-2024-05-NOK500M"


def told(
    id: str = "a",
    sum_: str = "500e6",
    *,
    day: str = "2024-05-01",
    text: str = "",
    start: int = 0,
    **fields: Any,
) -> Reading:
    """Make a reading of one sum in kroner."""
    said: dict[str, Any] = {"currency": "NOK", "mechanism": "purl", "evidence": (Span(start, start + 8),)}
    return reading(event("NOR", sum_, **said | fields), id=id, published=day, text=text)


def diff(old: Sequence[Reading], new: Sequence[Reading], **options: Any) -> LedgerDiff:
    return diff_ledgers(build_ledger(old), build_ledger(new, **options))


def kinds(found: LedgerDiff) -> dict[str, str]:
    return {change.name: change.kind for change in found.changes}


CORRECTION = Correction("c", "set", NAME, "stage", "delivered", "", "Ann", "2025-01-01", "seen on site")
LATER = told("b", day="2024-05-02", stage="delivered")


@dataclass(frozen=True)
class Case:
    """Two runs, the kind of the change of the act, a field that moved and the cause told."""

    old: list[Reading]
    new: list[Reading]
    kind: str
    field: str
    cause: str
    options: dict[str, Any]


CASES = {
    "a document came": Case([told()], [told(), LATER], "changed", "stage", "new document b", {}),
    "a document went": Case([told(), LATER], [told()], "changed", "stage", "document b is gone", {}),
    "another reading": Case(
        [told()],
        [told(stage="delivered")],
        "changed",
        "stage",
        "another reading of a, whose text is the same",
        {},
    ),
    "another text": Case(
        [told()],
        [told(stage="delivered", text="Other words.")],
        "changed",
        "stage",
        "the text of a changed",
        {},
    ),
    "another day's rate": Case(
        [told()],
        [told()],
        "changed",
        "amount_eur",
        "the rate of another day",
        {"policy": "fixed", "fixed_day": date(2023, 5, 2)},
    ),
    "a correction": Case(
        [told()],
        [told()],
        "changed",
        "stage",
        "correction c (Ann, 2025-01-01: seen on site)",
        {"corrections": [CORRECTION]},
    ),
    "an older report": Case(
        [told()], [told(), told("0", day="2024-04-28")], "renamed", "n_reports", "new document 0", {}
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_act_that_moved_is_told_with_its_cause(case: Case) -> None:
    found = diff(case.old, case.new, **case.options)
    (change,) = found.changes
    assert change.kind == case.kind
    assert case.field in change.fields
    first, *others = change.why
    assert first.startswith(case.cause)
    # An older report moves the day of the act, and so its rate.
    assert not others or change.kind == "renamed"


def test_an_act_that_is_renamed_is_known_by_its_reports() -> None:
    (change,) = diff([told()], [told(), told("0", day="2024-04-28")]).changes
    assert (change.former, change.name) == (NAME, "NOR-UKR-purl-2024-04-NOK500M")
    # Its documents are gone, but its name is an alias still.
    third = diff([told()], [told("0", day="2024-04-28"), told("b", day="2024-05-02")])
    assert kinds(third) == {"NOR-UKR-purl-2024-04-NOK500M": "renamed"}


def test_acts_that_came_and_went_say_where_their_reports_are() -> None:
    apart = [told(), told("b", "900e6", day="2025-03-01")]
    merge = replace(CORRECTION, action="merge", field="", value="", into="b#0-8")
    found = diff(apart, apart, corrections=[merge])
    assert kinds(found) == {NAME: "changed", "NOR-UKR-purl-2025-03-NOK900M": "gone"}
    (gone,) = found.of_kind("gone")
    assert gone.why == (
        f"its reports are now those of {NAME}",
        "correction c (Ann, 2025-01-01: seen on site)",
    )
    back = diff_ledgers(build_ledger(apart, corrections=[merge]), build_ledger(apart))
    (added,) = back.of_kind("added")
    assert added.why == (f"its reports were those of {NAME}",)
    (changed,) = back.of_kind("changed")
    assert changed.why == ("correction c (Ann, 2025-01-01: seen on site) is no longer made",)
    assert back.corrections == {"added": (), "gone": ("c",)}


def test_totals_are_compared_with_their_bounds() -> None:
    old = [reading(event("SWE", "100", modifier="approx"), id="a")]
    new = [*old, reading(event("DNK", "50"), id="b")]
    rows = {row["donor"]: row for row in diff(old, new).totals}
    assert set(rows) == {None, "DNK"}
    assert rows[None]["old"] == {
        "low_eur": Decimal("95.00"),
        "central_eur": 100,
        "high_eur": Decimal("105.00"),
    }
    assert set(rows[None]["difference"].values()) == set(rows["DNK"]["difference"].values()) == {Decimal(50)}


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, words)])


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two ledgers on the disk: in the second an act is delivered, and another is new."""
    old = write_ledger(build_ledger([told()]), tmp_path / "old")
    return old, write_ledger(build_ledger([told(), LATER, told("c", "9e9")]), tmp_path / "new")


def test_the_command_says_in_its_first_line_whether_anything_differs(pair: tuple[Path, Path]) -> None:
    same, moved = run(pair[0], pair[0]), run(*pair)
    assert (same.exit_code, same.stdout) == (0, "Nothing differs.\n")
    assert moved.exit_code == 0
    first, *lines = moved.stdout.splitlines()
    assert first.startswith("Acts: 1 added, 1 changed; total in euro 42,")
    assert "    stage: pledged → delivered" in lines
    assert "    because: new document b" in lines
    assert lines[-1] == "New documents: b, c"


def test_machines_get_the_same_as_json(pair: tuple[Path, Path]) -> None:
    record = json.loads(run(*pair, "--json").stdout)
    assert (record["differs"], record["documents"]["added"]) == (True, ["b", "c"])
    changed = {act["commitment_id"]: act for act in record["commitments"]}[NAME]
    assert changed["fields"]["stage"] == {"old": "pledged", "new": "delivered"}
    assert json.loads(run(pair[0], pair[0], "--json").stdout)["differs"] is False


def without(path: Path, column: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    at = head.index(column)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row[:at], *row[at + 1 :]] for row in (head, *rows))


def test_books_of_an_older_version_are_compared_in_what_they_have(
    tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    older = write_ledger(build_ledger([told()]), tmp_path / "older")
    for column in ("aliases", "n_outlets", "channel"):
        without(older / "commitments.csv", column)
    for name in ("evidence.csv", "events.parquet", "links.csv", "datapackage.json", "commitments.parquet"):
        (older / name).unlink()
    assert run(older, pair[0]).stdout == run(pair[0], older).stdout == "Nothing differs.\n"
    assert "stage: pledged → delivered" in run(older, pair[1]).stdout


@pytest.mark.parametrize(
    ("file", "change", "code", "says"),
    [
        ("events.parquet", lambda data: data[:-200], 4, "is cut short"),
        ("commitments.parquet", lambda data: data[:200], 4, "is cut short"),
        ("events.parquet", lambda data: b"", 4, "is cut short"),
        ("commitments.csv", lambda data: data[:-30], 4, "cut short"),
        ("commitments.csv", lambda data: b"", 4, "is no table"),
        ("commitments.csv", lambda data: b"\xff" + data, 4, "is no table"),
        ("reports.csv", lambda data: data.replace(b",0,", b",x,"), 4, "line 2"),
        ("commitments.csv", lambda data: None, 3, "is no ledger"),
    ],
)
def test_a_damaged_folder_is_named_with_its_file_and_how_to_mend_it(
    file: str, change: Callable[[bytes], bytes | None], code: int, says: str, pair: tuple[Path, Path]
) -> None:
    path = pair[1] / file
    data = change(path.read_bytes())
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    result = run(*pair)
    assert result.exit_code == code
    assert says in result.stderr
    assert str(path if code == 4 else pair[1]) in result.stderr
    assert "aidlib ledger" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("name", ["nowhere", "file.txt"])
def test_what_is_no_folder_is_said(name: str, tmp_path: Path, pair: tuple[Path, Path]) -> None:
    (tmp_path / "file.txt").write_text("x")
    result = run(pair[0], tmp_path / name)
    assert (result.exit_code, "no such folder" in result.stderr) == (3, True)


def spans(one: Reading) -> Reading:
    """Give every event a span of its own."""
    events: list[Event] = [replace(e, evidence=(Span(10 * n, 10 * n + 8),)) for n, e in enumerate(one.events)]
    return replace(one, events=tuple(events))


@settings(max_examples=30, deadline=None)
@given(corpora(), st.data())
def test_what_came_one_way_goes_the_other_and_sums_agree(drawn: list[Reading], data: st.DataObject) -> None:
    readings = [spans(one) for one in drawn]
    kept = data.draw(st.lists(st.sampled_from(readings), unique_by=lambda one: one.document.id))
    old, new = build_ledger(kept), build_ledger(readings)
    assert not diff_ledgers(new, new).differs
    there, back = diff_ledgers(old, new), diff_ledgers(new, old)
    assert len(there.of_kind("added")) == len(back.of_kind("gone"))
    names = set(new.commitments["commitment_id"])
    added = {change.name for change in there.of_kind("added")}
    renamed = {change.name for change in there.of_kind("renamed")}
    assert names - added - renamed <= set(old.commitments["commitment_id"])
    parts = [row["difference"]["central_eur"] for row in there.totals if row["donor"] is not None]
    whole = [row["difference"]["central_eur"] for row in there.totals if row["donor"] is None]
    assert sum(parts, Decimal(0)) == sum(whole, Decimal(0))
    assert {row["donor"] for row in there.totals} == {row["donor"] for row in back.totals}
