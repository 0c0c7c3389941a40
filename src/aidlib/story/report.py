"""In: executed notebooks and the figures' manifest. Out: pages that need nothing but themselves."""

from __future__ import annotations

import base64
import csv
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aidlib.plots.manifest import put
from aidlib.plots.style import name_of
from aidlib.story.acts import anchor_of, count_of, scheme_of
from aidlib.story.books import Books
from aidlib.story.evidence import filter_link, totals_html
from aidlib.story.page import csv_link, whole_page

__all__ = ["in_bytes", "notebook_page", "write_index"]

TITLE = "What the announcements say"


def notebook_page(executed: Path) -> str:
    """Turn an executed notebook into a page of its own: prose and results, the code folded away.

    Written here and not by nbconvert, whose pages link to other hosts and take a second to make.
    """
    cells = json.loads(executed.read_text("utf-8"))["cells"]
    body = "\n".join(_cell(cell) for cell in cells)
    words = title_of(executed)
    back = '<nav aria-label="Site"><a href="index.html">All findings</a></nav>'
    return whole_page(words, body, head=back)


def title_of(notebook: Path) -> str:
    """Read the title of a notebook: its first heading, or its name where it has none."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        found = re.match(r"# (.+)", "".join(cell["source"])) if cell["cell_type"] == "markdown" else None
        if found:
            return found.group(1).strip()
    return notebook.stem


def _cell(cell: dict[str, Any]) -> str:
    source = "".join(cell["source"])
    if cell["cell_type"] != "code":
        return _prose(source)
    shown = "".join(_output(output) for output in cell["outputs"])
    lines = len(source.splitlines())
    label = f"Code, {lines} line{'' if lines == 1 else 's'}"
    tagged = " open" if {"parameters", "injected-parameters"} & set(cell["metadata"].get("tags", [])) else ""
    return f"<details{tagged}><summary>{label}</summary><pre>{html.escape(source)}</pre></details>{shown}"


def _prose(source: str) -> str:
    import mistune

    # What stands in a text is shown and never run: the prose of our own needs no tags.
    return str(mistune.html(source)) if "<" not in source else str(mistune.create_markdown()(source))


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"<pre>{html.escape(''.join(output['text']))}</pre>"
    if output["output_type"] == "error":
        return f"<pre>{html.escape(output['ename'])}: {html.escape(output['evalue'])}</pre>"
    data = {kind: "".join(text) for kind, text in output["data"].items() if isinstance(text, list | str)}
    if "text/html" in data:
        return f'<div class="output">{_without_requests(data["text/html"])}</div>'
    if "text/markdown" in data:
        return f'<div class="output">{_prose(data["text/markdown"])}</div>'
    return f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"


UNWANTED = re.compile(
    r"<script\b.*?</script>|<(?:base|embed|iframe|link|meta|object)\b[^>]*(?:>|\Z)", re.S | re.I
)


def _without_requests(body: str) -> str:
    """Leave out what would ask the network, lead away, or run; the page's policy stops what is left.

    Again until nothing is found: what stood around one may make another.
    """
    while (rest := UNWANTED.sub("", body)) != body:
        body = rest
    return body


def write_index(
    folder: Path, entries: Sequence[dict[str, Any]], notebooks: Sequence[Path], books: Books | None = None
) -> Path:
    """Write the page with every finding and its figure; where there are books, with links to their page."""
    titles = {path.stem: html.escape(title_of(path)) for path in notebooks}
    parts = [f"<h1>{TITLE}</h1>", _lead(entries, books), _contents(entries)]
    parts += [_figure(entry, titles, books) for entry in entries]
    pages = "".join(f'<li><a href="{quote(stem)}.html">{title}</a></li>' for stem, title in titles.items())
    parts.append(f'<h2>Notebooks</h2><ul class="plain">{pages}</ul>')
    path = folder / "index.html"
    foot = f"Made with aidlib {version('aidlib')}. {_rates(books)}"
    put(path, in_bytes(whole_page(TITLE, "\n".join(parts), foot=foot)))
    return path


def in_bytes(page: str) -> bytes:
    """Write a page in UTF-8; half a sign, which that has no form for, as its escape."""
    return page.encode("utf-8", "backslashreplace")


def _rates(books: Books | None) -> str:
    return f"Sums in euro by {html.escape(books.ledger.rates)}." if books else ""


def _lead(entries: Sequence[dict[str, Any]], books: Books | None) -> str:
    if books is None:
        return ""
    texts, acts = books.ledger.events["doc_id"].nunique(), len(books.ledger.commitments)
    return (
        f'<p class="lead">{count_of(len(entries), "finding")} from {count_of(texts, "public announcement")} '
        f"of aid. They tell of {count_of(acts, 'act')}, each of which opens to "
        '<a href="evidence.html">the sentences that it rests on</a>.</p>'
        f"{totals_html(books.ledger)}"
    )


def _contents(entries: Sequence[dict[str, Any]]) -> str:
    if not entries:
        return "<p>No figure was drawn: the selection holds nothing.</p>"
    lines = "".join(
        f'<li><a href="#{anchor_of(e["name"])}">{html.escape(e["finding"])}</a></li>' for e in entries
    )
    return f'<nav aria-label="Findings"><ul>{lines}</ul></nav>'


def _figure(entry: dict[str, Any], titles: Mapping[str, str], books: Books | None) -> str:
    folder, files = Path(entry["folder"]), entry["files"]
    data = base64.b64encode((folder / files["svg"]).read_bytes()).decode("ascii")
    alt = html.escape(str(entry["alt"]), quote=True)
    stem, table = str(entry["notebook"]), (folder / files["csv"]).read_bytes()
    links = [
        f'Notebook: <a href="{quote(stem)}.html">{titles[stem]}</a>',
        csv_link(files["csv"], table, "Data"),
    ]
    links += [f"In the books: {_evidence(entry, table, books)}"] if books else []
    return (
        f'<section id="{anchor_of(entry["name"])}"><h2 class="drawn">{html.escape(entry["finding"])}</h2>'
        f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{data}">'
        f'<figcaption><p class="drawn">{html.escape(entry["caption"])}.</p>'
        f"<p>{'. '.join(filter(None, links))}.</p></figcaption></figure></section>"
    )


def _evidence(entry: dict[str, Any], table: bytes, books: Books) -> str:
    """Link to the acts that a figure was drawn from: of its text, or of its mechanism and its donors."""
    asked = entry["parameters"]
    document = Path(asked.get("path", "")).stem
    if document in books.documents:
        return filter_link("the acts of this text", q=document)
    chosen = {"mechanism": asked.get("mechanism", ""), "donor": asked.get("donors", "")}
    chosen["donor"] *= "," not in chosen["donor"]
    scheme = scheme_of(chosen["mechanism"])
    words = f"the acts booked for the {scheme}" if scheme else "every act"
    whole = filter_link(words, **chosen, booked="1" if scheme else "")
    donors = [code for code in _donors(table) if code in set(books.ledger.commitments["donor"].dropna())]
    links = [filter_link(name_of(code), **{**chosen, "donor": code}, booked="1") for code in donors]
    return f"{whole}; by donor: {', '.join(links)}" if links else whole


def _donors(table: bytes) -> list[str]:
    """List the donors that a figure's table has rows for, in its order."""
    rows = csv.DictReader(table.decode("utf-8").splitlines())
    return list(dict.fromkeys(row["donor"] for row in rows if row.get("donor")))
