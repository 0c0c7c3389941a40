"""In: the names a notebook declares, and what was passed to it. Out: values checked and made ready."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from aidlib.errors import ParameterError
from aidlib.lexicon import read_table
from aidlib.prices import price_years
from aidlib.rates import POLICIES
from aidlib.read import ending_of, project_root

__all__ = [
    "Parameters",
    "check_parameters",
    "check_values",
    "checkout",
    "declared_in",
    "mechanisms",
    "nearest",
    "nearest_party",
    "parties",
]

INJECTED = "# Parameters"  # papermill's first line above what it passes
TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
FALLBACK = "Give codes of ISO 3166-1 alpha-3, such as 'NOR,DNK', or EU."
Declared = dict[str, tuple[type, Any]]


def checkout() -> Path:
    """Find the project: upwards from the current folder, else where this package stands."""
    here = Path.cwd().resolve()
    package = Path(__file__).resolve()
    for folder in (here, *here.parents, *package.parents):
        if (folder / "seeds").is_dir() and (folder / "notebooks").is_dir():
            return folder
    return project_root()


class Parameters:
    """What a notebook was asked: every parameter as an attribute, in its own type; ``given`` as written."""

    def __init__(self, values: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self.__dict__.update(values)
        self.given = dict(given)

    def __getattr__(self, name: str) -> Any:
        raise ParameterError(
            f"no parameter {name!r}", where="parameters", fix=nearest(name, [*vars(self)]) or "Declare it."
        )

    def __repr__(self) -> str:
        return ", ".join(f"{name} = {value!r}" for name, value in self.given.items())


def check_parameters(namespace: Mapping[str, Any]) -> Parameters:
    """Check the parameters of the notebook that calls this, against what it declares.

    Parameters
    ----------
    namespace : mapping
        ``globals()`` of the notebook, right after its parameters.

    Returns
    -------
    Parameters
        Folders as paths from the project's root, lists as tuples, days as dates.

    Raises
    ------
    ParameterError
        A name passed is not declared, a value has another type than its default, or means nothing.
    """
    cells = [cell for cell in namespace.get("In", []) if isinstance(cell, str)]
    passed = [cell for cell in cells if cell.lstrip().startswith(INJECTED)]
    before = cells[: cells.index(passed[-1])] if passed else cells
    found = next((d for d in (declared_in(cell) for cell in reversed(before)) if d), {})
    injected = assigned_in(passed[-1]) if passed else {}
    values = {name: namespace.get(name, default) for name, (_, default) in found.items()}
    return check_values(found, values | injected, where="parameters of the notebook")


def declared_in(cell: str) -> Declared:
    """Read a parameters cell: name, type and default of each; empty for any other cell.

    Examples
    --------
    >>> declared_in('cutoff: str = "2024-12-31"  # last day')
    {'cutoff': (<class 'str'>, '2024-12-31')}
    >>> declared_in("books = load_books()")
    {}
    """
    found: Declared = {}
    for node in _statements(cell):
        literal = _literal(node.value) if isinstance(node, ast.AnnAssign) and node.value else ()
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and literal):
            return {}
        found[node.target.id] = (TYPES.get(ast.unparse(node.annotation), str), literal[0])
    return found


def assigned_in(cell: str) -> dict[str, Any]:
    """Read what papermill passes: names and their values."""
    found = {}
    for node in _statements(cell):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            literal = _literal(node.value)
            found[node.targets[0].id] = literal[0] if literal else ast.unparse(node.value)
    return found


def _statements(cell: str) -> list[ast.stmt]:
    try:
        return ast.parse(cell).body
    except SyntaxError:
        return []  # a magic, or a cell that never ran


def _literal(node: ast.expr) -> tuple[Any, ...]:
    try:
        return (ast.literal_eval(node),)
    except (ValueError, TypeError):
        return ()


def check_values(declared: Declared, values: Mapping[str, Any], *, where: str) -> Parameters:
    """Check values against what is declared; values of the command line may still be text."""
    for name in values:
        if name not in declared:
            raise ParameterError(
                f"no parameter {name!r}",
                where=where,
                fix=nearest(name, declared) or f"There are {', '.join(declared)}.",
            )
    given = {name: default for name, (_, default) in declared.items()} | dict(values)
    ready = {}
    for name, value in given.items():
        kind = declared[name][0]
        if not _is_of(value, kind):
            raise ParameterError(
                f"parameter {name} is {value!r}, not {_a(kind)}", where=where, fix=_example(name, declared)
            )
        ready[name] = MEANINGS.get(name, _as_it_is)(name, value, where)
    return Parameters(ready, given)


def cast_values(declared: Declared, values: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Turn the words of a command line into the types declared.

    Examples
    --------
    >>> cast_values({"top": (int, 10)}, {"top": "5"}, where="-p")
    {'top': 5}
    """
    return {
        name: _cast(name, value, declared, where) if isinstance(value, str) and name in declared else value
        for name, value in values.items()
    }


def _cast(name: str, value: str, declared: Declared, where: str) -> Any:
    kind = declared[name][0]
    if kind is bool and value.lower() in ("true", "false", "yes", "no"):
        return value.lower() in ("true", "yes")
    if kind is str or kind is bool:
        return value
    try:
        return kind(value)
    except ValueError:
        raise ParameterError(
            f"parameter {name} is {value!r}, not {_a(kind)}", where=where, fix=_example(name, declared)
        ) from None


def _is_of(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _a(kind: type) -> str:
    words = {str: "a text", int: "a whole number", float: "a number", bool: "True or False"}
    return words[kind]


def _example(name: str, declared: Declared) -> str:
    kind, default = declared[name]
    return f"Give {_a(kind)}, such as {default!r}."


def nearest(name: str, known: Iterable[str]) -> str:
    """Name the known word nearest to a wrong one, as a question; empty where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else ""


# What a parameter must mean, by its name; the same name means the same in every notebook.


def _as_it_is(name: str, value: Any, where: str) -> Any:
    return value


def _path(value: str) -> Path:
    path = Path(value).expanduser()
    return path if path.is_absolute() else checkout() / path


def _folder_or_file(name: str, value: str, where: str) -> Path:
    path = _path(value)
    if not value.strip() or not path.exists():
        raise ParameterError(
            f"parameter {name} is {value!r}, which does not exist",
            where=f"{where}; looked for {path}",
            fix=(value.strip() and _near_path(path))
            or "Give a path from the project's root, or an absolute one.",
        )
    return path


def _near_path(path: Path) -> str:
    names = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    return nearest(path.name, names)


def _folder(name: str, value: str, where: str) -> Path:
    path = _folder_or_file(name, value, where)
    if not path.is_dir():
        raise ParameterError(
            f"parameter {name} is {value!r}, a file", where=where, fix="Give the folder that holds it."
        )
    return path


def _document(name: str, value: str, where: str) -> Path:
    path = _folder_or_file(name, value, where)
    if path.is_dir() or ending_of(path) is None:
        raise ParameterError(
            f"parameter {name} is {value!r}, which is no file that can be read",
            where=where,
            fix="Give one announcement, such as seeds/briefs/NAME.md.",
        )
    return path


def _place(name: str, value: str, where: str) -> Path:
    path = _path(value)
    if not value.strip() or path.is_file():
        raise ParameterError(
            f"parameter {name} is {value!r}, no folder", where=where, fix="Give a folder, such as 'figures'."
        )
    return path


def _codes(known: Callable[[], Iterable[str]]) -> Callable[[str, str, str], tuple[str, ...]]:
    def check(name: str, value: str, where: str) -> tuple[str, ...]:
        codes = tuple(part.strip() for part in value.split(",") if part.strip())
        for code in codes:
            if code not in set(known()):
                raise ParameterError(
                    f"parameter {name} holds {code!r}, which is no code of a party",
                    where=where,
                    fix=nearest_party(code),
                )
        return codes

    return check


@cache
def _forms() -> tuple[tuple[str, str], ...]:
    return read_table("parties.csv", lambda r: (r["code"], r["forms"]), key="code+class")


def parties() -> list[str]:
    """List the codes of all parties."""
    return [*dict(_forms()), "MULTI", "NORDIC", "OTHER"]


def nearest_party(code: str) -> str:
    """Say which party's code was meant, by code or by name.

    Examples
    --------
    >>> nearest_party("nor"), nearest_party("Norway")
    ("Did you mean 'NOR'?", "Did you mean 'NOR' (Norway)?")
    """
    names = {form.lstrip("=").lower(): c for c, forms in _forms() for form in forms.split("|")}
    if len(code) <= 5:
        near = difflib.get_close_matches(code.upper(), parties(), n=1, cutoff=0.6)
        return f"Did you mean {near[0]!r}?" if near else FALLBACK
    named = difflib.get_close_matches(code.lower(), list(names), n=1, cutoff=0.6)
    if named:
        return f"Did you mean {names[named[0]]!r} ({named[0].title()})?"
    return FALLBACK


def _party(name: str, value: str, where: str) -> str:
    codes = _codes(parties)(name, value, where)
    if len(codes) != 1:
        raise ParameterError(
            f"parameter {name} is {value!r}, not one code", where=where, fix="Give one, such as 'UKR'."
        )
    return codes[0]


def _one_of(known: Callable[[], Iterable[str]]) -> Callable[[str, str, str], str]:
    def check(name: str, value: str, where: str) -> str:
        choices = list(known())
        if value not in choices:
            raise ParameterError(
                f"parameter {name} is {value!r}, which means nothing here",
                where=where,
                fix=nearest(value, choices) or f"Give one of {', '.join(choices)}.",
            )
        return value

    return check


def mechanisms() -> list[str]:
    """List the mechanisms."""
    return list(read_table("mechanisms.csv", lambda r: r["mechanism"], key="mechanism"))


def _day(name: str, value: str, where: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ParameterError(
            f"parameter {name} is {value!r}, which is no day",
            where=where,
            fix="Give a day as 2024-12-31, or an empty text for all.",
        ) from None


def _count(name: str, value: int, where: str) -> int:
    if value < 1:
        raise ParameterError(f"parameter {name} is {value}", where=where, fix="Give a number from 1 up.")
    return value


def _price_year(name: str, value: int, where: str) -> int | None:
    if value and value not in price_years():
        first, last = min(price_years()), max(price_years())
        raise ParameterError(
            f"parameter {name} is {value}, a year without an index of prices",
            where=where,
            fix=f"Give a year from {first} to {last}, or 0 for the prices of each act's own year.",
        )
    return value or None


MEANINGS: Mapping[str, Callable[[str, Any, str], Any]] = {
    "seeds": _folder,
    "path": _document,
    "facts": _folder_or_file,
    "tracker": _folder_or_file,
    "quarters": _folder_or_file,
    "figures_dir": _place,
    "donors": _codes(parties),
    "recipient": _party,
    "mechanism": _one_of(mechanisms),
    "cutoff": _day,
    "policy": _one_of(lambda: POLICIES),
    "price_base_year": _price_year,
    "top": _count,
    "patience_days": _count,
}
