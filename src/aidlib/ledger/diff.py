"""In: the books of two runs. Out: what moved between them, and why as far as the books can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from aidlib.ledger.books import Ledger
from aidlib.ledger.totals import total_commitments

__all__ = ["Change", "LedgerDiff", "diff_ledgers"]

# What an event says; the rest of its row follows from rates and resolution.
SAID = (
    "start end donor donors channel recipient stage amount currency modifier mechanism aid_type date "
    "date_end items is_cumulative_total about_past part_of"
).split()
BOUNDS = ("low_eur", "central_eur", "high_eur")
NAMES = ("commitment_id", "aliases")
# What moves in an act when only its neighbours do.
NEIGHBOURS = {"part_of", "overlaps_with", "reasons"}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Change:
    """An act that is in one of the books only, or differs: ``kind`` is added, gone, changed or renamed.

    ``name`` is what it is called in the newer books that have it, ``former`` its name before. ``fields``
    maps what differs to its values before and after; ``why`` has a line for each cause.
    """

    kind: str
    name: str
    former: str | None
    act: Mapping[str, Any]
    fields: Mapping[str, tuple[Any, Any]]
    why: tuple[str, ...]


@dataclass(frozen=True)
class LedgerDiff:
    """What moved: totals (donor None is all of them), acts, documents and corrections.

    ``totals`` has a row for each donor whose bounds differ: ``donor``, and low, central and high in
    euro in ``old``, ``new`` and ``difference``.
    """

    totals: tuple[dict[str, Any], ...]
    changes: tuple[Change, ...]
    documents: Mapping[str, tuple[str, ...]]
    corrections: Mapping[str, tuple[str, ...]]

    @property
    def differs(self) -> bool:
        """Whether anything moved."""
        return bool(
            self.totals or self.changes or any(self.documents.values()) or any(self.corrections.values())
        )

    def of_kind(self, kind: str) -> list[Change]:
        """Give the changes of one kind."""
        return [change for change in self.changes if change.kind == kind]


@dataclass(frozen=True)
class _Side:
    """One of the two books, laid out for comparing."""

    acts: dict[str, dict[str, Any]]
    absent: frozenset[str]
    totals: dict[str | None, tuple[Decimal, ...]]
    # What each event says; those that people have corrected; of each document the hash of its text.
    said: dict[Any, tuple[Any, ...]]
    corrected: frozenset[Any]
    said_absent: frozenset[str]
    sha: dict[str, str]
    by_span: dict[str, frozenset[Any]]
    by_index: dict[str, frozenset[Any]]
    corrections: dict[str, dict[str, Any]]


def diff_ledgers(old: Ledger, new: Ledger) -> LedgerDiff:
    """Compare two ledgers, and say why each act has moved.

    Parameters
    ----------
    old, new : Ledger
        As ``build_ledger``, ``read_ledger`` or ``read_loosely`` gives them.

    Returns
    -------
    LedgerDiff
        An act is the same one where its name is, else where it shares most reports, else where its
        name is an alias. Columns that only one of the two has are not compared.
    """
    before, after = _side(old), _side(new)
    pairs = _pair(before, after)
    renamed = {was: now for was, now in pairs.items() if was != now}
    documents = _documents(before, after)
    causes = _Causes(before, after, documents)
    changes = [
        *(causes.only("added", name, after, before) for name in after.acts.keys() - set(pairs.values())),
        *(causes.only("gone", name, before, after) for name in before.acts.keys() - pairs.keys()),
        *filter(None, (causes.both(was, now, renamed) for was, now in pairs.items())),
    ]
    return LedgerDiff(
        _totals(before, after),
        tuple(sorted(changes, key=lambda change: (change.kind, change.name))),
        documents,
        {
            "added": tuple(sorted(after.corrections.keys() - before.corrections.keys())),
            "gone": tuple(sorted(before.corrections.keys() - after.corrections.keys())),
        },
    )


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in frame.to_dict("records"):
        yield {str(name): _plain(value) for name, value in row.items()}


def _side(ledger: Ledger) -> _Side:
    said: dict[Any, tuple[Any, ...]] = {}
    corrected: set[Any] = set()
    spans: dict[str, set[Any]] = defaultdict(set)
    indices: dict[str, set[Any]] = defaultdict(set)
    for row in _rows(ledger.reports):
        indices[row["commitment_id"]].add((row["doc_id"], row["event_index"]))
    told: dict[Any, int] = defaultdict(int)
    for row in _rows(ledger.events):
        said[row["doc_id"], row["event_index"]] = tuple(row[name] for name in SAID)
        if "corrected:" in (row["reasons"] or ""):
            corrected.add((row["doc_id"], row["event_index"]))
        place = row["doc_id"], row["start"], row["end"]
        told[place] += 1
        if row["start"] is not None:
            spans[row["commitment_id"]].add((*place, told[place]))
    absent = ledger.commitments.attrs.get("absent", ())
    return _Side(
        acts={row["commitment_id"]: row for row in _rows(ledger.commitments)},
        absent=frozenset(absent),
        totals=_bounds(ledger.commitments),
        said=said,
        corrected=frozenset(corrected),
        said_absent=frozenset(ledger.events.attrs.get("absent", ())),
        sha=dict(zip(ledger.evidence["doc_id"], ledger.evidence["sha256"], strict=True)),
        by_span={name: frozenset(found) for name, found in spans.items()},
        by_index={name: frozenset(found) for name, found in indices.items()},
        corrections={row["id"]: row for row in _rows(ledger.corrections)},
    )


def _bounds(commitments: pd.DataFrame) -> dict[str | None, tuple[Decimal, ...]]:
    found: dict[str | None, tuple[Decimal, ...]] = {}
    for row in _rows(total_commitments(commitments, by=["donor"])):
        found[row["donor"] or "unknown"] = tuple(row[name] for name in BOUNDS)
    for row in _rows(total_commitments(commitments, by=[])):
        found[None] = tuple(row[name] for name in BOUNDS)
    return found


def _totals(before: _Side, after: _Side) -> tuple[dict[str, Any], ...]:
    nothing = (ZERO, ZERO, ZERO)
    names = sorted(
        before.totals.keys() | after.totals.keys(), key=lambda name: (name is not None, name or "")
    )
    rows = []
    for name in names:
        old, new = before.totals.get(name, nothing), after.totals.get(name, nothing)
        if old != new:
            moved = tuple(b - a for a, b in zip(old, new, strict=True))
            sums = {"old": old, "new": new, "difference": moved}
            rows.append(
                {"donor": name} | {key: dict(zip(BOUNDS, value, strict=True)) for key, value in sums.items()}
            )
    return tuple(rows)


def _pair(before: _Side, after: _Side) -> dict[str, str]:
    """Say of each act before which one it is after; one that is none of them is left out."""
    pairs = {name: name for name in before.acts.keys() & after.acts.keys()}
    for old, new in ((before.by_span, after.by_span), (before.by_index, after.by_index)):
        holders: dict[Any, str] = {report: name for name, found in new.items() for report in found}
        shared: dict[tuple[str, str], int] = defaultdict(int)
        for name in old.keys() - pairs.keys():
            for report in old[name]:
                if report in holders:
                    shared[name, holders[report]] += 1
        for was, now in sorted(shared, key=lambda pair: (-shared[pair], pair)):
            if was not in pairs and now not in pairs.values():
                pairs[was] = now
    aliases = {
        alias: name
        for name, act in after.acts.items()
        for alias in (act["aliases"] or "").split("|")
        if alias
    }
    for was in sorted(before.acts.keys() - pairs.keys()):
        if was in aliases and aliases[was] not in pairs.values():
            pairs[was] = aliases[was]
    return pairs


def _documents(before: _Side, after: _Side) -> dict[str, tuple[str, ...]]:
    old, new = ({doc for reports in side.by_index.values() for doc, _ in reports} for side in (before, after))
    both = sorted(old & new)
    rewritten = [
        doc for doc in both if before.sha.get(doc) and after.sha.get(doc) not in (None, before.sha[doc])
    ]
    skipped = before.said_absent | after.said_absent
    kept = [n for n, name in enumerate(SAID) if name not in skipped]
    # What a person has changed is no other reading.
    keys = (before.said.keys() | after.said.keys()) - before.corrected - after.corrected
    moved = {key[0] for key in keys if _words(before, key, kept) != _words(after, key, kept)}
    reread = sorted((moved & old & new) - set(rewritten)) if before.said and after.said else []
    return {
        "added": tuple(sorted(new - old)),
        "gone": tuple(sorted(old - new)),
        "text_changed": tuple(rewritten),
        "read_otherwise": tuple(reread),
    }


def _words(side: _Side, key: Any, kept: Sequence[int]) -> list[Any] | None:
    return [side.said[key][n] for n in kept] if key in side.said else None


WORDS = {
    "added": "new document {}",
    "gone": "document {} is gone",
    "text_changed": "the text of {} changed",
    "read_otherwise": "another reading of {}, whose text is the same",
}


class _Causes:
    """Why an act is not what it was, as far as the two books tell."""

    def __init__(self, before: _Side, after: _Side, documents: Mapping[str, tuple[str, ...]]) -> None:
        self._before, self._after, self._documents = before, after, documents
        self._absent = before.absent | after.absent
        self._grouped = {side is after: self._holders(side) for side in (before, after)}

    def _holders(self, side: _Side) -> dict[Any, str]:
        return {report: name for name, found in side.by_index.items() for report in found}

    def only(self, kind: str, name: str, here: _Side, there: _Side) -> Change:
        """Describe an act that only one of the books has."""
        reports = here.by_index.get(name, frozenset())
        holders = self._grouped[there is self._after]
        others = sorted({holders[report] for report in reports if report in holders})
        word = "its reports were those of" if kind == "added" else "its reports are now those of"
        why = [*self._of_documents(reports), *self._of_corrections(here.acts[name], {})]
        if others:
            why.append(f"{word} {', '.join(others)}")
            why += self._of_corrections({}, there.acts[others[0]]) if kind == "gone" else ()
        return Change(kind, name, None, here.acts[name], {}, tuple(dict.fromkeys(why)) or (UNTOLD,))

    def both(self, was: str, now: str, renamed: Mapping[str, str]) -> Change | None:
        """Describe an act that both have; None where nothing of it moved."""
        old, new = self._before.acts[was], self._after.acts[now]
        names = [name for name in new if name not in NAMES and name not in self._absent]
        fields = {
            name: (old[name], new[name]) for name in names if _follow(name, old[name], renamed) != new[name]
        }
        if not fields and was == now:
            return None
        kind = "changed" if was == now else "renamed"
        return Change(kind, now, None if was == now else was, new, fields, self._why(was, now, fields))

    def _why(self, was: str, now: str, fields: Mapping[str, tuple[Any, Any]]) -> tuple[str, ...]:
        old, new = self._before.acts[was], self._after.acts[now]
        reports = (self._before.by_index.get(was, frozenset()), self._after.by_index.get(now, frozenset()))
        moved = reports[0] ^ reports[1]
        why = [
            *self._of_documents(reports[0] | reports[1]),
            *self._of_corrections(old, new),
            *_of_rates(old, new),
        ]
        if not why and moved:
            why.append("the same events, grouped otherwise")
        if not why and fields and fields.keys() <= NEIGHBOURS:
            why.append("follows from other acts")
        return tuple(why) or (UNTOLD,)

    def _of_documents(self, reports: Iterable[tuple[str, int]]) -> Iterator[str]:
        documents = {doc for doc, _ in reports}
        for kind, words in WORDS.items():
            yield from (words.format(doc) for doc in self._documents[kind] if doc in documents)

    def _of_corrections(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
        ids = _corrections_in(old) ^ _corrections_in(new)
        for id in sorted(ids):
            row = self._after.corrections.get(id) or self._before.corrections.get(id)
            said = f" ({row['who']}, {row['when']}: {row['why']})" if row else ""
            yield f"correction {id}{said}" + ("" if id in self._after.corrections else " is no longer made")


UNTOLD = "the books do not tell: the rules of reading may have changed"


def _corrections_in(act: Mapping[str, Any]) -> set[str]:
    reasons = (act.get("reasons") or "").split("|")
    return {reason.partition(":")[2] for reason in reasons if reason.startswith(("corrected:", "accepted:"))}


def _follow(name: str, value: Any, renamed: Mapping[str, str]) -> Any:
    """Say a name of before as it is after."""
    if name not in ("part_of", "overlaps_with") or value is None:
        return value
    return "|".join(sorted(renamed.get(part, part) for part in value.split("|")))


def _of_rates(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    is_same_sum = (old["amount"], old["currency"]) == (new["amount"], new["currency"])
    known = [side for side in (old, new) if side["rate"] is not None]
    if not is_same_sum or len(known) < 2 or old["rate"] == new["rate"]:
        return
    told = [f"{side['rate']:.6f} of {side['rate_date']}, {side['rate_source']}" for side in known]
    is_table = old["rate_date"] == new["rate_date"]
    yield f"{'another table of rates' if is_table else 'the rate of another day'}: {told[0]}, then {told[1]}"
