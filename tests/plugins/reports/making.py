"""A small home with a report over its crossings, opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.run.live import Platform
from tests.core.run import homes

STATISTIC = """title: 通行统计
entity: crossing
grain: hour
sum: [weight_kg]
measures:
  passed: {label: 通行数, unit: 次, count: true}
  share: {label: 占比, share: passed}
"""
REPORT = """title: 测试日报
period: day
forms: [csv]
units: {weight_kg: {label: 总重, unit: 吨, divide: 1000, decimals: 1}}
figures:
  total: {statistic: crossings, measures: [passed, weight_kg]}
  by_gate: {statistic: crossings, by: [gate], measures: [passed, share, weight_kg], order: -passed}
sections:
  summary: {heading: 概况, text: "{period}通行{total.passed}，总重{total.weight_kg}，{by_gate.1.gate}最多。"}
  gates: {heading: 各闸口, table: {of: by_gate, title: 各闸口通行数}}
  heavy: {heading: 明细, list: {category: crossing, columns: [code, gate, crossed_at, weight_kg], title: 通行明细}}
cross_check:
  - {title: 各闸口之和, sum: [by_gate.*.passed], equals: total.passed}
"""
SITE = {**homes.SITE, "demo": True, "plugins": {"stations": {}, "reports": {}}}
PRINTED = "like: daily\nforms: [pdf, xlsx, csv]\n"
FILES = {
    **homes.FILES,
    "config/categories/every_crossing.yaml": "title: 全部通行\nentity: crossing\nvoided: true\n",
    "config/statistics/crossings.yaml": STATISTIC,
    "config/reports/daily.yaml": REPORT,
    "config/reports/printed.yaml": PRINTED,
}


@contextmanager
def opened(root: Path) -> Iterator[Platform]:
    """The platform on such a home, two gates registered."""
    home = homes.make(root, SITE, FILES)
    with homes.opened(home) as platform:
        platform.store.statistics.fill()
        homes.load_gates(platform, "G1", "G2")
        yield platform


def crossings(platform: Platform, gate: str, numbers: range, day: str, kg: int = 900) -> None:
    """Records of a gate, as they are loaded from a file."""
    rows = "".join(f"{day}-{gate}-{number},{gate},{day} 08:30:00,{kg}\n" for number in numbers)
    data = ("code,gate,crossed_at,weight_kg\n" + rows).encode().hex()
    done = homes.operate(platform, "load", entity="crossing", name="crossing.csv", data=data, replace=False, who="test")
    assert not done["refused"], done
    platform.store.statistics.fill()


def made(platform: Platform, day: str, **said: Any) -> dict[str, Any]:
    """Run the command that makes the report of a day."""
    arguments = {"report": "daily", "period": day, **said}
    result: dict[str, Any] = homes.operate(platform, "command", name="report", arguments=arguments)
    return result
