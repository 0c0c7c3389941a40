"""In: a folder of announcements. Out: its books, in one call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from aidlib.errors import AidlibError, ReadError
from aidlib.events import build_events
from aidlib.ledger import Ledger, build_ledger
from aidlib.model import Document, Reading
from aidlib.rates import Policy
from aidlib.read import SetAside, read_documents

__all__ = ["load_books", "load_facts", "select"]

FACTS = ["row_id", "row_type", "contributor", "year", "amount", "currency", "announced_on", "claimed_by"]


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
        As in ``build_ledger``.

    Returns
    -------
    Ledger
        Empty where nothing is selected. What cannot be read stands in its quarantine.
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
    chosen = [select(reading, donors=donors, cutoff=cutoff) for reading in readings]
    kept = [reading for reading in chosen if _in_time(reading.document, cutoff)]
    return build_ledger(kept, set_aside=set_aside, recipient=recipient, policy=policy)


def _in_time(document: Document, cutoff: date | None) -> bool:
    return cutoff is None or document.published is None or document.published <= cutoff


def select(reading: Reading, *, donors: Iterable[str] = (), cutoff: date | None = None) -> Reading:
    """Keep the events of some donors up to a day; a part whose whole goes stands alone."""
    wanted = set(donors)
    last = cutoff.isoformat() if cutoff else None
    kept = [
        index
        for index, event in enumerate(reading.events)
        if (not wanted or event.donor in wanted or wanted & set(event.donors or ()))
        and (last is None or event.date is None or event.date <= last)
    ]
    place = {old: new for new, old in enumerate(kept)}
    events = tuple(
        replace(event, part_of=place.get(event.part_of) if event.part_of is not None else None)
        for event in (reading.events[index] for index in kept)
    )
    return replace(reading, events=events, decisions=())


def load_facts(path: Path | str) -> pd.DataFrame:
    """Read a table of facts on the Danish model, every cell as text.

    Raises
    ------
    ReadError
        It is no such table.
    """
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise ReadError(
            f"the table cannot be read: {error}", where=str(path), fix="Give a CSV file."
        ) from error
    missing = [name for name in FACTS if name not in table.columns]
    if missing:
        raise ReadError(
            f"the table has no column {', '.join(missing)}",
            where=str(path),
            fix="Give a table with the columns of seeds/danish_model_facts.csv.",
        )
    return table
