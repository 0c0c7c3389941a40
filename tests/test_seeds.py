"""In: ``seeds/``. Out: whether its texts, annotations and tables agree with each other."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

import verify_seeds

FACTS = ("tracker_donors.csv", "tracker_quarters.csv", "donors_gdp.csv")
PARTS = ("stockpile_eur_bn", "procurement_eur_bn", "unspecified_eur_bn", "nato_purl_eur_bn")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_briefs_gold_and_commitments_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_seeds.main([]) == 0, capsys.readouterr().out
    assert "101 briefs" in capsys.readouterr().out


def test_a_changed_brief_is_noticed(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "briefs").mkdir()
    for name in ("gold.jsonl", "commitments.csv"):
        (tmp_path / name).write_bytes((seeds / name).read_bytes())
    for path in (seeds / "briefs").glob("*.md"):
        (tmp_path / "briefs" / path.name).write_bytes(path.read_bytes().replace(b"\n# ", b"\n# Update: ", 1))
    monkeypatch.setattr(verify_seeds, "HERE", tmp_path)
    assert verify_seeds.main([]) == 1
    assert "ERR" in capsys.readouterr().out


def test_seeds_are_as_received(seeds: Path, shared: Path) -> None:
    theirs = [p for p in sorted((shared / "seeds").rglob("*")) if p.is_file()]
    theirs = [p for p in theirs if p.suffix in {".md", ".csv", ".jsonl"} and "original" not in p.parts]
    names = [p.relative_to(shared / "seeds") for p in theirs if p.name != "README.md"]
    assert [str(n) for n in names if not is_as_received(seeds / n, shared / "seeds" / n)] == []


def is_as_received(ours: Path, theirs: Path) -> bool:
    """Whether a file is the one received; an address that tells an article's words may be cut to its day."""
    pairs = [path.read_bytes().split(b"\n") for path in (ours, theirs)]
    return len(pairs[0]) == len(pairs[1]) and all(
        mine == other or (mine.startswith(b"source_url: ") and other.startswith(mine[:-1]))
        for mine, other in zip(*pairs, strict=True)
    )


def runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    """Give every run of so many words of a text."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def test_the_original_article_is_not_shipped(root: Path, shared: Path) -> None:
    originals = (shared / "seeds" / "original").glob("*")
    theirs = {
        run for path in originals if path.suffix in {".txt", ".md"} for run in runs(path.read_text("utf-8"))
    }
    assert theirs
    ours = [p for folder in ("seeds", "src", "tests", "notebooks") for p in (root / folder).rglob("*")]
    files = [path for path in (*ours, *root.glob("*.md")) if path.is_file() and path.suffix != ".pyc"]
    assert [path.name for path in files if theirs & runs(path.read_text("utf-8", errors="ignore"))] == []


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_names_its_source(seeds: Path, name: str) -> None:
    table = rows(seeds / name)
    keys = [row.get("donor") or row["quarter"] for row in table]
    assert all(row["source"] for row in table)
    assert keys == sorted(set(keys))


def test_a_donors_total_is_the_sum_of_its_kinds(seeds: Path) -> None:
    for row in rows(seeds / "tracker_donors.csv"):
        kinds = sum(float(row[f"{kind}_eur_bn"]) for kind in ("military", "financial", "humanitarian"))
        assert kinds == pytest.approx(float(row["allocated_eur_bn"]), abs=0.001), row["donor"]


def test_the_tracker_says_the_same_by_donor_and_by_quarter(seeds: Path) -> None:
    donors, quarters = rows(seeds / "tracker_donors.csv"), rows(seeds / "tracker_quarters.csv")
    by_donor = sum(float(row["allocated_eur_bn"]) for row in donors)
    assert by_donor == pytest.approx(sum(float(row["allocated_eur_bn"]) for row in quarters), abs=0.001)
    assert all(float(row[part]) >= 0 for row in quarters for part in PARTS)


def test_every_donor_but_the_union_has_a_gdp(seeds: Path) -> None:
    gdp = {row["donor"]: float(row["gdp_eur_bn"]) for row in rows(seeds / "donors_gdp.csv")}
    assert {row["donor"] for row in rows(seeds / "tracker_donors.csv")} - set(gdp) == {"EU"}
    assert min(gdp.values()) > 0


def test_gold_ids_are_the_briefs(seeds: Path) -> None:
    gold = [json.loads(line)["id"] for line in (seeds / "gold.jsonl").read_text("utf-8").splitlines()]
    assert sorted(gold) == sorted(path.stem for path in (seeds / "briefs").glob("*.md"))
