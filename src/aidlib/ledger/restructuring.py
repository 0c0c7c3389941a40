"""In: acts, and which of their reports people join or take out. Out: what stands, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aidlib.ledger.corrections import Correction
from aidlib.model import Commitment
from aidlib.resolve import Key

__all__ = ["Structure"]


class Structure:
    """Merges and splits that do not contradict each other; give it the newest first.

    Parameters
    ----------
    acts : mapping of Key to Commitment
        The act of each report, before any merge or split.
    taken_out : set of Key
        Reports that are split off or dropped: no longer of their act when it is merged.
    """

    def __init__(self, acts: Mapping[Key, Commitment], taken_out: frozenset[Key]) -> None:
        self._acts, self._taken_out = acts, taken_out
        self._joined: dict[Key, frozenset[Key]] = {}
        self._joined_by: dict[Key, str] = {}
        self._split_by: dict[Key, str] = {}
        self.together: list[tuple[Key, Key, str]] = []
        self.apart: dict[Key, frozenset[Key]] = {}

    def split(self, one: Correction, key: Key) -> str:
        """Part a report from all others of its act; give the id of the merge that forbids it, or ""."""
        others = frozenset(self._acts[key].reports) - {key}
        if others & self._joined.get(key, frozenset()):
            return self._joined_by[key]
        self.apart[key] = others
        self._split_by.setdefault(key, one.id)
        return ""

    def side(self, keys: Iterable[Key]) -> frozenset[Key]:
        """Give the reports of the act of some events; one that is taken out of it stands alone."""
        given = tuple(keys)
        alive = [key for key in given if key not in self._taken_out]
        return frozenset(self._acts[alive[0]].reports) - self._taken_out if alive else frozenset(given)

    def merge(self, one: Correction, left: frozenset[Key], right: frozenset[Key]) -> str:
        """Join the reports of two acts; give the id of the split that forbids it, or ""."""
        both = frozenset().union(*(self._joined.get(key, {key}) for key in left | right))
        for key, others in self.apart.items():
            if key in both and others & both:
                return self._split_by[key]
        self._joined |= dict.fromkeys(both, both)
        self._joined_by |= {key: self._joined_by.get(key, one.id) for key in both}
        first, *others_ = sorted(left | right)
        self.together += [(first, key, f"corrected:{one.id}") for key in others_]
        return ""
