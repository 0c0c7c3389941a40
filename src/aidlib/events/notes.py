"""In: a short note by a coder of aid, with its sums. Out: the one that it is for; the rest is background."""

from __future__ import annotations

import re

from aidlib.events.draft import Draft
from aidlib.events.page import Page, once_a_page
from aidlib.events.zones import Sentence
from aidlib.model import Mention

__all__ = ["is_note", "is_reckoned", "leads_note", "settle_note", "told_elsewhere"]

LONGEST = 2500
ENTRY = re.compile(r"\b[A-Z]{3}\d{1,2}\b")  # another entry of the coder's own register
PART_OF = re.compile(r"\bpart of (?:the|an?|its)\s(?:[\w-]+\s){0,4}(?:of|worth|amounting to)\s$", re.I)
THIS_IS = re.compile(
    r"\s*(?:this|these|they|both|all)\b[^.]{0,40}\b(?:report|includ|list|record|count|consider|cover)", re.I
)


@once_a_page
def is_note(page: Page) -> bool:
    """Whether a text is a note: short, undated, without a headline or a dateline."""
    zones = {sentence.zone for sentence in page.sentences}
    return (
        page.document.published is None
        and len(page.document.text) < LONGEST
        and zones.isdisjoint({"headline", "dateline", "standfirst", "related"})
    )


def leads_note(page: Page, mention: Mention) -> bool:
    """Whether a sum is what a note is for: the first that it names, or the one that its coder reckons."""
    if not is_note(page):
        return False
    return mention is page.sums(0, len(page.document.text))[0] or is_reckoned(page, mention)


def is_reckoned(page: Page, mention: Mention) -> bool:
    """Whether "we report" or its like stands before a sum of a note, and no other sum between."""
    if not is_note(page):
        return False
    sentence = page.sentences[page.sentence_at(mention.start)]
    if ("cue", "reckoned") not in sentence.topics:
        return False
    cues = [
        h.start for h in sentence.hits if h.kind == "cue" and h.key == "reckoned" and h.end <= mention.start
    ]
    return bool(cues) and not page.sums(cues[-1], mention.start)


def told_elsewhere(page: Page, mention: Mention) -> bool:
    """Whether a note says that a sum belongs to another entry, or is left out."""
    if not is_note(page):
        return False
    number = page.sentence_at(mention.start)
    sentence = page.sentences[number]
    if ("cue", "excluded") in sentence.topics:
        return True
    later = page.sums(mention.end, sentence.end)
    if _names_entry(page, sentence, mention.end, later[0].start if later else sentence.end):
        return True
    after = page.sentences[number + 1 : number + 2]
    return any(
        THIS_IS.match(page.document.text, s.start) and _names_entry(page, s, s.start, s.end) for s in after
    )


def _names_entry(page: Page, sentence: Sentence, start: int, end: int) -> bool:
    entries = {match.start() for match in ENTRY.finditer(page.document.text, start, end)}
    return bool(entries) and not entries <= {h.start for h in sentence.hits if h.kind == "item"}


def settle_note(page: Page, drafts: list[Draft]) -> None:
    """Leave a note the act that its coder reckons, else those of its first donor, as news."""
    if not is_note(page) or not drafts:
        return
    if all(draft.total for draft in drafts):
        drafts[0].total = False  # a note that names nothing but a total is for it
    reckoned = [d for d in drafts if any(is_reckoned(page, page.money[m]) for m in d.same)]
    for draft in drafts:
        is_other = draft is not reckoned[-1] if reckoned else draft.donor != drafts[0].donor
        draft.past = draft.past or is_other or _is_frame(page, drafts, draft)
    if reckoned:
        reckoned[-1].past, reckoned[-1].part_of = False, None


def _is_frame(page: Page, drafts: list[Draft], whole: Draft) -> bool:
    """Whether a sum is but what a note's act is part of: named so, or told only after it."""
    parts = [d for d in drafts if d.part_of is whole]
    if not parts:
        return False
    start = page.money[whole.same[0]].start
    named = PART_OF.search(page.document.text[max(0, start - 60) : start])
    return named is not None or any(d.sentence < whole.sentence for d in parts)
