"""When a record happened, as SQL: by its own time, or at its receipt where it has none or its clock lies."""

from __future__ import annotations

from datetime import UTC, datetime

DAY_MS = 86_400_000
WIDEST_OFFSET_MS = 14 * 3_600_000  # no civil day begins earlier or ends later than UTC's by more


def happened(time: str) -> str:
    """UTC milliseconds of when a record happened; its table is r."""
    own = f'r."{time}"'
    return f'CASE WHEN r."clock" = \'ok\' AND {own} IS NOT NULL THEN {own} ELSE r."received_at" END'


def lying(time: str) -> str:
    """Whether a record counts at its receipt, in the words of the index that finds these."""
    return f'"clock" IS NULL OR "clock" <> \'ok\' OR "{time}" IS NULL'


def around(day: int) -> tuple[int, int]:
    """(start, end), UTC milliseconds, half-open, of a span that holds the civil day yyyymmdd wherever on Earth."""
    start = int(datetime(day // 10_000, day // 100 % 100, day % 100, tzinfo=UTC).timestamp()) * 1000
    return start - WIDEST_OFFSET_MS, start + DAY_MS + WIDEST_OFFSET_MS
