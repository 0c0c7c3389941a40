"""In: a text. Out: its sentences, each with the zone of the text that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

import sentencex

from aidlib.mentions.scan import Hit

__all__ = ["Sentence", "Topics", "split_sentences", "topics_of"]

BREAK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
LINE = re.compile(r"\n")
GLUED = re.compile(r"[.!?](?<=[a-z\d].)(?=[A-Z][a-z])")
WRAP_AT = range(50, 90)


Topics = frozenset[str | tuple[str, str]]
KIND, TOPIC = itemgetter(2), itemgetter(slice(2, 4))


class Sentence(NamedTuple):
    """One sentence: its place, its zone, its paragraph's number, its hits, and what they speak of."""

    start: int
    end: int
    zone: str
    paragraph: int
    hits: tuple[Hit, ...]
    topics: Topics


def topics_of(hits: Sequence[Hit]) -> Topics:
    """What hits speak of: their kinds ("party"), and these with their keys (("party", "UKR"))."""
    return frozenset([*map(KIND, hits), *map(TOPIC, hits)])


def split_sentences(text: str, hits: list[Hit]) -> list[Sentence]:
    """Split a text into sentences and name their zones.

    Parameters
    ----------
    text : str
    hits : list of Hit
        What ``scan`` found in it.

    Returns
    -------
    list of Sentence
        Zones are ``headline``, ``standfirst``, ``heading``, ``dateline``, ``body``, ``caption``, ``related``
        and ``boilerplate``.

    Examples
    --------
    >>> [s.zone for s in split_sentences("Aid grows\\n\\nOslo gave 1. Riga gave 2.\\n\\nPhoto: a gun", [])]
    ['headline', 'body', 'body', 'caption']
    """
    sentences: list[Sentence] = []
    edited = any(word in text for word in EDITED)
    at = 0
    for number, (start, end) in enumerate(_paragraphs(text)):
        kind = _zone(text[start:end], number)
        for a, b, zone in _with_dateline(text, start, end, kind):
            zone = "boilerplate" if edited and EDITOR.search(text, a, b) else zone
            while at < len(hits) and hits[at].start < a:
                at += 1
            upto = at
            while upto < len(hits) and hits[upto].start < b:
                upto += 1
            inside = tuple(hits[at:upto])
            sentences.append(Sentence(a, b, zone, number, inside, topics_of(inside)))
            at = upto
    return sentences


EDITOR = re.compile(
    r"\b[Ee]arlier version of this\b|\b(?:article|story|item) (?:was|has been) (?:amended|corrected)\b"
)
EDITED = ("arlier version", "amended", "corrected")  # one of them is in every note of an editor
DATELINE = re.compile(
    r"(?:[A-ZÀ-Þ][\w'’.-]*(?:[ ,/(]+|$)){1,6}[^\n]{0,40}?(?:\d{1,4}|\(\w+\)|[A-Z]{2,4}\))"
    r"[^\n]{0,30}?\s?(?:\s[-–—]|[.:—])\s"
)
TOWN = re.compile(r"^(?:[A-ZÀ-Þ]{3,}|[A-ZÀ-Þ][a-zà-ÿ]+(?:/[A-Z]\w+)*,\s\d)")


def _with_dateline(text: str, start: int, end: int, zone: str) -> list[tuple[int, int, str]]:
    """Sentences of a paragraph; a dateline at its head stands apart, so that its town is nobody's act."""
    has_town = zone == "body" and TOWN.match(text[start : start + 40])
    match = DATELINE.match(text, start, min(end, start + 110)) if has_town else None
    if match is None:
        return [(a, b, zone) for a, b in _sentences(text, start, end)]
    rest = [(a, b, zone) for a, b in _sentences(text, match.end(), end)]
    return [(start, match.end(), "dateline"), *rest]


def _paragraphs(text: str) -> list[tuple[int, int]]:
    wrapped = _is_wrapped(text)
    blocks, start = [], 0
    for match in BREAK.finditer(text):
        blocks.append((start, match.start()))
        start = match.end()
    blocks.append((start, len(text)))
    found = []
    for start, end in blocks:
        at = start
        for match in LINE.finditer(text, start, end):
            after = text[match.end() : match.end() + 6].lstrip()
            if wrapped and not re.match(r"[-*•#]\s|\*\*", after):
                continue
            found.append((at, match.start()))
            at = match.end()
        found.append((at, end))
    return [(a, b) for a, b in found if text[a:b].strip()]


def _is_wrapped(text: str) -> bool:
    lines = text.split("\n")
    inner = [len(a) for a, b in zip(lines, lines[1:], strict=False) if a.strip() and b.strip()]
    return len(inner) > 3 and sum(n in WRAP_AT for n in inner) > 0.6 * len(inner)


LONE = re.compile("[\ud800-\udfff]")  # half a character: no other library takes it
# The splitter panics where a wide blank parts an initial from its full stop: "J\u00a0. Smith".
BEFORE_STOP, WIDE = re.compile(r"(?<=\w)\s+(?=\.)"), re.compile(r"[^\S\x00-\x7f]")
STRETCH = 20_000  # characters


def _splittable(block: str) -> str:
    """Give a text that the splitter takes, of the same length."""
    if block.isascii():
        return block
    return BEFORE_STOP.sub(lambda blanks: WIDE.sub(" ", blanks[0]), LONE.sub("\ufffd", block))


def _pieces(block: str) -> Iterator[str]:
    """Split a paragraph; one longer than any real one in stretches, for brackets left open cost squares."""
    while len(block) > STRETCH:
        cut = block.rfind(". ", 0, STRETCH) + 2
        cut = cut if cut > 1 else STRETCH
        yield from sentencex.segment("en", block[:cut])
        block = block[cut:]
    yield from sentencex.segment("en", block)


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = start
    for piece in _pieces(_splittable(text[start:end])):
        here, stop = at, at + len(piece)
        for match in GLUED.finditer(text, here, stop):
            found += _short(text, here, match.end())
            here = match.end()
        found += _short(text, here, stop)
        at = stop
    if at != end:  # the splitter trims blanks in rare cases; the paragraph then stays whole
        return [(start, end)]
    return [(a, b) for a, b in found if text[a:b].strip()]


LONGEST = 1500  # no sentence of an announcement is longer; one that is would be compared with itself for long


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is longer than any sentence at its blanks."""
    while end - start > LONGEST:
        cut = text.rfind(" ", start + 1, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        yield start, cut
        start = cut
    yield start, end


CAPTION = re.compile(r"^\W*(caption|photo|image|picture|pictured|video|graphic)s?\b\W", re.I)
CREDIT = re.compile(r"(photo(?:graph)?|image|picture)\s*(?::|by)\s|getty images|/afp|/reuters|/ap\b", re.I)
RELATED = re.compile(
    r"^\W*(related|read (also|more|next)|see also|also read|more on this|"
    r"recommended|other topics of interest)\b",
    re.I,
)
# Each is sought by itself: a pattern of them all would try every one at every letter.
BOILER = (
    "newsletter|sign up|subscribe|privacy policy|privacy notice|click here|follow us|follow our|join us on|"
    "download the app|all rights reserved|skip past"
).split("|")


def _zone(paragraph: str, number: int) -> str:
    line = paragraph.strip()
    if RELATED.match(line):
        return "related"
    if CAPTION.match(line) or (len(line) < 220 and CREDIT.search(line)):
        return "caption"
    low = line.lower() if len(line) < 600 else ""
    if low == "advertisement" or any(phrase in low for phrase in BOILER):
        return "boilerplate"
    bare = line.rstrip("*_ \"'”’)")
    ends = bare.endswith((".", "!", "?", ":", ";", "…", ",")) or line.startswith(("-", "•", "*   "))
    if number == 0 and (line.startswith("#") or (not ends and len(line) < 200)):
        return "headline"
    if ends or len(line) > 200:
        return "body"
    return "standfirst" if number == 1 else "heading"
