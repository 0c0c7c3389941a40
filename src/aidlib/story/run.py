"""In: notebooks. Out: each run in a kernel of its own, some at once; figures, report, findings."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aidlib.errors as errors
from aidlib.errors import AidlibError, ParameterError, ReadError
from aidlib.ledger import corrections_beside
from aidlib.plots.manifest import put, read_manifest
from aidlib.rates import default_rates
from aidlib.read import SetAside
from aidlib.story.books import Books, tell_books
from aidlib.story.evidence import evidence_page
from aidlib.story.parameters import (
    Declared,
    Parameters,
    cast_values,
    check_values,
    checkout,
    declared_in,
    nearest,
)
from aidlib.story.report import in_bytes, notebook_page, write_index

__all__ = ["Finding", "Story", "run_story", "tell_story"]

QUIET = ["--IPKernelApp.log_level=50"]  # the kernel warns of every local socket
VERSIONS = ("aidlib", "pandas", "matplotlib", "papermill", "currencyconverter")


@dataclass(frozen=True)
class Finding:
    """What a figure says, and where it lies."""

    figure: str
    finding: str
    notebook: str
    path: Path

    def __str__(self) -> str:
        return f"{self.figure}: {self.finding}"


@dataclass(frozen=True)
class Story:
    """What came of a run: its findings, the folder of its report, and what was set aside.

    ``warnings`` has a line for each correction that has lost its target.
    """

    findings: list[Finding]
    place: Path
    set_aside: list[SetAside]
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """A notebook with what it declares and what it is given."""

    path: Path
    declared: Declared
    passed: dict[str, Any]
    ready: Parameters

    @property
    def figures_dir(self) -> Path:
        return Path(vars(self.ready).get("figures_dir") or checkout() / "figures")


def run_story(
    notebooks: Iterable[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    out: Path | str | None = None,
    workers: int = 3,
) -> list[Finding]:
    """Run notebooks with fresh kernels, draw their figures and write the report.

    Parameters
    ----------
    notebooks : iterable of str, optional
        Names, or what they start with ("02"); all of ``notebooks/`` if left out.
    parameters : mapping, optional
        Passed to every notebook that declares them; text is turned into the type declared.
    out : Path or str, optional
        Folder of the executed notebooks, the report and ``run.json``, and of the figures too unless
        ``figures_dir`` is passed; if left out, ``build``, and ``figures`` of the project.
    workers : int
        Kernels at once.

    Returns
    -------
    list of Finding
        One a figure, in the order of the notebooks.

    Raises
    ------
    ParameterError
        No notebook of that name, no notebook declares a parameter, or its value means nothing.
    AidlibError
        What a notebook raised.
    """
    return tell_story(notebooks, parameters, out, workers).findings


def tell_story(
    notebooks: Iterable[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    out: Path | str | None = None,
    workers: int = 3,
) -> Story:
    """Run notebooks as ``run_story`` does, and give all that came of it."""
    root = checkout()
    place = _place_of(out, root)
    # What is asked for elsewhere leaves the project's own figures as they are.
    apart = {"figures_dir": _from_root(place / "figures", root)} if out else {}
    jobs = _jobs(_chosen(root / "notebooks", notebooks), dict(parameters or {}), apart)
    day, started = datetime.now(UTC), time.perf_counter()
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        # The longest first, so that none is left to run alone at the end.
        queue = sorted(jobs, key=_size, reverse=True)
        running = {pool.submit(_run, job, root, place): job.path for job in queue}
        books = _books(jobs)
        if books:
            put(place / "report" / "evidence.html", in_bytes(evidence_page(books)))
        times = _watch(running)
    story = Story(_findings(jobs), place, books.set_aside if books else [], books.warnings if books else [])
    entries = [entry for job in jobs for entry in _entries(job)]
    write_index(place / "report", entries, [job.path for job in jobs], books)
    clock = {
        "started": day.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - started, 2),
    }
    _write_run(place / "run.json", jobs, times, clock, story)
    return story


def _from_root(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


SELECTING = ("donors", "cutoff", "recipient", "policy")


def _books(jobs: Sequence[Job]) -> Books | None:
    """Build the books of all folders that the notebooks were given, selected as all that can were asked.

    The notebooks build the same, each for itself; these are for the page of evidence.
    """
    folders = sorted({vars(job.ready)["seeds"] for job in jobs if "seeds" in job.declared})
    selected: dict[str, Any] = {}
    for name in SELECTING:
        asked = {vars(job.ready)[name] for job in jobs if name in job.declared}
        selected |= {name: asked.pop()} if len(asked) == 1 else {}
    # The notebooks run in the project's folder, and this process wherever it was started.
    return tell_books(folders, **selected, table=default_rates(checkout())) if folders else None


def _watch(running: Mapping[Future[float], Path]) -> dict[Path, float]:
    """Wait for the notebooks; say of each how long it took, with a bar where there is a terminal."""
    from tqdm import tqdm

    times = {}
    with tqdm(total=len(running), unit="notebook", leave=False, disable=None) as bar:
        for done in as_completed(running):
            path = running[done]
            times[path] = done.result()
            bar.update()
            bar.write(f"{path.stem}: {times[path]:.1f} s", file=sys.stderr)
    return times


def _place_of(out: Path | str | None, root: Path) -> Path:
    place = Path(out).resolve() if out else root / "build"
    try:
        for name in ("notebooks", "report"):
            (place / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(
            f"cannot write {place}: {error.strerror}",
            where="option -o",
            fix="Choose a place that can be written.",
        ) from error
    return place


def _chosen(folder: Path, names: Iterable[str] | None) -> list[Path]:
    found = {path.stem: path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")}
    if not found:
        raise ReadError(
            "there is no notebook",
            where=str(folder),
            fix="Run from the project's folder, or make one with `aidlib new FOLDER`.",
        )
    if names is None:
        return list(found.values())
    chosen: dict[str, Path] = {}
    for name in names:
        stem = Path(name).stem
        hits = [stem] if stem in found else [known for known in found if stem and known.startswith(stem)]
        if len(hits) != 1:
            raise ParameterError(
                f"no notebook {name!r}" if not hits else f"{name!r} names {len(hits)} notebooks",
                where="--notebook",
                fix=nearest(stem, found) or f"There are {', '.join(found)}.",
            )
        chosen[hits[0]] = found[hits[0]]
    return [chosen[stem] for stem in sorted(chosen)]


def _jobs(
    paths: Sequence[Path], parameters: dict[str, Any], defaults: Mapping[str, Any] | None = None
) -> list[Job]:
    declared = {path: _declared(path) for path in paths}
    known = {name for names in declared.values() for name in names}
    for name in parameters:
        if name not in known:
            raise ParameterError(
                f"no notebook that runs has a parameter {name!r}",
                where=f"-p {name}",
                fix=nearest(name, known) or f"There are {', '.join(sorted(known))}.",
            )
    jobs = []
    for path, names in declared.items():
        mine = {name: value for name, value in {**(defaults or {}), **parameters}.items() if name in names}
        passed = cast_values(names, mine, where=f"-p, {path.name}")
        jobs.append(Job(path, names, passed, check_values(names, passed, where=f"-p, {path.name}")))
    return jobs


def _declared(path: Path) -> Declared:
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise ReadError(
            f"notebook cannot be read: {error}", where=str(path), fix="Check the file."
        ) from error
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    return declared_in("".join(tagged[0]["source"])) if tagged else {}


def _size(job: Job) -> int:
    return job.path.stat().st_size


@contextmanager
def _closing() -> Iterator[None]:
    """Close the event loop that papermill's client leaves open in its thread."""
    try:
        yield
    finally:
        with suppress(RuntimeError):  # it never got so far as to open one
            asyncio.get_event_loop().close()
            asyncio.set_event_loop(None)


def _run(job: Job, root: Path, place: Path) -> float:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    done = place / "notebooks" / job.path.name
    started = time.perf_counter()
    try:
        with _closing():
            papermill.execute_notebook(
                str(job.path),
                str(done),
                parameters=job.passed,
                kernel_name="python3",
                # Not cwd, which moves this whole process, and so the other notebooks.
                resources={"metadata": {"path": str(root)}},
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                extra_arguments=QUIET,
            )
    except PapermillExecutionError as error:
        raise _as_ours(error, job.path) from error
    put(place / "report" / f"{job.path.stem}.html", in_bytes(notebook_page(done)))
    return time.perf_counter() - started


def _as_ours(error: Any, path: Path) -> AidlibError:
    """Give what a notebook raised as an error of ours, its kind kept where it is one."""
    kind = getattr(errors, str(error.ename), AidlibError)
    kind = kind if isinstance(kind, type) and issubclass(kind, AidlibError) else AidlibError
    said = str(error.evalue) if kind is not AidlibError else f"{error.ename}: {error.evalue}"
    where = f"{path.name}, cell {error.exec_count}"
    found: AidlibError = kind(
        said, where=where, fix="The executed notebook beside the report shows the cell."
    )
    return found


def _entries(job: Job) -> list[dict[str, Any]]:
    """Give the manifest's entries of a notebook's figures, in the order in which it draws them."""
    source = job.path.read_text("utf-8")
    entries = [
        {**entry, "folder": str(job.figures_dir)}
        for entry in read_manifest(job.figures_dir)
        if entry.get("notebook") == job.path.stem and entry.get("parameters") == job.ready.given
    ]
    return sorted(entries, key=lambda entry: source.find(str(entry["name"])))


def _findings(jobs: Sequence[Job]) -> list[Finding]:
    return [
        Finding(entry["name"], entry["finding"], job.path.stem, job.figures_dir / entry["files"]["svg"])
        for job in jobs
        for entry in _entries(job)
    ]


def _write_run(
    path: Path, jobs: Sequence[Job], times: Mapping[Path, float], clock: Mapping[str, Any], story: Story
) -> None:
    rates = default_rates(checkout())
    data = {entry["name"]: entry["data_sha256"] for job in jobs for entry in _entries(job)}
    record = {
        **clock,
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in VERSIONS},
        "rates": {
            "source": rates.source,
            "last_day": rates.last_day.isoformat(),
            "sha256": hashlib.sha256(rates.text.encode()).hexdigest(),
        },
        "notebooks": [
            {
                "notebook": job.path.stem,
                "sha256": hashlib.sha256(job.path.read_bytes()).hexdigest(),
                "seconds": round(times[job.path], 2),
                "parameters": job.ready.given,
                "inputs": _hashes(job),
            }
            for job in jobs
        ],
        "figures": [
            {**asdict(found), "path": str(found.path), "data_sha256": data[found.figure]}
            for found in story.findings
        ],
        "set_aside": [asdict(item) for item in story.set_aside],
        "warnings": story.warnings,
    }
    put(path, (json.dumps(record, ensure_ascii=False, indent=2, default=str) + "\n").encode())


def _hashes(job: Job) -> dict[str, str]:
    """Hash every file that a notebook was given: those named, and those in folders named."""
    named = [
        value for name, value in vars(job.ready).items() if isinstance(value, Path) and name != "figures_dir"
    ]
    files = [file for path in named for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    files += filter(None, map(corrections_beside, named))
    return {
        os.path.relpath(file, checkout()): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file() and not file.name.startswith(".")
    }
