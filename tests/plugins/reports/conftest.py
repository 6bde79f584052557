"""A dataset made for tests, of which every figure is known; and the modules of the plugin."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from types import ModuleType
from typing import Any

import pytest

STATIONS = {f"T{number}": f"测试站点{number}" for number in range(1, 41)}
CLASSES = {"none": "未超限", "minor": "一般超限", "grave": "较严重超限"}
LABELS = {"station": STATIONS, "overload_class": CLASSES}
COLUMNS = {
    "station": {"label": "站点", "unit": "", "kind": "dimension", "decimals": 0, "divide": 1},
    "overload_class": {
        "label": "超限程度", "unit": "", "kind": "dimension", "decimals": 0, "divide": 1,
        "colours": {"none": "green", "minor": "amber", "grave": "red"},
    },
    "trucks": {"label": "货车数", "unit": "辆", "kind": "count", "decimals": 0, "divide": 1},
    "overloaded": {"label": "超限数", "unit": "辆", "kind": "count", "decimals": 0, "divide": 1},
    "rate": {
        "label": "超限率", "unit": "%", "kind": "rate", "decimals": 2, "divide": 1, "of": ["overloaded", "trucks"],
    },
    "share": {"label": "占比", "unit": "%", "kind": "share", "decimals": 1, "divide": 1, "of": ["trucks"]},
    "gross": {"label": "总重合计", "unit": "吨", "kind": "sum", "decimals": 1, "divide": 1000},
}  # fmt: skip


def question(by: Sequence[str], measures: Sequence[str], compare: Sequence[str] = ()) -> dict[str, Any]:
    """A figure as declared."""
    return {
        "statistic": "tested",
        "by": [*by],
        "measures": [*measures],
        "where": {},
        "span": "period",
        "online": False,
        "compare": [*compare],
    }


def answer(said: dict[str, Any], rows: list[dict[str, Any]], totals: dict[str, Any], **other: Any) -> dict[str, Any]:
    """What was answered, changes of 3.2 % or points beside each measure that is compared."""
    changes = {measure: dict.fromkeys(said["compare"], 3.2) for measure in said["measures"]}
    return {
        "title": "测试统计", "statistic": "tested", "by": said["by"], "measures": said["measures"],
        "compare": said["compare"], "order": None, "span": ["2026-10-01", "2026-10-31"],
        "columns": {name: COLUMNS[name] for name in (*said["by"], *said["measures"])},
        "rows": rows, "labels": {name: LABELS[name] for name in said["by"]}, "totals": totals,
        "changes": {"totals": changes, "rows": [deepcopy(changes) for _ in rows]}, "rest": 0,
        "completeness": None, "definition": ["测试口径"], "current": True, **other,
    }  # fmt: skip


def section(**said: Any) -> dict[str, Any]:
    """A section as declared."""
    return {"level": 1, "new_page": False, "numbered": True, **said}


def table(of: str, **said: Any) -> dict[str, Any]:
    """A table as declared."""
    return {"of": of, "title": f"表 {of}", "columns": [], "totals": True, "numbered": False, **said}


def chart(of: str, shape: str, **said: Any) -> dict[str, Any]:
    """A chart as declared."""
    return {"of": of, "title": f"图 {of}", "shape": shape, "measures": [], **said}


def _stations() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows = [
        {"station": key, "trucks": 1000 + 10 * number, "overloaded": number, "rate": number / (1000 + 10 * number),
         "gross": 30_000_000 + number}
        for number, key in enumerate(STATIONS)
    ]  # fmt: skip
    totals = {name: sum(row[name] for row in rows) for name in ("trucks", "overloaded", "gross")}
    return rows, {**totals, "rate": totals["overloaded"] / totals["trucks"]}


@pytest.fixture
def dataset() -> dict[str, Any]:
    """A dataset of its own for a test to change."""
    return sound()


def sound() -> dict[str, Any]:
    """A month with 40 stations in two tables, three charts and a list of 90 records."""
    rows, totals = _stations()
    trucks, overloaded = totals["trucks"], totals["overloaded"]
    amounts = {"none": trucks - overloaded, "minor": overloaded - 80, "grave": 80}
    classes = [{"overload_class": key, "trucks": value, "share": value / trucks} for key, value in amounts.items()]
    figures = {
        "total": question((), ("trucks", "overloaded", "rate"), ("previous", "same_period")),
        "by_station": question(("station",), ("trucks", "overloaded", "rate", "gross"), ("previous",)),
        "by_class": question(("overload_class",), ("trucks", "share")),
    }
    plain = {name: totals[name] for name in ("trucks", "overloaded", "rate")}
    answers = {
        "total": answer(figures["total"], [], plain),
        "by_station": answer(figures["by_station"], rows, totals, completeness=_completeness()),
        "by_class": answer(figures["by_class"], classes, {"trucks": trucks, "share": 1.0}),
    }
    answers["total"]["changes"]["totals"]["rate"] = {"previous": -0.153, "same_period": None}
    return {
        "format": 1,
        "demo": False,
        "snapshot": 1,
        "answers": answers,
        **_said(figures),
        "lists": {"heavy": _listed()},
    }


def _completeness() -> dict[str, Any]:
    lacking = [{"station": "T2", "label": "测试站点2", "expected": 744, "present": 700}]
    return {"expected_hours": 29760, "present_hours": 29716, "stations": lacking}


def _said(figures: dict[str, Any]) -> dict[str, Any]:
    sections = {
        "summary": section(
            heading="内容提要",
            text="{period}共检测货车{total.trucks}，超限率{total.rate}，环比{total.rate.previous}，"
            "同比{total.rate.same_period}。"
            "\n\n{by_station.1.station}货车{by_station.1.trucks}；较严重超限{by_class.grave.trucks}，占{by_class.grave.share}。",
        ),
        "stations": section(
            heading="各站点", table=table("by_station", numbered=True), chart=chart("by_station", "bar")
        ),
        "classes": section(
            heading="构成", level=2, table=table("by_class"), chart=chart("by_class", "pie"), notes="含下限。"
        ),
        "columns": section(chart=chart("by_station", "line", measures=["rate"])),
        "heavy": section(heading="附件", new_page=True, list={"category": "tested", "title": "明细"}),
        "signed": section(signatures=["制表人", "审核人"]),
    }
    cover = {"title": "{site}分析报告", "subtitle": "{period}", "lines": ["测试单位"]}
    report = {
        "title": "测试月报", "help": "", "period": "month", "paper": "portrait", "watermark": "测试水印", "units": {},
        "cover": cover, "figures": figures, "sections": sections, "forms": ["pdf", "xlsx", "csv"],
        "cross_check": [{"title": "各程度之和", "sum": ["by_class.*.trucks"], "equals": "total.trucks"}],
    }  # fmt: skip
    names = {
        "site": "测试平台", "area": "全市", "title": "测试月报", "period": "2026年10月", "from": "2026年10月1日",
        "to": "2026年10月31日",
        "cut_off": "2026-11-01 07:00:00", "version": "1",
    }  # fmt: skip
    return {
        "report": report,
        "sections": list(sections),
        "names": names,
        "region": None,
        "period": {"kind": "month", "id": "2026-10", "first": "2026-10-01", "last": "2026-10-31"},
    }


def _listed() -> dict[str, Any]:
    rows = [
        {"at": f"2026-10-{1 + at % 31:02d} 08:30:00", "plate": f"湘D{10000 + at}", "kg": 100_000 + at, "pct": 104.5}
        for at in range(90)
    ]
    headings = {"at": "检测时间", "plate": "车牌号", "kg": "总重(kg)", "pct": "超限幅度(%)"}
    numeric = {"at": False, "plate": False, "kg": True, "pct": True}
    return {
        "title": "明细",
        "columns": [*headings],
        "headings": headings,
        "numeric": numeric,
        "decimals": {"pct": 2},
        "rows": rows,
        "count": 120,
        "is_capped": False,
        "definition": ["统计对象：测试称重中的 总重 ≥ 100000kg；作废的记录不计"],
    }


@pytest.fixture(scope="session")
def part(plugin_of: Callable[[str], ModuleType]) -> Callable[[str], ModuleType]:
    """A module of the plugin by its name."""
    package = plugin_of("reports").__name__
    return lambda name: importlib.import_module(f"{package}.{name}")
