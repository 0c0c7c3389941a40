"""In: the folders of two ledgers. Out: what moved between them, and why, as lines or as JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from aidlib.cli.files import count_of
from aidlib.ledger import Change, LedgerDiff, diff_ledgers, read_loosely
from aidlib.record import number_of
from aidlib.show import printable

__all__ = ["command"]

LOG = logging.getLogger(__name__)
EXAMPLES = """\b
Examples:
  aidlib diff build/before build/ledger
  aidlib diff --json build/before build/ledger
"""

KINDS = {"added": "Added", "gone": "Gone", "renamed": "Renamed", "changed": "Changed"}
DOCUMENTS = {
    "added": "New documents",
    "gone": "Documents gone",
    "text_changed": "Documents whose text changed",
    "read_otherwise": "Documents read otherwise, their text the same",
}
SHORT = {"low_eur": "low", "central_eur": "central", "high_eur": "high"}


@click.command("diff", epilog=EXAMPLES)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def command(old: str, new: str, as_json: bool) -> None:
    """Say what moved between two ledgers: totals, acts, and why as far as the books tell.

    OLD and NEW are folders that `aidlib ledger` wrote, of any version. The first line says whether
    anything differs; the exit code is 0 either way.
    """
    before, after = read_loosely(Path(old)), read_loosely(Path(new))
    LOG.info("Read %s and %s", old, new)
    found = diff_ledgers(before, after)
    LOG.info("Compared: %s", count_of(len(found.changes), "change"))
    click.echo(
        json.dumps(_record(found), ensure_ascii=False, indent=1) if as_json else printable(_text(found))
    )


def _summary(found: LedgerDiff) -> str:
    if not found.differs:
        return "Nothing differs."
    parts = [f"{len(found.of_kind(kind))} {kind}" for kind in KINDS if found.of_kind(kind)]
    acts = f"Acts: {', '.join(parts)}" if parts else "No act differs"
    whole = next((row for row in found.totals if row["donor"] is None), None)
    if whole is None:
        return f"{acts}; the total is the same."
    old, new, moved = (whole[side]["central_eur"] for side in ("old", "new", "difference"))
    return f"{acts}; total in euro {old:,.2f} before, {new:,.2f} after ({moved:+,.2f})."


def _text(found: LedgerDiff) -> str:
    return "\n".join([_summary(found), *_total_lines(found), *_act_lines(found), *_other_lines(found)])


def _total_lines(found: LedgerDiff) -> Iterator[str]:
    if found.totals:
        yield "\nTotals in euro, central (low to high)"
    for row in found.totals:
        yield f"  {row['donor'] or 'all donors'}"
        for side in ("old", "new", "difference"):
            sign = "+" if side == "difference" else ""
            low, central, high = (format(row[side][name], f"{sign},.2f") for name in SHORT)
            yield f"    {side:<10} {central} ({low} to {high})"


def _act_lines(found: LedgerDiff) -> Iterator[str]:
    for kind, title in KINDS.items():
        changes = found.of_kind(kind)
        if changes:
            yield f"\n{title}: {count_of(len(changes), 'act')}"
        for change in changes:
            yield from _change_lines(change)


def _change_lines(change: Change) -> Iterator[str]:
    if change.former:
        yield f"  {change.former} is now {change.name}"
    else:
        told = (change.act[name] for name in ("status", "stage", "amount", "currency"))
        yield f"  {change.name}: {' '.join(_said(value) for value in told if value is not None)}"
    for name, (old, new) in change.fields.items():
        yield f"    {name}: {_said(old)} → {_said(new)}"
    for cause in change.why:
        yield f"    because: {cause}"


def _other_lines(found: LedgerDiff) -> Iterator[str]:
    for kind, title in DOCUMENTS.items():
        if found.documents[kind]:
            yield f"\n{title}: {', '.join(found.documents[kind])}"
    for kind, ids in found.corrections.items():
        if ids:
            yield f"\nCorrections {kind}: {', '.join(ids)}"


def _said(value: Any) -> str:
    if value is None:
        return "(empty)"
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)


def _record(found: LedgerDiff) -> dict[str, Any]:
    return {
        "summary": _summary(found),
        "differs": found.differs,
        "totals": [_plain(row) for row in found.totals],
        "commitments": [
            {
                "kind": change.kind,
                "commitment_id": change.name,
                "former_id": change.former,
                "fields": {
                    name: {"old": _plain(old), "new": _plain(new)}
                    for name, (old, new) in change.fields.items()
                },
                "why": list(change.why),
            }
            for change in found.changes
        ],
        "documents": {kind: list(names) for kind, names in found.documents.items()},
        "corrections": {kind: list(ids) for kind, ids in found.corrections.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Decimal):
        return number_of(value)
    return value.isoformat() if isinstance(value, date) else value
