"""In: the parts of one written date and the day of publication. Out: the day or interval it means."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, date, timedelta

from aidlib.mentions.dates.words import words_of
from aidlib.model import When

__all__ = [
    "read_ago",
    "read_day",
    "read_days",
    "read_half",
    "read_month",
    "read_months",
    "read_numbers",
    "read_part",
    "read_quarter",
    "read_relative",
    "read_season",
    "read_week_of",
    "read_weekday",
    "read_weekday_of_week",
    "read_year",
    "read_year_end",
    "read_years",
]

Groups = dict[str, str]


def _month_number(word: str) -> int:
    return int(words_of("month")[word.lower().rstrip(".")])


def _day_number(word: str) -> int:
    return int(re.sub(r"\D", "", word))


def _iso(year: int, month: int | None = None, day: int | None = None) -> str:
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError(f"year {year} lies outside of the calendar")
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def read_numbers(g: Groups, published: date | None, future: bool) -> When | None:
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


def read_days(g: Groups, published: date | None, future: bool) -> When | None:
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


def read_month(g: Groups, published: date | None, future: bool) -> When | None:
    month = _month_number(g["month"])
    if "year" in g:
        return When(_iso(int(g["year"]), month), None, "month")
    if published is None:
        return None
    year = published.year - (month > published.month)
    if future and month != published.month:
        year += 1
    return When(_iso(year, month), None, "month", "inferred")


def read_months(g: Groups, published: date | None, future: bool) -> When | None:
    """Read "January to March 2025": the year belongs to both ends, but not past the turn of it."""
    first, last = _month_number(g["month"]), _month_number(g["month2"])
    if "year" in g:
        year, how = int(g["year"]), "stated"
    elif published:
        year, how = _guess_year(last, 1, published, future), "inferred"
    else:
        return None
    start = int(g.get("year0") or year - (last < first))
    return When(_iso(start, first), _iso(year, last), "month", how)


def read_week_of(g: Groups, published: date | None, future: bool) -> When | None:
    """Read "the week of 4 November" as that whole week, never as its day."""
    parts = {"day": g.get("day") or g["day2"], "month": g.get("month") or g["month2"]}
    day = read_days(parts | ({"year": g["year"]} if "year" in g else {}), published, future)
    return replace(_week(date.fromisoformat(day.start)), how=day.how) if day else None


def _year_of(word: str | None, published: date | None) -> tuple[int, str] | None:
    if word and word.strip().isdigit():
        return int(word), "stated"
    if published is None:
        return None
    shift = {"last": -1, "next": 1}.get((word or "").split(" ")[0].lower(), 0)
    return published.year + shift, "inferred"


def _months(year: int, first: int, last: int, how: str) -> When:
    return When(_iso(year, first), _iso(year + (last < first), last), "quarter", how)


def read_quarter(g: Groups, published: date | None, future: bool) -> When | None:
    year = _year_of(g.get("year"), published)
    if year is None:
        return None
    n = int(g.get("n") or words_of("ordinal")[g["nth"].lower()])
    return _months(year[0], 3 * n - 2, 3 * n, year[1])


def read_half(g: Groups, published: date | None, future: bool) -> When | None:
    year = _year_of(g.get("year") or g.get("year0"), published)
    if year is None:
        return None
    is_first = g.get("n") == "1" or g.get("nth", "").lower() == "first"
    return _months(year[0], 1 if is_first else 7, 6 if is_first else 12, year[1])


def read_part(g: Groups, published: date | None, future: bool) -> When | None:
    year = _year_of(g["year"], published)
    if year is None:
        return None
    first, last = words_of("part")[" ".join(g["part"].lower().split())].split("-")
    return _months(year[0], int(first), int(last), year[1])


def read_year_end(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    first = 10 if g["part"].lower() == "end" else 1
    return _months(published.year, first, first + 2, "inferred")


def read_season(g: Groups, published: date | None, future: bool) -> When | None:
    word = (g.get("season") or g["season2"]).lower()
    first, last = map(int, words_of("season")[word].split("-"))
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


def read_weekday(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    weekday = int(words_of("weekday")[g["weekday"].lower()])
    back = (published.weekday() - weekday) % 7
    which = g.get("which", "").lower()
    if which == "this":
        day = published + timedelta(weekday - published.weekday())
    elif which in {"next", "coming"} or (future and not which and back):
        day = published + timedelta(7 - back)
    else:
        day = published - timedelta(back or (7 if which == "last" else 0))
    return When(day.isoformat(), None, "day", "inferred")


def read_weekday_of_week(g: Groups, published: date | None, future: bool) -> When | None:
    """Read "Friday last week": the day within that week, counted from Monday."""
    if published is None:
        return None
    weekday = int(words_of("weekday")[g["weekday"].lower()])
    weeks = {"last": -1, "next": 1}.get(g["which"].lower(), 0)
    day = published + timedelta(7 * weeks + weekday - published.weekday())
    return When(day.isoformat(), None, "day", "inferred")


def read_day(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    shift = int(words_of("day")[" ".join(g["word"].lower().split())])
    return When((published + timedelta(shift)).isoformat(), None, "day", "inferred")


def _shift_months(day: date, months: int) -> tuple[int, int]:
    count = day.year * 12 + day.month - 1 + months
    return count // 12, count % 12 + 1


def read_ago(g: Groups, published: date | None, future: bool) -> When | None:
    word = " ".join(g["count"].lower().split())
    count = int(word) if word.isdigit() else int(words_of("count")[word])
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


def read_relative(g: Groups, published: date | None, future: bool) -> When | None:
    if published is None:
        return None
    unit = g["unit"].lower()
    shift = {"last": -1, "past": -1, "next": 1}.get(g.get("which", "").lower(), 0)
    if "which" not in g and unit == "weekend" and not future and published.weekday() < 5:
        shift = -1  # "over the weekend", read from Monday to Friday, is the one before
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


def read_years(g: Groups, published: date | None, future: bool) -> When | None:
    first, last = g["year"], g["year2"]
    if len(last) == 2:
        last = first[:2] + last
    return When(first, last, "year") if int(first) < int(last) < int(first) + 60 else None


def read_year(g: Groups, published: date | None, future: bool) -> When | None:
    return When(g["year"], None, "year")
