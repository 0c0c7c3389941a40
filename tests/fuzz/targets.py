"""In: any bytes. Out: nothing, where a reader of ours returns or refuses them with what, where and fix."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import tempfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from aidlib.corpus import may_hold_aid
from aidlib.corpus.parts import table_of
from aidlib.corpus.units import WHOLE, Unit
from aidlib.corpus.work import Wanted, read_unit
from aidlib.errors import AidlibError
from aidlib.events import build_events
from aidlib.exchange.kiel import kiel_totals, read_kiel
from aidlib.exchange.kiel_readings import kiel_readings
from aidlib.kit.markers import TOKENS as DIALECTS
from aidlib.kit.markers import find_markers
from aidlib.kit.numbers import parse_query
from aidlib.ledger import read_corrections
from aidlib.model import Document, Reading
from aidlib.rates import read_rates
from aidlib.read import SetAside, read_file
from aidlib.read.fields import decode_text
from aidlib.read.pages import read_markdown, read_page
from aidlib.read.records import read_line
from aidlib.record import reading_from_record, record_of
from fuzz.mutate import ODD, mutate_value

ROOT = Path(__file__).resolve().parents[2]
DAYS = (None, "2024-05-09", "0001-01-01", "9999-12-31")
NAMES = ("id", "text", "title", "published", "source", "url")
PLAIN = "Norway will give Ukraine NOK 7 billion, of which €40 million for drones under the Danish model."


@dataclass(frozen=True)
class Target:
    """A reader to feed: its seeds, what it does with bytes, and its share of a thousand inputs."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    share: int


def refuse_well(error: AidlibError | SetAside) -> None:
    """Assert that a refusal says what is wrong, where, and how to mend it."""
    assert error.what.strip(), error
    assert error.where.strip(), error
    assert error.fix.strip().endswith((".", "?")), error


def fed(work: Callable[[bytes], Any]) -> Callable[[bytes], None]:
    """Make a target of work that may refuse its input."""

    def run(data: bytes) -> None:
        try:
            work(data)
        except AidlibError as error:
            refuse_well(error)

    return run


def check_reading(reading: Reading) -> None:
    """Assert what holds of every reading: quotes are slices, spans lie in the text, parts have a whole."""
    text = reading.document.text
    for mention in reading.mentions:
        assert text[mention.start : mention.end] == mention.quote
    for number, event in enumerate(reading.events):
        assert all(0 <= span.start < span.end <= len(text) for span in event.evidence)
        assert event.part_of is None or 0 <= event.part_of < len(reading.events)
        assert event.part_of != number
    record = again(record_of(reading, with_text=True))  # a float cannot hold every sum exactly
    assert again(record) == record


def again(record: dict[str, Any]) -> dict[str, Any]:
    """Write a record as JSON, read it back, and make its record anew."""
    return record_of(reading_from_record(json.loads(json.dumps(record))), with_text=True)


def read_text(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape" if len(data) % 2 else "replace")
    day = DAYS[zlib.crc32(data) % 4]
    title = text.partition("\n")[0][:200] if len(data) % 3 == 0 else None
    reading = build_events(Document.from_text(text, title=title, published=day))
    check_reading(reading)
    if reading.events and "surrogates not allowed" not in _encoding_fault(text):
        assert may_hold_aid(text, dated=day is not None), "sifted out, though it holds an event"


def _encoding_fault(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.reason
    return ""


def read_front(data: bytes) -> None:
    document = read_markdown(Path("a.md"), decode_text(data, "a.md"))
    assert decode_text(data, "a.md").endswith(document.text)


def read_lines(data: bytes) -> None:
    for line in data.split(b"\n"):
        item = read_line(line, "a.jsonl, line 1", Path("a.jsonl"), 1)
        if isinstance(item, SetAside):
            refuse_well(item)
        else:
            item.text.encode()


def read_marks(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    dialect = sorted(DIALECTS)[zlib.crc32(data) % len(DIALECTS)]
    markers, faults = find_markers(text, dialect, where="a.md")
    for fault in faults:
        refuse_well(fault)
    at = 0
    for marker in markers:
        assert at <= marker.start < marker.end <= len(text)
        at = marker.end
        fed(lambda _, body=marker.body: parse_query(body, where="a.md:1"))(b"")


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix=f"fuzz-{os.getpid()}-"))


def kept(data: bytes, name: str) -> Path:
    """Write bytes to a file of this process, for readers that take a path."""
    path = _folder() / name
    path.write_bytes(data)
    return path


def read_decisions(data: bytes) -> None:
    for bad in read_corrections(kept(data, "corrections.csv"))[1]:
        refuse_well(bad)


def read_history(data: bytes) -> None:
    table = read_rates(kept(data, "rates.csv"))
    assert table.first_day <= table.last_day
    assert table.currencies == sorted(table.currencies)


def read_record(data: bytes) -> None:
    chance = random.Random(data)
    record = json.loads(chance.choice(_records()))
    for _ in range(chance.choice((1, 1, 2, 4))):
        record = mutate_value(chance, record)
    if isinstance(record, dict):
        record_of(reading_from_record(record))


def read_bytes_of(name: str) -> Callable[[bytes], None]:
    """Read a file one by one, and as a unit of a corpus: neither may fail, both refuse alike."""

    def run(data: bytes) -> None:
        check_file(kept(data, name))

    return run


def check_file(path: Path) -> None:
    for _, item in read_file(path):
        if isinstance(item, SetAside):
            refuse_well(item)
    ending = "".join(path.suffixes)
    size = path.stat().st_size
    single = not ending.startswith((".jsonl", ".parquet", ".warc"))
    unit = Unit(
        0, (str(path),), "files" if single else ending, 0, size if ending == ".jsonl" else WHOLE, size
    )
    done, lines = read_unit(unit, Wanted(any_language=True))
    for aside in done.set_aside:
        refuse_well(aside)
    assert done.with_events == len(lines)
    assert not lines or len(table_of(lines)) == len(lines)


def read_book(data: bytes) -> None:
    kiel = read_kiel(kept(data, "book.xlsx"))
    for aside in kiel.set_aside:
        refuse_well(aside)
    kiel_readings(kiel)
    kiel_totals(kiel)


def read_cells(data: bytes) -> None:
    chance = random.Random(data)
    name, rows = chance.choice(_sheets())
    rows = [list(row) for row in rows]
    for _ in range(chance.choice((1, 2, 6))):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice((*ODD, "=F2+1", "=1/0", "=SUM(A1:A9)", "0", "1.5"))
    if chance.random() < 0.05:
        rows = rows[: chance.randrange(len(rows))]
    book(_folder() / "cells.xlsx", {name: rows, **({} if chance.random() < 0.9 else {"ReadMe": rows})})
    read_book((_folder() / "cells.xlsx").read_bytes())


def read_columns(data: bytes) -> None:
    chance = random.Random(data)
    names = [name for name in NAMES if chance.random() < 0.9]
    columns = {name: _column(chance, name) for name in names}
    path = _folder() / "odd.parquet"
    pq.write_table(pa.table(columns), path)
    check_file(path)


def _column(chance: random.Random, name: str) -> pa.Array:
    usual = {"id": "a", "text": PLAIN, "published": "2024-05-09"}.get(name, "x")
    if chance.random() < 0.6:
        return pa.array([usual, usual, None if chance.random() < 0.3 else usual, usual + "b"])
    kind = chance.choice(
        (pa.string(), pa.large_string(), pa.binary(), pa.int64(), pa.float64(), pa.bool_(), pa.date32(),
         pa.timestamp("ns"), pa.list_(pa.string()), pa.null(), pa.decimal128(38, 2),
         pa.struct([("a", pa.int8())]), pa.dictionary(pa.int8(), pa.string()),
         pa.string_view(), pa.duration("s"), pa.time32("s"))
    )  # fmt: skip
    if chance.random() < 0.5:
        return pa.nulls(4, kind)
    value = next((v for v in (usual, b"\xff", 1, True, ["a"], {"a": 1}) if _fits(v, kind)), None)
    return pa.array([value, None, value, value], kind)


def _fits(value: Any, kind: pa.DataType) -> bool:
    try:
        pa.array([value], kind)
    except (pa.ArrowException, TypeError, ValueError):
        return False
    return True


def book(path: Path, sheets: dict[str, Iterable[Sequence[Any]]]) -> None:
    """Write a workbook whatever its cells hold."""
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True, "in_memory": True}) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, _writable(value))


def _writable(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**300:
        return str(value)
    return value.replace("\ud800", "?").replace("\x00", "?") if isinstance(value, str) else value


@cache
def _briefs() -> list[bytes]:
    return [path.read_bytes() for path in sorted((ROOT / "seeds" / "briefs").glob("*.md"))[::7]]


@cache
def _texts() -> list[bytes]:
    with (ROOT / "tests" / "cases" / "money.csv").open(encoding="utf-8", newline="") as file:
        cases = [row["text"].encode() for row in csv.DictReader(file)]
    bodies = [brief.split(b"\n---", 1)[-1] for brief in _briefs()]
    return [*cases, *(body[at : at + 700] for body in bodies for at in (0, 500)), *bodies[:3]]


@cache
def _records() -> list[bytes]:
    texts = [text.decode("utf-8", "replace") for text in _texts()[-20:]]
    readings = (build_events(Document.from_text(text, published="2024-05-09")) for text in texts)
    return [
        json.dumps(record_of(reading, with_text=len(reading.events) % 2 == 0)).encode()
        for reading in readings
    ]


@cache
def _json_lines() -> list[bytes]:
    made = [{"id": str(n), "text": t.decode("utf-8", "replace"), "published": d, "source": "x", "url": "https://a/b"}
            for n, (t, d) in enumerate(zip(_texts()[::5], DAYS * 99, strict=False))]  # fmt: skip
    return [json.dumps(one).encode() for one in made]


@cache
def _pages() -> list[bytes]:
    words = "".join(f"<p>{PLAIN} {n} </p>" for n in range(6))
    head = "<meta charset='utf-8'><meta property='article:published_time' content='2024-05-09T08:00:00Z'>"
    article = f"<article><h1>Aid</h1>{words}</article>"
    body = f"<html><head><title>Aid</title>{head}</head><body>{article}</body></html>"
    table = f"<table><tr><td>{PLAIN}<td>€1</table><ul><li>{PLAIN}</ul>"
    return [body.encode(), body.replace("<p>", table + "<p>", 1).encode("utf-16"), body.encode("cp1252")]


@cache
def _corrections() -> list[bytes]:
    head = "id,action,target,field,value,into,who,when,why"
    with (ROOT / "tests" / "cases" / "corrections_bad.csv").open(encoding="utf-8", newline="") as file:
        bad = [f"{head}\n{row['row']}\n".encode() for row in csv.DictReader(file)]
    return [*bad, (ROOT / "seeds" / "corrections.csv").read_bytes()]


@cache
def _histories() -> list[bytes]:
    lines = ["Date,USD,NOK,DKK", "2024-01-03,1.0919,11.2810,7.4582", "2024-01-02,1.0956,N/A,7.4560", ""]
    return [*(end.join(lines).encode() for end in ("\n", "\r\n", ",\n")), _zipped("\n".join(lines).encode())]


def _zipped(data: bytes) -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", data)
    return out.getvalue()


@cache
def _sheets() -> list[tuple[str, list[list[Any]]]]:
    from exchange.books import LATER, LATER_SHEET, later

    rows = [later(tot_activity_value_EUR=n, item="F-16", item_quantity=n) for n in range(4)]
    return [(LATER_SHEET, [list(LATER), *rows])]


@cache
def _books() -> list[bytes]:
    path = _folder() / "seed.xlsx"
    for name, rows in _sheets():
        book(path, {name: rows})
    return [path.read_bytes()]


@cache
def _parquets() -> list[bytes]:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["a", "b"], "text": [PLAIN, "x"], "published": ["2024-05-09", None]}), out)
    return [out.getvalue()]


@cache
def _archives() -> list[bytes]:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + _pages()[0]
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: https://a/b\r\n"
        f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(page)}\r\n\r\n"
    )
    return [(head.encode() + page + b"\r\n\r\n") * 2]


def _packed() -> list[bytes]:
    import gzip

    return [gzip.compress(b"\n".join(_json_lines()[:3]), mtime=0)]


TARGETS: dict[str, Target] = {
    "text": Target(fed(read_text), _texts, 380),
    "front matter": Target(fed(read_front), _briefs, 120),
    "JSON line": Target(fed(read_lines), _json_lines, 150),
    "markers": Target(fed(read_marks), lambda: [b"", *_texts()[-3:], b"{{aidlib: total donor=NOR}} x"], 120),
    "corrections": Target(fed(read_decisions), _corrections, 70),
    "rates": Target(fed(read_history), _histories, 60),
    "record": Target(fed(read_record), _records, 70),
    "page": Target(fed(lambda data: read_page(data, "a", "a.html", None)), _pages, 8),
    "workbook, bytes": Target(fed(read_book), _books, 5),
    "workbook, cells": Target(fed(read_cells), lambda: [b"a"], 3),
    "Parquet, bytes": Target(fed(read_bytes_of("a.parquet")), _parquets, 4),
    "Parquet, columns": Target(fed(read_columns), lambda: [b"a"], 3),
    "JSON lines, unit": Target(fed(read_bytes_of("a.jsonl")), _json_lines, 4),
    "JSON lines, packed": Target(fed(read_bytes_of("a.jsonl.gz")), _packed, 2),
    "web archive": Target(fed(read_bytes_of("a.warc")), _archives, 1),
}
