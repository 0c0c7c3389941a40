"""In: figures, one with hostile words. Out: whether every language gets one whole block, and only that."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import mistune
import pytest

from aidlib.errors import AidlibError, FigureError, ParameterError
from aidlib.kit import embed_figure
from aidlib.kit.figures import FORMATS
from aidlib.kit.markers import find_markers
from kit.drawn import HOSTILE, draw


class Images(HTMLParser):
    """Collect images and every tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.images: list[dict[str, Any]] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.images.append(dict(attrs))


@pytest.mark.parametrize("dialect", FORMATS)
def test_a_block_is_one_marker_with_the_hash_of_the_data(dialect: str, figures: Path) -> None:
    block = embed_figure("hostile", dialect, figures=figures, to=figures.parent / "reports")
    (marker,), faults = find_markers(block, dialect, where="report")
    assert (marker.start, marker.end) == (0, len(block) - 1)
    assert re.fullmatch(r"figure hostile sha256=[0-9a-f]{12}", marker.body)
    assert f"../figures/hostile.{FORMATS[dialect][0]}" in marker.content
    assert faults == []


@pytest.mark.parametrize("dialect", ["markdown", "html"])
def test_a_reader_gets_the_hostile_words_and_no_markup_of_theirs(dialect: str, figures: Path) -> None:
    block = embed_figure("hostile", dialect, figures=figures, to=figures.parent)
    page = str(mistune.create_markdown(escape=False)(block)) if dialect == "markdown" else block
    seen = Images(page)
    assert [image["alt"] for image in seen.images] == [HOSTILE]
    assert seen.images[0]["src"] == "figures/hostile.svg"
    assert seen.tags <= {"p", "img", "strong", "figure", "figcaption"}


def test_latex_gets_no_special_sign_that_is_not_escaped(figures: Path) -> None:
    block = embed_figure("hostile", "latex", figures=figures, to=figures.parent)
    said = block.split("alt={")[1].split("}]{figures")[0]
    bare = re.sub(r"\\(?:text\w+\{\}|[$&#_%{}])", "", said)
    assert re.findall(r"[\\$&#_%{}~^<>|]", bare) == []
    assert block.count("\n% /aidlib\n") == 1


def test_quarto_gets_a_figure_to_refer_to(figures: Path) -> None:
    block = embed_figure("plain", "quarto", kind="pdf", figures=figures, to=figures)
    image = '![**It grew.** Euro. Source: 2 texts.](plain.pdf){#fig-plain fig-alt="Bars."}'
    assert image in block.splitlines()
    assert "figure plain format=pdf sha256=" in block


def test_a_path_is_written_as_an_address(tmp_path: Path) -> None:
    draw(tmp_path / "my (best) figures", "a", finding="It grew")
    for dialect in ("markdown", "html"):
        assert "my%20%28best%29%20figures/a.svg" in embed_figure(
            "a", dialect, figures=tmp_path / "my (best) figures", to=tmp_path
        )
    draw(tmp_path / "5 % figures", "a", finding="It grew")
    with pytest.raises(ParameterError, match="cannot take the path '5 % figures"):
        embed_figure("a", "latex", figures=tmp_path / "5 % figures", to=tmp_path)


@pytest.mark.parametrize(
    ("name", "dialect", "kind", "kind_of_error", "message"),
    [
        ("plan", "markdown", None, ParameterError, "Did you mean 'plain'?"),
        ("plain", "latex", "svg", ParameterError, "Give pdf or png"),
        ("plain", "markdwon", None, ParameterError, "Did you mean 'markdown'?"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest_right_one(
    name: str, dialect: str, kind: str | None, kind_of_error: type[AidlibError], message: str, figures: Path
) -> None:
    with pytest.raises(kind_of_error) as caught:
        embed_figure(name, dialect, kind=kind, figures=figures)
    assert message in str(caught.value)


def test_a_figure_whose_files_are_not_those_of_the_manifest_is_refused(figures: Path) -> None:
    (figures / "plain.svg").unlink()
    with pytest.raises(FigureError, match=r"plain\.svg cannot be read"):
        embed_figure("plain", figures=figures)
    (figures / "plain.csv").write_text("donor\nby hand\n")
    with pytest.raises(FigureError, match="not those that its manifest names"):
        embed_figure("plain", figures=figures)


def test_no_figures_and_an_empty_entry_are_said(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"no figures .* Draw them with `aidlib story`"):
        embed_figure("plain", figures=tmp_path)
    draw(tmp_path, "a", finding="")
    with pytest.raises(FigureError, match="lacks finding"):
        embed_figure("a", figures=tmp_path)
