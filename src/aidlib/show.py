"""In: a document or a reading. Out: its evidence as a page or as lines: marked text, events, quotes.

The pages are static: no script, no style block, only styles that JupyterLab leaves in an untrusted
notebook ("color:inherit" is not one of them, and <mark> would need it), translucent colours that serve in
light and dark, and a letter and a line under each mention for those who see grey.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

import click

from aidlib.events import build_events
from aidlib.model import Amount, Commitment, Decision, Document, Event, Mention, Money, Reading, Span, When

__all__ = ["display", "explain", "html_of", "page_of", "text_of"]

KINDS = {
    "money": ("M", "rgba(46,139,87,.30)", "solid 2px", "green"),
    "date": ("D", "rgba(70,130,200,.28)", "dotted 2px", "blue"),
    "party": ("P", "rgba(220,150,30,.28)", "dashed 2px", "yellow"),
    "item": ("I", "rgba(150,90,190,.26)", "double 3px", "magenta"),
    "mechanism": ("S", "rgba(200,70,70,.26)", "solid 1px", "red"),
    "stage": ("V", "rgba(0,150,160,.26)", "dotted 1px", "cyan"),
    "cue": ("C", "rgba(128,128,128,.25)", "dashed 1px", "white"),
}
"""Letter, colour, line and terminal colour of each kind; an earlier one wins where mentions overlap."""
LABELS = {"mechanism": "scheme", "stage": "verb of a stage"}
CELL = "padding:.25em .6em;vertical-align:top;text-align:left;border-bottom:1px solid rgba(128,128,128,.4)"
PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    "</head>\n"
    '<body style="max-width:70em;margin:1em auto;padding:0 1em;font-family:sans-serif;'
    'overflow-wrap:break-word">'
    "\n{body}\n</body></html>\n"
)


def explain(reading: Reading) -> list[str]:
    """Say of every sum of money, in one line, whether it is booked and why.

    Examples
    --------
    >>> explain(Reading(Document.from_text("Nothing to report.")))
    ['no sum of money in this text']
    """
    decided = {decision.mention: decision for decision in reading.decisions}
    lines = []
    for index, mention in enumerate(reading.money):
        decision = decided.get(index)
        verdict = _words(decision.verdict) if decision else "not decided"
        event = f", event {decision.event}" if decision and decision.event is not None else ""
        because = _because(reading, decision)
        lines.append(
            f"{mention.quote!r} (chars {mention.start}-{mention.end}) "
            f"= {meaning_of(mention)}: {verdict}{event}{because}"
        )
    return lines or ["no sum of money in this text"]


def _because(reading: Reading, decision: Decision | None) -> str:
    if decision is None:
        return ""
    codes = list(decision.reasons)
    if decision.event is not None:
        codes += reading.events[decision.event].reasons
    why = [_words(code) for code in dict.fromkeys(codes) if code not in (decision.verdict, "booked")]
    return f"; because: {', '.join(why)}" if why else ""


def meaning_of(mention: Mention) -> str:
    """Say what a mention was read as.

    Examples
    --------
    >>> meaning_of(Mention("money", Span(0, 4), "€2 m", Money(Decimal("2e6"), "EUR", "up_to")))
    '2,000,000 EUR, up to'
    """
    value = mention.value
    if isinstance(value, Money):
        return _money_words(value)
    if isinstance(value, When):
        until = f" to {value.end}" if value.end and value.end != value.start else ""
        return f"{value.start}{until}, {value.precision}, {value.how}"
    return str(getattr(value, "key", value))


def _money_words(money: Money) -> str:
    parts = [_sum_words(money.amount, money.currency or "/".join(money.candidates) or "currency unknown")]
    if money.modifier == "range" and money.low is not None and money.high is not None:
        parts.append(f"from {money.low:,f} to {money.high:,f}")
    elif money.modifier != "exact":
        parts.append(_words(money.modifier))
    if money.converts is not None:
        parts.append(f"restates sum {money.converts}")
    if money.part_of is not None:
        parts.append(f"part of sum {money.part_of}")
    return ", ".join(parts)


def _sum_words(amount: Decimal, currency: str | None) -> str:
    return f"{amount.normalize():,f} {currency or 'currency unknown'}"


def _words(code: str) -> str:
    return code.replace("_", " ")


def segments(reading: Reading) -> Iterator[tuple[int, int, tuple[Mention, ...]]]:
    """Cut a text where mentions start and end: start, end, and the mentions that cover the piece."""
    order = list(KINDS)
    mentions = [m for m in reading.mentions if m.start < m.end]
    cuts = sorted({0, len(reading.document.text), *(m.start for m in mentions), *(m.end for m in mentions)})
    for start, end in zip(cuts, cuts[1:], strict=False):
        over = [m for m in mentions if m.start <= start and end <= m.end]
        over.sort(key=lambda m: order.index(m.kind) if m.kind in KINDS else len(order))
        yield start, end, tuple(over)


def facts_of(event: Event) -> list[tuple[str, str]]:
    """List the fields of an event that are known, in words, in the order of the record."""
    donor = event.donor or "donor unknown"
    if event.donors:
        donor += f" ({', '.join(event.donors)})"
    sums = [_sum_words(event.amount, event.currency)] if event.amount is not None else ["no sum"]
    sums += [f"= {_sum_words(a.amount, a.currency)}" for a in event.amount_alt]
    if event.low is not None and event.high is not None:
        sums.append(f"from {event.low:,f} to {event.high:,f}")
    elif event.modifier not in ("exact", "none"):
        sums.append(_words(event.modifier))
    goods = ", ".join(f"{i.quantity:g} {i.item}" if i.quantity is not None else i.item for i in event.items)
    until = f" to {event.date_end}" if event.date_end else ""
    marks = [
        "running total, never added" if event.is_cumulative_total else "",
        "background" if event.about_past else "news",
        f"part of event {event.part_of}" if event.part_of is not None else "",
    ]
    facts = [
        ("who", f"{donor} to {event.recipient or 'recipient unknown'}"),
        ("through", event.channel or ""),
        ("sum", ", ".join(sums)),
        ("stage", event.stage.value),
        ("kind", event.aid_type.value if event.aid_type else ""),
        ("mechanism", _words(event.mechanism or "")),
        ("when", f"{event.date}{until}" if event.date else ""),
        ("goods", goods),
        ("books", ", ".join(mark for mark in marks if mark)),
        ("why", ", ".join(map(_words, event.reasons))),
    ]
    return [(name, value) for name, value in facts if value]


def html_of(reading: Reading) -> str:
    """Give the evidence of a reading as static HTML: the text with its marks, then the events."""
    document = reading.document
    about = [document.id, document.published.isoformat() if document.published else "", document.source or ""]
    head = " · ".join(html.escape(part) for part in about if part)
    title = f"<strong>{html.escape(document.title)}</strong><br>" if document.title else ""
    body = "".join(_piece(reading, *segment) for segment in segments(reading))
    return (
        f'<div class="aidlib" style="line-height:1.6">'
        f'<p style="margin:.3em 0">{title}<small>{head}</small></p>{_legend(reading)}'
        f'<div style="white-space:pre-wrap;border:1px solid rgba(128,128,128,.4);padding:.6em">{body}</div>'
        f"{_events_table(reading)}{_decisions_list(reading)}</div>"
    )


def _piece(reading: Reading, start: int, end: int, over: tuple[Mention, ...]) -> str:
    words = html.escape(reading.document.text[start:end])
    if not over:
        return words
    starting = dict.fromkeys(m.kind for m in over if m.start == start)
    letter = "".join(KINDS.get(kind, KINDS["cue"])[0] for kind in starting)
    tag = f'<sup style="font-size:.65em;opacity:.8">{letter}</sup>' if letter else ""
    title = html.escape("; ".join(f"{LABELS.get(m.kind, m.kind)}: {meaning_of(m)}" for m in over), quote=True)
    return f'<span title="{title}" style="{_mark_style(over[0].kind)}">{tag}{words}</span>'


def _mark_style(kind: str) -> str:
    _, colour, line, _ = KINDS.get(kind, KINDS["cue"])
    return f"background-color:{colour};border-bottom:{line}"


def _legend(reading: Reading) -> str:
    present = [kind for kind in KINDS if any(m.kind == kind for m in reading.mentions)]
    marks = [
        f'<span style="{_mark_style(kind)}"><sup>{KINDS[kind][0]}</sup>{LABELS.get(kind, kind)}</span>'
        for kind in present
    ]
    return f'<p style="margin:.3em 0"><small>Marked: {" ".join(marks) or "nothing"}</small></p>'


def _events_table(reading: Reading) -> str:
    if not reading.events:
        return "<p>No event: nobody is said to have given, promised or planned anything.</p>"
    rows = []
    for index, event in enumerate(reading.events):
        quotes = "<br>".join(f"“{_quote_html(reading.document, q, event)}”" for q in quotes_of(event))
        facts = "".join(f"<div><small>{n}</small> {html.escape(v)}</div>" for n, v in facts_of(event))
        rows.append(
            f'<tr><th scope="row" style="{CELL}">{index}</th>'
            f'<td style="{CELL};min-width:11em">{quotes}</td>'
            f'<td style="{CELL};min-width:9em">{facts}</td></tr>'
        )
    heads = "".join(
        f'<th scope="col" style="{CELL}">{name}</th>' for name in ("Event", "The text says", "Read as")
    )
    return (
        '<table style="border-collapse:collapse;font-size:.85em;margin:.6em 0">'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def quotes_of(event: Event) -> list[Span]:
    """List the widest spans of an event's evidence; what lies within another is shown with it."""
    spans = list(dict.fromkeys(event.evidence))
    return [span for span in spans if not any(other != span and other.holds(span) for other in spans)]


def _quote_html(document: Document, quote: Span, event: Event) -> str:
    """Give a quote with the words of the evidence within it in bold."""
    inner = sorted(span for span in set(event.evidence) if span != quote and quote.holds(span))
    at, parts = quote.start, []
    for span in inner:
        if span.start >= at:
            words = html.escape(document.quote(span))
            parts += [html.escape(document.text[at : span.start]), f"<strong>{words}</strong>"]
            at = span.end
    return "".join([*parts, html.escape(document.text[at : quote.end])])


def _decisions_list(reading: Reading) -> str:
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in explain(reading))
    return f"<details><summary>Every sum, and why it is booked or not</summary><ul>{lines}</ul></details>"


def page_of(readings: Iterable[Reading]) -> str:
    """Give a whole page with the evidence of several readings."""
    shown = list(readings)
    title = (shown[0].document.title or shown[0].document.id) if shown else "Nothing read"
    return whole_page(title, "\n<hr>\n".join(map(html_of, shown)))


def whole_page(title: str, body: str) -> str:
    """Put HTML into a page of its own that needs nothing else."""
    return PAGE.format(title=html.escape(title), body=body)


def text_of(reading: Reading, *, colour: bool = True) -> str:
    """Give the evidence for a terminal; without colour, mentions stand in brackets with their letter."""
    document = reading.document
    about = [document.title or document.id, document.published, document.source]
    lines = [_style(" · ".join(str(part) for part in about if part), colour, bold=True), ""]
    lines.append(
        "".join(_terminal_piece(reading, colour, *segment) for segment in segments(reading)).rstrip()
    )
    for index, event in enumerate(reading.events):
        lines += ["", _style(f"Event {index}", colour, bold=True)]
        lines += [f"  “{printable(document.quote(span))}”" for span in quotes_of(event)]
        lines += [f"  {name:<10} {value}" for name, value in facts_of(event)]
    lines += ["", _style("Sums", colour, bold=True), *(f"  {printable(line)}" for line in explain(reading))]
    return "\n".join(lines)


def _terminal_piece(reading: Reading, colour: bool, start: int, end: int, over: tuple[Mention, ...]) -> str:
    words = printable(reading.document.text[start:end])
    if not over:
        return words
    if colour:
        return click.style(words, fg=KINDS.get(over[0].kind, KINDS["cue"])[3], underline=True)
    opening = "".join(f"[{KINDS.get(m.kind, KINDS['cue'])[0]}:" for m in over if m.start == start)
    return opening + words + "]" * sum(m.end == end for m in over)


def _style(words: str, colour: bool, **how: Any) -> str:
    return click.style(printable(words), **how) if colour else printable(words)


def printable(words: str) -> str:
    r"""Show control characters by their code, so that a text cannot steer the terminal.

    Examples
    --------
    >>> printable("a\x1b[2Jb\n")
    'a\\x1b[2Jb\n'
    """
    return "".join(
        c if c.isprintable() or c in "\n\t\u00a0\u2011\u202f\u2009\u3000" else repr(c)[1:-1] for c in words
    )


def facts_html(facts: Iterable[tuple[str, str]]) -> str:
    """Give names and values as a table."""
    rows = "".join(
        f'<tr><th scope="row" style="{CELL}">{html.escape(name)}</th>'
        f'<td style="{CELL}">{html.escape(value)}</td></tr>'
        for name, value in facts
    )
    return f'<table style="border-collapse:collapse"><tbody>{rows}</tbody></table>'


def _mention_html(mention: Mention) -> str:
    return (
        f'<span style="{_mark_style(mention.kind)}">{html.escape(mention.quote)}</span> '
        f"{html.escape(LABELS.get(mention.kind, mention.kind))}: {html.escape(meaning_of(mention))}"
    )


def commitment_facts(commitment: Commitment) -> list[tuple[str, str]]:
    shown = ((name, getattr(commitment, name)) for name in commitment.__dataclass_fields__)
    return [(_words(name), _value_words(value)) for name, value in shown if value not in (None, (), "")]


def _value_words(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, tuple):
        return ", ".join(_value_words(part) for part in value)
    if isinstance(value, Amount):
        return _sum_words(value.amount, value.currency)
    return str(getattr(value, "item", value))


DISPLAYS: dict[Any, Callable[[Any], str]] = {
    Document: lambda document: html_of(build_events(document)),
    Reading: html_of,
    Event: lambda event: facts_html(facts_of(event)),
    Mention: _mention_html,
    Commitment: lambda commitment: facts_html(commitment_facts(commitment)),
}


def display(record: Any) -> str:
    """Give the notebook display of a record."""
    return DISPLAYS[type(record)](record)


def register_displays() -> None:
    """Give the records of the model their notebook display; the model itself draws nothing."""
    for record in DISPLAYS:
        record._repr_html_ = display


register_displays()
