"""In: claims as people write them. Out: whether their sums, tolerances and faults are read right."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidlib.errors import ParameterError, ReadError
from aidlib.reconcile import make_claim, read_claims
from aidlib.reconcile.claims import rounding_of


@pytest.mark.parametrize(
    ("words", "amount", "currency", "tolerance"),
    [
        ("EUR 538m", "538e6", "EUR", "0.5e6"),
        ("DKK 4.4bn", "4.4e9", "DKK", "50e6"),
        ("€600 million", "600e6", "EUR", "5e6"),
        ("EUR 500-600 million", "550e6", "EUR", "55e6"),
        ("$1,234,567", "1234567", "USD", "0.5"),
    ],
)
def test_a_claim_is_read_with_its_rounding(words: str, amount: str, currency: str, tolerance: str) -> None:
    claim = make_claim("MULTI", words)
    assert (claim.amount, claim.currency, claim.tolerance) == (Decimal(amount), currency, Decimal(tolerance))


@given(st.integers(1, 10**13))
def test_the_rounding_is_at_most_five_per_cent(amount: int) -> None:
    assert 0 < rounding_of(Decimal(amount)) * 20 <= amount


@pytest.mark.parametrize(
    ("who", "amount", "more", "told"),
    [
        ("MULTI", "538", {}, "not one sum"),
        ("MULTI", "EUR 5m and EUR 6m", {}, "not one sum"),
        ("MULTI", "-5 million EUR", {}, "not one sum"),
        ("MULTI", "5 million kroner", {}, "currency"),
        ("MULTI", "EUR 0", {}, "nothing"),
        ("Denmark", "EUR 5m", {}, "who is 'Denmark'"),
        ("DNK", "EUR 5m", {"what": ["mechanisms=purl"]}, "mechanism=purl"),
        ("DNK", "EUR 5m", {"what": ["mechanism"]}, "mechanism=..."),
        ("DNK", "EUR 5m", {"year": "24"}, "year is '24'"),
        ("DNK", "EUR 5m", {"year": "2027-2024"}, "year is '2027-2024'"),
        ("DNK", "EUR 5m", {"day": "2024-13"}, "date is '2024-13'"),
        ("DNK", "EUR 5m", {"tolerance": "DKK 5m"}, "in DKK"),
    ],
)
def test_a_claim_that_cannot_be_read_says_why(who: str, amount: str, more: dict[str, str], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        make_claim(who, amount, **more)  # type: ignore[arg-type]


def test_a_table_in_words_sets_bad_rows_aside(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("id,who,what,year,amount,date\na,DNK,mechanism=purl,2025,EUR 5m,2025-05\nb,DNK,,,many,\n")
    claims, faults = read_claims(path)
    assert [claim.id for claim in claims] == ["a"]
    assert "line 3" in str(faults[0])


def test_a_claim_without_a_sum_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    head = (
        "row_id,row_type,contributor,year,amount,currency,stage,announced_on,claimed_by,conflict_group,note"
    )
    rows = "C1,claimed_total,DNK,2024,,EUR,,,,,\nC2,claimed_total,DNK,2024,5000000,EUR,,,,,\n"
    path.write_text(f"{head}\n{rows}", encoding="utf-8")
    claims, faults = read_claims(path)
    assert ([claim.id for claim in claims], ["C1" in str(fault) for fault in faults]) == (["C2"], [True])


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"who,amount\n"])
def test_a_file_that_is_no_table_of_claims(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(data)
    if data.startswith(b"who"):
        assert read_claims(path) == ([], [])
        return
    with pytest.raises(ReadError, match=r"claims\.csv"):
        read_claims(path)
