"""In: the files at the root. Out: whether they agree on what is needed and what lies where."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
IMPORTED_AS = {
    "ahocorasick": "pyahocorasick",
    "currency_converter": "currencyconverter",
    "python_calamine": "python-calamine",
    "re2": "google-re2",
    "yaml": "pyyaml",
}
ON_CONDA = {"duckdb": "python-duckdb"}  # where conda-forge's name is another
CHECKOUT = "--editable=."  # the last line of environment.yml
LAYOUT = {
    *("README.md", "environment.yml", "notebooks", "src", "seeds", "figures", "tests"),
    *("pyproject.toml", "constraints.txt", "Makefile", "LICENSE", "CITATION.cff", "CHANGELOG.md"),
    *("CONTRIBUTING.md", ".gitignore", ".gitattributes", ".ci"),
}


def bounds(requirements: list[str]) -> dict[str, str]:
    """Map each name to its bounds, sorted, as ``>=1,<2``."""
    found = {}
    for requirement in map(Requirement, requirements):
        found[canonicalize_name(requirement.name)] = ",".join(sorted(map(str, requirement.specifier)))
    return found


def environment() -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Read ``environment.yml`` line by line: conda's bounds, pip's bounds, the comments of the groups.

    A line that is none of the forms used there fails, so that nothing in it goes unread.
    """
    conda: dict[str, str] = {}
    pip: list[str] = []
    groups: list[str] = []
    lines = (ROOT / "environment.yml").read_text("utf-8").split("dependencies:\n")[1].splitlines()
    for line in lines:
        if match := re.fullmatch(r" {2,6}# (.+)", line):
            groups.append(match[1])
        elif line == "  - pip:":
            continue
        elif match := re.fullmatch(r" {2}- (\S+(?: \S+)?)", line):
            spec = MatchSpec(match[1], strict=True)
            name = spec.name if isinstance(spec.name, str) else spec.name.normalized
            version = str(spec.version or "")
            conda[name] = ",".join(sorted(version.split(",")))
        elif match := re.fullmatch(r" {6}- (\S+)", line):
            pip += [match[1]] if match[1] != CHECKOUT else []
        else:
            pytest.fail(f"environment.yml: a line of no known form: {line!r}")
    return conda, bounds(pip), groups


def pinned() -> dict[str, list[str]]:
    """Read ``constraints.txt``: the exact versions of each name, one a marker."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        requirement = Requirement(line)
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", line
        found.setdefault(canonicalize_name(requirement.name), []).append(specifier.version)
    return found


def tracked() -> list[Path]:
    """List the files that git keeps, or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_the_top_level_holds_what_style_lists_and_nothing_else() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    top = {name.split("/")[0] for name in listed.split("\0") if name}
    assert top <= LAYOUT
    assert {name for name in LAYOUT if not (ROOT / name).exists()} == set()


def test_environment_and_pyproject_have_the_same_bounds() -> None:
    conda, pip, _ = environment()
    python = ",".join(sorted(PROJECT["requires-python"].split(",")))
    assert conda.pop("python") == python
    conda.pop("pip")
    wanted = bounds([*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["lab"]])
    ours = {canonicalize_name(name): name for name in wanted}
    by_conda_name = {ON_CONDA.get(name, name): bound for name, bound in wanted.items()}
    assert ours
    assert {**conda, **pip} == by_conda_name


def test_environment_is_grouped_in_reading_order() -> None:
    groups = environment()[2]
    assert [g for g in groups if g in {"run", "notebooks", "tests", "style"}][:4] == [
        "run",
        "notebooks",
        "tests",
        "style",
    ]


def test_constraints_pin_every_dependency_of_every_extra_within_its_bounds() -> None:
    pins = pinned()
    for text in [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]:
        requirement = Requirement(text)
        versions = pins.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not in constraints.txt"
        assert all(requirement.specifier.contains(version) for version in versions), text


def test_the_package_imports_only_what_it_declares() -> None:
    extras = [line for name, lines in EXTRAS.items() if name != "test" for line in lines]
    declared = set(bounds([*PROJECT["dependencies"], *extras]))
    imported = {"aidlib"}
    for path in (ROOT / "src" / "aidlib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    foreign = imported - {"aidlib", "numpy"} - sys.stdlib_module_names  # numpy comes with pandas, always
    names = {name: canonicalize_name(IMPORTED_AS.get(name, name)) for name in foreign}
    assert {name for name, distribution in names.items() if distribution not in declared} == set()


def test_binder_and_conda_install_the_checkout_with_jupyterlab() -> None:
    lines = (ROOT / "environment.yml").read_text("utf-8").splitlines()
    assert lines[-1].strip() == f"- {CHECKOUT}"
    assert "jupyterlab" in environment()[0]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "environment.yml"])
def test_what_is_installed_comes_from_no_address_and_no_path(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert re.findall(r"(?i)https?:|file:|--(?:extra-)?index|--find-links|@ ", text) == []


def test_no_tracked_file_names_a_registry_host() -> None:
    hosts = re.compile(rb"(?i)\b(?:%s)\b" % b"|".join([rb"pypi\.org", rb"pythonhosted\.org", rb"npmjs\.org"]))
    here = Path(__file__).name
    assert [p.name for p in tracked() if p.name != here and hosts.search(p.read_bytes())] == []


def test_every_dependency_is_told_with_its_job() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8").lower()
    lines = [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]
    assert [
        name for name in (Requirement(line).name.lower() for line in lines) if f"`{name}`" not in told
    ] == []


def test_the_version_is_the_same_everywhere() -> None:
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_code_is_mit_and_briefs_are_cc_by() -> None:
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert licence.startswith("MIT License")
    assert "CC BY 4.0" in licence
    assert "CC BY 4.0" in (ROOT / "seeds" / "README.md").read_text("utf-8")
