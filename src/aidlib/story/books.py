"""In: a folder of announcements. Out: its books, in one call."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aidlib.errors import AidlibError, ReadError
from aidlib.events import build_events
from aidlib.ledger import (
    Correction,
    Ledger,
    build_ledger,
    corrections_beside,
    lost_corrections,
    read_corrections,
)
from aidlib.model import Document, Event, Reading
from aidlib.rates import Policy, RateTable
from aidlib.read import SetAside, read_documents

__all__ = [
    "Books",
    "bullets",
    "count_words",
    "load_books",
    "sentences",
    "tell_books",
]


def load_books(
    folder: Path | str,
    *,
    donors: Iterable[str] = (),
    cutoff: date | None = None,
    recipient: str = "UKR",
    policy: Policy = "announcement",
) -> Ledger:
    """Read every announcement of a folder and build the books.

    Parameters
    ----------
    folder : Path or str
        Searched in depth; a file is read alone.
    donors : iterable of str
        Only these donors' events; all if empty.
    cutoff : date, optional
        Announcements published after that day are left out, and so are events dated after it.
    recipient, policy
        As in ``build_ledger``. Of a project's own briefs, what people have decided in
        ``seeds/corrections.csv`` is applied first.

    Returns
    -------
    Ledger
        Empty where nothing is selected. What cannot be read stands in its quarantine.

    Raises
    ------
    ReadError
        The folder is missing or holds nothing, or not one of its announcements can be read.
    """
    return tell_books([folder], donors=donors, cutoff=cutoff, recipient=recipient, policy=policy).ledger


@dataclass(frozen=True)
class Books:
    """Books with the texts that they rest on, by id, all that was set aside, and what was selected."""

    ledger: Ledger
    documents: dict[str, Document]
    set_aside: list[SetAside]
    warnings: list[str]
    donors: tuple[str, ...] = ()
    cutoff: date | None = None


def tell_books(
    folders: Sequence[Path | str],
    *,
    donors: Iterable[str] = (),
    cutoff: date | None = None,
    recipient: str = "UKR",
    policy: Policy = "announcement",
    table: RateTable | None = None,
) -> Books:
    """Do the work of ``load_books`` on several folders at once, and keep the texts.

    ``table`` holds the rates; those in use if left out. ``warnings`` has a line for each correction
    that has lost its target.
    """
    readings, set_aside = _read_all(folders)
    paths = list(dict.fromkeys(path for path in map(corrections_beside, folders) if path))
    corrections: list[Correction] = []
    for path in paths:
        found, bad = read_corrections(path)
        corrections += found
        set_aside += bad
    donors = tuple(donors)
    wanted = set(donors)
    ledger = build_ledger(
        readings,
        set_aside=set_aside,
        recipient=recipient,
        policy=policy,
        table=table,
        corrections=corrections,
        keep=lambda document, event: _in_time(document, cutoff) and _is_wanted(event, wanted, cutoff),
    )
    documents = {reading.document.id: reading.document for reading in readings}
    lost = lost_corrections(ledger.corrections, paths[0] if len(paths) == 1 else None)
    return Books(ledger, documents, set_aside, lost, donors, cutoff)


def _read_all(folders: Sequence[Path | str]) -> tuple[list[Reading], list[SetAside]]:
    readings: list[Reading] = []
    set_aside: list[SetAside] = []
    for item in read_documents(folders):
        if isinstance(item, SetAside):
            set_aside.append(item)
            continue
        try:
            readings.append(build_events(item))
        except AidlibError as error:
            set_aside.append(SetAside.of(error, name=item.id, path=error.where))
    if set_aside and not readings:
        first = set_aside[0]
        raise ReadError(
            f"nothing could be read, {len(set_aside)} set aside; the first: {first.what}",
            where=first.where,
            fix=first.fix,
        )
    return readings, set_aside


def _in_time(document: Document, cutoff: date | None) -> bool:
    return cutoff is None or document.published is None or document.published <= cutoff


def _is_wanted(event: Event, donors: set[str], cutoff: date | None) -> bool:
    is_theirs = not donors or event.donor in donors or bool(donors & set(event.donors or ()))
    return is_theirs and (cutoff is None or event.date is None or event.date <= cutoff.isoformat())


def count_words(books: Ledger) -> str:
    """Say in a sentence how much was read, and what became of it."""
    acts, events = books.commitments, books.events
    if not len(events):
        return "Nothing is selected: no announcement here tells of an act by these donors up to that day."
    booked = int((acts["status"] == "booked").sum())
    aside = len(books.quarantine)
    lost = len(lost_corrections(books.corrections, None))
    read, are = events["doc_id"].nunique(), "is" if len(events) == 1 else "are"
    said = f"{_number(read, 'announcement')} {'tells' if read == 1 else 'tell'} of "
    said += f"{_number(len(events), 'event')}, which {are} {_number(len(acts), 'act')}; "
    said += f"{booked} of them {'is' if booked == 1 else 'are'} booked."
    said += f" Set aside as unreadable: {aside} of the texts and corrections." if aside else ""
    return said + (f" Not applied, their target lost: {_number(lost, 'correction')}." if lost else "")


def _number(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def bullets(lines: Iterable[str]) -> str:
    r"""Make a list in Markdown of lines that hold quotes; nothing in them is markup.

    Examples
    --------
    >>> bullets(["*<b>"])
    '- \\*&lt;b&gt;'
    """
    return "\n".join("- " + _plain(line) for line in lines)


def sentences(*findings: str) -> str:
    """Make a paragraph of findings, the first of them in bold; what is said twice stands once.

    Examples
    --------
    >>> sentences("Two of three are repeats", "Nothing moves.", "Nothing moves.")
    '**Two of three are repeats.** Nothing moves.'
    """
    first, *others = dict.fromkeys(_plain(finding.rstrip(".")) + "." for finding in findings)
    return " ".join([f"**{first}**", *others])


def _plain(line: str) -> str:
    return re.sub(r"([\\`*_\[\]$~])", r"\\\1", html.escape(line))
