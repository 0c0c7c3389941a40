"""In: nothing. Out: the event in the making that the decisions of this folder fill in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from aidlib.events.page import Page
from aidlib.lexicon import rough_rates
from aidlib.model import AidType, Item, Money, Stage

__all__ = ["Draft", "money_of", "place_of", "rough_euro", "size_of"]


@dataclass(eq=False, slots=True)
class Draft:
    """An event in the making, with the sums and the sentences that it rests on."""

    mention: int | None
    sentence: int
    donor: str | None = None
    donors: tuple[str, ...] = ()
    recipient: str | None = "UKR"
    stage: Stage = Stage.PLEDGED
    mechanism: str | None = None
    aid_type: AidType | None = None
    total: bool = False
    past: bool = False
    part_of: Draft | None = None
    items: dict[str, float | None] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    strength: int = 0
    same: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)

    def goods(self) -> tuple[Item, ...]:
        """Its items as records."""
        return tuple(Item(name, number) for name, number in self.items.items())


def money_of(page: Page, draft: Draft) -> Money:
    """The sum of a draft that has one."""
    assert draft.mention is not None
    value: Money = page.money[draft.mention].value
    return value


def place_of(page: Page, draft: Draft) -> tuple[int, int]:
    """Where the sum of a draft stands."""
    assert draft.mention is not None
    return page.bounds[draft.mention]


def size_of(page: Page, draft: Draft) -> Decimal:
    """Size of a draft's sum in euro at a rough rate."""
    return rough_euro(money_of(page, draft))


def rough_euro(money: Money) -> Decimal:
    """Size of a sum in euro at a rough rate: enough to tell a whole from its part."""
    return money.amount / _rough_rate(money.currency)


@cache
def _rough_rate(currency: str | None) -> Decimal:
    return Decimal(rough_rates().get(currency or "", 1.0))
