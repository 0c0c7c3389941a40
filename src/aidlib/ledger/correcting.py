"""In: readings and corrections. Out: readings as corrected, what resolution must obey, and the outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aidlib.ledger.amend import amend_event, parse_value, span_target
from aidlib.ledger.corrections import Correction
from aidlib.ledger.finding import Found, Names, find_event
from aidlib.ledger.restructuring import Structure
from aidlib.ledger.spreading import spread
from aidlib.model import Commitment, Document, Event, Reading
from aidlib.rates import RateTable
from aidlib.resolve import Constraints, Key, resolve_events

__all__ = ["Plan", "keep_events", "narrow", "plan_corrections"]

# Of each field of an event the value set, and by whom.
Standing = dict[tuple[Key, str], tuple[Correction, Any]]


@dataclass(frozen=True)
class Plan:
    """Readings as corrected, and what the books show of it.

    ``marks`` holds, for events, the reasons that their act gets; ``rows`` is the table ``corrections``.
    """

    readings: dict[str, Reading]
    constraints: Constraints = field(default_factory=Constraints)
    marks: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def plan_corrections(
    readings: Mapping[str, Reading],
    corrections: Iterable[Correction],
    *,
    recipient: str = "UKR",
    table: RateTable | None = None,
) -> Plan:
    """Work out what corrections do to readings.

    Events are corrected first; merges and splits speak of the acts that then result, and corrections
    of whole acts of those that result from these. Of two that contradict each other the later holds.
    The order in which they are given does not matter.
    """
    newest = sorted(corrections, key=lambda one: one.age, reverse=True)
    overruled: dict[str, Mapping[str, Any]] = {}
    while newest:
        plan = _Desk(readings, newest, recipient, table).plan()
        lost = {row["id"]: row for row in plan.rows if row["state"] == "overruled"}
        if not lost:
            rows = [*plan.rows, *overruled.values()]
            return replace(plan, rows=sorted(rows, key=lambda row: (row["when"], row["id"])))
        # What is overruled must not decide either which acts the others find.
        overruled |= lost
        newest = [one for one in newest if one.id not in lost]
    return Plan(dict(readings), rows=sorted(overruled.values(), key=lambda row: (row["when"], row["id"])))


class _Desk:
    """One run over the corrections, newest first."""

    def __init__(
        self,
        raw: Mapping[str, Reading],
        newest: Sequence[Correction],
        recipient: str,
        table: RateTable | None,
    ) -> None:
        self._raw, self._newest = raw, newest
        self._recipient, self._table = recipient, table
        self._found: dict[str, Found] = {}
        self._outcome: dict[str, tuple[str, str]] = {}
        # What is set: by whom, of which event, and whether it only follows from what is.
        self._values: list[tuple[Correction, Key, str, Any, bool]] = []
        self._verdicts: dict[Key, Correction] = {}
        self._together: list[tuple[Key, Key, str]] = []
        self._apart: dict[Key, frozenset[Key]] = {}
        # Of each split and merge the events that it parts or joins.
        self._sides: dict[str, list[frozenset[Key]]] = {}
        self._wholes: dict[Key, tuple[Key | None, str]] = {}
        self._event_marks: dict[Key, set[str]] = defaultdict(set)
        self._act_marks: dict[Key, set[str]] = defaultdict(set)

    def plan(self) -> Plan:
        """Go through the steps of ``plan_corrections``."""
        of_events = [one for one in self._newest if span_target(one.target)]
        self._found = {one.id: find_event(self._raw, one.target) for one in of_events}
        self._judge(of_events)
        for one in of_events:
            self._set(one, [(key, parse_value(one.field, one.value)) for key in self._keys(one)])
        self._first = self._acts(Constraints(told=self._told()))
        self._restructure()
        self._second = self._acts(self._constraints())
        of_acts = [one for one in self._newest if not span_target(one.target)]
        self._found |= {one.id: self._act_named(one.target) for one in of_acts if one.action != "merge"}
        self._judge(of_acts)
        readings = self._readings()
        for one in of_acts:
            self._set_act(one, readings)
        for one in self._newest:
            self._hang(one)
        standing = self._standing()
        for one in self._newest:
            self._conclude(one, standing)
        reasons = {*self._event_marks, *self._act_marks}
        return Plan(
            self._readings(),
            self._constraints(),
            {key: tuple(sorted(self._event_marks[key] | self._act_marks[key])) for key in reasons},
            [_row(one, *self._outcome[one.id]) for one in self._newest],
        )

    def _keys(self, one: Correction) -> tuple[Key, ...]:
        return self._found[one.id].keys if one.id in self._found else ()

    def _event(self, key: Key) -> Event:
        return self._raw[key[0]].events[key[1]]

    def _judge(self, corrections: Iterable[Correction]) -> None:
        """Note of each event who says last whether it is an act at all."""
        for one in corrections:
            if one.action in ("drop", "accept", "split"):
                for key in self._keys(one):
                    last = self._verdicts.get(key, one)
                    self._verdicts[key] = max(last, one, key=lambda verdict: verdict.age)

    def _dropped(self) -> frozenset[Key]:
        return frozenset(key for key, one in self._verdicts.items() if one.action == "drop")

    def _set(self, one: Correction, pairs: Iterable[tuple[Key, Any]]) -> None:
        if one.action == "set" and one.field != "part_of":
            self._values += [(one, key, one.field, value, False) for key, value in pairs]

    def _standing(self) -> Standing:
        """Of the values set for a field the newest; what only follows gives way."""
        order = sorted(self._values, key=lambda value: value[0].age, reverse=True)
        standing: Standing = {}
        for one, key, name, value, _ in sorted(order, key=lambda value: value[4]):
            standing.setdefault((key, name), (one, value))
        return standing

    def _readings(self) -> dict[str, Reading]:
        changes: dict[Key, dict[str, Any]] = defaultdict(dict)
        for (key, name), (_, value) in self._standing().items():
            changes[key][name] = value
        touched = {key[0] for key in (*changes, *self._event_marks)}
        readings = dict(self._raw)
        for name in touched:
            events = tuple(
                amend_event(event, changes[name, n], tuple(sorted(self._event_marks[name, n])))
                for n, event in enumerate(readings[name].events)
            )
            readings[name] = replace(readings[name], events=events)
        return readings

    def _told(self) -> dict[Key, Event]:
        return {key: self._event(key) for _, key, *_ in self._values}

    def _acts(self, constraints: Constraints) -> dict[Key, Commitment]:
        readings = self._readings().values()
        self._resolution = resolve_events(
            readings, recipient=self._recipient, table=self._table, constraints=constraints
        )
        return {key: act for act in self._resolution.commitments for key in act.reports}

    def _constraints(self) -> Constraints:
        dropped = self._dropped()
        return Constraints(
            together=tuple(
                pair for pair in self._together if pair[0] not in dropped and pair[1] not in dropped
            ),
            apart=frozenset((key, other) for key, others in self._apart.items() for other in others),
            dropped=dropped,
            set_off=dropped | self._apart.keys(),
            wholes=self._wholes,
            told=self._told(),
            stand_ins=self._heirs(dropped | self._apart.keys()),
        )

    def _heirs(self, taken_out: frozenset[Key]) -> dict[Key, Key]:
        """Let the first report that is left carry the name of an act whose first one was taken out."""
        heirs = {}
        for act in {act.commitment_id: act for act in self._first.values()}.values():
            left = [key for key in act.reports if key not in taken_out]
            if left and left[0] != act.reports[0]:
                heirs[left[0]] = act.reports[0]
        return heirs

    def _restructure(self) -> None:
        """Work out merges and splits, which name acts as they are without them."""
        self._names = Names(self._resolution, self._raw, self._table)
        splits = {one.id: self._keys(one) for one in self._newest if one.action == "split"}
        taken_out = self._dropped().union(*splits.values())
        structure = Structure(self._first, taken_out)
        for one in self._newest:
            if one.action == "split" and self._keys(one):
                (key,) = self._keys(one)
                by = self._verdicts[key].id if key in self._dropped() else structure.split(one, key)
                self._sides[one.id] = [frozenset({key})]
                self._settle(one, by, (key,), self._event_marks)
            elif one.action == "merge":
                self._merge(one, structure)
        self._together, self._apart = structure.together, structure.apart

    def _merge(self, one: Correction, structure: Structure) -> None:
        sides: list[frozenset[Key]] = []
        for name in (one.target, one.into):
            found = self._found_anywhere(name)
            if not found.keys:
                self._outcome[one.id] = found.state, f"{name}: {found.note}"
                return
            sides.append(structure.side(found.keys) - self._dropped())
        if not all(sides):
            self._outcome[one.id] = "overruled", "all events of one of the two are dropped"
            return
        self._sides[one.id] = sides
        by = structure.merge(one, *sides)
        self._settle(one, by, tuple(sorted(sides[0] | sides[1])), self._act_marks)
        if not by and sides[0] == sides[1]:
            self._outcome[one.id] = "applied", "the two are one act already"

    def _settle(self, one: Correction, by: str, keys: Sequence[Key], marks: dict[Key, set[str]]) -> None:
        if by:
            self._outcome[one.id] = "overruled", f"by {by}, which is later"
            return
        self._outcome[one.id] = "applied", _count(keys)
        for key in keys:
            marks[key].add(_reason(one))

    def _found_anywhere(self, name: str) -> Found:
        return find_event(self._raw, name) if span_target(name) else self._names.find(name)

    def _act_named(self, name: str) -> Found:
        """Find the events of an act as it is after merges and splits."""
        found = self._names.find(name)
        taken_out = self._dropped() | self._apart.keys()
        left = [key for key in found.keys if key not in taken_out] or list(found.keys)
        return replace(found, keys=self._second[left[0]].reports) if left else found

    def _set_act(self, one: Correction, readings: Mapping[str, Reading]) -> None:
        keys = self._keys(one)
        if one.action != "set" or one.field == "part_of" or not keys:
            return
        act, value = self._second[keys[0]], parse_value(one.field, one.value)
        events = {key: readings[key[0]].events[key[1]] for key in act.reports}
        pairs = spread(one.field, value, act, events)
        self._set(one, pairs)
        if one.field == "amount" and value is not None:
            currency = self._currency_of(act)
            self._values += [(one, key, "currency", currency, True) for key, _ in pairs]
        # What is said of an act is said of all its reports: they stay one.
        self._together += [(keys[0], key, _reason(one)) for key in keys[1:]]

    def _currency_of(self, act: Commitment) -> str | None:
        """Give the currency of an act, as corrected."""
        said = [one for one in self._newest if (one.action, one.field) == ("set", "currency")]
        named = [one.value or None for one in said if self._keys(one) == act.reports]
        return named[0] if named else act.currency

    def _hang(self, one: Correction) -> None:
        """Hang an act under the whole that a person names, or under none."""
        keys = self._keys(one)
        if one.field != "part_of" or not keys:
            return
        own = self._second[keys[0]].reports[0]
        found = self._found_anywhere(one.value) if one.value else Found()
        if found.state:
            self._outcome[one.id] = found.state, f"{one.value}: {found.note}"
            return
        whole = self._second[found.keys[0]].reports[0] if found.keys else None
        if own in self._wholes and self._wholes[own][0] != whole:
            self._outcome[one.id] = (
                "overruled",
                f"by {self._wholes[own][1].partition(':')[2]}, which is later",
            )
        elif own in self._wholes_of(whole):
            self._outcome[one.id] = "overruled", "an act is no part of itself"
        else:
            self._wholes.setdefault(own, (whole, _reason(one)))
            self._settle(one, "", keys, self._act_marks)

    def _wholes_of(self, key: Key | None) -> Iterator[Key]:
        """Give a whole, the whole that this is part of, and so on, as people say."""
        while key is not None:
            yield key
            key = self._wholes.get(key, (None, ""))[0]

    def _conclude(self, one: Correction, standing: Standing) -> None:
        """Say what became of a correction, and mark what it touched."""
        if one.id in self._outcome:
            self._give_way_to_drops(one)
            return
        keys = self._keys(one)
        if not keys:
            found = self._found[one.id]
            self._outcome[one.id] = found.state, found.note
        elif one.action == "set":
            self._conclude_values(one, standing)
        else:
            is_drop = one.action == "drop"
            held = [key for key in keys if (key in self._dropped()) == is_drop]
            by = "" if held else self._verdicts[keys[0]].id
            is_of_act = one.action == "accept" and not span_target(one.target)
            self._settle(one, by, held, self._act_marks if is_of_act else self._event_marks)

    def _give_way_to_drops(self, one: Correction) -> None:
        """Overrule what was done to an act, or with one, that a later correction drops as a whole."""
        gone = next((side for side in self._sides.get(one.id, ()) if side <= self._dropped()), None)
        if gone and self._outcome[one.id][0] == "applied":
            by = self._verdicts[min(gone)]
            self._outcome[one.id] = "overruled", f"by {by.id}, which drops it"

    def _conclude_values(self, one: Correction, standing: Standing) -> None:
        mine = [(key, name, value) for by, key, name, value, _ in self._values if by is one]
        held = [key for key, name, value in mine if standing[key, name][1] == value and name == one.field]
        by = "" if held or not mine else standing[mine[0][:2]][0].id
        self._settle(one, by, held, self._event_marks)
        if not mine:
            self._outcome[one.id] = "applied", "it is so already"


def _reason(one: Correction) -> str:
    return f"accepted:{one.id}" if one.action == "accept" else f"corrected:{one.id}"


def _count(keys: Sequence[Key]) -> str:
    return f"{len(keys)} event{'' if len(keys) == 1 else 's'}"


def _row(one: Correction, state: str, note: str) -> dict[str, Any]:
    row = {name: getattr(one, name) or None for name in one.__dataclass_fields__}
    return row | {"state": state, "note": note}


def keep_events(reading: Reading, kept: Sequence[int]) -> Reading:
    """Keep some events of a reading; a part whose whole goes stands alone."""
    place = {old: new for new, old in enumerate(kept)}
    events = tuple(
        replace(event, part_of=place.get(event.part_of) if event.part_of is not None else None)
        for event in (reading.events[index] for index in kept)
    )
    return replace(reading, events=events, decisions=())


def narrow(plan: Plan, keep: Callable[[Document, Event], bool]) -> Plan:
    """Keep the events that are wanted, after all are corrected; what became of corrections stays."""
    kept = {
        name: [n for n, event in enumerate(reading.events) if keep(reading.document, event)]
        for name, reading in plan.readings.items()
    }
    place = {(name, old): (name, new) for name, indices in kept.items() for new, old in enumerate(indices)}
    old = plan.constraints
    constraints = Constraints(
        together=tuple((place[a], place[b], why) for a, b, why in old.together if {a, b} <= place.keys()),
        apart=frozenset((place[a], place[b]) for a, b in old.apart if {a, b} <= place.keys()),
        dropped=_moved(old.dropped, place),
        set_off=_moved(old.set_off, place),
        wholes={
            place[own]: (place.get(whole) if whole else None, why)
            for own, (whole, why) in old.wholes.items()
            if own in place
        },
        told={place[key]: event for key, event in old.told.items() if key in place},
        stand_ins={place[a]: place[b] for a, b in old.stand_ins.items() if {a, b} <= place.keys()},
    )
    readings = {name: keep_events(reading, kept[name]) for name, reading in plan.readings.items()}
    marks = {place[key]: found for key, found in plan.marks.items() if key in place}
    return Plan(readings, constraints, marks, plan.rows)


def _moved(keys: Iterable[Key], place: Mapping[Key, Key]) -> frozenset[Key]:
    return frozenset(place[key] for key in keys if key in place)
