"""In: a document or a reading. Out: its evidence, as lines that say why each sum is booked or not."""

from __future__ import annotations

from aidlib.model import Money, Reading

__all__ = ["explain"]


def explain(reading: Reading) -> list[str]:
    """Say of every sum of money, in one line, whether it is booked and why.

    Examples
    --------
    >>> from aidlib.model import Document
    >>> explain(Reading(Document.from_text("Nothing to report.")))
    ['no sum of money in this text']
    """
    decided = {decision.mention: decision for decision in reading.decisions}
    place = {id(mention): index for index, mention in enumerate(reading.mentions)}
    lines = []
    for mention in reading.money:
        decision = decided.get(place[id(mention)])
        money: Money = mention.value
        lines.append(f"{mention.quote} [{mention.start}-{mention.end}] {money.currency} {decision}")
    return lines or ["no sum of money in this text"]
