"""In: one sum on its page. Out: how much speaks for aid, or the gate that keeps it out."""

from __future__ import annotations

import re

from aidlib.events.grammar import BESIDE, head_noun, is_windfall, names_giver
from aidlib.events.page import ADVERSARY, NEVER_DONOR, Page, once_a_page
from aidlib.events.zones import Sentence
from aidlib.mentions.scan import Hit
from aidlib.model import Mention

__all__ = ["GIVING", "NEEDED", "PRICED", "gate", "has_focus", "is_far_from_ukraine", "weigh"]

GIVING = frozenset("promise give contribute commit allocate purchase order pay deliver arrive plan".split())
VETO = frozenset("trade cost budget asset crime need capacity".split())
BOUGHT = frozenset({"order", "purchase"})  # an order has a cost, and is aid all the same
AID = ("noun", "aid")
ADVERSARIES = frozenset(("party", code) for code in ADVERSARY)
AT_WAR = ADVERSARIES | {("party", "UKR")}
NEEDED = 3
FAR = 40  # characters and a comma between, from which a verb says nothing of a sum
NOTE = 1500  # characters that a note of a coder does not exceed
LONG = 5000  # characters from which the head of a page says little of its end
NOT_GIVEN = {"UAH": "own_money", "RUB": "adversary", "BYN": "adversary"}
PER_UNIT = re.compile(
    r"^\W{0,2}\s*(apiece|(?:in )?each of|each\b|per (?!cent|country|donor|state)|"
    r"a (day|month|barrel|ton|piece|shell|head|night)\b|"
    r"every day|an hour|daily|monthly)",
    re.I,
)
OWN = re.compile(
    r"\b(?:its|their|our) own (?:[\w-]+ ){0,2}(?:army|forces|military|navy|factory|factories|industry|"
    r"plants?|troops|defen[cs]e|firms|makers|producers|security|soldiers|people)\b",
)
LOTS = re.compile(
    r"\bin (?:lots|batches|baskets|tranches|packages|portions) of\s(?:about |around |some )?$", re.I
)
OF = re.compile(r"^ of (?:about |around |some |over |nearly |almost |more than |at least |up to )?$", re.I)
INFINITIVE = re.compile(r"\bto\b", re.I)  # "to get a plant going": what a sum is spent on does not name it
WINDFALL = re.compile(
    r"\b(interest|profits?|proceeds|income|earn(ed|ings)|windfall|revenues?|from|backed)\b", re.I
)


def gate(page: Page, mention: Mention, sentence: Sentence, verb: Hit | None) -> str | None:
    """Name what keeps a sum from being aid, whatever else speaks for it; None where nothing does."""
    clause = page.clause(sentence, mention.start)
    text = page.document.text
    if sentence.zone in ("caption", "boilerplate", "dateline"):
        return f"zone_{sentence.zone}"
    if PER_UNIT.match(text[mention.end : mention.end + 20]) or LOTS.search(
        text, max(0, mention.start - 24), mention.start
    ):
        return "per_unit"
    if mention.value.currency in NOT_GIVEN:
        return NOT_GIVEN[mention.value.currency]
    topics = page.topics(*clause)
    if ("cue", "home") in topics and "mechanism" not in topics:
        return "home"
    if ("cue", "balance") in topics:
        return "balance"
    if " own " in page.low[clause[0] : clause[1]] and OWN.search(page.low, *clause):
        return "home"
    if any(
        OF.match(text[h.end : mention.start])
        for h in page.near(mention.start - 30, mention.start)
        if _vetoes(h)
    ):
        return "not_aid_crime"
    noun = head_noun(page, mention.start, mention.end, clause)
    if noun is not None and noun[0] in VETO:
        between = text[min(mention.end, noun[1]) : max(mention.start, noun[1] + 20)]
        spent_on = noun[1] > mention.start and INFINITIVE.search(between)
        bought = noun[0] == "cost" and verb is not None and verb.key in BOUGHT
        earned = noun[0] in ("asset", "trade") and is_windfall(page, mention.start, clause[1])
        if not (bought or earned) and (noun[0] != "asset" or not (spent_on or WINDFALL.search(between))):
            return f"not_aid_{noun[0]}"
    if verb is not None and verb.key in ("trade", "harm") and (noun is None or noun[0] != "aid"):
        near = text[min(verb.end, mention.end) : max(verb.start, mention.start)]
        if not WINDFALL.search(near) and not ("," in near and len(near) > FAR):
            return f"not_aid_{verb.key}"
    if sentence.topics.isdisjoint(ADVERSARIES):
        return None
    parties = {h.key for h in sentence.hits if h.kind == "party"}
    if not parties - NEVER_DONOR and (noun is None or noun[0] != "aid"):
        return None if is_windfall(page, sentence.start, sentence.end) else "adversary"
    return None


def _vetoes(hit: Hit) -> bool:
    return hit.kind == "noun" and hit.key == "crime"


def weigh(page: Page, number: int, mention: Mention, verb: Hit | None) -> int:
    """Count what speaks for aid: the head noun, the verb, the scheme, Ukraine, and the page's own subject."""
    ukraine = _ukraine_near(page, number)
    if is_far_from_ukraine(page, number):
        return 0
    sentence = page.sentences[number]
    clause = page.clause(sentence, mention.start)
    noun = head_noun(page, mention.start, mention.end, clause)
    score = 0
    if noun is not None:
        score += {"aid": 3, "arms": 2, "support": 2}.get(noun[0], 0)
    elif AID in sentence.topics and any(h[2:4] == AID and _one_part(page, h, mention) for h in sentence.hits):
        score += 2
    if verb is not None and verb.key in GIVING:
        if verb.key in BOUGHT and not has_focus(page) and not page.has(*clause, "party", "UKR"):
            return 0  # who buys, buys for himself where nobody else is named
        score += 2
    elif verb is not None and verb.key in ("propose", "ask", "block"):
        score += 1
    words = page.document.text
    score += GIVEN.match(words, mention.end) is not None
    score += (
        noun is not None
        and noun[0] == "arms"
        and WORTH.search(words[max(0, mention.start - 24) : mention.start]) is not None
    )
    if "mechanism" in page.topics(*clause):
        score += 2
    elif "mechanism" in sentence.topics:
        score += 1
    before = page.sentences[number - 1] if number else sentence
    if AID in before.topics and PRICED.match(words, sentence.start):
        score += 2
    if verb is None and noun is None and before.paragraph == sentence.paragraph:
        score += not before.topics.isdisjoint(("mechanism", AID))
    if noun is None:
        score += _is_listed(page, sentence, mention)
    score += 2 * is_windfall(page, *page.own_words(clause, mention.start))
    if ukraine == 0:
        return score + (verb is not None and verb.key in GIVING)
    if has_focus(page):
        return score + (ukraine == 2) + NEEDED  # a page about aid needs a reason against, not one for
    # One bill gives to many: what else it holds is not Ukraine's.
    of_bill = ("cue", "bill") in sentence.topics
    return 0 if of_bill and not _is_just_named(page, number) else score + (ukraine == 2)


def _one_part(page: Page, hit: Hit, mention: Mention) -> bool:
    """Whether no semicolon parts a word from a sum."""
    return ";" not in page.document.text[min(hit.end, mention.end) : max(hit.start, mention.start)]


def _is_listed(page: Page, sentence: Sentence, mention: Mention) -> bool:
    """Whether a sum stands beside its giver, or in a list whose head speaks of aid."""
    text = page.document.text
    if any(h.kind == "party" and names_giver(page, sentence, mention.start, h) for h in sentence.hits):
        return has_focus(page)
    for hit in page.near(max(sentence.start, mention.start - 40), mention.start):
        if hit.kind == "party" and hit.key not in NEVER_DONOR and BESIDE.match(text[hit.end : mention.start]):
            return has_focus(page)
    colon = text.find(":", sentence.start, mention.start)
    return colon > 0 and any(
        topic in page.topics(sentence.start, colon) for topic in (AID, ("noun", "support"))
    )


PRICED = re.compile(
    r"\W*(?:the|these|those|they|it|its|their|this)\b[^.;]{0,60}\b(?:worth|valued?|costs?|price)\b", re.I
)
GIVEN = re.compile(
    r"\W{0,3}(?:was |were |has been |is )?(donated|provided|given|allocated|granted|contributed|earmarked)\b",
    re.I,
)
WORTH = re.compile(r"\b(worth|valued at|value of|total of|to the tune of)\W+(?:\w+\s){0,3}$", re.I)
FOR_UKRAINE = frozenset({"danish_model", "ammunition_initiative", "purl"})
OF_UKRAINE = frozenset({("party", "UKR"), *(("mechanism", scheme) for scheme in FOR_UKRAINE)})
OF_AID = OF_UKRAINE | {AID}


def _names_ukraine(sentence: Sentence) -> bool:
    return not sentence.topics.isdisjoint(OF_UKRAINE)


def _ukraine_near(page: Page, number: int) -> int:
    if _names_ukraine(page.sentences[number]):
        return 2
    near, head = page.sentences[max(0, number - 3) : number], page.sentences[:3]
    if len(page.document.text) >= LONG:
        near, head = tuple(s for s in near if s.paragraph == page.sentences[number].paragraph), ()
    return int(any(map(_names_ukraine, (*near, *head))) or has_focus(page))


def is_far_from_ukraine(page: Page, number: int) -> bool:
    """Whether nothing near a sentence, nor the page as a whole, says that its sums are for Ukraine."""
    return _ukraine_near(page, number) == 0 and not _names_nobody_else(page)


def _is_just_named(page: Page, number: int) -> bool:
    """Whether Ukraine is named in a sentence's paragraph, or in the three sentences before it."""
    here, around = page.sentences[number].paragraph, page.sentences[max(0, number - 20) : number + 20]
    paragraph = (s for s in around if s.paragraph == here)
    return any(map(_names_ukraine, (*paragraph, *page.sentences[max(0, number - 3) : number])))


@once_a_page
def _names_nobody_else(page: Page) -> bool:
    """Whether the text is a short note without a country that could receive anything else.

    A note of a coder has no day; a dated text must speak of aid, or name a scheme of Ukraine's.
    """
    if len(page.document.text) >= NOTE or any(h[2:4] in AT_WAR for h in page.hits):
        return False
    return page.document.published is None or any(h[2:4] in OF_AID for h in page.hits)


@once_a_page
def has_focus(page: Page) -> bool:
    """Whether a page is about aid: its head names Ukraine and aid, or a giver and a sum or goods."""
    head = [s for s in page.sentences if s.zone in ("headline", "standfirst", "body")][:3]
    if len(page.document.text) > 9000:
        return False
    if not any(_names_ukraine(s) or is_windfall(page, s.start, s.end) for s in head):
        return False
    lead = [h for s in head for h in s.hits]
    if sum(h.kind == "noun" and h.key in ("trade", "cost", "budget") for h in lead) >= 2:
        return False
    giver = any(h.kind == "party" and h.key not in NEVER_DONOR or h.key in FOR_UKRAINE for h in lead)
    aid = any(h.kind == "noun" and h.key == "aid" or h.kind == "mechanism" for h in lead)
    verb = any(h.kind == "verb" and h.key in GIVING for h in lead)
    goods = any(h.kind in ("item",) for h in lead) or any(
        head[0].start <= m.start < head[-1].end for m in page.money
    )
    return giver and (aid or goods) and (verb or aid)
