"""In: the words of a command line. Out: the command, loaded only when it is asked for."""

from __future__ import annotations

import difflib
import errno
import importlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

import aidlib
from aidlib.errors import AidlibError, ReadError

__all__ = ["main"]

LOG = logging.getLogger("aidlib")
COMMANDS = {
    "new": "Lay out a project of your own, which runs at once.",
    "parse": "Read announcements: their mentions and events, a JSON object each.",
    "ledger": "Resolve the events into commitments, and write the books.",
    "reconcile": "Find the lines that make up a total that somebody claims.",
    "story": "Run the notebooks; write the figures and the report.",
    "embed": "Print a figure as a report takes it, with its caption and a marker.",
    "fill": "Fill the markers of reports with figures and numbers.",
    "check": "Fail where a report no longer says what figures and books say.",
    "export": "Write the books in another form: a workbook, IATI, a data package and more.",
    "rates": "Say which exchange rates are in use, or take newer ones.",
    "show": "Show a text with its evidence, in the terminal or as a page.",
    "diff": "Say what moved between two ledgers, and why.",
}


class Failure(click.ClickException):
    """An aidlib error on its way to stderr: one message, its exit code, no traceback."""

    def __init__(self, error: AidlibError) -> None:
        super().__init__(str(error))
        self.exit_code = error.exit_code  # type: ignore[misc]  # click declares it for the class


class LazyGroup(click.Group):
    """Commands, each in a module of its own, so that one starts without the libraries of the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the pipeline."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in the help without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"aidlib.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command asked for, or name the nearest one."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1, cutoff=0.4)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours becomes one clear message."""
        try:
            return super().invoke(ctx)
        except AidlibError as error:
            LOG.info("It failed here:", exc_info=error)
            raise Failure(error) from error
        except OSError as error:
            if error.errno == errno.EPIPE or ctx.params.get("verbose"):
                raise  # stdout was closed, by `head` for one
            raise Failure(
                ReadError(
                    f"{str(error.filename or 'a file')[:80]!r}: {error.strerror or error}",
                    where=f"aidlib {ctx.invoked_subcommand or ''}".strip(),
                    fix="Check the path, its rights, and the room on the disk.",
                )
            ) from error


class Stopwatch(logging.Formatter):
    """Put before each line the seconds since the one before: what the step took."""

    def __init__(self) -> None:
        super().__init__()
        self.last = time.perf_counter()

    def format(self, record: logging.LogRecord) -> str:
        """Give the line with its seconds."""
        now = time.perf_counter()
        took, self.last = now - self.last, now
        return f"{took:6.2f} s  {super().format(record)}"


@contextmanager
def _steps_on_stderr() -> Iterator[None]:
    """Print what our own modules log, and no others, as long as a command runs."""
    handler = logging.StreamHandler()
    handler.setFormatter(Stopwatch())
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(logging.NOTSET)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(aidlib.__version__, prog_name="aidlib")
@click.option(
    "-v", "--verbose", is_flag=True, help="Say each step and its seconds on stderr; show tracebacks."
)
@click.pass_context
def main(ctx: click.Context, verbose: bool) -> None:
    """Turn public announcements of aid into numbers that walk back to their sentence.

    Exit codes: 0 done; 1 unexpected failure; 2 wrong usage or parameter; 3 a data contract is broken
    or nothing could be read; 4 the books do not add up, or a claim that was explained no longer is;
    5 done, but documents were set aside. Each command has examples: aidlib ledger --help
    """
    ctx.obj = {"verbose": verbose}
    if verbose:
        ctx.with_resource(_steps_on_stderr())
