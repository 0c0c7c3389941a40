"""In: a sentence and its governing verb. Out: the stage that the text supports, and the cue for it."""

from __future__ import annotations

import re

from aidlib.events.bills import is_passed_in, state_of_bill
from aidlib.events.grammar import aspect_of, verbs
from aidlib.events.page import Page, once_a_page
from aidlib.events.zones import Sentence
from aidlib.lexicon import stages
from aidlib.mentions.scan import Hit
from aidlib.model import Stage

__all__ = ["is_appeal", "is_tentative", "stage_near"]

CHAIN = re.compile(
    r"^\s(?:\w+ly\s|also\s|both\s)?(?:(?:an?|the|its)\s(?:decision|resolution|law|plan|proposal)\s)?"
    r"(?:to|on)\s(?:\w+ly\s)?$"
)
# Governments number the packages that they have adopted.
ADOPTED = re.compile(
    r"\bpackage,? (?:number |no\.? ?)?(?:\d{1,2}\b|(?:thir|four|fif|six|seven|eigh|nine)teen\b|twenty)|"
    r"\b(?:\d{1,2}(?:st|nd|rd|th)|\w+teenth|twent(?:ieth|y-\w+)|thirtieth)\b[^.;]{0,30}\bpackage|"
    r"\bpackage,\s(?:the|its)\s(?:\d{1,2}(?:st|nd|rd|th)|\w+teenth|twent(?:ieth|y-\w+))\b",
)
OTHERS_ACT = re.compile(r"^\s(?:[\w’',–-]+\s){1,6}to\s(?:\w+ly\s)?$")  # asked Berlin to
MADE_TO = re.compile(  # "to make others give"
    r"\b(?:mak|persuad|convinc|urg|press|encourag|gett?)(?:e|es|ing|s)?\s(?:[\w’']+\s){1,4}(?:to\s)?$"
)
AS_SUBJECT = frozenset({"allocate", "purchase", "contribute", "pay"})


def stage_near(
    page: Page, sentence: Sentence, place: int, verb: Hit | None, *, goods: bool = False, total: bool = False
) -> tuple[Stage, str]:
    """Decide the stage: doubt and bills first, then the governing verb, its aspect and its chain.

    What is announced is only said, unless it is signed, or a package that a government has adopted.
    """
    stage, why = _stage_of(page, sentence, place, verb, goods=goods, total=total)
    if stage is Stage.PLEDGED:
        if "verb" in sentence.topics and any(_is_signing(page, h) for h in sentence.hits):
            return Stage.COMMITTED, "signed"
        if _is_adopted(page, sentence, why):
            return Stage.ALLOCATED, "adopted_package"
    return stage, why


def _is_adopted(page: Page, sentence: Sentence, why: str) -> bool:
    """Whether a sum belongs to a numbered package: its own sentence says so, or the page is about one."""
    if "package" in page.low[sentence.start : sentence.end] and ADOPTED.search(
        page.low, sentence.start, sentence.end
    ):
        return True
    named = any(h.kind == "noun" and "package" in page.document.text[h.start : h.end] for h in sentence.hits)
    return (named or why == "no_verb") and _tells_adopted(page)


@once_a_page
def _tells_adopted(page: Page) -> bool:
    return "package" in page.low and ADOPTED.search(page.low) is not None


def _is_signing(page: Page, verb: Hit) -> bool:
    if verb.kind != "verb":
        return False
    words = page.low[verb.start : verb.end]
    signs = words == "signed" or (words in CLOSED and PAPER.match(page.document.text, verb.end) is not None)
    return signs and aspect_of(page, verb) in ("past", "perfect", "present")


CLOSED = frozenset({"concluded", "reached", "sealed", "struck"})
PAPER = re.compile(
    r"\s(?:an?|the|this|its|their)\s(?:[\w-]+\s){0,3}(?:agreement|memorandum|accord|deal|contract)", re.I
)


def _stage_of(
    page: Page, sentence: Sentence, place: int, verb: Hit | None, *, goods: bool, total: bool
) -> tuple[Stage, str]:
    clause = page.clause(sentence, place)
    topics, wide = page.topics(*clause), sentence.topics
    if is_passed_in(page, sentence):
        return Stage.COMMITTED, "passed"
    state = state_of_bill(page) if ("cue", "bill") in wide and not total else None
    if state is not None:
        return state, "bill"
    doubt = _doubt(page, sentence, place)
    if doubt is not None:
        return Stage.PROPOSED, doubt
    if ("cue", "unsure") in topics or (("cue", "unsure") in wide and not verbs(page, *clause)):
        return Stage.PROPOSED, "unsure"
    if ("cue", "on_the_way") in topics:
        return Stage.ALLOCATED, "on_the_way"
    if total and _paid_after(page, sentence, place):
        return Stage.DISBURSED, "verb_give_past"
    if total and (("cue", "brings_total") in wide or (verb is not None and _adds_up(page, verb))):
        return Stage.COMMITTED, "total"
    if total and verb is not None and verb.key in PAYS and aspect_of(page, verb) in ("past", "perfect"):
        return Stage.DISBURSED, f"verb_{verb.key}_past"
    if total and verb is None:
        return Stage.ALLOCATED, "total"
    if ("cue", "contracts") in topics and (verb is None or verb.key in ("commit", "measure")):
        return _mood(page, "contracts", Stage.CONTRACTED)
    if not goods and _is_contract(page, place) and (verb is None or aspect_of(page, verb) in HELD):
        return _mood(page, "contracts", Stage.CONTRACTED)
    if verb is None:
        return (Stage.PROPOSED, "modal") if ("cue", "modal") in topics else _mood(page, "no_verb")
    return _by_verb(page, sentence, place, verb, goods)


PAYS = frozenset({"pay", "arrive", "deliver"})
HELD = frozenset({"past", "perfect", "present"})
CONTRACT_BEFORE = re.compile(
    r"\b(?:contracts?|orders?)\s(?:is |was |are |were )?(?:of|worth|valued at|totall?ing)\s(?:[a-z]+\s){0,3}$"
)
CONTRACT_AFTER = re.compile(r"\s(?:[a-z-]+\s)?(?:contracts?|orders?)\b")


def _is_contract(page: Page, place: int) -> bool:
    """Whether a sum is that of a contract: "a £162m contract", "an order of up to £1.6bn"."""
    told = page.sums(place, place + 1)
    if not told:
        return False
    before = page.low[max(0, told[0].start - 50) : told[0].start]
    return bool(CONTRACT_BEFORE.search(before) or CONTRACT_AFTER.match(page.low, told[0].end))


ADDS_UP = re.compile(r"br(?:ing|ought)|ta?k|took|lift|rais", re.I)


def _adds_up(page: Page, verb: Hit) -> bool:
    """Whether a verb brings a total to where it stands, or says what is committed."""
    return verb.key == "commit" or ADDS_UP.match(page.document.text, verb.start, verb.end) is not None


CONDITION_FIRST = re.compile(r"\W*(?:if|unless|provided|once|should)\b[^,;]{3,90},", re.I)
CONDITION_AFTER = re.compile(r"\b(?:unless|provided that|on condition that|as long as|subject to)\b")
DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|dismiss(?:es|ed)?|reject(?:s|ed)?|ruled out)\b(?!\s(?:ukrain|kyiv))"
)


def _doubt(page: Page, sentence: Sentence, place: int) -> str | None:
    """What a sentence makes a statement depend on, or that it denies it."""
    text = page.document.text
    first = CONDITION_FIRST.match(text, sentence.start, sentence.end)
    if first and first.end() <= place or CONDITION_AFTER.search(page.low, place, sentence.end):
        return "conditional"
    return "denied" if DENIAL.search(page.low, sentence.start, place) else None


def _paid_after(page: Page, sentence: Sentence, place: int) -> bool:
    """Whether a total is followed by "that it has provided"."""
    after = verbs(page, place, min(sentence.end, place + 90))
    return any(h.key == "give" and aspect_of(page, h) in ("past", "perfect") for h in after[:1])


def _by_verb(page: Page, sentence: Sentence, place: int, verb: Hit, goods: bool) -> tuple[Stage, str]:
    text = page.document.text
    aspect = aspect_of(page, verb)
    for first in verbs(page, sentence.start, verb.start):
        gap = text[first.end : verb.start]
        weighs = first.key == "propose" and verb.tag == "ing" and gap == " "  # considering giving
        if CHAIN.match(gap) or weighs or (first.key == "ask" and OTHERS_ACT.match(gap)):
            verb, aspect = first, aspect_of(page, first)
            break
    if aspect in ("modal", "negated"):
        return Stage.PROPOSED, aspect
    if verb.tag == "base" and MADE_TO.search(page.low, sentence.start, verb.start):
        return Stage.PROPOSED, "modal"
    if aspect == "future" and place < verb.start and verb.key in AS_SUBJECT and not goods:
        return _mood(page, "sum_as_subject", Stage.ALLOCATED)
    if (verb.key, aspect) not in stages():
        aspect = aspect.replace("perfect", "past")
    row = stages().get((verb.key, aspect))
    if row is None:
        return _mood(page, "no_verb")
    stage = Stage(row[1] if goods else row[0])
    if aspect in ("past", "perfect"):
        return stage, f"verb_{verb.key}_past"
    return _mood(page, f"verb_{verb.key}_{aspect}", stage)


def _mood(page: Page, why: str, stage: Stage = Stage.PLEDGED) -> tuple[Stage, str]:
    return (Stage.PROPOSED, "tentative_text") if is_tentative(page) else (stage, why)


FIRM = frozenset(
    {"promise", "give", "contribute", "commit", "allocate", "order", "pay", "deliver", "purchase"}
)
WISHES = frozenset(
    {"propose", "weigh", "mull", "ask", "request", "seek", "demand", "appeal", "call for", "urge"}
)


@once_a_page
def is_tentative(page: Page) -> bool:
    """Whether the text's own news is a wish, a plan or a block: its headline or first sentences say so."""
    head = [s for s in page.sentences if s.zone in ("headline", "body", "standfirst")][:3]
    for at, sentence in enumerate(head):
        found = verbs(page, sentence.start, sentence.end)
        keys = {h.key for h in found}
        if keys & FIRM:
            return False
        wishes = _wishes(page, found) and (at < 2 or head[0].zone == "headline")
        if "block" in keys or wishes or _is_unsure_of_aid(sentence):
            return True
    return False


def _is_unsure_of_aid(sentence: Sentence) -> bool:
    topics = sentence.topics
    return ("cue", "unsure") in topics and not topics.isdisjoint({"party", "noun", "mechanism"})


def _wishes(page: Page, found: list[Hit]) -> bool:
    words = [page.document.text[h.start : h.end].lower() for h in found if h.key in ("ask", "propose")]
    return any(w.startswith(wish[:5]) for w in words for wish in WISHES)


@once_a_page
def is_appeal(page: Page) -> bool:
    """Whether the text's news is what Ukraine asks for: then nobody has offered it."""
    if not is_tentative(page):
        return False
    head = [s for s in page.sentences if s.zone in ("headline", "body", "standfirst")][:3]
    named = [h for s in head for h in s.hits if h.kind == "party"]
    return bool(named) and named[0].key == "UKR"
