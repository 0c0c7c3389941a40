"""What the tracker's releases hold is read by contract, and adds up to their own totals."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aidlib.errors import ParameterError, ReadError
from aidlib.exchange.kiel import Kiel, kiel_totals, read_kiel
from aidlib.exchange.kiel_words import donor_of
from exchange.books import LATER, LATER_SHEET, later, later_book, old, old_book, table, workbook

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
EU_BODIES = ("EU", "EIB")
BILLION = Decimal(10) ** 9


@pytest.fixture(scope="module")
def release7(shared: Path) -> Kiel:
    return read_kiel(shared / "data" / "kiel_r07.xlsx")


@pytest.fixture(scope="module")
def site(shared: Path) -> Kiel:
    return read_kiel(shared / "data" / "kiel_r29")


def drawn(path: Path, sheet: str) -> dict[tuple[str, str], Decimal]:
    """Results of the country summary that the workbook's chart has stored, by donor and kind of aid.

    The sheets themselves hold formulas without results.
    """
    found: dict[tuple[str, str], Decimal] = {}
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        for chart in (ElementTree.fromstring(archive.read(name)) for name in sorted(names)):
            for series in chart.iter(f"{CHART}ser"):
                if sheet not in (series.findtext(f"{CHART}val//{CHART}f") or ""):
                    continue
                kind = series.findtext(f"{CHART}tx//{CHART}v") or ""
                donors = [cell.text or "" for cell in series.iterfind(f"{CHART}cat//{CHART}pt/{CHART}v")]
                for point in series.iterfind(f"{CHART}val//{CHART}pt"):
                    value = Decimal(point.findtext(f"{CHART}v") or "0")
                    found[donors[int(point.get("idx", ""))], kind.casefold()] = value
    return found


def test_release_7_adds_up_to_its_own_summary_for_every_donor(release7: Kiel, shared: Path) -> None:
    summary = drawn(shared / "data" / "kiel_r07.xlsx", "Figure 2 Ranking")
    totals = kiel_totals(release7).set_index("donor")
    assert len({donor for donor, _ in summary}) == 41
    deviations: dict[tuple[str, str], Decimal] = {}
    for (donor, kind), value in summary.items():
        codes = EU_BODIES if donor == "EU Institutions" else (donor_of(donor),)
        ours = sum(totals.loc[code, f"{kind}_eur"] for code in codes) / BILLION
        deviations[donor, kind] = abs(ours - value) / value if value else abs(ours)
    worst = max(deviations, key=lambda key: deviations[key])
    print(f"largest of {len(deviations)} deviations: {deviations[worst]:.2e} ({', '.join(worst)})")
    assert deviations[worst] < Decimal("0.000001"), worst
    named = {code for donor, _ in summary for code in (EU_BODIES if "EU" in donor else (donor_of(donor),))}
    assert named == set(totals.index)


def test_release_7_sets_aside_only_what_cannot_be_read(release7: Kiel) -> None:
    assert [(item.line, "is no number" in item.what) for item in release7.set_aside] == [
        (856, True),
        (858, True),
        (859, True),
    ]
    assert len(release7.table("activities")) == 1032 - 3
    assert release7.name == "kiel-r07"


def test_the_site_adds_up_to_the_tables_of_facts(site: Kiel, seeds: Path) -> None:
    totals = kiel_totals(site, measure="allocations").set_index("donor")["total_eur"]
    committed = kiel_totals(site).set_index("donor")["total_eur"]
    lines = (seeds / "tracker_donors.csv").read_text("utf-8").splitlines()[1:]
    assert len(lines) == len(totals)
    for line in lines:
        donor, cells = line.split(",")[0], line.split(",")
        assert abs(totals[donor] / BILLION - Decimal(cells[2])) < Decimal("0.000002"), donor
        assert abs(committed[donor] / BILLION - Decimal(cells[6])) < Decimal("0.000002"), donor


def test_the_site_keeps_every_month_of_purchases(site: Kiel) -> None:
    purchases = site.table("procurement")
    assert (len(purchases), purchases["year"].min(), purchases["year"].max()) == (52, 2022, 2026)
    assert purchases["nato_purl_eur"].sum() > BILLION
    assert site.set_aside == ()


def test_later_totals_follow_the_rules_of_their_users(tmp_path: Path) -> None:
    kiel = read_kiel(
        later_book(
            tmp_path,
            later(tot_activity_value_EUR=100, tot_sub_activity_value_EUR_redistr=60, measure="Allocation "),
            later(tot_sub_activity_value_EUR_redistr=30),
            later(tot_activity_value_EUR=7, month=0, announcement_date="unspecified"),
            later(donor="Czechia", tot_activity_value_EUR=5, aid_type_general="Humanitarian "),
        )
    )
    committed = kiel_totals(kiel).set_index("donor")
    assert committed["total_eur"].to_dict() == {"NOR": 107, "CZE": 5}
    assert committed.loc["CZE", "humanitarian_eur"] == 5
    assert kiel_totals(kiel, measure="allocations")["total_eur"].to_list() == [60]
    assert kiel_totals(kiel, ["month"])[["month", "total_eur"]].values.tolist() == [[14, 105]]
    assert kiel.name == "kiel-r13"


def test_a_package_of_release_7_is_priced_at_its_first_row(tmp_path: Path) -> None:
    kiel = read_kiel(
        old_book(
            tmp_path,
            old(**{"No. of Units": "=2*50"}),
            old(item="tank", **{"No. of Units": 3, "Total_value_dummy (1 is first row in the package)": 0}),
            old(ID="A2", **{"Monetary Value as Given by Source": "=(10+SUM(K2,K3))/2"}),
            old(ID="A3", **{"Monetary Value as Given by Source": 9, "Converted Value in EUR": ""}),
        )
    )
    values = kiel.table("activities").set_index("row")["value_eur"].to_dict()
    # 100 rifles at 250 dollars, half a dollar a euro; the last has no formula, so that it is not counted.
    assert values == {2: 50000, 3: None, 4: 50010, 5: None}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Monetary Value as Given by Source": "=1+EXP(2)"}, "EXP"),
        ({"Monetary Value as Given by Source": "=F3+1"}, "leads back"),
        ({"Monetary Value as Given by Source": "=1/0"}, "cannot be worked out"),
        ({"Monetary Value as Given by Source": 5, "Original Currency": "XYZ"}, "XYZ"),
        ({"Monetary Value as Given by Source": "1.000.00"}, "cannot be turned into euro|is no number"),
        ({"countries": "Atlantis"}, "Atlantis"),
        ({"countries": ""}, "names no donor"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_cell_sets_its_row_aside_and_keeps_the_others(
    tmp_path: Path, cells: dict[str, object], said: str
) -> None:
    good = {"Monetary Value as Given by Source": 1}
    kiel = read_kiel(old_book(tmp_path, old(**good), old(ID="A2", **cells), old(ID="A3", **good)))
    assert kiel.table("activities")["activity_id"].to_list() == ["A1", "A3"]
    (item,) = kiel.set_aside
    assert item.line == 3
    assert any(part in item.what for part in said.split("|"))
    assert "MAIN DATA" in item.where


@pytest.mark.parametrize("value", ["12 million", "1e400", "1_000", "nan", "#N/A", "-"])
def test_a_sum_that_is_no_number_is_set_aside(tmp_path: Path, value: str) -> None:
    kiel = read_kiel(later_book(tmp_path, later(), later(tot_activity_value_EUR=value)))
    assert [item.line for item in kiel.set_aside] == [3]
    assert value in kiel.set_aside[0].what


def test_a_renamed_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    header = ["donors" if name == "donor" else name for name in LATER]
    with pytest.raises(ReadError) as raised:
        read_kiel(later_book(tmp_path, later(), header=header))
    for word in ("later.xlsx", LATER_SHEET, "'donor'", "'donors'", "kiel_columns.csv"):
        assert word in str(raised.value)


def test_headers_may_differ_in_case_and_blanks_and_stand_lower(tmp_path: Path) -> None:
    header = [f" {name.upper()} " for name in LATER]
    path = workbook(tmp_path / "a.xlsx", {LATER_SHEET.lower(): [["A note"], [], header, later()]})
    assert read_kiel(path).table("activities")["row"].to_list() == [4]


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: workbook(path / "a.xlsx", {"Sheet1": [["donor"]]}), "Sheet1"),
        (lambda path: workbook(path / "a.xlsx", {LATER_SHEET: []}), "lacks the columns"),
        (lambda path: workbook(path / "a.xlsx", {LATER_SHEET: [LATER]}), "no row"),
        (lambda path: path / "gone.xlsx", "does not exist"),
        (lambda path: path / "gone.csv", "does not exist"),
        (lambda path: path, "data_explorer.csv"),
        (lambda path: table(path / "a.csv"), "lacks the columns"),
    ],
    ids=["sheet", "empty", "no rows", "no file", "no csv", "empty folder", "empty csv"],
)
def test_what_is_no_release_is_refused_with_its_reason(tmp_path: Path, write: object, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        read_kiel(write(tmp_path))  # type: ignore[operator]


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04broken", b"\xff\xfed\x00o\x00"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.docx"])
def test_a_broken_file_is_refused_with_its_path(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReadError, match=name):
        read_kiel(tmp_path / name)


def test_questions_that_a_release_cannot_answer_are_refused(tmp_path: Path) -> None:
    kiel = read_kiel(later_book(tmp_path, later()))
    with pytest.raises(ParameterError, match="month"):
        kiel_totals(kiel, ["week"])
    with pytest.raises(ParameterError, match="activities"):
        kiel.table("weapons")
    with pytest.raises(ParameterError, match="commitments"):
        kiel_totals(read_kiel(old_book(tmp_path, old())), measure="allocations")
