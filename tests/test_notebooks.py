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
from IPython.display import Markdown

from aidlib.errors import ParameterError
from aidlib.plots import read_manifest
from aidlib.story import Story
from aidlib.story.parameters import Parameters, check_parameters, declared_in

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ONE, BOOKS, DANISH, STAGES, TRACKER = (path.stem for path in NOTEBOOKS)
AID = "Latvia gave Ukraine €2 million for generators on 3 May 2024, the ministry said."
HEADINGS = ["Question", "Parameters", "Load", "Finding"]

# Every run of papermill that a test below looks at: notebook and parameters.
RUNS: dict[str, tuple[str, dict[str, str]]] = {
    **{name: (name, {}) for name in (DANISH, BOOKS, STAGES, TRACKER, ONE)},
    "an unknown name": (BOOKS, {"cutof": "2024-12-31"}),
    "another type": (DANISH, {"cutoff": "2024"}),
}


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
    (STAGES, {"patience_days": 0}, "parameter patience_days is 0"),
    (TRACKER, {"quarters": "seeds/tracker_quarter.csv"}, r"Did you mean 'tracker_quarters\.csv'\?"),
    (DANISH, {"mechanism": "danish_modell"}, r"Did you mean 'danish_model'\?"),
    (ONE, {"path": "seeds/briefs"}, "no file that can be read"),
]


@pytest.mark.parametrize(("name", "passed", "said"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_value_that_means_nothing_is_refused_by_name(name: str, passed: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        checked(FOLDER / f"{name}.ipynb", **passed)


# What it says of other texts and choices, in this process: a kernel takes seconds to start.


def told_by(name: str, **passed: object) -> list[str]:
    """Run the cells of a notebook as a kernel would, and give what they show as prose."""
    notebook = FOLDER / f"{name}.ipynb"
    sources = [str(cell.source) for cell in code_of(notebook)]
    injected = "# Parameters\n" + "\n".join(f"{key} = {value!r}" for key, value in passed.items())
    sources.insert(sources.index(parameters_of(notebook)) + 1, injected)
    kernel: dict[str, Any] = {"In": [""]}
    shown = []
    for source in sources:
        kernel["In"].append(source)
        *before, last = ast.parse(source).body
        ends_in_value = isinstance(last, ast.Expr)
        exec(compile(ast.Module(before if ends_in_value else [*before, last], []), name, "exec"), kernel)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), kernel)
            shown += [value.data] if isinstance(value, Markdown) else []
    return shown


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one announcement."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "aid.txt").write_text(AID)
    return folder


@pytest.mark.parametrize(
    ("name", "passed"),
    [
        (BOOKS, {"donors": "XKX"}),
        (BOOKS, {"cutoff": "2000-01-01"}),
        (DANISH, {"donors": "XKX,SMR"}),
        (DANISH, {"cutoff": "2000-01-01"}),
        (DANISH, {"mechanism": "purl"}),
        (STAGES, {"donors": "XKX"}),
        (STAGES, {"cutoff": "2000-01-01"}),
        (TRACKER, {"donors": "XKX"}),
    ],
    ids=str,
)
def test_where_nothing_is_selected_a_sentence_says_so(
    name: str, passed: dict[str, str], texts: Path, tmp_path: Path
) -> None:
    finding = told_by(name, seeds=str(texts), figures_dir=str(tmp_path), **passed)[-1]
    assert re.match(r"\*\*(No|This selection holds no) (sum|act)\b", finding)
    assert ".." not in finding
    assert "nan" not in finding.lower()


def test_an_announcement_without_aid_gets_a_sentence_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The minister spoke of the weather in Oslo on Friday.")
    told = told_by(ONE, path=str(tmp_path / "a.txt"), figures_dir=str(tmp_path / "figures"))
    assert told == ["- no sum of money in this text", "**This text names no sum of money.**"]


def test_a_choice_of_donors_and_of_a_last_day_is_kept_to(tmp_path: Path) -> None:
    told_by(BOOKS, donors="SWE,LTU", cutoff="2024-12-31", top=9, figures_dir=str(tmp_path))
    (donors,) = [entry for entry in read_manifest(tmp_path) if entry["name"] == "donors-with-bounds"]
    assert "Sweden" in donors["alt"] or "Lithuania" in donors["alt"]
    assert not re.search("Norway|Denmark|European Union", donors["alt"])
    assert donors["parameters"]["cutoff"] == "2024-12-31"
    assert "2025" not in donors["caption"]


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
    words = [Path(sys.executable).with_name("papermill"), FOLDER / f"{name}.ipynb", folder / "done.ipynb"]
    for key, value in {"figures_dir": f"{folder / 'figures'}", **parameters}.items():
        words += ["-p", key, value]
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
    assert {path.name for path in folder.iterdir()} == {"done.ipynb"}
