"""In: a ledger. Out: its booked acts as a CSV file with the tracker's later columns, for joins."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.exchange.kiel_words import donor_name, month_of
from aidlib.exchange.sheets import guard
from aidlib.exchange.whole import write_whole
from aidlib.ledger import Ledger
from aidlib.ledger.files import Lines
from aidlib.ledger.totals import counted_once
from aidlib.lexicon import terms
from aidlib.model import Stage

__all__ = ["COLUMNS", "left_out", "write_kiel_csv"]

COLUMNS = (
    "activity_id donor announcement_date month aid_type_general aid_type_specific explanation measure "
    "reporting_currency source_reported_value tot_activity_value tot_activity_value_EUR "
    "tot_sub_activity_value_EUR tot_sub_activity_value_EUR_redistr tot_value_deliv_EUR item item_type "
    "item_quantity source"
).split()
ZERO = Decimal(0)
HANDED_OVER = (Stage.DISBURSED, Stage.DELIVERED)

Act = dict[str, Any]


def write_kiel_csv(ledger: Ledger, path: Path | str) -> Path:
    """Write the booked acts in the columns of the tracker's later releases.

    ``read_kiel`` reads the file back, and its commitments by donor are the central totals of the
    ledger. An act is an activity, its parts and further goods are rows under it: as in the tracker,
    only the first row carries the activity's sum in euro. An act that may repeat another, counted
    already, carries 0. The measure is Allocation from that stage on, else Commitment.

    Parameters
    ----------
    path : Path or str
        The file to write; one that is there is replaced whole.

    Raises
    ------
    ParameterError
        The place cannot be written.
    """
    out = Lines()
    writer = csv.DictWriter(out, COLUMNS, lineterminator=Lines.END)
    writer.writeheader()
    writer.writerows({name: guard(str(row.get(name, ""))) for name in COLUMNS} for row in _rows(ledger))
    return write_whole(path, out.getvalue().encode("utf-8"))


def left_out(ledger: Ledger) -> dict[str, int]:
    """Count the acts that are not written, by their status."""
    others = ledger.commitments["status"][ledger.commitments["status"] != "booked"]
    return dict(sorted(Counter(others).items()))


def _rows(ledger: Ledger) -> Iterator[dict[str, object]]:
    acts = {
        row["commitment_id"]: {str(key): None if _is_missing(value) else value for key, value in row.items()}
        for row in ledger.commitments.to_dict("records")
        if row["status"] == "booked"
    }
    once = counted_once(ledger.commitments)
    tops = {name: _top(name, acts) for name in acts}
    under: dict[str, list[Act]] = defaultdict(list)
    for name, act in acts.items():
        if tops[name] != name:
            under[tops[name]].append(act)
    told = _told(ledger)
    for name in acts:
        if tops[name] == name:
            is_counted = name in once
            for act in [acts[name], *under[name]]:
                yield from _act_rows(act, name, acts, is_counted=is_counted, told=told)


def _is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _top(name: str, acts: dict[str, Act]) -> str:
    """Name the act that holds a part: the outermost one that has a sum where the part has one."""
    at, seen = name, {name}
    while True:
        whole = acts[at]["part_of"]
        if whole not in acts or whole in seen:
            return at
        if acts[whole]["amount_eur"] is None and acts[at]["amount_eur"] is not None:
            return at
        seen.add(whole)
        at = whole


def _act_rows(
    act: Act, top: str, acts: dict[str, Act], *, is_counted: bool, told: dict[str, tuple[str, str]]
) -> Iterator[dict[str, object]]:
    name = act["commitment_id"]
    parts = [other["amount_eur"] or ZERO for other in acts.values() if other["part_of"] == name]
    value = act["amount_eur"] if is_counted and act["amount_eur"] is not None else ZERO
    own = max(value - sum(parts, ZERO), ZERO)
    stage = Stage(act["stage"])
    explanation, source = told.get(name, ("", ""))
    items = (act["items"] or "").split("|")
    day = f"{act['announced_on']:%Y-%m-%d}" if act["announced_on"] is not None else ""
    labels = {
        "activity_id": top,
        "donor": donor_name(act["donor"]),
        "announcement_date": day or "unspecified",
        "month": month_of(day, None) or 0,
        "aid_type_general": (act["aid_type"] or "unspecified").capitalize(),
        "aid_type_specific": act["mechanism"] or "",
        "explanation": explanation,
        "measure": "Allocation" if stage.rank >= Stage.ALLOCATED.rank else "Commitment",
        "reporting_currency": act["currency"] or "",
        "source": source,
    }
    amount = "" if act["amount"] is None else f"{act['amount']:f}"
    for number, item in enumerate(items):
        goods, _, quantity = item.partition(":")
        is_first = number == 0
        yield labels | {
            "source_reported_value": amount,
            "tot_activity_value": amount if is_first else "0",
            "tot_activity_value_EUR": f"{value:f}" if is_first and name == top else "0",
            "tot_sub_activity_value_EUR": f"{own:f}" if is_first else "0",
            "tot_sub_activity_value_EUR_redistr": f"{own:f}" if is_first else "0",
            "tot_value_deliv_EUR": f"{own:f}" if is_first and stage in HANDED_OVER else "0",
            "item": goods,
            "item_type": _classes().get(goods, ""),
            "item_quantity": quantity,
        }


@cache
def _classes() -> dict[str, str]:
    return {term.key: term.tag for _, term in terms() if term.kind == "item"}


def _told(ledger: Ledger) -> dict[str, tuple[str, str]]:
    """Give the first words that tell of an act, and the sources that do."""
    quotes: dict[str, str] = {}
    sources: dict[str, list[str]] = defaultdict(list)
    for row in ledger.events.to_dict("records"):
        name = row["commitment_id"]
        if not _is_missing(row["quote"]):
            quotes.setdefault(name, " ".join(str(row["quote"]).split()))
        sources[name].append(str(row["doc_id"] if _is_missing(row["source"]) else row["source"]))
    return {name: (quotes.get(name, ""), "; ".join(dict.fromkeys(found))) for name, found in sources.items()}
