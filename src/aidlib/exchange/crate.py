"""In: a ledger. Out: a research object (RO-Crate 1.1) of the run that made it, as one zip."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from aidlib import __version__
from aidlib.errors import LedgerError
from aidlib.exchange.whole import last_day, write_whole, zip_bytes
from aidlib.ledger import Ledger
from aidlib.ledger.files import contents_of

__all__ = ["crate_files", "write_crate"]

METADATA = "ro-crate-metadata.json"
ROOT, RUN, SOFTWARE, AUTHORS = "./", "#run", "#aidlib", "#authors"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
# The context of 1.1 is older than this word of schema.org.
CONTEXT = [f"{SPECIFICATION}/context", {"sha256": "http://schema.org/sha256"}]
MIT = "https://spdx.org/licenses/MIT"
FORMATS = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
}
HOLDS = {
    "commitments": "one row an act, with its bounds and its value in euro",
    "totals": "what the booked acts add up to",
    "events": "one row a statement of a document",
    "reports": "which event went into which act",
    "links": "why two reports or acts belong together",
    "evidence": "the quote behind every value",
    "quarantine": "what could not be read",
    "datapackage": "what every column of the tables means",
}

Entity = dict[str, Any]


def write_crate(ledger: Ledger, path: Path | str) -> Path:
    """Write the files of a ledger, and what they are made of and by, into one zip.

    Parameters
    ----------
    ledger : Ledger
        Its tables are not changed.
    path : Path or str
        The zip; an old one is replaced.

    Raises
    ------
    LedgerError
        No text of the ledger has a day.
    ParameterError
        The place cannot be written.
    """
    return write_whole(path, zip_bytes(crate_files(ledger)))


def crate_files(ledger: Ledger) -> dict[str, bytes]:
    """Give the files of a ledger with ``ro-crate-metadata.json`` beside them.

    The metadata name every file with its size and hash, the software, and the run: its inputs
    (document, hash of its text, address where it has one) and its parameters. The day is that of
    the last publication; there are no clock times, so the same ledger gives the same bytes.

    Returns
    -------
    dict of str to bytes
        By name, as they lie in the zip.

    Raises
    ------
    LedgerError
        No text of the ledger has a day: the specification asks for one.
    """
    day = last_day(ledger)
    if day is None:
        raise LedgerError(
            "no text has a day of publication, and a crate must have one",
            where="ledger",
            fix="Give the texts their day in the front matter or the column `published`.",
        )
    files = contents_of(ledger)
    package = json.loads(files["datapackage.json"])
    inputs, parameters = [*_inputs(ledger)], [*_parameters(ledger)]
    parts = [_file(name, files[name]) for name in sorted(files)]
    licence = package["licenses"][0]
    run: Entity = {
        "@id": RUN,
        "@type": "CreateAction",
        "name": "Announcements read and resolved into a ledger",
        "instrument": {"@id": SOFTWARE},
        "object": _references([*inputs, *parameters]),
        "result": _references(parts),
    }
    root: Entity = {
        "@id": ROOT,
        "@type": "Dataset",
        "name": package["title"],
        "description": "A ledger in which every number has its evidence, with the run that made it",
        "datePublished": day.isoformat(),
        "license": {"@id": licence["path"]},
        "hasPart": _references(parts),
        "mentions": {"@id": RUN},
    }
    graph = [_descriptor(), root, *parts, run, *_software(), *inputs, *parameters, *_licences(licence)]
    metadata = json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"
    return {**files, METADATA: metadata.encode()}


def _references(entities: Iterable[Entity]) -> list[Entity]:
    return [{"@id": entity["@id"]} for entity in entities]


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": ROOT},
    }


def _file(name: str, data: bytes) -> Entity:
    path = Path(name)
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": HOLDS[path.stem],
        "encodingFormat": FORMATS[path.suffix],
        "contentSize": str(len(data)),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _software() -> list[Entity]:
    return [
        {
            "@id": SOFTWARE,
            "@type": "SoftwareApplication",
            "name": "aidlib",
            "description": "Turns public announcements of aid to Ukraine into a ledger with evidence",
            "softwareVersion": __version__,
            "license": {"@id": MIT},
            "author": {"@id": AUTHORS},
        },
        {"@id": AUTHORS, "@type": "Organization", "name": "The aidlib authors"},
    ]


def _licences(licence: Mapping[str, str]) -> list[Entity]:
    return [
        {"@id": licence["path"], "@type": "CreativeWork", "name": licence["name"]},
        {"@id": MIT, "@type": "CreativeWork", "name": "MIT"},
    ]


def _inputs(ledger: Ledger) -> Iterator[Entity]:
    """Give the texts that have an event, as the ledger knows no others; in its order."""
    hashes = dict(zip(ledger.evidence["doc_id"], ledger.evidence["sha256"], strict=True))
    for row in ledger.events.drop_duplicates("doc_id").to_dict("records"):
        name = row["doc_id"]
        known = {
            "url": row["url"],
            "sha256": hashes.get(name),
            "datePublished": None if pd.isna(row["published"]) else f"{row['published']:%Y-%m-%d}",
            "sourceOrganization": row["source"],
        }
        yield {
            "@id": f"#document-{quote(name, safe='')}",
            "@type": "CreativeWork",
            "identifier": name,
            "name": name if pd.isna(row["title"]) else row["title"],
            **{key: value for key, value in known.items() if not pd.isna(value)},
        }


def _parameters(ledger: Ledger) -> Iterator[Entity]:
    """Give every field of the ledger that is no table, and the rates that its sums were converted by."""
    values = {one.name: getattr(ledger, one.name) for one in fields(ledger)}
    plain = {key: value for key, value in values.items() if not isinstance(value, pd.DataFrame)}
    plain["rate_source"] = "; ".join(sorted(ledger.commitments["rate_source"].dropna().unique()))
    for name, value in plain.items():
        if value is not None and value != "":
            yield {"@id": f"#parameter-{name}", "@type": "PropertyValue", "name": name, "value": str(value)}
