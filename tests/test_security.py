"""Hostile files and words: nothing is fetched, run, unpacked without end or written elsewhere."""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import re
import socket
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
import zstandard
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from aidlib.cli import main
from aidlib.corpus.units import plan_units
from aidlib.corpus.work import Wanted, read_unit
from aidlib.errors import AidlibError, FigureError, ReadError
from aidlib.events import build_events
from aidlib.exchange.kiel import read_kiel
from aidlib.exchange.kiel_out import write_kiel_csv
from aidlib.exchange.sheets import read_formulas
from aidlib.kit.figures import figure_named
from aidlib.ledger import build_ledger, read_corrections, read_ledger, write_ledger
from aidlib.ledger.columns import TABLES
from aidlib.ledger.correcting import Correction
from aidlib.ledger.files import FORMULA_STARTS, csv_bytes
from aidlib.model import Document
from aidlib.plots.save import csv_of
from aidlib.rates import read_rates
from aidlib.read import SetAside, read_documents, records, warc
from aidlib.read.pages import read_page
from aidlib.show import page_of
from aidlib.story import run as runner
from aidlib.story.parameters import assigned_in
from build import GOOD, event, reading
from exchange.books import LATER, LATER_SHEET, later, workbook

SECRET = "the words of another file"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "{"ha" * 50}">{LAUGHS}]>'
IDS = [
    "../../escaped", "/etc/passwd", "..\\..\\escaped", "C:\\escaped", "a\x00b", "CON", "nul.txt",
    "x" * 300, ".", "..", "~root", "$(touch escaped)", "`touch escaped`", "; touch escaped", "<script>",
    "=1+1", "#a", "é\u202e", "a\nb", "%2e%2e%2fescaped", "|", " ", "\ufeff",
]  # fmt: skip
CODE = [
    "__import__('os').system('touch {}')", '"); import os; os.system("touch {}"); ("',
    "\\'+open('{}','w')+\\'", "{{}}\nimport os\nos.system('touch {}')", "$(touch {})", "`touch {}`",
    "; touch {} #", "!touch {}", "%run {}",
]  # fmt: skip


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any connection fail the test."""

    def refuse(*given: object) -> None:
        raise AssertionError(f"a connection to {given}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# Web pages, workbooks and their XML.


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE html [<!ENTITY e SYSTEM "{}">]>',
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//X//X" "{}"[<!ENTITY e SYSTEM "{}">]>',
        '<html xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{}" parse="text"/>',
        '<base href="{}"><link rel="import" href="{}"><iframe src="{}"></iframe><object data="{}"></object>',
    ],
    ids=["entity", "document type", "inclusion", "frames"],
)
@pytest.mark.usefixtures("no_network")
def test_a_page_brings_in_no_other_file(head: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    page = head.replace("{}", secret.as_uri()) + f"<article><p>&e; {GOOD} {GOOD}</p></article>"
    document = read_page(page.encode(), "a", "a.html", None)
    assert "Latvia gave Ukraine" in document.text
    assert SECRET not in document.text


@pytest.mark.usefixtures("no_network")
def test_a_page_whose_entities_grow_is_refused() -> None:
    page = f"{BOMB}<html><body><article><p>&l9; {GOOD} {GOOD}</p></article></body></html>"
    with pytest.raises(ReadError, match="no main text"):
        read_page(page.encode(), "a", "a.html", None)


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "blockquote", "span"])
def test_a_page_nested_without_end_is_read_or_refused(tag: str) -> None:
    page = f"<html><body>{f'<{tag}>' * 20_000}{GOOD}"
    try:
        text = read_page(page.encode(), "a", "a.html", None).text
    except ReadError as error:
        text = error.what
    assert "Latvia" in text or text == "the page has no main text"


def with_part(path: Path, name: str, text: str) -> Path:
    """Put other bytes into a part of a workbook."""
    with zipfile.ZipFile(path) as old:
        parts = {one: old.read(one) for one in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for one, data in {**parts, name: text.encode()}.items():
            new.writestr(one, data)
    return path


@pytest.fixture
def small_book(tmp_path: Path) -> Path:
    return workbook(tmp_path / "book.xlsx", {LATER_SHEET: [list(LATER), later(tot_activity_value_EUR=5)]})


@pytest.mark.parametrize("entity", ["laughs", "file"])
def test_entities_in_a_workbook_are_refused_or_left_alone(
    entity: str, small_book: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    head = BOMB if entity == "laughs" else f'<!DOCTYPE x [<!ENTITY l9 SYSTEM "{secret.as_uri()}">]>'
    main_part = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = '<c r="A1" t="str"><f>&l9;</f></c>'
    sheet = f'{head}<worksheet xmlns="{main_part}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    book = with_part(small_book, "xl/worksheets/sheet1.xml", sheet)
    for read in (read_kiel, lambda path: read_formulas(path, LATER_SHEET)):
        try:
            told = str(read(book))
        except ReadError as error:
            told = str(error)
        assert SECRET not in told


def test_a_workbook_that_unpacks_without_end_is_refused(small_book: Path) -> None:
    book = with_part(small_book, "xl/media/a.bin", "0" * (301 << 20))
    assert book.stat().st_size < 1 << 20
    with pytest.raises(ReadError, match="unpacks to over 314,572,800 bytes"):
        read_kiel(book)


def test_a_workbook_with_two_far_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(LATER_SHEET)
        sheet.write_row(0, 0, LATER)
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(ReadError, match="spans 1,048,576 rows and 16,384 columns"):
        read_kiel(path)


# What unpacks to more than it seems.


def packed(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else zstandard.compress(data))
    return path


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_a_line_longer_than_the_limit_is_set_aside_and_the_next_is_read(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LARGEST_LINE", 1000)
    good = json.dumps({"id": "a", "text": GOOD, "published": "2024-05-09"})
    long = json.dumps({"id": "b", "text": "Ukraine gets €2 million. " * 10_000})
    data = f"{long}\n{good}\n".encode()
    path = tmp_path / f"a.{ending}"
    path.write_bytes(data) if ending == "jsonl" else packed(path, data)
    bad, read = read_documents([path])
    assert isinstance(bad, SetAside)
    assert bad.line == 1
    assert "holds over 1,000 bytes" in bad.what
    assert isinstance(read, Document)
    assert read.id == "a"


def test_a_corpus_keeps_no_line_longer_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LARGEST_LINE", 5000)
    monkeypatch.setattr("aidlib.corpus.stream.BLOCK_BYTES", 1000)
    monkeypatch.setattr("aidlib.corpus.units.UNIT_BYTES", 3000)
    good = [json.dumps({"id": name, "text": GOOD, "published": "2024-05-09"}) for name in "abc"]
    long = json.dumps({"id": "long", "text": "Norway gives Ukraine €2 million. " * 10_000})
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([good[0], long, *good[1:]]) + "\n")
    done = [read_unit(unit, Wanted()) for unit in plan_units([path])]
    assert [json.loads(line)["id"] for _, lines in done for line in lines] == ["a", "b", "c"]
    (aside,) = (item for counted, _ in done for item in counted.set_aside)
    assert "holds over 5,000 bytes" in aside.what


def test_a_page_of_an_archive_larger_than_the_limit_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fastwarc")
    monkeypatch.setattr(warc, "LARGEST_PAGE", 2000)
    pages = [f"<article><p>{GOOD}</p><p>{GOOD}</p></article>", f"<p>{GOOD}</p>" * 1000]
    path = packed(tmp_path / "a.warc.gz", b"".join(map(archived, pages)))
    read, bad = read_documents([path])
    assert isinstance(read, Document)
    assert isinstance(bad, SetAside)
    assert "holds over 2,000 bytes" in bad.what


def archived(page: str) -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"
    about = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{len(page)}>\r\n"
    kind = "Content-Type: application/http;msgtype=response\r\n"
    return f"{about}{kind}Content-Length: {len(http.encode())}\r\n\r\n{http}\r\n\r\n".encode()


def test_a_packed_history_of_rates_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rates.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", b"0" * 100_000_001)
    with pytest.raises(AidlibError, match="over 100,000,000 bytes"):
        read_rates(path)


# Names that become files, anchors and addresses.


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A file of documents whose ids, titles and addresses are hostile."""
    path = tmp_path / "in" / "a.jsonl"
    path.parent.mkdir()
    rows = [
        {"id": name, "title": name, "source": name, "url": f"javascript:{name}", "published": "2024-05-09",
         "text": f"Latvia gave Ukraine €{number} million for generators on Friday, the ministry said."}
        for number, name in enumerate(IDS, start=2)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def files_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_no_id_names_a_file(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "deep" / "er"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    run = CliRunner().invoke
    assert run(main, ["parse", str(hostile), "-o", "out/e.jsonl"], catch_exceptions=False).exit_code in (0, 5)
    assert run(main, ["ledger", str(hostile), "-o", "books"], catch_exceptions=False).exit_code in (0, 5)
    for kind, name in {
        "xlsx": "b.xlsx",
        "iati": "b.xml",
        "kiel": "b.csv",
        "datapackage": "d.zip",
        "rocrate": "r.zip",
    }.items():
        result = run(main, ["export", kind, "books", "-o", f"out/{name}"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
    result = run(main, ["show", str(hostile), "--html", "out/page.html"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    made = files_under(tmp_path) - {"in", "in/a.jsonl", "deep", "deep/er"}
    assert all(name.startswith(("deep/er/out", "deep/er/books")) for name in made), made
    assert len(list(place.joinpath("out").iterdir())) == 7
    for packed_file in ("d.zip", "r.zip"):
        assert not [
            n for n in zipfile.ZipFile(place / "out" / packed_file).namelist() if "/" in n or ".." in n
        ]


def test_a_page_of_evidence_shows_hostile_words_as_words(hostile: Path) -> None:
    page = page_of([build_events(one) for one in read_documents([hostile]) if isinstance(one, Document)])
    assert "<script" not in page
    assert not re.search(r"(?:href|src)\s*=\s*[\"']?\s*(?:javascript|data):", page, re.I)


@pytest.mark.parametrize("name", [*IDS, "a/b", "A", "", "-a", "con\n"])
def test_only_plain_words_name_a_figure(name: str, tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    from aidlib.plots import save_figure

    with pytest.raises(FigureError, match="cannot name a figure"):
        save_figure(Figure(), name, finding="f", source="s", alt="a", data=pd.DataFrame(), folder=tmp_path)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("file", ["../secret.csv", "/etc/hostname", "a/../../secret.csv", "..\\secret.csv"])
def test_a_manifest_names_no_file_elsewhere(file: str, tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text(SECRET)
    entry = {
        "name": "a",
        "finding": "f",
        "caption": "c",
        "alt": "a",
        "data_sha256": "0",
        "files": {"csv": file},
    }
    (folder / "manifest.json").write_text(json.dumps({"figures": [entry]}))
    with pytest.raises(FigureError, match="names a file elsewhere"):
        figure_named("a", folder, where="here")


@pytest.mark.parametrize(
    "command", ["parse", "show", "ledger --events", "ledger --rates", "fill", "export iati"]
)
@pytest.mark.parametrize(
    "name", ["x" * 300, "x/" * 3000, "x" * 300 + ".md", "/proc/self/mem", "/dev/null/x.md"]
)
def test_a_path_that_cannot_be_is_refused_in_a_sentence(
    command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    more = ["-o", "out.xml"] if command.startswith("export") else []
    result = CliRunner().invoke(main, [*command.split(), name, *more])
    assert result.exit_code in (2, 3, 4), result.exception
    assert "Traceback" not in result.output
    assert result.stderr.rstrip().endswith((".", "?"))


# Cells that a spreadsheet would run.

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'=1",
    "|calc",
    "%0A",
    "=cmd|' /C calc'!A0",
    "-x",
]


def is_inert(cell: str) -> bool:
    return not cell.startswith(tuple("=+-@\t\r\n|%")) or bool(re.fullmatch(r"-?\d+(\.\d+)?", cell))


def cells_in(data: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(data.decode(), newline="")) for cell in row]


@pytest.fixture
def traps() -> Any:
    """Books whose every free text is a formula."""
    said = [
        reading(event(amount=n, evidence=()), id=word, text=f"{word} Norway gave Ukraine money.")
        for n, word in enumerate(FORMULAS, start=1)
    ]
    return build_ledger(said)


def test_no_csv_of_the_books_holds_a_formula_and_all_of_it_comes_back(traps: Any, tmp_path: Path) -> None:
    write_ledger(traps, tmp_path / "books")
    for path in (tmp_path / "books").glob("*.csv"):
        assert all(map(is_inert, cells_in(path.read_bytes()))), path
    again = read_ledger(tmp_path / "books")
    assert sorted(again.reports["doc_id"]) == sorted(FORMULAS)


def test_no_csv_in_the_columns_of_the_tracker_holds_a_formula(traps: Any, tmp_path: Path) -> None:
    path = write_kiel_csv(traps, tmp_path / "a.csv")
    assert all(map(is_inert, cells_in(path.read_bytes())))
    assert len(read_kiel(path).table("activities"))


@pytest.mark.parametrize("word", FORMULAS)
def test_no_csv_of_a_figure_holds_a_formula(word: str) -> None:
    assert all(map(is_inert, cells_in(csv_of(pd.DataFrame({"label": [word], word: ["a"]})))))


@pytest.mark.parametrize("word", FORMULAS)
def test_a_table_of_any_columns_holds_no_formula(word: str) -> None:
    columns = [column for column in TABLES["links"] if column.kind == "text"]
    frame = pd.DataFrame([{column.name: word for column in columns}])
    assert all(map(is_inert, cells_in(csv_bytes(frame, columns))))


@settings(max_examples=12)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(str.strip).filter(bool))
@example("=1\r+1")
def test_what_people_decided_comes_back_from_the_books_word_for_word(
    tmp_path_factory: pytest.TempPathFactory, why: str
) -> None:
    folder = tmp_path_factory.mktemp("books") / "b"
    one = Correction("c1", "drop", "a#0-8", "", "", "", "Ann", "2025-01-01", why)
    books = build_ledger([reading(event(amount=1))], corrections=[one])
    write_ledger(books, folder)
    assert read_ledger(folder).corrections["why"].to_list() == [why]
    assert all(map(is_inert, cells_in((folder / "corrections.csv").read_bytes())))


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_an_apostrophe_before_a_formula_is_no_part_of_a_correction(start: str, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow("id action target field value into who when why".split())
        rows.writerow(["c1", "drop", "a#0-8", "", "", "", "Ann", "2025-01-01", f"'{start}1+1"])
    ((one,), bad) = read_corrections(path)
    assert not bad
    assert one.why == f"{start}1+1"


# Parameters are data.


@pytest.mark.parametrize("code", CODE)
@pytest.mark.parametrize("name", ["path", "cutoff", "donors", "top", "mechanism"])
def test_a_parameter_with_code_is_refused_before_anything_runs(
    name: str, code: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setattr(runner, "_run", None)
    trace = tmp_path / "trace"
    words = ["story", "-p", name, code.replace("{}", str(trace)), "-o", str(tmp_path / "o")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2, result.output
    assert not trace.exists()


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(CODE))
def test_a_parameter_reaches_a_notebook_as_the_text_that_it_is(value: str) -> None:
    cell = PythonTranslator.codify({"donors": value})
    (statement,) = (node for node in ast.parse(cell).body if not isinstance(node, ast.Expr))
    assert isinstance(statement, ast.Assign)
    assert assigned_in(cell) == {"donors": value}
