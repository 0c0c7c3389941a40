"""In: readings of many documents. Out: commitments, links between them, and where each event went."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from aidlib.model import Commitment, Reading, Span, Stage
from aidlib.rates import RateTable, default_rates
from aidlib.resolve.acts import build_commitment, make_slug, report_sha
from aidlib.resolve.clusters import Edge, Group, group_reports
from aidlib.resolve.constraints import Constraints, Key
from aidlib.resolve.reports import Report, collect_reports, make_report

__all__ = ["Link", "Placement", "Resolution", "resolve_events"]

DISBURSED = Stage.DISBURSED.rank


@dataclass(frozen=True, slots=True)
class Link:
    """One tie of the claim graph, with the words it rests on.

    ``kind`` is ``restates``, ``delivers`` or ``supersedes`` (a report, ``document#index``, to its
    commitment), ``part_of`` or ``possible_overlap`` (a commitment to another).
    """

    kind: str
    from_id: str
    to_id: str
    doc_id: str
    event_index: int
    span: Span | None
    reason: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Which commitment an event went into, and whether it is booked, proposed, a total, other or dropped."""

    doc_id: str
    event_index: int
    commitment_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Events of many documents as acts; ``reports`` has a row for every event."""

    commitments: tuple[Commitment, ...]
    links: tuple[Link, ...]
    reports: tuple[Placement, ...]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause the search for cycles: none are made here, and it would visit every report again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collector()
def resolve_events(
    readings: Iterable[Reading],
    *,
    recipient: str = "UKR",
    table: RateTable | None = None,
    constraints: Constraints = Constraints(),  # noqa: B008  # it is frozen, and says nothing
) -> Resolution:
    """Join the events that tell of one act, and hang parts under their whole.

    Parameters
    ----------
    readings : iterable of Reading
        In any order; no document twice.
    recipient : str
        Whose books these are: acts for others get the status ``other``.
    constraints : Constraints
        What people have decided of single reports.

    Returns
    -------
    Resolution
        Independent of the order of the readings. What stays undecided is two commitments with
        a link ``possible_overlap``.
    """
    reports = collect_reports(readings, table=table)
    groups, undecided = group_reports(reports, table=table, constraints=constraints)
    named = _as_told(reports, constraints, table or default_rates())
    acts = _name_acts(reports, groups, recipient, named, constraints)
    of_report = {reports[n].key: act for act, group in zip(acts, groups, strict=True) for n in group.members}
    parents = _find_parents(reports, of_report, constraints)
    links = _report_links(reports, groups, acts)
    links += _part_links(reports, of_report, parents, constraints)
    overlaps = _overlap_links(reports, of_report, undecided, parents)
    others = _neighbours(overlaps)
    done = [_tie(act, parents, others) for act in acts]
    placed = [
        Placement(*report.key, of_report[report.key].commitment_id, of_report[report.key].status)
        for report in reports
    ]
    return Resolution(
        tuple(sorted(done, key=lambda act: act.commitment_id)),
        tuple(sorted(links + overlaps, key=lambda k: (k.kind, k.from_id, k.to_id, k.doc_id, k.event_index))),
        tuple(sorted(placed, key=lambda row: (row.doc_id, row.event_index))),
    )


def _as_told(reports: Sequence[Report], constraints: Constraints, table: RateTable) -> dict[Key, Report]:
    """Give the report that each is named by: as the text told it, or that of the one it stands in for."""
    told = {
        report.key: make_report(report.document, report.index, constraints.told[report.key], table)
        if report.key in constraints.told
        else report
        for report in reports
    }
    return told | {own: told[other] for own, other in constraints.stand_ins.items() if other in told}


def _name_acts(
    reports: Sequence[Report],
    groups: Sequence[Group],
    recipient: str,
    named: Mapping[Key, Report],
    constraints: Constraints,
) -> list[Commitment]:
    acts: list[Commitment] = []
    taken: set[str] = set()
    for group in groups:
        members = [reports[n] for n in group.members]
        own = next((one.key for one in members if one.key not in constraints.set_off), members[0].key)
        name = _free_name(named[own], make_slug(named[own]), taken, is_shared=own in constraints.set_off)
        taken.add(name)
        act = build_commitment(members, name, recipient)
        acts.append(replace(act, status="dropped") if own in constraints.dropped else act)
    return [_add_aliases(act, named, taken, constraints.set_off) for act in acts]


def _free_name(report: Report, slug: str, taken: set[str], *, is_shared: bool = False) -> str:
    # Acts of unknown donors collide by chance: their names must not depend on each other.
    if is_shared or slug in taken or report.event.donor is None:
        return f"{slug}-{report_sha(report)}"
    return slug


def _add_aliases(
    act: Commitment, named: Mapping[Key, Report], taken: set[str], set_off: frozenset[Key]
) -> Commitment:
    """Add the names that an act has while its first reports are not yet known."""
    found: list[str] = []
    for key in act.reports:
        slug = make_slug(named[key])
        if key in set_off or slug == act.commitment_id:
            continue
        # A name that an act has, or an alias of one before, is never that of another.
        name = _free_name(named[key], slug, taken)
        if name not in (act.commitment_id, *found):
            found.append(name)
    taken.update(found)
    return replace(act, aliases=tuple(sorted(found))) if found else act


def _reference(report: Report) -> str:
    return f"{report.document.id}#{report.index}"


def _span(report: Report) -> Span | None:
    return report.event.evidence[0] if report.event.evidence else None


def _link(kind: str, from_id: str, to_id: str, report: Report, reason: str) -> Link:
    return Link(kind, from_id, to_id, *report.key, _span(report), reason)


def _report_links(
    reports: Sequence[Report], groups: Sequence[Group], acts: Sequence[Commitment]
) -> list[Link]:
    """Say of each report but an act's first what it does to the act: repeat, deliver or amend it."""
    links = []
    for act, group in zip(acts, groups, strict=True):
        reached = reports[group.members[0]].rank
        for n in group.members[1:]:
            report, edge = reports[n], group.why.get(n)
            cues = edge.cues if edge else ("same_group",)
            kind = "restates"
            if "sum_amended" in cues:
                kind = "supersedes"
            elif report.rank >= DISBURSED > reached:
                kind = "delivers"
            reached = max(reached, report.rank)
            links.append(_link(kind, _reference(report), act.commitment_id, report, "+".join(cues)))
    return links


def _find_parents(
    reports: Sequence[Report], of_report: Mapping[Key, Commitment], constraints: Constraints
) -> dict[str, str]:
    """Whole of each part, as people or else most of its reports say; running totals are no whole."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    decided: dict[str, str | None] = {}
    for report in reports:
        if report.event.part_of is None and report.key not in constraints.wholes:
            continue
        target = of_report.get((report.document.id, _parent_index(report)))
        own = of_report[report.key].commitment_id
        if target and target.commitment_id != own and target.status not in ("total", "dropped"):
            votes[own][target.commitment_id] += 1
        if report.key in constraints.wholes:
            whole = of_report.get(constraints.wholes[report.key][0] or ("", -1))
            decided[own] = whole.commitment_id if whole and whole.commitment_id != own else None
    said = {own: max(sorted(found), key=lambda name: found[name]) for own, found in votes.items()}
    parents = {own: whole for own, whole in (said | decided).items() if whole is not None}
    # Where wholes run in a circle, what a text says gives way to what people have decided.
    for name in sorted(parents, key=lambda name: (name in decided, name)):
        _cut_cycle(name, parents)
    return parents


def _parent_index(report: Report) -> int:
    return -1 if report.event.part_of is None else report.event.part_of


def _cut_cycle(own: str, parents: dict[str, str]) -> None:
    seen, at = {own}, parents.get(own)
    while at is not None:
        if at in seen:
            del parents[own]
            return
        seen.add(at)
        at = parents.get(at)


def _part_links(
    reports: Sequence[Report],
    of_report: Mapping[Key, Commitment],
    parents: Mapping[str, str],
    constraints: Constraints,
) -> list[Link]:
    links = []
    for report in reports:
        if report.event.part_of is None and report.key not in constraints.wholes:
            continue
        own = of_report[report.key].commitment_id
        said = (report.document.id, _parent_index(report)), "said_by_the_text"
        for key, why in (said, constraints.wholes.get(report.key, said)):
            whole = of_report.get(key or ("", -1))
            if whole and parents.get(own) == whole.commitment_id:
                links.append(_link("part_of", own, whole.commitment_id, report, why))
    return list(dict.fromkeys(links))


def _overlap_links(
    reports: Sequence[Report],
    of_report: Mapping[Key, Commitment],
    undecided: Sequence[Edge],
    parents: Mapping[str, str],
) -> list[Link]:
    links: dict[tuple[str, str], Link] = {}
    for edge in undecided:
        left, right = (of_report[reports[n].key] for n in (edge.left, edge.right))
        pair = left.commitment_id, right.commitment_id
        is_nested = parents.get(pair[0]) == pair[1] or parents.get(pair[1]) == pair[0]
        if left.status == right.status == "booked" and not is_nested:
            links.setdefault(pair, _link("possible_overlap", *pair, reports[edge.right], "+".join(edge.cues)))
    return list(links.values())


def _tie(act: Commitment, parents: Mapping[str, str], others: Mapping[str, set[str]]) -> Commitment:
    if act.commitment_id not in parents and act.commitment_id not in others:
        return act
    overlaps = tuple(sorted(others.get(act.commitment_id, ())))
    reasons = act.reasons + (("may_repeat_another",) if overlaps else ())
    return replace(act, part_of=parents.get(act.commitment_id), overlaps_with=overlaps, reasons=reasons)


def _neighbours(overlaps: Sequence[Link]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for link in overlaps:
        found[link.from_id].add(link.to_id)
        found[link.to_id].add(link.from_id)
    return found
