"""Times and dates: patterns, strictness, zones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.entity import Field
from core.entity.field_type import Reading, ValueRefused
from core.entity.types import CORE
from core.entity.types.time import pattern_fault

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = 1793493000000  # 2026-11-01 08:30:00 in Shanghai
PATTERNS = [
    "yyyy-MM-dd HH:mm:ss",
    "yyyyMMddHHmmss",
    "yyyy/MM/dd HH:mm:ss",
    "yyyy年MM月dd日 HH时mm分ss秒",
    "dd.MM.yyyy HH:mm:ss",
    "HH:mm:ss dd/MM/yyyy",
    "yyyy-MM-ddTHH:mm:ss.SSS",
    "yyyyMMddHHmmssSSS",
]
_PYTHON = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def read(value: Any, pattern: str | None = None, kind: str = "time", zone: ZoneInfo = SHANGHAI) -> Any:
    return CORE[kind].reader(Field("f", CORE[kind], ""), Reading(pattern=pattern, zone=zone))(value)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("2026-11-01 08:30:00", None),
        (" 2026-11-01 08:30:00 ", None),
        ("2026-11-01T08:30:00", None),
        ("2026-11-01 08:30", None),
        ("2026-11-01T08:30:00+08:00", None),
        ("2026-11-01T00:30:00Z", None),
        ("2026-11-01T08:30:00.000", None),
        ("2026-11-01 08:30:00", "yyyy-MM-dd HH:mm:ss"),
        ("20261101083000", "yyyyMMddHHmmss"),
        (20261101083000, "yyyyMMddHHmmss"),
        ("2026年11月01日 08时30分00秒", "yyyy年MM月dd日 HH时mm分ss秒"),
        ("01.11.2026 08:30:00.000", "dd.MM.yyyy HH:mm:ss.SSS"),
        (1793493000, "epoch_s"),
        ("1793493000.0", "epoch_s"),
        (1793493000000, "epoch_ms"),
        ("1793493000000", "epoch_ms"),
    ],
)
def test_reads(value: Any, pattern: str | None) -> None:
    assert read(value, pattern) == AT


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("2026-02-30 08:30:00", None),
        ("2026-11-01 24:00:00", None),
        ("2026-11-01 08:30:60", None),
        ("2026-11-01 08:30:00x", None),
        ("2026-11-01 08:30:00 08", "yyyy-MM-dd HH:mm:ss"),
        ("2026-W44-7 08:30:00", None),
        ("2026-11-01 08:30:+5", None),
        ("２026-11-01 08:30:00", None),
        ("2026-11-01", None),
        ("2026-11-01 08:30:00", "yyyyMMddHHmmss"),
        ("1969-12-31 23:59:59", None),
        ("9999-12-31 23:59:59", None),
        (20261101083000, None),
        (-1, "epoch_s"),
        (float("inf"), "epoch_ms"),
        (True, "epoch_s"),
        (10**30, "epoch_s"),
        (None, None),
    ],
)
def test_refuses(value: Any, pattern: str | None) -> None:
    with pytest.raises(ValueRefused) as caught:
        read(value, pattern)
    assert caught.value.outcome == "bad_time"
    assert caught.value.values["bound"] == (pattern or "yyyy-MM-dd HH:mm:ss")


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.sampled_from(PATTERNS))  # noqa: DTZ001 - civil times of a zone
def test_every_pattern_reads_what_it_writes(civil: datetime, pattern: str) -> None:
    civil = civil.replace(microsecond=civil.microsecond // 1000 * 1000 if "SSS" in pattern else 0)
    written = pattern.replace("SSS", f"{civil.microsecond // 1000:03d}")
    for token, directive in _PYTHON.items():
        written = written.replace(token, civil.strftime(directive))
    expected = civil.replace(tzinfo=SHANGHAI, fold=0).astimezone(UTC)
    assert read(written, pattern) == round(expected.timestamp() * 1000)


def test_a_time_that_a_clock_change_makes_twice_is_the_first() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert read("2026-10-25 02:30:00", zone=berlin) == read("2026-10-25T02:30:00+02:00")


def test_dates() -> None:
    assert read("2026-11-01", kind="date") == "2026-11-01"
    assert read("20261101", "yyyyMMdd", kind="date") == "2026-11-01"
    assert read(20261101, "yyyyMMdd", kind="date") == "2026-11-01"
    assert read(AT, "epoch_ms", kind="date") == "2026-11-01"
    for value in ("2026-02-30", "2026-11-01 08:30:00", True, 1.0):
        with pytest.raises(ValueRefused):
            read(value, kind="date")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("YYYY-MM-dd", "'Y'"),
        ("yyyy-MM-dd hh:mm:ss", "'h'"),
        ("yyyy-MM-dd HH:ss", "mm is missing"),
        ("yyyy-MM", "dd is missing"),
        ("HH:mm", "yyyy is missing"),
        ("yyyy-MM-dd yyyy", "twice"),
        ("", "yyyy is missing"),
    ],
)
def test_bad_patterns_are_told(pattern: str, said: str) -> None:
    assert said in pattern_fault(pattern)


@pytest.mark.parametrize("pattern", [*PATTERNS, "epoch_s", "epoch_ms", "yyyyMMdd"])
def test_good_patterns(pattern: str) -> None:
    assert pattern_fault(pattern) is None
