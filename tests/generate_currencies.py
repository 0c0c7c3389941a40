"""Rewrite the CLDR rows of ``data/currencies.csv``; own rows and contexts are kept.

Run by hand after an update of Babel: ``python tests/generate_currencies.py``.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from babel.numbers import get_currency_name

TABLE = Path(__file__).parents[1] / "src/aidlib/data/currencies.csv"
COLUMNS = ["form", "kind", "codes", "source"]
CODES = (
    "AUD BGN BRL CAD CHF CNY CZK DKK EUR GBP GEL HRK HUF ILS INR ISK JPY KRW KZT MDL MXN NOK NZD PLN RON "
    "RSD RUB SEK SGD TRY TWD UAH USD ZAR BYN AED SAR QAR KWD THB"
).split()
SOURCE = "Unicode CLDR, English currency names"
# Bare words that English uses for something else far more often than for money.
SHARED = {"real", "reals", "som", "krónur", "króna", "yen", "won", "dirhams", "dirham"}
KEPT = {"krónur", "króna", "yen", "won"}


def cldr_forms() -> dict[str, set[str]]:
    """Full and bare names in singular and plural, each with the codes that it may mean."""
    forms: dict[str, set[str]] = defaultdict(set)
    for code in CODES:
        for name in {get_currency_name(code, count, locale="en") for count in (None, 1, 5)}:
            forms[name.lower()].add(code)
            bare = name.split()[-1].lower()
            if bare not in SHARED or bare in KEPT:
                forms[bare].add(code)
    return forms


def main() -> None:
    """Replace the rows whose source is CLDR."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        own = [row for row in csv.DictReader(file) if row["source"] != SOURCE]
    taken = {row["form"] for row in own}
    made = [
        {"form": form, "kind": "name", "codes": "|".join(sorted(codes)), "source": SOURCE}
        for form, codes in cldr_forms().items()
        if form not in taken
    ]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(own + made, key=lambda row: (row["kind"], row["form"])))


if __name__ == "__main__":
    main()
