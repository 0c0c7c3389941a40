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
