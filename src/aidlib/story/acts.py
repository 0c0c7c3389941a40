"""In: an act of the books with its texts. Out: its facts and its sentences, as HTML that opens."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from aidlib.ledger import build_totals
from aidlib.lexicon import reasons
from aidlib.model import Document, Span, Stage, address_of
from aidlib.plots.style import eur, eur_span, name_of, sentence
from aidlib.story.books import Books
from aidlib.story.excerpts import excerpt

__all__ = ["STATUSES", "Row", "Shelf", "act_html", "anchor_of", "count_of", "scheme_of", "shelve"]

Row = dict[str, Any]
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


@dataclass(frozen=True)
class Shelf:
    """The tables of the books as rows, by what the page looks up in them."""

    acts: dict[str, Row]
    events: Mapping[str, list[Row]]
    evidence: Mapping[tuple[str, str], list[Span]]
    parts: Mapping[str, list[str]]
    counted: frozenset[str]
    documents: Mapping[str, Document]


def shelve(books: Books) -> Shelf:
    """Sort the tables of books by what the page looks up."""
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


def count_of(n: int, noun: str) -> str:
    """Say how many.

    Examples
    --------
    >>> count_of(1, "act"), count_of(1200, "act")
    ('1 act', '1,200 acts')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _words(code: str | None) -> str:
    return (code or "").replace("_", " ")


def scheme_of(code: str | None) -> str:
    """Name a mechanism within a sentence.

    Examples
    --------
    >>> scheme_of("danish_model"), scheme_of("purl"), scheme_of(None)
    ('Danish model', 'PURL', '')
    """
    words = (code or "").replace("_", " ").replace("danish", "Danish")
    return words.upper() if words in ("purl", "epf") else words


def act_html(row: Row, shelf: Shelf) -> str:
    """Show an act, closed: its facts, and under each text that tells of it the sentences."""
    data = {name: row[name] or "unknown" for name in ("donor", "mechanism", "stage", "status")}
    attributes = "".join(f' data-{name}="{html.escape(value)}"' for name, value in data.items())
    badge = "" if row["status"] == "booked" else f'<span class="badge">{STATUSES[row["status"]]}</span>'
    return (
        f'<details class="act" id="{anchor_of(row["commitment_id"])}"{attributes}><summary>'
        f'<span class="sum">{eur(row["amount_eur"])}</span> '
        f'<span class="who">{html.escape(name_of(row["donor"]))} '
        f'<span class="about">{" · ".join(_about(row))}</span></span> {badge}</summary>'
        f"{_facts(row, shelf)}{_texts(row, shelf)}</details>"
    )


def _facts(row: Row, shelf: Shelf) -> str:
    donor = name_of(row["donor"])
    members = ", ".join(name_of(code) for code in _split(row["donors"]))
    facts = [
        ("Donor", html.escape(f"{donor} ({members})" if members else donor)),
        ("Through", html.escape(name_of(row["channel"])) if row["channel"] else ""),
        ("Mechanism", html.escape(sentence(scheme_of(row["mechanism"]) or "none named"))),
        ("Goods", html.escape(_goods(row["items"]))),
        ("Stage", _stage(row)),
        ("Announced", _announced(row)),
        ("Sum as stated", html.escape(_stated(row))),
        ("In euro", html.escape(_in_euro(row))),
        ("Rate", _rate(row)),
        ("Status", _status(row, shelf)),
        ("Part of", _links([row["part_of"]], shelf) if row["part_of"] else ""),
        ("Its parts", _links(shelf.parts.get(row["commitment_id"], ()), shelf)),
        ("May repeat", _links(_split(row["overlaps_with"]), shelf)),
        ("Uncertain", _reasons(_split(row["reasons"]))),
        ("Name", html.escape(row["commitment_id"])),
        ("Once named", html.escape(", ".join(_split(row["aliases"])))),
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
    return f"<time>{day.isoformat()}</time>" if day else ""


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
    unit, source = html.escape(row["currency"] or "unit"), html.escape(row["rate_source"] or "")
    return f"{rate} euro per {unit}, {_day(row['rate_date'])}, {source}"


def _status(row: Row, shelf: Shelf) -> str:
    status = STATUSES[row["status"]]
    if row["status"] != "booked":
        return f"{status}; not counted"
    if row["commitment_id"] in shelf.counted:
        repeats = " once with what it may repeat" if row["overlaps_with"] else ""
        return f"{status}; counted{repeats}"
    has_sum = row["amount_eur"] is not None
    return f"{status}; {'counted in its whole' if has_sum else 'not counted, for want of a sum'}"


def _links(names: Iterable[str], shelf: Shelf) -> str:
    """Link to acts by what they are; one that is not here by its name alone."""
    links = [_link(name, shelf.acts.get(name)) for name in names]
    return links[0] if len(links) == 1 else f"<ul><li>{'<li>'.join(links)}</ul>" if links else ""


def _link(name: str, row: Row | None) -> str:
    if row is None:
        return html.escape(name)
    words = ", ".join([eur(row["amount_eur"]), html.escape(name_of(row["donor"])), *_about(row)])
    return f'<a href="#{anchor_of(name)}">{words}</a>'


def _about(row: Row) -> list[str]:
    words = [html.escape(scheme_of(row["mechanism"])), html.escape(_goods(row["items"]))]
    return [*filter(None, words), row["stage"], *filter(None, [_day(row["announced_on"])])]


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
    left = f'<p class="report">{count_of(more, "more text")} in the ledger.</p>' if more else ""
    return "".join(shown) + left


def _text(name: str, events: Sequence[Row], shelf: Shelf) -> str:
    first = events[0]
    document = shelf.documents[first["doc_id"]]
    title = _apart(document.title or document.id)
    address = address_of(document.url) or address_of(document.source)
    head = f'<a href="{html.escape(address)}" rel="noreferrer">{title}</a>' if address else title
    outlet = "" if document.source and address_of(document.source) else document.source
    name_of_text = document.id if document.title else ""
    about = [_apart(outlet or ""), _day(document.published), _apart(name_of_text)]
    why = _reasons(code for event in events for code in _split(event["reasons"]))
    words = excerpt(document, shelf.evidence.get((name, document.id), ()))
    return (
        f'<section class="report"><h2>{head}</h2><p class="faint">{" · ".join(filter(None, about))}</p>'
        f"<blockquote>{words}</blockquote>"
        + (f'<p class="faint">Read so because: {why}.</p>' if why else "")
        + "</section>"
    )


def _apart(words: str) -> str:
    """Keep what an outlet wrote from turning the words beside it around."""
    return f"<bdi>{html.escape(_short(words))}</bdi>" if words else ""


def _short(words: str) -> str:
    return words if len(words) <= 300 else words[:299] + "…"
