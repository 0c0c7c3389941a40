"""In: events of many documents. Out: commitments; repeats become one, parts hang under their whole."""

from __future__ import annotations

from aidlib.resolve.resolution import Link, Placement, Resolution, resolve_events

__all__ = ["Link", "Placement", "Resolution", "resolve_events"]
