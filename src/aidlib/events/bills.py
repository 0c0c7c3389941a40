"""In: a page. Out: how far the bill has come that it tells of: no chamber before the last makes aid of it."""

from __future__ import annotations

import re

from aidlib.events.page import Page, once_a_page
from aidlib.events.zones import Sentence
from aidlib.model import Stage

__all__ = ["is_passed_in", "state_of_bill"]

CHAMBERS = "senate congress parliament bundestag riksdag storting folketing bill act law package".split()
ACTS = "passed approved adopted cleared signed green voted".split()
PASSED = re.compile(
    r"\b(?:senate|congress|parliament|bundestag|riksdag|storting|folketing)\s"
    r"(?:(?:has|have|had)\s)?(?:\w+ly\s)?(?:finally\s)?"
    r"(?:passed|approved|adopted|cleared|signed off|green-?lit|"
    r"voted\s(?:\w+\s){0,4}(?:through|to approve|to pass|for|in favou?r))|"
    r"\b(?:bill|act|law|package)\b[^.;]{0,40}\b(?:was|were|been)\s(?:\w+ly\s)?(?:approved|passed|adopted|signed)\b",
    re.I,
)
OTHER_BILL = re.compile(r"\b(?:last|previous|earlier|similar|own version|first)\b[^.;]{0,70}$", re.I)


@once_a_page
def state_of_bill(page: Page) -> Stage | None:
    """Stage of what the bill of a text gives; None where the text tells of no bill."""
    topics = page.topics(0, len(page.document.text))
    if ("cue", "bill") not in topics:
        return None
    if ("cue", "last_chamber_open") in topics:
        return Stage.PROPOSED
    if any(is_passed_in(page, sentence) for sentence in page.sentences):
        return Stage.COMMITTED
    return Stage.PROPOSED if ("cue", "chamber") in topics else None


def is_passed_in(page: Page, sentence: Sentence) -> bool:
    """Whether a sentence says that the last chamber has passed this bill, and not another one."""
    text = page.document.text
    ends = [hit.start for hit in sentence.hits if hit[2:4] == ("cue", "passed")]
    if _names_chamber(page):
        ends += [match.start() for match in PASSED.finditer(text, sentence.start, sentence.end)]
    return any(not OTHER_BILL.search(text, max(sentence.start, end - 80), end + 1) for end in ends)


@once_a_page
def _names_chamber(page: Page) -> bool:
    words = page.low
    return any(chamber in words for chamber in CHAMBERS) and any(act in words for act in ACTS)
