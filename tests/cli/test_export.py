"""The command export: the books of a folder in another form."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import load_workbook

from aidlib.cli import main
from aidlib.cli.export import KINDS


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


def test_the_books_of_a_folder_become_one_workbook(folder: Path, tmp_path: Path) -> None:
    run("ledger", folder, "-o", tmp_path / "books")
    result = run("export", "xlsx", tmp_path / "books", "-o", tmp_path / "books.xlsx")
    assert (result.exit_code, result.stderr) == (0, f"1 commitment: {tmp_path / 'books.xlsx'}\n")
    head, row = load_workbook(tmp_path / "books.xlsx").get_sheet_by_name("commitments").to_python()
    assert dict(zip(head, row, strict=True))["donor"] == "LVA"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_a_function_that_exists(kind: str) -> None:
    module, name, said = KINDS[kind]
    assert callable(getattr(import_module(module), name))
    assert said in run("export", "-h").stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["xslx", "books", "-o", "a.xlsx"], 2, "Did you mean 'xlsx'?"),
        (["xlsx", "books"], 2, "Missing option '-o'"),
        (["xlsx", "nowhere", "-o", "a.xlsx"], 4, "there is no ledger"),
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
