"""In: readings of many documents. Out: commitments, links between them, and where each event went."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aidlib.model import Commitment, Reading, Span, Stage
from aidlib.rates import RateTable
from aidlib.resolve.acts import build_commitment, make_slug, report_sha
from aidlib.resolve.clusters import Edge, Group, group_reports
from aidlib.resolve.reports import Report, collect_reports

__all__ = ["Link", "Placement", "Resolution", "resolve_events"]


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
    """Which commitment an event went into, and whether it is booked, proposed, a total or other."""

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


def resolve_events(
    readings: Iterable[Reading], *, recipient: str = "UKR", table: RateTable | None = None
) -> Resolution:
    """Join the events that tell of one act, and hang parts under their whole.

    Parameters
    ----------
    readings : iterable of Reading
        In any order; no document twice.
    recipient : str
        Whose books these are: acts for others get the status ``other``.

    Returns
    -------
    Resolution
        Independent of the order of the readings. What stays undecided is two commitments with
        a link ``possible_overlap``.
    """
    reports = collect_reports(readings, table=table)
    groups, undecided = group_reports(reports, table=table)
    acts = _name_acts(reports, groups, recipient)
    of_report = {reports[n].key: act for act, group in zip(acts, groups, strict=True) for n in group.members}
    parents = _find_parents(reports, of_report)
    links = _report_links(reports, groups, acts)
    links += _part_links(reports, of_report, parents)
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


def _name_acts(reports: Sequence[Report], groups: Sequence[Group], recipient: str) -> list[Commitment]:
    acts, taken = [], set()
    for group in groups:
        members = [reports[n] for n in group.members]
        act = build_commitment(members, "", recipient)
        name = make_slug(act, members[0])
        # Acts of unknown donors collide by chance: their names must not depend on each other.
        if name in taken or act.donor is None:
            name = f"{name}-{report_sha(members[0])}"
        taken.add(name)
        acts.append(replace(act, commitment_id=name))
    return acts


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
        reached = reports[group.members[0]].event.stage
        for n in group.members[1:]:
            report, edge = reports[n], group.why.get(n)
            cues = edge.cues if edge else ("same_group",)
            kind = "restates"
            if "sum_amended" in cues:
                kind = "supersedes"
            elif report.event.stage.rank >= Stage.DISBURSED.rank > reached.rank:
                kind = "delivers"
            reached = max(reached, report.event.stage, key=lambda stage: stage.rank)
            links.append(_link(kind, _reference(report), act.commitment_id, report, "+".join(cues)))
    return links


def _find_parents(
    reports: Sequence[Report], of_report: Mapping[tuple[str, int], Commitment]
) -> dict[str, str]:
    """Whole of each part, as most of its reports say; running totals are no whole."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        target = of_report.get((report.document.id, _parent_index(report)))
        own = of_report[report.key]
        if target and target.commitment_id != own.commitment_id and target.status != "total":
            votes[own.commitment_id][target.commitment_id] += 1
    parents = {own: max(sorted(found), key=lambda name: found[name]) for own, found in votes.items()}
    for name in sorted(parents):
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
    reports: Sequence[Report], of_report: Mapping[tuple[str, int], Commitment], parents: Mapping[str, str]
) -> list[Link]:
    links = []
    for report in reports:
        own = of_report[report.key].commitment_id
        whole = of_report.get((report.document.id, _parent_index(report)))
        if whole and parents.get(own) == whole.commitment_id:
            links.append(_link("part_of", own, whole.commitment_id, report, "said_by_the_text"))
    return links


def _overlap_links(
    reports: Sequence[Report],
    of_report: Mapping[tuple[str, int], Commitment],
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
    overlaps = tuple(sorted(others.get(act.commitment_id, ())))
    reasons = act.reasons + (("may_repeat_another",) if overlaps else ())
    return replace(act, part_of=parents.get(act.commitment_id), overlaps_with=overlaps, reasons=reasons)


def _neighbours(overlaps: Sequence[Link]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for link in overlaps:
        found[link.from_id].add(link.to_id)
        found[link.to_id].add(link.from_id)
    return found
