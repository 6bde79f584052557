"""Homes written for one test: files by name, read through the library with the platform's own field types."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.declare import library
from core.declare.library import Cache, Reading
from core.entity.types import option_schemas
from core.intake.outcomes import OUTCOMES
from core.run.blocks import block_schemas

ROOT = Path(__file__).parents[3]
SITE = "title: 测试站点\nplugins: {county: {}}\n"
PLUGIN = "title: 测试插件\n"
ENTITY = """title: 测试实体
key: [code]
fields:
  code: {type: text, max: 10, required: true, label: 编号}
  spans: {type: integer, label: 跨数}
"""
REPLY = 'title: 测试应答\nbody: {code: "{result}"}\n'
INTERFACE = """title: 测试接口
entity: bridge
path: /api/test
reply: plain
fields:
  code: {from: bh, required: true}
  spans: {from: ks}
"""
SOUND: Mapping[str, str] = {
    "config/site.yaml": SITE,
    "config/replies/plain.yaml": REPLY,
    "plugins/county/plugin.yaml": PLUGIN,
    "plugins/county/entities/bridge.yaml": ENTITY,
    "interfaces/bridges.yaml": INTERFACE,
}


def write(home: Path, files: Mapping[str, str]) -> Path:
    """Write `files` under `home`."""
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return home


def read(home: Path, cache: Cache | None = None) -> Reading:
    """The home with its own plugins only."""
    return library.read(home, [], field_types=option_schemas(), blocks=block_schemas(), outcomes=OUTCOMES, cache=cache)
