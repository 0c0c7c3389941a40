"""In: books with something wrong. Out: whether every breach is named at once, with row and reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from aidlib.errors import LedgerError
from aidlib.ledger import Ledger, build_ledger, check_ledger
from build import event, reading


def books() -> Ledger:
    """Books of two acts that hold."""
    return build_ledger([reading(event("NOR", "5e6", currency="NOK"), event("SWE", "6e6"))])


def test_books_that_hold_pass() -> None:
    ledger = books()
    assert check_ledger(ledger) is ledger


def test_every_breach_is_listed_at_once() -> None:
    ledger = books()
    wrong = ledger.commitments.copy()
    wrong.loc[0, "status"] = "maybe"
    wrong.loc[1, "stage"] = "promised"
    wrong.loc[1, "amount_eur"] = 6000000.0
    with pytest.raises(LedgerError) as caught:
        check_ledger(replace(ledger, commitments=wrong))
    text = str(caught.value)
    assert "3 breaches" in text
    for said in ("row 0: status 'maybe'", "row 1: stage 'promised'", "row 1: amount_eur 6000000.0"):
        assert said in text


def test_a_column_that_is_gone_is_named() -> None:
    ledger = books()
    with pytest.raises(LedgerError, match="donor"):
        check_ledger(replace(ledger, commitments=ledger.commitments.drop(columns="donor")))


def test_a_name_met_twice_is_found() -> None:
    ledger = books()
    wrong = ledger.commitments.copy()
    wrong.loc[1, "commitment_id"] = wrong.loc[0, "commitment_id"]
    with pytest.raises(LedgerError, match="commitments, row"):
        check_ledger(replace(ledger, commitments=wrong))


def test_a_euro_value_that_does_not_follow_from_its_row_is_found() -> None:
    ledger = books()
    wrong = ledger.commitments.copy()
    wrong["amount_eur_high"] = [Decimal("1e9"), Decimal("1e9")]
    with pytest.raises(LedgerError, match="amount_eur_high 1E"):
        check_ledger(replace(ledger, commitments=wrong))


def test_an_event_that_went_nowhere_is_found() -> None:
    ledger = books()
    with pytest.raises(LedgerError, match="has no row in reports"):
        check_ledger(replace(ledger, reports=ledger.reports.iloc[:1]))


def test_parts_that_hold_each_other_are_found() -> None:
    ledger = books()
    wrong = ledger.commitments.copy()
    wrong["part_of"] = wrong["commitment_id"].tolist()[::-1]
    with pytest.raises(LedgerError, match="is part of itself"):
        check_ledger(replace(ledger, commitments=wrong))
