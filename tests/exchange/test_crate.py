"""A crate of the run: what the specification asks for is there, and every reference leads somewhere."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import aidlib
from aidlib.errors import LedgerError
from aidlib.exchange.crate import METADATA, crate_files, write_crate
from aidlib.ledger import Ledger, build_ledger, read_ledger, write_ledger
from aidlib.ledger.files import contents_of
from aidlib.model import Document, Reading, Span
from build import event, reading

# RO-Crate 1.1: what each kind of entity must have; of File and CreateAction, what it recommends too.
ASKED = {
    "Dataset": {"name", "description", "datePublished", "license", "hasPart"},
    "File": {"name", "description", "encodingFormat", "contentSize", "sha256"},
    "CreateAction": {"name", "instrument", "object", "result"},
    "SoftwareApplication": {"name", "softwareVersion", "license"},
    "PropertyValue": {"name", "value"},
    "Organization": {"name"},
}


def told(ledger: Ledger) -> dict[str, Any]:
    """Give the entities of a crate by their id."""
    graph = json.loads(crate_files(ledger)[METADATA])["@graph"]
    assert len({one["@id"] for one in graph}) == len(graph)
    return {one["@id"]: one for one in graph}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, dict) and set(value) == {"@id"}:
        yield value["@id"]
    elif isinstance(value, dict):
        for one in value.values():
            yield from references(one)


@pytest.fixture
def books() -> Ledger:
    text = "Norway gives Ukraine €5 million."
    document = Document.from_text(
        text, id="a b", title="Aid", published="2024-05-01", source="NRK", url="https://example.org/a"
    )
    other = reading(event("DNK", 7), id="ø/../#?", published="2024-04-30")
    return build_ledger([Reading(document, (), (event("NOR", 5, evidence=(Span(0, 6),)),)), other])


def test_the_metadata_are_what_the_specification_asks_for(books: Ledger) -> None:
    entities = told(books)
    descriptor = entities[METADATA]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert descriptor["about"] == {"@id": "./"}
    root = entities["./"]
    assert root["@type"] == "Dataset"
    assert root["datePublished"] == "2024-05-01"
    for name, entity in entities.items():
        missing = ASKED.get(entity["@type"], set()) - {key for key, value in entity.items() if value}
        assert missing == set(), name
        # Local names are URI references: no space, no stray sign.
        assert re.fullmatch(r"[\w./:#%~-]+", name, re.ASCII), name


def test_every_reference_leads_to_an_entity(books: Ledger) -> None:
    entities = told(books)
    found = {name for entity in entities.values() for name in references(entity)}
    assert found - set(entities) == {"https://w3id.org/ro/crate/1.1"}
    reached, new = set(), {"./", METADATA}
    while new:
        reached |= new
        new = {one for name in new for one in references(entities.get(name, {})) if one != name} - reached
    assert set(entities) <= reached


def test_every_file_is_described_as_it_is(books: Ledger, tmp_path: Path) -> None:
    with zipfile.ZipFile(write_crate(books, tmp_path / "a.zip")) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    kept = contents_of(books)
    assert set(files) == {*kept, METADATA}
    entities = told(books)
    for name in kept:
        assert entities[name]["contentSize"] == str(len(files[name]))
        assert entities[name]["sha256"] == hashlib.sha256(files[name]).hexdigest()
    assert {part["@id"] for part in entities["./"]["hasPart"]} == set(kept)


def test_the_run_names_its_inputs_parameters_and_software(books: Ledger) -> None:
    entities = told(books)
    run = entities["#run"]
    inputs = [entities[one["@id"]] for one in run["object"]]
    first = next(one for one in inputs if one.get("identifier") == "a b")
    assert first["@id"] == "#document-a%20b"
    assert first["sha256"] == hashlib.sha256("Norway gives Ukraine €5 million.".encode()).hexdigest()
    assert (first["url"], first["datePublished"]) == ("https://example.org/a", "2024-05-01")
    parameters = {one["name"]: one["value"] for one in inputs if one["@type"] == "PropertyValue"}
    assert parameters["recipient"] == "UKR"
    assert "euro" in parameters["rate_source"]
    assert entities[run["instrument"]["@id"]]["softwareVersion"] == aidlib.__version__
    assert "endTime" not in run


def test_the_same_books_are_the_same_bytes_read_back_or_not(books: Ledger, tmp_path: Path) -> None:
    first = write_crate(books, tmp_path / "a.zip").read_bytes()
    again = read_ledger(write_ledger(books, tmp_path / "books"))
    assert write_crate(again, tmp_path / "b.zip").read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_books_without_a_day_make_no_crate(tmp_path: Path) -> None:
    for ledger in (build_ledger([]), build_ledger([reading(event("NOR", 5), published=None)])):
        with pytest.raises(LedgerError, match="no text has a day"):
            write_crate(ledger, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []
