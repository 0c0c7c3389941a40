"""What the tests of reports share: two figures, one with hostile words, and books of a few acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from aidlib.kit import Sources
from aidlib.ledger import Ledger, build_ledger
from build import event, reading
from kit.drawn import HOSTILE, draw


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    """A folder with two figures."""
    draw(tmp_path / "figures", "plain", finding="It grew")
    draw(tmp_path / "figures", "hostile", finding=HOSTILE, alt=HOSTILE)
    return tmp_path / "figures"


@pytest.fixture(scope="session")
def books() -> Ledger:
    """Books of a package with a share of another donor, a delivery, and an approximate sum."""
    tranche = (event("MULTI", "100e6", mechanism="danish_model"), event("NOR", "43e6", part_of=0))
    return build_ledger(
        [
            reading(*tranche),
            reading(event("SWE", "63e6"), id="b"),
            reading(event("SWE", "63e6", "delivered"), id="d"),
            reading(event("NOR", "2e9", modifier="approx"), id="c", published="2025-02-01"),
        ]
    )


@pytest.fixture
def sources(figures: Path, books: Ledger) -> Sources:
    return Sources(figures, books)
