"""In: notebook 02 in JupyterLab, as a reader has it before them. Out: what they see, click and choose."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest

NAME = "02-the-books.ipynb"
TOKEN = "only-for-this-test"
PATIENCE = 120  # seconds; a busy machine is no fault of the code
IMAGE = ".jupyter-widgets img[alt]"
RUN_ALL = "jupyterapp.commands.execute('notebook:run-all-cells')"
SAVE = "jupyterapp.commands.execute('docmanager:save')"

pytestmark = pytest.mark.browser


class Lab(NamedTuple):
    """A JupyterLab that runs: its address and the folder of its notebooks."""

    address: str
    notebooks: Path


@pytest.fixture(scope="module")
def lab(root: Path, jupyter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab with the project's own settings, on a copy of the notebook that draws elsewhere."""
    place = tmp_path_factory.mktemp("lab")
    notebook = nbformat.read(root / "notebooks" / NAME, as_version=nbformat.NO_CONVERT)
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    cell.source = cell.source.replace('"figures"', json.dumps(str(place / "figures")))
    (place / "notebooks").mkdir()
    nbformat.write(notebook, place / "notebooks" / NAME)
    with socket.socket() as free, (place / "log").open("w") as log:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        words = [
            str(jupyter),
            "lab",
            "--no-browser",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
        ]
        words += [f"--ServerApp.root_dir={place / 'notebooks'}", f"--IdentityProvider.token={TOKEN}"]
        words += ["--LabApp.expose_app_in_browser=True"]
        server = subprocess.Popen(words, env=surroundings(root, place), stdout=log, stderr=log)
    try:
        wait_for(server, f"http://127.0.0.1:{port}/api?token={TOKEN}", place / "log")
        yield Lab(f"http://127.0.0.1:{port}", place / "notebooks")
    finally:
        server.terminate()
        server.wait()


def surroundings(root: Path, place: Path) -> dict[str, str]:
    """Keep what JupyterLab reads to the checkout, and what it writes to a folder."""
    written = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    written += ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    kept = {name: str(place / name.lower()) for name in written}
    read = {"JUPYTER_CONFIG_PATH": str(root / ".ci" / "lab"), "PYTHONPATH": str(root / "src")}
    return {**os.environ, **kept, **read}


def wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until a server answers; say why where it does not."""
    for _ in range(PATIENCE * 20):
        assert server.poll() is None, log.read_text()[-3000:]
        try:
            with urlopen(address):
                return
        except URLError:
            time.sleep(0.05)
    pytest.fail(f"JupyterLab does not answer: {log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """The addresses that the pages of this file have asked for."""
    return []


def opened(browser: Any, lab: Lab, name: str, asked: list[str]) -> Any:
    """Open a notebook in a page of its own, and wait for its kernel."""
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.set_default_timeout(PATIENCE * 1000)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{lab.address}/lab/tree/{name}?token={TOKEN}&reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    return page


@pytest.fixture(scope="module")
def notebook(browser: Any, lab: Lab, asked: list[str]) -> Iterator[Any]:
    """The page of the notebook with all its cells run."""
    page = opened(browser, lab, NAME, asked)
    page.evaluate(RUN_ALL)
    page.locator(IMAGE).wait_for()
    page.locator(".dt-container").wait_for()
    yield page
    page.context.close()


def saved(lab: Lab) -> nbformat.NotebookNode:
    return nbformat.read(lab.notebooks / NAME, as_version=nbformat.NO_CONVERT)


def test_every_cell_runs_and_nothing_is_complained_of(notebook: Any, lab: Lab) -> None:
    notebook.evaluate(SAVE)
    cells = [cell for cell in saved(lab).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert {output.output_type for cell in cells for output in cell.outputs} <= {
        "execute_result",
        "display_data",
    }


def first_row(page: Any) -> str:
    return str(page.locator(".dt-container tbody tr").first.inner_text())


def test_the_books_are_sorted_by_a_click_on_a_head_and_searched(notebook: Any) -> None:
    before = first_row(notebook)
    notebook.get_by_role("button", name="donor: Activate to sort").click()
    notebook.wait_for_function(
        "row => document.querySelector('.dt-container tbody tr').innerText != row", arg=before
    )
    donors = notebook.locator(".dt-container tbody td:nth-child(2)").all_inner_texts()
    assert donors == sorted(donors)
    notebook.get_by_label("Search:").fill("danish_model")
    notebook.get_by_text("filtered from").wait_for()
    assert "danish_model" in first_row(notebook)


def test_a_choice_of_a_donor_draws_the_figure_anew_and_says_what_it_is(notebook: Any) -> None:
    image, sentence = notebook.locator(IMAGE), notebook.locator("p[role=status]")
    drawn, said = image.get_attribute("src"), sentence.inner_text()
    notebook.get_by_label("Donor", exact=True).select_option(label="Norway")
    notebook.wait_for_function("([css, old]) => document.querySelector(css).src != old", arg=[IMAGE, drawn])
    assert "Norway" in image.get_attribute("alt")
    assert "European Union" not in image.get_attribute("alt")
    assert re.fullmatch(r"\d+ of \d+ acts, \d+ of them booked: €.*", sentence.inner_text())
    assert sentence.inner_text() != said


def test_a_choice_of_nothing_gives_a_sentence(notebook: Any) -> None:
    notebook.get_by_label("Last day").fill("1999-12-31")
    notebook.get_by_label("Last day").press("Tab")
    notebook.get_by_text("No act meets these choices").wait_for()
    assert notebook.locator(IMAGE).count() == 0


def test_an_untrusted_notebook_shows_the_plain_table_and_the_figure(
    browser: Any, notebook: Any, lab: Lab, asked: list[str]
) -> None:
    notebook.evaluate(SAVE)
    changed = saved(lab)
    changed.cells.append(nbformat.v4.new_markdown_cell("Changed by somebody else."))
    nbformat.write(changed, lab.notebooks / "untrusted.ipynb")
    page = opened(browser, lab, "untrusted.ipynb", asked)
    page.get_by_text(re.compile(r"^The first 20 of \d+ rows\.$")).wait_for()
    assert page.locator(".dt-container").count() == 0
    assert page.locator("table", has_text="amount_eur_high").locator("tbody tr").count() == 20
    assert page.get_by_text("Run this cell in JupyterLab").is_visible()
    page.context.close()


def test_nothing_is_asked_of_the_network(notebook: Any, lab: Lab, asked: list[str]) -> None:
    assert notebook
    assert [
        url for url in asked if not url.startswith((lab.address, "data:", "blob:", "ws://127.0.0.1"))
    ] == []
    assert not re.search("/lab/api/(news|extensions|build)", " ".join(asked))
