"""In: the sentences without a booked sum. Out: drafts of the goods that they give."""

from __future__ import annotations

import re

from aidlib.events.draft import Draft
from aidlib.events.gates import PRICED, has_focus
from aidlib.events.grammar import aspect_of, donor_near, recipient_near, verbs
from aidlib.events.items import VAGUE, items_near, lists_goods
from aidlib.events.mechanism import mechanism_near
from aidlib.events.page import NEVER_DONOR, Page
from aidlib.events.schemes import joining_in, signing_in
from aidlib.events.stage import stage_near
from aidlib.events.traits import SILENT, aid_type_near, is_past
from aidlib.events.zones import Sentence
from aidlib.mentions.scan import Hit
from aidlib.model import AidType, Stage

__all__ = ["attach_lists", "find_goods"]

HANDING = frozenset("promise give contribute order deliver arrive purchase commit plan pay".split())
JOINING = HANDING | {"allocate", "pay"}
UKRAINE = ("party", "UKR")
LISTING = (("cue", "include"), ("cue", "anaphor"))
SURE = ("subject", "joint", "from_party")
BULLETS = ("-", "•", "*", "–")
SPEAKER = re.compile(r"\b(?:I|we|We)\s(?:[a-z]+\s){0,3}$")
THANKS = re.compile(r"\b(?:thank|grateful|gratitude|welcom)", re.I)
PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s(?:\w+ly\s|already\s|also\s|now\s)*$", re.I)
OPEN = VAGUE | {"ammunition", "artillery system", "food", "fuel", "training"}


def attach_lists(page: Page, drafts: list[Draft]) -> set[int]:
    """Give every package the goods that the next sentences or bullets list; tell which these are."""
    used: set[int] = set()
    owner: Draft | None = None
    by_sentence = {
        page.sentence_at(page.money[m].start): d for d in reversed(drafts) for m in d.same if not d.total
    }
    for number, sentence in enumerate(page.sentences):
        if number in by_sentence:
            owner, since = by_sentence[number], number
            continue
        if owner is None or sentence.zone in SILENT:
            continue
        text = page.document.text[sentence.start : sentence.end].strip()
        bullet = text.startswith(BULLETS)
        opening = page.topics(sentence.start, sentence.start + 60)
        listing = not opening.isdisjoint(LISTING) or lists_goods(page, sentence, owner.donor)
        if (bullet and number - since < 40) or (listing and number - since <= 3):
            used.add(number)
            for item, count in items_near(page, sentence.start, sentence.end).items():
                (owner.part_of or owner).items.setdefault(item, count)
        elif text.endswith(":") or not bullet and number - since > 3:
            owner = None
    return used


def find_goods(page: Page, drafts: list[Draft]) -> list[Draft]:
    """Find what is given without a sum: goods by name, or the joining of the Danish model."""
    taken = {n for d in drafts for n in [page.sentence_at(page.money[m].start) for m in d.same]}
    taken |= attach_lists(page, drafts)
    found: list[Draft] = []
    for number, sentence in enumerate(page.sentences):
        joining = joining_in(page, number) or signing_in(page, number, drafts)
        if joining is not None:
            same = (joining.donor, joining.mechanism)
            twin = next((d for d in found if (d.donor, d.mechanism) == same), None)
            if twin is None:
                found.append(joining)
            else:
                twin.spans += joining.spans
            continue
        if number in taken or sentence.zone in ("caption", "boilerplate", "related", "heading"):
            continue
        draft = _goods(page, number)
        if draft is None:
            continue
        if any(d.donor == draft.donor and _belongs(page, draft, d) for d in drafts):
            continue
        twin = next((d for d in found if d.donor == draft.donor and _overlap(d, draft)), None)
        if twin is None:
            found.append(draft)
            continue
        twin.spans += draft.spans
        for item, count in draft.items.items():
            twin.items[item] = twin.items.get(item) or count
        if draft.stage.rank > twin.stage.rank and draft.stage is not Stage.DELIVERED:
            twin.stage = draft.stage
    return found


def _belongs(page: Page, goods: Draft, money: Draft) -> bool:
    """Whether goods are what a sum of the same page pays for; they then go to it."""
    later = goods.stage.rank > money.stage.rank and any(v is not None for v in goods.items.values())
    same_model = goods.mechanism == money.mechanism == "danish_model" and not later
    if page.sentences[goods.sentence].zone == "headline" or same_model:
        return True
    shared = set(goods.items) & set(money.items)
    gap = goods.sentence - money.sentence
    close = 0 <= gap <= 2 and not goods.past and goods.stage.rank <= money.stage.rank
    priced = gap == -1 and PRICED.match(page.document.text, page.sentences[money.sentence].start)
    if priced and not money.items:
        money.items = dict(goods.items)
        return True
    if close and not shared and not money.items and all(v is None for v in goods.items.values()):
        shared = set(goods.items)
    if shared and close:
        for item, count in goods.items.items():
            money.items[item] = money.items.get(item) or count
    return bool(shared) and close


def _overlap(a: Draft, b: Draft) -> bool:
    return bool(a.items.keys() & b.items.keys()) or (a.mechanism is not None and a.mechanism == b.mechanism)


def _goods(page: Page, number: int) -> Draft | None:
    sentence = page.sentences[number]
    scheme = ("mechanism", "danish_model") in sentence.topics
    own = UKRAINE in sentence.topics
    near = page.sentences[max(0, number - 2) : number]
    if not own and not any(UKRAINE in s.topics for s in near):
        return None
    for verb in verbs(page, sentence.start, sentence.end):
        if not own and verb.key == "promise":
            continue
        if verb.key not in (JOINING if scheme else HANDING) or aspect_of(page, verb) in ("modal", "negated"):
            continue
        clause = page.clause(sentence, verb.start)
        last = [h for h in page.near(clause[0], verb.start) if h.kind == "party"][-1:]
        donor, members, cue = donor_near(page, sentence, verb.end, verb)
        if cue not in SURE and page.donors and SPEAKER.search(page.document.text, clause[0], verb.start):
            donor, members, cue = page.donors[0][0], (), "subject"  # "I" and "we" of a government's own page
        if cue not in SURE and _is_passive(page, sentence, verb) and has_focus(page) and page.donors:
            donor, members, cue = page.donors[0][0], (), "from_party"  # whose goods, the page tells
        if donor is None or cue not in SURE:
            continue
        if cue != "from_party" and last and last[0].key in NEVER_DONOR or page.has(*clause, "cue", "home"):
            continue
        asked = any(h.key == "ask" for h in verbs(page, sentence.start, verb.start))
        is_named = UKRAINE in page.topics(clause[0], clause[1] + 40)
        if asked or not (is_named or has_focus(page)):
            continue
        items = items_near(page, clause[0] if cue == "from_party" else verb.end, clause[1])
        if page.document.text[sentence.start : sentence.end].rstrip().endswith(":"):
            items |= _bulleted(page, number + 1)
        if not scheme and not any(v is not None or k not in OPEN for k, v in items.items()):
            continue
        stage, why = stage_near(page, sentence, verb.end, verb, goods=True)
        if why == "tentative_text" and THANKS.search(page.document.text, sentence.start, verb.start):
            stage = Stage.PLEDGED  # what one is thanked for was promised, whatever else a text asks for
        if stage is Stage.PROPOSED:
            continue
        draft = Draft(None, number, donor, members, stage=stage, items=items)
        draft.spans = [(sentence.start, sentence.end)]
        draft.recipient = recipient_near(page, sentence, verb.start, draft.donor)
        named = mechanism_near(page, number, verb.end, verb, donor, total=False, past=True)
        draft.mechanism = "danish_model" if scheme else named or _way(verb.key)
        draft.aid_type = aid_type_near(sentence) or AidType.MILITARY
        draft.reasons = ["goods", "donor_subject", why]
        draft.past = is_past(page, sentence, verb.start)
        return draft
    return None


def _is_passive(page: Page, sentence: Sentence, verb: Hit) -> bool:
    """Whether goods stand before a verb and are what it happens to: "ten tanks were handed over"."""
    if verb.tag not in ("past", "participle") or verb.key not in ("give", "deliver", "contribute"):
        return False
    clause = page.clause(sentence, verb.start)
    if not PASSIVE.search(page.document.text, clause[0], verb.start):
        return False
    before = page.near(clause[0], verb.start)
    return any(h.kind == "item" for h in before) and not any(h.kind == "party" for h in before)


def _bulleted(page: Page, number: int) -> dict[str, float | None]:
    """Goods of the bullets from a sentence on."""
    found: dict[str, float | None] = {}
    for sentence in page.sentences[number : number + 40]:
        if not page.document.text[sentence.start : sentence.end].lstrip().startswith(BULLETS):
            break
        found |= items_near(page, sentence.start, sentence.end)
    return found


def _way(verb: str) -> str:
    return "procurement" if verb in ("order", "purchase") else "in_kind"
