"""In: one sum on its page. Out: whether it is aid, whose, at which stage, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aidlib.events.grammar import aspect_of, donor_near, governing_verb, head_noun, recipient_near
from aidlib.events.page import NEVER_DONOR, Page
from aidlib.lexicon import stages
from aidlib.model import AidType, Item, Mention, Stage

__all__ = ["Draft", "describe", "judge"]

GIVING = frozenset("promise give contribute commit allocate purchase order pay deliver plan".split())
VETO = frozenset("trade cost budget asset crime need capacity".split())
HOME = {
    "NOK": "NOR", "SEK": "SWE", "DKK": "DNK", "GBP": "GBR", "CAD": "CAN", "AUD": "AUS", "JPY": "JPN", "ISK": "ISL",
    "CHF": "CHE", "PLN": "POL", "CZK": "CZE", "NZD": "NZL", "KRW": "KOR", "HUF": "HUN", "BGN": "BGR", "RON": "ROU",
}
PER_UNIT = re.compile(r"^\W{0,2}\s*(apiece|each\b|per (?!cent)|a (day|month|barrel|ton|piece|shell|head|night)\b|every day|an hour|daily|monthly)", re.I)
QUANTITY_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "a dozen": 12, "a pair of": 2,
}
QUANTITY = re.compile(
    r"(?:^|[\s(])(\d{1,3}(?:[,\u00a0 ]\d{3})+|\d+(?:\.\d+)?|a million|a dozen|a pair of|"
    + "|".join(w for w in QUANTITY_WORDS if " " not in w)
    + r")(?:\s(million|thousand))?\s(?:(?!and\b|or\b)[\w’'.-]+\s){0,2}$",
    re.I,
)


@dataclass
class Draft:
    """An event in the making, with the sums that it rests on."""

    mention: int | None
    sentence: int
    donor: str | None = None
    donor_cue: str = "none"
    recipient: str | None = "UKR"
    stage: Stage = Stage.PLEDGED
    mechanism: str | None = None
    aid_type: AidType | None = None
    total: bool = False
    past: bool = False
    part_of: Draft | None = None
    items: dict[str, float | None] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    strength: int = 0
    same: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)


def judge(page: Page, index: int) -> tuple[Draft | None, str]:
    """Decide whether a sum is aid: a draft of its event, or the reason against it.

    Every reason against is a gate: no amount of evidence for aid outweighs it.
    """
    mention = page.money[index]
    number = page.sentence_at(mention.start)
    sentence = page.sentences[number]
    clause = page.clause(sentence, mention.start)
    text = page.document.text
    if sentence.zone in ("caption", "boilerplate"):
        return None, f"zone_{sentence.zone}"
    if PER_UNIT.match(text[mention.end : mention.end + 20]):
        return None, "per_unit"
    if page.has(*clause, "cue", "home"):
        return None, "home"
    noun = head_noun(page, mention.start, mention.end, clause)
    if noun is not None and noun[0] in VETO:
        return None, f"not_aid_{noun[0]}"
    verb = governing_verb(page, sentence, mention.start)
    if verb is not None and verb.key in ("trade", "harm"):
        return None, f"not_aid_{verb.key}"
    evidence = _evidence(page, number, mention, noun, verb)
    if evidence < 3:
        return None, "no_evidence_of_aid"
    draft = Draft(index, number, strength=evidence, same=[index], spans=[(sentence.start, sentence.end)])
    reason = describe(page, draft, sentence, mention, verb)
    return (draft, "booked") if reason is None else (None, reason)


def _evidence(page: Page, number: int, mention: Mention, noun, verb) -> int:  # type: ignore[no-untyped-def]
    sentence = page.sentences[number]
    score = 0
    if noun is not None:
        score += {"aid": 3, "arms": 2, "support": 2}.get(noun[0], 0)
    elif any(h.kind == "noun" and h.key == "aid" for h in sentence.hits):
        score += 2
    if verb is not None and verb.key in GIVING:
        score += 2
    if any(h.kind == "mechanism" for h in sentence.hits):
        score += 1
    ukraine = any(h.kind == "party" and h.key == "UKR" for h in sentence.hits)
    near = range(max(0, number - 3), number)
    close = ukraine or any(h.key == "UKR" for n in near for h in page.sentences[n].hits if h.kind == "party")
    headline = any(h.key == "UKR" for s in page.sentences[:2] for h in s.hits if h.kind == "party")
    if not (close or headline):
        return 0
    score += 1 if ukraine else 0
    parties = {h.key for h in sentence.hits if h.kind == "party"}
    if parties & {"RUS", "CHN", "IRN", "PRK"} and not ukraine and not parties - NEVER_DONOR:
        return 0
    return score


def describe(page: Page, draft: Draft, sentence, mention: Mention, verb) -> str | None:  # type: ignore[no-untyped-def]
    """Fill a draft from its sentence; give a reason where it turns out to be nobody's aid."""
    clause = page.clause(sentence, mention.start)
    draft.donor, draft.donor_cue = _donor(page, draft, sentence, mention, verb)
    if draft.donor is None:
        return "no_donor"
    draft.recipient = recipient_near(page, sentence, mention.start, draft.donor)
    draft.mechanism = mechanism_near(page, sentence, clause)
    draft.aid_type = aid_type_near(page, sentence)
    draft.total = _is_total(page, sentence, mention, clause)
    draft.past = _is_past(page, sentence, clause)
    draft.items = items_near(page, clause if not draft.total else (0, 0))
    draft.stage, why = stage_near(page, sentence, clause, verb, goods=False)
    draft.reasons += [f"donor_{draft.donor_cue}", why]
    return None


def _donor(page: Page, draft: Draft, sentence, mention: Mention, verb) -> tuple[str | None, str]:  # type: ignore[no-untyped-def]
    home = HOME.get(mention.value.currency or "")
    code, cue = donor_near(page, sentence, mention.start, verb)
    if home and code != home and home in dict(page.donors):
        return home, "currency"
    if code is not None:
        return code, cue
    for number in range(draft.sentence - 1, max(-1, draft.sentence - 4), -1):
        earlier = page.sentences[number]
        if earlier.zone in ("caption", "related", "boilerplate"):
            continue
        codes = [h.key for h in earlier.hits if h.kind == "party" and h.key not in NEVER_DONOR and h.tag != "group"]
        if codes:
            return codes[0], "earlier_sentence"
    if page.donors:
        return page.donors[0][0], "document"
    return None, "none"


def mechanism_near(page: Page, sentence, clause: tuple[int, int]) -> str | None:  # type: ignore[no-untyped-def]
    """Mechanism that the clause names, else the sentence."""
    for start, end in (clause, (sentence.start, sentence.end)):
        codes = [h.key for h in page.near(start, end) if h.kind == "mechanism"]
        if codes:
            specific = [c for c in codes if c not in ("direct_industry", "framework", "in_kind")]
            return (specific or codes)[0]
    return None


def aid_type_near(page: Page, sentence) -> AidType | None:  # type: ignore[no-untyped-def]
    """Kind of aid by the words of the sentence."""
    cues = {h.key for h in sentence.hits if h.kind == "cue"}
    if "mixed" in cues or {"military", "humanitarian"} <= cues:
        return AidType.MIXED
    for key in ("military", "financial", "humanitarian"):
        if key in cues:
            return AidType(key)
    return None


def _is_total(page: Page, sentence, mention: Mention, clause: tuple[int, int]) -> bool:  # type: ignore[no-untyped-def]
    before = page.near(max(sentence.start, mention.start - 60), mention.start)
    if any(h.kind == "cue" and h.key in ("brings_total", "cumulative", "target") for h in before):
        return True
    after = page.near(mention.end, min(sentence.end, mention.end + 110))
    return any(h.kind == "cue" and h.key == "cumulative" for h in after)


def _is_past(page: Page, sentence, clause: tuple[int, int]) -> bool:  # type: ignore[no-untyped-def]
    if sentence.zone == "related":
        return True
    lead = (sentence.start, min(sentence.end, sentence.start + 40))
    return page.has(*clause, "cue", "past") or page.has(*lead, "cue", "past")


def items_near(page: Page, bounds: tuple[int, int]) -> dict[str, float | None]:
    """Goods named between two places, with their numbers."""
    found: dict[str, float | None] = {}
    vague = {"weapon", "military equipment", "vehicle"}
    for hit in page.near(*bounds):
        if hit.kind == "item":
            before = page.document.text[max(bounds[0], hit.start - 46) : hit.start]
            found.setdefault(hit.key, _quantity(before))
    clear = {k: v for k, v in found.items() if k not in vague or v is not None}
    return clear or found


def _quantity(before: str) -> float | None:
    match = QUANTITY.search(before)
    if match is None:
        return None
    word = match[1].lower()
    if word == "a million":
        return 1_000_000
    number = QUANTITY_WORDS.get(word)
    if number is None:
        number = float(re.sub(r"[,\s\u00a0]", "", word)) if word[0].isdigit() else None
    if number is None or 1900 <= number <= 2100:
        return None
    number *= {"million": 1_000_000, "thousand": 1000}.get((match[2] or "").lower(), 1)
    return int(number) if number == int(number) else number


def stage_near(page: Page, sentence, clause, verb, *, goods: bool) -> tuple[Stage, str]:  # type: ignore[no-untyped-def]
    """Stage of what a sentence tells: by negation and doubt first, then by the governing verb."""
    cues = {h.key for h in page.near(*clause) if h.kind == "cue"}
    if "passed" in cues or page.has(sentence.start, sentence.end, "cue", "passed"):
        return Stage.COMMITTED, "passed"
    if "unsure" in cues:
        return Stage.PROPOSED, "unsure"
    if verb is None:
        return Stage.PLEDGED, "no_verb"
    aspect = aspect_of(page, verb)
    if aspect in ("modal", "negated"):
        return Stage.PROPOSED, aspect
    row = stages().get((verb.key, aspect))
    if row is None:
        return Stage.PLEDGED, "no_verb"
    return Stage(row[1] if goods else row[0]), f"verb_{verb.key}_{aspect}"


def as_items(items: dict[str, float | None]) -> tuple[Item, ...]:
    """Items as records."""
    return tuple(Item(name, number) for name, number in items.items())
