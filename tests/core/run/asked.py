"""A site whose statistics measure all there is to measure, records that happen to it, and the same figures by SQL of
the test's own over the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.library import Cache
from core.run.build import build
from core.run.home import Home
from core.run.snapshot import Snapshot
from core.store import filling
from core.store.database import Session
from core.store.store import Store
from tests.core.run import homes
from tests.core.store.records import put, row

ZONE = ZoneInfo("Asia/Shanghai")
HOUR_MS = 3_600_000
WEIGHING = """title: 测试称重
key: [station, code]
time: weighed_at
scope: station
fields:
  code: {type: text, max: 20, required: true, label: 单号}
  station: {type: ref, to: station, required: true, label: 站点}
  weighed_at: {type: time, required: true, label: 时间}
  plate: {type: text, max: 12, label: 车牌号}
  axles: {type: integer, min: 1, max: 30, label: 轴数}
  gross_kg: {type: mass, min: 0, max: 300000, label: 总重}
  speed: {type: speed, min: 0, max: 300, label: 车速}
  ratio_pct: {type: number, min: -100, max: 1000, decimals: 2, label: 比例}
  overload_class: {type: choice, dictionary: overload_class, label: 超限程度}
"""
STATION = """title: 测试站点
key: [code]
show: title
scope: region
fields:
  code: {type: text, max: 20, required: true, label: 编号}
  title: {type: text, max: 40, label: 名称}
  region: {type: ref, to: region, label: 区划}
  road: {type: text, max: 20, label: 路线}
  kind: {type: choice, dictionary: site_kind, label: 类型}
  valid_from: {type: date, label: 启用}
  valid_to: {type: date, label: 停用}
"""
REGION = """title: 测试区划
key: [code]
show: title
scope: parent
fields:
  code: {type: text, max: 20, required: true, label: 编号}
  title: {type: text, max: 40, label: 名称}
  parent: {type: ref, to: region, label: 上级}
"""
TRAFFIC = """title: 测试流量
entity: weighing
grain: hour
dimensions:
  - axles
  - overload_class
  - {name: weight_band, bin: gross_kg, of: weight_band}
  - {name: province, prefix: plate, length: 1, of: province}
  - {name: beginning, prefix: plate, length: 2}
sum: [gross_kg]
measures:
  trucks: {label: 货车数, unit: 辆, count: true}
  overloaded: {label: 超限数, unit: 辆, count: true, where: {overload_class: {not: none}}}
  heavy_kg: {label: 重车总重, sum: gross_kg, where: {weight_band: heavy}}
  overload_rate: {label: 超限率, rate: [overloaded, trucks]}
  share: {label: 占比, share: trucks}
  mean_gross: {label: 平均总重, mean: gross_kg}
  mean_speed: {label: 平均车速, mean: speed}
  lightest: {label: 最小总重, min: gross_kg}
  heaviest: {label: 最大总重, max: gross_kg}
  worst: {label: 最大比例, max: ratio_pct, where: {axles: {from: 3}}}
  plates: {label: 车辆数, unit: 辆, distinct: plate}
  heavy_plates: {label: 重车车辆数, unit: 辆, distinct: plate, where: {weight_band: {in: [heavy, middle]}}}
  trips: {label: 人均趟次, rate: [trucks, plates]}
expected: {hours: 24}
"""
DAILY = """title: 测试日统计
entity: weighing
grain: day
dimensions: [overload_class]
where: {axles: {from: 3}}
measures:
  trucks: {label: 货车数, count: true}
  plates: {label: 车辆数, distinct: plate}
  kinds: {label: 轴数种类, distinct: axles}
  heaviest: {label: 最大总重, max: gross_kg}
"""
NARROW = """title: 测试流量
entity: weighing
grain: hour
dimensions: [axles]
measures:
  trucks: {label: 货车数, unit: 辆, count: true}
  lightest: {label: 最小总重, min: gross_kg}
"""
FILES: Mapping[str, str] = {
    "config/replies/plain.yaml": homes.REPLY,
    "config/entities/weighing.yaml": WEIGHING,
    "config/entities/station.yaml": STATION,
    "config/entities/region.yaml": REGION,
    "config/dictionaries/overload_class.yaml": "title: 超限程度\nitems: {none: {label: 未超限}, minor: {label: 一般}, "
    "grave: {label: 严重}}\n",
    "config/dictionaries/site_kind.yaml": 'title: 类型\nitems: {"21": {label: 检测站}, "31": {label: 检测点}}\n',
    "config/dictionaries/weight_band.yaml": "title: 重量段\nitems: {light: {label: 20吨以下}, "
    "middle: {label: 20吨以上, from: 20000}, heavy: {label: 49吨以上, from: 49000}}\n",
    "config/dictionaries/province.yaml": "title: 车籍\nitems: {湘: {label: 湖南}, 粤: {label: 广东}}\n",
    "config/statistics/traffic.yaml": TRAFFIC,
    "config/statistics/daily.yaml": DAILY,
}
REGIONS = {"P": None, "C1": "P", "C2": "P", "T1": "C1", "T2": "C2", "Q": None}
STATIONS = {"S1": "T1", "S2": "T2", "S3": "C2", "S4": "Q", "S5": None}
ROADS = {"S1": "G107", "S2": "G107", "S3": "S315", "S4": None, "S5": "S315"}


def snapshot_of(root: Path, **files: str) -> Snapshot:
    """The snapshot of the site, with other statistics where said."""
    for name, text in {**FILES, **{f"config/statistics/{id_}.yaml": text for id_, text in files.items()}}.items():
        homes.write(root, name, text)
    homes.write_site(root, homes.SITE)
    built = build(Home(root), Cache())
    assert built.snapshot is not None, [str(problem) for problem in built.problems]
    return built.snapshot


def day_of(ms: int) -> int:
    """The civil day of UTC milliseconds."""
    return int(f"{datetime.fromtimestamp(ms / 1000, ZONE):%Y%m%d}")


def ms(text: str) -> int:
    """UTC milliseconds of a time in the site's zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


class World:
    """A store on which the site's records lie; `was` is what the test knows of where stations lay when."""

    def __init__(self, url: str, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.entities = snapshot.entities
        self.store = Store.open(url, zone=ZONE)
        self.store.apply(self.store.plan(self.entities))
        self.numbers = 0
        self.ids: list[int] = []

    def anew(self) -> None:
        """Empty, but for the register."""
        self.store.writer.run(_clear)
        self.ids = []
        for code, parent in REGIONS.items():
            put(
                self.store,
                row(self.entities["region"], code=code, title=f"测试{code}", parent=parent),
                of=self.entities["region"],
            )
        for code, region in STATIONS.items():
            said = {"code": code, "title": f"测试{code}", "region": region, "road": ROADS[code], "kind": "31"}
            put(self.store, row(self.entities["station"], **said), of=self.entities["station"])
        self.was = [(code, 0, 99_999_999, region) for code, region in STATIONS.items()]
        self.store.forget_keys()

    def put(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Store weighings; each has the day of its time, or where its clock lies of its receipt."""
        rows = []
        for record in records:
            self.numbers += 1
            at = record["received_at"] if record["clock"] != "ok" else record["weighed_at"]
            said = {**record, "code": f"N{self.numbers}", "day": day_of(at)}
            rows.append(row(self.entities["weighing"], index=len(rows), **said))
        if rows:
            self.ids += [id_ for id_ in put(self.store, *rows, of=self.entities["weighing"]).ids if id_]

    def change(self, number: int, verb: str, *arguments: Any) -> None:
        """One of the writer's verbs on some record."""
        if self.ids:
            future = getattr(self.store.writer, verb)(
                self.entities["weighing"], self.ids[number % len(self.ids)], *arguments, "test-user", "test"
            )
            error = future.exception()
            assert error is None or "is void" in str(error) or "nothing to change" in str(error), error

    def moves(self, station: str, region: str, at: int) -> None:
        """A station comes to another region at a moment, after all that happened to it before."""
        ids = self.store.writer.run(lambda session: session.execute("SELECT id, code FROM r_station").fetchall())
        record_id = next(id_ for id_, code in ids if code == station)
        self.store.writer.amend(self.entities["station"], record_id, {"region": region}, "test-user", "test").result()
        self.store.writer.run(
            lambda session: session.execute(
                "UPDATE event SET at = ? WHERE id = (SELECT max(id) FROM event WHERE entity = 'station')", (at,)
            )
        )
        last = next(one for one in self.was if one[0] == station and one[2] == 99_999_999)
        self.was.remove(last)
        self.was += [(station, last[1], day_of(at), last[3]), (station, day_of(at), 99_999_999, region)]

    def adopt(self, snapshot: Snapshot) -> None:
        """Another snapshot comes into force."""
        self.snapshot = snapshot
        self.store.statistics.adopt(snapshot.statistics)

    def demo(self) -> Snapshot:
        """The snapshot where simulated records count."""
        return replace(self.snapshot, site={**self.snapshot.site, "demo": True})


def _clear(session: Session) -> None:
    filling.drop_all(session)
    for table in ("r_weighing", "r_station", "r_region", "ledger", "event"):
        session.execute(f"DELETE FROM {table}")
    session.execute("DROP TABLE IF EXISTS was")
    session.execute("CREATE TABLE was (station TEXT, since BIGINT, until BIGINT, region TEXT)")
