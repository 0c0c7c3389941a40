"""In: readings, their acts, and what a correction names. Out: the events meant, or why there are none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aidlib.ledger.amend import span_target
from aidlib.model import Event, Reading, Span
from aidlib.rates import RateTable, default_rates
from aidlib.resolve import Key, Resolution
from aidlib.resolve.acts import make_slug, report_sha
from aidlib.resolve.reports import make_report

__all__ = ["Found", "Names", "find_event"]

# A span that shares less than this with what it was is another one.
LEAST_SHARED = 0.5
SUFFIX = re.compile(r"(.+)-([0-9a-f]{6})")


@dataclass(frozen=True, slots=True)
class Found:
    """The events that a correction names; where there are none, the state that says so, and a note."""

    keys: tuple[Key, ...] = ()
    state: str = ""
    note: str = ""


def find_event(readings: Mapping[str, Reading], target: str) -> Found:
    """Find the event whose words share most with ``document#start-end``.

    The place in the list may have changed since, and the words may begin a little elsewhere.
    """
    parsed = span_target(target)
    if parsed is None or parsed[0] not in readings:
        return Found(
            (), "target_gone", f"no document {parsed[0]!r} was read" if parsed else "no such document"
        )
    name, span = parsed
    scores = {(name, n): _shared(event, span) for n, event in enumerate(readings[name].events)}
    best = max(scores.values(), default=0.0)
    keys = tuple(key for key, score in scores.items() if score == best)
    if best < LEAST_SHARED:
        spans = sorted({f"{s.start}-{s.end}" for e in readings[name].events for s in e.evidence[-1:]})
        note = f"its events rest on {', '.join(spans[:5])}" if spans else "it tells of no act"
        return Found((), "target_gone", f"no event of {name!r} has that span; {note}")
    if len(keys) > 1:
        return Found((), "ambiguous", f"{len(keys)} events share that span: name one by that of its sum")
    return Found(keys)


def _shared(event: Event, span: Span) -> float:
    return max((_overlap(one, span) for one in event.evidence), default=0.0)


def _overlap(a: Span, b: Span) -> float:
    both = min(a.end, b.end) - max(a.start, b.start)
    return max(both, 0) / (max(a.end, b.end) - min(a.start, b.start))


class Names:
    """Every name under which people may know an act: the one that it has, and former ones."""

    def __init__(
        self, resolution: Resolution, readings: Mapping[str, Reading], table: RateTable | None
    ) -> None:
        self._readings, self._table = readings, table
        self.acts = {act.commitment_id: act.reports for act in resolution.commitments}
        self._former = {alias: act.reports for act in resolution.commitments for alias in act.aliases}

    def find(self, name: str) -> Found:
        """Find the events of an act, in order of telling."""
        keys = self.acts.get(name) or self._former.get(name) or tuple(self._set_off(name))
        if keys:
            return Found(tuple(keys))
        near = difflib.get_close_matches(name, [*self.acts, *self._former], n=1, cutoff=0.6)
        return Found(
            (), "target_gone", "no act has that name" + (f"; did you mean {near[0]!r}?" if near else "")
        )

    def _set_off(self, name: str) -> Iterator[Key]:
        """Find the report that has this name where it stands apart from an act of its plain name."""
        match = SUFFIX.fullmatch(name)
        if not match:
            return
        for reading in self._readings.values():
            for index, event in enumerate(reading.events):
                report = make_report(reading.document, index, event, self._table or default_rates())
                if report_sha(report) == match[2] and make_slug(report) == match[1]:
                    yield report.key
