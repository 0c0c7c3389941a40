"""In: the tables of ``data/``. Out: typed, checked rows; nothing else opens these files."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from aidlib.errors import LexiconError

Row = TypeVar("Row")


def read_table(name: str, make: Callable[[dict[str, str]], Row], *, key: str) -> tuple[Row, ...]:
    """Read one table of ``data/`` into typed rows.

    Parameters
    ----------
    name : str
        File name, such as ``scales.csv``: UTF-8, comma, a header, one row a fact.
    make : callable
        Takes a row as a dict of strings and gives the typed row.
    key : str
        Column whose values must be filled and differ (several columns: joined by "+").

    Returns
    -------
    tuple
        Rows in the order of the file.

    Raises
    ------
    LexiconError
        A key is missing or met twice, a source is missing, or a row cannot be read.
    """
    text = resources.files("aidlib").joinpath("data", name).read_text("utf-8")
    rows, seen = [], set()
    for number, record in enumerate(csv.DictReader(text.splitlines()), start=2):
        value = tuple(record.get(part) or "" for part in key.split("+"))
        if not value[0] or value in seen:
            raise LexiconError(
                f"{key} {value!r} is empty or met twice",
                where=f"data/{name}, line {number}",
                fix="Give every row a key of its own.",
            )
        if "source" in record and not record["source"]:
            raise LexiconError(
                f"row {value!r} has no source",
                where=f"data/{name}, line {number}",
                fix="Say where the fact comes from.",
            )
        seen.add(value)
        try:
            rows.append(make(record))
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise LexiconError(
                f"row {value!r} cannot be read: {error}",
                where=f"data/{name}, line {number}",
                fix="Compare it with its neighbours.",
            ) from error
    return tuple(rows)


@cache
def grammar() -> dict[str, Any]:
    """Read ``grammar.toml``: named short patterns that the finders compose."""
    return tomllib.loads(resources.files("aidlib").joinpath("data", "grammar.toml").read_text("utf-8"))


def split(cell: str | None, sep: str = "|") -> tuple[str, ...]:
    """Split a cell that holds several values; an empty cell holds none."""
    return tuple(part.strip() for part in (cell or "").split(sep) if part.strip())


@dataclass(frozen=True, slots=True)
class Bound:
    """How a modifier widens an amount: factors for low, central and high."""

    modifier: str
    low: str
    central: str
    high: str
    meaning: str


@cache
def bounds() -> tuple[Bound, ...]:
    """Rows of ``bounds.csv``."""
    return read_table(
        "bounds.csv",
        lambda r: Bound(r["modifier"], r["low"], r["central"], r["high"], r["meaning"]),
        key="modifier",
    )


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning of a word or phrase: its kind, its key, and what else the row says.

    ``kind`` is ``party``, ``verb``, ``noun``, ``cue``, ``item`` or ``mechanism``; ``key`` is the
    row's code; ``tag`` is the party's or item's class, or the form of a verb.
    """

    kind: str
    key: str
    tag: str
    cased: bool = False


FORMS_OF_VERBS = ("base", "third", "past", "participle", "ing")


def _rows(name: str) -> tuple[dict[str, str], ...]:
    key = {"parties.csv": "code+class", "persons.csv": "code", "verbs.csv": "verb+class"}.get(name)
    first = {"nouns.csv": "class", "cues.csv": "cue", "items.csv": "item", "mechanisms.csv": "mechanism"}
    return read_table(name, dict, key=key or first[name])


def _forms(cell: str, kind: str, key: str, tag: str) -> list[tuple[str, Term]]:
    return [(form.lstrip("="), Term(kind, key, tag, form.startswith("="))) for form in split(cell)]


@cache
def terms() -> tuple[tuple[str, Term], ...]:
    """Every form of every table of words, with what it means (a form may mean several things)."""
    found: list[tuple[str, Term]] = []
    for row in _rows("parties.csv"):
        found += _forms(row["forms"], "party", row["code"], row["class"])
    for row in _rows("persons.csv"):
        found += _forms(row["forms"], "party", row["code"], "person")
    for row in _rows("verbs.csv"):
        for tense in FORMS_OF_VERBS:
            found.append((row[tense], Term("verb", row["class"], tense)))
    for row in _rows("nouns.csv"):
        found += _forms(row["forms"], "noun", row["class"], "")
    for row in _rows("cues.csv"):
        found += _forms(row["forms"], "cue", row["cue"], "")
    for row in _rows("items.csv"):
        found += _forms(row["forms"], "item", row["item"], row["class"])
    for row in _rows("mechanisms.csv"):
        found += _forms(row["forms"], "mechanism", row["mechanism"], "")
    return tuple(dict.fromkeys(found))


@cache
def stages() -> dict[tuple[str, str], tuple[str, str]]:
    """Stage of money and of goods by class of verb and aspect (``stages.csv``)."""
    rows = read_table("stages.csv", dict, key="class+aspect")
    return {(r["class"], r["aspect"]): (r["money_stage"], r["goods_stage"]) for r in rows}


@dataclass(frozen=True, slots=True)
class MoneyWord:
    """A written form of a currency, or a word that tells which currency a shared name means.

    ``kind`` is ``symbol``, ``code``, ``name``, ``context`` (a place word) or ``country`` (an
    ISO 3166-1 alpha-3 code); ``codes`` are the ISO 4217 codes that it may mean.
    """

    form: str
    kind: str
    codes: tuple[str, ...]


@cache
def money_words() -> tuple[MoneyWord, ...]:
    """Rows of ``currencies.csv``."""
    return read_table(
        "currencies.csv",
        lambda r: MoneyWord(r["form"], r["kind"], split(r["codes"])),
        key="form+kind",
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """A word or letter that multiplies a number; ``kind`` is ``word`` or ``letter``."""

    form: str
    factor: int
    kind: str


@cache
def scales() -> tuple[Scale, ...]:
    """Rows of ``scales.csv``."""
    return read_table(
        "scales.csv", lambda r: Scale(r["form"], int(float(r["factor"])), r["kind"]), key="form"
    )


@cache
def number_words() -> dict[str, str]:
    """Rows of ``numbers.csv``: a number word and its value in digits."""
    return dict(read_table("numbers.csv", lambda r: (r["word"], r["value"]), key="word"))


@dataclass(frozen=True, slots=True)
class ModifierWord:
    """A phrase that bounds a sum; ``side`` is ``before`` or ``after`` it."""

    form: str
    modifier: str
    side: str


@cache
def modifier_words() -> tuple[ModifierWord, ...]:
    """Rows of ``modifiers.csv``."""
    return read_table(
        "modifiers.csv", lambda r: ModifierWord(r["form"], r["modifier"], r["side"]), key="form+side"
    )


@cache
def rough_rates() -> dict[str, float]:
    """Units of a currency for one euro, rounded: only to see whether two sums can be one."""
    return dict(
        read_table("rough_rates.csv", lambda r: (r["currency"], float(r["per_euro"])), key="currency")
    )


@dataclass(frozen=True, slots=True)
class MatchWeight:
    """What one cue adds for or against two reports being one act."""

    name: str
    value: float
    meaning: str


@cache
def match_weights() -> tuple[MatchWeight, ...]:
    """Rows of ``resolve.csv``."""
    return read_table(
        "resolve.csv", lambda r: MatchWeight(r["name"], float(r["value"]), r["meaning"]), key="name"
    )


@dataclass(frozen=True, slots=True)
class DateWord:
    """A word of dates; ``kind`` says how ``value`` is read (a month's number, a range of months)."""

    form: str
    kind: str
    value: str


@cache
def date_words() -> tuple[DateWord, ...]:
    """Rows of ``date_words.csv``."""
    return read_table("date_words.csv", lambda r: DateWord(r["form"], r["kind"], r["value"]), key="form+kind")


@cache
def languages() -> dict[str, str]:
    """Names of languages by code, of ``languages.csv``."""
    return dict(read_table("languages.csv", lambda r: (r["code"], r["name"]), key="code"))


@cache
def home_currencies() -> dict[str, str]:
    """Currency that a donor itself counts in, by its code: rows of ``home_currencies.csv``."""
    return dict(read_table("home_currencies.csv", lambda r: (r["party"], r["currency"]), key="party"))


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code of a decision, an event, a sum or a commitment means, in one plain line."""

    code: str
    meaning: str
    example: str


@cache
def reasons() -> dict[str, Reason]:
    """Rows of ``reasons.csv`` by their code."""
    rows = read_table("reasons.csv", lambda r: Reason(r["code"], r["meaning"], r["example"]), key="code")
    return {row.code: row for row in rows}


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """Give the codes that a field may hold, by the kind of field: party, mechanism, item, currency."""
    kinds = ("party", "mechanism", "item")
    codes = {kind: frozenset(term.key for _, term in terms() if term.kind == kind) for kind in kinds}
    currencies = frozenset(code for word in money_words() for code in word.codes)
    return {**codes, "party": codes["party"] | {"OTHER"}, "currency": currencies}
