"""In: a corpus of any size. Out: a folder of parts in Parquet, whole at the end; a killed run goes on."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Thread

from aidlib.corpus.parts import drop_repeated, find_repeated
from aidlib.corpus.state import State
from aidlib.corpus.units import Unit, plan_units
from aidlib.corpus.work import SIZES, Done, Wanted, write_unit
from aidlib.errors import ParameterError, ReadError
from aidlib.read import SetAside

__all__ = ["Corpus", "Runner", "parse_corpus"]

REPEATS = 1 << 60  # stands for a unit, behind all others: what an earlier document's id took away
Runner = Callable[[Sequence[Unit], Path, Wanted], Iterator[Done]]
"""Does units, given the folder of the parts and what is wanted; in any order."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What came of a whole corpus."""

    place: Path
    documents: int
    text_bytes: int
    candidates: int
    with_events: int
    events: int
    set_aside: list[SetAside] = field(default_factory=list)


def parse_corpus(
    inputs: Iterable[Path | str],
    out: Path | str,
    *,
    workers: int = 1,
    any_language: bool = False,
    everything: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
    run: Runner | None = None,
) -> Corpus:
    """Read a corpus into a folder of Parquet parts, one row a document that has an event.

    A run that was ended in any way goes on where it stopped, when it is given again; the result is the
    same to the byte, whatever the number of workers.

    Parameters
    ----------
    inputs : iterable of Path or str
        Files and folders, as `find_inputs` takes them.
    out : Path or str
        The folder to be made, or replaced whole; until the end its parts lie in ``OUT.part``.
    workers : int
        Processes at once.
    any_language : bool
        Keep documents that are not in English.
    everything : bool
        Read every document, and keep those without an event too.
    progress : callable
        Told the bytes that are done, and those of the whole corpus.
    run : callable, optional
        Does the units elsewhere, such as on a cluster; see `aidlib.corpus.cluster`.

    Returns
    -------
    Corpus
        Its documents are all that were met; nothing but a text that can hold aid is looked into.

    Raises
    ------
    ReadError
        As in `find_inputs`; a file changed while it was read; or a worker was ended from outside twice.
    ParameterError
        The place cannot be written.
    """
    out = Path(out)
    wanted = Wanted(any_language, everything)
    units = plan_units(inputs)
    with _writing(out):
        state = State.open(out, units, wanted)
        missing = [unit for unit in units if unit.number not in state.done]
        whole, so_far = sum(u.size for u in units), sum(u.size for u in units if u.number in state.done)
        size_of = {unit.number: unit.size for unit in units}
        work = run or (_here if workers < 2 else partial(_in_processes, workers=workers))
        progress(so_far, whole)
        for done in work(missing, state.folder, wanted):
            state.add(done)
            so_far += size_of[done.number]
            progress(so_far, whole)
        return _finish(state, out)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ParameterError(
            f"{error.filename or out} cannot be read or written: {error.strerror or error}",
            where=str(out),
            fix="Make room or choose another place, then give the same command again: it goes on.",
        ) from error


def _here(units: Sequence[Unit], folder: Path, wanted: Wanted) -> Iterator[Done]:
    return (write_unit(unit, folder, wanted) for unit in units)


def _in_processes(units: Sequence[Unit], folder: Path, wanted: Wanted, *, workers: int) -> Iterator[Done]:
    """Do units in processes of their own; where one is killed, what is left is begun once more."""
    left = {unit.number: unit for unit in units}
    for last in (False, True):
        try:
            for done in _pooled([*left.values()], folder, wanted, workers):
                del left[done.number]
                yield done
            return
        except BrokenProcessPool as error:
            if last:
                raise ReadError(
                    "a worker was ended from outside, twice",
                    where=f"{len(left)} units are left, the first of {next(iter(left.values())).paths[0]}",
                    fix="Look for memory that ran out, lower --workers, and give the same command again.",
                ) from error


def _pooled(units: Sequence[Unit], folder: Path, wanted: Wanted, workers: int) -> Iterator[Done]:
    queue = iter(units)
    running: set[Future[Done]] = set()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
        try:
            while True:
                for unit in islice(queue, 2 * workers - len(running)):
                    running.add(pool.submit(write_unit, unit, folder, wanted))
                if not running:
                    return
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let a worker end when the run is killed: it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()


def _finish(state: State, out: Path) -> Corpus:
    """Give each id to one document alone, and put the folder in its place."""
    if REPEATS not in state.done:  # told on disk first: once the parts are cleared, they tell no more
        repeated, events = find_repeated(state.folder)
        state.add(Done(REPEATS, 0, 0, 0, -len(repeated), -events, tuple(repeated)))
    drop_repeated(state.folder)
    done = [state.done[number] for number in sorted(state.done)]
    sizes = {name: sum(getattr(one, name) for one in done) for name in SIZES}
    set_aside = [item for one in done for item in one.set_aside]
    state.settle(out)
    return Corpus(out, **sizes, set_aside=set_aside)
