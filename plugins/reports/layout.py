"""From a dataset to its parts in order: what every form of the report is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .charts import Plot
from .figures import PERCENT, cell, filled, label, number, percent
from .style import NAMED
from .tables import Table, list_table, table_of

NUMERALS = "一二三四五六七八九十"
RECURRING: Mapping[str, Sequence[int]] = {"hour_of_day": range(24)}
"""Dimensions of which a chart shows every value, those without records too."""


@dataclass(frozen=True)
class Part:
    """One section with its names filled in; what it does not have is None or empty."""

    name: str
    heading: str
    level: int
    new_page: bool
    paragraphs: tuple[str, ...]
    tables: tuple[Table, ...]
    plot: Plot | None
    plot_title: str
    image: Mapping[str, Any] | None
    signatures: tuple[str, ...]
    notes: tuple[str, ...]


def parts(dataset: Mapping[str, Any]) -> list[Part]:
    """The sections in their order; headings are numbered 一、 and （一）."""
    sections = dataset["report"]["sections"]
    numbered = _numbered([sections[name] for name in dataset["sections"]])
    return [
        _part(name, sections[name], prefix, dataset) for name, prefix in zip(dataset["sections"], numbered, strict=True)
    ]


def _part(name: str, said: Mapping[str, Any], prefix: str, dataset: Mapping[str, Any]) -> Part:
    notes = filled(said.get("notes") or "", dataset)
    tables = _tables(name, said, dataset, notes)
    text = filled(said.get("text") or "", dataset)
    chart = said.get("chart")
    return Part(
        name=name,
        heading=prefix + filled(said["heading"], dataset) if said.get("heading") else "",
        level=said["level"],
        new_page=said["new_page"],
        paragraphs=tuple("".join(block.split("\n")) for block in text.strip().split("\n\n") if block.strip()),
        tables=tables,
        plot=plot_of(chart, dataset["answers"][chart["of"]]) if chart else None,
        plot_title=(chart.get("title") or dataset["answers"][chart["of"]]["title"]) if chart else "",
        image=said.get("image"),
        signatures=tuple(said.get("signatures") or ()),
        notes=() if tables else tuple(line for line in notes.split("\n") if line),
    )


def _tables(name: str, said: Mapping[str, Any], dataset: Mapping[str, Any], notes: str) -> tuple[Table, ...]:
    found = []
    if said.get("table"):
        found.append(table_of(said["table"], dataset["answers"][said["table"]["of"]], notes))
    if said.get("list"):
        listed, same = dataset["lists"][name], _over_period(dataset)
        found.append(list_table(said["list"], listed, "" if found else notes, same))
    return tuple(found)


def _over_period(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The answers that are about the period of the report, as its lists are."""
    span = [dataset["period"]["first"], dataset["period"]["last"]]
    return [answer for answer in dataset["answers"].values() if answer["span"] == span]


def _numbered(sections: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    first = second = 0
    for said in sections:
        if not said.get("heading") or not said["numbered"]:
            yield ""
        elif said["level"] == 1:
            first, second = first + 1, 0
            yield f"{_numeral(first)}、"
        else:
            second += 1
            yield f"（{_numeral(second)}）"


def _numeral(value: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(value, 10)
    if not tens:
        return NUMERALS[ones - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def plot_of(said: Mapping[str, Any], answer: Mapping[str, Any]) -> Plot:
    """The declared chart over its figure's answer."""
    measures = said["measures"] or answer["measures"][:1]
    column = answer["columns"][measures[0]]
    is_ratio, divide = column["kind"] in PERCENT, column["divide"]
    first, series, colours = answer["by"][0], said.get("series"), ()

    def shown(value: float) -> str:
        return percent(value, column["decimals"]) if is_ratio else number(value, column["decimals"])

    def tick(value: float) -> str:
        return _percent_tick(value) if is_ratio else number(value, 0 if float(value).is_integer() else 1)

    def of(row: Mapping[str, Any], measure: str) -> float | None:
        value = row[measure]
        return value / divide if value is not None and divide > 1 else value

    keys = list(dict.fromkeys([*RECURRING.get(first, ()), *(row[first] for row in answer["rows"])]))
    if series:
        values = [*dict.fromkeys([*_known(series, answer), *(row[series] for row in answer["rows"])])]
        values = [value for value in values if any(row[series] == value for row in answer["rows"])]
        found = {(row[first], row[series]): of(row, measures[0]) for row in answer["rows"]}
        lines = [(label(value, series, answer), [found.get((key, value), 0) for key in keys]) for value in values]
        colours = _colours(series, values, answer)
    else:
        at = {row[first]: row for row in answer["rows"]}
        lines = [
            (answer["columns"][one]["label"], [of(at[key], one) if key in at else 0 for key in keys])
            for one in measures
        ]
        colours = _colours(first, keys, answer) if said["shape"] == "pie" else ()
    unit = "" if is_ratio else column["unit"]
    return Plot(said["shape"], [_category(key, first, answer) for key in keys], lines, shown, tick, unit, colours)


def _category(key: Any, first: str, answer: Mapping[str, Any]) -> str:
    return f"{key}时" if first == "hour_of_day" else cell(key, first, answer)


def _known(name: str, answer: Mapping[str, Any]) -> Sequence[str]:
    return list(answer["columns"][name].get("colours", {})) or list(answer["labels"].get(name, {}))


def _colours(name: str, values: Sequence[Any], answer: Mapping[str, Any]) -> tuple[Any, ...]:
    """Those of the dictionary, where it has a different one for each."""
    said = answer["columns"][name].get("colours", {})
    found = [NAMED.get(said.get(value, "")) for value in values]
    return tuple(found) if None not in found and len({str(one) for one in found}) == len(found) else ()


def _percent_tick(value: float) -> str:
    """With as few decimals as tell it apart, two at most."""
    text = percent(value, 2).removesuffix("%")
    return f"{text.rstrip('0').rstrip('.')}%"
