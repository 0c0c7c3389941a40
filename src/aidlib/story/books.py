"""In: a folder of announcements. Out: its books, in one call."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from aidlib.errors import AidlibError, ReadError
from aidlib.events import build_events
from aidlib.ledger import Ledger, build_ledger, corrections_beside, lost_corrections, read_corrections
from aidlib.model import Document, Event, Reading
from aidlib.rates import Policy
from aidlib.read import SetAside, read_documents

__all__ = [
    "bullets",
    "count_words",
    "load_books",
    "sentences",
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
    readings: list[Reading] = []
    set_aside: list[SetAside] = []
    for item in read_documents([folder]):
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
    path, wanted = corrections_beside(folder), set(donors)
    corrections, bad = read_corrections(path) if path else ([], [])
    return build_ledger(
        readings,
        set_aside=[*set_aside, *bad],
        recipient=recipient,
        policy=policy,
        corrections=corrections,
        keep=lambda document, event: _in_time(document, cutoff) and _is_wanted(event, wanted, cutoff),
    )


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
    said = f"{events['doc_id'].nunique()} announcements tell of {len(events)} events, which are "
    said += f"{len(acts)} acts; {booked} of them are booked."
    said += f" {aside} texts or corrections could not be read and were set aside." if aside else ""
    return said + (f" {lost} corrections have lost their target and are not applied." if lost else "")


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
