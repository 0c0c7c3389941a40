"""In: the parts of a page. Out: the page whole: style, script and policy within, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import html
from functools import cache
from importlib import resources

__all__ = ["csv_link", "site_file", "whole_page"]

# Whatever slips into a page, a browser loads and runs nothing but what stands here.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<style>{css}</style></head>
<body>
<a class="skip" href="#main">Skip to the content</a>
{head}
<main id="main" tabindex="-1">
{body}
</main>
{foot}{script}
</body></html>
"""
LARGEST_CSV = 400_000  # bytes that a page carries for a download


@cache
def site_file(name: str) -> str:
    """Read a style sheet or script of the site."""
    return resources.files("aidlib").joinpath("data", "site", name).read_text("utf-8")


def whole_page(title: str, body: str, *, head: str = "", foot: str = "", script: str = "") -> str:
    """Put HTML into a page with the site's style.

    Parameters
    ----------
    title : str
        As text; the rest is HTML.
    script : str
        Runs, and nothing else does: its hash stands in the page's policy.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return PAGE.format(
        policy=POLICY + (f"; script-src 'sha256-{digest}'" if script else ""),
        title=html.escape(title),
        css=site_file("report.css"),
        head=f"<header>{head}</header>" if head else "",
        body=body,
        foot=f"<footer>{foot}</footer>\n" if foot else "",
        script=f"<script>{script}</script>" if script else "",
    )


def csv_link(name: str, data: bytes, label: str) -> str:
    """Link to a table that the page itself carries; nothing where it is too large to be carried.

    Examples
    --------
    >>> csv_link("a.csv", b"x", "Data")
    '<a download="a.csv" href="data:text/csv;base64,eA==">Data (CSV, 1 kB)</a>'
    """
    if len(data) > LARGEST_CSV:
        return ""
    carried = base64.b64encode(data).decode("ascii")
    size = f"{-(-len(data) // 1000)} kB"
    return (
        f'<a download="{html.escape(name)}" href="data:text/csv;base64,{carried}">'
        f"{html.escape(label)} (CSV, {size})</a>"
    )
