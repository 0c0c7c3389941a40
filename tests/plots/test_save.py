"""In: small figures. Out: whether their files say what they show, and stay the same."""

from __future__ import annotations

import json
import os
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Et

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties, findfont

from aidlib.errors import FigureError
from aidlib.plots import read_manifest, save_figure
from aidlib.plots.bars import Bar, draw_bars

SVG = "{http://www.w3.org/2000/svg}"
SAID: dict[str, Any] = {
    "finding": "Norway gave €2 <million> & more",
    "subtitle": "Euro, 2024",
    "source": "One text",
    "alt": 'One bar: "2"',
}


def save(folder: Path, name: str = "a-figure", **changes: Any) -> Any:
    """Save a figure of one bar."""
    data = pd.DataFrame({"donor": ["NOR"], "amount_eur": [Decimal("2000000.00")]})
    fig = draw_bars([Bar("Norway", 2e6, "€2m")])
    return save_figure(fig, name, **{"data": data, "folder": folder, **SAID, **changes})


def test_every_kind_of_file_is_written_and_listed(tmp_path: Path) -> None:
    save(tmp_path, notebook="02-the-books", parameters={"top": 3})
    entry = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["figures"][0]
    assert set(entry) == {
        *("name", "finding", "caption", "alt", "sources", "notebook"),
        *("parameters", "data_sha256", "files"),
    }
    assert sorted(entry["files"]) == ["csv", "pdf", "png", "svg"]
    assert all((tmp_path / file).stat().st_size for file in entry["files"].values())


def test_a_second_run_changes_no_byte(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        save(tmp_path / folder)
    first, second = ({f.name: f.read_bytes() for f in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert first == second


def test_an_svg_has_role_title_and_description(tmp_path: Path) -> None:
    save(tmp_path)
    root = Et.parse(tmp_path / "a-figure.svg").getroot()
    assert root.get("role") == "img"
    title, described = (root.find(SVG + tag) for tag in ("title", "desc"))
    assert title is not None
    assert described is not None
    assert (title.text, described.text) == (SAID["finding"], SAID["alt"])
    assert root.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"


def test_no_file_holds_a_date(tmp_path: Path) -> None:
    save(tmp_path)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert b"CreationDate" not in content
        assert b"dc:date" not in content


@pytest.mark.parametrize("missing", ["finding", "source", "alt"])
def test_a_figure_without_words_is_refused(tmp_path: Path, missing: str) -> None:
    with pytest.raises(FigureError, match=f"the {missing} is empty"):
        save(tmp_path, **{missing: " "})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../out", "A Figure", "a_b"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FigureError):
        save(tmp_path, name)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("a file")
    with pytest.raises(FigureError, match="cannot be written"):
        save(tmp_path / "figures")


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(FigureError, match=r"cannot be written: Permission denied .*Choose a folder"):
        save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_without_the_fonts_of_another_sees_the_same_figure(tmp_path: Path) -> None:
    save(tmp_path / "ours")
    with mpl.rc_context({"font.family": ["No Such Font"], "font.size": 30, "text.usetex": True}):
        save(tmp_path / "theirs")
    ours, theirs = ((tmp_path / name / "a-figure.svg").read_bytes() for name in ("ours", "theirs"))
    assert ours == theirs


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_the_font_is_the_one_that_comes_with_matplotlib(weight: str) -> None:
    found = findfont(FontProperties(family="DejaVu Sans", weight=weight), fallback_to_default=False)
    assert Path(found).is_relative_to(mpl.get_data_path())


@pytest.mark.parametrize("words", ["finding", "source", "subtitle"])
def test_letters_that_the_font_does_not_have_are_named(tmp_path: Path, words: str) -> None:
    with pytest.raises(FigureError, match=r"cannot write 乌 兰 \(.*Write it in Latin"):
        save(tmp_path, **{words: "Given by 乌兰"})
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_the_font_does_not_have_is_refused_where_it_is_drawn() -> None:
    with pytest.raises(FigureError, match=r"cannot write U\+0007"):
        draw_bars([Bar("Nor\x07way", 2e6, "€2m")])


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(tmp_path: Path) -> None:
    save(tmp_path, data=pd.DataFrame({"quote": ["=HYPERLINK(1)"], "eur": [Decimal("-2.50")]}))
    assert (tmp_path / "a-figure.csv").read_text() == "quote,eur\n'=HYPERLINK(1),-2.50\n"


def test_entries_written_at_once_are_all_kept(tmp_path: Path) -> None:
    names = [f"figure-{n}" for n in range(4)]
    threads = [threading.Thread(target=save, args=(tmp_path, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry["name"] for entry in read_manifest(tmp_path)] == names
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_a_broken_manifest_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(FigureError, match="manifest"):
        save(tmp_path)


def test_a_notebook_shows_the_figure_with_its_alt_text(tmp_path: Path) -> None:
    shown = save(tmp_path)._repr_html_()
    assert 'alt="One bar: &quot;2&quot;"' in shown
    assert "<script" not in shown


def test_framing_again_replaces_the_frame(tmp_path: Path) -> None:
    fig = draw_bars([Bar("Norway", 2e6, "€2m")])
    data = pd.DataFrame({"a": [1]})
    sizes = []
    for finding in ("Short", "A finding that is so long that it needs a second line above the axes", "Short"):
        save_figure(fig, "again", data=data, folder=tmp_path, **{**SAID, "finding": finding})
        sizes.append(round(float(fig.get_size_inches()[1]), 6))
    assert sizes[0] == sizes[2] < sizes[1]
