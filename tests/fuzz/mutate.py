"""In: seed inputs and a seeded chance. Out: hostile inputs, the same ones for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

__all__ = ["TOKENS", "large_texts", "mutate", "mutate_value"]

LONGEST = 6_000  # bytes of a usual input; long ones are rare, and the largest are made apart
TOKENS = [
    *(token.encode("utf-8", "surrogatepass") for token in [
        "\ud800", "\udfff", "e\u0301\u0302\u0303", "\u202eenorG\u202c", "\u200f", "\u2066", "\ufeff",
        "\x00", "\x1b[31m", "\x85", "\u2028", "\u00a0", "\u2009", "\u200b", "İ", "ı", "ß", "ﬁ", "²", "½",
        "Ⅷ", "١٢٣", "𝟙𝟚", "一億", "€", "$", "£", "¥", "US$", "A$", "NOK", "DKK", "kr", "kroner",
        "SEK 16 bn", "CHF", "€ 240 million", "$1.2bn", "(about EUR 1.4bn)", "9" * 400, "1" + "0" * 60,
        "1.000.000,00", "1,2,3,4,5", "0.0000001", "-1", "1e400", "1e-400", "NaN", "Infinity",
        "million billion trillion", "per cent", "half a billion", "two to three",
        "between €1 and €2 billion", "up to", "of which", "including", "31 February 2024", "2024-13-45",
        "0000-00-00", "9999-12-31", "on Friday", "last month", "Q5 2023", "Ukraine", "Kyiv", "Norway",
        "Denmark", "the Danish model", "the EU", "F-16", "155 mm shells", "PURL", "pledged",
        "will donate", "has delivered", "did not", "if approved", "Mr.", "U.S.", "...", "—", "“", "”",
        '"', "'", "(" * 80, "[" * 80, "{" * 80, ")" * 80, "<" * 40, "&" * 20, "&#x110000;", "&#0;",
        "&lt;", "<!--", "-->", "<script>", "</p>", "<![CDATA[", "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "<meta charset='x'>", "---\n", "...\n", "&a *a", "!!python/object:os.system", "{a: [", "? ", ": ",
        "- ", "\t", "\r\n", "\r", "{{aidlib: total donor=NOR}}", "{{aidlib:", "}}",
        "<!-- aidlib: finding x -->", "<!-- /aidlib -->", "% aidlib: figure x", "\\aidlib{total}{",
        "`" * 5, "~~~", "```", "\\begin{verbatim}", "sha256=0", "figure=", "donor=", "row=0", "as=eur_bn",
        ",", ";", '""', "=1+1", "@SUM(A1)", "|", "%", "#0-8", "null", "true", '"id"', '"text"',
        '"published"', "[]", "{}", "\\ud800", "\\u0000", "\\", "/", "../",
    ]),
    b"\xff", b"\xfe\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"PK\x03\x04", b"\x1f\x8b\x08",
    b"PAR1", b"WARC/1.0\r\n", b"\r\n\r\n", b"Content-Length: 99999999999\r\n",
]  # fmt: skip
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, 10**400, -0.0, 1e308, float("inf"), float("nan"), "", " ",
    "\x00", "\ud800", "x" * 300, "../../etc/passwd", "CON", "=1+1", "2024-01-01", "2024-13-45", "NOK",
    "UKR", "pledged", "exact", "range", [], [None], [[]], [[1]], [[1, 2, 3]], [[2, 1]], [["a", "b"]], {},
    {"amount": None}, {"amount": "x", "currency": 1}, {"item": None}, [{}], [0], "1e999999", "²", "1_000",
]  # fmt: skip


def mutate(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Make one input of a seed by a few changes: bytes, pieces, tokens, repeats, other seeds."""
    data = bytearray(chance.choice(seeds)) if chance.random() < 0.9 else bytearray()
    for _ in range(chance.choice((1, 1, 2, 3, 5, 9, 20))):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.choice((1, 2, 8, 40, 200)))
        kind = chance.randrange(9)
        if kind == 0 and data:
            data[at % len(data)] = chance.randrange(256)
        elif kind == 1 and data:
            data[at % len(data)] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del data[at:to]
        elif kind == 3:
            data[at:at] = data[at:to] * chance.choice((1, 2, 10, 50))
        elif kind == 4:
            other = chance.choice(seeds)
            begin = chance.randrange(len(other) + 1)
            data[at:to] = other[begin : begin + chance.randrange(1, 400)]
        elif kind == 5:
            data[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 30))
        else:
            data[at : at if kind < 8 else to] = chance.choice(TOKENS)
    return bytes(data[:LONGEST]) if chance.random() < 0.999 else bytes(data * 20)[: 20 * LONGEST]


def mutate_value(chance: random.Random, value: Any, depth: int = 0) -> Any:
    """Change a JSON value somewhere within: leave a key out, put in one too many, or another value."""
    if depth > 3 or not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return chance.choice(ODD)
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [*value[:at], mutate_value(chance, value[at], depth + 1), *value[at + 1 :]]
    key = chance.choice(sorted(value))
    if chance.random() < 0.15:
        return {name: inner for name, inner in value.items() if name != key}
    return {**value, key: mutate_value(chance, value[key], depth + 1)}


def large_texts(size: int = 1_000_000) -> dict[str, str]:
    """Make hostile texts of a megabyte: one character, nesting, numbers, currencies, near misses."""
    pieces = {
        "one letter": "a", "one digit": "9", "one blank": " ", "one newline": "\n", "one euro sign": "€",
        "one full stop": ".", "opening brackets": "(", "nested brackets": "([{<“‘", "quotes": '"',
        "NUL": "\x00", "combining marks": "\u0301", "right to left": "\u202eא", "surrogates": "\ud800",
        "digits and commas": "1,", "digits and blanks": "1 ", "sums": "€1 million ",
        "sums to Ukraine": "Norway gives Ukraine €1 million. ",
        "one sentence": "Norway and Ukraine and €1 million and ", "currencies": "€ $ £ NOK DKK kr ",
        "ranges": "€1 to €2 to ", "parts": "including €1 million, of which ",
        "dates": "on 3 March 2024, ", "donors": "Norway, Denmark, Sweden, ",
        "goods": "155 mm shells, F-16, ", "hyphens": "-", "slashes": "/", "tags": "<b>",
        "half tags": "<a ", "entities": "&amp;", "abbreviations": "U.S. Mr. No. ", "İ": "İ",
        "paragraphs": "Norway pledged €2 million to Ukraine.\n\n", "quotation": "“Norway said ",
        "verbs": "gave ", "schemes": "the Danish model ", "scales": "million billion ",
        "signs": "- + ± ~ ", "percents": "5 % of ",
    }  # fmt: skip
    return {name: piece * (size // len(piece)) for name, piece in pieces.items()}


def dumps(value: Any) -> bytes:
    """Write a value as JSON in bytes, half characters too."""
    return json.dumps(value, ensure_ascii=True).encode()
