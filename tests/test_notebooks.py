"""In: the notebooks as committed, and as plain papermill runs them. Out: their shape; what a reader gets."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

from aidlib.errors import ParameterError
from aidlib.plots import read_manifest
from aidlib.story import Story
from aidlib.story.parameters import Parameters, check_parameters, declared_in

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ONE, BOOKS, DANISH = (path.stem for path in NOTEBOOKS)
NO_AID = "The minister spoke of the weather in Oslo on Friday."
AID = "Latvia gave Ukraine €2 million for generators on 3 May 2024, the ministry said."
HEADINGS = ["Question", "Parameters", "Load", "Finding"]

# Every run that a test below looks at: notebook and parameters. "{here}" is a folder for the run alone.
RUNS: dict[str, tuple[str, dict[str, str]]] = {
    **{name: (name, {}) for name in (DANISH, BOOKS, ONE)},
    "an announcement of nothing": (ONE, {"path": "{here}/nothing.txt"}),
    "a donor without an act": (BOOKS, {"seeds": "{here}/texts", "donors": "XKX"}),
    "a day before all acts": (DANISH, {"seeds": "{here}/texts", "cutoff": "2000-01-01"}),
    "an unknown name": (BOOKS, {"cutof": "2024-12-31"}),
    "another type": (DANISH, {"cutoff": "2024"}),
}
NOTHING = ["an announcement of nothing", "a donor without an act", "a day before all acts"]


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_of(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def parameters_of(path: Path) -> str:
    (cell,) = [cell for cell in code_of(path) if "parameters" in cell.metadata.get("tags", [])]
    return str(cell.source)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Path:
    """Each notebook as committed."""
    path: Path = request.param
    return path


# Their shape.


def test_it_is_a_valid_notebook_without_outputs(notebook: Path) -> None:
    nbformat.validate(read(notebook))
    for cell in code_of(notebook):
        assert (cell.outputs, cell.execution_count) == ([], None)


def test_it_is_told_in_the_same_order_as_the_others(notebook: Path) -> None:
    prose = [str(cell.source) for cell in read(notebook).cells if cell.cell_type == "markdown"]
    assert re.match(r"# \w[^\n]+\n\n\w", prose[0])
    found = [line for text in prose for line in re.findall(r"^## (.*)", text, flags=re.M)]
    assert [heading for heading in found if heading in HEADINGS] == HEADINGS
    assert found[-1] == "Finding"


def test_prose_outweighs_code(notebook: Path) -> None:
    cells = read(notebook).cells
    lines = sum(len(cell.source.splitlines()) for cell in cells if cell.cell_type == "code")
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    assert words >= 4 * lines
    assert all(len(cell.source.splitlines()) <= 15 for cell in cells if cell.cell_type == "code")
    assert "ccc" not in "".join(cell.cell_type[0] for cell in cells)


def test_functions_live_in_the_library(notebook: Path) -> None:
    for cell in code_of(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda), cell.source


def test_every_parameter_is_a_typed_literal_with_its_meaning(notebook: Path) -> None:
    source = parameters_of(notebook)
    lines = source.splitlines()
    assert len(declared_in(source)) == len(lines)
    for line in lines:
        assert re.fullmatch(r"\w+: (str|int|float|bool) = [^#]+  # \w.{10,}", line), line


def test_parameters_of_one_name_have_one_default_and_one_meaning() -> None:
    lines = [line for path in NOTEBOOKS for line in parameters_of(path).splitlines()]
    assert len({line.partition(":")[0] for line in lines}) == len(set(lines))


# What it is given, without a kernel.


def checked(notebook: Path, **passed: object) -> Parameters:
    """Check parameters as the notebook's second cell does in a kernel, after what papermill injects."""
    source = parameters_of(notebook)
    injected = "# Parameters\n" + "\n".join(f"{name} = {value!r}" for name, value in passed.items())
    defaults = {name: default for name, (_, default) in declared_in(source).items()}
    return check_parameters({"In": ["", source, injected], **defaults, **passed})


def test_the_defaults_pass(notebook: Path) -> None:
    assert checked(notebook).figures_dir == FOLDER.parent / "figures"


def test_an_unknown_name_is_refused_with_the_nearest(notebook: Path) -> None:
    with pytest.raises(ParameterError, match=r"no parameter 'figure_dir' .*Did you mean 'figures_dir'\?"):
        checked(notebook, figure_dir="x")


def test_every_parameter_refuses_another_type(notebook: Path) -> None:
    for name, (kind, _) in declared_in(parameters_of(notebook)).items():
        with pytest.raises(ParameterError, match=rf"parameter {name} is .*, not a"):
            checked(notebook, **{name: 7 if kind is str else "7"})


# What is refused, and the words that name it.
REFUSED = [
    (BOOKS, {"cutoff": "last May"}, "parameter cutoff is 'last May', which is no day"),
    (BOOKS, {"donors": "NOR,Norwey"}, r"holds 'Norwey'.*Did you mean 'NOR' \(Norway\)\?"),
    (BOOKS, {"seeds": "seeds/brief"}, r"parameter seeds is 'seeds/brief'.*Did you mean 'briefs'\?"),
    (BOOKS, {"seeds": ""}, r"parameter seeds is ''.*Give a path from the project's root"),
    (BOOKS, {"policy": "announcment"}, r"Did you mean 'announcement'\?"),
    (BOOKS, {"top": 0}, "parameter top is 0"),
    (BOOKS, {"recipient": "UKR,MDA"}, "not one code"),
    (DANISH, {"mechanism": "danish_modell"}, r"Did you mean 'danish_model'\?"),
    (ONE, {"path": "seeds/briefs"}, "no file that can be read"),
]


@pytest.mark.parametrize(("name", "passed", "said"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_value_that_means_nothing_is_refused_by_name(name: str, passed: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        checked(FOLDER / f"{name}.ipynb", **passed)


# As papermill runs it.


class Run(NamedTuple):
    """A run that has ended, and the folder that it alone writes to."""

    folder: Path
    done: subprocess.CompletedProcess[str]

    @property
    def notebook(self) -> nbformat.NotebookNode:
        """The executed notebook."""
        assert self.done.returncode == 0, self.done.stderr[-3000:]
        return read(self.folder / "done.ipynb")


def run(name: str, parameters: Mapping[str, str], folder: Path) -> Run:
    """Run a notebook as README tells, its figures in a folder of their own."""
    folder.mkdir()
    (folder / "nothing.txt").write_text(NO_AID)
    (folder / "texts").mkdir()
    (folder / "texts" / "aid.txt").write_text(AID)
    words = [Path(sys.executable).with_name("papermill"), FOLDER / f"{name}.ipynb", folder / "done.ipynb"]
    for key, value in {"figures_dir": f"{folder / 'figures'}", **parameters}.items():
        words += ["-p", key, value.format(here=folder)]
    words.append("--no-progress-bar")
    return Run(folder, subprocess.run(words, cwd=FOLDER.parent, capture_output=True, text=True, check=False))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Every run of ``RUNS``, three at a time."""
    place = tmp_path_factory.mktemp("notebooks")
    with ThreadPoolExecutor(max_workers=3) as pool:
        started = {
            title: pool.submit(run, name, passed, place / title) for title, (name, passed) in RUNS.items()
        }
    return {title: future.result() for title, future in started.items()}


def outputs_of(done: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in done.cells for output in cell.get("outputs", [])]


def told_in(done: nbformat.NotebookNode) -> list[str]:
    """Give what the cells of an executed notebook show as prose."""
    outputs = outputs_of(done)
    return [output.data["text/markdown"] for output in outputs if "text/markdown" in output.get("data", {})]


def files_of(folder: Path, stem: str) -> dict[str, bytes]:
    """Give the files of a notebook's figures."""
    names = [
        file
        for entry in read_manifest(folder)
        if entry["notebook"] == stem
        for file in entry["files"].values()
    ]
    return {name: (folder / name).read_bytes() for name in names}


def test_two_runs_draw_the_same_figures_to_the_byte(
    runs: dict[str, Run], story: Story, story_figures: Path, notebook: Path
) -> None:
    once = files_of(runs[notebook.stem].folder / "figures", notebook.stem)
    assert {Path(file).suffix for file in once} == {".svg", ".png", ".pdf", ".csv"}
    assert once == files_of(story_figures, notebook.stem)


def test_nothing_is_complained_of(runs: dict[str, Run], notebook: Path) -> None:
    outputs = outputs_of(runs[notebook.stem].notebook)
    assert [output for output in outputs if output.output_type in ("stream", "error")] == []


@pytest.mark.parametrize("title", NOTHING)
def test_where_nothing_is_selected_a_sentence_says_so(runs: dict[str, Run], title: str) -> None:
    finding = told_in(runs[title].notebook)[-1]
    assert re.search(r"\b[Nn]o (sum|act)", finding)
    assert ".." not in finding
    assert "nan" not in finding.lower()


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("an unknown name", r"no parameter 'cutof'.*Did you mean 'cutoff'\?"),
        ("another type", "parameter cutoff is 2024, not a text"),
    ],
)
def test_papermill_stops_at_a_wrong_parameter_before_anything_is_drawn(
    runs: dict[str, Run], title: str, said: str
) -> None:
    folder, done = runs[title]
    assert done.returncode != 0
    assert re.search(f"ParameterError: {said}", done.stderr)
    assert {path.name for path in folder.iterdir()} == {"nothing.txt", "texts", "done.ipynb"}
