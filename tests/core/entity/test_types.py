"""Field types: what they read, how they store and show it, what they refuse."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.entity import Field
from core.entity.field_type import Reading, ValueRefused
from core.entity.types import CORE, announced, option_schemas

ZONE = ZoneInfo("Asia/Shanghai")
ODD: list[Any] = [
    True,
    False,
    float("nan"),
    float("inf"),
    -float("inf"),
    [],
    {},
    [1],
    {"a": 1},
    "",
    "x",
    "６",
    "1e3",
    "1_000",
    "0x1",
    "--1",
    "1.",
    ".5",
    10**50,
    "9" * 5000,
]


def read(kind: str, value: Any, unit: str | None = None, **options: Any) -> Any:
    field = Field("f", CORE[kind], "字段", options=options)
    return CORE[kind].reader(field, Reading(unit=unit, zone=ZONE))(value)


def refusal(kind: str, value: Any, unit: str | None = None, **options: Any) -> ValueRefused:
    with pytest.raises(ValueRefused) as caught:
        read(kind, value, unit, **options)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "unit", "value", "stored"),
    [
        ("mass", "t", 52.4, 52400),
        ("mass", "t", "52.4", 52400),
        ("mass", "kg", 52400, 52400),
        ("mass", None, " 52400 ", 52400),
        ("mass", "10kg", 5240, 52400),
        ("mass", "g", 1500, 2),  # 1.5 kg, half up
        ("mass", "g", -1500, -2),
        ("mass", "t", 0.0005, 1),
        ("length", "cm", 1.25, 13),
        ("length", "m", "17.1", 17100),
        ("speed", None, 43.5, 435),
        ("speed", "km/h", 43.45, 435),  # the float product lies a hair off the half
        ("speed", "m/s", "12.5", 450),
        ("integer", None, "6", 6),
        ("integer", None, 6.0, 6),
        ("integer", None, "-0", 0),
        ("number", "ratio", 0.0694, 6.94),
        ("number", None, 1, 1.0),
        ("boolean", None, 1, True),
        ("boolean", None, "FALSE", False),
        ("text", None, " T-1 ", "T-1"),
        ("text", None, 157, "157"),
        ("choice", None, 21, "21"),
    ],
)
def test_reads_exactly(kind: str, unit: str | None, value: Any, stored: Any) -> None:
    found = read(kind, value, unit, codes={"21"})
    assert found == stored
    assert type(found) is type(stored)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("kind", ["integer", "number", "mass", "length", "speed"])
def test_odd_values_are_no_numbers(kind: str, value: Any) -> None:
    assert refusal(kind, value).outcome in ("wrong_type", "too_large")


@pytest.mark.parametrize("kind", sorted(name for name, kind in CORE.items() if not kind.listed))
@pytest.mark.parametrize("value", [[], {}, [1], float("nan"), b"bytes"], ids=repr)
def test_no_type_takes_a_list_or_a_mapping(kind: str, value: Any) -> None:
    assert refusal(kind, value).outcome in ("wrong_type", "bad_time")


@pytest.mark.parametrize("kind", ["text", "ref", "choice"])
@pytest.mark.parametrize("value", ["a\x00b", "\ud800", True, 1.5])
def test_texts_refuse_what_no_database_takes(kind: str, value: Any) -> None:
    assert refusal(kind, value, codes={"1.5"}).outcome == "wrong_type"


def test_bounds_are_said_in_the_unit_of_the_partner() -> None:
    assert refusal("mass", 301, "t", max=300000).values == {"value": 301, "bound": 300}
    assert refusal("speed", -1, min=0).values == {"value": -1, "bound": 0}
    assert refusal("speed", 100, "m/s", max=300).values["bound"] == pytest.approx(83.333, abs=0.001)
    assert refusal("integer", 2**63).outcome == "too_large"
    assert refusal("mass", "9223372036854775808").outcome == "too_large"
    assert refusal("text", "x" * 501).values["bound"] == 500


@given(st.decimals(-(10**6), 10**6, places=4), st.sampled_from(["kg", "t", "10kg", "g"]))
def test_a_float_is_read_as_it_is_written(number: Decimal, unit: str) -> None:
    stored = int((number * CORE["mass"].units[unit]).to_integral_value(rounding=ROUND_HALF_UP))
    assert read("mass", str(number), unit) == read("mass", float(number), unit) == stored


@given(st.integers(), st.sampled_from(["integer", "mass", "length", "speed"]), st.sampled_from([None, "unit"]))
def test_the_short_cut_for_integers_says_what_the_reader_says(value: int, kind: str, unit: str | None) -> None:
    units = [known for known in CORE[kind].units if known]
    field = Field("f", CORE[kind], "字段", options={"min": -3, "max": 4000})
    reading = Reading(unit=units[-1] if unit and units else None, zone=ZONE)
    cut = CORE[kind].integers(field, reading)
    if cut is not None and cut[0] <= value <= cut[1]:
        assert CORE[kind].reader(field, reading)(value) == value * cut[2]
    elif cut is not None:
        with pytest.raises(ValueRefused):
            CORE[kind].reader(field, reading)(value)


@given(st.text(max_size=8), st.sampled_from(["text", "ref"]))
def test_the_short_cut_for_texts_says_what_the_reader_says(value: str, kind: str) -> None:
    field = Field("f", CORE[kind], "字段", options={"min": 1, "max": 5})
    least, most = CORE[kind].texts(field, Reading(zone=ZONE))
    text = value.strip()
    if text.isprintable() and least <= len(text) <= most:
        assert CORE[kind].reader(field, Reading(zone=ZONE))(value) == text


def test_contradicting_options_are_told() -> None:
    for kind in ("text", "integer", "number", "mass", "speed"):
        assert "above" in CORE[kind].check_options(Field("f", CORE[kind], "", options={"min": 3, "max": 2}))
    assert "64 bits" in CORE["mass"].check_options(Field("f", CORE["mass"], "", options={"max": 1e30}))
    assert CORE["mass"].check_options(Field("f", CORE["mass"], "", options={"min": 0, "max": 1})) is None


def test_shown_values_read_back() -> None:
    for kind, stored in (
        ("speed", 435),
        ("mass", 52400),
        ("time", 1793493000000),
        ("time", 1793493000123),
        ("date", "2026-11-01"),
    ):
        field = Field("f", CORE[kind], "")
        assert read(kind, CORE[kind].show(stored, field, ZONE)) == stored
    assert CORE["speed"].show(435, Field("f", CORE["speed"], ""), ZONE) == 43.5


def test_every_type_is_announced() -> None:
    assert set(announced()) == set(CORE) == set(option_schemas())
    assert all(entry["label"] and entry["help"] for entry in announced().values())
