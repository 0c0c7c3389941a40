"""In: one sum on its page. Out: the draft of its event, or the reason why it is nobody's aid."""

from __future__ import annotations

import re

from aidlib.events.draft import Draft
from aidlib.events.gates import NEEDED, gate, is_far_from_ukraine, weigh
from aidlib.events.grammar import governing_verb, head_noun, recipient_near, verbs
from aidlib.events.items import items_of
from aidlib.events.mechanism import mechanism_near
from aidlib.events.notes import is_note, is_reckoned, leads_note, told_elsewhere
from aidlib.events.page import Page
from aidlib.events.stage import is_appeal, is_tentative, stage_near
from aidlib.events.traits import aid_type_near, donor_of, is_past, is_total
from aidlib.mentions.scan import Hit
from aidlib.model import Stage

__all__ = ["judge"]

CAN = re.compile(r"\b(can|could|may|might)\b", re.I)
OWN_WORDS = frozenset({"subject", "from_party", "joint", "beside", "currency", "windfall", "pronoun"})


def judge(page: Page, index: int, *, brief: bool = False) -> tuple[Draft | None, str]:
    """Decide whether a sum is aid: a draft of its event, or the reason against it.

    Every reason against is a gate: no amount of evidence for aid outweighs it. With ``brief`` no gate is
    named for a sum that has no evidence anyway.
    """
    mention = page.money[index]
    number = page.sentence_at(mention.start)
    if brief and is_far_from_ukraine(page, number) and not is_note(page):
        return None, "no_evidence_of_aid"
    sentence = page.sentences[number]
    verb = governing_verb(page, sentence, mention.start)
    shut = gate(page, mention, sentence, verb)
    counted = is_reckoned(page, mention)
    if shut is None and told_elsewhere(page, mention):
        shut = "told_elsewhere"
    elif shut is not None and shut.startswith("not_aid") and counted:
        shut = None  # whatever noun stands near, the coder counts it
    if shut is not None:
        return None, shut
    opens = leads_note(page, mention)
    if opens and verb is not None and verb.key == "propose":
        verb = None  # "we consider the increase of": the coder's verb, not a donor's
    strength = weigh(page, number, mention, verb)
    if strength + 2 * opens < NEEDED and not counted:
        return None, "no_evidence_of_aid"
    donor, members, cue = donor_of(page, number, mention, verb)
    if cue == "adversary":
        return None, cue
    noun = head_noun(page, mention.start, mention.end, page.clause(sentence, mention.start))
    if donor is None and not opens and (noun is None or noun[0] not in ("aid", "arms")):
        return None, "no_donor"
    draft = Draft(index, number, donor, members, strength=strength, same=[index])
    _fill(page, draft, verb, opens=opens)
    why = _stage(page, draft, verb, noun)
    if (cue not in OWN_WORDS or (donor, cue) == ("MULTI", "from_party")) and not _is_offered(
        page, draft, why
    ):
        return None, "nobody_offers"
    draft.reasons = [f"donor_{cue}", why]
    return draft, "booked"


def _fill(page: Page, draft: Draft, verb: Hit | None, *, opens: bool) -> None:
    """Set what stands around a sum: recipient, kind, total, past, mechanism and goods."""
    sentence, mention = page.sentences[draft.sentence], page.money[draft.same[0]]
    place = mention.start
    draft.spans = [(sentence.start, sentence.end)]
    draft.recipient = recipient_near(page, sentence, place, draft.donor)
    draft.aid_type = aid_type_near(sentence)
    draft.total = is_total(page, sentence, mention, verb, draft.donor, opens=opens)
    draft.past = is_past(page, sentence, place)
    draft.mechanism = mechanism_near(
        page, draft.sentence, place, verb, draft.donor, total=draft.total, past=draft.past
    )
    if draft.total:
        return
    draft.items = items_of(page, sentence, place)


def _stage(page: Page, draft: Draft, verb: Hit | None, noun: tuple[str, int] | None) -> str:
    """Set the stage of a sum; tell why."""
    sentence, place = page.sentences[draft.sentence], page.money[draft.same[0]].start
    kind = noun[0] if noun is not None else None
    are_goods = kind == "arms" and verb is not None and verb.key == "arrive"
    draft.stage, why = stage_near(page, sentence, place, verb, goods=are_goods, total=draft.total)
    if draft.stage in (Stage.PLEDGED, Stage.ALLOCATED) and why in ("no_verb", "total") and noun is not None:
        if page.document.text[noun[1] : noun[1] + 10].lower() == "commitment":
            draft.stage = Stage.COMMITTED
    at = noun[1] if noun is not None and kind == "plan" else -1
    is_noun = at >= 0 and not any(v.start == at for v in verbs(page, max(0, at - 30), at + 1))
    if is_noun and draft.stage is Stage.PLEDGED:
        draft.stage, why = Stage.PROPOSED, "plan"
    return why


def _is_offered(page: Page, draft: Draft, why: str) -> bool:
    """Whether somebody offers a sum whose giver only stands near: no wish, and no "could"."""
    sentence, place = page.sentences[draft.sentence], page.money[draft.same[0]].start
    before = page.document.text[page.clause(sentence, place)[0] : place]
    wished = why in ("modal", "tentative_text") or why.startswith(("verb_propose", "verb_ask"))
    if wished or CAN.search(before) or is_appeal(page):
        return False
    if is_tentative(page):
        draft.stage = Stage.PROPOSED
    return True
