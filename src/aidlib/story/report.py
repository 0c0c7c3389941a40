"""In: executed notebooks and the figures' manifest. Out: pages that need nothing but themselves."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aidlib.plots.manifest import put

__all__ = ["notebook_page", "write_index"]

# What a figure says within itself is told again where it is drawn too small to read: class "drawn".
CSS = """
:root{color-scheme:light dark;--ink:#222;--paper:#fff;--faint:#666;--line:#ccc;--code:#f5f5f5}
@media(prefers-color-scheme:dark){:root{--ink:#ddd;--paper:#161616;--faint:#aaa;--line:#444;--code:#222}}
body{margin:0 auto;max-width:46em;padding:1.5em;font:1rem/1.55 system-ui,sans-serif;color:var(--ink);
background:var(--paper);overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.25rem;margin-top:2em}
a{color:inherit}figure{margin:1.5em 0}figcaption,.faint{color:var(--faint);font-size:.9rem}
img{max-width:100%;height:auto;background:#fff}
figure img{width:34em}
pre{background:var(--code);padding:.6em;overflow-x:auto;font-size:.85rem;white-space:pre-wrap}
table{border:0;border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
td,th{padding:.25em .6em;border:0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
.dataframe td,.dataframe thead th{text-align:right!important}
.output{overflow-x:auto;margin:1em 0}
summary{color:var(--faint);font-size:.85rem;cursor:pointer}
@media(min-width:36em){.drawn{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
@media print{a{text-decoration:none}figure{break-inside:avoid}}
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{css}</style></head>
<body>
{body}
</body></html>
"""


def whole_page(title: str, body: str) -> str:
    """Put HTML into a page with the report's style."""
    return PAGE.format(title=html.escape(title), css=CSS, body=body)


def notebook_page(executed: Path) -> str:
    """Turn an executed notebook into a page of its own: prose and results, the code folded away.

    Written here and not by nbconvert, whose pages link to other hosts and take a second to make.
    """
    cells = json.loads(executed.read_text("utf-8"))["cells"]
    body = "\n".join(_cell(cell) for cell in cells)
    words = title_of(executed)
    back = '<p class="faint"><a href="index.html">All findings</a></p>'
    return whole_page(words, f"{back}\n<main>{body}</main>")


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


def _without_requests(body: str) -> str:
    """Leave out what would ask the network, or run: scripts, and sheets from elsewhere."""
    body = re.sub(r"<script\b.*?</script>", "", body, flags=re.S | re.I)
    return re.sub(r"<link\b[^>]*>", "", body, flags=re.I)


def write_index(folder: Path, entries: Sequence[dict[str, Any]], notebooks: Sequence[Path]) -> Path:
    """Write the page with every finding and its figure."""
    titles = {path.stem: html.escape(title_of(path)) for path in notebooks}
    parts = ["<h1>What the announcements say</h1>", _contents(entries)]
    parts += [_figure(entry, titles) for entry in entries]
    pages = "".join(f'<li><a href="{stem}.html">{title}</a></li>' for stem, title in titles.items())
    parts.append(f"<h2>Notebooks</h2><ul>{pages}</ul>")
    path = folder / "index.html"
    put(path, whole_page("What the announcements say", "\n".join(parts)).encode())
    return path


def _contents(entries: Sequence[dict[str, Any]]) -> str:
    if not entries:
        return "<p>No figure was drawn: the selection holds nothing.</p>"
    lines = "".join(f'<li><a href="#{e["name"]}">{html.escape(e["finding"])}</a></li>' for e in entries)
    return f"<nav><ul>{lines}</ul></nav>"


def _figure(entry: dict[str, Any], titles: Mapping[str, str]) -> str:
    svg = (Path(entry["folder"]) / entry["files"]["svg"]).read_bytes()
    data = base64.b64encode(svg).decode("ascii")
    alt = html.escape(str(entry["alt"]), quote=True)
    stem = str(entry["notebook"])
    return (
        f'<section id="{entry["name"]}"><h2 class="drawn">{html.escape(entry["finding"])}</h2>'
        f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{data}">'
        f'<figcaption><span class="drawn">{html.escape(entry["caption"])}.</span> '
        f'Notebook: <a href="{stem}.html">{titles[stem]}</a>.</figcaption></figure></section>'
    )
