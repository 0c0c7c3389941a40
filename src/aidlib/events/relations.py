"""In: the drafts of a page. Out: repeats joined into one, parts hung under their whole."""

from __future__ import annotations

import re

from aidlib.events.draft import Draft
from aidlib.events.page import Page

__all__ = ["hang_parts", "inherit_past", "join_repeats"]

AGAIN = re.compile(r"\b(another|further|additional|a second|extra|more)\b[^.;]{0,12}$", re.I)
WHOLE_AFTER = re.compile(
    r"\b(part of|belongs? to|out of|stems? from|drawn from|taken from|element of|tranche of|instal?lment of|slice of|portion of|comes? out of)\b",
    re.I,
)


def _money(page: Page, draft: Draft):  # type: ignore[no-untyped-def]
    assert draft.mention is not None
    return page.money[draft.mention].value


def _same_sum(page: Page, a: Draft, b: Draft) -> bool:
    ma, mb = _money(page, a), _money(page, b)
    if ma.currency != mb.currency or abs(ma.amount - mb.amount) > abs(mb.amount) / 200:
        return False
    return a.sentence != b.sentence


def join_repeats(page: Page, drafts: list[Draft]) -> list[Draft]:
    """Join drafts of one sum, told again, into the one that says most."""
    kept: list[Draft] = []
    for draft in drafts:
        twin = next((k for k in kept if _same_sum(page, k, draft)), None)
        if twin is None:
            kept.append(draft)
            continue
        best, other = (draft, twin) if _says_more(page, draft, twin) else (twin, draft)
        best.same = sorted({*twin.same, *draft.same})
        best.spans = [*best.spans, *other.spans]
        best.mechanism = best.mechanism or other.mechanism
        best.aid_type = best.aid_type or other.aid_type
        best.total = best.total and other.total
        best.past = _first_in_body(page, twin, draft).past
        for item, number in other.items.items():
            if best.items.get(item) is None:
                best.items[item] = number
        kept[kept.index(twin)] = best
    return kept


def _first_in_body(page: Page, first: Draft, second: Draft) -> Draft:
    """Of two tellings in order, the earlier one outside headings: it says whether the act is news."""
    return second if page.sentences[first.sentence].zone in ("headline", "heading", "related") else first


def _says_more(page: Page, new: Draft, old: Draft) -> bool:
    rank = {"headline": 0, "heading": 0, "related": -1, "standfirst": 1}
    new_zone = rank.get(page.sentences[new.sentence].zone, 2)
    old_zone = rank.get(page.sentences[old.sentence].zone, 2)
    return (new_zone, new.strength) > (old_zone, old.strength)


def hang_parts(page: Page, drafts: list[Draft]) -> None:
    """Set the whole of every draft that the text calls a part."""
    text = page.document.text
    for at, draft in enumerate(drafts):
        assert draft.mention is not None
        mention = page.money[draft.mention]
        sentence = page.sentences[page.sentence_at(mention.start)]
        lead = page.near(sentence.start, mention.start)
        here = [d for d in drafts if d is not draft and d.sentence == draft.sentence]
        larger = [d for d in here if _larger(page, d, draft)]
        before = [d for d in larger if page.money[d.mention].start < mention.start]  # type: ignore[index]
        after = [d for d in larger if page.money[d.mention].start > mention.start]  # type: ignore[index]
        if before:
            whole = before[-1]
            gap = (page.money[whole.mention].end, mention.start)  # type: ignore[index]
            if any(h.kind == "cue" and h.key in ("include", "anaphor") for h in page.near(*gap)):
                draft.part_of = whole
                continue
        if after:
            gap_text = text[mention.end : page.money[after[0].mention].start]  # type: ignore[index]
            if WHOLE_AFTER.search(gap_text):
                draft.part_of = after[0]
                continue
        if any(h.kind == "cue" and h.key == "anaphor" for h in lead):
            earlier = [d for d in drafts[:at] if _larger(page, d, draft) and not d.total]
            if earlier:
                draft.part_of = earlier[-1]


def inherit_past(drafts: list[Draft]) -> None:
    """A part of a background act is background too."""
    for draft in drafts:
        draft.past = draft.past or (draft.part_of is not None and draft.part_of.past and not draft.part_of.total)


def _larger(page: Page, whole: Draft, part: Draft) -> bool:
    a, b = _money(page, whole), _money(page, part)
    if a.currency == b.currency:
        return bool(a.amount > b.amount)
    return bool(a.amount > b.amount / 4)  # other currencies: only the order of size can be told
