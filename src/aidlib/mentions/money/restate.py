"""In: two sums and the words between them. Out: whether the second restates the first in other money."""

from __future__ import annotations

import re
from functools import cache

from aidlib.lexicon import grammar, rough_rates
from aidlib.model import Money

__all__ = ["is_link", "restates", "same_worth"]

# Behind a bare comma only sums of nearly the same worth are one: else it is a list.
LIST_FACTOR = 1.1
LIKELY_FACTOR, CLOSE_FACTOR = 1.6, 1.18  # the first is the widest of the three


@cache
def _links() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What may stand between a sum and its conversion: nothing else, other words, another conversion."""
    words = grammar()["restate"]
    joins = "|".join(words["joins"])
    hedges = "|".join(words["hedges"])
    close = rf"(?!\s*\Z)\s*[,(/\[=≈~;–—-]?\s*(?:{joins}|{hedges}|[~≈=(,]|\s)*\Z"
    loose = rf"[^.;:\n]{{1,60}}?(?:,(?=\s*[a-z~≈])|\(|,? (?:{joins}))(?:{close}|\s*\Z)"
    again = r"\s*;[^.;()\n]{0,40}\Z"
    return re.compile(close, re.I), re.compile(loose, re.I), re.compile(again)


def is_link(gap: str) -> bool:
    """Whether nothing but linking words stands between two sums."""
    return _links()[0].match(gap) is not None


def restates(gap: str, one: Money, two: Money, goes_on: bool) -> bool:
    """Whether the words between two sums and their worth make them one; ``goes_on``: in a third currency."""
    if not same_worth(one, two):
        return False
    mark = gap.strip()
    if mark == ";" and not goes_on:
        return False
    closely, loosely, again = _links()
    factor = LIST_FACTOR if mark == "," and not goes_on else LIKELY_FACTOR
    if closely.match(gap):
        return same_worth(one, two, factor)
    loose = loosely.match(gap) or (goes_on and again.match(gap))
    return bool(loose) and same_worth(one, two, CLOSE_FACTOR)


def same_worth(one: Money, two: Money, factor: float = LIKELY_FACTOR) -> bool:
    """Whether two sums in different currencies may be one, by rough rates."""
    rates = rough_rates()
    if one.currency == two.currency or one.currency not in rates or two.currency not in rates:
        return False
    if not one.amount or not two.amount:
        return False
    ratio = float(one.amount) / rates[one.currency] / (float(two.amount) / rates[two.currency])
    return 1 / factor < ratio < factor
