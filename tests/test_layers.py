"""In: the source as ``ast`` sees it. Out: whether it still is a line of layers that one can read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "aidlib"
# Row by row, a row from left to right: each may import those before it.
LAYERS = (
    "errors model lexicon read record mentions events rates prices resolve ledger reconcile "
    "plots show tables exchange corpus explorer story kit cli __main__"
).split()
RANK = {name: rank for rank, name in enumerate(LAYERS)}
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50

each_module = pytest.mark.parametrize("path", MODULES, ids=[str(p.relative_to(SOURCE)) for p in MODULES])


def dotted(path: Path) -> list[str]:
    """Name a module by its parts: ``aidlib``, ``mentions``, ``money``."""
    parts = ["aidlib", *path.relative_to(SOURCE).with_suffix("").parts]
    return parts[:-1] if parts[-1] == "__init__" else parts


def imported(node: ast.Import | ast.ImportFrom, path: Path) -> Iterator[str]:
    """Give the full names of our own modules that an import statement reaches."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "aidlib")
        return
    package = dotted(path) if path.stem == "__init__" else dotted(path)[:-1]
    base = package[: len(package) - node.level + 1] if node.level else []
    name = ".".join([*base, *([node.module] if node.module else [])])
    if name == "aidlib":
        yield from (f"aidlib.{alias.name}" for alias in node.names if alias.name != "__version__")
    elif name.startswith("aidlib."):
        yield name


def own_imports(path: Path, source: str) -> Iterator[tuple[ast.stmt, str]]:
    """Give every import of our own in a file, wherever it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node, name) for name in imported(node, path))


def downward(path: Path, source: str) -> list[str]:
    """List the imports that point to a layer below the file's own, or that no layer names."""
    own = dotted(path)
    rank = RANK[own[1]] if len(own) > 1 else len(LAYERS)
    found = []
    for node, name in own_imports(path, source):
        if name == "aidlib" and own[1:2] in (
            ["cli"],
            ["__main__"],
        ):  # the command asks the top for its version
            continue
        target = name.split(".")[1] if "." in name else ""
        same_folder = len(own) > 1 and target == own[1]
        if not same_folder and (target not in RANK or RANK[target] >= rank):
            found.append(f"line {node.lineno}: {name}")
    return found


def hidden(path: Path, source: str) -> list[str]:
    """List the imports of our own that do not stand at the top of the file."""
    top = set()
    for node in ast.parse(source).body:
        is_types_only = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        top |= (
            {inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.stmt)}
            if is_types_only
            else set()
        )
        top |= {node.lineno} if isinstance(node, ast.Import | ast.ImportFrom) else set()
    return [
        f"line {node.lineno}: {name}" for node, name in own_imports(path, source) if node.lineno not in top
    ]


@each_module
def test_every_module_stands_in_the_table_of_layers(path: Path) -> None:
    parts = dotted(path)
    assert len(parts) == 1 or parts[1] in RANK, f"{path.name} is in no layer: add it to design and LAYERS"


@each_module
def test_own_imports_point_up_the_table(path: Path) -> None:
    assert downward(path, path.read_text("utf-8")) == []


@each_module
def test_own_imports_stand_at_the_top(path: Path) -> None:
    assert hidden(path, path.read_text("utf-8")) == []


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function, its docstring aside."""
    first = function.body[0]
    told = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) and first.end_lineno else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - told


@each_module
def test_modules_and_functions_stay_short(path: Path) -> None:
    source = path.read_text("utf-8")
    functions = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(source.splitlines()) <= LONGEST_MODULE
    assert {f.name: code_lines(f) for f in functions if code_lines(f) > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("model.py", "from aidlib.ledger import books", "aidlib.ledger"),
        ("model.py", "import aidlib.read", "aidlib.read"),
        ("mentions/money.py", "from ..events import zones", "aidlib.events"),
        ("plots/bars.py", "from aidlib import show", "aidlib.show"),
        ("read.py", "from aidlib import nowhere", "aidlib.nowhere"),
    ],
)
def test_an_import_down_the_table_is_seen(file: str, source: str, fault: str) -> None:
    assert downward(SOURCE / file, source) == [f"line 1: {fault}"]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("mentions/money.py", "from .dates import find_dates\nfrom ..model import Span"),
        ("mentions/__init__.py", "from .money import find_money"),
        ("events/__init__.py", "import aidlib.mentions.money"),
        ("__init__.py", "from aidlib import story"),
    ],
)
def test_an_import_up_the_table_or_within_a_folder_is_allowed(file: str, source: str) -> None:
    assert downward(SOURCE / file, source) == []


def test_an_import_inside_a_function_is_seen() -> None:
    source = "import re\ndef f():\n    from aidlib.model import Span\n"
    assert hidden(SOURCE / "read.py", source) == ["line 3: aidlib.model"]


def test_an_import_for_types_only_counts_as_top() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from aidlib.model import Span\n"
    assert hidden(SOURCE / "read.py", source) == []
