"""In: nothing. Out: the frozen records that every layer passes on; no I/O."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

__all__ = [
    "AidType",
    "Amount",
    "Commitment",
    "Decision",
    "Document",
    "Event",
    "Item",
    "Mention",
    "Money",
    "Reading",
    "Span",
    "Stage",
    "When",
    "address_of",
]


class Stage(StrEnum):
    """How far an act has come, lowest first (IATI transaction types, Kiel's measures).

    Examples
    --------
    >>> [stage.value for stage in Stage][:3]
    ['proposed', 'pledged', 'committed']
    """

    PROPOSED = "proposed"
    PLEDGED = "pledged"
    COMMITTED = "committed"
    ALLOCATED = "allocated"
    CONTRACTED = "contracted"
    DISBURSED = "disbursed"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """Place on the ladder, 0 for proposed to 6 for delivered.

        Examples
        --------
        >>> Stage.PLEDGED.rank < Stage("delivered").rank
        True
        """
        return list(Stage).index(self)


class AidType(StrEnum):
    """What the aid is, in the Kiel tracker's three kinds and their mixture."""

    MILITARY = "military"
    FINANCIAL = "financial"
    HUMANITARIAN = "humanitarian"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Code points of ``Document.text`` from ``start`` to ``end``, end exclusive."""

    start: int
    end: int

    def holds(self, other: Span) -> bool:
        """Whether the other span lies within this one."""
        return self.start <= other.start and other.end <= self.end


ADDRESS = re.compile(r"https?://[^\s<>\"'\\^`{|}]{1,2000}", re.ASCII)


def address_of(value: object) -> str | None:
    """Give a text that a page can safely link to; None for anything else.

    Examples
    --------
    >>> address_of("https://example.org/aid?id=1"), address_of("javascript:alert(1)")
    ('https://example.org/aid?id=1', None)
    """
    return value if isinstance(value, str) and ADDRESS.fullmatch(value) else None


@dataclass(frozen=True)
class Document:
    """One text as received, and what is known of it from outside the text.

    Attributes
    ----------
    id : str
        Its name, such as that of its file without the ending.
    text : str
        Never changed: every offset refers to it.
    title, source, url : str or None
        Headline, outlet, and the address of the text, http or https.
    published : date or None
        Day of publication; None where nothing tells.
    register : str or None
        The list that the text is a row of: a list that keeps its acts apart tells none of them twice.
    """

    id: str
    text: str
    title: str | None = None
    published: date | None = None
    source: str | None = None
    url: str | None = None
    register: str | None = None

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        id: str = "text",
        title: str | None = None,
        published: date | str | None = None,
        source: str | None = None,
        url: str | None = None,
        register: str | None = None,
    ) -> Document:
        """Make a document from a string.

        Examples
        --------
        >>> Document.from_text("Latvia pledged €2 million.", published="2024-05-02").published.year
        2024
        """
        day = date.fromisoformat(published) if isinstance(published, str) else published
        return cls(id, text, title, day, source, url, register)

    @cached_property
    def sha256(self) -> str:
        """Hash of the text in UTF-8 (a lone surrogate counts as its escape)."""
        return hashlib.sha256(self.text.encode("utf-8", "backslashreplace")).hexdigest()

    def quote(self, span: Span) -> str:
        """Give the exact words of a span."""
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Money:
    """A sum as the text gives it, in whole units of its currency.

    ``currency`` is ISO 4217 or None where nothing decides; then ``candidates`` holds what it may be
    and ``reason`` says why (a code of ``data/reasons.csv``). ``low`` and ``high`` are set for a
    range only. ``converts`` and ``part_of`` are indices of money mentions of the same document.
    """

    amount: Decimal
    currency: str | None
    modifier: str = "exact"
    low: Decimal | None = None
    high: Decimal | None = None
    candidates: tuple[str, ...] = ()
    reason: str | None = None
    converts: int | None = None
    part_of: int | None = None


@dataclass(frozen=True, slots=True)
class When:
    """A day or an interval as far as the text tells it: ISO 8601, partial where it is ("2024-04").

    ``precision`` is ``day``, ``month``, ``quarter`` or ``year``; ``how`` is ``stated`` or
    ``inferred`` (from the day of publication). ``role`` says how the text uses it: ``on``, ``since``,
    ``until`` or ``by``.
    """

    start: str
    end: str | None
    precision: str
    how: str = "stated"
    role: str = "on"


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that names one thing, its exact quote, and what it means.

    ``kind`` is ``money``, ``date``, ``party``, ``stage``, ``item``, ``mechanism`` or ``cue``;
    ``value`` is a ``Money``, a ``When``, or a lexicon row of that kind.
    """

    kind: str
    span: Span
    quote: str
    value: Any

    @property
    def start(self) -> int:
        """First code point."""
        return self.span.start

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.span.end


@dataclass(frozen=True, slots=True)
class Item:
    """Goods that an event names: the short name of ``data/items.csv``, and how many (None: unsaid)."""

    item: str
    quantity: int | float | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum beside another: a conversion that the text gives, or a headline."""

    amount: Decimal
    currency: str | None


@dataclass(frozen=True)
class Event:
    """One statement that somebody did something at a stage; unknown is None, never 0 or ""."""

    donor: str | None
    stage: Stage
    recipient: str | None = None
    donors: tuple[str, ...] | None = None
    channel: str | None = None
    amount: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str | None = None
    currency_candidates: tuple[str, ...] = ()
    amount_alt: tuple[Amount, ...] = ()
    modifier: str = "none"
    aid_type: AidType | None = None
    mechanism: str | None = None
    date: str | None = None
    date_end: str | None = None
    date_precision: str | None = None
    part_of: int | None = None
    items: tuple[Item, ...] = ()
    is_cumulative_total: bool = False
    about_past: bool = False
    evidence: tuple[Span, ...] = ()
    reasons: tuple[str, ...] = ()

    def is_bookable(self, recipient: str = "UKR") -> bool:
        """Whether it may enter the books: above proposed, no running total, for that recipient."""
        return (
            self.stage is not Stage.PROPOSED and not self.is_cumulative_total and self.recipient == recipient
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """Why one money mention was booked or not: a code of ``data/reasons.csv`` and its cues.

    ``mention`` and ``event`` are indices of the reading's lists; ``event`` is None where the
    mention makes none.
    """

    mention: int
    verdict: str
    event: int | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What one document says: its mentions of every kind, its events, and why.

    Attributes
    ----------
    document : Document
        The text that all of it refers to.
    mentions : tuple of Mention
        In order of appearance; ``money`` gives those of sums.
    events : tuple of Event
        In order of appearance; ``part_of`` of an event is an index here.
    decisions : tuple of Decision
        Why each sum was booked or not; ``explain`` puts them into words.
    headline : Amount or None
        The one sum that an expert would record for the text; None where nothing is bookable.
    """

    document: Document
    mentions: tuple[Mention, ...] = ()
    events: tuple[Event, ...] = ()
    decisions: tuple[Decision, ...] = ()
    headline: Amount | None = None

    @property
    def money(self) -> tuple[Mention, ...]:
        """The money mentions, in order; ``converts`` and ``part_of`` index this tuple."""
        return tuple(m for m in self.mentions if m.kind == "money")


@dataclass(frozen=True)
class Commitment:
    """One act of support, with every event that reports it (``reports``: document id, event index)."""

    commitment_id: str
    status: str
    donor: str | None
    recipient: str | None
    stage: Stage
    reports: tuple[tuple[str, int], ...]
    donors: tuple[str, ...] = ()
    channel: str | None = None
    mechanism: str | None = None
    aid_type: AidType | None = None
    announced_on: date | None = None
    announced_how: str = "stated"
    stage_dates: tuple[tuple[str, str], ...] = ()
    amount: Decimal | None = None
    amount_low: Decimal | None = None
    amount_high: Decimal | None = None
    currency: str | None = None
    modifier: str = "none"
    amount_eur: Decimal | None = None
    amount_eur_low: Decimal | None = None
    amount_eur_high: Decimal | None = None
    rate: Decimal | None = None
    rate_date: date | None = None
    rate_source: str | None = None
    part_of: str | None = None
    overlaps_with: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    aliases: tuple[str, ...] = ()
    n_reports: int = 0
    n_outlets: int = 0
    reasons: tuple[str, ...] = field(default=())
