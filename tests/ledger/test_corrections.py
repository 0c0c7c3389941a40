"""In: readings, and what people have decided of them. Out: whether the books say so, and no more."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from aidlib.cli import main
from aidlib.errors import ReadError
from aidlib.ledger import (
    Correction,
    Ledger,
    build_ledger,
    check_ledger,
    naive_steps,
    read_corrections,
    read_ledger,
    write_ledger,
)
from aidlib.model import Event, Reading, Span
from aidlib.resolve import resolve_events
from build import GOOD, event, gold_readings, reading
from test_resolve import corpora

HEAD = "id,action,target,field,value,into,who,when,why\n"
CASES = Path(__file__).parents[1] / "cases" / "corrections_bad.csv"
BAD = list(csv.DictReader(CASES.read_text("utf-8").splitlines()))
LOST = ("target_gone", "ambiguous")


def fix(action: str, target: str, *, id: str = "c", when: str = "2025-01-01", **cells: str) -> Correction:
    """Make a correction in one line."""
    empty = {"field": "", "value": "", "into": ""}
    return Correction(id=id, action=action, target=target, who="Ann", when=when, why="seen", **empty | cells)


def told(
    id: str,
    *sums: str | None,
    day: str = "2024-05-01",
    donor: str = "NOR",
    mechanism: str = "purl",
    **fields: Any,
) -> Reading:
    """Make a reading of sums, each with a span of its own: 0-8, 10-18, ..."""
    events = [
        event(donor, sum_, mechanism=mechanism, evidence=(Span(10 * n, 10 * n + 8),), **fields)
        for n, sum_ in enumerate(sums)
    ]
    return reading(*events, id=id, published=day)


def books(readings: Sequence[Reading], *corrections: Correction) -> Ledger:
    return check_ledger(build_ledger(readings, corrections=corrections))


def acts(ledger: Ledger) -> dict[str, dict[str, Any]]:
    return {row["commitment_id"]: row for row in ledger.commitments.to_dict("records")}


def states(ledger: Ledger) -> dict[str, str]:
    return dict(zip(ledger.corrections["id"], ledger.corrections["state"], strict=True))


NAME = "NOR-UKR-purl-2024-05-EUR5M"
TWICE = [told("a", "5e6"), told("b", "5e6", day="2024-05-02")]


@pytest.mark.parametrize(
    ("field", "value", "column", "expected"),
    [
        ("donor", "SWE", "donor", "SWE"),
        ("donor", "", "donor", None),
        ("donors", "SWE|DNK", "donors", "DNK|SWE"),
        ("channel", "DNK", "channel", "DNK"),
        ("recipient", "MDA", "status", "other"),
        ("amount", "6000000", "amount_eur", Decimal("6000000.00")),
        ("amount", "5e6-7e6", "amount_eur_high", Decimal("7000000.00")),
        ("amount", "", "amount", None),
        ("currency", "NOK", "currency", "NOK"),
        ("modifier", "up_to", "amount_eur_low", Decimal("0.00")),
        ("stage", "delivered", "stage", "delivered"),
        ("stage", "proposed", "status", "proposed"),
        ("aid_type", "financial", "aid_type", "financial"),
        ("mechanism", "loan", "mechanism", "loan"),
        ("mechanism", "", "mechanism", None),
        ("date", "2024-04-30", "announced_on", pd.Timestamp("2024-04-30")),
        ("items", "F-16:6|NASAMS", "items", "F-16:6|NASAMS"),
        ("is_cumulative_total", "true", "status", "total"),
    ],
)
@pytest.mark.parametrize("target", [NAME, "a#0-8"])
def test_a_field_that_is_set_is_that_of_the_act(
    target: str, field: str, value: str, column: str, expected: Any
) -> None:
    readings = TWICE if target == NAME else TWICE[:1]
    ledger = books(readings, fix("set", target, field=field, value=value))
    assert states(ledger) == {"c": "applied"}
    row = acts(ledger)[NAME]
    assert row["n_reports"] == len(readings)
    assert row[column] == expected or (expected is None and pd.isna(row[column]))
    assert row["reasons"].split("|")[-1] == "corrected:c"
    touched = ledger.events["reasons"].fillna("").str.contains("corrected:c")
    assert touched.any()


def test_a_sum_set_on_an_act_is_that_of_reports_in_other_currencies_too() -> None:
    reports = [told("a", "500e6", currency="NOK"), told("b", "43e6", day="2024-05-02")]
    name = "NOR-UKR-purl-2024-05-NOK500M"
    ledger = books(reports, fix("set", name, field="amount", value="600000000"))
    row = acts(ledger)[name]
    assert (row["amount"], row["currency"], row["n_reports"]) == (600000000, "NOK", 2)


def test_a_date_set_on_an_act_leaves_later_stages_theirs() -> None:
    reports = [told("a", "5e6"), told("b", "5e6", stage="delivered", date="2024-05-20", day="2024-05-21")]
    row = acts(books(reports, fix("set", NAME, field="date", value="2024-04-29")))[NAME]
    assert (str(row["announced_on"].date()), row["delivered_on"]) == ("2024-04-29", "2024-05-20")


def test_acts_that_are_merged_are_one_and_both_names_find_it() -> None:
    reports = [told("a", "5e6"), told("b", "9e6", day="2025-03-01"), told("c", "9e6", day="2025-03-02")]
    later = "NOR-UKR-purl-2025-03-EUR9M"
    merge = fix("merge", later, into=NAME)
    ledger = books(reports, merge)
    (row,) = acts(ledger).values()
    assert (row["commitment_id"], row["aliases"], row["n_reports"]) == (NAME, later, 3)
    again = books(reports, merge, fix("set", later, id="d", field="stage", value="delivered"))
    assert acts(again)[NAME]["stage"] == "delivered"
    assert states(again) == {"c": "applied", "d": "applied"}


def test_a_report_that_is_split_off_leaves_the_act_its_name_and_can_be_spoken_of() -> None:
    split = fix("split", "a#0-8")
    ledger = books(TWICE, split)
    (own,) = set(acts(ledger)) - {NAME}
    assert ledger.reports.set_index("doc_id")["commitment_id"].to_dict() == {"a": own, "b": NAME}
    assert not ledger.commitments["overlaps_with"].notna().any()
    again = acts(books(TWICE, split, fix("set", own, id="d", field="stage", value="delivered")))
    assert (again[own]["stage"], again[NAME]["stage"]) == ("delivered", "pledged")


def test_a_report_in_the_wrong_act_moves_to_the_right_one() -> None:
    reports = [*TWICE, told("c", "9e6", day="2025-03-01")]
    other = "NOR-UKR-purl-2025-03-EUR9M"
    ledger = books(reports, fix("split", "b#0-8"), fix("merge", "b#0-8", id="d", into=other))
    placed = ledger.reports.set_index("doc_id")["commitment_id"].to_dict()
    assert placed == {"a": NAME, "b": other, "c": other}


def test_what_is_dropped_stays_visible_and_is_not_counted() -> None:
    reports = [told("a", "5e6", "7e6"), TWICE[1]]
    ledger = books(reports, fix("drop", "a#0-8"))
    dropped = ledger.events.set_index(["doc_id", "event_index"]).loc["a", 0]
    assert (dropped["status"], dropped["quote"], "corrected:c" in dropped["reasons"]) == (
        "dropped",
        "Text of ",
        True,
    )
    assert acts(ledger)[NAME]["n_reports"] == 1
    assert ledger.totals["central_eur"].tolist() == [12000000]
    steps = naive_steps(ledger).set_index("step")["amount_eur"]
    assert steps["dropped"] == -5000000
    whole = acts(books(reports, fix("drop", NAME)))
    assert sorted(row["status"] for row in whole.values()) == ["booked", "dropped", "dropped"]


def test_a_split_gives_way_to_a_later_drop_of_its_act() -> None:
    drop = fix("drop", NAME, id="d", when="2025-02-01")
    assert states(books(TWICE[:1], fix("split", "a#0-8"), drop)) == {"c": "overruled", "d": "applied"}


def test_what_a_person_vouches_for_says_so() -> None:
    of_act = books(TWICE, fix("accept", NAME))
    assert acts(of_act)[NAME]["reasons"] == "accepted:c"
    assert not of_act.events["reasons"].notna().any()
    of_event = books(TWICE, fix("accept", "b#0-8"))
    assert acts(of_event)[NAME]["reasons"] == "accepted:c"
    assert of_event.events["reasons"].notna().tolist() == [False, True]


def test_an_act_hangs_where_a_person_says_and_not_in_a_circle() -> None:
    reports = [told("a", "50e6"), told("b", "5e6", mechanism="loan")]
    whole, part = "NOR-UKR-purl-2024-05-EUR50M", "NOR-UKR-loan-2024-05-EUR5M"
    ledger = books(reports, fix("set", part, field="part_of", value=whole))
    assert acts(ledger)[part]["part_of"] == whole
    assert ledger.totals["central_eur"].tolist() == [50000000]
    assert ledger.links["reason"].tolist() == ["corrected:c"]
    back = fix("set", whole, id="d", when="2024-01-01", field="part_of", value="b#0-8")
    assert states(books(reports, fix("set", part, field="part_of", value=whole), back)) == {
        "c": "applied",
        "d": "overruled",
    }
    said = [reading(event("NOR", "50e6"), event("NOR", "5e6", part_of=0, evidence=(Span(0, 8),)))]
    alone = books(said, fix("set", "a#0-8", field="part_of", value=""))
    assert not alone.commitments["part_of"].notna().any()


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (
            fix("set", "a#0-8", field="stage", value="delivered"),
            fix("set", "a#0-8", field="stage", value="pledged"),
        ),
        (fix("set", "a#0-8", field="amount", value="9e6"), fix("set", NAME, field="amount", value="6e6")),
        (fix("drop", "a#0-8"), fix("accept", "a#0-8")),
        (fix("accept", NAME), fix("drop", NAME)),
        (fix("split", "a#0-8"), fix("merge", "a#0-8", into="b#0-8")),
        (fix("merge", "a#0-8", into="b#0-8"), fix("split", "a#0-8")),
        (fix("split", "a#0-8"), fix("drop", "a#0-8")),
        (fix("merge", "a#0-8", into="b#0-8"), fix("drop", NAME)),
    ],
    ids=lambda one: f"{one.action} {one.target} {one.value}",
)
def test_of_two_that_contradict_each_other_the_later_holds(earlier: Correction, later: Correction) -> None:
    pair = replace(earlier, id="z", when="2025-01-01"), replace(later, id="a", when="2025-01-01T12:30")
    ledger = books(TWICE, *pair)
    assert states(ledger) == {"z": "overruled", "a": "applied"}
    shown = (*ledger.commitments["reasons"].fillna(""), *ledger.events["reasons"].fillna(""))
    assert not any("ed:z" in reasons for reasons in shown)
    alone = books(TWICE, pair[1])
    pd.testing.assert_frame_equal(alone.commitments, ledger.commitments)
    pd.testing.assert_frame_equal(alone.reports, ledger.reports)


@pytest.mark.parametrize(
    ("target", "state", "note"),
    [
        ("NOR-UKR-purl-2024-05-EUR6M", "target_gone", f"did you mean '{NAME}'"),
        ("z#0-8", "target_gone", "no document 'z' was read"),
        ("a#40-48", "target_gone", "no event of 'a' has that span; its events rest on 0-8"),
        ("two#0-8", "ambiguous", "2 events share that span"),
    ],
)
def test_a_target_that_is_gone_is_listed_and_the_others_still_hold(
    target: str, state: str, note: str
) -> None:
    same = [event("SWE", sum_, evidence=(Span(0, 8),)) for sum_ in ("1e6", "3e6")]
    ledger = books(
        [*TWICE, reading(*same, id="two")],
        fix("drop", target, id="lost"),
        fix("set", NAME, field="stage", value="delivered"),
    )
    assert states(ledger) == {"lost": state, "c": "applied"}
    assert note in ledger.corrections.set_index("id").loc["lost", "note"]
    assert acts(ledger)[NAME]["stage"] == "delivered"


def test_a_correction_survives_another_reading_and_new_documents() -> None:
    correction = fix("set", "a#0-8", field="stage", value="delivered")
    more = event("SWE", "1e6", evidence=(Span(60, 68),))
    moved = event("NOR", "5e6", mechanism="purl", evidence=(Span(1, 10),))
    again = [reading(more, moved, id="a"), TWICE[1], told("0", "5e6", day="2024-04-30")]
    row = books(again, correction).commitments.set_index("donor").loc["NOR"]
    assert (row["stage"], row["n_reports"]) == ("delivered", 3)
    # An older report has come since: the act has another name, and the one used is its alias.
    by_name = acts(books(again, fix("set", NAME, field="stage", value="delivered")))
    assert by_name["NOR-UKR-purl-2024-04-EUR5M"]["stage"] == "delivered"
    assert NAME in by_name["NOR-UKR-purl-2024-04-EUR5M"]["aliases"].split("|")


def test_the_ledger_keeps_its_corrections_and_reads_them_back(tmp_path: Path) -> None:
    ledger = books(TWICE, fix("set", NAME, field="stage", value="delivered"), fix("drop", "z#0-8", id="d"))
    again = read_ledger(write_ledger(ledger, tmp_path / "books"))
    pd.testing.assert_frame_equal(ledger.corrections, again.corrections)
    write_ledger(books(TWICE), tmp_path / "books")
    assert not (tmp_path / "books" / "corrections.csv").exists()


def test_without_corrections_the_books_are_what_they_were(seeds: Path, tmp_path: Path) -> None:
    readings = gold_readings(seeds)
    (tmp_path / "c.csv").write_text(HEAD)
    none, bad = read_corrections(tmp_path / "c.csv")
    assert (none, bad) == ([], [])
    one = write_ledger(build_ledger(readings), tmp_path / "one")
    two = write_ledger(build_ledger(readings, corrections=none), tmp_path / "two")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case['what']}: {case['why']}")
def test_a_bad_row_is_named_with_its_line_and_the_good_ones_stay(
    case: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"{HEAD}good,drop,a#0-8,,,,Ann,2025-01-01,twice\n\n{case['row']}\n")
    (good,), (bad,) = read_corrections(path)
    assert (good.id, good.line) == ("good", 2)
    assert (bad.line, bad.where) == (4, f"{path}, line 4")
    assert case["what"] in bad.what
    assert case["fix"] in bad.fix


def test_rows_of_one_id_are_both_set_aside(tmp_path: Path) -> None:
    row = "x,drop,a#0-8,,,,Ann,2025-01-01,twice\n"
    (tmp_path / "c.csv").write_text(HEAD + row + row)
    good, bad = read_corrections(tmp_path / "c.csv")
    assert (good, [item.line for item in bad]) == ([], [2, 3])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no column id"),
        (b"id;action;target;who;when;why\n", "no column id, action"),
        (b"\xff\xfeid", "UTF-16"),
        (HEAD.encode() + b"caf\xe9,drop,a#0-8,,,,Ann,2025-01-01,x\n", "line 2"),
        (HEAD.encode() + b'x,drop,"a"b,,,,Ann,2025-01-01,x\n', "no CSV"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_an_error(content: bytes | None, says: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "c.csv").write_bytes(content)
    with pytest.raises(ReadError, match=says):
        read_corrections(tmp_path / "c.csv")


def test_the_command_warns_of_a_lost_target_with_file_and_line(tmp_path: Path) -> None:
    texts, path = tmp_path / "seeds" / "briefs", tmp_path / "seeds" / "corrections.csv"
    texts.mkdir(parents=True)
    (texts / "a.txt").write_text(GOOD)
    path.write_text(
        HEAD + "lost,drop,z#0-8,,,,Ann,2025-01-01,gone\n"
        "bad,drop,,,,,Ann,2025-01-01,gone\n"
        "good,accept,LVA-UKR-aid-2022-01-EUR2M,,,,Ann,2025-01-01,seen\n"
    )
    out = tmp_path / "books"
    words = ["ledger", str(texts), "-o", str(out)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 5
    (warning,) = [line for line in result.stderr.splitlines() if line.startswith("Correction lost")]
    assert f"({path}, line 2)" in warning
    assert result.stderr.splitlines()[-1] == f"1 item was set aside, listed in {out}/quarantine.jsonl"
    assert set(read_ledger(out).corrections["id"]) == {"lost", "good"}
    assert CliRunner().invoke(main, [*words, "--corrections", "none"]).exit_code == 0
    assert not len(read_ledger(out).corrections)
    # Only a project's own briefs have corrections that nobody names.
    elsewhere = CliRunner().invoke(main, ["ledger", str(texts / "a.txt"), "-o", str(out)])
    assert elsewhere.exit_code == 0
    path.write_text(HEAD + "lost,drop,z#0-8,,,,Ann,2025-01-01,gone\n")
    alone = CliRunner().invoke(main, [*words, "--corrections", str(path)])
    assert (alone.exit_code, alone.stderr.splitlines()[-1].split()[:2]) == (5, ["Correction", "lost"])


VALUES = [
    ("donor", "SWE"), ("donor", ""), ("amount", "600000000"), ("currency", "NOK"), ("stage", "delivered"),
    ("stage", "proposed"), ("mechanism", "loan"), ("date", "2024-04"), ("is_cumulative_total", "true"),
    ("is_cumulative_total", "false"), ("items", ""), ("recipient", "MDA"),
]  # fmt: skip


@st.composite
def corrected(draw: st.DrawFn) -> tuple[list[Reading], list[Correction]]:
    """Draw documents whose events have spans of their own, and corrections of them and of their acts."""
    readings = [_with_spans(one) for one in draw(corpora())]
    names = [act.commitment_id for act in resolve_events(readings).commitments]
    spans = [f"{r.document.id}#{10 * n}-{10 * n + 8}" for r in readings for n in range(len(r.events))]
    anything = st.sampled_from([*names, *spans, "nobody", "d0#90-98"])
    found = []
    for id in "abcdef"[: draw(st.integers(1, 6))]:
        action = draw(st.sampled_from(["set", "set", "merge", "split", "drop", "accept"]))
        target = draw(st.sampled_from(spans) if action == "split" and spans else anything)
        cells = {}
        if action == "set":
            whole = st.tuples(st.just("part_of"), st.sampled_from(["", *names, *spans]))
            cells["field"], cells["value"] = draw(st.one_of(st.sampled_from(VALUES), whole))
        if action == "merge":
            cells["into"] = draw(anything.filter(lambda other: other != target))  # noqa: B023
        if action != "split" or "#" in target:
            when = draw(st.sampled_from(["2025-01-01", "2025-01-02"]))
            found.append(fix(action, target, id=id, when=when, **cells))
    return readings, found


def _with_spans(one: Reading) -> Reading:
    events: list[Event] = [
        replace(said, evidence=(Span(10 * n, 10 * n + 8),)) for n, said in enumerate(one.events)
    ]
    return replace(one, events=tuple(events))


TABLES = "commitments events reports links evidence totals corrections".split()


@settings(max_examples=25, deadline=None)
@given(corrected(), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_a_second_run_changes_the_books(
    drawn: tuple[list[Reading], list[Correction]], random: Any
) -> None:
    readings, corrections = drawn
    first = build_ledger(readings, corrections=corrections)
    random.shuffle(corrections)
    random.shuffle(readings)
    second = build_ledger(readings, corrections=corrections)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


@settings(max_examples=25, deadline=None)
@given(corrected())
def test_a_correction_made_twice_does_what_it_does_once(
    drawn: tuple[list[Reading], list[Correction]],
) -> None:
    readings, corrections = drawn
    again = [replace(one, id=f"{one.id}x") for one in corrections]
    once, twice = (build_ledger(readings, corrections=some) for some in (corrections, corrections + again))
    for name in ("commitments", "reports", "totals"):
        left, right = (
            getattr(ledger, name).drop(columns="reasons", errors="ignore") for ledger in (once, twice)
        )
        pd.testing.assert_frame_equal(left, right)
    both = states(twice)
    assert {id: both[f"{id}x"] for id in states(once)} == states(once)


@settings(max_examples=40, deadline=None)
@given(corrected())
def test_no_event_is_lost_and_each_correction_is_obeyed_or_listed(
    drawn: tuple[list[Reading], list[Correction]],
) -> None:
    readings, corrections = drawn
    ledger = books(readings, *corrections)
    placed = {
        (row.doc_id, row.event_index): (row.commitment_id, row.status) for row in ledger.reports.itertuples()
    }
    assert sorted(placed) == sorted((r.document.id, n) for r in readings for n in range(len(r.events)))
    steps = naive_steps(ledger)["amount_eur"]
    assert sum(steps[:-1], Decimal(0)) == steps.iloc[-1]
    outcome = states(ledger)
    assert outcome.keys() == {one.id for one in corrections}
    for one in corrections:
        name, _, span = one.target.partition("#")
        if outcome[one.id] != "applied" or not span:
            continue
        key = (name, int(span.partition("-")[0]) // 10)
        assert (placed[key][1] == "dropped") == (one.action == "drop") or one.action in ("set", "merge")
        if one.action == "split":
            before = build_ledger(readings).reports.set_index(["doc_id", "event_index"])["commitment_id"]
            sets = any(other.action == "set" for other in corrections)
            mates = [other for other in placed if other != key and before[other] == before[key]]
            assert sets or all(placed[other][0] != placed[key][0] for other in mates)
