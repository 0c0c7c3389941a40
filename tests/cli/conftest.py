"""What the tests of commands share: a folder to give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from build import GOOD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one announcement."""
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text(GOOD)
    return texts
