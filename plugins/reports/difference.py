"""What differs between two datasets of one report, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .figures import NOTHING, cell, completeness_of, label, of_none, percent

MOST = 20
"""So many differences of one figure are named one by one."""


def differences(former: Mapping[str, Any], dataset: Mapping[str, Any]) -> list[str]:
    """Figures and lists that changed, were added or went; empty where none did, whatever the moment."""
    found = []
    if _told(former) != _told(dataset):
        found.append("报告的版式或文字有改动")
    if former["names"]["period"] != dataset["names"]["period"]:
        found.append(f"周期由“{former['names']['period']}”变为“{dataset['names']['period']}”")
    for name, answer in dataset["answers"].items():
        before = former["answers"].get(name)
        title = _title(name, dataset)
        if before is None:
            found.append(f"新增数字 {title}")
        else:
            found += [f"{title}：{text}" for text in _capped([*_answers(before, answer)])]
    found += [f"去掉数字 {name}" for name in former["answers"] if name not in dataset["answers"]]
    for name, listed in dataset["lists"].items():
        before = former["lists"].get(name)
        if before is None or before["rows"] != listed["rows"] or before["count"] != listed["count"]:
            was, now = f"{before['count']:,}" if before else NOTHING, f"{listed['count']:,}"
            found.append(
                f"{listed['title']}：{was} → {now} 条" if was != now else f"{listed['title']}：{now} 条中有改动"
            )
    return found


def _told(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """What of a declaration is printed, figures apart."""
    return {key: value for key, value in dataset["report"].items() if key not in ("figures", "order", "help")}


def _title(name: str, dataset: Mapping[str, Any]) -> str:
    """The title of the table that shows a figure, else its name."""
    for section in dataset["report"]["sections"].values():
        table = section.get("table") or {}
        if table.get("of") == name and table.get("title"):
            return str(table["title"])
    return name


def _answers(before: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    if before["by"] != answer["by"] or before["measures"] != answer["measures"]:
        yield "维度或度量有改动"
        return
    for measure in answer["measures"]:
        was, now = before["totals"].get(measure), answer["totals"].get(measure)
        if was != now:
            yield _change("合计", measure, was, now, answer)
    by = answer["by"]
    rows = {tuple(row[name] for name in by): row for row in answer["rows"]}
    former = {tuple(row[name] for name in by): row for row in before["rows"]}
    none_before, none = ({name: of_none(name, each) for name in each["measures"]} for each in (before, answer))
    for key in [*rows, *(key for key in former if key not in rows)]:
        for measure in answer["measures"]:
            was, now = former.get(key, none_before).get(measure), rows.get(key, none).get(measure)
            if was != now and by:
                where = " ".join(label(value, name, answer) for name, value in zip(by, key, strict=True))
                yield _change(where, measure, was, now, answer)

    if before["changes"] != answer["changes"]:
        yield "同比或环比有变化"
    was, now = completeness_of(before), completeness_of(answer)
    if was != now:
        shown = [NOTHING if value is None else percent(value, 1) for value in (was, now)]
        yield f"数据完整率 {shown[0]} → {shown[1]}"


def _change(where: str, measure: str, was: Any, now: Any, answer: Mapping[str, Any]) -> str:
    shown = [NOTHING if value is None else cell(value, measure, answer) for value in (was, now)]
    return f"{where}{answer['columns'][measure]['label']} {shown[0]} → {shown[1]}"


def _capped(found: list[str]) -> list[str]:
    return found if len(found) <= MOST else [*found[:MOST], f"另有 {len(found) - MOST} 处"]
