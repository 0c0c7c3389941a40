"""In: announcements. Out: one JSON object a document, with its mentions and events."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from aidlib.cli.bulk import parse_in_bulk
from aidlib.cli.files import (
    count_of,
    finish,
    inputs_or_seeds,
    json_line,
    read_events,
    refuse_overwriting,
    require_some,
    whole_file,
    write_quarantine,
)
from aidlib.errors import ParameterError
from aidlib.read import SetAside, project_root
from aidlib.record import record_of
from aidlib.show import explain

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib parse seeds/briefs -o build/events.jsonl
  aidlib parse seeds/briefs -o build/events.parquet --workers 2
  aidlib parse --explain seeds/briefs/2024-11-15_norway_danish-format-mou.md
"""


@click.command("parse", epilog=EXAMPLES)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    help="Where to write: OUT.jsonl, or OUT.parquet for a large corpus; build/events.jsonl if left out.",
)
@click.option("--with-text", is_flag=True, help="Write each text too, so that quotes can be shown again.")
@click.option("--any-language", is_flag=True, help="Keep documents that are not in English.")
@click.option(
    "--explain", "explained", is_flag=True, help="Print a line for every sum: booked or not, and why."
)
@click.option("--workers", default=1, metavar="N", help="Processes at once, for OUT.parquet.")
@click.option("--dask", metavar="ADDRESS", help="Read on a Dask cluster, or a 'local' one, for OUT.parquet.")
@click.option("--all", "everything", is_flag=True, help="Keep documents without an event in OUT.parquet too.")
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    output: str | None,
    with_text: bool,
    any_language: bool,
    explained: bool,
    workers: int,
    dask: str | None,
    everything: bool,
) -> None:
    """Read announcements and write their mentions and events, a JSON object a document.

    INPUT is a file (.txt, .md, .html, .jsonl, .parquet, .warc), a workbook of the Kiel tracker (.xlsx),
    or a folder, searched in depth for texts; seeds/briefs if left out. What cannot be read is set aside
    in OUT.quarantine.jsonl.

    OUT.parquet becomes a folder of parts, made at the speed of scanning: only texts that can hold aid are
    looked into, and only those with an event are kept. A run that was ended goes on where it stopped.
    """
    if output and output.rstrip("/").endswith(".parquet"):
        _refuse({"--with-text": with_text, "--explain": explained}, "a .jsonl file")
        parse_in_bulk(
            ctx,
            inputs or tuple(map(str, inputs_or_seeds(inputs))),
            Path(output),
            workers=workers,
            dask=dask,
            any_language=any_language,
            everything=everything,
        )
        return
    _refuse({"--workers": workers != 1, "--dask": dask, "--all": everything}, "a .parquet folder")
    out = _output(output)
    quarantine = out.with_name(out.name.removesuffix(".jsonl") + ".quarantine.jsonl")
    sources = inputs_or_seeds(inputs)
    refuse_overwriting(out, sources)
    set_aside: list[SetAside] = []
    n_read = n_events = 0
    with whole_file(out) as file:
        for reading in read_events(sources, set_aside, any_language=any_language):
            file.write(json_line(record_of(reading, with_text=with_text)))
            n_read += 1
            n_events += len(reading.events)
            if explained:
                click.echo("\n".join([reading.document.id, *(f"  {line}" for line in explain(reading))]))
        write_quarantine(quarantine, set_aside)
        require_some(n_read, set_aside, quarantine)
    LOG.info("Written: %s", out)
    done = f"{count_of(n_read, 'document')}, {count_of(n_events, 'event')}: {out}"
    finish(ctx, done, set_aside, quarantine)


def _refuse(options: dict[str, object], wants: str) -> None:
    for name, given in options.items():
        if given:
            raise ParameterError(
                f"{name} needs {wants} to write", where=f"option {name}", fix=f"Give -o with {wants}."
            )


def _output(output: str | None) -> Path:
    out = Path(output) if output else project_root() / "build" / "events.jsonl"
    if not out.name.endswith(".jsonl") or out.is_dir():
        raise ParameterError(
            f"output {out} is neither .jsonl nor .parquet",
            where="option -o",
            fix="Give a name that ends in .jsonl, or in .parquet for a folder of parts.",
        )
    return out
