"""In: a page and a place on it. Out: what governs that place: verb, aspect, head noun, parties."""

from __future__ import annotations

import re

from aidlib.events.page import ADVERSARY, NEVER_DONOR, Page, once_a_place
from aidlib.events.zones import Sentence
from aidlib.mentions.scan import Hit

__all__ = [
    "aspect_of",
    "donor_near",
    "governing_verb",
    "head_noun",
    "is_windfall",
    "names_giver",
    "recipient_near",
]

DETERMINER = re.compile(
    r"\b(a|an|the|its|their|his|her|our|of|in|military|humanitarian|financial|security|new|this|that|more|"
    r"additional|extra|further|for|economic|continued|ongoing|of the|with|as|no|any|some|aid|weapons|"
    r"under)[\s-]+$",
)
SCALED = re.compile(r"(?:million|billion|bn|[0-9]m|[0-9])\s$")
NAMED = re.compile(
    r"\b(military|humanitarian|financial|economic|security|defen[cs]e|new|additional|further|more|the|its|their|this|"
    r"in|total|annual|long-term|extra)\s$",
)
COMMANDED = re.compile(r"\s(?:the|a|an|its|their)\s\w+(?:tion|al|ment|ure)\s(?:of|from)\b", re.I)  # no goods
LEADS_ON = re.compile(r"\s+(for|from|of|package|to\s+Ukraine)\b")
YEAR_BEFORE = re.compile(r"\b20\d\d\s$")
# Without one of these words before it a verb stands for itself, and no pattern needs to be tried.
AUXILIARY = frozenset(
    "to will would shall could may might should can must not never longer instead if unless until whether "
    "is are be being get gets has have had having been of".split()
)
FUTURE = re.compile(
    r"\b(will|would|shall|to|going to|set to|due to|ready to|plans? to|intends? to|agreed to|is to|are to)\s"
    r"(?:[a-z]+ly\s|also\s|soon\s|now\s|be\s|have\s|not\s|help\s|all\s|continue\s)*$|[’']ll\s$",
)
MODAL = re.compile(
    r"\b(could|may|might|should|can|must|ought to|would like to|(?:un)?willing to|(?:un)?able to|eager to|"
    r"about to|poised to)\s"
    r"(?:[a-z]+ly\s|also\s|soon\s|be\s)*$",
)
# One of these is in all that the next pattern finds.
NEGATING = ("not", "n’t", "n't", "never", "longer", "failed", "refus", "instead", "rather")
NOT = re.compile(
    r"(\bnot|n[’']t|\bnever|\bno longer|\bfailed to|\brefus\w+ to|\binstead of|\brather than)\s"
    r"(?:\w+\s){0,2}$",
    re.I,
)
CONDITION = re.compile(r"\b(if|unless|until|whether)\b[^,;]*$")
HAVE = re.compile(r"\b(has|have|had|having)\s(?:[a-z]+ly\s|also\s|now\s|already\s|since\s|so far\s|been\s)*$")
BE = re.compile(r"\b(is|are|be|being|gets?)\s(?:[a-z]+ly\s|also\s|now\s)*$")
ROLE = re.compile(
    r"\b(from|by|in the name of|on behalf of)\s(?:the\s|a\s|an\s|its\s)?(?:[\w-]+\s){0,1}$",
    re.I,
)
LED = re.compile(r"\b(?:led|run|headed|managed|organi[sz]ed|coordinated|backed) by\b", re.I)
OBLIQUE = re.compile(
    r"\b(in|at|to|for|with|against|of|near|toward|towards|into|on|via|through|between|outside)\s(?:the\s|its\s)?$",
    re.I,
)
PLACE = re.compile(r"\b(?:in|at|near|outside)\s[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)?,\s$")  # in Ramstein, Germany


@once_a_place
def verbs(page: Page, start: int, end: int) -> list[Hit]:
    """Verbs between two places, without the nouns that look like verbs."""
    text = page.document.text
    found: list[Hit] = []
    for hit in page.near(start, end):
        if hit.kind != "verb" or hit.tag == "participle" and found and found[-1].start == hit.start:
            continue
        before = page.low[max(start, hit.start - 24) : hit.start]
        if hit.tag in ("base", "third") and DETERMINER.search(before) and not FUTURE.search(before):
            continue
        if hit.tag in ("base", "ing") and SCALED.search(before) and not YEAR_BEFORE.search(before):
            continue
        if hit.tag == "ing" and NAMED.search(before):
            continue
        if hit.key == "order" and COMMANDED.match(text, hit.end):
            continue
        if hit.tag == "base" and LEADS_ON.match(text[hit.end : hit.end + 14]) and not FUTURE.search(before):
            continue
        found.append(hit)
    return found


def governing_verb(page: Page, sentence: Sentence, place: int) -> Hit | None:
    """The verb that says what happens to a sum or to goods at a place."""
    start, end = page.clause(sentence, place)
    inside = [h for h in verbs(page, start, end) if h.key != "arrive" or h.start > place]
    before = [h for h in inside if h.end <= place]
    after = [h for h in inside if h.start >= place]
    if before:
        strong = [h for h in before if h.key not in ("trade", "harm")]
        return (strong or before)[-1]
    if after:
        return after[0]
    earlier = verbs(page, sentence.start, start)
    if earlier:
        return earlier[-1]
    later = verbs(page, end, sentence.end)
    return later[0] if later else None


@once_a_place
def aspect_of(page: Page, verb: Hit) -> str:
    """``future``, ``present``, ``past``, ``perfect``, ``modal`` or ``negated``."""
    before = page.low[max(0, verb.start - 36) : verb.start]
    if AUXILIARY.isdisjoint(before.split()) and "'" not in before and "’" not in before:
        return "past" if verb.tag in ("past", "participle") else "present"
    if any(map(before.__contains__, NEGATING)) and NOT.search(before):
        return "negated"
    if MODAL.search(before) or CONDITION.search(before):
        return "modal"
    if FUTURE.search(before):
        return "future"
    if verb.tag in ("past", "participle"):
        if BE.search(before):
            return "present"
        return "perfect" if HAVE.search(before) else "past"
    return "present"


def _free_nouns(page: Page, start: int, end: int) -> list[Hit]:
    """Nouns between two places that are not inside the name of a scheme or a body."""
    near = page.near(max(0, start - 40), end)
    names = [h for h in near if h.kind in ("mechanism", "party")]
    return [
        h for h in near if h.kind == "noun" and h.start >= start and not any(_is_inside(h, n) for n in names)
    ]


def _is_inside(noun: Hit, name: Hit) -> bool:
    """Whether a noun is but a part of a longer name."""
    return name.start <= noun.start and noun.end <= name.end and (noun.start, noun.end) != name[:2]


@once_a_place
def head_noun(page: Page, start: int, end: int, clause: tuple[int, int]) -> tuple[str, int] | None:
    """Class and place of the noun that a sum is attached to."""
    text = page.document.text
    after = _free_nouns(page, end, min(clause[1], end + 70))
    if after and len(text[end : after[0].start].split()) <= 6 and not AWAY.search(text[end : after[0].start]):
        head = after[0]
        for hit in after[1:]:  # a reparations loan is a loan
            if hit.start > head.end + 1:
                break
            head = hit
        return head.key, head.start
    before = _free_nouns(page, max(clause[0], start - 70), start)
    if before and len(text[before[-1].end : start].split()) <= 7:
        return before[-1].key, before[-1].start
    return None


INDIRECT = re.compile(
    r"\b(gave|give|gives|giving|given|grants?|granted|lends?|lent|offers?|offered|owes?|sends?|sent|hand(?:s|ed)|to|for)\s(?:the\s)?$",
    re.I,
)
POSSESSIVE = re.compile(r"\W*(its|their|his|her)\b", re.I)
BESIDE = re.compile(
    r"^(?:’s|'s)?[\s:(]*(?:about|around|some|nearly|almost|roughly|with|over|up to|more than|"
    r"upwards of|at least|as much as)?\s*$",
    re.I,
)
AWAY = re.compile(
    r"[;:(),]|\b(from|since|by|that|has|have|had|was|were|is|are|will|would|goes|after|when|while)\b"
)
TOGETHER = re.compile(r"^(?:\s|,|and|with|the|along|together|as well as|plus|&|its|other|[-–])*$", re.I)


def _joint(page: Page, parties: list[Hit]) -> tuple[str, ...]:
    """Members of the list of parties that ends with the last one."""
    members = [parties[-1]]
    for hit in reversed(parties[:-1]):
        if not TOGETHER.match(page.document.text[hit.end : members[0].start]):
            break
        members.insert(0, hit)
    return tuple(dict.fromkeys(h.key for h in members))


def donor_near(
    page: Page, sentence: Sentence, place: int, verb: Hit | None
) -> tuple[str | None, tuple[str, ...], str]:
    """The party of a sentence that gives, the members where it is several, and the cue that says so."""
    text = page.document.text
    clause = page.clause(sentence, place)
    parties = [h for h in sentence.hits if h.kind == "party" and h.key not in NEVER_DONOR]
    if _adversary_acts(page, sentence, place, verb):
        return None, (), "adversary"
    owners = [h for h in parties if h.start > place and _owns_money(text, h)]
    if len(owners) > 1 and _joint(page, owners) == tuple(dict.fromkeys(h.key for h in owners)):
        return _one_or_many(_joint(page, owners), "from_party")
    for hit in owners:
        if hit.start - place < 40 and OF_FUNDS.search(text[place : hit.start]):
            return hit.key, (), "from_party"
    for hit in parties:
        before = text[max(0, hit.start - 24) : hit.start]
        if clause[0] <= hit.start < clause[1] and ROLE.search(before) and not LED.search(before):
            if hit.tag in ("country", "body", "seat", "group") or hit in owners:
                return hit.key, (), "from_party"
    for hit in parties:
        if 0 < place - hit.end < 24 and BESIDE.match(text[hit.end : place]):
            if not INDIRECT.search(text[max(0, hit.start - 14) : hit.start]):
                return hit.key, (), "beside"
        if names_giver(page, sentence, place, hit):
            return hit.key, (), "beside"
    for hit in parties:
        if _names_loan(page, place, hit):
            return hit.key, (), "beside"
    # "American weapons" are made there; who gives them stands elsewhere
    makers = [h for h in parties if h.tag == "demonym" and _makes_goods(page, h)]
    parties = [h for h in parties if h not in makers] or parties
    straight = [h for h in parties if not _stands_aside(text, h)]
    if verb is not None and parties != makers:
        subjects = [h for h in straight if h.end <= min(verb.start, place)] or [
            h for h in straight if h.end <= verb.start
        ]
        same = [h for h in subjects if h.start >= clause[0]] or subjects
        same = [h for h in same if not _only_owns(page, h)] or same
        if same:
            return _one_or_many(_joint(page, same), "subject")
    close = straight or [h for h in parties if not RECEIVER.search(text[max(0, h.start - 10) : h.start])]
    close = [h for h in close if not _only_owns(page, h)]
    if close:
        nearest = min(close, key=lambda h: min(abs(h.start - place), abs(h.end - place)))
        return nearest.key, (), "in_sentence"
    return None, (), "none"


@once_a_place
def is_windfall(page: Page, start: int, end: int) -> bool:
    """Whether words tell of what Russia's frozen money earns."""
    words = page.low[start:end]
    return any(word in words for word in FROZEN) and WINDFALL.search(page.low, start, end) is not None


WINDFALL = re.compile(
    r"(?:interest|profits?|proceeds|income|earn(?:ed|ings)|windfall|gains|money)\b[^.;]{0,40}"
    r"(?:frozen|immobili[sz]ed|russian|blocked)|windfall|"
    r"(?:frozen|immobili[sz]ed)[- ](?:russian )?assets?[’']? "
    r"(?:money|profits?|income|gains|proceeds|interest|earnings|revenues?)",
)
FROZEN = ("frozen", "immobili", "russian", "blocked", "windfall")  # one of them is in every windfall


def _names_loan(page: Page, place: int, party: Hit) -> bool:
    """Whether a party stands between a sum and its noun: a $50 billion G7 loan."""
    told = page.sums(place, place + 1) if party.start > place else ()
    if not told or not 0 < party.start - told[0].end <= 1:
        return False
    return any(h.kind == "noun" and h.key == "aid" for h in page.near(party.end + 1, party.end + 45))


BEHIND = re.compile(r"\s?(?:[-–—:(]|from)\s?$")


def names_giver(page: Page, sentence: Sentence, place: int, party: Hit) -> bool:
    """Whether a line of a list sets a party behind its sum: "€2 million - Iceland"."""
    told = page.sums(place, place + 1) if party.start > place else ()
    text = page.document.text
    if (
        not told
        or sentence.end - sentence.start > 90
        or text[sentence.start : told[0].start].strip("-•*– \n")
    ):
        return False
    return told[0].end < party.start and BEHIND.match(text[told[0].end : party.start]) is not None


FUNDS = re.compile(
    r"(?:[’']s)?(?:,|\sand|\s[A-Z][\w-]+|\s[a-z-]+-asset)*\s(?:own\s|national\s)?"
    r"(?:funds?|money|treasury|budget|contributions?|cash|taxpayers|state)\b"
)
OF_FUNDS = re.compile(r"\s(?:in|of)\s(?:the\s)?$")


def _owns_money(text: str, party: Hit) -> bool:
    """Whether a party behind a sum is whose money it is: "from the Danish treasury", "in Union funds"."""
    return FUNDS.match(text, party.end) is not None


RECEIVER = re.compile(r"\b(?:for|to)\s(?:the\s)?$", re.I)
COMPANION = re.compile(
    r"\b(?:alongside|together with|along with|next to|besides|unlike|like|behind)\s"
    r"(?:the\s)?(?:\w+(?:,|\sand)\s){0,3}$",
    re.I,
)


def _stands_aside(text: str, party: Hit) -> bool:
    """Whether a party is a place, an object or a companion of who acts."""
    before = text[max(0, party.start - 40) : party.start]
    if COMPANION.search(before):
        return True
    return party.tag != "demonym" and bool(OBLIQUE.search(before[-16:]) or PLACE.search(before))


OWNS = re.compile(
    r"[’']s?\s(?!(?:\w+\s){0,3}(government|ministry|minister|ministers|president|premier|chancellor|parliament|cabinet|"
    r"army|military|leader|leaders|secretary|king|queen|share|"
    r"contributions?|announcement|provision|pledges?|donations?|aid|assistance|support|commitments?|packages?|decision|funding|loans?|grants?|payments?|"
    r"spending|promises?|plans?|offer|efforts?|defence|defense|foreign|prime|new|own)\b)",
    re.I,
)


def _only_owns(page: Page, party: Hit) -> bool:
    """Whether a party stands there as the owner of something ("Germany's tanks"), not as who acts."""
    return OWNS.match(page.document.text, party.end) is not None


def _adversary_acts(page: Page, sentence: Sentence, place: int, verb: Hit | None) -> bool:
    """Whether the subject next before the verb is Russia or who arms it."""
    if verb is None or verb.start > place:
        return False
    text = page.document.text
    before = [h for h in page.near(sentence.start, verb.start) if h.kind == "party"]
    straight = [
        h for h in before if h.tag == "demonym" or not OBLIQUE.search(text[max(0, h.start - 16) : h.start])
    ]
    return bool(straight) and straight[-1].key in ADVERSARY and verb.start - straight[-1].end < 90


def _makes_goods(page: Page, party: Hit) -> bool:
    return any(
        h.start - party.end <= 1 and h.key == "arms" or h.kind == "item" and h.start - party.end <= 1
        for h in page.near(party.end, party.end + 2)
    )


def _one_or_many(members: tuple[str, ...], cue: str) -> tuple[str, tuple[str, ...], str]:
    if len(members) == 1:
        return members[0], (), cue
    return "MULTI", members, "joint"


OTHERS = re.compile(
    r"\bukraine(?:,| and| as well as| or)\s(?:(?:its|other|neighbou?ring|the)\s)*"
    r"(israel|taiwan|moldova|georgia|neighbou?r\w*|other|european|countries|allies)",
)


def recipient_near(page: Page, sentence: Sentence, place: int, donor: str | None) -> str | None:
    """Who receives what a sentence tells of."""
    first, last = _recipients(page, sentence.start, sentence.end)
    if first is not None:
        return first
    text, others = page.document.text, []
    for hit in sentence.hits:
        if hit.kind == "party" and hit.tag == "country" and hit.key not in (donor, "UKR"):
            if GIVEN_TO.search(text[max(0, hit.start - 12) : hit.start]):
                others.append(hit)
    near = min(others, key=lambda hit: abs(hit.start - place), default=None)
    return near.key if near is not None and abs(near.start - place) < 90 else last


@once_a_place
def _recipients(page: Page, start: int, end: int) -> tuple[str | None, str]:
    """Who receives by the words of a sentence alone, and who where it names no other country beside a sum."""
    words = page.low[start:end]
    named = "ukrain" in words or "kyiv" in words or "kiev" in words
    if named and OTHERS.search(words) or ("taiwan" in words and "israel" in words):
        return "MULTI", "MULTI"
    if named and TO_UKRAINE.search(words):
        return "UKR", "UKR"
    elsewhere = ELSEWHERE.search(words) is not None and not (named and IN_UKRAINE.search(words))
    return None, "OTHER" if elsewhere else "UKR"


GIVEN_TO = re.compile(r"\b(to|for|gave|gives?|giving)\s(?:the\s)?$")
TO_UKRAINE = re.compile(
    r"\b(?:to|for|gave|gives?|giving|given|support(?:ing|s)?|help(?:ing|s)?|arm(?:ing)?|aid(?:ing)?)\s(?:\w+\s)?(?:ukrain|kyiv|kiev)|"
    r"\bukrain(?:e|ian)(?:’s|'s)?\s(?:\w+\s)?(?:will|is to|has|gets|receives?|forces|army|troops|military)",
)
IN_UKRAINE = re.compile(r"\b(?:in|of)\s(?:\w+\s)?(?:ukrain|kyiv|kiev)")
ELSEWHERE = re.compile(
    r"\b(?:to|in|across) (?:eastern europe|the baltics|the baltic states|nato[’']s eastern|"
    r"the middle east|africa)\b",
)
