"""Figures counted from the records by SQL of its own: nothing of it comes from the product but the tables' names.

Every grain, bin, path and measure is written out here once more, for each database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.core.run.asked import World

AT = "CASE WHEN w.clock = 'ok' THEN w.weighed_at ELSE w.received_at END"
GRAINS = {
    "sqlite": {
        "date": "substr(w.day, 1, 4) || '-' || substr(w.day, 5, 2) || '-' || substr(w.day, 7, 2)",
        "thursday": "date({date}, '-3 days', 'weekday 4')",
        "week": "CAST(strftime('%Y', {thursday}) AS INTEGER) * 100 + (strftime('%j', {thursday}) - 1) / 7 + 1",
        "weekday": "(strftime('%w', {date}) + 6) % 7 + 1",
        "quarter": "CAST(substr(w.day, 1, 4) || (1 + (substr(w.day, 5, 2) - 1) / 3) AS INTEGER)",
        "xun": "CAST(substr(w.day, 1, 6) || CASE WHEN substr(w.day, 7, 2) <= '10' THEN 1"
        " WHEN substr(w.day, 7, 2) <= '20' THEN 2 ELSE 3 END AS INTEGER)",
        "month": "CAST(substr(w.day, 1, 6) AS INTEGER)",
        "year": "CAST(substr(w.day, 1, 4) AS INTEGER)",
        "hour_of_day": f"CAST(strftime('%H', ({AT}) / 1000, 'unixepoch', '+8 hours') AS INTEGER)",
    },
    "postgresql": {
        "date": "to_date(w.day::text, 'YYYYMMDD')",
        "week": "to_char({date}, 'IYYYIW')::int",
        "weekday": "to_char({date}, 'ID')::int",
        "quarter": "to_char({date}, 'YYYYQ')::int",
        "xun": "(to_char({date}, 'YYYYMM') || least(3, (extract(day from {date})::int + 9) / 10))::int",
        "month": "to_char({date}, 'YYYYMM')::int",
        "year": "to_char({date}, 'YYYY')::int",
        "hour_of_day": f"extract(hour from to_timestamp(({AT}) / 1000) AT TIME ZONE 'Asia/Shanghai')::int",
    },
}
PLACES = {
    "hour": f"({AT}) - ({AT}) % 3600000",
    "day": "w.day",
    "weight_band": "CASE WHEN w.gross_kg >= 49000 THEN 'heavy' WHEN w.gross_kg >= 20000 THEN 'middle'"
    " WHEN w.gross_kg IS NOT NULL THEN 'light' END",
    "province": "CASE substr(w.plate, 1, 1) WHEN '湘' THEN '湘' WHEN '粤' THEN '粤' END",
    "beginning": "nullif(substr(w.plate, 1, 2), '')",
    "station.road": "s.road",
    "station.region": "r1.code",
    "station.region@1": "coalesce(r3.code, r2.code, r1.code)",
    "station.region@2": "CASE WHEN r3.code IS NOT NULL THEN r2.code ELSE r1.code END",
}
FROM_NOW = """ FROM r_weighing AS w LEFT JOIN r_station AS s ON s.code = w.station
 LEFT JOIN r_region AS r1 ON r1.code = s.region
 LEFT JOIN r_region AS r2 ON r2.code = r1.parent LEFT JOIN r_region AS r3 ON r3.code = r2.parent"""
FROM_THEN = """ FROM r_weighing AS w LEFT JOIN r_station AS s ON s.code = w.station
 LEFT JOIN was ON was.station = w.station AND w.day >= was.since AND w.day < was.until
 LEFT JOIN r_region AS r1 ON r1.code = was.region
 LEFT JOIN r_region AS r2 ON r2.code = r1.parent LEFT JOIN r_region AS r3 ON r3.code = r2.parent"""
BAND = PLACES["weight_band"]
MEASURES = {
    "count": "count(*)",
    "gross_kg": "coalesce(sum(w.gross_kg), 0)",
    "trucks": "count(*)",
    "overloaded": "count(*) FILTER (WHERE w.overload_class <> 'none' OR w.overload_class IS NULL)",
    "heavy_kg": f"coalesce(sum(w.gross_kg) FILTER (WHERE {BAND} = 'heavy'), 0)",
    "mean_gross": "avg(w.gross_kg)",
    "mean_speed": "avg(w.speed)",
    "lightest": "min(w.gross_kg)",
    "heaviest": "max(w.gross_kg)",
    "worst": "max(w.ratio_pct) FILTER (WHERE w.axles >= 3)",
    "plates": "count(DISTINCT w.plate)",
    "heavy_plates": f"count(DISTINCT w.plate) FILTER (WHERE {BAND} IN ('heavy', 'middle'))",
    "kinds": "count(DISTINCT w.axles)",
}
RATES = {"overload_rate": ("overloaded", "trucks"), "trips": ("trucks", "plates")}
ONLY = {"traffic": "1 = 1", "daily": "w.axles >= 3"}


def place(name: str, dialect: str) -> str:
    """What is asked by, as SQL over a record."""
    grains = GRAINS[dialect]
    text = PLACES.get(name) or grains.get(name) or f"w.{name}"
    return text.replace("{thursday}", grains.get("thursday", "")).replace("{date}", grains["date"])


def recounted(
    world: World, statistic: str, by: Sequence[str], measures: Sequence[str], where: str, daily: bool, demo: bool
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """{values of by: {measure: value}} of the standing records; `where` is SQL over what `place` says."""
    dialect = world.store.dialect
    shown = [name for name in measures if name in MEASURES]
    needed = dict.fromkeys([*shown, *(base for name in measures for base in RATES.get(name, ()))])
    columns = [place(name, dialect) for name in by] + [MEASURES[name] for name in needed]
    groups = f" GROUP BY {', '.join(place(name, dialect) for name in by)}" if by else ""
    seen = "1 = 1" if demo else "(w.provenance <> 'simulated' OR w.provenance IS NULL)"
    sql = (
        f"SELECT {', '.join(columns)}{FROM_THEN if daily else FROM_NOW}"
        f" WHERE w.voided_at IS NULL AND {ONLY[statistic]} AND {seen} AND {where}{groups}"
    )
    world.store.writer.run(lambda session: session.execute("DELETE FROM was"))
    world.store.writer.run(lambda session: session.executemany("INSERT INTO was VALUES (?, ?, ?, ?)", world.was))
    with world.store.database.reading() as session:
        lines = session.execute(sql.replace("%", "%%") if dialect == "postgresql" else sql, ()).fetchall()
    found = {}
    for line in lines:
        values: dict[str, Any] = dict(zip(needed, line[len(by) :], strict=True))
        for name, (above, below) in RATES.items():
            if name in measures:
                values[name] = values[above] / values[below] if values[below] else None
        found[tuple(line[: len(by)])] = {name: values[name] for name in measures if name in values}
    if "share" in measures:
        total = sum(line["trucks"] for line in found.values())
        for line in found.values():
            line["share"] = line["trucks"] / total if total else None
    return found


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows say the same, means to nine digits."""
    return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(one) - float(other)) <= 1e-9 * max(1.0, abs(float(one)))
