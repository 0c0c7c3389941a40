"""In: the drafts of a page. Out: one draft for every act, however often the page tells its sum."""

from __future__ import annotations

import re
from decimal import Decimal

from aidlib.events.draft import Draft, money_of, place_of, size_of
from aidlib.events.mechanism import BROAD
from aidlib.events.page import Page
from aidlib.events.relations import AGAIN

__all__ = ["join_repeats"]

ALSO = re.compile(r"\b(?:(?<!see )also|in addition|additionally|separately)\b", re.I)


def _same_sum(page: Page, a: Draft, b: Draft) -> bool:
    ma, mb = money_of(page, a), money_of(page, b)
    if ma.currency != mb.currency:
        return _is_restated(page, a, b)
    if abs(ma.amount - mb.amount) > abs(mb.amount) / 200:
        return False
    return a.sentence != b.sentence and not _two_acts(page, a, b)


RESTATES = re.compile(
    r"\W*(?:that|this|it|which)\s(?:is|was|equals|amounts to|makes|comes to|corresponds to)\b|"
    r"[^.;]{0,60}\b(?:converts?|puts?|translates?|estimates?)\s(?:that|this|it|the sum)\s(?:to|at|into)\b",
    re.I,
)


def _is_restated(page: Page, a: Draft, b: Draft) -> bool:
    """Whether the next sentence gives a sum in other money: "That is about"."""
    first, second = sorted((a, b), key=lambda draft: draft.sentence)
    if second.sentence - first.sentence != 1:
        return False
    sizes = size_of(page, first), size_of(page, second)
    close = abs(sizes[0] - sizes[1]) < max(sizes) * Decimal("0.15")
    return close and RESTATES.match(page.document.text, page.sentences[second.sentence].start) is not None


def _two_acts(page: Page, first: Draft, second: Draft) -> bool:
    """Whether the same sum is told of two givers, or "another" of the same size is."""
    sure = {"donor_subject", "donor_beside", "donor_from_party"}
    named = first.donor is not None and second.donor is not None
    if named and first.donor != second.donor and sure >= {first.reasons[0], second.reasons[0]}:
        return not {"MULTI", "NORDIC"} & {first.donor, second.donor}
    ways = {first.mechanism, second.mechanism} - BROAD
    if len(ways) > 1 and None not in ways and first.past != second.past:
        return True
    text = page.document.text
    again = [
        AGAIN.search(text[max(0, place_of(page, d)[0] - 40) : place_of(page, d)[0]]) for d in (first, second)
    ]
    zones = {page.sentences[d.sentence].zone for d in (first, second)}
    if not zones.isdisjoint({"headline", "standfirst", "heading", "related"}):
        return False
    start, end = page.sentences[second.sentence].start, place_of(page, second)[0]
    return bool(again[1] and not again[0] and first.past or ALSO.search(text, start, end))


def join_repeats(page: Page, drafts: list[Draft]) -> list[Draft]:
    """Join drafts of one sum, told again, into the one that says most."""
    kept: list[Draft] = []
    for draft in drafts:
        twin = next((k for k in kept if _same_sum(page, k, draft)), None)
        if twin is None:
            kept.append(draft)
            continue
        best, other = (draft, twin) if _says_more(page, draft, twin) else (twin, draft)
        best.same = _joined(twin.same, draft.same)
        best.spans += other.spans
        best.mechanism = best.mechanism or other.mechanism
        best.aid_type = best.aid_type or other.aid_type
        best.total = best.total and other.total
        best.past = _first_in_body(page, twin, draft).past
        for item, number in other.items.items():
            if best.items.get(item) is None:
                best.items[item] = number
        kept[kept.index(twin)] = best
    return kept


def _joined(same: list[int], more: list[int]) -> list[int]:
    """Join two lists in order; the longer one, which comes first as a rule, is not written anew."""
    if not same or not more or same[-1] >= more[0]:
        return sorted({*same, *more})
    same += more
    return same


def _first_in_body(page: Page, first: Draft, second: Draft) -> Draft:
    """Of two tellings in order, the earlier one outside headings: it says whether the act is news."""
    return second if page.sentences[first.sentence].zone in ("headline", "heading", "related") else first


def _says_more(page: Page, new: Draft, old: Draft) -> bool:
    rank = {"headline": 0, "heading": 0, "related": -1, "standfirst": 1}
    new_zone = rank.get(page.sentences[new.sentence].zone, 2)
    old_zone = rank.get(page.sentences[old.sentence].zone, 2)
    return (new_zone, new.strength) > (old_zone, old.strength)
