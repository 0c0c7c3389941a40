"""In: what a command wrote and set aside. Out: whole files in their place, and the exit code."""

from __future__ import annotations

import difflib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import click

import aidlib
from aidlib.errors import AidlibError, ParameterError, ReadError
from aidlib.events import build_events
from aidlib.model import Document, Reading
from aidlib.rates import RateTable
from aidlib.read import SetAside, find_inputs, project_root, read_documents

LOG = logging.getLogger(__name__)
SET_ASIDE_CODE = 5


def inputs_or_seeds(inputs: tuple[str, ...]) -> list[Path]:
    """Give the inputs named, or the project's own briefs."""
    return [Path(item) for item in inputs] or [project_root() / "seeds" / "briefs"]


def read_events(
    inputs: Iterable[Path], set_aside: list[SetAside], *, any_language: bool = False
) -> Iterator[Reading]:
    """Read documents and workbooks of the tracker; what cannot be read goes to ``set_aside``."""
    sources = list(inputs)
    n_read = n_events = 0
    for reading in _read_events(sources, set_aside, any_language):
        n_read, n_events = n_read + 1, n_events + len(reading.events)
        yield reading
    found = f"{count_of(n_read, 'document')}, {count_of(n_events, 'event')}; {len(set_aside)} set aside"
    LOG.info("Read %s: %s", ", ".join(map(str, sources)), found)


def _read_events(inputs: list[Path], set_aside: list[SetAside], any_language: bool) -> Iterator[Reading]:
    workbooks, texts = split_workbooks(inputs)
    for item in read_documents(texts, any_language=any_language):
        if isinstance(item, Document):
            try:
                yield build_events(item)
            except AidlibError as error:
                set_aside.append(SetAside.of(error, name=item.id, path=error.where))
        else:
            set_aside.append(item)
    for path in workbooks:
        kiel = aidlib.read_kiel(path)
        set_aside.extend(kiel.set_aside)
        yield from aidlib.kiel_readings(kiel)


def split_workbooks(inputs: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Part the workbooks that are named from texts and folders, where none is looked for."""
    paths = list(inputs)
    workbooks = [path for path in paths if path.suffix.lower() == ".xlsx" and not path.is_dir()]
    return workbooks, [path for path in paths if path not in workbooks]


def refuse_overwriting(out: Path, inputs: Iterable[Path]) -> None:
    """Fail where the output would replace one of the inputs."""
    workbooks, texts = split_workbooks(inputs)
    if out.exists() and out.resolve() in {path.resolve() for path in [*workbooks, *find_inputs(texts)]}:
        raise ParameterError(
            f"output {out} is one of the inputs",
            where="option -o",
            fix="Write outside of the folder that is read; the inputs are never changed.",
        )


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Open a file to write that appears in its place only when it is complete."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        part.replace(path)
    except BrokenPipeError:
        raise  # stdout was closed, by `head` for one
    except OSError as error:
        raise ParameterError(
            f"cannot write {path}: {error.strerror or error}",
            where="option -o",
            fix="Choose a place that can be written.",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def json_line(record: dict[str, Any]) -> str:
    """Write a record as one line of JSON."""
    line = json.dumps(record, ensure_ascii=False)
    # Some readers end a line at these too; within JSON their escapes mean the same.
    for character in "\x85\u2028\u2029":
        line = line.replace(character, f"\\u{ord(character):04x}")
    return line + "\n"


def write_quarantine(path: Path, set_aside: list[SetAside]) -> None:
    """Write what was set aside, a line each; where there is nothing, take an old list away."""
    if not set_aside:
        path.unlink(missing_ok=True)
        return
    with whole_file(path) as file:
        file.writelines(json_line(asdict(item)) for item in set_aside)


def require_some(n_read: int, set_aside: list[SetAside], quarantine: Path | None = None) -> None:
    """Fail where not one document could be read."""
    if n_read:
        return
    first = f"the first: {set_aside[0].what}" if set_aside else "the inputs hold no document"
    raise ReadError(
        f"nothing could be read, {count_of(len(set_aside), 'document')} set aside; {first}",
        where=set_aside[0].where if set_aside else "inputs",
        fix=f"See {quarantine}."
        if set_aside and quarantine
        else "Give at least one document that can be read.",
    )


def finish(
    ctx: click.Context,
    done: str,
    set_aside: list[SetAside],
    quarantine: Path,
    *,
    warnings: Iterable[str] = (),
    noun: str = "document",
) -> None:
    """Say what was done; exit with 5 after a warning, or where some were set aside, said in the last line."""
    click.echo(done, err=True)
    lost = list(warnings)
    for warning in lost:
        click.echo(warning, err=True)
    if lost and not set_aside:
        ctx.exit(SET_ASIDE_CODE)
    if not set_aside:
        return
    shown = len(set_aside) if (ctx.obj or {}).get("verbose") else 3
    for item in set_aside[:shown]:
        click.echo(f"Set aside: {item.what} ({item.where}). {item.fix}", err=True)
    verb = "was" if len(set_aside) == 1 else "were"
    click.echo(f"{count_of(len(set_aside), noun)} {verb} set aside, listed in {quarantine}", err=True)
    ctx.exit(SET_ASIDE_CODE)


def count_of(n: int, noun: str) -> str:
    """Say how many.

    Examples
    --------
    >>> count_of(1, "document"), count_of(2, "event")
    ('1 document', '2 events')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def rates_line(table: RateTable) -> str:
    """Name a table of rates with its last day."""
    return table.source if str(table.last_day) in table.source else f"{table.source} to {table.last_day}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Name the known word nearest to a wrong one, as a question; empty where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else ""
