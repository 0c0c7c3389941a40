"""What no module of the package does: run text, start a shell, unpickle, open a connection."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).resolve().parents[1] / "src").rglob("*.py"))
NEVER = {"eval", "exec", "compile", "__import__", "input", "breakpoint"}
NEVER_IMPORTED = set("pickle marshal shelve dill cloudpickle joblib subprocess pty ctypes".split())
NEVER_IMPORTED |= set("socket requests ftplib smtplib telnetlib code urllib.request http.client".split())
NEVER_CALLED = {
    "os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv", "os.fork", "os.putenv",
    "yaml.unsafe_load", "yaml.full_load", "pd.read_pickle", "pd.eval", "np.load", "etree.parse",
    "tempfile.mktemp", "pd.read_html",
}  # fmt: skip


def faults_of(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            home = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            found += [name for name in home if {name, name.split(".")[0]} & NEVER_IMPORTED]
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            shell = [
                key.arg for key in node.keywords if key.arg in ("shell", "allow_pickle", "resolve_entities")
            ]
            found += [name] if name in NEVER | NEVER_CALLED or shell else []
            if name == "yaml.load":
                found += [name] if "SafeLoader" not in ast.unparse(node) else []
    return found


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_no_module_runs_text_starts_a_shell_or_opens_a_connection(path: Path) -> None:
    assert faults_of(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code", ["eval('1')", "import pickle", "from subprocess import run", "run(a, shell=True)", "yaml.load(a)"]
)
def test_the_search_finds_what_it_looks_for(code: str) -> None:
    assert faults_of(ast.parse(code))
