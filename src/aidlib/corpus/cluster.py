"""In: the units of a corpus, or a frame of documents. Out: the same parts and records, made on a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aidlib.corpus.parts import part_name, put_part, table_of
from aidlib.corpus.run import Runner
from aidlib.corpus.sift import may_hold_aid
from aidlib.corpus.units import Unit
from aidlib.corpus.work import Done, Wanted, read_unit
from aidlib.errors import AidlibError, ParameterError
from aidlib.events import build_events
from aidlib.read import check_text
from aidlib.read.fields import document_of
from aidlib.record import record_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["on_dask", "read_frame"]


def read_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Read the documents of a frame; pure, so that any scheduler can run it on any piece of a corpus.

    Parameters
    ----------
    frame : DataFrame
        ``id`` and ``text``, and where there are any ``title``, ``published``, ``source`` and ``url``.

    Returns
    -------
    DataFrame
        ``id``, ``record`` and ``error``, a row for each document that has an event or could not be read:
        the record of ``aidlib parse`` as JSON, or what was wrong. No row for any other.

    Examples
    --------
    >>> import pandas as pd
    >>> texts = ["Latvia gave Ukraine €2 million in aid.", "It rains."]
    >>> read_frame(pd.DataFrame({"id": ["a", "b"], "text": texts}))["id"].tolist()
    ['a']
    """
    import pandas as pd

    rows = [row for fields in frame.to_dict("records") if (row := _row(fields)) is not None]
    return pd.DataFrame(rows, columns=["id", "record", "error"], dtype="str")


def _row(fields: dict[Any, Any]) -> dict[str, str | None] | None:
    known = {str(key): value for key, value in fields.items() if value == value and value is not None}
    try:
        document = document_of(known, f"document {known.get('id')!r}")
        if document.text.strip() and not may_hold_aid(document.text, dated=document.published is not None):
            return None
        check_text(document, document.id, any_language=False)
        reading = build_events(document)
    except AidlibError as error:
        return {"id": str(known.get("id") or ""), "record": None, "error": str(error)}
    if not reading.events:
        return None
    record = json.dumps(record_of(reading), ensure_ascii=False)
    return {"id": document.id, "record": record, "error": None}


def on_dask(address: str, *, workers: int = 2) -> Runner:
    """Make a runner for `parse_corpus` that does the units on a Dask cluster.

    The workers read; this process alone writes, one part a unit: what a lost worker did is done again
    elsewhere, and no unit is written twice.

    Parameters
    ----------
    address : str
        Of a scheduler, such as ``tcp://host:8786``; ``local`` starts one here. Its workers must reach
        the corpus under the same paths or addresses.
    workers : int
        Processes of a local cluster.

    Raises
    ------
    ParameterError
        Dask is not installed, or nobody answers at the address.
    """
    try:
        dask: Any = import_module("distributed")
    except ImportError as error:
        raise ParameterError(
            "Dask is not installed", where="option --dask", fix="Install it: pip install 'aidlib[scale]'."
        ) from error

    def run(units: Sequence[Unit], folder: Path, wanted: Wanted) -> Iterator[Done]:
        try:
            client = (
                dask.Client(n_workers=workers, threads_per_worker=1, dashboard_address=None)
                if address == "local"
                else dask.Client(address, timeout="10s")
            )
        except (OSError, ValueError) as error:
            raise ParameterError(
                f"no scheduler of Dask answers at {address!r}: {error}",
                where="option --dask",
                fix="Give its address, such as tcp://host:8786, or 'local'.",
            ) from error
        with client:
            futures = client.map(_unit_of, units, wanted=wanted, pure=False)
            for _, (done, part) in dask.as_completed(futures, with_results=True):
                if part is not None:
                    put_part(folder / part_name(done.number), part)
                yield done

    return run


def _unit_of(unit: Unit, *, wanted: Wanted) -> tuple[Done, Any]:
    done, lines = read_unit(unit, wanted)
    return done, table_of(lines) if lines else None
