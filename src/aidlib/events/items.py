"""In: two places of a page. Out: the goods named between them, with their numbers."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from aidlib.events.page import Page
from aidlib.events.zones import Sentence
from aidlib.lexicon import number_words
from aidlib.mentions.scan import Hit

__all__ = ["VAGUE", "items_about", "items_near", "items_of", "lists_goods"]

COUNTS = {word: int(value) for word, value in number_words().items() if value.isdigit() and int(value) > 1}
QUANTITY_WORDS = {
    **COUNTS,
    "one": 1,
    "a pair of": 2,
    "a couple of": 2,
    "a dozen": 12,
    "two dozen": 24,
    "a hundred": 100,
    "a thousand": 1000,
    "a million": 1_000_000,
}
QUANTITY = re.compile(
    r"(?:^|[\s(])(\d{1,3}(?:[,\u00a0 ]\d{3})+|\d+(?:\.\d+)?|"
    + "|".join(sorted(QUANTITY_WORDS, key=len, reverse=True))
    + r")"
    r"(?:\s(million|thousand))?\s(?:(?!(?:and|or|for|in|to|on|with|from|by|the)\b)[\w’'.-]+\s){0,2}$",
    re.I,
)
ONE = re.compile(r"\b(?:an?|one|another)\s(?:[\w-]+\s)?$", re.I)
VAGUE = frozenset(  # what nobody need have given because a sentence names it
    {
        "weapon",
        "military equipment",
        "vehicle",
        "missile",
        "drone",
        "spare part",
        "maintenance",
        "IT equipment",
    }
    | {"natural gas", "electricity", "coal", "cash", "shelter", "health services", "weapons made in Ukraine"}
)
NAMELESS = frozenset({"weapon", "military equipment", "vehicle", "maintenance"})
KINDS = frozenset(
    {"missile", "drone", "rocket", "tank", "howitzer", "ammunition", "helicopter", "boat", "vehicle"}
    | {"fighter jet", "air defence system", "armoured vehicle", "artillery system"}
)
NOT_GIVEN = re.compile(
    r"\b(?:russia[’']?s?|russian|iranian|north korean|chinese|enemy|enemy[’']s)\s(?:\w+\s){0,2}$"
    r"|\b(?:against|target(?:s|ing)?|destroy(?:s|ed|ing)?|intercept(?:s|ed|ing)?|sho[ot]+(?:ing)?\sdown|"
    r"counter(?:ing)?|repel(?:ling)?|detect(?:s|ing)?|threat of|attack(?:s|ed)? (?:by|with|using))\s"
    r"[^.;:]{0,30}$",
    re.I,
)
ADJECTIVE = re.compile(
    r"-(?:mounted|launched|based|borne|like|related|proof|carrying|sized|style)\b"
    r"|\s(?:fleets?|pilots?|crews?|operators?|brigades?|battalions?|regiments?|factor(?:y|ies)|plants?|makers?|"
    r"manufacturers?|producers?|compan(?:y|ies)|firms?|industry|attacks?|strikes?|warfare|barrages?|fire|threats?)\b",
    re.I,
)
THE = re.compile(r"\b(?:the|this|these|those)\s(?:[\w-]+\s){0,2}$", re.I)
CARRIER = re.compile(  # in "missiles for its F-16s", the missiles are given
    r"(?:\s\w+)?\s(?:for|on|aboard|to (?:arm|equip|repair|maintain)|used (?:by|with|in)|fired (?:by|from))\s"
    r"(?:(?:the|its|their|use on|Ukraine[’']s|Ukrainian|existing|some of)\s(?:[\w-]+\s)?){0,2}",
    re.I,
)
PRICE = re.compile(r"\s(?:for|worth|at|valued at|costing|totall?ing)\s(?:[a-z]+\s){0,2}", re.I)
OPENS_LIST = re.compile(
    r"\W*(?:(?:it|they|this|these|that|those|them)\b|(?:the|part of the|this|that|its|their)\s(?:\w+\s){0,3}?"
    r"(?:package|aid|support|assistance|money|funds?|funding|sum|grant|deliver(?:y|ies)|contribution|donation|"
    r"list|shipment|tranche|supplies)\b)[^.;]{0,70}?\b(?:includ|compris|consist|contain|hold|cover|buy|bring|"
    r"pay|financ|fund|order|allow|entail|provid|suppl|support|purchas|acquir|procur|contribut|go to|goes to|"
    r"spent on|used (?:for|to)|made up)|\W*among (?:them|these|the (?:things|items|goods))\b",
    re.I,
)
CLOSES_LIST = re.compile(
    r"\b(?:are|is|will be|to be|were|be) (?:also )?(?:bought|purchased|included|ordered|covered|procured|"
    r"supplied|delivered|financed)\b|\b(?:on the list|belongs? to (?:it|the package|this)|make up|"
    r"part of (?:it|the package)|among (?:it|them|the (?:items|goods|things))|lists)\b"
    r"|^\W*(?:from|out of) [^.,;]{0,60}\bcomes?\b",
    re.I,
)
NO_LIST = re.compile(
    r"\b(?:not|never|no longer|asked|asks|earlier|previous(?:ly)?|already|last (?:year|month|week)|past|"
    r"could|would like|wants?|needs?|if)\b|n[’']t\b",
    re.I,
)
NEXT = re.compile(  # from one of a list to the next; one that the table does not know may stand between
    r"[^.;:,—]{0,14}?(?:,|\band\b|\bor\b)[^.;:,—]{0,40}(?:,[^.;:,—]{0,40})?", re.S
)


def items_near(page: Page, start: int, end: int) -> dict[str, float | None]:
    """Goods named between two places, with their numbers; a list that begins there is read to its end."""
    found: dict[str, float | None] = {}
    places: dict[str, Hit] = {}
    last: Hit | None = None
    for hit in (*_goods(page, start, end), *_rest_of_list(page, start, end)):
        before, last = last, hit
        if before is not None and hit.start <= before.end + 1 and hit.key not in found:
            last = Hit(before.start, hit.end, *hit[2:])
            continue  # in "Leopard 2 tanks", the tanks are the Leopards
        if _is_not_given(page, start, before, hit) or _is_named_before(page, places, hit):
            continue
        found.setdefault(hit.key, _count(page, start, hit))
        places.setdefault(hit.key, hit)
    clear = {k: v for k, v in found.items() if k not in NAMELESS or v is not None}
    return {k: v for k, v in clear.items() if v is not None or not _is_kind_of_others(page, places, k)}


def items_of(page: Page, sentence: Sentence, place: int) -> dict[str, float | None]:
    """Goods that a sum pays for: those behind it up to the next sum, else those that lead to it."""
    start, end = page.clause(sentence, place)
    if page.document.text[end : end + 1] == ":":  # what is listed behind a colon
        end = page.clause(sentence, min(end + 2, sentence.end - 1))[1]
    sums = page.sums(sentence.start, sentence.end)
    if len(sums) < 2:
        return items_near(page, start, end) or items_near(page, sentence.start, sentence.end)
    before = [m.end for m in sums if start <= m.start < place]
    after = [m.start for m in sums if place < m.start < end]
    behind = items_near(page, place, min([end, *(_leading(page, place, m) for m in after)]))
    return behind or items_near(page, max([start, *before]), place)


def _leading(page: Page, start: int, end: int) -> int:
    """Where the goods that lead to the next sum begin: in "and shells for €2 million", at the shells."""
    hits = _goods(page, start, end)
    leads = hits and PRICE.fullmatch(page.document.text, hits[-1].end, end)
    return hits[-1].start if leads else end


def items_about(page: Page, number: int) -> dict[str, float | None]:
    """Goods that an agreement is about: those of its sentence, of the ones before it, of the headline."""
    for at in (number, number - 1, number - 2, 0):
        sentence = page.sentences[max(at, 0)]
        found = items_near(page, sentence.start, sentence.end)
        if found:
            return found
    return {}


def lists_goods(page: Page, sentence: Sentence, donor: str | None) -> bool:
    """Whether a sentence without a sum tells what the package before it holds."""
    text, goods = page.document.text, _goods(page, sentence.start, sentence.end)
    if not goods or page.sums(sentence.start, sentence.end):
        return False
    others = [h for h in page.near(sentence.start, goods[0].start) if h.kind == "party"]
    if any(h.key not in (donor, "UKR") and h.tag != "demonym" for h in others):
        return False
    if NO_LIST.search(text, sentence.start, sentence.end):
        return False
    return bool(
        OPENS_LIST.match(text, sentence.start, sentence.end)
        or CLOSES_LIST.search(text, sentence.start, sentence.end)
    )


def _goods(page: Page, start: int, end: int) -> list[Hit]:
    return [hit for hit in page.near(start, end) if hit.kind == "item"]


def _rest_of_list(page: Page, start: int, end: int) -> Iterator[Hit]:
    """Goods behind a cut that is only the last comma of their list."""
    before = _goods(page, start, end)
    if not before or page.document.text[end - 1 : end] in (".", ";", ":", "\n"):
        return
    last = before[-1].end
    for hit in _goods(page, end, end + 200):
        between = page.near(last, hit.start)
        follows = hit.start <= last + 1 or NEXT.fullmatch(page.document.text, last, hit.start)
        if not follows or page.sums(last, hit.start):
            return
        if any(h.kind in ("verb", "party") for h in between):
            return
        yield hit
        last = hit.end


def _is_not_given(page: Page, start: int, before: Hit | None, hit: Hit) -> bool:
    """Whether goods are the enemy's, what others are used against, or what carries them."""
    text = page.document.text
    if before is not None and CARRIER.fullmatch(text, before.end, hit.start):
        return True
    if ADJECTIVE.match(text, hit.end):  # "truck-mounted", "drone pilots"
        return True
    return NOT_GIVEN.search(text[max(start, hit.start - 60) : hit.start]) is not None


def _is_named_before(page: Page, places: dict[str, Hit], hit: Hit) -> bool:
    """Whether "the missiles" are those that were just named."""
    if hit.key not in KINDS:
        return False
    the = THE.search(page.document.text[max(0, hit.start - 30) : hit.start])
    return the is not None and any(h.tag == hit.tag for h in places.values())


def _is_kind_of_others(page: Page, places: dict[str, Hit], key: str) -> bool:
    """Whether "air defence" is only the kind of what is named beside it."""
    hit = places[key]
    word = page.document.text[hit.start : hit.end].lower()
    return word.endswith(("defence", "defense")) and any(
        h.tag == hit.tag and k != key for k, h in places.items()
    )


def _count(page: Page, start: int, hit: Hit) -> float | None:
    text = page.document.text
    at = bisect_left(page.places, hit.start)
    lead = max([start, hit.start - 46, *(m.end for m in page.money[max(0, at - 1) : at])])
    count = _quantity(text[lead : hit.start])
    if count is None and ONE.search(text[max(start, hit.start - 24) : hit.start]):
        return None if text[hit.end - 1] == "s" and not text.endswith(("ss", "MLRS"), 0, hit.end) else 1
    return count


def _quantity(before: str) -> float | None:
    match = QUANTITY.search(re.sub(r"\s+", " ", before))
    if match is None:
        return None
    word = match[1].lower()
    number: float = QUANTITY_WORDS.get(word) or float(re.sub(r"[,\s\u00a0]", "", word))
    if 1900 <= number <= 2100 and match[2] is None:
        return None
    number *= {"million": 1_000_000, "thousand": 1000}.get((match[2] or "").lower(), 1)
    return int(number) if number == int(number) else number
