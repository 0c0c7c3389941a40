"""Dates: intervals, precision and roles from the table of cases, and what holds for any text."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.mentions.dates import find_dates, find_published
from aidlib.model import Document, When

CASES = Path(__file__).parents[1] / "cases"
DAYS = st.dates(date(2014, 1, 1), date(2035, 12, 31))


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(text: str, published: str) -> list[tuple[str, When]]:
    document = Document.from_text(text, published=published or None)
    return [(mention.quote, mention.value) for mention in find_dates(document)]


@pytest.mark.parametrize("row", rows("dates.csv"), ids=lambda r: f"{r['text']} [{r['published']}]")
def test_a_date_is_read_as_its_row_says(row: dict[str, str]) -> None:
    want = []
    if row["quote"]:
        when = When(row["start"], row["end"] or None, row["precision"], row["how"], row["role"])
        want = [(row["quote"], when)]
    assert found(row["text"], row["published"]) == want, row["why"]


def test_every_row_says_why_it_is_there() -> None:
    assert all(row["why"] for row in rows("dates.csv"))


@given(DAYS, st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d.%m.%Y"]))
def test_a_full_date_written_out_is_read_back(day: date, form: str) -> None:
    (mention,) = find_dates(Document.from_text(f"Signed on {day.strftime(form)} there."))
    assert (mention.value.start, mention.value.end, mention.value.precision) == (day.isoformat(), None, "day")


@given(DAYS, st.sampled_from(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]))
def test_a_past_weekday_is_within_the_week_before_publication(published: date, weekday: str) -> None:
    (mention,) = find_dates(Document.from_text(f"He spoke on {weekday}.", published=published))
    day = date.fromisoformat(mention.value.start)
    assert day.strftime("%A") == weekday
    assert timedelta(0) <= published - day < timedelta(7)


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=40), DAYS)
def test_quotes_are_slices_in_order_whatever_surrounds_them(noise: str, published: date) -> None:
    text = f"{noise} on 14-15 November 2024 \U0001f33b\u00a0\u200b{noise} and last week"
    mentions = find_dates(Document.from_text(text, published=published))
    assert all(text[m.start : m.end] == m.quote for m in mentions)
    assert all(a.end <= b.start for a, b in zip(mentions, mentions[1:], strict=False))


@given(st.integers(0, 99999), st.integers(0, 99), st.integers(0, 99))
def test_numbers_that_are_no_date_do_no_harm(year: int, month: int, day: int) -> None:
    text = f"on {year}-{month}-{day} or {day}/{month}/{year} or {day}.{month}.{year:04}"
    for mention in find_dates(Document.from_text(text, published="2024-11-20")):
        if mention.value.precision == "day":
            date.fromisoformat(mention.value.start)


@pytest.mark.parametrize("text", ["in year 0", "on 0000-00-00", "1 January 0000", "9" * 300, "٢٠٢٤ in 2024"])
@pytest.mark.parametrize("published", [None, "0001-01-01", "9999-12-31"])
def test_years_at_the_edge_are_no_crash(text: str, published: str | None) -> None:
    document = Document.from_text(f"{text}, last week, last year, next week, on Friday", published=published)
    assert all(m.quote == document.quote(m.span) for m in find_dates(document))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("KYIV, 3 May 2024 - Lithuania handed over drones.", date(2024, 5, 3)),
        ("Drones for Kyiv\n\n3 May 2024\n\nLithuania handed over drones.", date(2024, 5, 3)),
        ("Drones for Kyiv\nPublished: 3 May 2024\nText.", date(2024, 5, 3)),
        ("Drones for Kyiv\n15/11/2024\nText.", date(2024, 11, 15)),
        ("Lithuania handed over drones on 3 May 2024.", None),
        ("Drones for Kyiv\n3 May\nText.", None),
        ("Drones\nMay 2024\nText.", None),
        ("a\n" * 12 + "3 May 2024\n", None),
        ("", None),
    ],
)
def test_publication_is_a_dateline_or_a_line_of_its_own(text: str, day: date | None) -> None:
    assert find_published(text) == day
