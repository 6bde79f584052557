"""The tables of a report as text and as numbers: one description from which paper, sheets and CSV are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .figures import (
    ADDITIVE,
    PERCENT,
    cell,
    change,
    columns_of,
    completeness_of,
    heading,
    label,
    number,
    of_none,
    percent,
)
from .naming import column as column_of

TOTAL, NUMBERS = "合计", "序号"
Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """`headings` and `rows` as text, the first column being running numbers where it `is_numbered`; `values` are the
    same rows as numbers where they are such, `percent` which of the columns are parts of one. `totals` and
    `total_values` are the last row, None where there is none. Below it stand `notes`, the `definition` of its figures
    line by line, and how complete the data are."""

    title: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    percent: tuple[bool, ...]
    decimals: tuple[int, ...]
    is_numbered: bool
    rows: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Value, ...], ...]
    totals: tuple[str, ...] | None = None
    total_values: tuple[Value, ...] | None = None
    notes: tuple[str, ...] = ()
    definition: tuple[str, ...] = ()
    completeness: str = ""


@dataclass(frozen=True)
class Column:
    """One column while a table is made: how its cells are found, written, and as which number."""

    heading: str
    is_numeric: bool
    is_percent: bool
    decimals: int


def table_of(said: Mapping[str, Any], answer: Mapping[str, Any], notes: str) -> Table:
    """The declared table over its figure's answer."""
    if said.get("across"):
        return _across(said, answer, notes)
    names = columns_of(said, answer)
    columns = [_column(name, answer) for name in names]
    rows = [_row(names, index, answer) for index in range(len(answer["rows"]))]
    totals = _totals(names, answer) if said["totals"] and answer["by"] and len(rows) > 1 else None
    if said["numbered"]:
        columns.insert(0, Column(NUMBERS, True, False, 0))
        rows = [
            ((str(position), *texts), (position, *values)) for position, (texts, values) in enumerate(rows, start=1)
        ]
        totals = None if totals is None else (("", *totals[0]), (None, *totals[1]))
    return _made(said.get("title") or answer["title"], columns, rows, totals, **_below(notes, answer))


def list_table(
    said: Mapping[str, Any], listed: Mapping[str, Any], notes: str, answers: Sequence[Mapping[str, Any]]
) -> Table:
    """The declared list of records, numbered. How complete their data are, the answers over its period say."""
    names, records = listed["columns"], listed["rows"]
    decimals = {name: max((_decimals(record[name]) for record in records), default=0) for name in names}
    decimals |= listed["decimals"]
    columns = [Column(NUMBERS, True, False, 0)]
    columns += [Column(listed["headings"][name], listed["numeric"][name], False, decimals[name]) for name in names]
    rows = []
    for position, record in enumerate(records, start=1):
        texts = (_plain(record[name], decimals[name]) for name in names)
        rows.append(((str(position), *texts), (position, *(record[name] for name in names))))
    left_out = listed["count"] - len(listed["rows"])
    told = f"共 {listed['count']:,} 条{'以上' if listed['is_capped'] else ''}"
    more = f"，本表列出前 {len(listed['rows']):,} 条" if left_out or listed["is_capped"] else ""
    count = f"{told}{more}。" if rows else "本期无此类记录。"
    below = {
        "notes": (*_said(notes), count),
        "definition": tuple(listed["definition"]),
        "completeness": next(filter(None, map(_completeness_of, answers)), ""),
    }
    return _made(said.get("title") or listed["title"], columns, rows, None, **below)


def _below(notes: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What stands under a table: what the report says of it, what `top` left out, definition and completeness."""
    lines = [*_said(notes)]
    if answer["rest"]:
        listed = len(answer["rows"])
        lines.append(f"按{_ordered_by(answer)}取前 {listed} 项，其余 {answer['rest']} 项未列出，合计含全部。")
    if not answer["current"]:
        lines.append("统计口径刚刚改动，新口径正在重新计数，以上为原口径的数字。")
    definition = tuple(answer["definition"])
    return {"notes": tuple(lines), "definition": definition, "completeness": _completeness_of(answer)}


def _completeness_of(answer: Mapping[str, Any]) -> str:
    """In words; empty where nothing says what is expected."""
    share = completeness_of(answer)
    return _completeness(answer["completeness"], share) if share is not None else ""


def _completeness(said: Mapping[str, Any], share: float) -> str:
    expected, present = f"{said['expected_hours']:,}", f"{said['present_hours']:,}"
    line = f"数据完整性：应有 {expected} 站时，实有 {present} 站时，完整率 {percent(share, 1)}"
    lacking = [one for one in said["stations"] if one["present"] < one["expected"]]
    if not lacking:
        return f"{line}。"
    named = "、".join(f"{one['label']}（缺 {one['expected'] - one['present']:,}）" for one in lacking[:6])
    return f"{line}；缺数据的有 {len(lacking)} 个站点：{named}{'等' if len(lacking) > 6 else ''}。"


def _ordered_by(answer: Mapping[str, Any]) -> str:
    name = (answer["order"] or "").removeprefix("-")
    return f"{answer['columns'][name]['label']}排序" if name in answer["columns"] else "顺序"


def _column(name: str, answer: Mapping[str, Any]) -> Column:
    measure, compared = column_of(name)
    said = answer["columns"][measure]
    if compared:
        return Column(heading(name, answer), True, False, 2 if said["kind"] in PERCENT else 1)
    return Column(
        heading(name, answer), said["kind"] not in ("dimension", "moment"), said["kind"] in PERCENT, said["decimals"]
    )


Row = tuple[tuple[str, ...], tuple[Value, ...]]


def _row(names: Sequence[str], index: int, answer: Mapping[str, Any]) -> Row:
    pairs = [_cell(name, answer["rows"][index], answer["changes"]["rows"][index], answer) for name in names]
    return tuple(text for text, _ in pairs), tuple(value for _, value in pairs)


def _totals(names: Sequence[str], answer: Mapping[str, Any]) -> Row:
    pairs: list[tuple[str, Value]] = []
    for position, name in enumerate(names):
        if name in answer["by"]:
            pairs.append((TOTAL, TOTAL) if position == 0 else ("", None))
        else:
            pairs.append(_cell(name, answer["totals"], answer["changes"]["totals"], answer))
    return tuple(text for text, _ in pairs), tuple(value for _, value in pairs)


def _cell(
    name: str, row: Mapping[str, Any], changes: Mapping[str, Any], answer: Mapping[str, Any]
) -> tuple[str, Value]:
    """A cell as text, and as the number that stands in a sheet: divided as its unit says."""
    measure, compared = column_of(name)
    said = answer["columns"][measure]
    if compared:
        value = changes.get(measure, {}).get(compared)
        return change(value, said), value
    value = row.get(name)
    text = cell(value, name, answer)
    if said["kind"] in ("dimension", "moment"):
        return text, _key(value, text)
    return text, value / said["divide"] if value is not None and said["divide"] > 1 else value


def _across(said: Mapping[str, Any], answer: Mapping[str, Any], notes: str) -> Table:
    """Rows by the first dimension, a column for each value of the second, the last column their sum where there is
    one to tell."""
    (first, second), (measure,) = answer["by"], answer["measures"]
    keys = list(dict.fromkeys(row[first] for row in answer["rows"]))
    found = {(row[first], row[second]): row[measure] for row in answer["rows"]}
    values = [value for value in _in_order(second, answer) if any((key, value) in found for key in keys)]
    column = answer["columns"][measure]
    adds_up = column["kind"] in ADDITIVE and said["totals"]
    plain = Column("", True, column["kind"] in PERCENT, column["decimals"])
    columns = [Column(answer["columns"][first]["label"], False, False, 0)]
    columns += [Column(label(value, second, answer), True, plain.is_percent, plain.decimals) for value in values]
    unit = f"（{column['unit']}）" if column["unit"] else ""
    columns += [Column(f"{TOTAL}{unit}", True, False, plain.decimals)] if adds_up else []
    rows = []
    for key in keys:
        amounts = [found.get((key, value), of_none(measure, answer)) for value in values]
        text = label(key, first, answer)
        texts, numbers = _spread(text, amounts, measure, answer, adds_up)
        rows.append((texts, (_key(key, text), *numbers[1:])))
    totals = None
    if adds_up and len(rows) > 1:
        sums = [sum(found.get((key, value)) or 0 for key in keys) for value in values]
        totals = _spread(TOTAL, sums, measure, answer, adds_up)
    return _made(said.get("title") or answer["title"], columns, rows, totals, **_below(notes, answer))


def _spread(name: str, amounts: Sequence[Any], measure: str, answer: Mapping[str, Any], adds_up: bool) -> Row:
    shown = [*amounts, *([sum(value or 0 for value in amounts)] if adds_up else [])]
    divide = answer["columns"][measure]["divide"]
    values = tuple(value / divide if value is not None and divide > 1 else value for value in shown)
    return (name, *(cell(value, measure, answer) for value in shown)), (name, *values)


def _key(value: Any, text: str) -> Value:
    """What stands in a sheet for a value of a dimension: a number without a text of its own, such as axles, as such."""
    return value if _is_number(value) and str(value) == text else text


def _in_order(name: str, answer: Mapping[str, Any]) -> Iterator[Any]:
    """The values of a dimension as its dictionary has them, then those that it does not."""
    there = dict.fromkeys(row[name] for row in answer["rows"])
    known = [value for value in answer["labels"].get(name, {}) if value in there]
    yield from known
    yield from sorted((value for value in there if value not in known), key=lambda value: (value is None, str(value)))


def _made(title: str, columns: Sequence[Column], rows: Sequence[Row], totals: Row | None, **below: Any) -> Table:
    return Table(
        title=title,
        headings=tuple(column.heading for column in columns),
        numeric=tuple(column.is_numeric for column in columns),
        percent=tuple(column.is_percent for column in columns),
        decimals=tuple(column.decimals for column in columns),
        is_numbered=columns[0].heading == NUMBERS,
        rows=tuple(texts for texts, _ in rows),
        values=tuple(values for _, values in rows),
        totals=None if totals is None else totals[0],
        total_values=None if totals is None else totals[1],
        **below,
    )


def _said(notes: str) -> tuple[str, ...]:
    return tuple(line for line in notes.strip().split("\n") if line) if notes else ()


def _plain(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    return number(value, decimals) if _is_number(value) else str(value)


def _decimals(value: Any) -> int:
    """How many decimals a number is written with."""
    return len(repr(value).partition(".")[2].removesuffix("0")) if isinstance(value, float) else 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
