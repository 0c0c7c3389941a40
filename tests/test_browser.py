"""In: the evidence page in Chromium, offline and without scripts. Out: what a reader sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aidlib import read_announcement
from aidlib.show import page_of

TEXT = "Latvia pledged €240 million in military aid to Ukraine. <script>document.title = 'run'</script>"

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(page: Any, tmp_path: Path) -> Any:
    """The evidence page of one text, opened from a file."""
    file = tmp_path / "evidence.html"
    file.write_text(page_of([read_announcement(TEXT)]), encoding="utf-8")
    page.goto(file.as_uri())
    return page


def test_every_mention_is_marked_in_the_text(opened: Any) -> None:
    marked = opened.get_by_text("€240 million").evaluate_all(
        "found => found.map(node => getComputedStyle(node).backgroundColor)"
    )
    assert set(marked) - {"rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"}


def test_markup_in_a_text_is_shown_and_not_run(opened: Any) -> None:
    assert "<script>" in opened.inner_text("body")
    assert opened.title() != "run"


def test_the_page_asks_the_network_for_nothing(opened: Any) -> None:
    asked = opened.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert asked == []


@pytest.mark.parametrize("width", [400, 1200])
def test_a_whole_announcement_fits_a_screen_wide_or_narrow(
    page: Any, seeds: Path, tmp_path: Path, width: int
) -> None:
    long = "https://example.org/" + "a" * 200
    brief = read_announcement(seeds / "briefs" / "2024-11-15_norway_danish-format-mou.md")
    (tmp_path / "evidence.html").write_text(page_of([brief, read_announcement(f"{TEXT} {long}")]), "utf-8")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "evidence.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    quotes = page.locator("tbody td:nth-child(2)").evaluate_all("all => all.map(cell => cell.clientWidth)")
    assert min(quotes) >= 150
