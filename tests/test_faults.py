"""Runs killed, starved or disturbed: what was whole stays whole, and going on gives the same bytes."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from aidlib.cli import main
from aidlib.corpus import parse_corpus, run, work
from aidlib.errors import ParameterError, ReadError
from aidlib.ledger import build_ledger, read_ledger, write_ledger
from build import GOOD, event, reading
from faults import contents, kill_and_go_on, make_corpus, run_corpus, start

CORPUS_FILES = {"a.jsonl", "b.jsonl.gz", "c.parquet"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus") / "in")


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """What comes of the corpus where nothing happens, and what the run says."""
    out = tmp_path_factory.mktemp("whole") / "out"
    code, said, wrong = run_corpus(corpus, out)
    assert (code, wrong) == (0, "")
    return out, said


def test_the_corpus_of_these_tests_is_of_many_units(undisturbed: tuple[Path, str]) -> None:
    out, said = undisturbed
    documents, with_events, events, aside = map(int, said.split())
    assert len(contents(out)) > 10
    assert aside == 41
    assert documents > with_events == events > 200


def test_a_run_killed_at_random_moments_goes_on_to_the_same_bytes(
    corpus: Path, undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    out, said = undisturbed
    chance = random.Random(20)
    assert kill_and_go_on(corpus, tmp_path / "out", [chance.uniform(0, 0.8) for _ in range(5)]) == said
    assert contents(tmp_path / "out") == contents(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_writer_left_half_written_is_no_part_of_the_result(
    corpus: Path, undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    stopped = start(corpus, tmp_path / "out")
    part = tmp_path / "out.part"
    while not any(part.glob("part-*")):
        time.sleep(0.01)
    stopped.kill()
    stopped.communicate()
    (part / ".part-000003.parquet.99").write_bytes(b"half")
    assert run_corpus(corpus, tmp_path / "out")[0] == 0
    assert contents(tmp_path / "out") == contents(undisturbed[0])


def test_a_run_killed_while_it_ends_still_tells_what_was_repeated(
    corpus: Path, undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    before = "import aidlib.corpus.state, os\naidlib.corpus.state.State.settle = lambda *given: os._exit(9)"
    assert run_corpus(corpus, tmp_path / "out", before=before)[0] == 9
    code, said, _ = run_corpus(corpus, tmp_path / "out")
    assert (code, said) == (0, undisturbed[1])
    assert contents(tmp_path / "out") == contents(undisturbed[0])


@pytest.mark.parametrize("after", ["rename", "replace", "unlink"])
def test_a_run_killed_while_its_folder_takes_its_place_leaves_nothing_half(
    after: str, corpus: Path, undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    assert run_corpus(corpus, tmp_path / "out")[0] == 0
    before = (
        f"from pathlib import Path\nreal = Path.{after}\n"
        f"def once(path, *given, **more):\n    done = real(path, *given, **more)\n"
        f"    sys.exit(9) if path.name.startswith('out') else None\n    return done\nPath.{after} = once"
    )
    run_corpus(corpus, tmp_path / "out", before=before)
    assert run_corpus(corpus, tmp_path / "out")[0] == 0
    assert contents(tmp_path / "out") == contents(undisturbed[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/Adak", "LANG": "tr_TR"},
        {"PYTHONOPTIMIZE": "2", "COLUMNS": "20", "TERM": "dumb", "HOME": "/nonexistent"},
    ],
    ids=lambda env: "-".join(env.values()),
)
def test_neither_hash_nor_language_nor_place_changes_a_byte(
    env: dict[str, str], corpus: Path, undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    no_network = (
        "import socket\ndef refuse(*given, **more): raise SystemExit('a connection')\n"
        "socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse\n"
        "import time\ntime.time = lambda: 4_000_000_000.0"
    )
    code, said, wrong = run_corpus(corpus, tmp_path / "out", before=no_network, env=env)
    assert (code, said, wrong) == (0, undisturbed[1], "")
    assert contents(tmp_path / "out") == contents(undisturbed[0])


def test_a_killed_worker_is_replaced_and_the_result_is_the_same(
    corpus: Path, undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    whole = start(corpus, tmp_path / "out", workers=2)
    while not any((tmp_path / "out.part").glob("part-*")):
        time.sleep(0.01)
    os.kill(_workers_of(whole.pid)[0], signal.SIGKILL)
    said, wrong = whole.communicate(timeout=120)
    assert (whole.returncode, said) == (0, undisturbed[1]), wrong
    assert contents(tmp_path / "out") == contents(undisturbed[0])


def _workers_of(parent: int) -> list[int]:
    told = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in told.splitlines()]
    return [int(pid) for pid, of, args in rows if int(of) == parent and "spawn_main" in args]


def test_workers_that_are_killed_again_end_the_run_with_what_to_do(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> Iterator[work.Done]:
        raise run.BrokenProcessPool
        yield

    monkeypatch.setattr(run, "_pooled", broken)
    with pytest.raises(ReadError, match=r"twice .*lower --workers, and give the same command again"):
        parse_corpus([corpus], tmp_path / "out", workers=2)


# Disks that are full or closed, and files that move.


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO], ids=errno.errorcode.get
)
@pytest.mark.parametrize("call", ["put_part", "add", "settle", "open"])
def test_a_disk_that_takes_no_more_ends_a_run_in_a_sentence_and_it_goes_on_later(
    call: str, code: int, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus_file,) = (path for path in corpus.iterdir() if path.suffix == ".parquet")
    out = tmp_path / "out"
    parse_corpus([corpus_file], out)
    whole = contents(out)

    def full(*given: object, **more: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        if call == "put_part":
            patch.setattr(work, "put_part", full)
        else:
            patch.setattr(run.State, call, full)
        with pytest.raises(ParameterError, match=r"Make room or choose another place, .*it goes on") as told:
            parse_corpus([corpus_file], out)
    assert os.strerror(code) in told.value.what
    assert contents(out) == whole
    parse_corpus([corpus_file], out)
    assert contents(out) == whole
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB; skips where none can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_a_run_in_a_sentence(corpus: Path, tiny_disk: Path) -> None:
    (tiny_disk / "ballast").write_bytes(b"0" * 40_000)
    code, _, wrong = run_corpus(corpus, tiny_disk / "out")
    assert code == 1
    assert "No space left on device" in wrong
    assert "goes on" in wrong
    assert "Traceback" not in wrong


def test_a_file_that_changes_while_it_is_read_stops_the_run(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes((corpus / "a.jsonl").read_bytes())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "read_unit", lambda unit, wanted: (growing_done(path, unit), []))
        with pytest.raises(ReadError, match=r"changed while it was read .*Let it be finished"):
            parse_corpus([path], tmp_path / "out")
    parse_corpus([path], tmp_path / "out")
    assert contents(tmp_path / "out")


def growing_done(path: Path, unit: work.Unit) -> work.Done:
    with path.open("a") as file:
        file.write("\n")
    return work.Done(unit.number, 0, 0, 0, 0, 0)


def test_a_file_that_breaks_off_is_set_aside_behind_what_could_be_read(corpus: Path, tmp_path: Path) -> None:
    whole = (corpus / "b.jsonl.gz").read_bytes()
    (tmp_path / "b.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    done = parse_corpus([tmp_path / "b.jsonl.gz"], tmp_path / "out")
    (aside,) = done.set_aside
    assert "breaks off" in aside.what
    assert aside.fix


def test_a_file_that_is_gone_meanwhile_ends_the_run_in_a_sentence(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes((corpus / "a.jsonl").read_bytes())
    monkeypatch.setattr(run.State, "open", classmethod(lambda *given: path.unlink() or OPEN(*given[1:])))
    with pytest.raises((ParameterError, ReadError), match=r"a\.jsonl"):
        parse_corpus([path], tmp_path / "out")


OPEN = run.State.open


# The books.


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return write_ledger(build_ledger([reading(event(amount=1))]), tmp_path / "books")


@pytest.mark.parametrize("call", ["write_bytes", "rename", "mkdir"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS], ids=errno.errorcode.get)
def test_books_that_cannot_be_written_leave_the_old_ones_whole(
    call: str, code: int, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(books)

    def full(*given: object, **more: object) -> None:
        raise OSError(code, os.strerror(code))

    newer = build_ledger([reading(event(amount=2))])
    with monkeypatch.context() as patch:
        patch.setattr(Path, call, full)
        with pytest.raises(ParameterError, match=r"Choose a folder with room .* the old ledger is as it was"):
            write_ledger(newer, books)
    assert contents(books) == before
    assert [path.name for path in books.parent.iterdir()] == ["books"]


LEDGER = """
import sys
from pathlib import Path
from build import event, reading
from aidlib.ledger import build_ledger, write_ledger
books = [build_ledger([reading(event(amount=n))]) for n in (1, 2)]
write_ledger(books[0], sys.argv[1])
print("ready", flush=True)
while True:
    for one in books:
        write_ledger(one, sys.argv[1])
"""


@pytest.mark.parametrize("delay", [0.001, 0.031, 0.057, 0.083, 0.11])
def test_books_killed_while_they_are_written_are_the_old_or_the_new_ones(
    delay: float, tmp_path: Path
) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    place = tmp_path / "books"
    writer = subprocess.Popen([sys.executable, "-c", LEDGER, str(place)], stdout=subprocess.PIPE, env=env)
    assert writer.stdout is not None
    writer.stdout.readline()
    time.sleep(delay)
    writer.kill()
    writer.communicate()
    assert list(read_ledger(place).commitments["amount"]) in ([1], [2])
    write_ledger(build_ledger([reading(event(amount=3))]), place)
    assert list(read_ledger(place).commitments["amount"]) == [3]


@pytest.mark.parametrize("command", ["parse", "ledger"])
def test_a_place_that_is_a_file_s_child_is_refused_in_a_sentence(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    out = tmp_path / "a.txt" / ("o.jsonl" if command == "parse" else "o")
    result = CliRunner().invoke(main, [command, str(tmp_path / "a.txt"), "-o", str(out)])
    assert result.exit_code in (2, 4), result.exception
    assert "Choose a" in result.stderr


def test_the_state_of_a_run_that_is_cut_short_is_read_up_to_the_cut(
    corpus: Path, undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    stopped = start(corpus, tmp_path / "out")
    state = tmp_path / "out.state.jsonl"
    while not state.exists() or state.read_bytes().count(b"\n") < 4:
        time.sleep(0.005)
    stopped.kill()
    stopped.communicate()
    lines = state.read_bytes().splitlines(keepends=True)
    assert json.loads(lines[0])["run"]
    state.write_bytes(b"".join(lines[:3]) + lines[3][:20])
    code, said, _ = run_corpus(corpus, tmp_path / "out")
    assert (code, said) == (0, undisturbed[1])
    assert contents(tmp_path / "out") == contents(undisturbed[0])
