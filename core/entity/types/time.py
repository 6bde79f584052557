"""Moments and civil dates, and the patterns partners write them in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.phrase import phrase
from core.entity.entity import Field
from core.entity.field_type import FieldType, Reading, ValueRefused
from core.entity.types.number import decimal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_MS = 253_370_764_800_000  # 9999-01-01, so that no zone leads out of the calendar
EPOCHS: Mapping[str, int] = {"epoch_s": 1000, "epoch_ms": 1}
OWN_WRITING = "yyyy-MM-dd HH:mm:ss"

_TOKENS = {"yyyy": "year", "MM": "month", "dd": "day", "HH": "hour", "mm": "minute", "ss": "second", "SSS": "milli"}
_ORDER = list(_TOKENS)  # from coarse to fine
_PARTS = re.compile("|".join(_TOKENS) + "|.", re.DOTALL)
_SECONDS = {f"{second:02d}": second * 1000 for second in range(60)}
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def pattern_fault(pattern: str) -> str | None:
    """What is wrong with a time pattern, in words; None when nothing."""
    if pattern in EPOCHS:
        return None
    parts = _PARTS.findall(pattern)
    tokens = [part for part in parts if part in _TOKENS]
    strange = [part for part in parts if part not in _TOKENS and part.isascii() and part.isalpha() and part != "T"]
    if strange:
        return phrase("'{part}' is no part of a time; the parts are {parts}", part=strange[0], parts=" ".join(_TOKENS))
    if len(set(tokens)) < len(tokens):
        return phrase("a part is there twice")
    finest = max([_ORDER.index("dd"), *map(_ORDER.index, tokens)])
    missing = [token for token in _ORDER[: finest + 1] if token not in tokens]
    return phrase("{part} is missing", part=missing[0]) if missing else None


def pattern_regex(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression over the whole text, with one group per part."""
    widths = {"yyyy": 4, "SSS": 3}
    return re.compile(
        "".join(
            f"(?P<{_TOKENS[part]}>[0-9]{{{widths.get(part, 2)}}})" if part in _TOKENS else re.escape(part)
            for part in _PARTS.findall(pattern)
        )
    )


def written(ms: int, pattern: str, zone: ZoneInfo) -> str:
    """UTC milliseconds in a pattern without faults, as a partner would write it."""
    if pattern in EPOCHS:
        return str(ms // EPOCHS[pattern])
    at = moment(ms, zone)
    parts = {"yyyy": f"{at.year:04}", "MM": f"{at.month:02}", "dd": f"{at.day:02}", "HH": f"{at.hour:02}"}
    parts |= {"mm": f"{at.minute:02}", "ss": f"{at.second:02}", "SSS": f"{at.microsecond // 1000:03}"}
    return "".join(parts.get(part, part) for part in _PARTS.findall(pattern))


def read_written(text: str, pattern: str, zone: ZoneInfo) -> int | None:
    """UTC milliseconds of a text in a pattern without faults, the reverse of `written`; None where it is not so."""
    read = _epoch_reader(pattern) if pattern in EPOCHS else _parser(pattern, zone)
    try:
        return read(text)
    except (ValueError, KeyError, OverflowError):
        return None


def epoch_ms(moment: datetime) -> int:
    """Exact UTC milliseconds of an aware moment; ValueError before 1970 or after 9998."""
    found = (moment - EPOCH) // timedelta(milliseconds=1)
    if not 0 <= found < LATEST_MS:
        raise ValueError("outside 1970 to 9998")
    return found


def moment(ms: int, zone: ZoneInfo) -> datetime:
    """The moment of UTC milliseconds, in `zone`."""
    return (EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


class Time(FieldType):
    """A moment, UTC milliseconds. A time without offset is in the site's zone; where a clock change makes it
    ambiguous the first is meant.
    """

    column = "integer"
    noun = "时间"
    ordered = True
    timed = True

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], int]:
        """Text in the pattern, else ISO 8601 with or without offset → UTC milliseconds. ValueRefused: bad_time."""
        pattern = reading.pattern or OWN_WRITING
        if pattern in EPOCHS:
            return _epoch_reader(pattern)
        parse = _parser(pattern, reading.zone) if reading.pattern else _iso_parser(reading.zone)

        def read(value: Any) -> int:
            text = value.strip() if isinstance(value, str) else ""
            if type(value) is int and 0 <= value < 10**20:
                text = str(value)
            try:
                return parse(text)
            except (ValueError, KeyError, OverflowError):
                raise ValueRefused("bad_time", value=value, bound=pattern) from None

        return read

    def exact(self, field: Field, reading: Reading) -> Callable[[Any], int] | None:
        """The short cut: a text that is written just so."""
        if reading.pattern in EPOCHS:
            return None
        return _parser(reading.pattern, reading.zone) if reading.pattern else _iso_parser(reading.zone)

    def show(self, value: Any, field: Field, zone: ZoneInfo) -> str:
        """ISO 8601 with offset in `zone`, such as 2026-11-01T08:30:00+08:00; milliseconds only where there are any."""
        return moment(value, zone).isoformat(timespec="milliseconds" if value % 1000 else "seconds")


class Date(FieldType):
    """A civil date, stored and shown as YYYY-MM-DD."""

    noun = "日期"
    ordered = True
    timed = True

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], str]:
        """Text in the pattern, else YYYY-MM-DD → YYYY-MM-DD. ValueRefused: bad_time."""
        pattern = reading.pattern or "yyyy-MM-dd"
        to_ms = Time().reader(field, reading) if pattern in EPOCHS else None
        matches = pattern_regex(pattern).fullmatch

        def read(value: Any) -> str:
            if to_ms is not None:
                return moment(to_ms(value), reading.zone).date().isoformat()
            found = matches(str(value).strip()) if type(value) in (str, int) else None
            try:
                if found is None:
                    raise ValueError("not in the pattern")
                return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
            except ValueError:
                raise ValueRefused("bad_time", value=value, bound=pattern) from None

        return read


def _epoch_reader(pattern: str) -> Callable[[Any], int]:
    scale = EPOCHS[pattern]

    def read(value: Any) -> int:
        try:
            found = int(decimal(value, "时间") * scale)
        except ValueRefused:
            found = -1
        if not 0 <= found < LATEST_MS:
            raise ValueRefused("bad_time", value=value, bound=pattern)
        return found

    return read


def _parser(pattern: str, zone: ZoneInfo) -> Callable[[str], int]:
    """A strict parser: the pattern and nothing else. Raises ValueError, KeyError or OverflowError.

    Records come in time order, so the minute is looked up among the last ones and only seconds are read anew;
    a pattern that does not end in seconds is read whole.
    """
    if not pattern.endswith("ss"):
        return lru_cache(256)(_whole_parser(pattern, zone))
    minute = lru_cache(256)(_whole_parser(pattern[:-2], zone))
    return lambda text: minute(text[:-2]) + _SECONDS[text[-2:]]


def _whole_parser(pattern: str, zone: ZoneInfo) -> Callable[[str], int]:
    matches = pattern_regex(pattern).fullmatch

    def parse(text: str) -> int:
        found = matches(text)
        if found is None:
            raise ValueError("not in the pattern")
        parts = {name: int(digits) for name, digits in found.groupdict().items()}
        millis = parts.pop("milli", 0)
        return epoch_ms(datetime(**parts, tzinfo=zone)) + millis

    return parse


def _iso_parser(zone: ZoneInfo) -> Callable[[str], int]:
    own = _parser(OWN_WRITING, zone)

    def parse(text: str) -> int:
        if len(text) == 19 and text[10] == " ":
            return own(text)
        found = _ISO.fullmatch(text)
        if found is None:
            raise ValueError("not ISO 8601")
        at = datetime.fromisoformat(text)
        return epoch_ms(at if at.tzinfo else at.replace(tzinfo=zone))

    return parse
