"""In: events of many documents. Out: commitments; repeats become one, parts hang under their whole."""

from __future__ import annotations

from aidlib.resolve.constraints import Constraints, Key
from aidlib.resolve.resolution import Link, Placement, Resolution, resolve_events

__all__ = ["Constraints", "Key", "Link", "Placement", "Resolution", "resolve_events"]
