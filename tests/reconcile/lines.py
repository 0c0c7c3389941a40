"""In: a few words. Out: tables of facts and claims for tests, each row in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from aidlib.reconcile import Claim, Result, load_facts, make_claim, reconcile_claims

HEAD = (
    "row_id,row_type,contributor,year,amount,currency,instrument,stage,announced_on,claimed_by,conflict_group"
)


def facts(folder: Path, *rows: str) -> pd.DataFrame:
    """Make a table of lines: ``"F1,SWE,2024,20e6,EUR,,allocated,2024-10-28,,"``."""
    path = folder / "facts.csv"
    lines = [row.replace(",", ",contribution,", 1) + ",," for row in rows]
    path.write_text("\n".join([f"{HEAD},note,brief_ids", *lines]) + "\n", encoding="utf-8")
    return load_facts(path)


def claim(amount: str, who: str = "MULTI", **more: Any) -> Claim:
    """Make a claim on the Danish model."""
    return make_claim(who, amount, what=["mechanism=danish_model"], **more)


def reconcile(table: pd.DataFrame, amount: str, who: str = "MULTI", **more: Any) -> Result:
    """Reconcile one claim with a table of lines."""
    (result,) = reconcile_claims([claim(amount, who, **more)], facts=table)
    return result


def counted(result: Result) -> list[str]:
    """Name the lines that count."""
    return sorted(row.line for row in result.role("counted"))
