"""The command parse: what it writes, what it says, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aidlib.cli import main
from build import GOOD


def run(*words: Path | str) -> Result:
    return CliRunner().invoke(main, ["parse", *map(str, words)])


def records(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_good_documents_only_end_with_0_and_no_quarantine(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "events.jsonl"
    result = run(folder, "-o", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert [record["id"] for record in records(out)] == ["a"]
    assert "text" not in records(out)[0]
    assert [path.name for path in out.parent.iterdir()] == ["events.jsonl"]


def test_a_bad_document_ends_with_5_and_the_last_line_says_how_many_and_where(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "b.txt").write_bytes(b"PK\0")
    (folder / "c.jsonl").write_text('{"id": "c"\n')
    out = tmp_path / "out.jsonl"
    result = run(folder, "-o", out)
    quarantine = tmp_path / "out.quarantine.jsonl"
    assert result.exit_code == 5
    assert result.stderr.splitlines()[-1] == f"2 documents were set aside, listed in {quarantine}"
    assert [(row["id"], row["line"]) for row in records(quarantine)] == [("b", None), (None, 1)]
    assert set(records(quarantine)[0]) == {"id", "path", "line", "error", "what", "where", "fix"}
    assert len(records(out)) == 1


def test_an_old_quarantine_goes_when_nothing_is_set_aside_any_more(folder: Path, tmp_path: Path) -> None:
    (folder / "b.txt").write_text("")
    assert run(folder, "-o", tmp_path / "o.jsonl").exit_code == 5
    (folder / "b.txt").unlink()
    assert run(folder, "-o", tmp_path / "o.jsonl").exit_code == 0
    assert not (tmp_path / "o.quarantine.jsonl").exists()


def test_where_nothing_can_be_read_the_old_output_stays_and_the_exit_code_is_3(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o.jsonl"
    run(folder, "-o", out)
    before = out.read_bytes()
    (folder / "a.txt").write_text("")
    result = run(folder, "-o", out)
    assert result.exit_code == 3
    assert "nothing could be read" in result.stderr
    assert out.read_bytes() == before
    assert len(records(tmp_path / "o.quarantine.jsonl")) == 1
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--wiht-text"], 2, "Did you mean '--with-text'?"),
        (["nowhere"], 3, "input nowhere does not exist"),
        (["-o", "out.csv"], 2, "ends in .jsonl"),
        (["-o", "/dev/null/x.jsonl"], 2, "cannot be written|cannot write"),
    ],
)
def test_a_wrong_word_gets_its_code_and_one_clear_message(
    words: list[str], code: int, message: str, folder: Path
) -> None:
    result = run(*words, *([] if "nowhere" in words else [folder]))
    assert result.exit_code == code
    assert any(part in result.stderr for part in message.split("|"))
    assert "Traceback" not in result.stderr


def test_a_text_in_another_language_is_kept_when_asked_for(folder: Path, tmp_path: Path) -> None:
    (folder / "no.txt").write_text(
        "Regjeringen gir penger til Ukraina, og Stortinget har sagt ja til det i dag. " * 3
    )
    out = tmp_path / "o.jsonl"
    assert run(folder, "-o", out).exit_code == 5
    assert run(folder, "-o", out, "--any-language").exit_code == 0
    assert [record["id"] for record in records(out)] == ["a", "no"]


def test_the_text_is_written_when_asked_for_and_no_character_of_it_ends_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD + "\u2028More.\x85")
    run(tmp_path / "a.txt", "-o", tmp_path / "o.jsonl", "--with-text")
    assert records(tmp_path / "o.jsonl")[0]["text"] == GOOD + "\u2028More.\x85"


def test_every_sum_is_explained_in_a_line(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "-o", tmp_path / "o.jsonl", "--explain")
    title, line = result.stdout.splitlines()
    assert title == "a"
    assert "'€2 million'" in line
    assert "2,000,000 EUR" in line


def test_the_same_input_gives_the_same_bytes(seeds: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run(seeds / "briefs", "-o", tmp_path / f"{name}.jsonl").exit_code == 0
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_without_input_the_briefs_of_the_project_are_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "src")
    assert run("-o", tmp_path / "o.jsonl").exit_code == 0
    assert len(records(tmp_path / "o.jsonl")) == len(list((root / "seeds" / "briefs").glob("*.md")))


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    records_in = tmp_path / "a.jsonl"
    records_in.write_text(json.dumps({"id": "a", "text": GOOD}))
    before = records_in.read_bytes()
    for source in (records_in, tmp_path):
        result = run(source, "-o", records_in)
        assert result.exit_code == 2
        assert "is one of the inputs" in result.stderr
    assert records_in.read_bytes() == before


def test_every_document_set_aside_is_named_when_verbose(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    for n in range(5):
        (tmp_path / f"b{n}.txt").write_text("")
    words = ["parse", str(tmp_path), "-o", str(tmp_path / "o.jsonl")]
    assert CliRunner().invoke(main, words).stderr.count("Set aside:") == 3
    assert (
        CliRunner().invoke(main, ["-v", *words[:-1], str(tmp_path / "p.jsonl")]).stderr.count("Set aside:")
        >= 5
    )
