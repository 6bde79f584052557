"""A home with people, scopes and masks, and a plain model of who may see what in it, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.run.live import Platform
from core.run.rights import Account
from core.run.roles import Role
from core.run.seeing import Seeing
from tests.core.run.homes import make, opened, operate

RIGHTS = ("see", "add", "amend", "void", "export", "reveal")
REGIONS = {"R": None, "R1": "R", "R2": "R", "R11": "R1", "R12": "R1"}
STATIONS = {"S1": "R11", "S2": "R12", "S3": "R2", "S4": "R", "S5": None}
MASKED = ("plate", "driver", "kind")
"""Fields of a weighing with a mask."""

FILES = {
    "config/entities/region.yaml": """title: 区划
key: [code]
show: title
scope: parent
fields:
  code: {type: text, max: 12, required: true, label: 代码}
  title: {type: text, max: 40, label: 名称}
  parent: {type: ref, to: region, label: 上级}
""",
    "config/entities/station.yaml": """title: 站点
key: [code]
show: title
scope: region
fields:
  code: {type: text, max: 12, required: true, label: 编号}
  title: {type: text, max: 40, label: 名称, mask: phone}
  region: {type: ref, to: region, label: 区划}
""",
    "config/entities/user.yaml": """title: 用户
key: [login]
show: title
scope: region
fields:
  login: {type: text, max: 64, required: true, label: 登录名}
  title: {type: text, max: 40, required: true, label: 姓名}
  roles: {type: text_list, declared: role, required: true, label: 角色}
  region: {type: ref, to: region, label: 所属区划}
  station: {type: ref, to: station, label: 所属站点}
  active: {type: boolean, required: true, label: 启用}
  valid_to: {type: date, label: 有效期至}
""",
    "config/entities/weighing.yaml": """title: 称重
key: [code]
time: weighed_at
scope: station
fields:
  code: {type: text, max: 40, required: true, label: 单号}
  station: {type: ref, to: station, label: 站点}
  weighed_at: {type: time, required: true, label: 时间}
  plate: {type: text, max: 20, label: 车牌, mask: plate}
  driver: {type: text, max: 40, label: 驾驶员, mask: id}
  kind: {type: choice, dictionary: kind, label: 车类, mask: id}
  gross_kg: {type: mass, min: 0, max: 100000, label: 总重}
""",
    "config/dictionaries/kind.yaml": "title: 车类\nitems: {truck: {label: 货车, colour: blue}, other: {label: 其他}}\n",
    "config/categories/weighing.yaml": """title: 称重
entity: weighing
sort: [-weighed_at]
sums: [gross_kg]
facets: [kind, station]
actions: [detail, add, amend, void, reveal]
operations:
  - {operation: see_as, label: 测试, with: {login: code}, shows: {title: 姓名}}
  - {operation: user.list, label: 测试, with: {login: plate}}
""",
    "config/categories/heavy.yaml": """title: 重车
entity: weighing
where: {gross_kg: {above: 50000}}
asks: [gross_kg, code]
filters: [gross_kg]
roles: [auditor]
""",
    "config/categories/station.yaml": "title: 站点\nentity: station\nsort: [code]\n",
    "config/categories/region.yaml": "title: 区划\nentity: region\nsort: [code]\n",
    "config/statistics/weighings.yaml": """title: 称重统计
entity: weighing
dimensions: [kind]
sum: [gross_kg]
""",
    "config/roles/admin.yaml": """title: 管理员
menus: ["*"]
rights: {"*": [see, add, amend, void, export, reveal]}
operations: [user.list, see_as, log]
unmask: {"*": ["*"]}
""",
    "config/roles/county.yaml": """title: 县级
menus: [查询]
rights: {"*": [see, add, amend, void], user: []}
scope: region
""",
    "config/roles/auditor.yaml": """title: 审计
menus: [overview]
rights: {weighing: [see, reveal, export], station: [see]}
""",
    "config/roles/screen.yaml": """title: 大屏
menus: [overview]
rights: {station: [see]}
lasting: true
""",
    "config/pages/list.yaml": """title: 检测
group: 查询
order: 1
icon: Van
rows: [[{block: table, category: weighing, actions: [detail, amend]}], [{block: form, entity: weighing}]]
""",
    "config/pages/overview.yaml": """title: 总览
group: 首页
rows:
  - - {block: number, statistic: weighings}
    - {block: chart, statistic: weighings, by: station, measure: gross_kg, shape: pie}
  - [{block: text, text: "**测试** <b>x</b>"}]
  - [{block: tabs, tabs: [{title: 站点, rows: [[{block: table, category: station}]]}]}]
""",
    "config/pages/record.yaml": """title: 单条
group: 查询
hidden: true
rows: [[{block: detail, category: weighing}]]
""",
    "config/replies/plain.yaml": 'title: 测试应答\nbody: {result: "{result}"}\ntoken: {token: "{token}"}\n',
}


@dataclass
class World:
    """An open platform with what was stored in it, by id."""

    platform: Platform
    weighings: dict[int, dict[str, Any]] = field(default_factory=dict)

    def admin(self) -> Seeing:
        """The one who sees all."""
        return self.as_(role("all", unmask={"*": frozenset({"*"})}))

    def as_(self, *roles: Role, region: str | None = None, station: str | None = None) -> Seeing:
        """Somebody with these roles."""
        snapshot = replace(self.platform.snapshot, roles={one.id: one for one in roles})
        names = tuple(one.id for one in roles)
        account = Account("tester", "测试员", names, 1, False, {"region": region, "station": station})
        return Seeing(self.platform, account, snapshot)

    def add(self, **values: Any) -> int:
        """Store a weighing."""
        full = {"weighed_at": "2026-11-01 08:00:00", "kind": "truck", "gross_kg": 30000, **values}
        number = self.admin().add("weighing", full)["id"]
        self.weighings[number] = {"id": number, **full}
        return number


def role(
    name: str,
    rights: Mapping[str, Sequence[str]] | None = None,
    scope: str = "whole",
    unmask: Mapping[str, frozenset[str]] | None = None,
    hide: Mapping[str, frozenset[str]] | None = None,
) -> Role:
    """A role; with all rights on everything unless said otherwise."""
    said = {key: frozenset(value) for key, value in (rights or {"*": RIGHTS}).items()}
    return Role(name, name, frozenset({"*"}), said, frozenset(), scope, unmask or {}, hide or {})


@contextmanager
def world(root: Path, store_url: str, **site: Any) -> Iterator[World]:
    """The home opened on that database, with its regions and stations."""
    said = {"title": "测试站点", "tokens": {"reply": "plain"}, "store": store_url, "plugins": {}, **site}
    with opened(make(root, said, FILES), strict=True) as platform:
        for entity, rows in (
            ("region", [{"code": code, "title": f"区{code}", "parent": up} for code, up in REGIONS.items()]),
            ("station", [{"code": code, "title": f"站点号码{code}", "region": up} for code, up in STATIONS.items()]),
        ):
            data = json.dumps(rows, ensure_ascii=False).encode().hex()
            done = operate(platform, "load", entity=entity, name="rows.json", data=data, replace=False, who="test")
            assert done["refused"] == []
        platform.store.statistics.fill()
        yield World(platform)


def regions_above(region: str | None) -> set[str]:
    """A region and all above it."""
    found = set()
    while region is not None:
        found.add(region)
        region = REGIONS[region]
    return found


def covers(one: Role, refs: Mapping[str, str | None], row: Mapping[str, Any]) -> bool:
    """Whether a weighing lies in the scope of a role, told without SQL."""
    if one.scope == "whole":
        return True
    wanted, station = refs[one.scope], row["station"]
    if wanted is None or station is None:
        return False
    return station == wanted if one.scope == "station" else wanted in regions_above(STATIONS[station])


def level(roles: Sequence[Role], refs: Mapping[str, str | None], row: Mapping[str, Any], name: str) -> int | None:
    """How a field of a weighing is shown: 0 plain, 1 masked, 2 gone; None where the row is not seen."""
    levels = []
    for one in roles:
        if one.may("see", "weighing") and covers(one, refs, row):
            masked = name in MASKED and not one.unmasks("weighing", name)
            levels.append(2 if one.hides("weighing", name) else 1 if masked else 0)
    return min(levels, default=None)
