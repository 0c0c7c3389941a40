"""In: a sentence and its governing verb. Out: the stage that the text supports, and the cue for it."""

from __future__ import annotations

import re

from aidlib.events.grammar import aspect_of, verbs
from aidlib.events.page import Page, once_a_page
from aidlib.events.zones import Sentence
from aidlib.lexicon import stages
from aidlib.mentions.scan import Hit
from aidlib.model import Stage

__all__ = ["is_tentative", "stage_near"]

CHAIN = re.compile(r"^\s(?:\w+ly\s|also\s|both\s)?(?:to|on)\s(?:\w+ly\s)?$")
AS_SUBJECT = frozenset({"allocate", "purchase", "contribute", "pay"})


def stage_near(
    page: Page, sentence: Sentence, place: int, verb: Hit | None, *, goods: bool = False, total: bool = False
) -> tuple[Stage, str]:
    """Decide the stage: doubt and bills first, then the governing verb, its aspect and its chain."""
    clause = page.clause(sentence, place)
    cues = {h.key for h in page.near(*clause) if h.kind == "cue"}
    wide = {h.key for h in sentence.hits if h.kind == "cue"}
    if "passed" in wide:
        return Stage.COMMITTED, "passed"
    if "bill" in wide and _bill(page) is not None and not total:
        state = _bill(page)
        assert state is not None
        return state, "bill"
    if "unsure" in cues or ("unsure" in wide and not verbs(page, *clause)):
        return Stage.PROPOSED, "unsure"
    if "on_the_way" in cues:
        return Stage.ALLOCATED, "on_the_way"
    if total and _paid_after(page, sentence, place):
        return Stage.DISBURSED, "verb_give_past"
    if total and (verb is None or "brings_total" in wide):
        return Stage.COMMITTED, "total"
    if "contracts" in cues and (verb is None or verb.key in ("commit", "measure")):
        return _mood(page, "contracts", Stage.CONTRACTED)
    if verb is None:
        return (Stage.PROPOSED, "modal") if "modal" in cues else _mood(page, "no_verb")
    return _by_verb(page, sentence, place, verb, goods)


def _paid_after(page: Page, sentence: Sentence, place: int) -> bool:
    """Whether a total is followed by "that it has provided"."""
    after = verbs(page, place, min(sentence.end, place + 90))
    return any(h.key == "give" and aspect_of(page, h) == "past" for h in after[:1])


def _by_verb(page: Page, sentence: Sentence, place: int, verb: Hit, goods: bool) -> tuple[Stage, str]:
    text = page.document.text
    aspect = aspect_of(page, verb)
    for first in verbs(page, sentence.start, verb.start):
        if CHAIN.match(text[first.end : verb.start]):
            verb, aspect = first, aspect_of(page, first)
            break
    if aspect in ("modal", "negated"):
        return Stage.PROPOSED, aspect
    if aspect == "future" and place < verb.start and verb.key in AS_SUBJECT and not goods:
        return _mood(page, "sum_as_subject", Stage.ALLOCATED)
    row = stages().get((verb.key, aspect))
    if row is None:
        return _mood(page, "no_verb")
    stage = Stage(row[1] if goods else row[0])
    if aspect == "past":
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
    kinds = {h.kind for h in sentence.hits}
    unsure = any(h.kind == "cue" and h.key == "unsure" for h in sentence.hits)
    return unsure and not kinds.isdisjoint({"party", "noun", "mechanism"})


def _wishes(page: Page, found: list[Hit]) -> bool:
    words = [page.document.text[h.start : h.end].lower() for h in found if h.key in ("ask", "propose")]
    return any(w.startswith(wish[:5]) for w in words for wish in WISHES)


@once_a_page
def _bill(page: Page) -> Stage | None:
    """State of the bill that a text tells of: committed once the last chamber has passed it."""
    cues = {h.key for h in page.hits if h.kind == "cue"}
    if "bill" not in cues:
        return None
    if "last_chamber_open" in cues:
        return Stage.PROPOSED
    if "passed" in cues:
        return Stage.COMMITTED
    return Stage.PROPOSED if any(h.key == "chamber" for h in page.hits if h.kind == "cue") else None
