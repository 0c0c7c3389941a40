"""In: readings of many documents. Out: the ledger, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from aidlib.ledger.columns import STAGES, make_table
from aidlib.ledger.correcting import Plan, narrow, plan_corrections
from aidlib.ledger.corrections import Correction
from aidlib.ledger.totals import total_commitments
from aidlib.ledger.valuing import Valued, Valuer
from aidlib.model import Commitment, Document, Event, Item, Reading, Span
from aidlib.rates import Policy, RateTable, default_rates
from aidlib.resolve import Link, Placement, Resolution, resolve_events
from aidlib.resolve.copies import count_voices, find_copies
from aidlib.resolve.reports import stated_interval

__all__ = ["Ledger", "build_ledger"]

# What a mention that overlaps the evidence supports; the rest is the statement itself.
FIELDS = {
    "money": "amount",
    "party": "donor",
    "stage": "stage",
    "date": "date",
    "item": "items",
    "mechanism": "mechanism",
}


@dataclass(frozen=True)
class Ledger:
    """The books: every table that ``aidlib ledger`` writes, as a data frame.

    Money columns hold Decimal or None. What every column means stands in the ``datapackage.json``
    that ``write_ledger`` writes, and in the README.

    Attributes
    ----------
    commitments : DataFrame
        A row an act, whether booked or not (``status``).
    events, reports : DataFrame
        A row an event: what it says, and the act that it tells of.
    links : DataFrame
        What one report or act does to another: repeats it, is part of it, delivers it.
    evidence : DataFrame
        A row a quote, with its place in the document and the field that it supports.
    totals : DataFrame
        The booked acts by donor, as ``build_totals`` gives them.
    quarantine, corrections : DataFrame
        What could not be read; what people have decided, and what became of it.
    recipient : str
        Whose books these are.
    policy, fixed_day, rates : str, date or None, str
        How sums were converted, and the name of the table of rates.
    """

    commitments: pd.DataFrame
    events: pd.DataFrame
    reports: pd.DataFrame
    links: pd.DataFrame
    evidence: pd.DataFrame
    totals: pd.DataFrame
    quarantine: pd.DataFrame
    recipient: str = "UKR"
    policy: Policy = "announcement"
    fixed_day: date | None = None
    rates: str = ""
    corrections: pd.DataFrame = field(default_factory=lambda: make_table("corrections", []))

    def __repr__(self) -> str:
        booked = int((self.commitments["status"] == "booked").sum())
        return f"Ledger of {self.recipient}: {len(self.commitments)} acts, {booked} of them booked"


def build_ledger(
    readings: Iterable[Reading],
    *,
    set_aside: Iterable[Any] = (),
    recipient: str = "UKR",
    policy: Policy = "announcement",
    fixed_day: date | None = None,
    table: RateTable | None = None,
    corrections: Iterable[Correction] = (),
    keep: Callable[[Document, Event], bool] | None = None,
) -> Ledger:
    """Build the books from readings.

    Parameters
    ----------
    readings : iterable of Reading
        In any order. Of a document met twice the first is kept, the other set aside.
    set_aside : iterable of SetAside
        Documents that could not be read, for the quarantine table.
    recipient : str
        Whose books these are.
    policy, fixed_day, table
        How sums are converted: see ``convert_money``.
    corrections : iterable of Correction
        What people have decided, in any order: see ``read_corrections``.
    keep : callable, optional
        Takes a document and an event, as corrected, and says whether it is wanted; all if left out.

    Returns
    -------
    Ledger
        A row in ``events`` and ``reports`` for every event; nothing is dropped. A sum without a
        rate, or of an unknown donor, stays with its reason, and its ``amount_eur`` is empty. What
        became of each correction stands in ``corrections``.
    """
    kept, quarantine = _once(readings, set_aside)
    plan = plan_corrections(kept, corrections, recipient=recipient, table=table)
    plan = narrow(plan, keep) if keep else plan
    kept = plan.readings
    resolution = resolve_events(kept.values(), recipient=recipient, table=table, constraints=plan.constraints)
    valuer = Valuer(policy, fixed_day, table)
    valued = [_value_act(act, kept, valuer) for act in resolution.commitments]
    copies = find_copies(reading.document for reading in kept.values())
    acts = [_voiced(_mark(act, plan), kept, copies) for act in _flag_parts(valued)]
    commitments = make_table("commitments", [_commitment_row(act) for act in acts])
    return Ledger(
        commitments=commitments,
        events=make_table("events", _event_rows(kept, resolution, valuer)),
        reports=make_table("reports", [asdict(placed) for placed in resolution.reports]),
        links=make_table("links", _link_rows(kept, resolution, copies)),
        evidence=make_table("evidence", _evidence_rows(kept, resolution)),
        totals=total_commitments(commitments, by=["donor"]),
        quarantine=make_table("quarantine", quarantine),
        recipient=recipient,
        policy=policy,
        fixed_day=fixed_day,
        rates=(table or default_rates()).source,
        corrections=make_table("corrections", plan.rows),
    )


def _once(
    readings: Iterable[Reading], set_aside: Iterable[Any]
) -> tuple[dict[str, Reading], list[dict[str, Any]]]:
    kept: dict[str, Reading] = {}
    quarantine = [asdict(item) for item in set_aside]
    for reading in readings:
        name = reading.document.id
        if name in kept:
            quarantine.append(_twice(reading))
        else:
            kept[name] = reading
    return kept, quarantine


def _twice(reading: Reading) -> dict[str, Any]:
    name = reading.document.id
    return {
        "id": name,
        "path": reading.document.source,
        "line": None,
        "error": "ReadError",
        "what": f"id {name!r} is met twice",
        "where": name,
        "fix": "Give every document an id of its own.",
    }


def _event(kept: Mapping[str, Reading], report: tuple[str, int]) -> Event:
    return kept[report[0]].events[report[1]]


def _value_act(act: Commitment, kept: Mapping[str, Reading], valuer: Valuer) -> Commitment:
    events = [_event(kept, report) for report in act.reports]
    candidates = next(
        (e.currency_candidates for e in events if e.amount == act.amount and not e.currency), ()
    )
    valued = valuer.value(
        act.amount,
        act.currency,
        act.announced_on,
        modifier=act.modifier,
        low=act.amount_low,
        high=act.amount_high,
        candidates=candidates,
        donor=act.donor,
    )
    return replace(act, **{**asdict(valued), "reasons": _once_each(act.reasons + valued.reasons)})


def _mark(act: Commitment, plan: Plan) -> Commitment:
    marks = {mark for report in act.reports for mark in plan.marks.get(report, ())}
    return replace(act, reasons=act.reasons + tuple(sorted(marks)))


def _voiced(act: Commitment, kept: Mapping[str, Reading], copies: Mapping[str, str]) -> Commitment:
    """Count the outlets that report an act; those that print copies of one text are one voice."""
    names = dict.fromkeys(doc_id for doc_id, _ in act.reports)
    if copies.keys().isdisjoint(names):
        return act
    return replace(act, n_outlets=count_voices([kept[name].document for name in names], copies))


def _once_each(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))


def _flag_parts(acts: Sequence[Commitment]) -> list[Commitment]:
    """Flag parts that exceed their whole, and wholes that their parts exceed together."""
    by_id = {act.commitment_id: act for act in acts}
    sums: dict[str, Any] = {}
    for act in acts:
        if act.part_of and act.amount_eur_low is not None and act.status == "booked":
            sums[act.part_of] = sums.get(act.part_of, 0) + act.amount_eur_low
    flagged = []
    for act in acts:
        whole = by_id.get(act.part_of or "")
        ceiling = whole.amount_eur_high if whole else None
        more: tuple[str, ...] = ()
        if ceiling is not None and act.amount_eur_low is not None and act.amount_eur_low > ceiling:
            more += ("part_exceeds_whole",)
        if act.amount_eur_high is not None and sums.get(act.commitment_id, 0) > act.amount_eur_high:
            more += ("parts_exceed_whole",)
        flagged.append(replace(act, reasons=act.reasons + more))
    return flagged


def _joined(values: Iterable[str]) -> str:
    return "|".join(values)


def _goods(items: Iterable[Item]) -> str:
    return _joined(
        item.item + ("" if item.quantity is None else f":{_number(item.quantity)}") for item in items
    )


def _number(value: int | float) -> str:
    return f"{int(value)}" if value == int(value) else f"{value}"


def _commitment_row(act: Commitment) -> dict[str, Any]:
    reached = dict(act.stage_dates)
    row = {name: getattr(act, name) for name in act.__dataclass_fields__}
    return row | {
        **{f"{stage}_on": reached.get(stage) for stage in STAGES},
        "donors": _joined(act.donors),
        "stage": act.stage.value,
        "aid_type": act.aid_type.value if act.aid_type else None,
        "overlaps_with": _joined(act.overlaps_with),
        "items": _goods(act.items),
        "aliases": _joined(act.aliases),
        "reasons": _joined(act.reasons),
    }


def _event_rows(kept: Mapping[str, Reading], resolution: Resolution, valuer: Valuer) -> list[dict[str, Any]]:
    return [_event_row(kept[placed.doc_id], placed, valuer) for placed in resolution.reports]


def _event_row(reading: Reading, placed: Placement, valuer: Valuer) -> dict[str, Any]:
    document, event = reading.document, reading.events[placed.event_index]
    day, how = _booked_day(event, document.published)
    valued = valuer.value(
        event.amount,
        event.currency,
        day,
        modifier=event.modifier,
        low=event.low,
        high=event.high,
        candidates=event.currency_candidates,
        donor=event.donor,
    )
    row = {name: getattr(event, name) for name in event.__dataclass_fields__}
    row |= asdict(placed) | _valued_columns(valued) | _words(reading, _first_span(event))
    return row | {
        "source": document.source,
        "url": document.url,
        "title": document.title,
        "published": document.published,
        "donors": _joined(event.donors or ()),
        "aid_type": event.aid_type.value if event.aid_type else None,
        "stage": event.stage.value,
        "booked_on": day,
        "booked_how": how,
        "amount_alt": _joined(
            f"{other.amount:f} {other.currency or ''}".strip() for other in event.amount_alt
        ),
        "items": _goods(event.items),
        "reasons": _joined(dict.fromkeys(event.reasons + valued.reasons)),
    }


def _valued_columns(valued: Valued) -> dict[str, Any]:
    columns = asdict(valued)
    del columns["reasons"]
    return columns


def _booked_day(event: Event, published: date | None) -> tuple[date | None, str]:
    stated = stated_interval(event)
    if stated:
        first, last = stated
        return (last if published is None else max(first, min(last, published))), "stated"
    return published, "inferred" if published else "unknown"


def _first_span(event: Event) -> Span | None:
    return event.evidence[0] if event.evidence else None


def _words(reading: Reading, span: Span | None) -> dict[str, Any]:
    if span is None:
        return {"start": None, "end": None, "quote": None}
    return {"start": span.start, "end": span.end, "quote": reading.document.quote(span)}


def _link_rows(
    kept: Mapping[str, Reading], resolution: Resolution, copies: Mapping[str, str]
) -> list[dict[str, Any]]:
    copied = [
        Link(
            "copies",
            f"{placed.doc_id}#{placed.event_index}",
            placed.commitment_id,
            placed.doc_id,
            placed.event_index,
            _first_span(kept[placed.doc_id].events[placed.event_index]),
            f"same_text+{copies[placed.doc_id]}",
        )
        for placed in resolution.reports
        if placed.doc_id in copies
    ]
    return [
        {name: getattr(link, name) for name in link.__dataclass_fields__ if name != "span"}
        | _words(kept[link.doc_id], link.span)
        for link in (*resolution.links, *copied)
    ]


def _evidence_rows(kept: Mapping[str, Reading], resolution: Resolution) -> list[dict[str, Any]]:
    rows = []
    for placed in resolution.reports:
        reading = kept[placed.doc_id]
        for span in reading.events[placed.event_index].evidence:
            rows.append(
                {
                    "commitment_id": placed.commitment_id,
                    "field": _field_of(reading, span),
                    "doc_id": placed.doc_id,
                    "sha256": reading.document.sha256,
                    **_words(reading, span),
                }
            )
    return sorted(rows, key=lambda row: (row["commitment_id"], row["doc_id"], row["start"], row["end"]))


def _field_of(reading: Reading, span: Span) -> str:
    """Name what a span supports: that of a mention it equals or lies in, else the statement."""
    for mention in reading.mentions:
        if mention.span.holds(span):
            return FIELDS.get(mention.kind, "statement")
    return "statement"
