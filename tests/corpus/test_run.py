"""In: one corpus in every form. Out: the same parts from each, whatever way they were made."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from aidlib.corpus import Corpus, parse_corpus, read_parts, units
from aidlib.corpus.cluster import on_dask, read_frame
from aidlib.corpus.work import Done, Wanted, write_unit
from aidlib.errors import ParameterError, ReadError
from aidlib.events import build_events
from aidlib.model import Document
from aidlib.read import read_documents
from aidlib.record import record_of

GENERAL = "The council of Bergen will spend {n} million kroner on schools, the mayor said. " * 4


@pytest.fixture(scope="module")
def rows(seeds: Path) -> list[dict[str, Any]]:
    """The briefs, each among nine texts about something else, and three bad records."""
    found: list[dict[str, Any]] = []
    for brief in read_documents([seeds / "briefs"]):
        assert isinstance(brief, Document)
        day = brief.published.isoformat() if brief.published else None
        found.append({"id": brief.id, "text": brief.text, "title": brief.title, "published": day})
        found += [{"id": f"{brief.id} {n}", "text": GENERAL.format(n=n), "published": day} for n in range(9)]
    return [
        *found,
        {"id": "empty", "text": ""},
        {"id": "bad day", "text": found[0]["text"], "published": "May"},
    ]


@pytest.fixture(scope="module")
def expected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What reading one by one gives, of documents with an event."""
    documents = (Document.from_text(**row) for row in rows[:-2])
    readings = (build_events(document) for document in documents)
    return [record_of(reading) for reading in readings if reading.events]


def parquet(rows: list[dict[str, Any]], path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=100)


def lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


WAYS: dict[str, Callable[[list[dict[str, Any]], Path], object]] = {
    "c.parquet": parquet,
    "c.jsonl": lambda rows, path: path.write_bytes(lines(rows)),
    "c.jsonl.gz": lambda rows, path: path.write_bytes(gzip.compress(lines(rows))),
    "c.jsonl.zst": lambda rows, path: path.write_bytes(zstandard.compress(lines(rows))),
}


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Divide even a small corpus."""
    monkeypatch.setattr(units, "UNIT_BYTES", 40_000)
    monkeypatch.setattr(units, "UNIT_FILES", 30)


def records(folder: Path) -> list[dict[str, Any]]:
    return [record_of(reading) for reading in read_parts(folder)]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def corpus(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus as Parquet."""
    path = tmp_path_factory.mktemp("corpus") / "c.parquet"
    parquet(rows, path)
    return path


@pytest.fixture(scope="module")
def parts(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Its parts, made without a stop in one process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "UNIT_BYTES", 40_000)
        out = tmp_path_factory.mktemp("parts") / "out.parquet"
        parse_corpus([corpus], out)
    return bytes_of(out)


@pytest.mark.parametrize("name", WAYS)
def test_every_form_gives_the_events_of_reading_one_by_one(
    name: str, rows: list[dict[str, Any]], expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    WAYS[name](rows, tmp_path / name)
    found = parse_corpus([tmp_path / name], tmp_path / "out.parquet")
    assert records(found.place) == expected
    assert (found.documents, found.with_events) == (len(rows), len(expected))
    assert found.events == sum(len(record["events"]) for record in expected)
    assert sorted(str(item.id) for item in found.set_aside) == ["bad day", "empty"]
    assert found.candidates < found.documents / 5


def test_a_folder_of_texts_gives_them_too(seeds: Path, tmp_path: Path) -> None:
    found = parse_corpus([seeds / "briefs"], tmp_path / "out.parquet")
    documents = [d for d in read_documents([seeds / "briefs"]) if isinstance(d, Document)]
    readings = [reading for reading in map(build_events, documents) if reading.events]
    assert records(found.place) == [record_of(reading) for reading in readings]
    assert len(list(found.place.iterdir())) == 4


def test_a_web_archive_gives_the_pages_that_tell_of_aid(tmp_path: Path) -> None:
    text = "<p>Latvia gave Ukraine €2 million in military aid on 3 May 2024, the ministry said in Riga.</p>"
    pages = [
        f"<html><body><article>{text * 3}</article></body></html>",
        "<html><p>It rains in Oslo.</p></html>",
    ]
    (tmp_path / "c.warc").write_bytes(b"".join(warc_record(n, page) for n, page in enumerate(pages)))
    found = parse_corpus([tmp_path / "c.warc"], tmp_path / "out.parquet")
    (record,) = records(found.place)
    assert (record["url"], record["events"][0]["amount"]) == ("https://example.org/0", 2000000)
    assert found.documents == 2


def warc_record(number: int, page: str) -> bytes:
    body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0000-{number}>\r\n"
        f"WARC-Date: 2024-05-03T00:00:00Z\r\nWARC-Target-URI: https://example.org/{number}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def test_an_address_of_fsspec_is_read_like_a_path(
    rows: list[dict[str, Any]], expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    import fsspec

    files = fsspec.filesystem("memory")
    files.pipe("/corpus/c.jsonl", lines(rows))
    found = parse_corpus(["memory://corpus"], tmp_path / "out.parquet")
    assert records(found.place) == expected
    with pytest.raises(ReadError, match="nothing to read"):
        parse_corpus(["memory://nowhere"], tmp_path / "other.parquet")


def test_processes_give_the_same_bytes(corpus: Path, parts: dict[str, bytes], tmp_path: Path) -> None:
    parse_corpus([corpus], tmp_path / "out.parquet", workers=2)
    assert bytes_of(tmp_path / "out.parquet") == parts


def test_a_cluster_gives_the_same_bytes(corpus: Path, parts: dict[str, bytes], tmp_path: Path) -> None:
    parse_corpus([corpus], tmp_path / "out.parquet", run=on_dask("local", workers=1))
    assert bytes_of(tmp_path / "out.parquet") == parts


def test_a_scheduler_that_does_not_answer_is_named(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"no scheduler of Dask answers at 'tcp://127.0.0.1:1'"):
        parse_corpus([corpus], tmp_path / "out.parquet", run=on_dask("tcp://127.0.0.1:1"))


class StoppedError(Exception):
    """A run that ends in its midst."""


def stopping(after: int) -> Any:
    """Make a runner that does some units and then stops, as a kill would."""

    def run(todo: Sequence[Any], folder: Path, wanted: Wanted) -> Iterator[Done]:
        for unit in todo[:after]:
            yield write_unit(unit, folder, wanted)
        raise StoppedError

    return run


def test_a_stopped_run_goes_on_where_it_stopped(
    corpus: Path, parts: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    for _ in range(2):
        with pytest.raises(StoppedError):
            parse_corpus([corpus], out, run=stopping(1))
    assert not out.exists()
    state = tmp_path / "out.parquet.state.jsonl"
    state.write_bytes(state.read_bytes()[:-5])  # killed while it wrote the last line
    left: list[int] = []

    def run(todo: Sequence[Any], folder: Path, wanted: Wanted) -> Iterator[Done]:
        left.extend(unit.number for unit in todo)
        yield from (write_unit(unit, folder, wanted) for unit in todo)

    parse_corpus([corpus], out, run=run)
    assert left[0] == 1
    assert bytes_of(out) == parts
    assert {path.name for path in tmp_path.iterdir()} == {"out.parquet"}


def test_another_corpus_or_choice_begins_anew(
    corpus: Path, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    with pytest.raises(StoppedError):
        parse_corpus([corpus], out, run=stopping(1))
    found = parse_corpus([corpus], out, everything=True)
    assert len(records(out)) == len(rows) - 2 == found.candidates - 1


def test_a_file_that_changes_while_it_is_read_is_refused(
    rows: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.jsonl"
    path.write_bytes(lines(rows))
    real = build_events

    def growing(document: Document, **more: Any) -> Any:
        with path.open("ab") as file:
            file.write(b"\n")
        return real(document, **more)

    monkeypatch.setattr("aidlib.corpus.work.build_events", growing)
    with pytest.raises(ReadError, match="the file changed while it was read"):
        parse_corpus([path], tmp_path / "out.parquet")
    monkeypatch.undo()
    assert parse_corpus([path], tmp_path / "out.parquet").documents == len(rows)


def test_a_broken_file_among_good_ones_is_set_aside(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "b.jsonl.gz").write_bytes(
        gzip.compress(b'{"id": "x", "text": "Kyiv got \xe2\x82\xac5"}\n' * 9)[:-9]
    )
    (tmp_path / "c.parquet").write_bytes(corpus.read_bytes())
    found = parse_corpus([tmp_path], tmp_path / "out.parquet")
    assert [Path(item.path).name for item in found.set_aside if item.id is None] == [
        "a.parquet",
        "b.jsonl.gz",
    ]
    assert found.with_events > 90


def test_an_id_that_comes_twice_is_kept_once(tmp_path: Path) -> None:
    text = "Latvia gave Ukraine €2 million in military aid."
    rows = [{"id": name, "text": text, "published": "2024-05-05"} for name in "aba"]
    parquet(rows[:2], tmp_path / "1.parquet")
    parquet(rows[2:], tmp_path / "2.parquet")
    found = parse_corpus([tmp_path], tmp_path / "out.parquet")
    assert [record["id"] for record in records(found.place)] == ["a", "b"]
    assert (found.with_events, found.events) == (2, 2)
    assert [item.what for item in found.set_aside] == ["id 'a' was met before"]


def test_a_sum_that_no_decimal_holds_is_left_out_with_its_reason(tmp_path: Path) -> None:
    text = f"Latvia gave Ukraine €{'9' * 37} in military aid, and €2 million for drones."
    (tmp_path / "a.txt").write_text(text)
    (record,) = records(parse_corpus([tmp_path / "a.txt"], tmp_path / "out.parquet").place)
    assert record["events"][0]["amount"] is None
    assert "amount_too_large" in record["events"][0]["reasons"]


def test_a_place_that_holds_something_else_is_refused(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "out.parquet").mkdir()
    (tmp_path / "out.parquet" / "thesis.md").write_text("mine")
    with pytest.raises(ParameterError, match="holds something that is no corpus"):
        parse_corpus([corpus], tmp_path / "out.parquet")


def test_an_older_result_is_replaced_whole(corpus: Path, parts: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    parse_corpus([corpus], out, everything=True)
    parse_corpus([corpus], out)
    assert bytes_of(out) == parts


def test_parts_are_columns_that_sql_can_ask(parts: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
    told = "select count(*), sum(e.amount) from (select unnest(events) e from '{}/*.parquet')"
    ((count, total),) = duckdb.connect().execute(told.format(tmp_path)).fetchall()
    assert count > 200
    assert total > 10**11


def test_a_frame_is_read_alike_wherever_it_is_cut(
    rows: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    frame = pd.DataFrame(rows[:-2])
    whole = read_frame(frame)
    pieces = pd.concat([read_frame(frame.iloc[:333]), read_frame(frame.iloc[333:])], ignore_index=True)
    pd.testing.assert_frame_equal(whole, pieces)
    assert [json.loads(record) for record in whole["record"]] == expected
    bad = read_frame(pd.DataFrame(rows[-2:]))
    assert bad["error"].notna().all()


def test_a_corpus_counts_what_it_met(corpus: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    found: Corpus = parse_corpus([corpus], tmp_path / "o.parquet", progress=lambda *at: told.append(at))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == sum(unit.size for unit in units.plan_units([corpus]))
    assert found.text_bytes > 100_000
