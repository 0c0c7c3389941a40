"""Every reason that a reading can give has a plain line in data/reasons.csv, and no line is idle."""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path

import pytest

import aidlib
from aidlib.events import build_events
from aidlib.events.gates import NOT_GIVEN, VETO
from aidlib.lexicon import reasons, stages
from aidlib.model import Document
from aidlib.read import read_documents
from events.tables import TABLES, read_cases

SOURCE = Path(aidlib.__file__).parent
CODE = re.compile(r"[a-z]+(_[a-z]+)+|[a-z]{4,}")
# Functions that return a code: a stage's cue, a gate, a verdict. The donor's cues get "donor_" before them.
GIVERS = {
    "events/build.py": ("_verdict",),
    "events/gates.py": ("gate",),
    "events/stage.py": ("stage_near", "_by_verb", "_mood"),
    "events/sums.py": ("judge",),
}
DONOR_CUES = {"events/grammar.py": ("donor_near", "_one_or_many"), "events/traits.py": ("donor_of",)}


def literals(name: str, functions: tuple[str, ...]) -> set[str]:
    """Strings in the return statements of some functions of a module, and in their calls of ``_mood``."""
    tree = ast.parse((SOURCE / name).read_text("utf-8"))
    found: set[str] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name not in functions:
            continue
        for statement in ast.walk(function):
            if isinstance(statement, ast.Return) and statement.value is not None:
                found |= _outside_calls(statement.value)
    return {word for word in found if CODE.fullmatch(word)}


def _outside_calls(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.Call):
        known = isinstance(node.func, ast.Name) and node.func.id in ("_mood", "_one_or_many")
        return set().union(*map(_outside_calls, node.args)) if known and node.args else set()
    if isinstance(node, ast.Tuple):
        return set().union(*map(_outside_calls, node.elts)) if node.elts else set()
    if isinstance(node, ast.IfExp):
        return _outside_calls(node.body) | _outside_calls(node.orelse)
    return set()


def composed() -> set[str]:
    """Codes that the events layer puts together from its tables."""
    verbs = {f"verb_{name}_{aspect}" for name, aspect in stages()}
    gates = {f"not_aid_{name}" for name in VETO | {"trade", "harm"}}
    zones = {f"zone_{zone}" for zone in ("caption", "boilerplate", "dateline")}
    donors = {f"donor_{cue}" for name, given in DONOR_CUES.items() for cue in literals(name, given)}
    return verbs | gates | zones | donors | set(NOT_GIVEN.values())


def written() -> set[str]:
    return set().union(*(literals(name, given) for name, given in GIVERS.items()))


def codes_of(document: Document) -> set[str]:
    reading = build_events(document)
    found = {code for event in reading.events for code in event.reasons}
    found |= {code for made in reading.decisions for code in (made.verdict, *made.reasons)}
    return found | {m.value.reason for m in reading.money if m.value.reason}


def test_every_code_that_is_written_or_composed_has_a_meaning() -> None:
    assert composed() | written() <= set(reasons())


def test_the_search_for_codes_finds_what_it_should() -> None:
    assert {"booked", "repeat", "no_evidence_of_aid", "home", "sum_as_subject", "tentative_text"} <= written()
    assert {"donor_subject", "donor_joint", "donor_windfall", "verb_give_past"} <= composed()


@pytest.mark.parametrize("table", TABLES)
def test_every_code_met_on_the_cases_has_a_meaning(table: str) -> None:
    rows = read_cases(table) + read_cases(f"{table}_known_gaps")
    met = {code for row in rows for code in codes_of(Document.from_text(row["text"]))}
    assert met
    assert met <= set(reasons())


def test_every_code_met_on_the_briefs_has_a_meaning(seeds: Path) -> None:
    briefs = [d for d in read_documents([seeds / "briefs"]) if isinstance(d, Document)]
    met = {code for document in briefs for code in codes_of(document)}
    assert met
    assert met <= set(reasons())


def test_no_row_is_idle() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    spelled = {name for name in reasons() if re.search(rf'"{name}[":]', code)}
    assert set(reasons()) - spelled - composed() == set()


def test_meanings_are_one_plain_line_of_their_own() -> None:
    lines = [row.meaning for row in reasons().values()]
    assert all(line and len(line) < 100 and "_" not in line for line in lines)
    assert len(set(lines)) == len(lines)


def test_every_stage_row_has_both_its_code_and_its_example() -> None:
    for name, aspect in product({name for name, _ in stages()}, ("future", "present", "past")):
        assert reasons()[f"verb_{name}_{aspect}"].example
