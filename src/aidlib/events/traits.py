"""In: a sum's or good's place on its page. Out: donor, kind of aid, total, past."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from aidlib.events.grammar import OBLIQUE, POSSESSIVE, donor_near, is_windfall
from aidlib.events.mechanism import lasts_years
from aidlib.events.page import NEVER_DONOR, Page, once_a_place
from aidlib.events.zones import Sentence
from aidlib.lexicon import home_currencies
from aidlib.mentions.scan import Hit
from aidlib.model import AidType, Mention

__all__ = ["aid_type_near", "donor_of", "is_past", "is_total"]

SILENT = ("caption", "related", "boilerplate", "dateline")


def donor_of(
    page: Page, number: int, mention: Mention, verb: Hit | None
) -> tuple[str | None, tuple[str, ...], str]:
    """Donor of a sum, the members where it is several, and the cue."""
    sentence = page.sentences[number]
    code, members, cue = donor_near(page, sentence, mention.start, verb)
    if cue == "adversary":
        return None, (), cue
    clause = page.clause(sentence, mention.start)
    lends = page.has(*clause, "mechanism", "loan")
    alone = len(page.sums(sentence.start, sentence.end)) == 1
    words = (sentence.start, sentence.end) if alone else page.own_words(clause, mention.start)
    if code not in ("MULTI", "NORDIC") and is_windfall(page, *words):
        # A loan is its lender's, whatever pays it back; Denmark hands out what is the Union's.
        if cue != "subject" or code in ("EU", "DNK") and not lends:
            return "EU", (), "windfall"
    home = home_currencies_of(mention.value.currency)
    if home and code != home and code not in ("MULTI", "NORDIC") and home in dict(page.donors):
        return home, (), "currency"
    if code is not None:
        return code, members, cue
    text = page.document.text
    own = POSSESSIVE.match(text, sentence.start) or verb and GOVERNMENT.search(text, clause[0], verb.start)
    for earlier in reversed(page.sentences[max(0, number - 3) : number]):
        if earlier.zone in SILENT:
            continue
        main = {code for code, _ in page.donors[:2]}
        codes = [h.key for h in earlier.hits if h.key in main and _could_give(page, h)]
        if codes:
            return codes[0], (), "pronoun" if own else "earlier_sentence"
    if page.donors:
        return page.donors[0][0], (), "pronoun" if own else "document"
    return (home, (), "currency") if home else (None, (), "none")


GOVERNMENT = re.compile(
    r"\b[Tt]he (?:[Gg]overnment|[Cc]abinet|[Mm]inistry|[Aa]dministration)\s(?:has |had |also |now )*$"
)


def _could_give(page: Page, party: Hit) -> bool:
    if party.kind != "party" or party.key in NEVER_DONOR or party.tag == "group":
        return False
    return party.tag == "demonym" or not OBLIQUE.search(
        page.document.text[max(0, party.start - 16) : party.start]
    )


@cache
def home_currencies_of(currency: str | None) -> str | None:
    """The one country whose own currency it is."""
    found = [code for code, own in home_currencies().items() if own == currency]
    return found[0] if len(found) == 1 else None


AID_TYPES = [(("cue", kind.value), kind) for kind in AidType]


def aid_type_near(sentence: Sentence) -> AidType | None:
    """Kind of aid by the words of the sentence."""
    kinds = [kind for topic, kind in AID_TYPES if topic in sentence.topics]
    if AidType.MIXED in kinds or {AidType.MILITARY, AidType.HUMANITARIAN} <= set(kinds):
        return AidType.MIXED
    return kinds[0] if kinds else None


def is_total(
    page: Page,
    sentence: Sentence,
    mention: Mention,
    verb: Hit | None,
    donor: str | None,
    *,
    opens: bool = False,
) -> bool:
    """Whether a sum is a running total or a target; what many have "already" given is one too.

    The sum that a note opens with is the note's own, however it adds up.
    """
    start, end = page.clause(sentence, mention.start)
    if donor == "MULTI" and ALREADY.search(page.low, start, end):
        return True
    before = page.near(max(sentence.start, mention.start - 60), mention.start)
    if any(h.kind == "cue" and h.key in ("brings_total", "target") for h in before):
        return True
    if BRINGS.search(page.low[max(sentence.start, mention.start - 130) : mention.start]):
        return True
    around = before + page.near(mention.end, min(sentence.end, mention.end + 110))
    around += page.near(sentence.start, sentence.start + 50)
    found = [h for h in around if h.kind == "cue" and h.key in ("cumulative", "whole", "new")]
    listed = page.low.rfind(
        ": ", sentence.start, mention.start
    )  # "known so far:" adds up the list, not its parts
    cues = {h.key for h in found if not _is_record(page, h) and not h.end <= listed}
    if FRAME_SET.search(page.low, start, mention.start):
        return False
    if "cumulative" in cues:
        return True
    if IN_YEAR.search(page.low, mention.end, end) and DRAWN_FROM.search(
        page.low[max(start, mention.start - 40) : mention.start]
    ):
        return True
    if _compares_years(page, sentence.start, sentence.end):
        return True
    if verb is not None and verb.key == "measure":
        if not opens and "new" not in cues and MASS.search(page.low, start, verb.start):
            return True
        if lasts_years(page, start, end) or IN_YEAR.search(page.low, start, end):
            return True
    since = any(d.value.role == "since" for d in page.days(sentence.start, sentence.end))
    if opens:
        return since
    rounded = mention.value.modifier in ("approx", "at_least")
    if since and (rounded or PERFECT.search(page.document.text, start, end)):
        return True
    if rounded and PERFECT.search(page.document.text, start, end) and "new" not in cues:
        return True
    if rounded and USED_UP.match(page.low, mention.end):
        return True
    return "whole" in cues and ADDED_UP.search(page.document.text, start, end) is not None


@once_a_place
def _compares_years(page: Page, start: int, end: int) -> bool:
    """Whether a sentence sets the sum of one year against another's: "up from 2 billion last year"."""
    if "year" not in page.low[start:end]:
        return False
    return any(
        COMPARED.search(page.low[max(start, m.start - 50) : m.start]) for m in page.sums(start, end)[1:]
    )


COMPARED = re.compile(r"\b(?:against|compared (?:to|with)|up from|down from|versus)\s(?:[a-z]+\s){0,3}$")
IN_YEAR = re.compile(
    r"\b(?:in|for|by|during) 20\d\d\b|\b(?:same|those|these|all) years\b|\b(?:this|next) year\b"
)
DRAWN_FROM = re.compile(
    r"\b(?:out of|within)\s(?:the\s|its\s|a\s)?(?:about |around |some |over |more than )?$"
)
BRINGS = re.compile(
    r"\b(?:brings?|bringing|brought|takes?|taking|lifts?|lift(?:ed|ing)|rais(?:es?|ed|ing)|rises?|rose)\b[^.;]{0,90}\bto\s"
    r"(?:(?:about|around|more than|over|nearly|almost|some|roughly|at least|a total of|just over)\s){0,2}$",
)
RECORD = re.compile(
    r"\b(largest|biggest|first|record|highest|greatest|most|\d+(?:st|nd|rd|th)|\w+teenth|twentieth)\b[^.;]{0,50}$",
)


def _is_record(page: Page, cue: Hit) -> bool:
    """Whether "to date" only says that something is the largest of its kind."""
    return RECORD.search(page.low[max(0, cue.start - 70) : cue.start]) is not None


PERFECT = re.compile(
    r"\b(?:has|have)\s(?:\w+ly\s|also\s|already\s)?(?:given|provided|sent|contributed|donated|spent|released|supplied|delivered|poured|mobili[sz]ed)\b",
    re.I,
)
ADDED_UP = re.compile(
    r"\b(?:has|have|had)\s(?:\w+\s){0,2}(?:given|provided|sent|committed|pledged|contributed|donated|spent|allocated|"
    r"reached|amounted|been)\b|\b(?:now|since|overall|altogether|official)\b",
    re.I,
)
# Aid as such, and no one package, "amounts to" what it has come to.
MASS = re.compile(
    r"(?<!new )(?<!fresh )\b"
    r"(?:aid|support|assistance|help|lending|contributions|donations|commitments|payments)"
    r"\s(?:(?:to|for|from|in|since|of)\s[^.;,]{1,40}\s)?(?:now |already |thus |had |has )?$"
)
USED_UP = re.compile(
    r"\s(?:is|are|has been|have been|was|were)\s(?:already\s)?(?:spent|used|exhausted|committed|paid out)\b"
)
FRAME_SET = re.compile(
    r"\b(?:frame|framework|envelope|programme|program|ceiling)\s(?:becomes?|rises?|grows?|is|will be)\b"
)
ALREADY = re.compile(r"\balready\b")


def is_past(page: Page, sentence: Sentence, place: int) -> bool:
    """Whether a statement is background: it says so, or its date lies well before publication."""
    if sentence.zone == "related":
        return True
    clause = page.clause(sentence, place)
    lead = (sentence.start, min(sentence.end, sentence.start + 40))
    if page.has(*clause, "cue", "past") or page.has(*lead, "cue", "past"):
        return True
    published = page.document.published
    for mention in page.days(*clause):
        if published and mention.value.role == "on":
            return _ends(mention.value.end or mention.value.start) < published.isoformat()[
                :10
            ] and not _recent(mention.value.end or mention.value.start, published)
    return False


def _ends(day: str) -> str:
    return day + "-99"[: 3 if len(day) < 8 else 0]


def _recent(day: str, published: date) -> bool:
    if len(day) < 10:
        return day == published.isoformat()[: len(day)]
    return (published - date.fromisoformat(day)).days <= 4
