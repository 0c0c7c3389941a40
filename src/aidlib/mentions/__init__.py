"""In: a document. Out: its mentions: sums, dates, parties, goods and mechanisms, each with its span."""

from __future__ import annotations

from aidlib.mentions.dates import find_dates
from aidlib.mentions.money import find_money
from aidlib.mentions.scan import Hit, scan
from aidlib.model import Document, Mention, Span

__all__ = ["find_mentions", "named"]

KINDS = ("party", "item", "mechanism")


def find_mentions(document: Document) -> tuple[Mention, ...]:
    """Find everything that a document names, before any decision about it.

    Parameters
    ----------
    document : Document
        ``published`` is used to resolve dates.

    Returns
    -------
    tuple of Mention
        In order of start. ``value`` is a ``Money``, a ``When``, or the code of the lexicon.

    Examples
    --------
    >>> found = find_mentions(Document.from_text("Latvia gave Ukraine €2 million and two NASAMS."))
    >>> [(mention.kind, mention.quote) for mention in found]
    [('party', 'Latvia'), ('party', 'Ukraine'), ('money', '€2 million'), ('item', 'NASAMS')]
    """
    found = [*find_money(document), *find_dates(document), *named(document.text, scan(document.text))]
    return tuple(sorted(found, key=lambda mention: (mention.start, mention.end, mention.kind)))


def named(text: str, hits: list[Hit] | tuple[Hit, ...]) -> list[Mention]:
    """Give the parties, goods and mechanisms among the words found in a text."""
    return [
        Mention(hit.kind, Span(hit.start, hit.end), text[hit.start : hit.end], hit.key)
        for hit in hits
        if hit.kind in KINDS
    ]
