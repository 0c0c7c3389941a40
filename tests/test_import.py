"""In: a fresh interpreter. Out: what ``import aidlib`` loads, which is next to nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import aidlib


def loaded_by(statement: str) -> set[str]:
    """Run a statement in a fresh interpreter and give the modules that it has loaded."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_no_library() -> None:
    heavy = {"pandas", "numpy", "pyarrow", "matplotlib", "papermill", "duckdb", "re2", "trafilatura", "click"}
    assert loaded_by("import aidlib") & heavy == set()


def test_the_version_is_that_of_the_project() -> None:
    code = "import aidlib, importlib.metadata as m; assert aidlib.__version__ == m.version('aidlib')"
    assert "aidlib" in loaded_by(code)


def test_reading_one_text_needs_neither_tables_nor_figures() -> None:
    read = "import aidlib; aidlib.read_announcement('Latvia pledged €2 million to Ukraine.')"
    assert loaded_by(read) & {"matplotlib", "papermill", "duckdb", "IPython"} == set()


def test_every_name_of_the_top_is_told_with_what_it_takes_or_an_example() -> None:
    assert {"read_announcement", "build_ledger", "show_table", "explore"} <= set(dir(aidlib))
    for name in aidlib.__all__:
        if name != "__version__":
            told = getattr(aidlib, name).__doc__ or ""
            assert "Parameters\n" in told or "Attributes\n" in told or ">>>" in told, name


def test_no_name_of_the_top_is_hidden_by_a_module_of_that_name(root: Path) -> None:
    assert {path.stem for path in (root / "src" / "aidlib").iterdir()} & set(aidlib.__all__) == set()
