"""In: nothing. Out: the event in the making that the decisions of this folder fill in."""

from __future__ import annotations

from dataclasses import dataclass, field

from aidlib.model import AidType, Item, Stage

__all__ = ["Draft"]


@dataclass(eq=False)
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
