"""In: claims and lines. Out: whether a claim is explained by what has a reason, and by nothing else."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aidlib.ledger import Ledger, build_ledger
from aidlib.reconcile import Claim, Result, load_facts, make_claim, read_claims, reconcile_claims
from aidlib.reconcile.explain import reconcile_claim
from aidlib.reconcile.lines import Figure, Line
from build import event, reading
from reconcile.lines import counted, facts, reconcile

TABLE = Path(__file__).parents[1] / "cases" / "reconcile.csv"
CASES = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))
EU = "F1,EU,2024,390000000,EUR,,disbursed,2024-09-14,,"
SWEDEN = "F2,SWE,2024,20000000,EUR,,disbursed,2024-10-28,,"
ICELAND = "F3,ISL,2024,2700000,EUR,,disbursed,2025-01-10,,"
NORWAY = "F4,NOR,2024,43000000,EUR,,allocated,2024-11-21,,"
WHOLE = "F5,DNK,2024,175000000,EUR,,pledged,2024-09-29,D,DNK"
REST = "F6,DNK,2024,125000000,EUR,,disbursed,2025-01-10,U,DNK"
GUNS = "F7,DNK,2024,50000000,EUR,,disbursed,2024-09-20,,"


@pytest.fixture(scope="module")
def results(seeds: Path) -> dict[str, Result]:
    """The claims of the seeds, on the seeds."""
    from aidlib.story import load_books

    path = seeds / "danish_model_facts.csv"
    found = reconcile_claims(
        read_claims(path)[0], facts=load_facts(path), ledger=load_books(seeds / "briefs")
    )
    return {result.claim.id: result for result in found}


@pytest.mark.parametrize("case", CASES, ids=[case["claim"] for case in CASES])
def test_the_claims_of_the_seeds(results: dict[str, Result], case: dict[str, str]) -> None:
    result = results[case["claim"]]
    assert result.verdict == case["verdict"], case["why"]
    assert "|".join(row.figures for row in result.role("counted")) == case["figures"], case["why"]
    assert (round(result.total), round(result.remainder)) == (int(case["total"]), int(case["remainder"]))
    assert next((row.line for row in result.role("candidate")), "") == case["candidate"]


def test_every_claim_of_the_seeds_has_its_case(results: dict[str, Result]) -> None:
    assert list(results) == [case["claim"] for case in CASES]


def test_what_counts_carries_words_of_a_text(results: dict[str, Result]) -> None:
    quotes = {row.line: row.quote for row in results["F53"].role("counted")}
    assert quotes["DNK-2024"] == "1.3 billion DKK"
    assert results["F53"].total_eur == Decimal("587700000")


@pytest.mark.parametrize(
    ("rows", "amount", "who", "more", "verdict", "lines", "why"),
    [
        ([EU, SWEDEN], "EUR 410 million", "MULTI", {}, "explained", "F1 F2", "the whole scope"),
        (
            [EU, SWEDEN],
            "EUR 20 million",
            "MULTI",
            {},
            "not explained",
            "F1 F2",
            "no reason to leave the EU out",
        ),
        ([EU, SWEDEN], "EUR 20 million", "SWE", {}, "explained", "F2", "the payer's own"),
        (
            [EU, SWEDEN, ICELAND],
            "EUR 410m",
            "MULTI",
            {"day": "2024-12-01"},
            "explained",
            "F1 F2",
            "not yet told",
        ),
        ([EU, SWEDEN, NORWAY], "EUR 410m", "MULTI", {}, "explained", "F1 F2", "Norway's is not paid"),
        ([EU, SWEDEN, NORWAY], "EUR 453m", "MULTI", {}, "explained", "F1 F2 F4", "fewest left out"),
        ([EU, NORWAY], "EUR 43m", "MULTI", {}, "not explained", "F1", "leaves out more than it counts"),
        ([EU, NORWAY], "EUR 433m", "DNK", {}, "explained", "F1 F4", "what Denmark handles"),
        ([WHOLE, REST, GUNS], "EUR 175m", "MULTI", {}, "explained", "DNK", "the guns lie within the whole"),
        (
            [WHOLE, REST, GUNS],
            "EUR 125m",
            "MULTI",
            {"by": "U"},
            "explained",
            "DNK",
            "the claimant gives the rest",
        ),
        ([WHOLE, REST, GUNS], "EUR 125m", "MULTI", {"by": "D"}, "not explained", "DNK", "this one does not"),
        ([WHOLE, REST], "EUR 175m", "MULTI", {}, "not explained", "DNK", "one figure of a group, the last"),
        ([WHOLE, REST], "EUR 300m", "MULTI", {}, "not explained", "DNK", "never two of a group"),
        ([EU], "EUR 390m", "MULTI", {"year": "2025"}, "not explained", "", "another year"),
        ([], "EUR 390m", "MULTI", {}, "not explained", "", "no lines at all"),
        ([EU], "EUR 391m", "MULTI", {}, "not explained", "F1", "beyond the rounding"),
        ([EU], "EUR 391m", "MULTI", {"tolerance": "EUR 1m"}, "explained", "F1", "a tolerance of one's own"),
    ],
)
def test_a_claim_is_explained_with_reasons_only(
    tmp_path: Path,
    rows: list[str],
    amount: str,
    who: str,
    more: dict[str, str],
    verdict: str,
    lines: str,
    why: str,
) -> None:
    result = reconcile(facts(tmp_path, *rows), amount, who, **more)
    assert (result.verdict, counted(result)) == (verdict, lines.split()), why


def test_a_subset_without_a_reason_is_told_as_chance(tmp_path: Path) -> None:
    result = reconcile(facts(tmp_path, EU, SWEDEN, ICELAND), "EUR 392.7 million")
    assert (result.verdict, result.n_chance, result.chance) == ("not explained", 1, ("F1", "F3"))


def test_sets_that_explain_equally_are_ambiguous(tmp_path: Path) -> None:
    low = "F8,LTU,2024,2700000,EUR,,allocated,2024-01-10,,"
    late = "F9,LVA,2024,2700000,EUR,,disbursed,2025-01-10,,"
    result = reconcile(facts(tmp_path, EU, SWEDEN, low, late), "EUR 412.7m", day="2025-01-11")
    assert (result.verdict, result.n_equal) == ("ambiguous", 2)


def test_what_several_pay_holds_what_one_of_them_told_before(tmp_path: Path) -> None:
    rows = ("J,MULTI,2025,428000000,EUR,First tranche: DNK SWE,committed,2025-06-05,,",)
    rows += (
        "N,DNK,2025,130000000,EUR,,pledged,2025-01-05,,",
        "L,DNK,2025,10000000,EUR,,pledged,2025-08-05,,",
    )
    result = reconcile(facts(tmp_path, *rows), "EUR 438m")
    assert (result.verdict, counted(result)) == ("explained", ["J", "L"])
    assert [row.line for row in result.role("held")] == ["N"]


def test_a_claim_of_more_names_what_was_counted_too_much(tmp_path: Path) -> None:
    result = reconcile(facts(tmp_path, EU, SWEDEN), "EUR 391m")
    assert [(row.line, row.leaves) for row in result.role("candidate")] == [("F2", 1000000)]


def test_the_books_alone_are_lines_and_parts_stay_within_their_whole() -> None:
    books = build_ledger([reading(event("SWE", "63e6"), event("SWE", "20e6", part_of=0))])
    (result,) = reconcile_claims([make_claim("SWE", "EUR 63m", what=["aid_type=military"])], ledger=books)
    assert (result.verdict, len(result.role("counted")), len(result.role("held"))) == ("explained", 1, 1)


def test_an_act_of_the_books_and_a_line_from_the_same_text_are_one(seeds: Path) -> None:
    from aidlib.reconcile.explain import make_lines
    from aidlib.story import load_books

    lines = make_lines(load_facts(seeds / "danish_model_facts.csv"), load_books(seeds / "briefs"))
    sweden = [line for line in lines if line.donor == "SWE" and line.mechanism == "danish_model"]
    assert [line.id for line in sweden] == ["F15"]
    assert dict(sweden[0].stages)["delivered"] == "2025-01-10"


def test_a_line_without_a_rate_is_named_and_the_others_count(tmp_path: Path) -> None:
    result = reconcile(facts(tmp_path, EU, "F9,SWE,2024,5,XXX,,pledged,2024-05,,"), "EUR 390m")
    assert (result.verdict, counted(result), result.unvalued) == ("explained", ["F1"], ("F9",))


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    rows = [EU, SWEDEN, ICELAND, NORWAY, WHOLE, REST, GUNS]
    one, two = (reconcile(facts(tmp_path, *order), "EUR 587.7m") for order in (rows, rows[::-1]))
    assert one == two
    assert (one.verdict, counted(one)) == ("explained", ["DNK", "F1", "F2", "F3"])


def test_wider_claims_take_the_books_and_not_the_table_beside_them(tmp_path: Path) -> None:
    books = build_ledger([reading(event("SWE", "63e6"))])
    wide = make_claim("SWE", "EUR 63m", what=["aid_type=military"])
    (result,) = reconcile_claims([wide], facts=facts(tmp_path, SWEDEN), ledger=books)
    assert (result.verdict, len(result.role("counted"))) == ("explained", 1)


def line(name: str, amount: int, donor: str = "SWE", day: str = "2024-05-01") -> Line:
    """Make a line of one figure."""
    figure = Figure(name, Decimal(amount), "EUR", day, "pledged", Decimal(amount), Decimal(amount))
    return Line(name, donor, (2024, 2024), (figure,), "ledger", "danish_model", "military")


amounts = st.lists(st.integers(1, 10**9), min_size=1, max_size=12)


def claim_of(amount: int, who: str = "SWE") -> Claim:
    return Claim("c", who, Decimal(amount), "EUR", Decimal("0.5"))


@given(amounts)
def test_the_exact_sum_of_all_lines_is_explained(values: list[int]) -> None:
    lines = [line(f"L{n}", value) for n, value in enumerate(values)]
    result = reconcile_claim(claim_of(sum(values)), lines)
    assert (result.verdict, result.remainder, len(result.role("counted"))) == ("explained", 0, len(values))


@given(amounts, st.integers(1, 10**9), st.integers(1, 10**10))
def test_a_line_of_an_unrelated_donor_changes_nothing(values: list[int], other: int, amount: int) -> None:
    lines = [line(f"L{n}", value) for n, value in enumerate(values)]
    one = reconcile_claim(claim_of(amount), lines)
    two = reconcile_claim(claim_of(amount), [*lines, line("other", other, "NOR")])
    assert (one.verdict, one.total, one.remainder, one.n_chance) == (
        two.verdict,
        two.total,
        two.remainder,
        two.n_chance,
    )


@given(st.data(), amounts)
def test_the_order_of_lines_does_not_matter(data: st.DataObject, values: list[int]) -> None:
    lines = [line(f"L{n}", value, day=f"2024-05-{n + 1:02d}") for n, value in enumerate(values)]
    amount = claim_of(data.draw(st.integers(1, sum(values) + 1)), "MULTI")
    assert reconcile_claim(amount, lines) == reconcile_claim(amount, data.draw(st.permutations(lines)))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 50), max_size=9), st.integers(1, 200), st.integers(0, 5))
def test_the_search_by_halves_counts_every_subset(values: list[int], target: int, width: int) -> None:
    from itertools import combinations

    from aidlib.reconcile.scope import Values, find_scope
    from aidlib.reconcile.search import by_chance

    claim = claim_of(target)
    items = find_scope(claim, [line(f"L{n}", value) for n, value in enumerate(values)], Values(claim)).items
    sums = [sum(group) for n in range(len(values) + 1) for group in combinations(values, n)]
    n, of, chosen = by_chance(items, Decimal(target), Decimal(width))
    assert (n, of) == (sum(abs(total - target) <= width for total in sums), 2 ** len(values))
    assert (chosen is None) == (n == 0)


def test_many_lines_are_searched_without_end() -> None:
    lines = [line(f"L{n:03}", 10**6 + n, day=f"2024-05-{n % 28 + 1:02d}") for n in range(60)]
    result = reconcile_claim(claim_of(50 * 10**6, "MULTI"), lines)
    assert result.n_subsets == 2**25


def test_an_empty_ledger_explains_nothing() -> None:
    books: Ledger = build_ledger([])
    (result,) = reconcile_claims([claim_of(5)], ledger=books, facts=pd.DataFrame(load_empty()))
    assert (result.verdict, result.total) == ("not explained", 0)


def load_empty() -> dict[str, list[str]]:
    """Columns of a table of facts without a row."""
    names = "row_id row_type contributor year amount currency stage announced_on claimed_by conflict_group"
    return {name: [] for name in [*names.split(), "instrument", "source_title", "source_url", "brief_ids"]}
