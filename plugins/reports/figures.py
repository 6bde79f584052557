"""Values of a dataset: found by the names that texts call them by, and shown as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .naming import ALL_ROWS, COMPLETENESS, PLAIN, ROWS, Called, called, pieces
from .naming import column as column_of

NOTHING, NONE = "—", "无"
PERCENT = ("rate", "share")
"""Kinds of measures that are parts of one and shown in percent."""

ADDITIVE = ("count", "sum")
"""Kinds whose rows add up to their total."""

OF_NONE = (*ADDITIVE, "distinct", "share")
"""Kinds that are 0 of a group without records; all others have no value then."""

WHY = {"same_period": "无同期数据", "previous": "无上期数据"}


def value_of(dataset: Mapping[str, Any], said: Called) -> Any:
    """The stored value that is called, the sum where it calls all rows; None where there is none."""
    answer = dataset["answers"][said.figure]
    if said.row == ALL_ROWS:
        values = [row[said.column] for row in answer["rows"]]
        return sum(value for value in values if value is not None)
    if said.column == ROWS:
        return len(answer["rows"])
    if said.column == COMPLETENESS:
        return completeness_of(answer)
    if said.row is None:
        place = answer["changes"]["totals"] if said.compared else answer["totals"]
    else:
        index = _row(answer, said.row)
        if index is None:
            is_of_none = not said.compared and not said.row.isdigit()  # no row of a code: there was none
            return of_none(said.column, answer) if is_of_none else None
        place = answer["changes"]["rows"][index] if said.compared else answer["rows"][index]
    return place.get(said.column, {}).get(said.compared) if said.compared else place.get(said.column)


def _row(answer: Mapping[str, Any], row: str) -> int | None:
    if row.isdigit():
        return int(row) - 1 if 1 <= int(row) <= len(answer["rows"]) else None
    first = answer["by"][0]
    return next((index for index, found in enumerate(answer["rows"]) if str(found[first]) == row), None)


def of_none(measure: str, answer: Mapping[str, Any]) -> int | None:
    """The value of a group without a row, which is one over no records. What no row tells, such as different values by
    the hour, it does not tell either; a share there is only of what others have."""
    kind, rows = answer["columns"][measure]["kind"], answer["rows"]
    is_told = all(row[measure] is not None for row in rows) and (rows or kind != "share")
    return 0 if kind in OF_NONE and is_told else None


def completeness_of(answer: Mapping[str, Any]) -> float | None:
    """The share of expected hours that have data; None where nothing says what is expected."""
    said = answer["completeness"]
    return said["present_hours"] / said["expected_hours"] if said and said["expected_hours"] else None


def filled(template: str, dataset: Mapping[str, Any]) -> str:
    """A text with its names put in."""
    return "".join(text + (_in_words(name, dataset) if name else "") for text, name in pieces(template))


def _in_words(name: str, dataset: Mapping[str, Any]) -> str:
    if name in PLAIN:
        return str(dataset["names"][name])
    said = called(name, dataset["report"]["figures"])
    if said is None:
        raise KeyError(name)  # compiling looked at every name
    answer = dataset["answers"][said.figure]
    if said.first:
        return _in_turn(said, answer)
    value = value_of(dataset, said)
    if said.column == ROWS:
        return f"{value:,}"
    if said.column == COMPLETENESS:
        return percent(value, 1) if value is not None else NOTHING
    column = answer["columns"][said.column]
    if said.compared:
        return change_in_words(value, column, said.compared)
    return _with_unit(value, said.column, answer)


def _in_turn(said: Called, answer: Mapping[str, Any]) -> str:
    """The first rows with their value, as many as there are with more than none: 甲站（9.54%）、乙站（8.86%）."""
    first, rows = answer["by"][0], answer["rows"][: said.first]
    named = [f"{label(row[first], first, answer)}（{_with_unit(row[said.column], said.column, answer)}）"
             for row in rows if row[said.column]]  # fmt: skip
    return "、".join(named) or NONE


def _with_unit(value: Any, name: str, answer: Mapping[str, Any]) -> str:
    """As a text says it; percent have their sign already."""
    shown, column = cell(value, name, answer), answer["columns"][name]
    return shown + column["unit"] if column["kind"] not in PERCENT and shown != NOTHING else shown


def change_in_words(value: float | None, column: Mapping[str, Any], compared: str) -> str:
    """上升3.2%, 下降0.15个百分点 of a rate, 持平; where it is missing, why."""
    if value is None:
        return f"{NOTHING}（{WHY[compared]}）"
    is_rate = column["kind"] in PERCENT
    size = number(abs(value), 2 if is_rate else 1)
    if not float(size.replace(",", "")):
        return "持平"
    return f"{'上升' if value > 0 else '下降'}{size}{'个百分点' if is_rate else '%'}"


def change(value: float | None, column: Mapping[str, Any]) -> str:
    """A change in a cell: +3.2, -0.15 in the unit that the heading says; "—" where there is none."""
    if value is None:
        return NOTHING
    size = number(abs(value), 2 if column["kind"] in PERCENT else 1)
    sign = "" if not float(size.replace(",", "")) else "+" if value > 0 else "-"
    return f"{sign}{size}"


def cell(value: Any, name: str, answer: Mapping[str, Any]) -> str:
    """A value of a column as a table shows it, its unit being in the heading; percent keep their sign."""
    column = answer["columns"][name]
    if column["kind"] == "dimension":
        return label(value, name, answer)
    if value is None:
        return NOTHING
    if column["kind"] == "moment":
        return str(value)
    if column["kind"] in PERCENT:
        return percent(value, column["decimals"])
    return number(value / column["divide"] if column["divide"] > 1 else value, column["decimals"])


def label(value: Any, name: str, answer: Mapping[str, Any]) -> str:
    """What stands for a value of a dimension."""
    if value is None:
        return "未知"
    return str(answer["labels"].get(name, {}).get(str(value), value))


def heading(name: str, answer: Mapping[str, Any]) -> str:
    """A column's heading with its unit: 货车数（辆）, 环比（%）."""
    measure, compared = column_of(name)
    column = answer["columns"][measure]
    if compared:
        unit = "百分点" if column["kind"] in PERCENT else "%"
        word = {"same_period": "同比", "previous": "环比"}[compared]
        return f"{column['label']}{word}（{unit}）"
    unit = "" if column["kind"] in (*PERCENT, "dimension") else column["unit"]
    return f"{column['label']}（{unit}）" if unit else str(column["label"])


def number(value: float, decimals: int) -> str:
    """With groups of three, halves away from zero as on paper."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}"


def percent(value: float, decimals: int) -> str:
    """A part of one in percent."""
    return f"{number(value * 100, decimals)}%"


def columns_of(table: Mapping[str, Any], answer: Mapping[str, Any]) -> Sequence[str]:
    """The columns of a declared table: those it names, else all of its figure, changes behind their measure."""
    if table["columns"]:
        return tuple(table["columns"])
    measures = [
        name for measure in answer["measures"] for name in (measure, *(f"{measure}.{one}" for one in answer["compare"]))
    ]
    return (*answer["by"], *measures)
