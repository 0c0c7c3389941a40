"""What walks in through read.py, and what is set aside with its reason."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aidlib.errors import ReadError
from aidlib.model import Document
from aidlib.read import ENDINGS, SetAside, find_inputs, project_root, read_document, read_documents
from aidlib.read.language import foreign_language

CASES = list(
    csv.DictReader(
        (Path(__file__).parent / "cases" / "read_bad.csv").read_text("utf-8").splitlines(keepends=True)
    )
)
GOOD = "Latvia gave Ukraine two million euros for generators on Friday, the ministry said."


def raw(cell: str) -> bytes:
    """Read the escapes of a case (a byte as \\x.., a line end as \\n)."""
    parts = cell.replace("\\n", "\n").split("\\x")
    return parts[0].encode() + b"".join(bytes.fromhex(p[:2]) + p[2:].encode() for p in parts[1:])


def documents(*inputs: Path | str) -> list[Document]:
    return [item for item in read_documents(inputs) if isinstance(item, Document)]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_bad_document_is_set_aside_with_what_where_and_fix_and_the_good_one_goes_on(
    case: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / case["name"]).write_bytes(raw(case["content"]))
    (tmp_path / "zz-good.txt").write_text(GOOD)
    bad, good = list(read_documents([tmp_path]))
    assert isinstance(good, Document)
    assert isinstance(bad, SetAside)
    assert case["what"] in bad.what
    assert case["where"] in bad.where
    assert bad.fix.endswith(".")
    assert bad.path == str(tmp_path / case["name"])


@given(st.text(alphabet=st.characters(exclude_characters="\r", codec="utf-8"), min_size=1))
def test_the_body_of_a_brief_is_everything_after_the_newline_of_the_closing_line(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    path = tmp_path_factory.mktemp("brief") / "a.md"
    path.write_bytes(f'---\ntitle: "T"\n---\n{body}'.encode())
    (item,) = read_documents([path], any_language=True)
    if isinstance(item, Document):
        assert item.text == body
    else:
        assert not body.strip() or "\0" in body


def test_text_is_kept_as_it_is_but_for_the_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf  Two lines,\r\nkept as they are. ")
    assert documents(path)[0].text == "  Two lines,\r\nkept as they are. "


def test_front_matter_gives_title_day_and_publisher(tmp_path: Path) -> None:
    path = tmp_path / "2024_a.b.md"
    path.write_bytes(
        b"---\r\nsource_date: 2024-11-15\r\nsource_url: u\r\nsource_publisher: P\r\n---\r\n# Head #\r\nx"
    )
    (brief,) = documents(path)
    assert (brief.id, brief.title, brief.published) == ("2024_a.b", "Head", date(2024, 11, 15))
    assert (brief.source, brief.text) == ("P", "# Head #\r\nx")


def test_a_markdown_file_without_front_matter_is_all_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Intro\n\n---\n\n# Head\n")
    assert documents(path)[0].text == "Intro\n\n---\n\n# Head\n"
    assert documents(path)[0].published is None


def test_every_seed_brief_keeps_the_body_that_its_gold_offsets_refer_to(seeds: Path) -> None:
    read = {document.id: document for document in documents(seeds / "briefs")}
    gold = [json.loads(line) for line in (seeds / "gold.jsonl").read_text("utf-8").splitlines()]
    assert len(read) == len(gold)
    for row in gold:
        assert read[row["id"]].published == date.fromisoformat(row["published"])
        assert all(m["end"] <= len(read[row["id"]].text) for m in row["mentions"])


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet"])
def test_records_are_read_from_every_packing_and_other_fields_are_no_hint(
    ending: str, tmp_path: Path
) -> None:
    rows = [
        {
            "id": "a",
            "text": GOOD,
            "published": "2024-05-02T10:00:00Z",
            "title": "T",
            "source": "S",
            "donor": "LVA",
        },
        {
            "id": "b",
            "text": GOOD + " \u2028 More.",
            "published": None,
            "title": None,
            "source": None,
            "donor": None,
        },
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n\n" for row in rows).encode()
    path = tmp_path / f"records.{ending}"
    if ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        pack = {"jsonl": bytes, "jsonl.gz": gzip.compress, "jsonl.zst": zstandard.compress}[ending]
        path.write_bytes(pack(lines))
    assert documents(path) == [
        Document("a", GOOD, "T", date(2024, 5, 2), "S"),
        Document("b", GOOD + " \u2028 More."),
    ]


def test_a_parquet_file_without_a_text_column_is_set_aside(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "a.parquet")
    (item,) = read_documents([tmp_path])
    assert isinstance(item, SetAside)
    assert "'text' is missing" in item.what


def test_a_day_column_of_parquet_gives_the_day(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"id": [1], "text": [GOOD], "published": [date(2024, 5, 2)]}), tmp_path / "a.parquet"
    )
    assert documents(tmp_path) == [Document("1", GOOD, None, date(2024, 5, 2))]


def test_a_truncated_archive_gives_what_came_before_the_break(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"id": str(n), "text": f"{GOOD} {n}"}).encode() + b"\n" for n in range(3000))
    whole = gzip.compress(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    *before, last = read_documents([tmp_path])
    assert before
    assert all(isinstance(item, Document) for item in before)
    assert isinstance(last, SetAside)
    assert "cannot be read" in last.what


@pytest.mark.parametrize(
    ("declared", "written"),
    [("windows-1252", "cp1252"), ("iso-8859-1", "cp1252"), ("koi8-r", "utf-8"), ("no-such", "utf-8")],
)
def test_a_saved_page_gives_its_main_text_its_title_and_its_day(
    declared: str, written: str, tmp_path: Path
) -> None:
    text = f"<p>{GOOD} It will be sent in spring.</p>" * 4
    page = (
        f'<html><head><meta charset="{declared}"><title>Latvia gives generators</title>'
        '<meta property="article:published_time" content="2024-05-02T09:00:00+00:00">'
        '<meta property="og:site_name" content="Ministry"></head>'
        "<body><nav>Home Contact</nav>"
        f"<article><h1>Latvia gives generators</h1>{text}<p>Café – open.</p></article>"
        "</body></html>"
    )
    (tmp_path / "a.html").write_bytes(page.encode(written))
    (document,) = documents(tmp_path)
    assert GOOD in document.text
    assert "Café – open" in document.text
    assert "Contact" not in document.text
    assert (document.title, document.published) == ("Latvia gives generators", date(2024, 5, 2))
    assert document.source == "Ministry"


def test_an_id_met_twice_is_set_aside_and_the_first_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a.md").write_text("Another text about aid.")
    first, second = read_documents([tmp_path])
    assert isinstance(first, Document)
    assert isinstance(second, SetAside)
    assert (second.id, first.text) == ("a", GOOD)
    assert str(tmp_path / "a.txt") in second.what


def test_folders_are_searched_in_depth_sorted_by_path_and_hidden_copies_are_passed_over(
    tmp_path: Path,
) -> None:
    for name in ("b/x.txt", "a/y.MD", "c.txt", ".ipynb_checkpoints/x.md", "notes.docx", ".hidden.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(GOOD)
    found = find_inputs([tmp_path, tmp_path / "c.txt"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a/y.MD", "b/x.txt", "c.txt"]


@pytest.mark.parametrize("name", ["missing", "empty", "other.docx"])
def test_an_input_that_is_missing_empty_or_of_another_kind_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.docx").write_text("x")
    with pytest.raises(ReadError):
        read_documents([tmp_path / name])


def test_one_document_is_read_or_its_fault_raised(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b.txt").write_text("")
    (tmp_path / "c.jsonl").write_text('{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}\n')
    assert read_document(tmp_path / "a.txt").text == GOOD
    with pytest.raises(ReadError, match="has no text"):
        read_document(tmp_path / "b.txt")
    with pytest.raises(ReadError, match="holds 2 documents"):
        read_document(tmp_path / "c.jsonl")


def test_the_root_of_the_project_is_found_from_below(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    below = tmp_path / "notebooks" / "deep"
    below.mkdir(parents=True)
    assert project_root(below) == tmp_path.resolve()


@pytest.mark.parametrize(
    "text",
    [
        "NOK 70 millioner",
        "F-16, NASAMS, CAESAR, Bohdana",
        GOOD,
        "Ministeren sa: «Vi står sammen.» "
        + "The minister said that the aid will go to the army of Ukraine. " * 3,
        "1. 155 mm shells: 20,000. 2. Generators: 200. 3. Radars: 4. Ambulances: 12. Vests: 500. Boots: 9."
        * 3,
    ],
)
def test_short_mixed_and_listed_texts_count_as_english(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Die Bundesregierung hat der Ukraine weitere Hilfe zugesagt. Das Geld ist für die Luftabwehr. ",
            "German",
        ),
        (
            "Danmark giver penge til den ukrainske forsvarsindustri, og ministeren er glad for aftalen. ",
            "Danish",
        ),
        ("Le gouvernement a promis une aide de deux milliards pour la défense aérienne du pays. ", "French"),
        ("De regering geeft nog eens twee miljard euro aan het land, zo heeft de minister gezegd. ", "Dutch"),
    ],
)
def test_a_foreign_text_is_named_by_its_language(text: str, language: str) -> None:
    assert foreign_language(text * 3) == language


def test_no_english_text_of_the_shared_sets_is_taken_for_foreign(shared: Path) -> None:
    for name in ("kiel_dev", "news_dev", "releases_dev", "money_dev"):
        for line in (shared / "bench" / f"{name}.jsonl").read_text("utf-8").splitlines():
            record = json.loads(line)
            assert foreign_language(record["text"]) is None, record["id"]


PIECES = st.sampled_from(
    [b"---\n", b"title: x\n", b"a: [", b"# ", b'{"id": "q", ', b'"text": "y"}', b"\n", b"\xff", b"\0"]
)


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if "html" not in ending])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=40) | st.lists(PIECES, max_size=8).map(b"".join))
def test_no_bytes_in_a_file_stop_the_run_or_lose_the_next_document(
    tmp_path: Path, ending: str, content: bytes
) -> None:
    (tmp_path / f"a{ending}").write_bytes(content)
    (tmp_path / "z.txt").write_text(GOOD)
    *before, last = read_documents([tmp_path], any_language=True)
    assert last == Document("z", GOOD)
    assert all(item.fix for item in before if isinstance(item, SetAside))
