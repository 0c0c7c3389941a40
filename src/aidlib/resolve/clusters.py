"""In: reports in order of telling. Out: groups that tell of one act, and pairs left undecided."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aidlib.model import Stage
from aidlib.rates import RateTable
from aidlib.resolve.constraints import Constraints, Key
from aidlib.resolve.match import SCHEMES, match_accept, match_doubt, match_reports
from aidlib.resolve.reports import Report

__all__ = ["Edge", "Group", "group_reports"]

# Reports of one block are compared with the nearest told before them: cost grows linearly.
NEAREST = {"sum": 12, "total": 12, "scheme": 24, "item": 24}
BUCKET = math.log(1.1)
# Sums further apart than this are no candidates, whatever else agrees: an amended bill, and the
# floor of a rounding ("more than one million" of 1.9).
WIDEST = 1.35
FLOOR = 2.0
CONTRADICTION = -4.0


# Donor, recipient, whether a total; then the kind of block, and what its reports share.
Block = tuple[str | None, str | None, bool, str, *tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Edge:
    """Two reports, by their place in the order of telling, with what speaks for their sameness."""

    score: float
    left: int
    right: int
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Reports of one act, and for each but the first why it joined."""

    members: tuple[int, ...]
    why: dict[int, Edge]


def group_reports(
    reports: Sequence[Report],
    *,
    table: RateTable | None = None,
    constraints: Constraints = Constraints(),  # noqa: B008  # it is frozen, and says nothing
) -> tuple[list[Group], list[Edge]]:
    """Group the reports that tell of one act; what people have decided comes first.

    Returns
    -------
    groups
        Every report is in exactly one; in order of their first report.
    undecided
        Edges between groups whose sums agree, but for which too little else speaks.
    """
    edges = []
    for left, right in _candidates(reports, constraints.dropped):
        score, cues = match_reports(reports[left], reports[right], table=table)
        if score >= match_doubt():
            edges.append(Edge(score, left, right, cues))
    edges.sort(key=lambda e: (-e.score, e.right - e.left, e.left, e.right))
    joined = _Union(reports, table)
    joined.obey(constraints)
    undecided = [edge for edge in edges if edge.score < match_accept()]
    for edge in edges:
        if edge.score >= match_accept():
            joined.join(edge)
    return joined.groups(), [edge for edge in undecided if joined.is_open(edge)]


class _Union:
    """Disjoint groups that never hold two reports of one document, nor two that contradict."""

    def __init__(self, reports: Sequence[Report], table: RateTable | None) -> None:
        self._reports, self._table = reports, table
        self._root = list(range(len(reports)))
        self._members = [[n] for n in range(len(reports))]
        self._documents = [{report.document.id} for report in reports]
        self._witnesses = [{n} for n in range(len(reports))]
        self._why: dict[int, Edge] = {}
        self._barred: list[set[int]] = [set() for _ in reports]

    def obey(self, constraints: Constraints) -> None:
        """Join and part what people have decided, whatever else speaks for or against it."""
        place = {report.key: n for n, report in enumerate(self._reports)}
        for one, other in constraints.apart:
            if one in place and other in place:
                self._barred[place[one]].add(place[other])
                self._barred[place[other]].add(place[one])
        for one, other, why in constraints.together:
            if one in place and other in place:
                left, right = sorted((place[one], place[other]))
                self._unite(Edge(math.inf, left, right, (why,)))

    def find(self, n: int) -> int:
        while self._root[n] != n:
            self._root[n] = self._root[self._root[n]]
            n = self._root[n]
        return n

    def join(self, edge: Edge) -> None:
        a, b = self.find(edge.left), self.find(edge.right)
        if a == b or not self._may_be_one(a, b) or self._contradict(a, b):
            return
        self._unite(edge)

    def _may_be_one(self, a: int, b: int) -> bool:
        return self._documents[a].isdisjoint(self._documents[b]) and self._barred[a].isdisjoint(
            self._members[b]
        )

    def _unite(self, edge: Edge) -> None:
        a, b = self.find(edge.left), self.find(edge.right)
        if a == b:
            return
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        self._root[b] = a
        self._members[a] += self._members[b]
        self._documents[a] |= self._documents[b]
        self._barred[a] |= self._barred[b]
        self._witnesses[a] = self._choose_witnesses(self._witnesses[a] | self._witnesses[b])
        self._why.setdefault(edge.right, edge)

    def _contradict(self, a: int, b: int) -> bool:
        pairs = {(min(x, y), max(x, y)) for x in self._witnesses[a] for y in self._witnesses[b]}
        return any(
            match_reports(self._reports[x], self._reports[y], table=self._table)[0] <= CONTRADICTION
            for x, y in pairs
            # What was proposed may have become law with another amount.
            if (self._reports[x].event.stage is Stage.PROPOSED)
            == (self._reports[y].event.stage is Stage.PROPOSED)
        )

    def _choose_witnesses(self, members: set[int]) -> set[int]:
        """First and last of the reports, and the first and last with a sum."""
        with_sum = {n for n in members if self._reports[n].sums}
        return {choose(found) for found in (members, with_sum) if found for choose in (min, max)}

    def is_open(self, edge: Edge) -> bool:
        a, b = self.find(edge.left), self.find(edge.right)
        is_sum = bool({"sum_same", "sum_converted", "sum_rounded"} & set(edge.cues))
        # A report that found its act elsewhere is settled.
        return a != b and is_sum and edge.right not in self._why and self._may_be_one(a, b)

    def groups(self) -> list[Group]:
        found = defaultdict(list)
        for n in range(len(self._reports)):
            found[self.find(n)].append(n)
        return [
            Group(tuple(members), {n: self._why[n] for n in members if n in self._why})
            for members in sorted(found.values())
        ]


def _candidates(reports: Sequence[Report], dropped: frozenset[Key]) -> Iterator[tuple[int, int]]:
    """Pairs worth weighing: one donor, recipient and kind, and a sum, scheme or weapon shared."""
    blocks: dict[Block, list[int]] = defaultdict(list)
    for right, report in enumerate(reports):
        if report.event.donor is None or report.key in dropped:
            continue
        found: set[int] = set()
        for key in _looks_up(report):
            found.update(blocks[key][-NEAREST[key[3]] :])
        for left in sorted(found):
            if _may_match(reports[left], report):
                yield left, right
        for key in _files_under(report):
            blocks[key].append(right)


def _may_match(a: Report, b: Report) -> bool:
    if a.document.id == b.document.id:
        return False
    if not a.euros or not b.euros:
        return True
    if len(a.euros) == len(b.euros) == 1:
        x, y = a.euros[0], b.euros[0]
        if x > FLOOR * y or y > FLOOR * x:
            return False
    widest = FLOOR if "at_least" in (a.event.modifier, b.event.modifier) else WIDEST
    return any(x <= widest * y and y <= widest * x for x in a.euros for y in b.euros)


def _buckets(report: Report) -> list[int]:
    return sorted({math.floor(math.log(eur) / BUCKET) for eur in report.euros})


def _files_under(report: Report) -> list[Block]:
    event = report.event
    block = (event.donor, event.recipient, event.is_cumulative_total)
    keys: list[Block] = []
    keys += [(*block, "sum", bucket) for bucket in _buckets(report)]
    if event.is_cumulative_total:
        return [*keys, (*block, "total", event.mechanism, event.aid_type)]
    if event.mechanism in SCHEMES or event.stage is Stage.PROPOSED:
        keys.append((*block, "scheme", event.mechanism))
    keys += [(*block, "item", item) for item in sorted(report.items)]
    return keys


def _looks_up(report: Report) -> list[Block]:
    event = report.event
    block = (event.donor, event.recipient, event.is_cumulative_total)
    more: list[Block] = [(*block, "sum", bucket + step) for bucket in _buckets(report) for step in (-1, 1)]
    if event.mechanism and not event.is_cumulative_total:
        more.append((*block, "scheme", event.mechanism))
    return [*_files_under(report), *more]
