"""In: a document. Out: its dates as days or intervals, and the day it was published."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import re2

from aidlib.lexicon import date_words, grammar
from aidlib.model import Document, Mention, Span, When

__all__ = ["find_dates", "find_published"]

Groups = dict[str, str]
Reader = Callable[[Groups, date | None, bool], When | None]


@cache
def _words(kind: str) -> dict[str, str]:
    return {w.form.lower(): w.value for w in date_words() if w.kind == kind}


def _any(kind: str) -> str:
    forms = sorted(_words(kind), key=len, reverse=True)
    return "|".join(re.escape(f).replace(r"\ ", r"\s") for f in forms)


def _cased(kind: str) -> str:
    forms = sorted((w.form for w in date_words() if w.kind == kind), key=len, reverse=True)
    return "|".join(f"{f}|{f.upper()}" if len(f) > 3 else rf"(?:{f}|{f.upper()})\.?" for f in forms)


@cache
def _shapes() -> tuple[tuple[str, str, Reader], ...]:
    """Name, pattern and reader of every way to write a date; the first that fits is taken."""
    part = grammar()["dates"]
    d, y, dash = part["day"], part["year"], part["dash"]
    m, week = f"(?:{_cased('month')}|Sept\\.)", f"(?:{_cased('weekday')})"
    lead = rf"(?:{week},?\s(?:the\s)?)?"
    unit = "(?P<unit>day|week|month|quarter|year)"
    of = rf"(?:\s(?:of\s)?(?:the\s)?(?P<year>{y}|(?:this|next|last|the)?\s?year))"
    zone = rf"(?P<part>(?i:{_any('part')}))"
    return (
        ("iso", rf"(?P<year>{y})-(?P<month>\d\d)-(?P<day>\d\d)", _read_numbers),
        ("numbers", rf"(?P<day>\d{{1,2}})(?P<mark>[./])(?P<month>\d{{1,2}})[./](?P<year>{y})", _read_numbers),
        (
            "two_days",
            rf"{lead}(?P<day>{d})\s(?P<month>{m})(?:\s(?P<year0>{y}))?{dash}(?P<day2>{d})\s(?P<month2>{m})(?:,?\s(?P<year>{y}))?",
            _read_days,
        ),
        (
            "two_days_us",
            rf"{lead}(?P<month>{m})\s(?P<day>{d}){dash}(?P<month2>{m})\s(?P<day2>{d})(?:,?\s(?P<year>{y}))?",
            _read_days,
        ),
        (
            "day_month",
            rf"{lead}(?P<day>{d})(?:{dash}(?P<day2>{d}))?\s(?:of\s)?(?P<month>{m})(?:,?\s(?P<year>{y}))?",
            _read_days,
        ),
        (
            "month_day",
            rf"{lead}(?P<month>{m})\s(?:the\s)?(?P<day>{d})(?:{dash}(?P<day2>{d}))?(?:,?\s(?P<year>{y}))?",
            _read_days,
        ),
        (
            "month_year",
            rf"(?:(?i:early|mid|late|end of|beginning of|start of|middle of)[\s-])?(?P<month>{m})(?:\sof)?,?\s(?P<year>{y})",
            _read_month,
        ),
        ("quarter", rf"(?i:Q(?P<n>[1-4])|(?P<nth>{_any('ordinal')})\squarter)(?i:{of})?", _read_quarter),
        ("half", rf"(?i:H(?P<n>[12])\s(?P<year0>{y})|(?P<nth>first|second|last)\shalf{of})", _read_half),
        (
            "part_year",
            rf"(?:(?i:the)\s)?{zone}[\s-](?i:(?P<year>{y}|(?:this|next|last|the)\syear))",
            _read_part,
        ),
        ("part_month", rf"(?:(?i:the)\s)?{zone}[\s-](?P<month>{m})", _read_month),
        (
            "season",
            rf"(?i:(?P<which>this|last|next|the)\s)?(?P<season>(?i:{_any('season')}))\s(?i:of\s)?(?P<year>{y})|(?i:(?P<which2>this|last|next)\s(?P<season2>{_any('season')}))",
            _read_season,
        ),
        ("weekday", rf"(?:(?i:(?P<which>last|this|next|past|coming))\s)?(?P<weekday>{week})", _read_weekday),
        ("day", rf"(?i:(?P<word>{_any('day')}))", _read_day),
        (
            "ago",
            rf"(?i:(?P<count>\d{{1,2}}|{_any('count')})\s{unit}s?\s(?:ago|earlier\sthis\syear))",
            _read_ago,
        ),
        (
            "relative",
            r"(?i:(?:(?:earlier|later|late|early)\s)?(?P<which>last|this|next|past)\s(?P<unit>week(?:end)?|month|quarter|year))",
            _read_relative,
        ),
        ("end_of_year", rf"(?i:(?:the\s)?year['’]s\s(?P<part>end|start))", _read_year_end),
        ("years", rf"(?P<year>{y})(?:\s?[-–—/]\s?|\s(?:to|until|through)\s)(?P<year2>{y}|\d\d)", _read_years),
        ("years", rf"(?i:between)\s(?P<year>{y})\sand\s(?P<year2>{y})", _read_years),
        ("year", rf"(?P<year>{y})", _read_year),
        ("prep_month", rf"(?P<month>{m})", _read_month),
    )


@cache
def _pattern() -> tuple[re2._Regexp, list[tuple[str, re.Pattern[str], Reader]]]:
    shapes = [(name, text, read) for name, text, read in _shapes()]
    union = "|".join(re.sub(r"\(\?P<\w+>", "(?:", text) for _, text, _ in shapes)
    return re2.compile(rf"\b(?:{union})\b"), [(n, re.compile(t), r) for n, t, r in shapes]


def find_dates(document: Document) -> list[Mention]:
    """Find every date in a document.

    Parameters
    ----------
    document : Document
        Words such as "on Friday" are resolved against its day of publication, and left out
        where that is not known.

    Returns
    -------
    list of Mention
        In order, not overlapping; ``value`` is a `When`. What the text leaves open stays open:
        a month is never turned into a day.

    Examples
    --------
    >>> doc = Document.from_text("Signed on Friday, to be paid by mid-2025.", published="2024-11-17")
    >>> [(m.quote, m.value.start, m.value.role) for m in find_dates(doc)]
    [('Friday', '2024-11-15', 'on'), ('mid-2025', '2025-05', 'by')]
    """
    text = document.text
    safe = text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    union, shapes = _pattern()
    found: list[Mention] = []
    for match in union.finditer(safe):
        start, end = match.span()
        when = _read(safe, start, end, shapes, document.published)
        if when is not None:
            found.append(Mention("date", Span(start, end), text[start:end], when))
    return found


def _read(
    text: str, start: int, end: int, shapes: list[tuple[str, re.Pattern[str], Reader]], published: date | None
) -> When | None:
    after = text[end : end + 2]
    if after[:1].isalnum() or text[max(0, start - 1) : start] in {"$", "€", "£", ".", ","}:
        return None
    before = re.split(r"[.!?;]\s|\n\s*\n", text[max(0, start - 60) : start])[-1].lower()
    for name, pattern, read in shapes:
        match = pattern.fullmatch(text, start, end)
        if match is None:
            continue
        role = _role(before)
        if name in {"year", "prep_month"} and not _has_preposition(before, name, text[start:end]):
            return None
        if name == "year" and re.match(
            r"[.,]\d|\s?(?:%|mm\b|million|billion|[A-Za-z-]*-)", text[end : end + 8]
        ):
            return None
        words = {k: v for k, v in match.groupdict().items() if v}
        try:
            when = read(words, published, _is_future(before, role))
        except OverflowError:  # "last week" in year 1 and "next week" in 9999 lie outside the calendar
            return None
        if when and when.end and role == "since":
            role = "on"
        return replace(when, role=role) if when else None
    return None


PREPOSITION = re.compile(
    r"\b(?:in|since|until|till|by|during|through|throughout|from|of|for|before|after|to|and|between|last|this|next|early|late|mid|"
    r"end of|start of|around|as of|over|year|years)[\s-]+(?:the\s|fiscal\s(?:year\s)?|calendar\syear\s)*(?:the\s)?(?:early\s|late\s|mid-?\s?)?\Z"
)


def _has_preposition(before: str, name: str, word: str) -> bool:
    match = PREPOSITION.search(before)
    if match is None:
        return False
    return not (word in {"May", "March"} and re.search(r"\b(?:to|and|of)\s+\Z", before))


def _role(before: str) -> str:
    words = re.sub(r"\b(?:the|this|last|next|on|late|early|end of)\b", " ", before).split()
    for n in (3, 2, 1):
        role = _words("role").get(" ".join(words[-n:])) if len(words) >= n else None
        if role:
            return role
    return "on"


def _is_future(before: str, role: str) -> bool:
    if role in {"by", "until"}:
        return True
    return bool(re.search(rf"\b(?:{_any('future')})\b", before))


def _month_number(word: str) -> int:
    return int(_words("month")[word.lower().rstrip(".")])


def _day_number(word: str) -> int:
    return int(re.sub(r"\D", "", word))


def _iso(year: int, month: int | None = None, day: int | None = None) -> str:
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _read_numbers(g: Groups, published: date | None, future: bool) -> When | None:
    year, month, day = int(g["year"]), int(g["month"]), int(g["day"])
    if g.get("mark") == "/" and month <= 12 and day <= 12 and month != day:
        return _settle_order(year, month, day, published)
    if month > 12:
        month, day = day, month
    return When(_iso(year, month, day), None, "day") if _is_day(year, month, day) else None


def _settle_order(year: int, month: int, day: int, published: date | None) -> When:
    """Read 04/05/2024: the order that lies within a month before publication, else the year only."""
    if published:
        near = [
            d for d in (date(year, month, day), date(year, day, month)) if 0 <= (published - d).days <= 31
        ]
        if len(near) == 1:
            return When(near[0].isoformat(), None, "day")
    return When(_iso(year), None, "year")


def _guess_year(month: int, day: int, published: date, future: bool) -> int:
    past = published.year - ((month, day) > (published.month, published.day))
    if not future or (month, day) == (published.month, published.day):
        return past
    return past + 1


def _read_days(g: Groups, published: date | None, future: bool) -> When | None:
    month, day = _month_number(g["month"]), _day_number(g["day"])
    last = _day_number(g["day2"]) if "day2" in g else None
    end_month = _month_number(g["month2"]) if "month2" in g else month
    if "year" in g:
        end_year, how = int(g["year"]), "stated"
    elif published:
        end_year, how = _guess_year(end_month, last or day, published, future), "inferred"
    else:
        return None
    year = int(g.get("year0") or end_year - (end_month < month))
    if not _is_day(year, month, day):
        return None
    if last is None or not _is_day(end_year, end_month, last):
        return When(_iso(year, month, day), None, "day", how)
    return When(_iso(year, month, day), _iso(end_year, end_month, last), "day", how)


def _read_month(g: Groups, published: date | None, future: bool) -> When | None:
    month = _month_number(g["month"])
    if "year" in g:
        return When(_iso(int(g["year"]), month), None, "month")
    if published is None:
        return None
    year = published.year - (month > published.month)
    if future and month != published.month:
        year += 1
    return When(_iso(year, month), None, "month", "inferred")


def _year_of(word: str | None, published: date | None) -> tuple[int, str] | None:
    if word and word.strip().isdigit():
        return int(word), "stated"
    if published is None:
        return None
    shift = {"last": -1, "next": 1}.get((word or "").split(" ")[0].lower(), 0)
    return published.year + shift, "inferred"


def _months(year: int, first: int, last: int, how: str) -> When:
    return When(_iso(year, first), _iso(year + (last < first), last), "quarter", how)


def _read_quarter(g: Groups, published: date | None, future: bool) -> When | None:
    year = _year_of(g.get("year"), published)
    if year is None:
        return None
    n = int(g.get("n") or _words("ordinal")[g["nth"].lower()])
    return _months(year[0], 3 * n - 2, 3 * n, year[1])


def _read_half(g: Groups, published: date | None, future: bool) -> When | None:
    year = _year_of(g.get("year") or g.get("year0"), published)
    if year is None:
        return None
    is_first = g.get("n") == "1" or g.get("nth", "").lower() == "first"
    return _months(year[0], 1 if is_first else 7, 6 if is_first else 12, year[1])


def _read_part(g: Groups, published: date | None, future: bool) -> When | None:
    year = _year_of(g["year"], published)
    if year is None:
        return None
    first, last = _words("part")[" ".join(g["part"].lower().split())].split("-")
    return _months(year[0], int(first), int(last), year[1])


def _read_year_end(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    first = 10 if g["part"].lower() == "end" else 1
    return _months(published.year, first, first + 2, "inferred")


def _read_season(g: Groups, published: date | None, future: bool) -> When | None:
    word = (g.get("season") or g["season2"]).lower()
    first, last = map(int, _words("season")[word].split("-"))
    if "year" in g:
        return _months(int(g["year"]), first, last, "stated")
    if published is None:
        return None
    which = g["which2"].lower()
    year = published.year
    if which == "last" and first + 2 >= published.month:
        year -= 1
    elif which == "next" and first <= published.month:
        year += 1
    return _months(year, first, last, "inferred")


def _read_weekday(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    weekday = int(_words("weekday")[g["weekday"].lower()])
    back = (published.weekday() - weekday) % 7
    which = g.get("which", "").lower()
    if which == "this":
        day = published + timedelta(weekday - published.weekday())
    elif which in {"next", "coming"} or (future and not which and back):
        day = published + timedelta(7 - back)
    else:
        day = published - timedelta(back or (7 if which == "last" else 0))
    return When(day.isoformat(), None, "day", "inferred")


def _read_day(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    shift = int(_words("day")[" ".join(g["word"].lower().split())])
    return When((published + timedelta(shift)).isoformat(), None, "day", "inferred")


def _shift_months(day: date, months: int) -> tuple[int, int]:
    count = day.year * 12 + day.month - 1 + months
    return count // 12, count % 12 + 1


def _read_ago(g: Groups, published: date | None, future: bool) -> When | None:
    word = " ".join(g["count"].lower().split())
    count = int(word) if word.isdigit() else int(_words("count")[word])
    if published is None or not count:
        return None
    unit = g["unit"].lower()
    if unit == "day":
        return When((published - timedelta(count)).isoformat(), None, "day", "inferred")
    if unit == "week":
        return _week(published - timedelta(7 * count))
    if unit == "year":
        return When(_iso(published.year - count), None, "year", "inferred")
    year, month = _shift_months(published, -count * (3 if unit == "quarter" else 1))
    return When(_iso(year, month), None, "month", "inferred")


def _week(day: date) -> When:
    monday = day - timedelta(day.weekday())
    return When(monday.isoformat(), (monday + timedelta(6)).isoformat(), "day", "inferred")


def _read_relative(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    unit = g["unit"].lower()
    shift = {"last": -1, "past": -1, "next": 1}.get(g["which"].lower(), 0)
    if unit == "week":
        return _week(published + timedelta(7 * shift))
    if unit == "weekend":
        monday = published - timedelta(published.weekday()) + timedelta(7 * shift)
        saturday = monday + timedelta(5)
        return When(saturday.isoformat(), (saturday + timedelta(1)).isoformat(), "day", "inferred")
    if unit == "year":
        return When(_iso(published.year + shift), None, "year", "inferred")
    if unit == "month":
        return When(_iso(*_shift_months(published, shift)), None, "month", "inferred")
    year, month = _shift_months(published, 3 * shift)
    first = 3 * ((month - 1) // 3) + 1
    return _months(year, first, first + 2, "inferred")


def _read_years(g: Groups, published: date | None, future: bool) -> When | None:
    first, last = g["year"], g["year2"]
    if len(last) == 2:
        last = first[:2] + last
    return When(first, last, "year") if int(first) < int(last) < int(first) + 60 else None


def _read_year(g: Groups, published: date | None, future: bool) -> When | None:
    return When(g["year"], None, "year")


HEAD_LINES = 10
DATELINE = re.compile(r"^[A-Z][^\n.!?]{0,80}?[,(]\s*$")


def find_published(text: str) -> date | None:
    """Find the day of publication in a dateline, or in a line that is only a date.

    Only the first lines count, and only a full date with its year.

    Examples
    --------
    >>> find_published("OSLO, 16 February 2023 (press release) - Norway will give NOK 75 billion.")
    datetime.date(2023, 2, 16)
    >>> find_published("Norway paid on 16 February 2023.") is None
    True
    """
    lines = [line.strip() for line in text[:4000].split("\n") if line.strip()][:HEAD_LINES]
    for line in lines:
        for mention in find_dates(Document.from_text(line[:200])):
            when = mention.value
            if when.precision == "day" and when.end is None and _is_dateline(line, mention):
                return date.fromisoformat(when.start)
    return None


LABEL = re.compile(
    r"(?:(?:published|posted|updated|issued|released|date|publication date|press release|news|statement)\b[\s:|,/-]*(?:on\s)?)*",
    re.I,
)
PLACE = re.compile(r"[A-Z][\w.'’-]*(?:[\s/-]+[A-Z][\w.'’-]*){0,4}(?:,\s[A-Z][\w.]*)?\s*[,(–—-]+\s*")


def _is_dateline(line: str, mention: Mention) -> bool:
    before, after = line[: mention.start], line[mention.end :]
    if LABEL.fullmatch(before):
        return not re.match(r"\s*[a-z,]", after) or len(before) > 3
    return bool(PLACE.fullmatch(before)) and bool(re.match(r"\s*(?:[-–—:(/)|.]|$)", after))
