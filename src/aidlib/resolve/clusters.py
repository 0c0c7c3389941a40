"""In: reports in order of telling. Out: groups that tell of one act, and pairs left undecided."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from aidlib.rates import RateTable, default_rates
from aidlib.resolve.constraints import Constraints, Key
from aidlib.resolve.match import EXACT, SCHEMES, match_accept, match_doubt, match_reports
from aidlib.resolve.reports import Report

__all__ = ["Edge", "Group", "group_reports"]

# Reports of one block are compared with the nearest told before them: cost grows linearly.
NEAREST = {"sum": 8, "total": 8, "scheme": 24, "item": 8}
BUCKET = math.log(1.1)
# Sums further apart than this are no candidates, whatever else agrees: an amended bill, and the
# floor of a rounding ("more than one million" of 1.9).
WIDEST = 1.35
FLOOR = 2.0
CONTRADICTION = -4.0
ONE_SUM = frozenset({"sum_same", "sum_converted", "sum_rounded"})

# Donor, recipient, whether a total; within it the kind of block, and what its reports share.
Home = tuple[str, str | None, bool]
Shared = tuple[str, object]


class Edge(NamedTuple):
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
    table = table or default_rates()
    joined = _Union(reports, table)
    joined.obey(constraints)
    firm, undecided = _weigh(reports, constraints.dropped, table)
    for edge in firm:
        joined.join(edge)
    return joined.groups(), [edge for edge in undecided if joined.is_open(edge)]


def _weigh(
    reports: Sequence[Report], dropped: frozenset[Key], table: RateTable
) -> tuple[list[Edge], list[Edge]]:
    """Find the edges that join, and those of one sum that are left in doubt; the strongest first."""
    accept, doubt = match_accept(), match_doubt()
    firm, undecided = [], []
    for left, right in _candidates(reports, dropped):
        score, cues = match_reports(reports[left], reports[right], table=table)
        if score >= accept:
            firm.append(Edge(score, left, right, cues))
        elif score >= doubt and not ONE_SUM.isdisjoint(cues):
            undecided.append(Edge(score, left, right, cues))
    for edges in (firm, undecided):
        edges.sort(key=lambda e: (-e.score, e.right - e.left, e.left))
    return firm, undecided


class _Union:
    """Disjoint groups that never hold two reports of one voice, nor two that contradict."""

    def __init__(self, reports: Sequence[Report], table: RateTable) -> None:
        self._reports, self._table = reports, table
        self._root = list(range(len(reports)))
        self._members = [[n] for n in range(len(reports))]
        self._voices = [{report.voice} for report in reports]
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
        if a != b and self._may_be_one(a, b) and not self._contradict(a, b, edge):
            self._unite(edge)

    def _may_be_one(self, a: int, b: int) -> bool:
        return self._voices[a].isdisjoint(self._voices[b]) and self._barred[a].isdisjoint(self._members[b])

    def _unite(self, edge: Edge) -> None:
        a, b = self.find(edge.left), self.find(edge.right)
        if a == b:
            return
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        self._root[b] = a
        self._members[a] += self._members[b]
        self._voices[a] |= self._voices[b]
        self._barred[a] |= self._barred[b]
        self._witnesses[a] = self._choose_witnesses(self._witnesses[a] | self._witnesses[b])
        self._why.setdefault(edge.right, edge)

    def _contradict(self, a: int, b: int, edge: Edge) -> bool:
        for x, y in product(self._witnesses[a], self._witnesses[b]):
            left, right = (x, y) if x < y else (y, x)
            one, other = self._reports[left], self._reports[right]
            # What was proposed may have become law with another amount; those of the edge agree.
            if one.is_proposed != other.is_proposed or (left == edge.left and right == edge.right):
                continue
            if match_reports(one, other, table=self._table)[0] <= CONTRADICTION:
                return True
        return False

    def _choose_witnesses(self, members: set[int]) -> set[int]:
        """First and last of the reports, and the first and last with a sum."""
        with_sum = {n for n in members if self._reports[n].sums}
        return {choose(found) for found in (members, with_sum) if found for choose in (min, max)}

    def is_open(self, edge: Edge) -> bool:
        # A report that found its act elsewhere is settled.
        if edge.right in self._why:
            return False
        a, b = self.find(edge.left), self.find(edge.right)
        return a != b and self._may_be_one(a, b)

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
    homes: dict[Home, list[int]] = defaultdict(list)
    for n, report in enumerate(reports):
        event = report.event
        if event.donor is not None and report.key not in dropped:
            homes[event.donor, event.recipient, report.is_total].append(n)
    # One home after the other: what is compared stays in the processor's cache.
    for members in homes.values():
        yield from _candidates_at_home(reports, members)


def _candidates_at_home(reports: Sequence[Report], members: Sequence[int]) -> Iterator[tuple[int, int]]:
    blocks: dict[Shared, list[int]] = defaultdict(list)
    for right in members:
        report = reports[right]
        filed, more = _keys(report)
        found: set[int] = set()
        for key in (*filed, *more):
            if key in blocks:
                found.update(blocks[key][-NEAREST[key[0]] :])
        low, high = report.least / FLOOR, report.most * FLOOR
        for left in found:
            other = reports[left]
            if other.most >= low and other.least <= high and _may_match(other, report):
                yield left, right
        for key in filed:
            blocks[key].append(right)


def _may_match(a: Report, b: Report) -> bool:
    """Whether two reports could be one act: a cheap look before they are weighed."""
    if a.voice == b.voice:
        return False
    if not a.euros or not b.euros:
        return True
    if len(a.sums) == len(b.sums) == 1 and _surely_differ(a, b):
        return False
    widest = FLOOR if "at_least" in (a.event.modifier, b.event.modifier) else WIDEST
    return any(x <= widest * y and y <= widest * x for x in a.euros for y in b.euros)


def _surely_differ(a: Report, b: Report) -> bool:
    """Whether two lone sums of one currency differ: no rounding makes them equal."""
    x, y = a.sums[0], b.sums[0]
    gap = abs(x.amount - y.amount)
    if gap <= EXACT * x.amount or x.currency != y.currency or a.is_proposed != b.is_proposed:
        return False
    if x.digits == y.digits:
        return True
    coarse = x if x.digits < y.digits else y
    return gap > coarse.slack and not coarse.is_floor and gap / max(x.amount, y.amount) > EXACT


def _keys(report: Report) -> tuple[list[Shared], list[Shared]]:
    """What a report is filed under, and what else it is sought under."""
    event = report.event
    buckets = {math.floor(math.log(eur) / BUCKET) for eur in report.euros}
    filed: list[Shared] = [("sum", bucket) for bucket in buckets]
    more: list[Shared] = [("sum", bucket + step) for bucket in buckets for step in (-1, 1)]
    if report.is_total:
        return [*filed, ("total", (event.mechanism, event.aid_type))], more
    if event.mechanism in SCHEMES or report.is_proposed:
        filed.append(("scheme", event.mechanism))
    elif event.mechanism:
        more.append(("scheme", event.mechanism))
    return filed + [("item", item) for item in report.items], more
