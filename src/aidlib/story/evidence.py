"""In: the books and their texts. Out: a page on which every act opens the sentences it rests on."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlencode

from aidlib.ledger import Ledger, build_totals
from aidlib.ledger.columns import TABLES
from aidlib.ledger.files import csv_bytes
from aidlib.model import Stage
from aidlib.plots.style import eur, listed, name_of, sentence
from aidlib.story.acts import STATUSES, Row, Shelf, act_html, count_of, scheme_of, shelve
from aidlib.story.books import Books
from aidlib.story.page import csv_link, site_file, whole_page

__all__ = ["evidence_page", "filter_link", "totals_html"]

TITLE = "The evidence behind every number"
LARGEST = 2_600_000  # bytes of acts on the page; the ledger holds the rest


def filter_link(words: str, **asked: str) -> str:
    """Link to the acts of the page of evidence that are asked for, as its form would ask.

    Examples
    --------
    >>> filter_link("Norway", donor="NOR", booked="1")
    '<a href="evidence.html#donor=NOR&amp;booked=1">Norway</a>'
    """
    query = urlencode({name: value for name, value in asked.items() if value})
    href = html.escape(f"evidence.html#{query}" if query else "evidence.html")
    return f'<a href="{href}">{html.escape(words)}</a>'


def evidence_page(books: Books) -> str:
    """Make the page of evidence: every act, largest first, with its sentences, and a form to search them.

    Acts that would make the page too large are left out, the smallest first; it says how many.
    """
    shelf = shelve(books)
    order = sorted(shelf.acts.values(), key=lambda row: (-(row["amount_eur"] or -1), row["commitment_id"]))
    shown = _fitting(order, shelf)
    if len(shown) < len(order):  # nothing on the page may link to what is not there
        kept = order[: len(shown)]
        shown = _fitting(kept, replace(shelf, acts={row["commitment_id"]: row for row in kept}))
    body = [
        f"<h1>{TITLE}</h1>",
        f'<p class="lead">{_lead(books)}</p>',
        totals_html(books.ledger),
        f'<p class="faint">{_how(books)} {_download(books.ledger)}</p>',
        _form(order[: len(shown)]),
        f'<p id="count" role="status" aria-live="polite">{count_of(len(shown), "act")}, largest first</p>',
        _left_out(len(order) - len(shown)),
        *shown,
    ]
    back = '<nav aria-label="Site"><a href="index.html">All findings</a></nav>'
    return whole_page(TITLE, "\n".join(filter(None, body)), head=back, script=site_file("evidence.js"))


def _fitting(rows: Iterable[Row], shelf: Shelf) -> list[str]:
    shown, size = [], 0
    for row in rows:
        act = act_html(row, shelf)
        size += len(act.encode("utf-8", "backslashreplace"))
        if size > LARGEST:
            break
        shown.append(act)
    return shown


def _left_out(n: int) -> str:
    if not n:
        return ""
    acts = "The smallest act is" if n == 1 else f"The {n:,} smallest acts are"
    return f"<p>{acts} left out to keep this page small; the ledger holds all, with their sentences.</p>"


def _lead(books: Books) -> str:
    texts = books.ledger.events["doc_id"].nunique()
    acts = len(books.ledger.commitments)
    return (
        f"{count_of(acts, 'act')} of support, told in {count_of(texts, 'announcement')}. Each opens to the "
        "sentences that it rests on, with its sum as stated and in euro."
    )


def totals_html(ledger: Ledger) -> str:
    """Say what the books add up to, with bounds, to the euro."""
    totals = build_totals(ledger, by=[])
    sums = totals.iloc[0][["low_eur", "central_eur", "high_eur"]] if len(totals) else [Decimal(0)] * 3
    names = ("At least", "Booked, as stated", "At most")
    cells = "".join(
        f'<div><dt>{name}</dt><dd>{eur(value)}<small><data value="{value:f}">€{value:,.0f}</data></small>'
        "</dd></div>"
        for name, value in zip(names, sums, strict=True)
    )
    return f'<dl class="sums">{cells}</dl>'


def _how(books: Books) -> str:
    ledger = books.ledger
    day = "the mean of its month" if ledger.policy == "monthly" else "the day of its announcement"
    return (
        _selected(books) + "Parts are counted in their whole. Running totals, proposals and acts for others "
        "are shown, and not counted. Acts that may be one another count once, and each time in “at most”. "
        f"Rates: {html.escape(ledger.rates)}, each act at that of {day}."
    )


def _selected(books: Books) -> str:
    donors = f"Only acts of {listed([name_of(code) for code in books.donors])}. " if books.donors else ""
    return html.escape(donors) + (f"Only what was told up to {books.cutoff}. " if books.cutoff else "")


def _download(ledger: Ledger) -> str:
    data = csv_bytes(ledger.commitments, TABLES["commitments"])
    return csv_link("commitments.csv", data, "All acts as a table")


# The form.


def _form(rows: Sequence[Row]) -> str:
    donors = sorted({row["donor"] for row in rows}, key=name_of)
    schemes = sorted({row["mechanism"] for row in rows}, key=lambda code: code or "~")
    stages, statuses = {row["stage"] for row in rows}, {row["status"] for row in rows}
    return (
        '<form id="search" class="search" role="search" hidden>'
        '<label class="words">Search in acts, titles and sentences'
        '<input type="search" name="q" autocomplete="off"></label>'
        + _choice("donor", "Donor", [(code, name_of(code)) for code in donors])
        + _choice("mechanism", "Mechanism", [(code, scheme_of(code) or "none named") for code in schemes])
        + _choice("stage", "Stage", [(stage.value, stage.value) for stage in Stage if stage in stages])
        + _choice("status", "Status", [(code, said) for code, said in STATUSES.items() if code in statuses])
        + '<label class="check"><input type="checkbox" name="booked"> Booked only</label>'
        '<div class="buttons"><button type="reset">Show all acts</button>'
        '<button type="button" id="open">Open those shown</button>'
        '<button type="button" id="close">Close all</button></div></form>'
    )


def _choice(name: str, label: str, options: Iterable[tuple[str | None, str]]) -> str:
    choices = "".join(
        f'<option value="{html.escape(code or "unknown")}">{html.escape(sentence(words))}</option>'
        for code, words in options
    )
    return f'<label>{label}<select name="{name}"><option value="">All</option>{choices}</select></label>'
