"""In: reports with markers. Out: whether they are filled, kept, checked, and refused where they must be."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import mistune
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aidlib.errors import AidlibError, ParameterError, ReadError
from aidlib.kit import Sources, check_report, fill_report, review_report
from aidlib.kit.markers import find_markers
from aidlib.ledger import Ledger, build_ledger
from aidlib.story.books import load_books
from build import event, reading
from kit.drawn import draw

ENDINGS = (".md", ".qmd", ".html", ".tex", ".txt")
ALL = (
    "Norway gave {{aidlib: total donor=NOR}} in {{ aidlib: count }} acts.\n\n"
    "{{aidlib: figure plain}}\n\n"
    "{{aidlib: finding hostile}} and {{aidlib:total bounds=yes}}\n"
)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, ending: str = ".md") -> Path:
        path = tmp_path / f"report{ending}"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def text_of(path: Path) -> str:
    return path.read_bytes().decode()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_report_is_filled_current_and_filled_again_the_same(
    ending: str, write: Write, sources: Sources
) -> None:
    path = write(ALL, ending)
    assert len(check_report(path, sources)) == 5
    assert path.read_bytes() == ALL.encode()
    assert len(fill_report(path, sources).changes) == 5
    once = path.read_bytes()
    assert b"{{aidlib" not in once
    assert "3" in text_of(path)
    assert check_report(path, sources) == ()
    assert fill_report(path, sources).changes == ()
    assert path.read_bytes() == once


@pytest.mark.parametrize(
    ("ending", "filled"),
    [
        (".md", "In <!-- aidlib: total donor=NOR -->€2\u00a0billion<!-- /aidlib -->."),
        (".qmd", "In <!-- aidlib: total donor=NOR -->€2\u00a0billion<!-- /aidlib -->."),
        (".HTM", "In <!-- aidlib: total donor=NOR -->€2\u00a0billion<!-- /aidlib -->."),
        (".txt", "In <!-- aidlib: total donor=NOR -->€2\u00a0billion<!-- /aidlib -->."),
        (".tex", r"In \aidlib{total donor=NOR}{\texteuro{}2~billion}."),
    ],
)
def test_a_number_keeps_its_question_beside_it(
    ending: str, filled: str, write: Write, sources: Sources
) -> None:
    path = write("In {{aidlib: total donor=NOR}}.", ending)
    fill_report(path, sources)
    assert text_of(path) == filled


def test_a_number_that_begins_a_line_of_markdown_leaves_the_line_markdown(
    write: Write, sources: Sources
) -> None:
    path = write(
        "So\n{{aidlib: count}} *acts*\n\n- {{aidlib: count}} *acts*\n> 1. {{aidlib: count}} *acts*\n"
    )
    fill_report(path, sources)
    page = str(mistune.create_markdown(escape=False)(text_of(path)))
    assert page.count("<em>acts</em>") == 3
    assert page.count('<span data-aidlib="count">3</span>') == 3
    assert "<p>So\n<span" in page


def test_a_question_with_quotes_survives_in_a_span(write: Write, sources: Sources) -> None:
    path = write('{{aidlib: cell figure=plain row="NOR" column="note"}} is told')
    fill_report(path, sources)
    assert 'data-aidlib="cell figure=plain row=&quot;NOR&quot; column=&quot;note&quot;">a, b<' in text_of(
        path
    )
    assert check_report(path, sources) == ()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_ends_of_lines_mark_and_encoding_are_kept(
    ending: str, newline: str, encoding: str, write: Write, sources: Sources
) -> None:
    path = write(ALL.replace("\n", newline).encode(encoding), ending)
    fill_report(path, sources)
    filled = path.read_bytes()
    text = filled.decode(encoding)
    assert text.encode(encoding) == filled
    assert set(re.findall(r"\r\n|\r|\n", text)) == {newline}
    assert check_report(path, sources) == ()


def test_windows_1252_is_kept_and_what_it_cannot_write_is_refused(write: Write, sources: Sources) -> None:
    path = write("Kosten f\xfcr \x80: {{aidlib: total}}".encode("latin-1"))
    fill_report(path, sources)
    assert path.read_bytes().startswith(b"Kosten f\xfcr \x80: <!-- aidlib: total -->\x802.16\xa0billion")
    draw(sources.figures, "minus", finding="It fell by −2 %")
    path = write("\xfc {{aidlib: finding minus}}".encode("latin-1"))
    with pytest.raises(ReadError, match=r"'−' cannot be written in cp1252 .*:1\)\. Save it as UTF-8"):
        fill_report(path, Sources(sources.figures, sources.ledger))
    assert path.read_bytes() == "\xfc {{aidlib: finding minus}}".encode("latin-1")


@pytest.mark.parametrize("data", [b"\x00\x01", b"\xff\xfe\x00\xd8", b"caf\x81"])
def test_what_is_no_text_is_refused(data: bytes, write: Write, sources: Sources) -> None:
    with pytest.raises(ReadError, match="no text"):
        review_report(write(data), sources)


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (".md", "Write `{{aidlib: total}}` or ``a ` {{aidlib: total}}``"),
        (".md", "~~~\n{{aidlib: total}}\n~~~\n"),
        (".md", "> ````md\n> {{aidlib: total}}\n> ```\n> ````\n"),
        (".md", "```\n{{aidlib: total}}\n"),
        (".md", r"\{{aidlib: total}}"),
        (".qmd", "```{python}\n'{{aidlib: total}}'\n```\n"),
        (".md", "<!-- {{aidlib: total}} is mine -->"),
        (".html", "<PRE class=a>{{aidlib: total}}</pre><script>'{{aidlib: total}}'</script>"),
        (".tex", "% {{aidlib: total}}\n\\verb|{{aidlib: total}}| \\providecommand{\\aidlib}[2]{#2}"),
        (".tex", "\\begin{verbatim}\n{{aidlib: total}}\n\\end{verbatim}"),
    ],
)
def test_code_and_comments_hold_no_markers(ending: str, text: str, write: Write, sources: Sources) -> None:
    review = review_report(write(text, ending), sources)
    assert (review.n_markers, review.faults) == (0, ())


@pytest.mark.parametrize(
    ("ending", "text", "message"),
    [
        (".md", "{{aidlib total}}", r"no whole marker \(.*:1\)"),
        (".md", "\n{{aidlib: total\n}}", r"no whole marker \(.*:2\)"),
        (".md", "<!-- aidlib total -->5<!-- /aidlib -->", "no whole marker"),
        (".md", "<!-- aidlib: total -->5\n", "not closed .*Put <!-- /aidlib -->"),
        (".md", "<!-- aidlib: total -->5 <!-- aidlib: total -->5<!-- /aidlib -->", r"not closed \(.*:1\)"),
        (".md", "5<!-- /aidlib -->", "closes no marker"),
        (".md", "<!-- mine {{aidlib: total}}", "a comment is not closed"),
        (".md", "<!-- aidlib: total -->5\n\nMy words<!-- /aidlib -->", "a paragraph stands between"),
        (".md", "The <code> tag {{aidlib: total}}", r"<code> is not closed"),
        (".md", "See {{aidlib: figure plain}}", "a figure stands on a line of its own"),
        (".md", "{{aidlib: figure plain}} shows", "a figure stands on a line of its own"),
        (".md", 'So {{aidlib: cell figure=plain column=share row="-->"}}', "no row"),
        (".html", '<p\ntitle="{{aidlib: total}}">', r"cannot stand in a tag or a title \(.*:2\)"),
        (".html", "<title>Aid {{aidlib: total}}</title>", "cannot stand in a tag or a title"),
        (".md", 'An <img alt="{{aidlib: total}}">', "cannot stand in a tag or a title"),
        (".tex", r"\aidlib{figure plain}{}", "a figure stands on a line of its own"),
        (".tex", r"\aidlib{total", "no whole marker"),
        (".tex", "% aidlib: figure plain\n", "Put % /aidlib on a line"),
        (".tex", r"{{aidlib: cell figure=odd column=n row=50%}}", "holds a sign that no marker can"),
    ],
)
def test_what_is_no_whole_marker_leaves_the_file_as_it_is(
    ending: str, text: str, message: str, write: Write, sources: Sources
) -> None:
    draw(sources.figures, "odd", finding="Odd", rows="a,n\n50%,1\n")
    path = write(f"{text}", ending)
    with pytest.raises(AidlibError, match=message):
        fill_report(path, sources)
    assert text_of(path) == text


def test_hostile_words_in_a_finding_end_no_marker_and_start_none(write: Write, sources: Sources) -> None:
    for ending in ENDINGS:
        path = write("It says {{aidlib: finding hostile}}.\n\n{{aidlib: figure hostile}}\n", ending)
        fill_report(path, sources)
        assert check_report(path, sources) == ()
        assert review_report(path, sources).n_markers == 2
        assert "<script>" not in text_of(path) or ending == ".txt"


def test_new_books_and_a_redrawn_figure_make_a_report_stale(write: Write, sources: Sources) -> None:
    path = write("It\n{{aidlib: figure plain}}\nis {{aidlib: total donor=SWE}}.\n")
    fill_report(path, sources)
    old = re.findall(r"sha256=(\w+)", text_of(path))[0]
    draw(sources.figures, "plain", finding="It fell", rows="donor\nNOR\n")
    newer = Sources(sources.figures, build_ledger([reading(event("SWE", "64e6"))]))
    figure, number = map(str, check_report(path, newer))
    new = re.findall(r"sha256=(\w+)”", figure)[-1]
    assert figure == f"{path}:2: figure plain says “sha256={old}”; it should say “sha256={new}”"
    assert number.endswith("total donor=SWE says “€63\u00a0million”; it should say “€64\u00a0million”")
    fill_report(path, newer)
    assert "**It fell.**" in text_of(path)
    assert check_report(path, newer) == ()


def test_a_caption_changed_by_hand_is_stale_and_its_line_told(write: Write, sources: Sources) -> None:
    path = write("{{aidlib: figure plain}}")
    fill_report(path, sources)
    path.write_text(text_of(path).replace("It grew", "It soared"), encoding="utf-8")
    (change,) = check_report(path, sources)
    assert "says “**It soared.** Euro. Source: 2 texts.”; it should say “**It grew.**" in str(change)


def test_options_of_a_figure_are_kept(write: Write, sources: Sources) -> None:
    path = write("  {{aidlib: figure plain caption=no format=png}}\n")
    fill_report(path, sources)
    lines = text_of(path).splitlines()
    assert re.fullmatch(r"  <!-- aidlib: figure plain caption=no format=png sha256=\w{12} -->", lines[0])
    assert lines[1:] == ["", "  ![Bars.](figures/plain.png)", "", "  <!-- /aidlib -->"]
    assert check_report(path, sources) == ()


def test_a_hash_given_beforehand_is_replaced(write: Write, sources: Sources) -> None:
    path = write("{{aidlib: figure plain sha256=0123 caption=no}}")
    fill_report(path, sources)
    assert re.match(r"<!-- aidlib: figure plain +caption=no sha256=\w{12} -->\n", text_of(path))
    assert check_report(path, sources) == ()


def test_nothing_selected_is_said_beside_the_report(write: Write, sources: Sources) -> None:
    path = write("{{aidlib: total donor=JPN}}")
    assert fill_report(path, sources).notes == (
        f"{path}:1: nothing in the books for total donor=JPN; it says €0",
    )


def test_a_read_only_report_is_refused_and_kept(write: Write, sources: Sources) -> None:
    path = write("{{aidlib: count}}")
    path.chmod(0o444)
    with pytest.raises(ParameterError, match="read-only"):
        fill_report(path, sources)
    assert text_of(path) == "{{aidlib: count}}"
    assert [item.name for item in path.parent.iterdir() if item.is_file()] == ["report.md"]


def test_rights_and_links_are_kept(write: Write, sources: Sources) -> None:
    path = write("{{aidlib: count}}")
    path.chmod(0o640)
    link = path.with_name("link.md")
    link.symlink_to(path.name)
    fill_report(link, sources)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "3" in text_of(path)


FIGURES = ("\n{{aidlib: figure plain}}\n", "\n\n{{aidlib: figure hostile caption=no}}\r\n\r\n")
NUMBERS = ("{{aidlib: total donor=NOR}}", "{{aidlib: count}}", "{{aidlib: finding hostile}}")
SIGNS = (
    "<b",
    "<title>",
    "\n",
    "\r\n",
    "`",
    "```\n",
    "<!--",
    "-->",
    "<!-- mine -->",
    "%",
    "\\",
    "{",
    "}",
    "> ",
    "- ",
    "<pre>",
    "</pre>",
)
PIECES = st.sampled_from((*FIGURES, *NUMBERS, *SIGNS, "word "))


@given(pieces=st.lists(PIECES | st.text(max_size=4), max_size=12), ending=st.sampled_from(ENDINGS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_filled_twice_is_filled_once_and_what_is_no_marker_stays(
    pieces: list[str], ending: str, write: Write, sources: Sources
) -> None:
    text = "".join(pieces).encode("utf-8", "replace").decode()
    path = write(text, ending)
    try:
        fill_report(path, sources)
    except AidlibError:
        assert path.read_bytes() == text.encode()
        return
    once = text_of(path)
    assert outside(once, path) == outside(text, path)
    fill_report(path, sources)
    assert text_of(path) == once


def outside(text: str, path: Path) -> list[str]:
    """Give what stands between the markers of a report."""
    dialect = {".md": "markdown", ".qmd": "quarto", ".tex": "latex", ".txt": "text"}.get(path.suffix, "html")
    parts, at = [], 0
    for marker in find_markers(text.removeprefix("\ufeff"), dialect, where="")[0]:
        parts.append(text.removeprefix("\ufeff")[at : marker.start])
        at = marker.end
    return [*parts, text.removeprefix("\ufeff")[at:]]


@pytest.fixture(scope="session")
def seed_books(seeds: Path) -> Ledger:
    """The books of the briefs."""
    return load_books(seeds / "briefs")


def test_the_sample_report_is_current(root: Path, seed_books: Ledger) -> None:
    path = root / "notebooks" / "sample-report.md"
    review = review_report(path, Sources(root / "figures", seed_books))
    assert review.n_markers >= 20
    assert (review.faults, review.notes) == ((), ())
    assert [*map(str, review.changes)] == [], f"run: aidlib ledger, aidlib fill {path.name}"
