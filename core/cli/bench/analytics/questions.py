"""What the bench asks: each question as our door has it, and as SQL that somebody would write for it over {records},
SQL of the raw rows, and the register {stations}; alike in SQLite, PostgreSQL and DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.cli.bench.analytics.aims import AD_HOC, AT_ONE_STATION, IN_ALL, Aim
from core.run.question import Question

RATE = "sum(CASE WHEN overload_class IN ('minor', 'serious', 'grave', 'extreme') THEN 1 ELSE 0 END) * 1.0 / count(*)"
STANDING = "FROM {records} AS r WHERE voided_at IS NULL"
COUNTED = "measures: {trucks: {label: 辆, count: true}}"
WEIGHED = "measures: {mean: {label: 平均, mean: gross_kg}, heaviest: {label: 最大, max: gross_kg}}"
APART = "measures: {plates: {label: 车, distinct: plate}}"


@dataclass(frozen=True)
class Asked:
    """One question. `statistic` is the one in force that answers, empty where `declared`, in YAML, is counted from the
    records. `by_hand` says what `by` and then `measures` are."""

    name: str
    aims: tuple[Aim, ...]
    by: tuple[str, ...]
    measures: tuple[str, ...]
    by_hand: str
    statistic: str = ""
    declared: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    within: tuple[int, int] | None = None

    @property
    def question(self) -> Question:
        """As the door has it."""
        return Question(self.statistic or "ad_hoc", self.by, self.measures, self.where, self.within)


def questions(end_ms: int, zone: ZoneInfo, station: str) -> Iterator[Asked]:
    """All of them, over weighings of the year before `end_ms`; `station` is one of many records."""
    yield from _kept_of_a_year(zone)
    start, end = month_before(end_ms, zone)
    yield from _kept_of_a_month(start, end, station)
    yield from _ad_hoc(zone)


def month_before(end_ms: int, zone: ZoneInfo) -> tuple[int, int]:
    """UTC milliseconds, half-open, of the last whole civil month before a time."""
    first = datetime.fromtimestamp(end_ms / 1000, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (first - timedelta(days=1)).replace(day=1)
    return int(before.timestamp()) * 1000, int(first.timestamp()) * 1000


def hour_of_day(zone: ZoneInfo) -> str:
    """The hour of a record's day, of a zone that is as far ahead of UTC all the year."""
    ahead = datetime(2026, 1, 1, tzinfo=zone).utcoffset() or timedelta()
    return f"(weighed_at + {int(ahead.total_seconds()) * 1000}) / 3600000 % 24"


def _kept_of_a_year(zone: ZoneInfo) -> Iterator[Asked]:
    for name, statistic, by, measures, columns in (
        ("month × class", "weighings", ("month", "overload_class"), ("trucks",), "day / 100, overload_class, count(*)"),
        ("station, overload rate", "weighings", ("station",), ("overload_rate",), f"station, {RATE}"),
        (
            "station × class, mean and max",
            "weighings",
            ("station", "overload_class"),
            ("mean_gross", "heaviest"),
            "station, overload_class, avg(gross_kg), max(gross_kg)",
        ),
        ("day", "weighings", ("day",), ("trucks",), "day, count(*)"),
        ("hour of the day", "weighings", ("hour_of_day",), ("trucks",), f"{hour_of_day(zone)}, count(*)"),
        ("month × axles", "weighings_by_day", ("month", "axles"), ("count",), "day / 100, axles, count(*)"),
        ("province of the plate", "truck_origin", ("province",), ("trucks",), "substr(plate, 1, 1), count(*)"),
        ("lane, mean speed", "traffic_by_lane", ("lane",), ("trucks", "mean_speed"), "lane, count(*), avg(speed)"),
    ):
        grouped = ", ".join(str(at + 1) for at in range(len(by)))
        by_hand = f"SELECT {columns} {STANDING} GROUP BY {grouped}"
        yield Asked(f"a year: {name}", (IN_ALL,), by, measures, by_hand, statistic)
    by_county = (
        "SELECT s.region, count(*) FROM {records} AS r JOIN {stations} AS s ON s.code = r.station"
        " WHERE r.voided_at IS NULL GROUP BY 1"
    )
    yield Asked("a year: county", (IN_ALL,), ("station.region@2",), ("trucks",), by_county, "weighings")


def _kept_of_a_month(start: int, end: int, station: str) -> Iterator[Asked]:
    by, measures = ("day", "overload_class"), ("trucks", "mean_gross")
    during = f"weighed_at >= {start} AND weighed_at < {end}"
    columns = f"SELECT day, overload_class, count(*), avg(gross_kg) {STANDING} AND {during}"
    within = (start, end)
    yield Asked("a month: day × class", (IN_ALL,), by, measures, f"{columns} GROUP BY 1, 2", "weighings", within=within)
    yield Asked(
        "a station's month: day × class",
        (AT_ONE_STATION,),
        by,
        measures,
        f"{columns} AND station = '{station}' GROUP BY 1, 2",
        "weighings",
        where={"station": station},
        within=within,
    )


def _ad_hoc(zone: ZoneInfo) -> Iterator[Asked]:
    for name, by, where, measured, columns, condition in (
        ("month × class", ("month", "overload_class"), "", COUNTED, "day / 100, overload_class, count(*)", ""),
        (
            "station × class, mean and max",
            ("station", "overload_class"),
            "",
            WEIGHED,
            "station, overload_class, avg(gross_kg), max(gross_kg)",
            "",
        ),
        (
            "five axles and over 49 t, by station",
            ("station",),
            "{axles: {from: 5}, gross_kg: {above: 49000}}",
            COUNTED,
            "station, count(*)",
            " AND axles >= 5 AND gross_kg > 49000",
        ),
        (
            "hour of the day × axles",
            ("hour_of_day", "axles"),
            "",
            COUNTED,
            f"{hour_of_day(zone)}, axles, count(*)",
            "",
        ),
        ("different plates by station", ("station",), "", APART, "station, count(DISTINCT plate)", ""),
    ):
        fields = [one for one in by if one in ("overload_class", "axles")]
        said = f"entity: weighing\ndimensions: [{', '.join(fields)}]\n{measured}\n"
        grouped = ", ".join(str(at + 1) for at in range(len(by)))
        measures = {COUNTED: ("trucks",), WEIGHED: ("mean", "heaviest"), APART: ("plates",)}[measured]
        yield Asked(
            f"ad hoc: {name}",
            AD_HOC,
            by,
            measures,
            f"SELECT {columns} {STANDING}{condition} GROUP BY {grouped}",
            declared=said + (f"where: {where}\n" if where else ""),
        )
