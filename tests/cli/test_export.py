"""The command export: the books of a folder in another form."""

from __future__ import annotations

import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from python_calamine import load_workbook

from aidlib.cli import main
from aidlib.cli.export import KINDS
from aidlib.ledger import build_ledger, write_ledger
from build import event, reading


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


def test_the_books_of_a_folder_become_one_workbook(folder: Path, tmp_path: Path) -> None:
    run("ledger", folder, "-o", tmp_path / "books")
    result = run("export", "xlsx", tmp_path / "books", "-o", tmp_path / "books.xlsx")
    assert (result.exit_code, result.stderr) == (0, f"1 commitment: {tmp_path / 'books.xlsx'}\n")
    head, row = load_workbook(tmp_path / "books.xlsx").get_sheet_by_name("commitments").to_python()
    assert dict(zip(head, row, strict=True))["donor"] == "LVA"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A ledger with a booked act, a proposal and a running total."""
    told = reading(event("NOR", 5), event("DNK", 7, "proposed"), event("SWE", 9, is_cumulative_total=True))
    return write_ledger(build_ledger([told]), tmp_path / "books")


@pytest.mark.parametrize("kind", ["iati", "kiel"])
def test_what_has_no_place_in_a_form_is_said(kind: str, books: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    result = run("export", kind, books, "-o", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"1 commitment: {out}; left out: 1 proposed, 1 total\n"


def test_each_kind_is_written_in_its_form(books: Path, tmp_path: Path) -> None:
    for kind in ("iati", "kiel", "datapackage", "rocrate"):
        assert run("export", kind, books, "-o", tmp_path / kind).exit_code == 0
    assert etree.parse(str(tmp_path / "iati")).getroot().tag == "iati-activities"
    assert "activity_id" in (tmp_path / "kiel").read_text("utf-8")
    packed = {kind: zipfile.ZipFile(tmp_path / kind).namelist() for kind in ("datapackage", "rocrate")}
    assert set(packed["rocrate"]) - set(packed["datapackage"]) == {"ro-crate-metadata.json"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_books_themselves_are_never_replaced(kind: str, books: Path) -> None:
    before = {one.name: one.read_bytes() for one in books.iterdir()}
    result = run("export", kind, books, "-o", books / "commitments.csv")
    assert (result.exit_code, "own files" in result.stderr) == (2, True)
    assert {one.name: one.read_bytes() for one in books.iterdir()} == before


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_a_function_that_exists(kind: str) -> None:
    module, name, said = KINDS[kind]
    assert callable(getattr(import_module(module), name))
    assert said in run("export", "-h").stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["xslx", "books", "-o", "a.xlsx"], 2, "Did you mean 'xlsx'?"),
        (["iatii", "books", "-o", "a.xml"], 2, "Did you mean 'iati'?"),
        (["xlsx", "books"], 2, "Missing option '-o'"),
        (["xlsx", "nowhere", "-o", "a.xlsx"], 3, "there is no ledger"),
    ],
)
def test_a_wrong_word_gets_its_code_and_one_clear_message(
    words: list[str], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export", *words)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr
