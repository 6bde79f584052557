"""The records that every server of the bench is sent: 18 fields, about 325 bytes each as JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

DISTINCT = 20_000  # records before only the code changes
FIRST, APART_S = datetime(2026, 11, 1), 7  # noqa: DTZ001 - devices write no offset
CODE = "BENCH-%09d"
STATIONS = ("DEMO-430481-01", "DEMO-430421-01")
COLUMNS = {
    "previewdate": "TEXT",
    "previewcode": "TEXT",
    "previewstationcode": "TEXT",
    "truckno": "TEXT",
    "truckcode": "TEXT",
    "axisnum": "INTEGER",
    "speed": "REAL",
    "ianeno": "INTEGER",
    "totalweight": "INTEGER",
    "overlimited": "INTEGER",
    "platecolor": "TEXT",
    "overrate": "REAL",
    **{f"axle{number}": "INTEGER" for number in range(1, 7)},
}
TABLE = "weighing"
INDEXES = (("previewdate",), ("truckno", "previewdate"), ("previewstationcode", "previewdate"), ("previewcode",))
UNIQUE = ("previewstationcode", "previewcode")
SCHEMA = (
    f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, {', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})",
    f"CREATE UNIQUE INDEX {TABLE}_key ON {TABLE} ({', '.join(UNIQUE)})",
    *(f"CREATE INDEX {TABLE}_{'_'.join(names)} ON {TABLE} ({', '.join(names)})" for names in INDEXES),
)
"""The peers' table, with the indexes that the entity weighing has, and its key, so that what is sent again is there
once."""


def record(index: int) -> dict[str, Any]:
    """A weighing whose plate and weights vary, so that indexes do real work; always the same for one index. Times
    rise, as they do where they come from."""
    dice = random.Random(index)
    at = FIRST + timedelta(seconds=index * APART_S)
    axles = [dice.randrange(3_000, 12_000, 20) for _ in range(6)]
    return {
        "previewdate": at.isoformat(" "),
        "previewcode": CODE % index,
        "previewstationcode": STATIONS[index % len(STATIONS)],
        "truckno": f"湘D{dice.randint(10_000, 99_999)}",
        "truckcode": "157",
        "axisnum": 6,
        "speed": dice.randint(100, 800) / 10,
        "ianeno": dice.randint(1, 4),
        "totalweight": sum(axles),
        "overlimited": max(0, sum(axles) - 49_000),
        "platecolor": "yellow",
        "overrate": round(max(0, sum(axles) - 49_000) / 490, 1),
        **{f"axle{number}": weight for number, weight in enumerate(axles, 1)},
    }


def bodies(before: str, after: str, size: int) -> Iterator[bytes]:
    """Bodies of `size` records between two texts, without end, no code twice; each costs little to make."""
    texts = [_text(index) for index in range(max(DISTINCT, size))]
    before, after = before.replace("%", "%%"), after.replace("%", "%%")
    patterns = [
        f"{before}{','.join(texts[start : start + size])}{after}".encode()
        for start in range(0, len(texts) - size + 1, size)
    ]
    number = 0
    while True:
        for pattern in patterns:
            yield pattern % tuple(range(number, number + size))
            number += size


def rows() -> Iterator[tuple[Any, ...]]:
    """The same records as rows for the peers' table, without end."""
    known = [record(index) for index in range(DISTINCT)]
    number = 0
    while True:
        for one in known:
            yield (*(one | {"previewcode": CODE % number}).values(),)
            number += 1


def batches(source: Iterator[tuple[Any, ...]], size: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """So many rows at a time until there are no more."""
    while batch := list(islice(source, size)):
        yield batch


def _text(index: int) -> str:
    """The record as JSON, written as devices do, with a place for the number in its code."""
    text = json.dumps(record(index), ensure_ascii=False, separators=(",", ":")).replace("%", "%%")
    return text.replace(CODE % index, CODE)
