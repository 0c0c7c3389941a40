"""In: the drafts of a page. Out: parts hung under their whole; what a part takes from it."""

from __future__ import annotations

import re
from decimal import Decimal

from aidlib.events.arithmetic import Figure, parts_by_sum
from aidlib.events.draft import Draft, money_of, place_of, size_of
from aidlib.events.gates import has_focus
from aidlib.events.page import Page

__all__ = ["AGAIN", "hang_parts", "inherit_act", "inherit_past", "parts_among"]

AGAIN = re.compile(r"\b(another|further|additional|a second|extra|more)\b[^.;]{0,12}$", re.I)
WHOLE_AFTER = re.compile(
    r"\b(part of|belongs? to|out of|stems? from|drawn from|taken from|"
    r"element of|tranche of|instal?lment of|slice of|portion of|share of|comes? from|comes? out of)\b",
    re.I,
)
FARTHEST = 200  # sums; no "of which" reaches back so far


def hang_parts(page: Page, drafts: list[Draft]) -> None:
    """Set the whole of every draft that the text calls a part, or tells as a share of its package."""
    if len(drafts) < 2:
        return
    lead = _lead(page, drafts)
    _told(page, drafts)
    _listed(page, drafts)
    _lines(page, drafts)
    _add_up(page, drafts)
    _told_of(page, drafts)
    for draft in drafts:
        if draft.part_of is None:
            draft.part_of = _whole_of_tranche(page, drafts, draft)
    for draft in drafts:
        if draft.part_of is None and lead is not None and not _within(lead, draft):
            draft.part_of = _share_of(page, drafts, draft, lead)


def parts_among(page: Page) -> dict[int, int]:
    """Whole of every sum that the words or the arithmetic make a part, be they aid or not."""
    every = [
        Draft(index, page.sentence_at(mention.start))
        for index, mention in enumerate(page.money)
        if mention.value.converts is None
    ]
    if len(every) < 2:
        return {}
    _told(page, every)
    _listed(page, every)
    _lines(page, every)
    _bracketed(page, every)
    _add_up(page, every)
    _told_of(page, every)
    _again(page, every)
    return {d.mention: d.part_of.mention for d in every if d.part_of is not None}  # type: ignore[misc]


OF_WHOLE = re.compile(r"^,?\s(?:out\s)?of\s(?:(?:the|its|a|an|that|this|their|[\w’']+[’']s?)\s){1,2}$", re.I)
OUT_OF = re.compile(
    r"\b(?:out of|as part of)\s(?:the\s|its\s|an?\s|that\s|this\s|their\s)?"
    r"(?:(?:[\w-]+\s){0,4}(?:of|worth|amounting to)\s)?(?:more than |about |some |around |nearly )?$",
    re.I,
)
HEADS = (":", "divided", "split", "consist", "as follows")  # one of them is in every head of a list
LIST_HEAD = re.compile(r":\s|\bdivided into\b|\bsplit (?:into|between)\b|\bconsist\w* of\b|\bas follows\b")


def _told(page: Page, drafts: list[Draft]) -> None:
    """Hang every sum that a list or the words beside it call a part."""
    told = _by_sentence(drafts)
    for at, draft in enumerate(drafts):
        if draft.part_of is None:
            draft.part_of = _beside(page, drafts, at) or _by_words(page, drafts, at, told[draft.sentence])


def _by_sentence(drafts: list[Draft]) -> dict[int, list[Draft]]:
    found: dict[int, list[Draft]] = {}
    for draft in drafts:
        found.setdefault(draft.sentence, []).append(draft)
    return found


TRANCHE = re.compile(
    r"\b(?:first|initial|second|third|fourth|fifth|final|last|next|latest)\s(?:[\w-]+\s){0,2}(?:tranche|instal?lment)\b",
    re.I,
)


def _whole_of_tranche(page: Page, drafts: list[Draft], draft: Draft) -> Draft | None:
    """The one larger sum of the same giver, where a sum is told as a tranche."""
    sentence = page.sentences[draft.sentence]
    words = page.low[sentence.start : sentence.end]
    if (
        draft.total
        or not ("tranche" in words or "instal" in words)
        or not TRANCHE.search(page.low, *sentence[:2])
    ):
        return None
    givers = (draft.donor, "MULTI")
    larger = [d for d in drafts if d.donor in givers and _larger(page, d, draft) and not _within(d, draft)]
    return larger[0] if len(larger) == 1 else None


def _listed(page: Page, drafts: list[Draft]) -> None:
    """Hang three or more sums of one list under the larger sum that the list opens with."""
    for number, told in sorted(_by_sentence(drafts).items()):
        if len(told) < 3:
            continue
        sentence = page.sentences[number]
        words = page.low[sentence.start : sentence.end]
        head = any(word in words for word in HEADS) and LIST_HEAD.search(page.low, *sentence[:2])
        inside = [d for d in told if head and place_of(page, d)[0] > head.start()]
        if len(inside) < 3:
            continue
        largest = max(size_of(page, d) for d in inside)
        before = [d for d in drafts if 0 <= number - d.sentence <= 1 and d not in inside]
        wholes = [d for d in before if d.mention < inside[0].mention and size_of(page, d) > largest]  # type: ignore[operator]
        for part in inside:
            if wholes and part.part_of is None and _larger(page, wholes[-1], part):
                part.part_of = wholes[-1]


def _lines(page: Page, drafts: list[Draft]) -> None:
    """Hang the sums that open two or more lines on end under the sum before, where they do not exceed it."""
    whole, lines = None, []
    for at, draft in enumerate(drafts):
        if _opens_line(page, draft):
            lines.append(draft)
        else:
            whole, lines = draft, []
        goes_on = at + 1 < len(drafts) and drafts[at + 1].sentence == draft.sentence + 1
        if goes_on and _opens_line(page, drafts[at + 1]):
            continue
        if whole and len(lines) > 1 and lines[0].sentence - whole.sentence <= 2:
            if sum(size_of(page, d) for d in lines) <= size_of(page, whole) * Decimal("1.02"):
                for line in lines:
                    line.part_of = line.part_of or whole
        if lines:
            whole, lines = None, []


def _opens_line(page: Page, draft: Draft) -> bool:
    start = page.sentences[draft.sentence].start
    return not page.document.text[start : place_of(page, draft)[0]].strip("-•*– \n")


def _bracketed(page: Page, drafts: list[Draft]) -> None:
    """Hang sums that stand in brackets behind names under the larger sum before them."""
    text = page.document.text
    for _, told in sorted(_by_sentence(drafts).items()):
        inside = [
            d for d in told if BRACKET.search(text[max(0, place_of(page, d)[0] - 30) : place_of(page, d)[0]])
        ]
        if len(inside) < 2:
            continue
        for part in inside:
            before = [d for d in told if d not in inside and place_of(page, d)[1] < place_of(page, part)[0]]
            wholes = [d for d in before if _larger(page, d, part)]
            if wholes and part.part_of is None:
                part.part_of = wholes[-1]


BRACKET = re.compile(r"\((?:[^()\d]{0,25}[-–:,]\s?)?$")


def _add_up(page: Page, drafts: list[Draft]) -> None:
    """Hang the sums that make up another one under it."""
    if len(drafts) < 3:
        return
    figures = [
        Figure(money_of(page, d).amount, money_of(page, d).currency, d.sentence, n)
        for n, d in enumerate(drafts)
        if not d.total
    ]
    for part, whole in parts_by_sum(figures).items():
        later = (
            drafts[whole].past and not drafts[part].past and drafts[part].sentence < drafts[whole].sentence
        )
        if drafts[part].part_of is None and not later and not _within(drafts[whole], drafts[part]):
            drafts[part].part_of = drafts[whole]


def _within(inner: Draft, outer: Draft) -> bool:
    while inner.part_of is not None:
        inner = inner.part_of
        if inner is outer:
            return True
    return False


def _again(page: Page, drafts: list[Draft]) -> None:
    """A part that is named again is the same part."""
    known: dict[tuple[object, object], Draft] = {}
    for draft in drafts:
        money = money_of(page, draft)
        first = known.setdefault((money.amount, money.currency), draft)
        if draft.part_of is None and first.part_of is not None and first is not draft:
            draft.part_of = first.part_of


def _beside(page: Page, drafts: list[Draft], at: int) -> Draft | None:
    """The whole of the sum before, where the two stand in one list."""
    before, draft = drafts[at - 1], drafts[at]
    if at == 0 or before.part_of is None or before.sentence != draft.sentence:
        return None
    gap = page.document.text[place_of(page, before)[1] : place_of(page, draft)[0]]
    listed = COORDINATION.search(gap) and not NESTED.search(gap)
    return before.part_of if listed and _larger(page, before.part_of, draft) else None


def _by_words(page: Page, drafts: list[Draft], at: int, beside: list[Draft]) -> Draft | None:
    """The whole that the words before or after a sum name; ``beside``: the sums of its sentence."""
    draft, text = drafts[at], page.document.text
    start, end = place_of(page, draft)
    sentence = page.sentences[draft.sentence]
    larger = [d for d in beside if d is not draft and _larger(page, d, draft)]
    for whole in reversed([d for d in larger if place_of(page, d)[0] < start]):
        if any(
            h.kind == "cue" and h.key in ("include", "anaphor")
            for h in page.near(place_of(page, whole)[1], start)
        ):
            return whole
    for whole in larger:
        a, b = place_of(page, whole)
        if a > end and (WHOLE_AFTER.search(text[end:a]) or OF_WHOLE.match(text[end:a])):
            return whole
        if b < start and OUT_OF.search(text[max(0, a - 60) : a]):
            return whole
    lead = page.near(sentence.start, start) + page.near(end, min(sentence.end, end + 30))
    if any(h.kind == "cue" and h.key == "anaphor" for h in lead):
        earlier = [d for d in reversed(drafts[max(0, at - FARTHEST) : at]) if not d.total]
        free = (d for d in earlier if d.part_of is None and _larger(page, d, draft))
        return next(free, None) or next((d for d in earlier if _larger(page, d, draft)), None)
    return None


def _told_of(page: Page, drafts: list[Draft]) -> None:
    """Hang the last package under the sum that the next words say "it" is part of."""
    text = page.document.text
    for at, whole in enumerate(drafts[1:], start=1):
        opening = page.sentences[whole.sentence].start
        says = BELONGS.match(text[opening : place_of(page, whole)[0]])
        if not says and drafts[at - 1].sentence < whole.sentence - 1:
            says = BELONGS.match(_sentence_before(page, whole.sentence))
        if says:
            before = (d for d in reversed(drafts[:at]) if d.sentence < whole.sentence and d.part_of is None)
            smaller = (d for d in before if _larger(page, whole, d) and not _within(whole, d))
            part = next(smaller, None)
            if part is not None:
                part.part_of = whole


def _sentence_before(page: Page, number: int) -> str:
    before = page.sentences[max(0, number - 1)]
    same = before.paragraph == page.sentences[number].paragraph
    return page.document.text[before.start : before.end] if same else ""


def _lead(page: Page, drafts: list[Draft]) -> Draft | None:
    """The package that a page is about: its first sum, where that is news."""
    if not has_focus(page):
        return None
    first = next((d for d in drafts if not d.total and (not d.past or _is_in_headline(page, d))), None)
    early = {s.start for s in page.sentences if s.zone in ("headline", "standfirst", "body")}
    head = sorted(early)[:4]
    if (
        first is None
        or page.sentences[min(page.sentence_at(page.money[m].start) for m in first.same)].start not in head
    ):
        return None
    return first


def _is_in_headline(page: Page, draft: Draft) -> bool:
    first = page.sentences[0]
    return first.zone == "headline" and any(page.money[m].start < first.end for m in draft.same)


def _share_of(page: Page, drafts: list[Draft], draft: Draft, lead: Draft) -> Draft | None:
    """The package, where a later sum of the same donor and currency is told as a slice of it."""
    if draft is lead or draft.total or draft.past or not _larger(page, lead, draft):
        return None
    if money_of(page, draft).currency != money_of(page, lead).currency or lead.donor not in (
        draft.donor,
        "MULTI",
    ):
        return None
    before = page.document.text[max(0, place_of(page, draft)[0] - 40) : place_of(page, draft)[0]]
    start = page.sentences[draft.sentence].start
    slice_named = SLICE.search(page.document.text[start : place_of(page, draft)[0]]) is not None
    sliced = slice_named or "sum_as_subject" in draft.reasons or "no_verb" in draft.reasons
    told = sliced or not SPENT.isdisjoint(draft.reasons)
    if not told or (AGAIN.search(before) and not sliced) or APART.search(before):
        return None
    spent = sum(money_of(page, d).amount for d in drafts if d.part_of is lead)
    return lead if spent + money_of(page, draft).amount <= money_of(page, lead).amount * 102 / 100 else None


SPENT = frozenset(
    {"verb_allocate_present", "verb_contribute_present", "verb_pay_present", "verb_purchase_present"}
    | {"verb_purchase_future", "adopted_package"}
)
SLICE = re.compile(
    r"\b(?:share|slice|part|portion|component|element|chunk|third|half|quarter|tenths?|rest|remainder|left)\b[\s,:]*"
    r"(?:about |around |some |nearly |almost |roughly |over )?$",
    re.I,
)
COORDINATION = re.compile(r"^[^;:]*(?:,|\band\b|;|\bplus\b)\s*(?:\w+\s){0,6}$", re.I | re.S)
NESTED = re.compile(r"\b(including|of which|of that|of this|which includes)\s(?:[\w-]+\s){0,4}$", re.I)
APART = re.compile(r"\b(separate(ly)?|in addition|additionally|on top|besides|apart from|also)\b", re.I)
BELONGS = re.compile(
    r"^\W*(?:in [\w ]{1,20} )?(it|this|that|the sum|the money|the package|the tranche)\b[^.;]{0,50}"
    r"\b(part of|belongs? to|comes? out of|one element of|taken from|drawn from|stems? from)\b",
    re.I,
)


def inherit_past(page: Page, drafts: list[Draft]) -> None:
    """A part of a background act is background too, but not what a headline's own sum is divided into."""
    for draft in drafts:
        whole = draft.part_of
        if whole is not None and whole.past and not whole.total and not _is_in_headline(page, whole):
            draft.past = True


def inherit_act(drafts: list[Draft]) -> None:
    """A sum without a verb of its own goes the way of its whole, at its stage or its neighbour's."""
    for at, draft in enumerate(drafts):
        if "no_verb" not in draft.reasons or draft.total:
            continue
        near = [
            d
            for d in drafts[:at]
            if d.donor == draft.donor
            and 0 <= draft.sentence - d.sentence <= 3
            and not d.total
            and d.past == draft.past
        ]
        model = draft.part_of or (near[-1] if near else None)
        if draft.part_of is not None and draft.mechanism is None:
            draft.mechanism = draft.part_of.mechanism
        if model is not None and "no_verb" not in model.reasons:
            draft.stage = model.stage
            draft.reasons.append("stage_inherited")


def _larger(page: Page, whole: Draft, part: Draft) -> bool:
    a, b = money_of(page, whole), money_of(page, part)
    if a.currency == b.currency:
        return bool(a.amount > b.amount)
    return size_of(page, whole) * Decimal("1.1") > size_of(page, part)
