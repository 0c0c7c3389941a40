"""In: colours that stand side by side in a figure. Out: whether colour-blind readers tell them apart."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from aidlib.plots.stages import LOOKS
from aidlib.plots.style import BLUE, ORANGE, SKY

# What is seen without one kind of cone, in linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
WHITE_POINT = [0.9505, 1.0, 1.089]
# About 2.3 is just noticeable (CIE 1976).
APART = 8.0
SIDE_BY_SIDE = [
    (BLUE, ORANGE), (BLUE, SKY), (BLUE, "#8a8a8a"), (ORANGE, "#8a8a8a"), *zip(LOOKS, LOOKS[1:], strict=False)
]  # fmt: skip


def seen(colour: str, kind: str) -> np.ndarray:
    """Give a colour as such a reader sees it, in CIE L*a*b*."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    ratio = np.array(TO_XYZ) @ np.clip(np.array(SEEN[kind]) @ linear, 0, 1) / WHITE_POINT
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize(("one", "two"), SIDE_BY_SIDE)
def test_neighbours_are_told_apart_by_colour_blind_readers(one: str, two: str, kind: str) -> None:
    assert np.linalg.norm(seen(one, kind) - seen(two, kind)) > APART


def test_a_red_and_a_green_that_only_hue_parts_would_not_pass() -> None:
    assert np.linalg.norm(seen("#aa5533", "deuteranopia") - seen("#777733", "deuteranopia")) < APART
