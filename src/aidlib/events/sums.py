"""In: one sum on its page. Out: the draft of its event, or the reason why it is nobody's aid."""

from __future__ import annotations

import re

from aidlib.events.draft import Draft
from aidlib.events.gates import NEEDED, gate, weigh
from aidlib.events.grammar import governing_verb, head_noun, recipient_near
from aidlib.events.mechanism import mechanism_near
from aidlib.events.notes import leads_note, told_elsewhere
from aidlib.events.page import Page
from aidlib.events.stage import is_tentative, stage_near
from aidlib.events.traits import aid_type_near, donor_of, is_past, is_total, items_near
from aidlib.model import Stage

__all__ = ["judge"]

CAN = re.compile(r"\b(can|could|may|might)\b", re.I)
OWN_WORDS = frozenset({"subject", "from_party", "joint", "beside", "currency", "windfall", "pronoun"})


def judge(page: Page, index: int) -> tuple[Draft | None, str]:
    """Decide whether a sum is aid: a draft of its event, or the reason against it.

    Every reason against is a gate: no amount of evidence for aid outweighs it.
    """
    mention = page.money[index]
    number = page.sentence_at(mention.start)
    sentence = page.sentences[number]
    verb = governing_verb(page, sentence, mention.start)
    shut = gate(page, mention, sentence, verb)
    if shut is not None:
        return None, shut
    opens = leads_note(page, mention)
    if opens and verb is not None and verb.key == "propose":
        verb = None  # "we consider the increase of": the coder's verb, not a donor's
    strength = weigh(page, number, mention, verb)
    if told_elsewhere(page, mention):
        return None, "told_elsewhere"
    if strength + 2 * opens < NEEDED:
        return None, "no_evidence_of_aid"
    donor, members, cue = donor_of(page, number, mention, verb)
    if cue == "adversary":
        return None, cue
    noun = head_noun(page, mention.start, mention.end, page.clause(sentence, mention.start))
    if donor is None and not opens and (noun is None or noun[0] not in ("aid", "arms")):
        return None, "no_donor"
    clause = page.clause(sentence, mention.start)
    draft = Draft(
        index, number, donor, members, strength=strength, same=[index], spans=[(sentence.start, sentence.end)]
    )
    draft.recipient = recipient_near(page, sentence, mention.start, donor)
    draft.aid_type = aid_type_near(sentence)
    draft.total = is_total(page, sentence, mention, donor, opens=opens)
    draft.past = is_past(page, sentence, mention.start)
    draft.mechanism = mechanism_near(
        page, number, mention.start, verb, donor, total=draft.total, past=draft.past
    )
    draft.items = {} if draft.total else items_near(page, *clause)
    alone = len(page.sums(sentence.start, sentence.end)) == 1
    if alone and not draft.items and not draft.total:
        draft.items = items_near(page, sentence.start, sentence.end)
    are_goods = noun is not None and noun[0] == "arms" and verb is not None and verb.key == "arrive"
    draft.stage, why = stage_near(page, sentence, mention.start, verb, goods=are_goods, total=draft.total)
    is_plan = noun is not None and noun[0] == "plan" and (verb is None or verb.start != noun[1])
    if is_plan and draft.stage is Stage.PLEDGED:
        draft.stage, why = Stage.PROPOSED, "plan"
    if cue not in OWN_WORDS:
        before = page.document.text[clause[0] : mention.start]
        if (
            CAN.search(before)
            or why in ("modal", "tentative_text")
            or why.startswith(("verb_propose", "verb_ask"))
        ):
            return None, "nobody_offers"
        if is_tentative(page):
            draft.stage = Stage.PROPOSED
        if (
            donor == "DNK" and draft.mechanism == "danish_model"
        ):  # the one who handles money need not be its donor
            draft.donor = "MULTI"
    draft.reasons = [f"donor_{cue}", why]
    return draft, "booked"
