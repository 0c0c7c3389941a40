"""In: one run of all notebooks. Out: its report and record, what it prints, what is refused."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aidlib.cli import main
from aidlib.errors import AidlibError, ParameterError, ReadError
from aidlib.plots import read_manifest
from aidlib.story import Finding, Story, run_story
from aidlib.story import run as runner
from aidlib.story.books import load_books
from aidlib.story.report import notebook_page, write_index
from build import GOOD

PAGES = (
    *("index", "01-one-announcement", "02-the-books", "03-the-danish-model"),
    *("04-from-pledge-to-delivery", "05-against-the-tracker"),
)


def record_of(story: Story) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((story.place / "run.json").read_text("utf-8"))
    return record


# What a run leaves.


def test_there_is_a_finding_for_every_figure_drawn(story: Story, story_figures: Path) -> None:
    drawn = {(entry["name"], entry["finding"]) for entry in read_manifest(story_figures)}
    assert {(found.figure, found.finding) for found in story.findings} == drawn
    assert len(drawn) >= 4
    assert all(found.path.is_file() for found in story.findings)


def test_findings_come_in_the_order_in_which_the_notebooks_draw_them(story: Story, root: Path) -> None:
    assert [found.notebook for found in story.findings] == sorted(found.notebook for found in story.findings)
    for stem in PAGES[1:]:
        source = (root / "notebooks" / f"{stem}.ipynb").read_text("utf-8")
        drawn = re.findall(r'\\"([a-z]+(?:-[a-z]+)+|waterfall)\\", data=', source)
        assert [found.figure for found in story.findings if found.notebook == stem] == drawn


def test_the_record_names_versions_parameters_and_the_hash_of_every_input(story: Story, root: Path) -> None:
    record = record_of(story)
    assert {"aidlib", "pandas", "matplotlib"} <= set(record["versions"])
    assert [one["notebook"] for one in record["notebooks"]] == list(PAGES[1:])
    for one in record["notebooks"]:
        assert one["seconds"] > 0
        assert one["parameters"]["figures_dir"]
        assert all(
            hashlib.sha256((root / name).read_bytes()).hexdigest() == hashed
            for name, hashed in one["inputs"].items()
        )
    briefs = {f"seeds/briefs/{path.name}" for path in (root / "seeds" / "briefs").glob("*.md")}
    assert briefs <= set(record["notebooks"][1]["inputs"])
    assert record["set_aside"] == []


def test_the_report_is_an_index_the_evidence_and_a_page_a_notebook(story: Story) -> None:
    assert {path.stem for path in (story.place / "report").glob("*.html")} == {*PAGES, "evidence"}


def test_the_index_shows_every_figure_with_its_alt_text(story: Story, story_figures: Path) -> None:
    index = (story.place / "report" / "index.html").read_text("utf-8")
    for entry in read_manifest(story_figures):
        assert f'alt="{entry["alt"]}"' in index.replace("&#x27;", "'").replace("&amp;", "&")
    assert index.count("<img ") == len(story.findings)


def test_pages_are_named_by_the_titles_of_their_notebooks(story: Story) -> None:
    index = (story.place / "report" / "index.html").read_text("utf-8")
    page = (story.place / "report" / "02-the-books.html").read_text("utf-8")
    assert '<li><a href="02-the-books.html">From every amount told to the books</a></li>' in index
    assert "<title>From every amount told to the books</title>" in page


def test_an_index_without_a_figure_says_so(tmp_path: Path, root: Path) -> None:
    path = write_index(tmp_path, [], [root / "notebooks" / "02-the-books.ipynb"])
    assert "No figure was drawn" in path.read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_no_other_host_and_runs_nothing(story: Story, name: str) -> None:
    page = (story.place / "report" / f"{name}.html").read_text("utf-8")
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert "<script" not in page
    assert "<link" not in page


# What the command prints, and how it ends.


def aidlib(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, with kernels and all that they may say on stderr."""
    command = [str(Path(sys.executable).with_name("aidlib")), "story", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def bad_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good text and one that cannot be read."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "a.txt").write_text(GOOD)
    (folder / "b.txt").write_bytes(b"\xff")
    return folder


def test_the_command_prints_a_line_a_figure_and_ends_with_5_where_a_text_was_set_aside(
    bad_folder: Path, tmp_path: Path
) -> None:
    done = aidlib(
        *("--notebook", "02", "-p", "seeds", bad_folder, "-p", "figures_dir", tmp_path / "figures"),
        *("-o", tmp_path / "out"),
    )
    assert done.returncode == 5, done.stderr
    lines = [line.partition(": ") for line in done.stdout.splitlines()]
    drawn = {entry["name"]: entry["finding"] for entry in read_manifest(tmp_path / "figures")}
    assert {name: finding for name, _, finding in lines} == drawn
    quarantine = tmp_path / "out" / "quarantine.jsonl"
    # A library of the kernel's may say a word of its own now and then; ours stand in this order.
    ours = re.findall(r"^(?:02-the-books|3 figures|Set aside|1 document).*", done.stderr, re.M)
    time, figures, reason, last = ours
    assert re.fullmatch(r"02-the-books: \d+\.\d s", time)
    assert figures == f"3 figures: {tmp_path / 'out' / 'report' / 'index.html'}"
    assert "b.txt" in reason
    assert last == f"1 document was set aside, listed in {quarantine}"
    assert json.loads(quarantine.read_text("utf-8"))["id"] == "b"


def test_a_folder_of_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"\xff")
    with pytest.raises(ReadError, match=r"nothing could be read, 1 set aside; .*b\.txt"):
        load_books(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--notebook", "02-the-boks"], "Did you mean '02-the-books'?"),
        (["--notebook", "0"], "'0' names 5 notebooks"),
        (["--notebook", ""], "no notebook ''"),
        (["-p", "cutof", "2024-12-31"], "Did you mean 'cutoff'?"),
        (
            ["--notebook", "01", "-p", "cutoff", "2024-12-31"],
            "no notebook that runs has a parameter 'cutoff'",
        ),
        (["-p", "cutoff", "yesterday"], "parameter cutoff is 'yesterday', which is no day"),
        (["-p", "top", "many"], "parameter top is 'many', not a whole number"),
        (["-p", "path", "seeds/none.md"], "parameter path is 'seeds/none.md', which does not exist"),
        (["-o", "README.md/below"], "cannot write"),
    ],
    ids=str,
)
def test_what_is_wrong_ends_with_2_before_a_kernel_starts(
    words: list[str], said: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setattr(runner, "_run", None)
    out = [] if "-o" in words else ["-o", str(tmp_path)]
    result = CliRunner().invoke(main, ["story", *words, *out])
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output


class CellError(Exception):
    """Stands for papermill's own error: what a cell raised, by name."""

    def __init__(self, ename: str, evalue: str) -> None:
        self.ename, self.evalue, self.exec_count = ename, evalue, 3


@pytest.mark.parametrize(
    ("ename", "kind", "said"),
    [
        ("ReadError", ReadError, "a (b). c (02.ipynb, cell 3)."),
        ("ParameterError", ParameterError, "a (b). c (02.ipynb, cell 3)."),
        ("KeyError", AidlibError, "KeyError: a (b). c (02.ipynb, cell 3)."),
        ("annotations", AidlibError, "annotations: a (b). c (02.ipynb, cell 3)."),
    ],
)
def test_what_a_notebook_raises_keeps_its_kind_and_names_the_cell(
    ename: str, kind: type[AidlibError], said: str
) -> None:
    error = runner._as_ours(CellError(ename, "a (b). c"), Path("notebooks/02.ipynb"))
    assert type(error) is kind
    assert str(error).startswith(said)


def test_run_story_gives_the_findings_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = [Finding("a", "b", "c", tmp_path)]
    monkeypatch.setattr(runner, "tell_story", lambda *given: Story(found, tmp_path, []))
    assert run_story() == found
    assert str(found[0]) == "a: b"


# A page of a notebook.


def page_with(tmp_path: Path, *outputs: dict[str, Any]) -> str:
    code = {"cell_type": "code", "source": ["x < 1"], "metadata": {}, "outputs": list(outputs)}
    prose = {"cell_type": "markdown", "source": ["# A & B\n", "\n", "*Why* <b>not</b>."], "metadata": {}}
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [prose, code]}))
    return notebook_page(path)


def test_a_page_has_the_title_of_its_notebook_and_shows_markup_of_prose_as_text(tmp_path: Path) -> None:
    page = page_with(tmp_path)
    assert "<title>A &amp; B</title>" in page
    assert "<em>Why</em> &lt;b&gt;not&lt;/b&gt;" in page
    assert "<pre>x &lt; 1</pre>" in page


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ({"output_type": "stream", "text": ["<a>"]}, "<pre>&lt;a&gt;</pre>"),
        ({"output_type": "error", "ename": "E", "evalue": "<b>"}, "<pre>E: &lt;b&gt;</pre>"),
        ({"output_type": "display_data", "data": {"text/plain": ["<c>"]}}, "<pre>&lt;c&gt;</pre>"),
        ({"output_type": "display_data", "data": {"text/markdown": ["**d**"]}}, "<strong>d</strong>"),
        (
            {
                "output_type": "display_data",
                "data": {"text/html": ["<i>e</i><script src=x>f</script><link href='g'>"]},
            },
            '<div class="output"><i>e</i></div>',
        ),
    ],
    ids=["stream", "error", "plain", "markdown", "html"],
)
def test_every_kind_of_output_is_shown_and_none_runs(
    tmp_path: Path, output: dict[str, Any], shown: str
) -> None:
    assert shown in page_with(tmp_path, output)


# In a browser.

WIDTHS = (400, 1200)
OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(node =>
    node.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    && !node.closest('.output, pre')).map(node => node.outerHTML.slice(0, 80))"""
HIDDEN = """() => [...document.querySelectorAll('img, svg')].filter(node => {
    const box = node.getBoundingClientRect()
    return box.width < 50 || box.height < 50 || node.naturalWidth === 0
}).map(node => node.outerHTML.slice(0, 80))"""


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_in_a_browser_wide_and_narrow(story: Story, page: Any, name: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    address = (story.place / "report" / f"{name}.html").as_uri()
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate(HIDDEN) == []
    assert page.locator("img").count() >= 1
    assert said == []
    assert [url for url in asked if url != address and not url.startswith("data:")] == []
