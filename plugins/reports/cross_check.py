"""Checking a dataset against itself: a report whose figures disagree is not made.

Beside what a report declares it is always looked at that rows add up to their total, that shares are the parts they
say and add up to one, that rates are one measure divided by the other, and that one question has one answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from .figures import ADDITIVE, value_of
from .naming import called

NEAR = 1e-9
"""Parts of one are floats: they may differ by the last bits."""


def disagreeing(dataset: Mapping[str, Any]) -> list[str]:
    """What disagrees, in words for who prepares the report; empty where all agrees."""
    answers = dataset["answers"].items()
    found = [line for name, answer in answers for line in _within(name, answer)]
    return [*found, *_between(dataset), *_lists(dataset), *_declared(dataset)]


def _within(name: str, answer: Mapping[str, Any]) -> Iterator[str]:
    """One answer against itself."""
    for measure in answer["measures"]:
        kind = answer["columns"][measure]["kind"]
        if kind in ADDITIVE:
            yield from _sum(name, measure, answer)
        elif kind == "share":
            yield from _share(name, measure, answer)
        elif kind == "rate":
            yield from _rate(name, measure, answer)


def _sum(name: str, measure: str, answer: Mapping[str, Any]) -> Iterator[str]:
    if not answer["by"]:
        return
    added, total = sum(row[measure] or 0 for row in answer["rows"]), answer["totals"][measure] or 0
    if added > total or (added != total and not answer["rest"]):
        yield f"{name}：各行{_label(measure, answer)}之和 {added:,} 与合计 {total:,} 不符"


def _share(name: str, measure: str, answer: Mapping[str, Any]) -> Iterator[str]:
    label, base = _label(measure, answer), answer["columns"][measure]["of"][0]
    values = [row[measure] for row in answer["rows"] if row[measure] is not None]
    if values and not answer["rest"] and not _near(sum(values), 1):
        yield f"{name}：各行{label}之和为 {sum(values):.4%}，不是 100%"
    total = answer["totals"].get(base)
    for number, row in enumerate(answer["rows"], start=1):
        if total and base in row and row[measure] is not None and not _near(row[measure], (row[base] or 0) / total):
            yield f"{name}：第 {number} 行{label} {row[measure]:.4%} 与 {row[base]:,}÷{total:,} 不符"


def _rate(name: str, measure: str, answer: Mapping[str, Any]) -> Iterator[str]:
    label, (part, base) = _label(measure, answer), answer["columns"][measure]["of"]
    rows = [
        *((f"第 {number} 行", row) for number, row in enumerate(answer["rows"], start=1)),
        ("合计", answer["totals"]),
    ]
    for where, row in rows:
        value = row.get(measure)
        if value is None or part not in row or base not in row:
            continue
        if not row[base] or not _near(value, (row[part] or 0) / row[base]):
            yield f"{name}：{where}{label} {value:.4%} 与 {row[part]}÷{row[base]} 不符"


def _between(dataset: Mapping[str, Any]) -> Iterator[str]:
    """Totals of answers that ask about the same rows."""
    known: dict[str, tuple[str, Any]] = {}
    for name, answer in dataset["answers"].items():
        said = dataset["report"]["figures"][name]
        about = json.dumps([said["statistic"], said["where"], answer["span"]], sort_keys=True)
        for measure in answer["measures"]:
            total = answer["totals"].get(measure)
            if answer["columns"][measure]["kind"] == "share" or total is None:
                continue
            other, value = known.setdefault(f"{about} {measure}", (name, total))
            if value != total and not _near(value, total):
                yield f"{name} 与 {other}：同一口径的{_label(measure, answer)}合计 {total:,} 与 {value:,} 不符"


def _lists(dataset: Mapping[str, Any]) -> Iterator[str]:
    for name, listed in dataset["lists"].items():
        if len(listed["rows"]) > listed["count"]:
            yield f"{name}：列出 {len(listed['rows'])} 条，多于共计 {listed['count']} 条"


def _declared(dataset: Mapping[str, Any]) -> Iterator[str]:
    figures = dataset["report"]["figures"]
    for check in dataset["report"]["cross_check"]:
        parts = [called(name, figures) for name in check["sum"]]
        whole = called(check["equals"], figures)
        if whole is None or None in parts:
            yield f"{check['title']}：核对所引用的数字不在数据集中"
            continue
        added = sum(value_of(dataset, part) or 0 for part in parts if part is not None)
        total = value_of(dataset, whole) or 0
        if added != total and not _near(added, total):
            yield f"{check['title']}：{' + '.join(check['sum'])} 为 {added:,}，{check['equals']} 为 {total:,}"


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)


def _label(measure: str, answer: Mapping[str, Any]) -> str:
    return str(answer["columns"][measure]["label"])
