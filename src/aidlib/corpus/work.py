"""In: a unit of a corpus. Out: its readings with an event, or their part on disk, and a count of all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aidlib.corpus.parts import line_of, part_name, put_part, table_of
from aidlib.corpus.place import stamp_of
from aidlib.corpus.stream import Counted, candidates_of
from aidlib.corpus.units import Unit
from aidlib.errors import AidlibError, ReadError
from aidlib.events import build_events
from aidlib.model import Reading
from aidlib.read import SetAside, check_text

__all__ = ["SIZES", "Done", "Wanted", "read_unit", "write_unit"]

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a corpus is wanted: texts in any language, and documents without an event too."""

    any_language: bool = False
    everything: bool = False


def read_unit(unit: Unit, wanted: Wanted) -> tuple[Done, list[bytes]]:
    """Read a unit: a line of its part for each document with an event, in order, and a count of all.

    A file that breaks off is set aside, after the documents before the break.
    """
    counted = Counted()
    set_aside: list[SetAside] = []
    lines: list[bytes] = []  # not the readings, which take ten times the memory
    with_events = events = 0
    for found in _readings(unit, counted, wanted):
        if isinstance(found, SetAside):
            set_aside.append(found)
            continue
        with_events += bool(found.events)
        events += len(found.events)
        if found.events or wanted.everything:
            lines.append(line_of(found))
    sizes = (counted.documents, counted.text_bytes, counted.candidates, with_events, events)
    return Done(unit.number, *sizes, tuple(set_aside)), lines


def _readings(unit: Unit, counted: Counted, wanted: Wanted) -> Iterator[Reading | SetAside]:
    where = unit.paths[0]
    try:
        for item in candidates_of(unit, counted, everything=wanted.everything):
            if isinstance(item, SetAside):
                yield item
                continue
            try:
                check_text(item, where, wanted.any_language)
                yield build_events(item, brief=not wanted.everything)
            except AidlibError as error:
                yield SetAside.of(error, name=item.id, path=where)
    except ReadError as error:
        yield SetAside.of(error, name=None, path=where)
    except (OSError, EOFError, zlib.error) as error:
        broken = ReadError(f"the file breaks off: {error}", where=where, fix="Check it, and copy it again.")
        yield SetAside.of(broken, name=None, path=where)


def write_unit(unit: Unit, folder: Path, wanted: Wanted) -> Done:
    """Read a unit and write its part, where it has one; the work of a process of its own.

    Raises
    ------
    ReadError
        A file of the unit changed while it was read.
    """
    before = [*map(stamp_of, unit.paths)]
    done, lines = read_unit(unit, wanted)
    if [*map(stamp_of, unit.paths)] != before:
        raise ReadError(
            "the file changed while it was read",
            where=", ".join(unit.paths[:3]),
            fix="Let it be finished, then give the same command again.",
        )
    if lines:
        put_part(folder / part_name(unit.number), table_of(lines))
    return done
