"""Entities out of a small home written for a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.declare import library
from core.declare.problem import Problem
from core.entity.compile import compile_entities
from core.entity.entity import Entity
from core.entity.types import CORE, option_schemas
from core.intake.outcomes import OUTCOMES

SITE = "title: 测试站点\nplugins: {}\n"
STATION = """
title: 测试站点
key: [code]
show: title
scope: region
fields:
  code: {type: text, max: 32, required: true, label: 编号}
  title: {type: text, label: 名称}
  region: {type: ref, to: region, label: 区划}
"""
REGION = """
title: 测试区划
key: [code]
scope: parent
fields:
  code: {type: text, required: true, label: 代码}
  parent: {type: ref, to: region, label: 上级}
"""
WEIGHING = """
title: 测试称重
key: [station, code]
time: weighed_at
scope: station
fields:
  code: {type: text, max: 20, required: true, label: 单号}
  station: {type: ref, to: station, required: true, label: 站点}
  weighed_at: {type: time, required: true, label: 时间}
  plate: {type: text, max: 20, label: 车牌}
  axles: {type: integer, min: 1, max: 30, label: 轴数}
  speed: {type: speed, min: 0, max: 300, label: 车速}
  gross_kg: {type: mass, min: 0, max: 300000, label: 总重}
  length_mm: {type: length, label: 车长}
  ratio_pct: {type: number, decimals: 2, label: 比例}
  empty: {type: boolean, label: 空车}
  valid_to: {type: date, label: 有效期}
  colour: {type: choice, dictionary: colour, label: 颜色}
  axle_kg: {type: mass_list, min: 0, max: 50000, most: 4, label: 轴重}
"""
COLOUR = "title: 颜色\nitems: {blue: {label: 蓝}, yellow: {label: 黄}}\n"
REPLY = 'title: 测试应答\nbody: {code: "{result}", msg: "{message}"}\n'
FILES: Mapping[str, str] = {
    "config/site.yaml": SITE,
    "config/entities/region.yaml": REGION,
    "config/entities/station.yaml": STATION,
    "config/entities/weighing.yaml": WEIGHING,
    "config/dictionaries/colour.yaml": COLOUR,
    "config/replies/tender.yaml": REPLY,
}


def read(home: Path, files: Mapping[str, str]) -> library.Reading:
    """The reading of a home with these files."""
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return library.read(home, [], field_types=option_schemas(), outcomes=OUTCOMES)


def entities(
    home: Path, files: Mapping[str, str] = FILES, derivers: Mapping[str, Mapping[str, object]] | None = None
) -> tuple[dict[str, Entity], list[Problem]]:
    """The compiled entities of a home with these files, and the problems of compiling them."""
    reading = read(home, files)
    assert [str(problem) for problem in reading.problems] == []
    dictionaries = {name: item.data["items"] for name, item in reading.declarations.get("dictionary", {}).items()}
    return compile_entities(reading.declarations["entity"], CORE, derivers or {}, dictionaries)
