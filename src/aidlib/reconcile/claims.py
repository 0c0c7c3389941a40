"""In: what somebody claims, in words or as a row. Out: claims, each with its scope and its tolerance."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from aidlib.errors import ParameterError, ReadError
from aidlib.mentions import find_mentions
from aidlib.model import Document
from aidlib.reconcile.facts import DAY, MECHANISM, day_of, is_years, load_facts, years_of

__all__ = ["ANYONE", "Claim", "make_claim", "read_claims", "rounding_of"]

ANYONE = "MULTI"
SCOPES = ("mechanism", "aid_type", "channel")
SIMPLE = ("who", "amount")
CODE = re.compile(r"[A-Z]{2,6}")


@dataclass(frozen=True, slots=True)
class Claim:
    """One total that somebody states.

    ``who`` pays (``MULTI``: everybody); ``what`` holds pairs of a column of the ledger and its
    value; ``years`` are the first and the last, or None. ``amount`` is in whole units;
    ``tolerance`` is how far a sum may lie from it. ``day`` is ISO 8601, may be partial or "".
    ``docs`` are the documents that state it.
    """

    id: str
    who: str
    amount: Decimal
    currency: str
    tolerance: Decimal
    what: tuple[tuple[str, str], ...] = ()
    years: tuple[int, int] | None = None
    day: str = ""
    by: str = ""
    source: str = ""
    docs: tuple[str, ...] = ()


def rounding_of(amount: Decimal) -> Decimal:
    """Give half a unit of the last digit that a sum states: how far rounding may have moved it.

    Zeros at the end say nothing, but the first two digits are always taken as meant.

    Examples
    --------
    >>> [f"{rounding_of(Decimal(value)):f}" for value in ("538e6", "4.4e9", "600e6", "20e6")]
    ['500000', '50000000', '5000000', '500000']
    """
    plain = amount.normalize()
    exponent = plain.as_tuple().exponent
    place = min(exponent if isinstance(exponent, int) else 0, plain.adjusted() - 1)
    return Decimal(1).scaleb(place) / 2


def make_claim(
    who: str,
    amount: str,
    *,
    what: Iterable[str] = (),
    year: str = "",
    day: str = "",
    by: str = "",
    source: str = "",
    tolerance: str | None = None,
    name: str = "claim",
    where: str = "claim",
) -> Claim:
    """Make a claim of words.

    Parameters
    ----------
    who : str
        ISO 3166-1 alpha-3 or one of the ledger's bodies; MULTI for everybody.
    amount, tolerance : str
        As people write it: "DKK 4.4bn". Without a tolerance it is the sum's own rounding.
    what : iterable of str
        ``column=value``, of mechanism, aid_type and channel.
    year : str
        One, or two as 2024-2027.

    Raises
    ------
    ParameterError
        One of them cannot be read.

    Examples
    --------
    >>> claim = make_claim("MULTI", "DKK 4.4bn", what=["mechanism=danish_model"], year="2024")
    >>> f"{claim.amount:f}", claim.currency, f"{claim.tolerance:f}"
    ('4400000000', 'DKK', '50000000')
    """
    if not CODE.fullmatch(who):
        raise ParameterError(f"who is {who!r}", where=where, fix="Give a code such as DNK, EU or MULTI.")
    low, middle, high, currency = _sum(amount, where)
    width = _sum(tolerance, where) if tolerance else None
    if width and width[3] != currency:
        raise ParameterError(
            f"tolerance {tolerance!r} is in {width[3]}, the claim in {currency}",
            where=where,
            fix="Give both in one currency.",
        )
    return Claim(
        name,
        who,
        middle,
        currency,
        width[1] if width else max(rounding_of(low), rounding_of(high)) + (high - low) / 2,
        tuple(sorted(_pair(text, where) for text in what)),
        _years(year, where),
        _day(day, where),
        by,
        source,
    )


def _sum(text: str, where: str) -> tuple[Decimal, Decimal, Decimal, str]:
    """Read one sum: low, amount, high and currency."""
    found = [m for m in find_mentions(Document.from_text(text)) if m.kind == "money"]
    fix = 'Write one sum with its currency: "DKK 4.4bn", "EUR 538 million".'
    if len(found) != 1 or text.strip()[:1] in "-−–":
        raise ParameterError(f"{text!r} is not one sum of money", where=where, fix=fix)
    money = found[0].value
    if money.currency is None:
        several = ", ".join(money.candidates)
        raise ParameterError(f"the currency of {text!r} may be {several or 'any'}", where=where, fix=fix)
    if money.amount <= 0:
        raise ParameterError(f"{text!r} is nothing", where=where, fix=fix)
    low, high = money.low, money.high
    return low or money.amount, money.amount, high or money.amount, money.currency


def _pair(text: str, where: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if name not in SCOPES or not value:
        near = difflib.get_close_matches(name, SCOPES, n=1)
        fix = f"Did you mean {near[0]}={value or '...'}?" if near else f"Use any of {', '.join(SCOPES)}."
        raise ParameterError(f"what is {text!r}", where=where, fix=fix)
    return name, value


def _years(text: str, where: str) -> tuple[int, int] | None:
    if text and not is_years(text):
        raise ParameterError(f"year is {text!r}", where=where, fix="Give a year, or two as 2024-2027.")
    return years_of(text) if text else None


def _day(text: str, where: str) -> str:
    try:
        if DAY.fullmatch(text) and day_of(text, 2024):
            return text
    except ValueError:
        pass
    raise ParameterError(f"date is {text!r}", where=where, fix="Give 2024, 2024-05 or 2024-05-09.")


def read_claims(path: Path | str) -> tuple[list[Claim], list[ParameterError]]:
    """Read a table of claims.

    It has either the columns of ``seeds/danish_model_facts.csv``, where the rows ``claimed_total``
    are the claims, or ``who`` and ``amount`` (in words), and any of ``id``, ``what`` (``;``
    between), ``year``, ``date``, ``by``, ``source`` and ``tolerance``.

    Returns
    -------
    tuple
        The claims, and for every row that is none why.

    Raises
    ------
    ReadError
        It is no such table.
    """
    head, rows = _rows(path)
    if all(name in head for name in SIMPLE) and "row_type" not in head:
        claims, faults = [], []
        for line, row in enumerate(rows, start=2):
            try:
                claims.append(_of_words(row, line, f"{path}, line {line}"))
            except ParameterError as error:
                faults.append(error)
        return claims, faults
    chosen = [row for row in load_facts(path).to_dict("records") if row["row_type"] == "claimed_total"]
    stated = [row for row in chosen if Decimal(row["amount"] or 0) > 0 and row["currency"]]
    faults = [
        ParameterError(
            f"claim {row['row_id']} states no sum", where=str(path), fix="Give its amount and currency."
        )
        for row in chosen
        if row not in stated
    ]
    return [_of_fact({str(key): value for key, value in row.items()}) for row in stated], faults


def _rows(path: Path | str) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
            return list(reader.fieldnames or []), rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReadError(
            f"the claims cannot be read: {error}", where=str(path), fix="Give a CSV file in UTF-8."
        ) from error


def _of_words(row: Mapping[str, str], line: int, where: str) -> Claim:
    return make_claim(
        row["who"],
        row["amount"],
        what=[part.strip() for part in row.get("what", "").split(";") if part.strip()],
        year=row.get("year", ""),
        day=row.get("date", ""),
        by=row.get("by", ""),
        source=row.get("source", ""),
        tolerance=row.get("tolerance") or None,
        name=row.get("id") or f"line {line}",
        where=where,
    )


def _of_fact(row: Mapping[str, str]) -> Claim:
    amount = Decimal(row["amount"])
    return Claim(
        row["row_id"],
        row["contributor"] or ANYONE,
        amount,
        row["currency"],
        rounding_of(amount),
        (("mechanism", MECHANISM),),
        years_of(row["year"]),
        row["announced_on"],
        row["claimed_by"],
        row["source_url"] or row["source_title"],
        tuple(name for name in row["brief_ids"].split(";") if name),
    )
