"""In: the books and their texts. Out: a page on which every act opens the sentences it rests on."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from aidlib.ledger import Ledger, build_totals
from aidlib.ledger.columns import TABLES
from aidlib.ledger.files import csv_bytes
from aidlib.lexicon import reasons
from aidlib.model import Document, Span, Stage, address_of
from aidlib.plots.style import eur, eur_span, name_of, sentence
from aidlib.story.books import Books
from aidlib.story.excerpts import excerpt
from aidlib.story.page import csv_link, site_file, whole_page

__all__ = ["anchor_of", "evidence_page", "filter_link", "totals_html"]

Row = dict[str, Any]
LARGEST = 2_600_000  # bytes of acts on the page; the ledger holds the rest
MOST_TEXTS = 40  # texts quoted for one act
MODIFIERS = {"approx": "about", "at_least": "at least", "up_to": "up to", "range": "a range"}
STATUSES = {
    "booked": "booked",
    "proposed": "proposed only",
    "total": "a running total",
    "other": "for another recipient",
    "dropped": "dropped by a person",
}


def anchor_of(name: str) -> str:
    """Make an id into an anchor: the same where it is plain; every other sign by its number.

    Examples
    --------
    >>> anchor_of("NOR-UKR-grant-2024-05-EUR2M"), anchor_of('a" b')
    ('NOR-UKR-grant-2024-05-EUR2M', 'a~22~~20~b')
    """
    return re.sub(r"[^A-Za-z0-9._-]", lambda sign: f"~{ord(sign[0]):x}~", name)


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


@dataclass(frozen=True)
class Shelf:
    """The tables of the books as rows, by what the page looks up in them."""

    acts: dict[str, Row]
    events: Mapping[str, list[Row]]
    evidence: Mapping[tuple[str, str], list[Span]]
    parts: Mapping[str, list[str]]
    counted: frozenset[str]
    documents: Mapping[str, Document]


def evidence_page(books: Books) -> str:
    """Make the page of evidence: every act, largest first, with its sentences, and a form to search them.

    Acts that would make the page too large are left out, the smallest first; it says how many.
    """
    shelf = _shelf(books)
    order = sorted(shelf.acts.values(), key=lambda row: (-(row["amount_eur"] or -1), row["commitment_id"]))
    shown, size = [], 0
    for row in order:
        act = _act(row, shelf)
        size += len(act.encode("utf-8", "replace"))
        if size > LARGEST:
            break
        shown.append(act)
    left = order[len(shown) :]
    body = [
        "<h1>The evidence behind every number</h1>",
        f'<p class="lead">{_lead(books)}</p>',
        totals_html(books.ledger),
        f'<p class="faint">{_how(books.ledger)} {_download(books.ledger)}</p>',
        _form(order[: len(shown)]),
        f'<p id="count" role="status" aria-live="polite">{_count(len(shown), "act")}, largest first</p>',
        f"<p>{_count(len(left), 'smaller act')} would make this page too large and stand in the "
        "ledger alone, with their sentences.</p>"
        if left
        else "",
        *shown,
    ]
    back = '<nav aria-label="Site"><a href="index.html">All findings</a></nav>'
    script = site_file("evidence.js")
    return whole_page(
        "The evidence behind every number", "\n".join(filter(None, body)), head=back, script=script
    )


def _shelf(books: Books) -> Shelf:
    ledger = books.ledger
    acts = {row["commitment_id"]: row for row in _rows(ledger.commitments)}
    events, evidence, parts = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in _rows(ledger.events):
        events[row["commitment_id"]].append(row)
    for row in _rows(ledger.evidence):
        if row["start"] is not None:
            evidence[row["commitment_id"], row["doc_id"]].append(Span(row["start"], row["end"]))
    for row in acts.values():
        parts[row["part_of"]].append(row["commitment_id"])
    totals = build_totals(ledger, by=[])
    counted = frozenset(name for cell in totals["commitment_ids"] for name in cell.split("|"))
    return Shelf(acts, events, evidence, parts, counted, books.documents)


def _rows(table: pd.DataFrame) -> list[Row]:
    """Give a table as rows of plain values, what is unknown as None."""
    columns = [[_plain(value) for value in table[name]] for name in table.columns]
    return [dict(zip(table.columns, values, strict=True)) for values in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    return value.date() if isinstance(value, datetime) else value


def _lead(books: Books) -> str:
    texts = books.ledger.events["doc_id"].nunique()
    acts = len(books.ledger.commitments)
    return (
        f"{_count(texts, 'announcement')} {'tells' if texts == 1 else 'tell'} of {_count(acts, 'act')} of "
        "support. Each opens to the sentences that it rests on, with its sum as stated and in euro."
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


def _how(ledger: Ledger) -> str:
    day = "the mean of its month" if ledger.policy == "monthly" else "the day of its announcement"
    return (
        "Parts are counted in their whole. Running totals, proposals and acts for others are shown, and "
        "not counted. Acts that may be one another count once, and each time in “at most”. "
        f"Rates: {html.escape(ledger.rates)}, each act at that of {day}."
    )


def _download(ledger: Ledger) -> str:
    data = csv_bytes(ledger.commitments, TABLES["commitments"])
    return csv_link("commitments.csv", data, "All acts as a table")


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _words(code: str | None) -> str:
    return (code or "").replace("_", " ")


# The form.


def _form(rows: Sequence[Row]) -> str:
    stages = [stage.value for stage in Stage]
    donors = sorted({row["donor"] or "" for row in rows}, key=lambda code: name_of(code))
    schemes = sorted({row["mechanism"] or "" for row in rows})
    return (
        '<form id="search" class="search" role="search" hidden>'
        '<label class="words">Search in acts, titles and sentences'
        '<input type="search" name="q" autocomplete="off"></label>'
        + _choice("donor", "Donor", [(code or "unknown", name_of(code)) for code in donors])
        + _choice("mechanism", "Mechanism", [(m or "unknown", _scheme(m)) for m in schemes])
        + _choice("stage", "Stage", [(s, sentence(s)) for s in stages if any(r["stage"] == s for r in rows)])
        + _choice(
            "status",
            "Status",
            [(s, sentence(words)) for s, words in STATUSES.items() if any(r["status"] == s for r in rows)],
        )
        + '<label class="check"><input type="checkbox" name="booked"> Booked only</label>'
        '<div class="buttons"><button type="reset">Show all acts</button>'
        '<button type="button" id="open">Open those shown</button>'
        '<button type="button" id="close">Close all</button></div></form>'
    )


def _choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    listed = "".join(
        f'<option value="{html.escape(code)}">{html.escape(words)}</option>' for code, words in options
    )
    return f'<label>{label}<select name="{name}"><option value="">All</option>{listed}</select></label>'


def _scheme(code: str | None) -> str:
    return sentence(_words(code)) if code else "None named"


# One act.


def _act(row: Row, shelf: Shelf) -> str:
    data = {name: row[name] or "unknown" for name in ("donor", "mechanism", "stage", "status")}
    attributes = "".join(f' data-{name}="{html.escape(value)}"' for name, value in data.items())
    badge = "" if row["status"] == "booked" else f'<span class="badge">{STATUSES[row["status"]]}</span>'
    about = [_words(row["mechanism"]), _goods(row["items"]), row["stage"], _day(row["announced_on"])]
    return (
        f'<details class="act" id="{anchor_of(row["commitment_id"])}"{attributes}><summary>'
        f'<span class="sum">{eur(row["amount_eur"])}</span> '
        f'<span class="who">{html.escape(name_of(row["donor"]))} '
        f'<span class="about">{html.escape(" · ".join(filter(None, about)))}</span></span> {badge}</summary>'
        f"{_facts(row, shelf)}{_texts(row, shelf)}</details>"
    )


def _facts(row: Row, shelf: Shelf) -> str:
    donor = name_of(row["donor"])
    members = ", ".join(name_of(code) for code in _split(row["donors"]))
    facts = [
        ("Donor", html.escape(f"{donor} ({members})" if members else donor)),
        ("Through", html.escape(name_of(row["channel"])) if row["channel"] else ""),
        ("Mechanism", html.escape(_scheme(row["mechanism"]))),
        ("Goods", html.escape(_goods(row["items"]))),
        ("Stage", _stage(row)),
        ("Announced", _announced(row)),
        ("Sum as stated", html.escape(_stated(row))),
        ("In euro", html.escape(_in_euro(row))),
        ("Rate", html.escape(_rate(row))),
        ("Status", _status(row, shelf)),
        ("Part of", _links([row["part_of"]], shelf) if row["part_of"] else ""),
        ("Its parts", _links(shelf.parts.get(row["commitment_id"], ()), shelf)),
        ("May repeat", _links(_split(row["overlaps_with"]), shelf)),
        ("Uncertain", _reasons(_split(row["reasons"]))),
        ("Name", html.escape(", ".join([row["commitment_id"], *_split(row["aliases"])]))),
    ]
    return (
        '<dl class="facts">'
        + "".join(f"<dt>{name}</dt><dd>{said}</dd>" for name, said in facts if said)
        + "</dl>"
    )


def _split(cell: str | None) -> list[str]:
    return cell.split("|") if cell else []


def _goods(cell: str | None) -> str:
    return ", ".join(" ".join(reversed(item.rsplit(":", 1))) for item in _split(cell))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _stage(row: Row) -> str:
    days = [f"{stage.value} {row[f'{stage.value}_on']}" for stage in Stage if row[f"{stage.value}_on"]]
    return html.escape(row["stage"] + (f" ({', '.join(days)})" if days else ""))


def _announced(row: Row) -> str:
    if row["announced_on"] is None:
        return "day unknown"
    inferred = " (the day of publication)" if row["announced_how"] == "inferred" else ""
    return _day(row["announced_on"]) + inferred


def _stated(row: Row) -> str:
    if row["amount"] is None:
        return "no sum"
    unit = row["currency"] or "currency unknown"
    if row["modifier"] == "range":
        return f"from {row['amount_low']:,f} to {row['amount_high']:,f} {unit}"
    return f"{MODIFIERS.get(row['modifier'], '')} {_whole(row['amount'])} {unit}".strip()


def _whole(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,f}"


def _in_euro(row: Row) -> str:
    low, central, high = (row[name] for name in ("amount_eur_low", "amount_eur", "amount_eur_high"))
    if central is None:
        return "not converted" if row["amount"] is not None else ""
    if low == high:
        return f"€{central:,.0f}"
    return f"€{central:,.0f}, at least €{low:,.0f}, at most €{high:,.0f} ({eur_span(low, high)})"


def _rate(row: Row) -> str:
    if row["rate"] is None or row["currency"] == "EUR":
        return ""
    rate = f"{row['rate'].normalize():f}"
    return f"{rate} euro per {row['currency'] or 'unit'}, {_day(row['rate_date'])}, {row['rate_source']}"


def _status(row: Row, shelf: Shelf) -> str:
    status = STATUSES[row["status"]]
    if row["status"] != "booked":
        return f"{status}; not counted"
    if row["commitment_id"] in shelf.counted:
        repeats = " once with what it may repeat" if row["overlaps_with"] else ""
        return f"{status}; counted{repeats}"
    return f"{status}; {'not counted, for want of a sum' if row['amount_eur'] is None else 'counted in its whole'}"


def _links(names: Iterable[str], shelf: Shelf) -> str:
    """Link to acts by what they are; one that is not here by its name alone."""
    links = [_link(name, shelf.acts.get(name)) for name in names]
    return links[0] if len(links) == 1 else f"<ul><li>{'<li>'.join(links)}</ul>" if links else ""


def _link(name: str, row: Row | None) -> str:
    if row is None:
        return html.escape(name)
    about = [eur(row["amount_eur"]), name_of(row["donor"]), _words(row["mechanism"]), _goods(row["items"])]
    words = ", ".join(filter(None, [*about, _day(row["announced_on"])]))
    return f'<a href="#{anchor_of(name)}">{html.escape(words)}</a>'


def _reasons(codes: Iterable[str]) -> str:
    known = reasons()
    words = [known[code].meaning if code in known else _words(code) for code in dict.fromkeys(codes)]
    return html.escape(". ".join(words))


# Its texts.


def _texts(row: Row, shelf: Shelf) -> str:
    told: dict[str, list[Row]] = defaultdict(list)
    for event in shelf.events.get(row["commitment_id"], ()):
        told[event["doc_id"]].append(event)
    shown = [_text(row["commitment_id"], events, shelf) for events in [*told.values()][:MOST_TEXTS]]
    more = len(told) - len(shown)
    left = f'<p class="report">{_count(more, "more text")} in the ledger.</p>' if more else ""
    return "".join(shown) + left


def _text(name: str, events: Sequence[Row], shelf: Shelf) -> str:
    first = events[0]
    document = shelf.documents[first["doc_id"]]
    title = html.escape(_short(document.title or document.id))
    address = address_of(document.url) or address_of(document.source)
    head = f'<a href="{html.escape(address)}" rel="noreferrer">{title}</a>' if address else title
    outlet = "" if document.source and address_of(document.source) else document.source
    about = [outlet, _day(document.published), document.id if document.title else None]
    line = " · ".join(f"<bdi>{html.escape(_short(part))}</bdi>" for part in about if part)
    why = _reasons(code for event in events for code in _split(event["reasons"]))
    words = excerpt(document, shelf.evidence.get((name, document.id), ()))
    return (
        f'<section class="report"><h3><bdi>{head}</bdi></h3><p class="faint">{line}</p>'
        f"<blockquote>{words}</blockquote>"
        + (f'<p class="faint">Read so because: {why}.</p>' if why else "")
        + "</section>"
    )


def _short(words: str) -> str:
    return words if len(words) <= 300 else words[:299] + "…"
