"""The data package as a zip: what frictionless accepts, and the folder to the byte."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from aidlib.errors import ParameterError
from aidlib.events import build_events
from aidlib.exchange.datapackage import write_datapackage
from aidlib.ledger import build_ledger, read_ledger, write_ledger
from aidlib.model import Document
from aidlib.read import read_documents
from build import event, reading


def test_the_zip_is_the_folder_and_frictionless_accepts_it(seeds: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    documents = [one for one in read_documents([seeds / "briefs"]) if isinstance(one, Document)]
    folder = write_ledger(build_ledger([build_events(one) for one in documents]), tmp_path / "books")
    path = write_datapackage(read_ledger(folder), tmp_path / "books.zip")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert {name: archive.read(name) for name in names} == {
            one.name: one.read_bytes() for one in folder.iterdir()
        }
        archive.extractall(tmp_path / "out")
    assert names == sorted(names)
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])[:5]
    assert frictionless.validate(str(path)).valid


def test_the_same_books_are_the_same_bytes_whenever_and_by_whomever(tmp_path: Path) -> None:
    ledger = build_ledger([reading(event("NOR", 5))])
    first = write_datapackage(ledger, tmp_path / "a.zip").read_bytes()
    assert write_datapackage(ledger, tmp_path / "new" / "b.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        marks = {(one.date_time, one.create_system, one.external_attr) for one in archive.infolist()}
    assert marks == {((1980, 1, 1, 0, 0, 0), 3, 0o644 << 16)}


def test_a_place_that_cannot_be_written_is_named_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path, tmp_path / "file" / "a.zip"):
        with pytest.raises(ParameterError, match="cannot be written"):
            write_datapackage(build_ledger([reading(event("NOR", 5))]), place)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"
