"""In: the checkout. Out: the fixtures that every test file shares, and what was skipped for want of one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from aidlib.story import Story

ROOT = Path(__file__).resolve().parents[1]
NO_SHARED = "no shared folder beside the checkout (or name one in AIDLIB_SHARED)"
NO_BROWSER = "no Chromium on the path"
NO_LAB = "no .venv-lab in the checkout (.ci/setup .venv-lab lab makes it; or name one in AIDLIB_LAB)"

# A busy machine is no fault of the code; and what CI refuses must fail again on the next run.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    for name in ("browser", "lab"):
        parser.addoption(
            f"--require-{name}", action="store_true", help=f"fail where a {name} test would skip"
        )


def pytest_sessionstart() -> None:
    """Stop where the checkout uses newer rates than those that the golden books are valued by."""
    if (ROOT / "build" / "rates.csv").exists():
        pytest.exit("build/rates.csv is in use; go back with `aidlib rates --packaged`", returncode=2)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how many tests a missing folder, browser or JupyterLab has silenced."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for reason in (NO_SHARED, NO_BROWSER, NO_LAB):
        count = sum(reason in text for text in reasons)
        if count:
            terminalreporter.write_line(f"skipped, {reason}: {count}")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The texts and tables that the project ships."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test data that is never part of the project; skips where it is absent."""
    named = os.environ.get("AIDLIB_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    if not (folder / "seeds").is_dir():
        pytest.skip(NO_SHARED)
    return folder


@pytest.fixture(scope="session")
def story_figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one run of all notebooks draws its figures."""
    return tmp_path_factory.mktemp("figures")


@pytest.fixture(scope="session")
def story(story_figures: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """What comes of the one run of all notebooks, started in another folder than the checkout."""
    from aidlib.story import tell_story

    elsewhere, out = tmp_path_factory.mktemp("elsewhere"), tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(elsewhere)
        told = tell_story(parameters={"figures_dir": str(story_figures)}, out=out)
        assert Path.cwd() == elsewhere
    return told


def missing(request: pytest.FixtureRequest, name: str, reason: str) -> NoReturn:
    """Skip a test for want of what it needs, or fail it with ``--require-NAME``."""
    if request.config.getoption(f"--require-{name}"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """The path of Chromium; skips where there is none, or fails with ``--require-browser``."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    return path or missing(request, "browser", NO_BROWSER)


@pytest.fixture(scope="session")
def jupyter(request: pytest.FixtureRequest) -> Path:
    """The program that starts JupyterLab; skips where there is none, or fails with ``--require-lab``."""
    path = Path(os.environ.get("AIDLIB_LAB") or ROOT / ".venv-lab") / "bin" / "jupyter"
    return path if path.exists() else missing(request, "lab", NO_LAB)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, started once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A blank page, without network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()
