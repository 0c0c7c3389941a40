"""In: the grammar of dates. Out: every way to write one, with its reader, and one pattern of all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

import re2

from aidlib.lexicon import grammar
from aidlib.mentions.dates.read import (
    read_ago,
    read_day,
    read_days,
    read_half,
    read_month,
    read_months,
    read_numbers,
    read_part,
    read_quarter,
    read_relative,
    read_season,
    read_week_of,
    read_weekday,
    read_weekday_of_week,
    read_year,
    read_year_end,
    read_years,
)
from aidlib.mentions.dates.words import any_of, cased
from aidlib.model import When

__all__ = ["Reader", "date_pattern", "ways"]

Reader = Callable[[dict[str, str], date | None, bool], When | None]
Shapes = tuple[tuple[str, str, Reader], ...]


@cache
def shapes() -> Shapes:
    """Name, pattern and reader of every way to write a date; the first that fits is taken."""
    return _days() + _parts_of_year() + _relative() + _years()


def _month() -> str:
    return f"(?:{cased('month')}|Sept\\.)"


def _weekday() -> str:
    return f"(?:{cased('weekday')})"


def _days() -> Shapes:
    part = grammar()["dates"]
    d, y, dash, m = part["day"], part["year"], part["dash"], _month()
    lead = rf"(?:{_weekday()},?\s(?:the\s)?)?"
    return (
        ("iso", rf"(?P<year>{y})[-/](?P<month>\d\d)[-/](?P<day>\d\d)", read_numbers),
        ("numbers", rf"(?P<day>\d{{1,2}})(?P<mark>[./])(?P<month>\d{{1,2}})[./](?P<year>{y})", read_numbers),
        (
            "week_of",
            rf"(?i:week)\s(?:of|beginning|starting)\s(?:{lead})(?:(?P<day>{d})\s(?P<month>{m})"
            rf"|(?P<month2>{m})\s(?P<day2>{d}))(?:,?\s(?P<year>{y}))?",
            read_week_of,
        ),
        (
            "two_days",
            rf"{lead}(?P<day>{d})\s(?P<month>{m})(?:\s(?P<year0>{y}))?{dash}(?P<day2>{d})\s(?P<month2>{m})(?:,?\s(?P<year>{y}))?",
            read_days,
        ),
        (
            "two_days_us",
            rf"{lead}(?P<month>{m})\s(?P<day>{d}){dash}(?P<month2>{m})\s(?P<day2>{d})(?:,?\s(?P<year>{y}))?",
            read_days,
        ),
        (
            "day_month",
            rf"{lead}(?P<day>{d})(?:{dash}(?P<day2>{d}))?\s(?:of\s)?(?P<month>{m})(?:,?\s(?P<year>{y}))?",
            read_days,
        ),
        (
            "month_day",
            rf"{lead}(?P<month>{m})\s(?:the\s)?(?P<day>{d})(?:{dash}(?P<day2>{d}))?(?:,?\s(?P<year>{y}))?",
            read_days,
        ),
        (
            "two_months",
            rf"(?P<month>{m})(?:\s(?P<year0>{y}))?{dash}(?P<month2>{m})(?:,?\s(?P<year>{y}))?",
            read_months,
        ),
        (
            "month_year",
            r"(?:(?i:early|mid|late|end of|beginning of|start of|middle of)[\s-])?"
            rf"(?P<month>{m})(?:\sof)?,?\s(?P<year>{y})",
            read_month,
        ),
    )


def _parts_of_year() -> Shapes:
    y, m = grammar()["dates"]["year"], _month()
    of = rf"(?:\s(?:of\s)?(?:the\s)?(?P<year>{y}|(?:this|next|last|the)?\s?year))"
    zone = rf"(?P<part>(?i:{any_of('part')}))"
    return (
        ("quarter", rf"(?i:Q(?P<n>[1-4])|(?P<nth>{any_of('ordinal')})\squarter)(?i:{of})?", read_quarter),
        ("half", rf"(?i:H(?P<n>[12])\s(?P<year0>{y})|(?P<nth>first|second|last)\shalf{of})", read_half),
        (
            "part_year",
            rf"(?:(?i:the)\s)?{zone}[\s-](?i:(?P<year>{y}|(?:this|next|last|the)\syear))",
            read_part,
        ),
        ("part_month", rf"(?:(?i:the)\s)?{zone}[\s-](?P<month>{m})", read_month),
        (
            "season",
            rf"(?i:(?P<which>this|last|next|the)\s)?(?P<season>(?i:{any_of('season')}))\s(?i:of\s)?(?P<year>{y})|(?i:(?P<which2>this|last|next)\s(?P<season2>{any_of('season')}))",
            read_season,
        ),
    )


def _relative() -> Shapes:
    week, unit = _weekday(), "(?P<unit>day|week|month|quarter|year)"
    return (
        (
            "weekday_of_week",
            rf"(?P<weekday>{week})\s(?i:(?:of\s)?(?P<which>last|this|next)\sweek)",
            read_weekday_of_week,
        ),
        ("the_weekend", r"(?i:the\s(?:coming\s)?(?P<unit>weekend))", read_relative),
        (
            "end_of_month",
            r"(?i:(?:the\s)?(?:end|start|middle)\sof\s(?:the|this)\s(?P<unit>month))",
            read_relative,
        ),
        ("weekday", rf"(?:(?i:(?P<which>last|this|next|past|coming))\s)?(?P<weekday>{week})", read_weekday),
        ("day", rf"(?i:(?P<word>{any_of('day')}))", read_day),
        (
            "ago",
            rf"(?i:(?P<count>\d{{1,2}}|{any_of('count')})\s{unit}s?\s(?:ago|earlier\sthis\syear))",
            read_ago,
        ),
        (
            "relative",
            r"(?i:(?:(?:earlier|later|late|early)\s)?(?P<which>last|this|next|past)\s(?P<unit>week(?:end)?|month|quarter|year))",
            read_relative,
        ),
        ("end_of_year", r"(?i:(?:the\s)?year(?:['’]s\s|-)(?P<part>end|start))", read_year_end),
    )


def _years() -> Shapes:
    y, m = grammar()["dates"]["year"], _month()
    return (
        ("years", rf"(?P<year>{y})(?:\s?[-–—/]\s?|\s(?:to|until|through)\s)(?P<year2>{y}|\d\d)", read_years),
        ("fiscal_year", rf"FY\s?(?P<year>{y})", read_year),
        ("years", rf"(?i:between)\s(?P<year>{y})\sand\s(?P<year2>{y})", read_years),
        ("year", rf"(?P<year>{y})", read_year),
        ("prep_month", rf"(?P<month>{m})", read_month),
    )


@cache
def ways() -> tuple[tuple[str, re.Pattern[str], Reader], ...]:
    """Give the shapes with their patterns compiled."""
    return tuple((name, re.compile(text), read) for name, text, read in shapes())


@cache
def date_pattern() -> re2._Regexp:
    """Give one pattern that finds a date of any shape."""
    union = "|".join(re.sub(r"\(\?P<\w+>", "(?:", text) for _, text, _ in shapes())
    return re2.compile(rf"\b(?:{union})\b")
