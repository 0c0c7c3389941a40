"""In: a page. Out: drafts of schemes joined and of memoranda signed, acts without a sum of their own."""

from __future__ import annotations

import re

from aidlib.events.draft import Draft
from aidlib.events.gates import has_focus
from aidlib.events.grammar import aspect_of, verbs
from aidlib.events.items import items_about
from aidlib.events.mechanism import is_joined
from aidlib.events.page import NEVER_DONOR, Page, once_a_page
from aidlib.events.traits import SILENT, is_past
from aidlib.events.zones import Sentence
from aidlib.mentions.scan import Hit
from aidlib.model import AidType, Stage

__all__ = ["joining_in", "signing_in"]


def joining_in(page: Page, number: int) -> Draft | None:
    """The joining of the Danish model: an act without a sum of its own."""
    sentence = page.sentences[number]
    if "mechanism" not in sentence.topics:
        return None
    for scheme in sentence.hits:
        if scheme.kind != "mechanism" or not is_joined(page, scheme) or sentence.zone in SILENT:
            continue
        parties = [
            h
            for h in page.near(sentence.start, scheme.start)
            if h.kind == "party" and h.key not in NEVER_DONOR
        ]
        before = verbs(page, sentence.start, scheme.start)
        verb = before[-1] if before else None
        if (
            not parties
            or any(h.key == "ask" for h in before)
            or parties[-1].key == "DNK"
            or (verb and aspect_of(page, verb) in ("modal", "negated"))
        ):
            continue
        draft = Draft(None, number, parties[-1].key, mechanism="danish_model", aid_type=AidType.MILITARY)
        draft.spans = [(sentence.start, sentence.end)]
        draft.items = items_about(page, number)
        draft.reasons = ["joins_scheme", "donor_subject"]
        return draft
    return None


@once_a_page
def _joiners(page: Page) -> set[str | None]:
    """Who joins the Danish model on a page: what they sign is that."""
    found = (joining_in(page, number) for number in range(len(page.sentences)))
    return {draft.donor for draft in found if draft is not None}


SIGNS = re.compile(r"sign|conclud|initial|agree|reach|put signatures", re.I)
PAPER = re.compile(r"memorand|letter|agreement|declaration|accord", re.I)
TOGETHER = frozenset({"danish_model", "joint_production", "direct_industry"})


def signing_in(page: Page, number: int, drafts: list[Draft]) -> Draft | None:
    """The signing of a memorandum on making or buying in Ukraine, without a sum of its own on the page."""
    sentence = page.sentences[number]
    if sentence.zone in SILENT or sentence.zone == "headline" or page.sums(sentence.start, sentence.end):
        return None
    if not has_focus(page) or not _signs_paper(page, sentence):
        return None
    near = [s for s in page.sentences[max(0, number - 1) : number + 2] if s.zone not in SILENT]
    schemes = [h for s in (sentence, *near) for h in s.hits if h.kind == "mechanism" and h.key in TOGETHER]
    givers = [h.key for h in sentence.hits if _may_give(h)] or [code for code, _ in page.donors[:1]]
    if not schemes or not givers:
        return None
    mechanism = schemes[0].key
    if mechanism == "direct_industry" and givers[0] == "DNK":
        mechanism = "danish_model"
    if any(d.mechanism == mechanism and d.donor in (givers[0], "MULTI") for d in drafts):
        return None
    if givers[0] in _joiners(page):
        return None
    draft = Draft(None, number, givers[0], stage=Stage.COMMITTED, mechanism=mechanism)
    draft.spans = [(sentence.start, sentence.end)]
    draft.aid_type = AidType.MILITARY
    draft.items = items_about(page, number)
    draft.past = is_past(page, sentence, sentence.start)
    draft.reasons = ["donor_subject", "signed"]
    return draft


def _signs_paper(page: Page, sentence: Sentence) -> bool:
    if not sentence.topics >= {"verb", "noun"}:
        return False
    text = page.document.text
    acts = [h for h in verbs(page, sentence.start, sentence.end) if SIGNS.match(text[h.start : h.end])]
    papers = any(h.kind == "noun" and PAPER.match(text[h.start : h.end]) for h in sentence.hits)
    return papers and any(aspect_of(page, h) not in ("modal", "negated", "future") for h in acts)


def _may_give(hit: Hit) -> bool:
    return hit.kind == "party" and hit.key not in NEVER_DONOR and hit.tag not in ("group", "body")
