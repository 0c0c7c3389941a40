"""In: a unit of a corpus. Out: its readings with an event, or their part on disk, and a count of all."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aidlib.corpus.parts import part_name, write_part
from aidlib.corpus.stream import Counted, candidates_of
from aidlib.corpus.units import Unit
from aidlib.errors import AidlibError, ReadError
from aidlib.events import build_events
from aidlib.model import Reading
from aidlib.read import SetAside, check_text

__all__ = ["SIZES", "Done", "read_unit", "write_unit"]

SIZES = ("documents", "text_bytes", "candidates", "with_events", "events")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one unit: how much it held, and what was set aside."""

    number: int
    documents: int
    text_bytes: int
    candidates: int
    with_events: int
    events: int
    set_aside: tuple[SetAside, ...] = ()


def read_unit(unit: Unit, *, any_language: bool = False) -> tuple[Done, list[Reading]]:
    """Read a unit: the readings with an event, in order, and a count of everything.

    A file that breaks off is set aside, after the documents before the break.
    """
    counted, set_aside, kept = Counted(), [], []
    for found in _readings(unit, counted, any_language):
        if isinstance(found, SetAside):
            set_aside.append(found)
        elif found.events:
            kept.append(found)
    n_events = sum(len(reading.events) for reading in kept)
    sizes = (counted.documents, counted.text_bytes, counted.candidates, len(kept), n_events)
    return Done(unit.number, *sizes, tuple(set_aside)), kept


def _readings(unit: Unit, counted: Counted, any_language: bool) -> Iterator[Reading | SetAside]:
    where = unit.paths[0]
    try:
        for item in candidates_of(unit, counted):
            if isinstance(item, SetAside):
                yield item
                continue
            try:
                check_text(item, where, any_language)
                yield build_events(item)
            except AidlibError as error:
                yield SetAside.of(error, name=item.id, path=where)
    except ReadError as error:
        yield SetAside.of(error, name=None, path=where)
    except (OSError, EOFError, zlib.error) as error:
        broken = ReadError(f"the file breaks off: {error}", where=where, fix="Check it, and copy it again.")
        yield SetAside.of(broken, name=None, path=where)


def write_unit(unit: Unit, folder: Path, any_language: bool) -> Done:
    """Read a unit and write its part, where it has one; the work of a process of its own."""
    before = _stamps(unit.paths)
    done, kept = read_unit(unit, any_language=any_language)
    if _stamps(unit.paths) != before:
        raise ReadError(
            "the file changed while it was read",
            where=", ".join(unit.paths[:3]),
            fix="Let it be finished, then give the same command again.",
        )
    if kept:
        write_part(folder / part_name(unit.number), kept)
    return done


def _stamps(paths: Iterable[str]) -> list[tuple[int, int]]:
    return [(stat.st_size, stat.st_mtime_ns) for stat in map(os.stat, paths)]
