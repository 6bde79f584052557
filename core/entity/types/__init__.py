"""The field types of the core, by name, and what is announced of them in types.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from core.declare.phrase import with_chinese
from core.entity.field_type import FieldType
from core.entity.types.list import IntegerList, LengthList, MassList, NumberList, SpeedList, TextList
from core.entity.types.number import Boolean, Integer, Length, Mass, Number, Speed
from core.entity.types.text import Choice, Ref, Text
from core.entity.types.time import Date, Time

CORE: Mapping[str, FieldType] = MappingProxyType(
    {
        "text": Text(),
        "integer": Integer(),
        "number": Number(),
        "boolean": Boolean(),
        "time": Time(),
        "date": Date(),
        "ref": Ref(),
        "choice": Choice(),
        "mass": Mass(),
        "length": Length(),
        "speed": Speed(),
        "mass_list": MassList(),
        "length_list": LengthList(),
        "speed_list": SpeedList(),
        "integer_list": IntegerList(),
        "number_list": NumberList(),
        "text_list": TextList(),
    }
)


@cache
def announced() -> Mapping[str, Mapping[str, Any]]:
    """{name: {label, help, options}} of each core field type, as a plugin announces its own in plugin.yaml."""
    here = Path(__file__).parent
    entries: dict[str, Any] = yaml.safe_load((here / "types.yaml").read_text("utf-8"))
    return with_chinese(entries, here / "zh" / "types.yaml")


def option_schemas() -> dict[str, dict[str, Any]]:
    """{name: Cerberus schema of its options} of each core field type."""
    return {name: dict(entry["options"]) for name, entry in announced().items()}
