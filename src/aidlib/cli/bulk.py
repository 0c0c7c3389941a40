"""In: a corpus of any size. Out: its parts in Parquet, with a bar that tells rate and time left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from aidlib.cli.files import count_of, finish, require_some, write_quarantine
from aidlib.corpus.cluster import on_dask
from aidlib.corpus.run import parse_corpus
from aidlib.errors import ParameterError

__all__ = ["parse_in_bulk"]


def parse_in_bulk(
    ctx: click.Context,
    inputs: tuple[str, ...],
    out: Path,
    *,
    workers: int,
    dask: str | None,
    any_language: bool,
    everything: bool,
) -> None:
    """Read a corpus into a folder of parts, and say what it held."""
    if workers < 1:
        raise ParameterError(
            f"--workers is {workers}", where="option --workers", fix="Give a number from 1 up."
        )
    quarantine = out.with_name(f"{out.stem}.quarantine.jsonl")
    with _bar() as progress:
        corpus = parse_corpus(
            inputs,
            out,
            workers=workers,
            any_language=any_language,
            everything=everything,
            progress=progress,
            run=on_dask(dask, workers=workers) if dask else None,
        )
    write_quarantine(quarantine, corpus.set_aside)
    require_some(corpus.documents, corpus.set_aside, quarantine)
    done = f"{count_of(corpus.documents, 'document')}, {corpus.candidates:,} that can hold aid, "
    done += f"{corpus.with_events:,} with {count_of(corpus.events, 'event')}: {out}"
    finish(ctx, done, corpus.set_aside, quarantine)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show a bar where there is a terminal."""
    from tqdm import tqdm

    with tqdm(unit="B", unit_scale=True, unit_divisor=1024, leave=False, disable=None) as bar:

        def progress(done: int, whole: int) -> None:
            if bar.total != whole:
                bar.reset(whole)
                bar.initial = done  # what an earlier run has done says nothing of this one's rate
            bar.update(done - bar.n)

        yield progress
