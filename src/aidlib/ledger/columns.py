"""In: nothing. Out: the columns of every table of the ledger, in order, with type and meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from aidlib.model import Stage

__all__ = ["TABLES", "Column", "make_table", "scrub"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``kind`` is text, money, rate, day, count or flag; ``values`` closes a text column."""

    name: str
    kind: str
    meaning: str
    is_required: bool = False
    values: tuple[str, ...] = field(default=())


STAGES = tuple(stage.value for stage in Stage)
STATUSES = ("booked", "proposed", "total", "other", "dropped")
ACTIONS = ("accept", "set", "merge", "split", "drop")
STATES = ("applied", "overruled", "target_gone", "ambiguous")
MODIFIERS = ("exact", "approx", "at_least", "up_to", "range", "none")
KINDS = ("restates", "part_of", "delivers", "supersedes", "possible_overlap", "copies")
AID_TYPES = ("military", "financial", "humanitarian", "mixed")


def _text(name: str, meaning: str, required: bool = False, values: tuple[str, ...] = ()) -> Column:
    return Column(name, "text", meaning, required, values)


def _money_columns() -> list[Column]:
    return [
        Column("amount_low", "money", "lower bound in the stated currency (data/bounds.csv)"),
        Column("amount", "money", "sum as stated, in whole units of its currency; empty where none is"),
        Column("amount_high", "money", "upper bound in the stated currency"),
        _text("currency", "ISO 4217; empty where nothing decides it"),
        _text("modifier", "how the sum is qualified", True, MODIFIERS),
        Column("amount_eur_low", "money", "lower bound in euro"),
        Column("amount_eur", "money", "sum in euro: amount times rate, to the cent"),
        Column("amount_eur_high", "money", "upper bound in euro"),
        Column("rate", "rate", "euro per unit of the currency"),
        Column("rate_date", "day", "day of that rate"),
        _text("rate_source", "where the rate comes from"),
    ]


_PARTIES = [
    _text("donor", "who funds it: ISO 3166-1 alpha-3, or EU, EIB, EBRD, IMF, WB, NATO, UN, MULTI, NORDIC"),
    _text("donors", "members of MULTI where named, | between"),
    _text("channel", "who handles the money for the donor"),
    _text("recipient", "who receives it: ISO 3166-1 alpha-3, MULTI or OTHER"),
]
_SPAN = [
    _text("doc_id", "document", True),
    Column("start", "count", "first code point in the document's text"),
    Column("end", "count", "one past the last code point"),
    _text("quote", "the exact words"),
]
_WAY = [
    _text("mechanism", "scheme it goes through (data/mechanisms.csv)"),
    _text("aid_type", "what the aid is", False, AID_TYPES),
]

TABLES: Mapping[str, tuple[Column, ...]] = {
    "commitments": (
        _text("commitment_id", "name of the act", True),
        _text(
            "status",
            "booked, proposed, total (a running one), other (for another recipient), dropped (by a person)",
            True,
            STATUSES,
        ),
        *_PARTIES,
        *_WAY,
        _text("stage", "highest stage reached", True, STAGES),
        Column("announced_on", "day", "when it was announced"),
        _text(
            "announced_how", "stated by a text, or inferred from publication", True, ("stated", "inferred")
        ),
        *[
            _text(f"{stage}_on", f"first date told for stage {stage}, ISO 8601, may be partial")
            for stage in STAGES
        ],
        *_money_columns(),
        _text("part_of", "commitment that this is part of"),
        _text("overlaps_with", "commitments that may be the same money, | between"),
        _text("items", "goods, with :number where told, | between"),
        _text("aliases", "other names of the act, | between"),
        Column("n_reports", "count", "events that report it", True),
        Column("n_outlets", "count", "sources that report it; copies of one text are one", True),
        _text("reasons", "what is uncertain, and what people have decided, | between"),
    ),
    "events": (
        _text("doc_id", "document", True),
        Column("event_index", "count", "place in the document's list", True),
        _text("commitment_id", "act that it tells of", True),
        _text("status", "status of that act", True, STATUSES),
        _text("source", "outlet"),
        _text("url", "address of the text"),
        _text("title", "headline"),
        Column("published", "day", "day of publication"),
        *_PARTIES,
        *_WAY,
        _text("stage", "stage that this text supports", True, STAGES),
        _text("date", "when announced or done, as the text says, may be partial"),
        _text("date_end", "end of an interval"),
        _text("date_precision", "day, month, quarter or year"),
        Column("booked_on", "day", "day used for the rate"),
        _text("booked_how", "stated, or inferred from publication", True, ("stated", "inferred", "unknown")),
        *_money_columns(),
        _text("amount_alt", "the same sum in other currencies, as the text gives it, | between"),
        Column("part_of", "count", "index of the larger sum in the same list"),
        _text("items", "goods, with :number where told, | between"),
        Column("is_cumulative_total", "flag", "a running total, never added", True),
        Column("about_past", "flag", "background, not this text's news", True),
        Column("start", "count", "first code point of the statement"),
        Column("end", "count", "one past its last code point"),
        _text("quote", "its exact words"),
        _text("reasons", "why it was read so, and what is uncertain, | between"),
    ),
    "reports": (
        _text("doc_id", "document", True),
        Column("event_index", "count", "place in the document's list", True),
        _text("commitment_id", "act that it tells of", True),
        _text("status", "status of that act", True, STATUSES),
    ),
    "links": (
        _text("kind", "what the first does to the second", True, KINDS),
        _text("from_id", "a report (document#index) or a commitment", True),
        _text("to_id", "a commitment", True),
        _text("doc_id", "document that supports it", True),
        Column("event_index", "count", "event there", True),
        *_SPAN[1:],
        _text("reason", "cues, + between (data/resolve.csv); of a copy, the document that it copies", True),
    ),
    "evidence": (
        _text("commitment_id", "act", True),
        _text("field", "what the words support", True),
        *_SPAN,
        _text("sha256", "hash of the document's text in UTF-8", True),
    ),
    "corrections": (
        _text("id", "name of the correction", True),
        _text("state", "what became of it", True, STATES),
        _text("note", "how many events it changed, or why it changed none"),
        _text("action", "what it does", True, ACTIONS),
        _text("target", "a commitment, or an event as document#start-end", True),
        _text("field", "what is set"),
        _text("value", "to what; empty is unknown"),
        _text("into", "the commitment that it is one with"),
        _text("who", "who decided it", True),
        _text("when", "day or minute, ISO 8601", True),
        _text("why", "on what ground", True),
        Column("line", "count", "line of its file, from 1"),
    ),
    "quarantine": (
        _text("id", "document, where it has a name"),
        _text("path", "file"),
        Column("line", "count", "line of the file, from 1"),
        _text("error", "kind of error", True),
        _text("what", "what is wrong", True),
        _text("where", "where"),
        _text("fix", "how to mend it"),
    ),
}


def scrub(value: str | None) -> str | None:
    """Make a text storable: a lone surrogate becomes its escape, empty becomes None."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if value else None


def make_table(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Make a table with its columns typed: money stays Decimal, days are datetimes."""
    return frame_of(TABLES[name], rows)


def frame_of(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Make a data frame of typed columns; rows hold a value or None under every name."""
    return pd.DataFrame(
        {column.name: _series(column, [row[column.name] for row in rows]) for column in columns}
    )


def _series(column: Column, values: list[Any]) -> pd.Series[Any]:
    if column.kind == "text":
        return pd.Series([scrub(value) for value in values], dtype="str")
    if column.kind == "day":
        return pd.Series(values, dtype="datetime64[s]")
    if column.kind == "count":
        return pd.Series(values, dtype="int64" if column.is_required else "Int64")
    if column.kind == "flag":
        return pd.Series(values, dtype="bool")
    return pd.Series(values, dtype="object")
