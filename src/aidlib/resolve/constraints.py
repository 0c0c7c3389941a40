"""In: nothing. Out: what people have decided of some reports, in the form that resolution obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aidlib.model import Event

__all__ = ["Constraints", "Key"]

Key = tuple[str, int]  # document id, index of the event


@dataclass(frozen=True, slots=True)
class Constraints:
    """Decisions on single reports, each with its reason where a link shows it.

    The caller sees to it that no two reports are both together, directly or by way of others, and
    apart. Keys that no report has say nothing.

    Parameters
    ----------
    together : tuple of (Key, Key, str)
        Two reports of one act, and why.
    apart : frozenset of (Key, Key)
        Two reports that are never of one act.
    dropped : frozenset of Key
        Reports of no act: each becomes a commitment of its own with the status ``dropped``.
    set_off : frozenset of Key
        Reports taken out of an act, whose name they must not carry away.
    wholes : mapping of Key to (Key or None, str)
        The whole that the act of a report is part of (None: of none), and why.
    told : mapping of Key to Event
        What the text says where ``events`` says otherwise: an act keeps the name that it has from it.
    stand_ins : mapping of Key to Key
        Reports that take over the name of one that was taken out of their act.
    """

    together: tuple[tuple[Key, Key, str], ...] = ()
    apart: frozenset[tuple[Key, Key]] = frozenset()
    dropped: frozenset[Key] = frozenset()
    set_off: frozenset[Key] = frozenset()
    wholes: Mapping[Key, tuple[Key | None, str]] = field(default_factory=dict)
    told: Mapping[Key, Event] = field(default_factory=dict)
    stand_ins: Mapping[Key, Key] = field(default_factory=dict)
