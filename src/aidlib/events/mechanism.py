"""In: a sum's or good's place on its page. Out: the mechanism by which it is given."""

from __future__ import annotations

import re
from collections import Counter

from aidlib.events.draft import Draft, rough_euro
from aidlib.events.page import Page, once_a_page, once_a_place
from aidlib.events.zones import Sentence
from aidlib.mentions.scan import Hit

__all__ = ["BROAD", "clear_mixed", "is_joined", "lasts_years", "mechanism_near"]

FAR = 12  # sentences back, at most, that a scheme is sought in
BROAD = frozenset({"direct_industry", "framework", "in_kind", "loan", "grant"})
HANDED = frozenset({"give", "pay", "promise", "contribute", "deliver"})  # added up, not set as a frame
SURE = frozenset({"donor_subject", "donor_from_party", "donor_beside", "donor_windfall"})
ARMS = frozenset(
    "air_defence artillery ammunition armour aircraft drones missiles naval vehicles engineering".split()
)
MADE_THERE = re.compile(
    r"(?<![\w-])(?:build(?:ing)?|built|mak(?:e|ing)|made|produc\w+|manufactur\w+|develop\w+)\b[^.;,]{0,60}"
    r"\b(?:in|on) ukrain",
)
SPENDS = frozenset({"allocate", "contribute", "pay"})
GOODS_FOR = re.compile(r"[^.;:]{0,30}\b(?:for|on|towards?|gets?|takes?|covers?)\b[^.;:]{0,40}$", re.I)
THE_SCHEME = re.compile(
    r"\b(?:the|this|that|its|their|said)\s(?:model|scheme|format|initiative|list|mechanism)\b"
)


def mechanism_near(
    page: Page, number: int, place: int, verb: Hit | None, donor: str | None, *, total: bool, past: bool
) -> str | None:
    """Mechanism that the clause names, else the sentence, the paragraph, the headline, the act itself."""
    sentence = page.sentences[number]
    clause = page.clause(sentence, place)
    joins = "mechanism" in sentence.topics and any(
        h.kind == "mechanism" and is_joined(page, h) for h in sentence.hits
    )
    code = _named(page, *clause, place)
    if code is None and not joins and len(page.sums(sentence.start, sentence.end)) < 2:
        code = _named(page, sentence.start, sentence.end, place)
    if joins and code in ("danish_model", "direct_industry"):
        code = None  # the words tell what is joined, not the way of the sum beside it
    scheme = _main_scheme(page) if code is None else None
    if scheme is not None and THE_SCHEME.search(page.low, sentence.start, max(place, clause[1])):
        code = scheme
    own = page.own_words(clause, place)
    if code is None and lasts_years(page, *own) and not _is_package(page, clause):
        return "framework"
    if code is None:
        code = _by_act(page, clause, place, verb)
    if code is None and not (past or total):  # background is another act than the headline's
        code = _named_before(page, number, place)
    if code is None and total and (verb is None or verb.key not in HANDED) and donor not in (None, "MULTI"):
        return "framework"
    if code == "direct_industry" and (donor in ("DNK", "EU") or _is_of_danish_model(page)):
        return "danish_model"
    return code


def _named_before(page: Page, number: int, place: int) -> str | None:
    """Mechanism that the nearest sentence of a paragraph names, else the headline."""
    paragraph = page.sentences[number].paragraph
    for s in (*reversed(page.sentences[max(0, number - FAR) : number]), *page.sentences[: min(1, number)]):
        if s.paragraph == paragraph or (s.zone == "headline" and _is_of_headline(page, s, place)):
            code = _named(page, s.start, s.end, place)
            if code is not None:
                return code
    return None


def _is_of_headline(page: Page, headline: Sentence, place: int) -> bool:
    """Whether a headline can speak of a sum: it names no sum, or none that is smaller."""
    named = [rough_euro(m.value) for m in page.sums(headline.start, headline.end)]
    return not named or any(rough_euro(m.value) <= max(named) for m in page.sums(place, place + 1))


def _named(page: Page, start: int, end: int, place: int) -> str | None:
    if "mechanism" not in page.topics(start, end):
        return None
    found = [h for h in page.near(start, end) if h.kind == "mechanism" and not is_joined(page, h)]
    specific = [h for h in found if h.key not in ("direct_industry", "framework", "in_kind", "loan", "grant")]
    nearest = min(specific or found, key=lambda h: abs(h.start - place), default=None)
    return nearest.key if nearest else None


JOINS = re.compile(
    r"\b(join\w*|sign\w* up(?: to)?|enter\w*|adopt\w*|inside|accede\w*(?: to)?|come on board)\s"
    r"(?:\w+\s)?(?:the\s|its\s)?[\"“‘']*$",
    re.I,
)


def is_joined(page: Page, scheme: Hit) -> bool:
    """Whether the text tells of joining the scheme: an act of its own, not the way of the sum beside it."""
    text = page.document.text
    return (
        scheme.key == "danish_model"
        and JOINS.search(text[max(0, scheme.start - 40) : scheme.start]) is not None
    )


@once_a_page
def _is_of_danish_model(page: Page) -> bool:
    """Whether a page is about the Danish model: its head names it."""
    head = [s for s in page.sentences if s.zone in ("headline", "body", "standfirst")][:4]
    return any(("mechanism", "danish_model") in s.topics for s in head)


def _is_package(page: Page, clause: tuple[int, int]) -> bool:
    """Whether a clause speaks of one package, which is no envelope, however long it lasts."""
    words = page.document.text[clause[0] : clause[1]].lower()
    return "package" in words or "agreement" in words


@once_a_page
def _main_scheme(page: Page) -> str | None:
    """The scheme that a page names most: what "the scheme" is on it."""
    named = Counter(h.key for h in page.hits if h.kind == "mechanism" and h.key not in BROAD)
    return named.most_common(1)[0][0] if named else None


def _by_act(page: Page, clause: tuple[int, int], place: int, verb: Hit | None) -> str | None:
    """What the act itself says of its way: goods with a value are in kind, what is bought is procured."""
    named = _by_words(page, *clause)
    if named == "direct_industry":
        return named
    if verb is not None and verb.key == "purchase":
        return "procurement"
    if named is not None:
        return named
    spends = verb is not None and verb.key in SPENDS
    for hit in page.near(place, clause[1]):
        if (
            spends
            and hit.kind == "item"
            and hit.tag in ARMS
            and GOODS_FOR.search(page.document.text[place : hit.start])
        ):
            return "procurement"
    return None


@once_a_place
def _by_words(page: Page, start: int, end: int) -> str | None:
    words = page.low[start:end]
    if ("in ukrain" in words or "on ukrain" in words) and MADE_THERE.search(words):
        return "direct_industry"
    if ("buy" in words or "purchas" in words or "procure" in words) and PURCHASE.search(words):
        return "procurement"
    valued = "worth" in words or "value" in words
    return "in_kind" if valued and GOODS_WORTH.search(words) else None


def clear_mixed(drafts: list[Draft]) -> None:
    """Name no mechanism for a whole whose parts go several ways, and no one donor where they have two."""
    for whole in drafts:
        parts = [d for d in drafts if d.part_of is whole]
        ways = {d.mechanism for d in parts}
        if len(ways) > 1 and whole.mechanism in ways:
            whole.mechanism = None
        elif len(ways) == 1 and len(parts) > 1:
            whole.mechanism = whole.mechanism or ways.pop()
        donors = {d.donor for d in parts if d.donor and d.reasons[0] in SURE}
        if len(donors) > 1 and not whole.total:
            whole.donor, whole.donors = "MULTI", tuple(sorted(donors - {"MULTI"}))


YEARS = re.compile(
    r"\b20\d\d\s?(?:[-–/]|to|until|through)\s?(?:20)?\d\d\b|\bbetween 20\d\d and 20\d\d\b|"
    r"\bmulti-?year\b|\bper year\b|\ba year\b|\b(?:this|next|last) year[’']s\b|"
    r"\bfor 20\d\d\b|\bover (?:the next )?(?:two|three|four|five|six|seven|ten|\d+) years\b",
)


def lasts_years(page: Page, start: int, end: int) -> bool:
    """Whether words speak of several years."""
    words = page.low[start:end]
    return ("20" in words or "year" in words) and YEARS.search(page.low, start, end) is not None


PURCHASE = re.compile(r"\b(to (?:buy|purchase|procure)|purchas(?:e|es|ing) of|procurement of|buying)\b")
GOODS_WORTH = re.compile(
    r"\b(equipment|weapons|arms|drones|vehicles|ammunition|hardware|tanks|shells|missiles)\b[^.;]{0,30}"
    r"\b(worth|valued at|to the value of)\b",
)
