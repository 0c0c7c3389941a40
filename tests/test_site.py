"""In: the pages of one run, in Chromium, offline. Out: what a reader finds; what no text can do there."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import lxml.html
import pytest

from aidlib.events import build_events
from aidlib.ledger import build_totals
from aidlib.model import Document
from aidlib.read import read_documents
from aidlib.show import html_of, page_of
from aidlib.story import Story, bullets
from aidlib.story.books import Books, tell_books
from aidlib.story.evidence import evidence_page
from aidlib.story.report import in_bytes, notebook_page
from build import GOOD

CASES = Path(__file__).parent / "cases"
MOST_BYTES = 5_000_000
ACT = "DNK-UKR-danish_model-2024-04-DKK2.2BN"


@pytest.fixture(scope="module")
def report(story: Story) -> Path:
    """The folder of the pages."""
    return story.place / "report"


@pytest.fixture(scope="module")
def books(seeds: Path) -> Books:
    """The books that the page of evidence must show."""
    return tell_books([seeds / "briefs"])


@pytest.fixture(scope="module")
def evidence(report: Path) -> Any:
    """The page of evidence as a tree."""
    return lxml.html.document_fromstring((report / "evidence.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def index(report: Path) -> Any:
    """The page of findings as a tree."""
    return lxml.html.document_fromstring((report / "index.html").read_text("utf-8"))


# What stands in the pages, whoever shows them.


def test_the_totals_at_the_head_are_those_of_the_ledger(evidence: Any, index: Any, books: Books) -> None:
    total = build_totals(books.ledger, by=[]).iloc[0]
    wanted = [f"{total[name]:f}" for name in ("low_eur", "central_eur", "high_eur")]
    for page in (evidence, index):
        assert page.xpath("//dl[@class='sums']//data/@value") == wanted


def test_every_act_of_the_ledger_is_there_the_largest_first(evidence: Any, books: Books) -> None:
    acts = books.ledger.commitments.set_index("commitment_id")
    shown = evidence.xpath("//details[@class='act']/@id")
    assert set(shown) == set(acts.index)
    sums = [acts.loc[name, "amount_eur"] or 0 for name in shown]
    assert sums == sorted(sums, reverse=True)


def test_every_act_quotes_a_sentence_that_stands_so_in_its_text(evidence: Any, books: Books) -> None:
    reports = books.ledger.reports.groupby("commitment_id")["doc_id"].agg(set)
    for act in evidence.xpath("//details[@class='act']"):
        texts = [books.documents[name].text for name in reports[act.get("id")]]
        marks = [mark.text_content() for mark in act.xpath(".//mark")]
        assert marks, act.get("id")
        assert all(any(mark in text for text in texts) for mark in marks)


def test_every_text_of_an_act_is_named_with_its_title_and_its_day(evidence: Any, books: Books) -> None:
    events = books.ledger.events
    for act in evidence.xpath("//details[@class='act']"):
        told = events[events["commitment_id"] == act.get("id")].drop_duplicates("doc_id")
        titles = [head.text_content() for head in act.xpath(".//section/h2")]
        assert titles == [title or name for title, name in zip(told["title"], told["doc_id"], strict=True)]
        days = [line.text_content() for line in act.xpath(".//section/p[1]")]
        for day, line in zip(told["published"].dt.date, days, strict=True):
            assert day.isoformat() in line


def test_an_act_tells_its_sum_its_rate_and_what_it_belongs_to(evidence: Any) -> None:
    (act,) = evidence.xpath(f"//details[@id='{ACT}']")
    facts = {dt.text: dt.getnext().text_content() for dt in act.xpath(".//dl/dt")}
    assert facts["Sum as stated"] == "2,200,000,000 DKK"
    assert facts["In euro"] == "€294,862,688"
    assert re.fullmatch(r"0\.134\d+ euro per DKK, 2024-04-17, ECB euro reference rates .*", facts["Rate"])
    assert facts["Status"] == "booked; counted"
    (part,) = act.xpath(".//dl//a/@href")
    (other,) = evidence.xpath(f"//details[@id='{part[1:]}']")
    assert f"#{ACT}" in other.xpath(".//dl//a/@href")


def test_a_sum_that_is_not_counted_says_why(evidence: Any) -> None:
    said = set(
        evidence.xpath("//details[@data-status='total']//dt[.='Status']/following-sibling::dd[1]/text()")
    )
    assert said == {"a running total; not counted"}


def test_every_link_of_the_site_leads_somewhere(report: Path) -> None:
    pages = {path.name: path.read_text("utf-8") for path in report.glob("*.html")}
    ids = {name: set(re.findall(r'\bid="([^"]+)"', page)) for name, page in pages.items()}
    for name, page in pages.items():
        for link in lxml.html.document_fromstring(page).xpath("//a/@href"):
            if link.startswith(("http://", "https://", "data:text/csv;base64,")):
                continue
            file, _, mark = unquote(link).partition("#")
            assert (file or name) in pages, link
            assert not mark or "=" in mark or mark in ids[file or name], link


def test_what_a_figure_asks_of_the_evidence_is_there(index: Any, evidence: Any) -> None:
    links = [
        link.partition("#")[2] for link in index.xpath("//figcaption//a/@href") if "evidence.html#" in link
    ]
    asked = [{name: values[0] for name, values in parse_qs(link).items()} for link in links]
    assert {"mechanism": "danish_model", "donor": "NOR", "booked": "1"} in asked
    for one in asked:
        tests = "".join(f"[@data-{name}='{one[name]}']" for name in ("donor", "mechanism") if name in one)
        acts = evidence.xpath(f"//details[@class='act']{tests}")
        assert [act for act in acts if one.get("q", "") in act.text_content()], one


def test_every_picture_has_words_and_every_figure_its_table(index: Any, report: Path) -> None:
    for path in report.glob("*.html"):
        for picture in lxml.html.document_fromstring(path.read_text("utf-8")).xpath("//img"):
            assert len(picture.get("alt") or "") > 20, path.name
    assert len(index.xpath("//figcaption//a[starts-with(@href,'data:text/csv')]")) == len(
        index.xpath("//figure")
    )


def test_the_site_is_small(report: Path) -> None:
    assert sum(path.stat().st_size for path in report.glob("*.html")) < MOST_BYTES


def test_a_link_out_tells_nobody_where_it_came_from(evidence: Any) -> None:
    links = evidence.xpath("//a[starts-with(@href,'http')]")
    assert links
    assert {link.get("rel") for link in links} == {"noreferrer"}


# In a browser.


class Watched:
    """A page with all that it said, asked for, or put before the reader."""

    def __init__(self, page: Any) -> None:
        self.page, self.said, self.asked = page, [], []  # type: ignore[var-annotated]
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: self.asked.append(request.url))

    def go(self, path: Path, mark: str = "") -> Any:
        """Open a page afresh, at a mark."""
        self.page.goto("about:blank")
        self.page.goto(path.as_uri() + mark)
        return self.page

    def is_quiet(self) -> bool:
        """Whether nothing was said, and nothing asked for but the pages themselves."""
        return not self.said and all(url.startswith(("file://", "data:", "about:")) for url in self.asked)


@pytest.fixture
def watched(page: Any) -> Iterator[Watched]:
    """A page that must stay quiet."""
    found = Watched(page)
    yield found
    assert found.said == []
    assert found.is_quiet(), found.asked


def shown(page: Any) -> int:
    count: int = page.locator("details.act:visible").count()
    return count


@pytest.mark.browser
def test_an_act_opens_by_click_by_key_and_by_its_address(watched: Watched, report: Path) -> None:
    page = watched.go(report / "evidence.html")
    first = page.locator("details.act").first
    assert not first.locator("blockquote").first.is_visible()
    first.locator("summary").click()
    assert first.locator("blockquote").first.is_visible()
    first.locator("summary").press("Enter")
    assert not first.locator("blockquote").first.is_visible()
    page = watched.go(report / "evidence.html", f"#{ACT}")
    assert page.locator(f"[id='{ACT}'] blockquote").first.is_visible()
    page.locator(f"[id='{ACT}'] dl a").click()
    assert page.locator("details.act[open]").count() == 2


@pytest.mark.browser
def test_search_and_filters_narrow_and_say_how_far(watched: Watched, report: Path, books: Books) -> None:
    page = watched.go(report / "evidence.html")
    acts = books.ledger.commitments
    assert shown(page) == len(acts)
    for name, wanted in (("mechanism", "danish_model"), ("donor", "DNK"), ("stage", "contracted")):
        acts = acts[acts[name] == wanted]
        page.select_option(f"select[name={name}]", wanted)
        assert shown(page) == len(acts)
        assert page.inner_text("#count") == f"Showing {len(acts)} of {len(books.ledger.commitments)} acts"
    assert page.get_attribute("#count", "aria-live") == "polite"
    assert page.evaluate("location.hash") == "#donor=DNK&mechanism=danish_model&stage=contracted"
    page.get_by_role("button", name="Show all acts").click()
    page.fill("input[type=search]", "BOHDANA denmark")
    assert 0 < shown(page) < len(books.ledger.commitments) / 4
    page.fill("input[type=search]", "bohdana zzz")
    assert page.inner_text("#count").startswith("Showing 0 of")


@pytest.mark.browser
def test_an_address_asks_what_the_form_would(watched: Watched, report: Path, books: Books) -> None:
    acts = books.ledger.commitments
    page = watched.go(report / "evidence.html", "#donor=NOR&booked=1")
    assert shown(page) == ((acts["donor"] == "NOR") & (acts["status"] == "booked")).sum()
    page = watched.go(report / "evidence.html", "#donor=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert shown(page) == 0
    page.goto(f"{(report / 'evidence.html').as_uri()}#{ACT}")
    assert page.locator(f"[id='{ACT}']").is_visible()


@pytest.mark.browser
def test_printing_opens_what_is_shown_and_closes_it_again(watched: Watched, report: Path) -> None:
    page = watched.go(report / "evidence.html", "#donor=LTU")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.act[open]").count() == shown(page) > 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.act[open]").count() == 0


@pytest.mark.browser
def test_without_scripts_every_act_is_there_and_no_dead_form(browser: Any, report: Path) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "evidence.html").as_uri())
    assert not page.locator("form").is_visible()
    page.locator("details.act summary").first.click()
    assert page.locator("details.act blockquote").first.is_visible()
    context.close()


# Every text that is seen, with the colours that lie behind it blended down to the page.
PALE = """() => {
    const parse = (colour) => {
        const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number)
        return [r, g, b, a]
    }
    const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)]
    const behind = (node) => {
        const own = parse(getComputedStyle(node).backgroundColor)
        if (!node.parentElement) return own[3] ? own : [255, 0, 255]
        return over(own, behind(node.parentElement))
    }
    const light = (colour) => {
        const [r, g, b] = colour.slice(0, 3).map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const seen = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility()
        && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    const pale = seen.filter((node) => {
        const back = behind(node)
        const [a, b] = [light(over(parse(getComputedStyle(node).color), back)), light(back)]
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5
    })
    const small = seen.filter((node) => parseFloat(getComputedStyle(node).fontSize) < 12)
    return [seen.length > 20, [...pale, ...small].map((node) => node.outerHTML.slice(0, 80))]
}"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_is_dark_or_light_enough_and_large_enough(
    watched: Watched, report: Path, scheme: str
) -> None:
    watched.page.emulate_media(color_scheme=scheme)
    for name in ("index", "evidence", "02-the-books"):
        page = watched.go(report / f"{name}.html", f"#{ACT}" if name == "evidence" else "")
        # The ground is the body's, which the root takes for the whole window.
        page.evaluate(
            "document.documentElement.style.background = getComputedStyle(document.body).backgroundColor"
        )
        assert page.evaluate(PALE) == [True, []], name


@pytest.mark.browser
def test_a_reader_by_keyboard_can_skip_to_the_content_and_sees_where_she_is(
    watched: Watched, report: Path
) -> None:
    for name in ("index", "evidence"):
        page = watched.go(report / f"{name}.html")
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        assert skip.bounding_box()["x"] >= 0
        assert skip.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        assert page.locator("main").count() == page.locator("h1").count() == 1
        assert page.get_attribute("html", "lang") == "en"


# Texts that try to be more than texts.


def payloads() -> list[str]:
    with (CASES / "payloads.csv").open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def hostile() -> list[dict[str, str]]:
    """Announcements with a payload in text, title, source and id."""
    return [
        {
            "id": f"{n} {payload}",
            "text": f"{GOOD.replace('€2 million', f'€{n + 2} million')} {payload}",
            "title": f"Title {payload}",
            "source": f"Source {payload}" if n % 2 else payload,
            "url": payload,
            "published": f"2024-{n % 12 + 1:02d}-03",
        }
        for n, payload in enumerate(payloads())
    ]


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages of hostile announcements."""
    folder = tmp_path_factory.mktemp("traps")
    records = hostile()
    (folder / "texts.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    told = tell_books([folder / "texts.jsonl"])
    assert len(told.documents) == len(records)
    (folder / "evidence.html").write_bytes(in_bytes(evidence_page(told)))
    readings = [build_events(document) for document in told.documents.values()]
    (folder / "show.html").write_bytes(in_bytes(page_of(readings)))
    outputs: list[dict[str, Any]] = []
    for reading, record in zip(readings, records, strict=True):
        outputs += [
            {"output_type": "display_data", "data": {"text/html": html_of(reading)}},
            {"output_type": "display_data", "data": {"text/markdown": bullets([record["title"]])}},
            {"output_type": "stream", "text": record["title"]},
            {"output_type": "error", "ename": record["id"], "evalue": record["title"]},
        ]
    (folder / "notebook.html").write_bytes(in_bytes(notebook_of(folder, outputs)))
    raw = [
        {"output_type": "display_data", "data": {kind: record["text"]}}
        for record in records
        for kind in ("text/html", "text/markdown")
    ]
    (folder / "raw.html").write_bytes(in_bytes(notebook_of(folder, raw)))
    return folder


def notebook_of(folder: Path, outputs: list[dict[str, Any]]) -> str:
    # Its prose is the author's own: Markdown there is meant, and tags are shown.
    prose = [payload for payload in payloads() if "](" not in payload]
    cells = [{"cell_type": "markdown", "source": [f"# Title {words}\n"], "metadata": {}} for words in prose]
    code = {"cell_type": "code", "source": payloads(), "metadata": {}, "outputs": outputs}
    path = folder / "n.ipynb"
    path.write_text(json.dumps({"cells": [*cells, code]}), encoding="utf-8")
    return notebook_page(path)


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.browser
@pytest.mark.parametrize("name", ["evidence", "show", "notebook"])
def test_a_hostile_text_is_shown_and_never_run(watched: Watched, traps: Path, name: str) -> None:
    page = watched.go(traps / f"{name}.html")
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true })")
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    words = squeezed(page.inner_text("body"))
    for payload in payloads():
        assert words.count(squeezed(payload)) >= 2, payload
    assert page.locator("a[href^='javascript:'], a[href^='data:text/html']").count() == 0


@pytest.mark.browser
def test_markup_that_a_cell_itself_shows_runs_and_loads_nothing(page: Any, traps: Path) -> None:
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.failure))
    Watched(page).go(traps / "raw.html").wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert set(failed) <= {"csp"}
    assert page.url == (traps / "raw.html").as_uri()


def test_the_policy_names_the_one_script_of_the_page(report: Path) -> None:
    page = lxml.html.document_fromstring((report / "evidence.html").read_text("utf-8"))
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:; ")
    assert len(page.xpath("//script")) == 1
    assert not page.xpath("//@*[starts-with(name(), 'on')]")


def test_hostile_documents_are_read_as_they_are(traps: Path) -> None:
    read = [item for item in read_documents([traps / "texts.jsonl"]) if isinstance(item, Document)]
    assert [document.text for document in read] == [record["text"] for record in hostile()]
