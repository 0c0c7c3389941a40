"""In: readings. Out: a part of a corpus in Parquet, one row a document; and back."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aidlib.errors import ReadError
from aidlib.model import Reading
from aidlib.read import SetAside
from aidlib.record import reading_from_record, record_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "drop_repeated",
    "find_repeated",
    "line_of",
    "part_name",
    "part_schema",
    "put_part",
    "read_parts",
    "table_of",
]

TOO_LARGE = Decimal(10) ** 36  # decimal128(38, 2) holds 36 digits before the point
MONEY_KEYS = frozenset({"amount", "low", "high"})


@cache
def part_schema() -> pa.Schema:
    """Give the columns of a part: the record of ``aidlib parse``, sums as decimals.

    A sum that no decimal of 38 digits holds is empty there, with ``amount_too_large`` among its event's
    reasons or as its mention's reason.
    """
    import pyarrow as pa

    text, money = pa.string(), pa.decimal128(38, 2)
    words, bounds = pa.list_(text), {"amount": money, "currency": text, "low": money, "high": money}
    amount = {"amount": money, "currency": text}
    mention = {"start": pa.int32(), "end": pa.int32(), "text": text, **bounds, "modifier": text}
    mention |= {"converts": pa.int32(), "part_of": pa.int32(), "currency_candidates": words, "reason": text}
    event = {"donor": text, "donors": words, "channel": text, "recipient": text, **bounds}
    event |= {"currency_candidates": words, "amount_alt": pa.list_(_struct(amount)), "modifier": text}
    event |= dict.fromkeys("stage aid_type mechanism date date_end date_precision".split(), text)
    event |= {"part_of": pa.int32()}
    event |= {"items": pa.list_(_struct({"item": text, "quantity": pa.float64()}))}
    event |= {"is_cumulative_total": pa.bool_(), "about_past": pa.bool_()}
    event |= {"evidence": pa.list_(pa.list_(pa.int32())), "reasons": words}
    about = dict.fromkeys("id title published source url register sha256".split(), text)
    return pa.schema(
        {
            **about,
            "mentions": pa.list_(_struct(mention)),
            "events": pa.list_(_struct(event)),
            "headline": _struct(amount),
        }
    )


def _struct(fields: Mapping[str, Any]) -> Any:
    import pyarrow as pa

    return pa.struct(list(fields.items()))


def part_name(number: int) -> str:
    """Name the part of a unit."""
    return f"part-{number:06d}.parquet"


def line_of(reading: Reading) -> bytes:
    """Write a reading as the line of JSON that a part is made of."""
    return json.dumps(_exact(record_of(reading))).encode() + b"\n"


def table_of(lines: Sequence[bytes]) -> pa.Table:
    """Make the table of a part.

    By way of JSON and not of ``pa.array``, which would load pandas: 40 MB in every worker.
    """
    from pyarrow import json as arrow_json

    return arrow_json.read_json(
        io.BytesIO(b"".join(lines)),
        arrow_json.ReadOptions(use_threads=False, block_size=max(map(len, lines)) + 1),
        arrow_json.ParseOptions(explicit_schema=part_schema(), unexpected_field_behavior="error"),
    ).combine_chunks()


def put_part(path: Path, table: pa.Table) -> None:
    """Write a part whole, or not at all; the same table gives the same bytes."""
    import pyarrow.parquet as pq

    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        pq.write_table(table, beside, compression="zstd")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _exact(value: Any, key: str = "") -> Any:
    """Write the sums of a record out with two places, for a decimal to take them exactly."""
    if isinstance(value, dict):
        made = {name: _exact(inner, name) for name, inner in value.items()}
        lost = any(value.get(name) is not None and made[name] is None for name in MONEY_KEYS & made.keys())
        if lost and "reasons" in made:
            made["reasons"] = [*made["reasons"], "amount_too_large"]
        elif lost and "reason" in made:
            made["reason"] = "amount_too_large"
        return made
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    if key not in MONEY_KEYS or value is None:
        return value
    exact = Decimal(str(value))
    return f"{exact:.2f}" if abs(exact) < TOO_LARGE else None


def find_repeated(folder: Path) -> tuple[list[SetAside], int]:
    """Name the documents whose id an earlier one has, and count their events.

    Only documents with an event are compared: no others are kept.
    """
    import pyarrow.compute as pc

    dropped: list[SetAside] = []
    n_events = 0
    for _, table, keep in _parts_with_repeats(folder):
        lost = table.filter([not kept for kept in keep])
        n_events += pc.sum(pc.list_value_length(lost.column("events"))).as_py()
        dropped += [_repeated(name, folder) for name in lost.column("id").to_pylist()]
    return dropped, n_events


def drop_repeated(folder: Path) -> None:
    """Take out the documents that `find_repeated` names."""
    for path, table, keep in _parts_with_repeats(folder):
        put_part(path, table.filter(keep))


def _parts_with_repeats(folder: Path) -> Iterator[tuple[Path, pa.Table, list[bool]]]:
    import pyarrow.parquet as pq

    seen: set[str] = set()
    for path in sorted(folder.glob("part-*.parquet")):
        keep = []
        for name in pq.read_table(path, columns=["id"]).column("id").to_pylist():
            keep.append(name not in seen)
            seen.add(name)
        if not all(keep):
            yield path, pq.read_table(path), keep


def _repeated(name: str, folder: Path) -> SetAside:
    error = ReadError(
        f"id {name!r} was met before",
        where=folder.name.removesuffix(".part"),
        fix="Give each document an id of its own; the first one is kept.",
    )
    return SetAside.of(error, name=name, path=str(folder))


def read_parts(folder: Path | str) -> Iterator[Reading]:
    """Read back the readings of a corpus, part by part.

    Raises
    ------
    ReadError
        The folder holds no parts, or one of them is broken.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = sorted(Path(folder).glob("part-*.parquet"))
    if not parts:
        raise ReadError(
            "the folder holds no part of a corpus",
            where=str(folder),
            fix="Write it with `aidlib parse CORPUS -o OUT.parquet`.",
        )
    for path in parts:
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(1000):
                    yield from map(_reading, batch.to_pylist())
        except (pa.ArrowException, OSError) as error:
            raise ReadError(
                f"part {path.name} cannot be read: {error}", where=str(path), fix="Read the corpus again."
            ) from error


def _reading(row: dict[str, Any]) -> Reading:
    """Read a row back; a sum that was too large is again one that the books flag."""
    for mention in row["mentions"]:
        mention["amount"] = TOO_LARGE if mention["amount"] is None else mention["amount"]
    for event in row["events"]:
        event["amount_alt"] = [alt for alt in event["amount_alt"] if alt["amount"] is not None]
    headline = row["headline"]
    row["headline"] = headline if headline and headline["amount"] is not None else None
    return reading_from_record(row)
