"""In: the text of a formula that a workbook stored without its result. Out: its value, or an error."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from aidlib.errors import ReadError

__all__ = ["parse_formula"]

Cell = Callable[[str | None, str], Any]
Column = Callable[[str, str, int], Sequence[tuple[Any, Any]]]

# Excel's references to other sheets are no Python; as calls with two strings they are.
OTHER_CELL = re.compile(r"'([^']+)'!\$?([A-Z]{1,3})\$?(\d+)")
OTHER_COLUMNS = re.compile(r"'([^']+)'!([A-Z]{1,3}):[A-Z]{1,3}")
LONGEST = 2000
WORK = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def parse_formula(formula: str, *, cell: Cell, columns: Column, where: str) -> Any:
    """Work out a formula of sums, ``SUM``, ``AVERAGE`` and ``VLOOKUP``.

    Parameters
    ----------
    formula : str
        As stored, without the leading "=".
    cell : callable
        Takes a sheet (None: its own) and a name such as ``C4``, and gives the value there.
    columns : callable
        Takes a sheet, a first column and a place, and gives pairs of that first and the other column.
    where : str
        File, sheet and cell, for the error.

    Returns
    -------
    Decimal, or what the cell referred to holds
        An empty cell counts as 0 in a sum, as in the spreadsheet.

    Raises
    ------
    ReadError
        The formula has something else in it, or divides by nothing.

    Examples
    --------
    >>> parse_formula("(1300*6000-6500000)/C1", cell=lambda sheet, name: 2, columns=None, where="A1")
    Decimal('650000')
    """
    text = OTHER_CELL.sub(r'CELL("\1","\2\3")', formula.replace("$", ""))
    text = OTHER_COLUMNS.sub(r'COLUMNS("\1","\2")', text)
    try:
        if len(text) > LONGEST:
            raise SyntaxError("it is too long")
        return _Worker(cell, columns).work(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, LookupError, TypeError, ArithmeticError, ValueError, RecursionError) as error:
        raise ReadError(
            f"the formula ={formula[:80]} has no stored result, and cannot be worked out: {error}",
            where=where,
            fix="Open the workbook in a spreadsheet program and save it, which stores the results.",
        ) from error


def _number(value: Any) -> Decimal:
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"{value!r} is no number")
    return value if isinstance(value, Decimal) else Decimal(repr(value))


class _Worker:
    """Walks the tree of one formula."""

    def __init__(self, cell: Cell, columns: Column) -> None:
        self.cell, self.columns = cell, columns

    def work(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self.cell(None, node.id)
            case ast.BinOp() if type(node.op) in WORK:
                return WORK[type(node.op)](_number(self.work(node.left)), _number(self.work(node.right)))
            case ast.UnaryOp(op=ast.USub()):
                return -_number(self.work(node.operand))
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, [self.work(part) for part in node.args])
        raise ValueError(f"{ast.unparse(node)} is not understood")

    def _call(self, name: str, args: list[Any]) -> Any:
        if name == "CELL":
            return self.cell(*args)
        if name == "COLUMNS":
            return args
        if name in ("SUM", "AVERAGE"):
            # As in the spreadsheet, words in the cells summed do not count.
            numbers = [_number(arg) for arg in args if arg not in (None, "") and not isinstance(arg, str)]
            total = sum(numbers, Decimal(0))
            return total if name == "SUM" else total / len(numbers)
        if name == "VLOOKUP":
            key, (sheet, first), place, *_ = args
            return dict(reversed(self.columns(sheet, first, int(place))))[key]
        raise ValueError(f"{name} is not understood")
