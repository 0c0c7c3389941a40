"""In: the books, a table, or a list of records. Out: a table to read; to sort and search where that works.

A plain table with the first rows always comes first: it is all that an untrusted notebook shows. Where
itables is installed, its library travels with the table, so that no network is asked, and a script, which
runs in a trusted notebook only, adds the other rows and lets one sort and search them.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd

from aidlib.errors import ParameterError
from aidlib.ledger import Ledger, build_totals
from aidlib.model import Commitment, Event
from aidlib.plots.style import eur
from aidlib.show import CELL, commitment_facts, facts_of

__all__ = ["ShownTable", "books_words", "largest_acts", "ledger_html", "readable", "show_table"]

ROWS = 20
NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?")
COLUMNS = "donor mechanism stage status announced_on amount_eur_low amount_eur".split()
# DataTables draws its controls on a ground of its own unless it is told the notebook's.
BOX = "overflow-x:auto;--dt-html-background:var(--jp-layout-color0)"
TABLE = "border-collapse:collapse;table-layout:auto;width:auto;font-size:.8em;margin:.6em 0"
RIGHT = f"{CELL};text-align:right;white-space:nowrap"
FACTS = {Event: facts_of, Commitment: commitment_facts}
SCRIPT = Template(
    """<script>(async () => {
const box = document.currentScript.parentElement, table = box.querySelector("table");
window.aidlibTables ??= (async () => {
  const unpack = packed => new Response(new Blob([Uint8Array.from(atob(packed), c => c.charCodeAt(0))])
    .stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const style = document.createElement("style");
  style.textContent = await unpack("$css");
  document.head.append(style);
  return import(URL.createObjectURL(new Blob([await unpack("$js")], {type: "text/javascript"})));
})();
const itables = await window.aidlibTables, body = table.tBodies[0];
for (const row of $rest) {
  const line = body.insertRow();
  row.forEach(([text, order], at) => {
    const cell = body.rows[0].cells[at].cloneNode();
    cell.textContent = text;
    if (order !== null) cell.dataset.order = order;
    line.append(cell);
  });
}
itables.set_or_remove_dark_class();
table.classList.add("display", "compact");
const numbers = [...body.rows[0].cells].flatMap((cell, at) => cell.dataset.order === undefined ? [] : at);
const columnDefs = [{targets: numbers, orderSequence: ["desc", "asc", ""]}];
new itables.default(table, {order: [], pageLength: 10, autoWidth: false, columnDefs});
box.querySelectorAll("small").forEach(note => note.remove());
})();</script>"""
)


@dataclass(frozen=True)
class ShownTable:
    """A table as a notebook shows it; ``rows`` of it where it cannot be sorted and searched."""

    table: pd.DataFrame
    rows: int = ROWS

    def _repr_html_(self) -> str:
        return _table_html(self.table, self.rows)

    def __repr__(self) -> str:
        return self.table.head(self.rows).to_string()


def show_table(table: pd.DataFrame | Iterable[Event | Commitment], *, rows: int = ROWS) -> ShownTable:
    """Show a table of the ledger, or a list of events or commitments, to be sorted and searched.

    Parameters
    ----------
    table : DataFrame, or iterable of Event or Commitment
        Of records, a row each with what is known of it.
    rows : int
        How many rows are shown where itables is not installed or the notebook is not trusted. Where
        it can be sorted and searched, every row is there.

    Returns
    -------
    ShownTable
        What a notebook displays.

    Raises
    ------
    ParameterError
        It is neither a table nor a list of such records.

    Examples
    --------
    >>> from aidlib import read_announcement
    >>> show_table(read_announcement("Latvia pledged €240 million in military aid to Ukraine.").events)
              who              sum    stage      kind books ...
    0  LVA to UKR  240,000,000 EUR  pledged  military  news ...
    """
    if isinstance(table, pd.DataFrame):
        return ShownTable(table, rows)
    records = [] if isinstance(table, str | Ledger) else [*table]
    if isinstance(table, str | Ledger) or not all(type(record) in FACTS for record in records):
        raise ParameterError(
            f"a {type(table).__name__} is no table",
            where="show_table",
            fix="Pass a data frame, such as books.commitments, or a list of events or commitments.",
        )
    facts = [dict(FACTS[type(record)](record)) for record in records]  # type: ignore[operator]
    return ShownTable(pd.DataFrame(facts).fillna(""), rows)


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Make a table to read and not to reckon with: sums in whole units, what is unknown an empty cell.

    Examples
    --------
    >>> readable(pd.DataFrame({"eur": [Decimal("1234567.80"), None]}))["eur"].tolist()
    ['1,234,568', '']
    """
    return table.astype(object).map(_shown).rename_axis(index=None)


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:,.0f}"
    if pd.isna(value):
        return ""
    return value.date() if isinstance(value, pd.Timestamp) else value


def books_words(books: Ledger, *, of: Ledger | None = None) -> str:
    r"""Say in a sentence how many acts there are (of those of larger books), and what they add up to.

    Examples
    --------
    >>> from aidlib import build_ledger, read_announcement
    >>> books_words(build_ledger([read_announcement("Latvia pledged about €2 million to Ukraine.")]))
    '1 act, 1 of them booked: €2\xa0million (least €1.9\xa0million, most €2.1\xa0million).'
    """
    n = len(books.commitments)
    booked = int((books.commitments["status"] == "booked").sum())
    total = build_totals(books, by=[])
    among = f" of {len(of.commitments)}" if of is not None else ""
    said = f"{n}{among} act{'s' if n != 1 or among else ''}, {booked or 'none'} of them booked"
    if not len(total):
        return f"{said}; no sum in euro." if n else "No acts."
    low, central, high = (eur(total[name].iloc[0]) for name in ("low_eur", "central_eur", "high_eur"))
    return f"{said}: {central} (least {low}, most {high})."


def largest_acts(books: Ledger) -> pd.DataFrame:
    """Give the acts with what tells most of each, those booked first and the largest of them first."""
    acts = books.commitments.set_index("commitment_id")[[*COLUMNS, "amount_eur_high"]]
    order = acts.assign(
        other=acts["status"] != "booked", size=-pd.to_numeric(acts["amount_eur"]).astype("float")
    )
    return acts.loc[order.sort_values(["other", "size"], kind="stable").index].rename_axis(index="act")


def ledger_html(books: Ledger) -> str:
    """Give the books as a notebook shows them: one sentence, and the acts as a table."""
    return f"<p>{html.escape(books_words(books))}</p>{_table_html(largest_acts(books), ROWS)}"


Cell = tuple[str, str | None]
"""What a cell shows, and what it is sorted by where that is another thing."""


def _table_html(table: pd.DataFrame, rows: int) -> str:
    keys = [] if isinstance(table.index, pd.RangeIndex) else [*table.index.names]
    names = [name or f"row {at}" for at, name in enumerate(keys)]
    frame = table.reset_index(names=names, allow_duplicates=True) if keys else table
    lines = [*zip(*map(_column, (frame.iloc[:, at] for at in range(frame.shape[1]))), strict=True)]
    styles = [CELL if order is None else RIGHT for _, order in lines[0]] if lines else [CELL] * frame.shape[1]
    heads = "".join(map(_head, frame.columns, styles))
    body = "".join(f"<tr>{_line_html(line, styles, len(keys))}</tr>" for line in lines[:rows])
    note = f"The first {rows} of {len(lines)} rows." if len(lines) > rows else ""
    return (
        f'<div style="{BOX}"><table style="{TABLE}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        f"<small>{note}</small>{_script(lines[rows:]) if lines else ''}</div>"
    )


def _column(values: pd.Series[Any]) -> list[Cell]:
    texts = [_text(value) for value in values]
    known = [text for text in texts if text]
    if known and all(NUMBER.fullmatch(text) for text in known):
        return [(text, text.replace(",", "")) for text in texts]
    return [(text, None) for text in texts]


def _text(value: Any) -> str:
    if isinstance(value, Decimal | float) and -100 < value < 100:
        return f"{float(value):.6g}"  # a rate, not a sum
    return str(_shown(value)) if pd.api.types.is_scalar(value) else str(value)


def _head(name: object, style: str) -> str:
    words = html.escape(str(name)).replace("_", "_<wbr>")  # a long name may go on in a second line
    return f'<th scope="col" style="{style}">{words}</th>'


def _line_html(line: Sequence[Cell], styles: Sequence[str], keys: int) -> str:
    cells = []
    for at, ((text, order), style) in enumerate(zip(line, styles, strict=True)):
        tag, name = ('th scope="row"', "th") if at < keys else ("td", "td")
        sorts = "" if order is None else f' data-order="{order}"'
        cells.append(f'<{tag} style="{style}"{sorts}>{html.escape(text)}</{name}>')
    return "".join(cells)


def _script(rest: Sequence[Sequence[Cell]]) -> str:
    if not find_spec("itables"):
        return ""
    rows = json.dumps(rest, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return SCRIPT.substitute(_library(), rest=rows)


@cache
def _library() -> dict[str, str]:
    """Pack the script and the style that itables ships; the same bytes every time."""
    import itables.options

    script = Path(itables.options.dt_bundle)
    files = {"js": script, "css": script.with_suffix(".css")}
    return {
        kind: base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode("ascii")
        for kind, path in files.items()
    }


Ledger._repr_html_ = ledger_html  # type: ignore[attr-defined]
