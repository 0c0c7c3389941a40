"""In: the units of a run. Out: which of them are done, on disk, so that a killed run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from aidlib.corpus.place import stamp_of
from aidlib.corpus.units import Unit
from aidlib.corpus.work import Done, Wanted
from aidlib.errors import ParameterError
from aidlib.read import SetAside

__all__ = ["State"]


@dataclass(slots=True)
class State:
    """The parts of a run that is under way, in ``folder``, and the lines of ``path`` that tell of them."""

    folder: Path
    path: Path
    done: dict[int, Done] = field(default_factory=dict)

    @classmethod
    def open(cls, out: Path, units: Sequence[Unit], wanted: Wanted) -> State:
        """Take up the run that stopped here, if it was the same one; else begin anew.

        Raises
        ------
        ParameterError
            ``out`` is a file, or a folder that holds something else.
        """
        _refuse_foreign(out)
        state = cls(out.with_name(f"{out.name}.part"), out.with_name(f"{out.name}.state.jsonl"))
        head = json.dumps({"run": _name_of(units, wanted)})
        lines = state.path.read_text("utf-8").split("\n") if state.path.exists() else [""]
        if lines[0] == head and state.folder.is_dir():
            state._take_up(lines[1:-1])  # what stands behind the last line's end was cut off
            state._write([head, *(_line_of(one) for one in state.done.values())])
            return state
        shutil.rmtree(state.folder, ignore_errors=True)
        state.folder.mkdir(parents=True)
        state._write([head])
        return state

    def _take_up(self, lines: Sequence[str]) -> None:
        for line in lines:
            fields = json.loads(line)
            aside = tuple(SetAside(**item) for item in fields.pop("set_aside"))
            self.done[fields["number"]] = Done(**fields, set_aside=aside)

    def _write(self, lines: Sequence[str]) -> None:
        beside = self.path.with_name(f".{self.path.name}")
        beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        beside.replace(self.path)

    def add(self, done: Done) -> None:
        """Write down that a unit is done; its part lies in the folder already."""
        self.done[done.number] = done
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{_line_of(done)}\n")
            file.flush()
            os.fsync(file.fileno())

    def settle(self, out: Path) -> None:
        """Put the folder of parts in its place, where an older one makes room, and end the run."""
        for half in self.folder.glob(".*"):  # left by a writer that was killed
            half.unlink()
        older = out.with_name(f".{out.name}.older")
        shutil.rmtree(older, ignore_errors=True)
        if out.exists():
            out.rename(older)
        self.folder.rename(out)
        self.path.unlink()
        shutil.rmtree(older, ignore_errors=True)


def _line_of(done: Done) -> str:
    return json.dumps(asdict(done), ensure_ascii=True)


def _name_of(units: Sequence[Unit], wanted: Wanted) -> str:
    """Name a run by all that its result depends on; a file that changed makes another run."""
    paths = dict.fromkeys(path for unit in units for path in unit.paths)
    stamps = [(path, stamp_of(path)) for path in paths]
    about = [version("aidlib"), asdict(wanted), stamps, [asdict(unit) for unit in units]]
    return hashlib.sha256(json.dumps(about).encode("utf-8", "surrogateescape")).hexdigest()


def _refuse_foreign(out: Path) -> None:
    foreign = out.is_file() or (
        out.is_dir() and any(not name.startswith("part-") for name in os.listdir(out))
    )
    if foreign:
        raise ParameterError(
            f"{out} holds something that is no corpus of parts",
            where="option -o",
            fix="Choose another name, or take it away.",
        )
