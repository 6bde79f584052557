"""Every measure of every shipped statistic, counted from the records by SQL of its own, and the four
ways on which people get it: a page or the API, a file, a report, the command line."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.api import Account, Scope, Seeing
from core.run.live import Platform
from tests.core.run import homes
from tests.plugins.reports.seeding import ZONE

AT = "(CASE w.clock WHEN 'ok' THEN w.weighed_at ELSE w.received_at END) / 1000, 'unixepoch', '+8 hours'"
OVER = "w.overload_class IN ('minor', 'serious', 'grave', 'extreme')"
MEASURES = {
    "count": "count(*)",
    "trucks": "count(*)",
    "overloaded": f"count(*) FILTER (WHERE {OVER})",
    "doubled": "count(*) FILTER (WHERE w.overload_class = 'extreme')",
    "over_80": "count(*) FILTER (WHERE w.gross_kg >= 80000)",
    "over_100": "count(*) FILTER (WHERE w.gross_kg >= 100000)",
    "overload_rate": f"1.0 * count(*) FILTER (WHERE {OVER}) / count(*)",
    "share": "1.0 * count(*) / {all}",
    "mean_gross": "avg(w.gross_kg)",
    "heaviest": "max(w.gross_kg)",
    "gross_kg": "sum(w.gross_kg)",
    "overload_kg": "coalesce(sum(w.overload_kg), 0)",
    "beyond_10": "count(*) FILTER (WHERE w.overload_pct >= 10.01)",
    "beyond_20": "count(*) FILTER (WHERE w.overload_pct >= 20.01)",
    "rate": "1.0 * count(*) FILTER (WHERE w.overload_pct >= 0.01) / count(*)",
    "rate_beyond_10": "1.0 * count(*) FILTER (WHERE w.overload_pct >= 10.01) / count(*)",
    "rate_beyond_20": "1.0 * count(*) FILTER (WHERE w.overload_pct >= 20.01) / count(*)",
    "mean_speed": "avg(w.speed) / 10",
    "top_speed": "max(w.speed) / 10.0",
    "devices": "count(*)",
    "intact": "count(*) FILTER (WHERE w.state = 'normal')",
    "faulty": "count(*) FILTER (WHERE w.state = 'faulty')",
    "in_repair": "count(*) FILTER (WHERE w.state = 'repair')",
    "good_rate": "1.0 * count(*) FILTER (WHERE w.state = 'normal') / count(*)",
}
OWN = {"overload_depth": {"overloaded": "count(*) FILTER (WHERE w.overload_pct >= 0.01)"}}
"""What a statistic means by a name that another has too."""
RATES = ("overload_rate", "share", "good_rate", "rate", "rate_beyond_10", "rate_beyond_20")
BANDS = "".join(f" WHEN w.gross_kg >= {kg}000 THEN 'w{kg}'" for kg in (100, 80, 55, 46, 40, 30, 20, 10))
DEPTHS = "".join(f" WHEN w.overload_pct >= {pct}.01 THEN 'over{pct}'" for pct in (50, 30, 20, 10, 0))
PLACES = {
    "station": "w.station",
    "station.region": "(SELECT s.region FROM r_station AS s WHERE s.code = w.station)",
    "overload_class": "w.overload_class",
    "axles": "w.axles",
    "weight_band": f"CASE{BANDS} ELSE 'w0' END",
    "province": "substr(w.plate, 1, 1)",
    "depth": f"CASE WHEN w.overload_pct IS NULL THEN NULL{DEPTHS} ELSE 'none' END",
    "lane": "w.lane",
    "device_type": "w.device_type",
    "state": "w.state",
    "day": f"date({AT})",
    "month": f"strftime('%Y-%m', {AT})",
    "weekday": f"(strftime('%w', {AT}) + 6) % 7 + 1",
    "hour_of_day": f"CAST(strftime('%H', {AT}) AS INTEGER)",
}
BY: Mapping[str, Sequence[Sequence[str]]] = {
    "weighings": [[], ["station"], ["station.region"], ["overload_class"], ["day"], ["hour_of_day"], ["weekday"]],
    "weighings_by_day": [[], ["station", "axles"], ["day"], ["overload_class"]],
    "truck_structure": [[], ["weight_band"], ["axles"], ["station", "weight_band"], ["station.region"]],
    "truck_origin": [[], ["province"], ["province", "overload_class"], ["day"]],
    "overload_depth": [[], ["depth"], ["station"]],
    "traffic_by_lane": [[], ["lane"], ["station", "month"]],
    "device_condition": [[], ["device_type"], ["station", "state"]],
}
"""Every shipped statistic, and what it is asked by."""
FROM_WEIGHINGS = f"r_weighing AS w WHERE w.voided_at IS NULL AND {PLACES['month']} = ?"
FROM = {
    "device_condition": "r_device AS w WHERE w.voided_at IS NULL AND w.state <> 'retired'"
    " AND substr(w.day, 1, 4) || '-' || substr(w.day, 5, 2) = ?"
}
"""Where the records of other entities lie; what has no time is of the month in which it was entered."""
WAYS = ("page", "file", "command", "report")
MONTHS = ("2026-09", "2026-10", f"{datetime.now(ZONE):%Y-%m}")
"""Those in which test weighings lie, and that in which those count whose clock lies: when they came."""
Rows = dict[tuple[Any, ...], dict[str, Any]]


def recounted(platform: Platform, statistic: str, by: Sequence[str], measures: Sequence[str], month: str) -> Rows:
    """{values of by: {measure: value}} of the standing records of a month."""
    source = FROM.get(statistic, FROM_WEIGHINGS)
    told = MEASURES | OWN.get(statistic, {})
    with platform.store.database.reading() as session:
        [[all_]] = session.execute(f"SELECT count(*) FROM {source}", (month,)).fetchall()
        columns = [*(PLACES[name] for name in by), *(told[name].format(all=all_) for name in measures)]
        groups = f" GROUP BY {', '.join(PLACES[name] for name in by)}" if by else ""
        sql = f"SELECT {', '.join(columns)} FROM {source}{groups}"
        lines = session.execute(sql, (month,)).fetchall()
    return {tuple(line[: len(by)]): dict(zip(measures, line[len(by) :], strict=True)) for line in lines}


def told(platform: Platform, statistic: str, by: Sequence[str], measures: Sequence[str], month: str) -> Iterator[Rows]:
    """The same as a page and the API, a file, the command line and a report say it, each as parts and to two places
    where it says no more."""
    account = Account("tester", "测试", ("admin",), session_id=1, must_change=False, refs={})
    seeing = Seeing(platform, account, platform.snapshot)
    query = {"by": [*by], "measure": [*measures], "within": [month]}
    page = seeing.statistic(statistic, query)
    yield _keyed(page["rows"] if by else [page["totals"]], by, measures)
    file = seeing.exporting_figures(statistic, query)
    names = [name for name, _, _ in file.columns]
    rows = [dict(zip(names, row, strict=True)) for row in file.rows] if by else [file.sums]
    texts = {name: {text: value for value, text in labels.items()} for name, labels in page["labels"].items()}
    yield _keyed(
        [{**row, **{name: _value(row[name], texts.get(name, {})) for name in by}} for row in rows], by, measures
    )
    asked = {"statistic": statistic, "by": [*by], "measures": [*measures], "within": month}
    yield _keyed(homes.operate(platform, "count", **asked)["rows"], by, measures)
    report = _answered(platform, statistic, by, measures, month)
    yield _keyed(report["rows"] if by else [report["totals"]], by, measures, whole=1)


def _answered(platform: Platform, statistic: str, by: Sequence[str], measures: Sequence[str], month: str) -> Any:
    asking, period = (importlib.import_module(f"zc_plugin_reports.{name}") for name in ("asking", "period"))
    said = {
        "statistic": statistic, "by": [*by], "measures": [*measures], "where": {}, "span": "period", "compare": [],
        "online": False,
    }  # fmt: skip
    return asking.answered(platform.live_of("reports"), said, {}, period.period("month", month), Scope.whole())


def _value(text: Any, values: Mapping[str, str]) -> Any:
    value = values.get(str(text), text)
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) < 3 else value


def _keyed(rows: Sequence[Mapping[str, Any]], by: Sequence[str], measures: Sequence[str], whole: int = 100) -> Rows:
    """Rows by their dimensions; rates and shares, told in `whole`, as parts of one."""
    return {
        tuple(row[name] for name in by): {
            name: row[name] / whole if name in RATES and row[name] is not None else row[name] for name in measures
        }
        for row in rows
    }


def differing(platform: Platform, statistic: str, month: str, measures: Sequence[str] = ()) -> list[str]:
    """Where any of the ways says another figure than the records; empty where all agree. All measures unless named."""
    found = []
    measures = measures or [*platform.snapshot.statistics[statistic].measures]
    for by in BY[statistic]:
        wanted = {key: row for key, row in recounted(platform, statistic, by, measures, month).items() if row["count"]}
        for way, rows in zip(WAYS, told(platform, statistic, by, measures, month), strict=True):
            there = {key: row for key, row in rows.items() if row["count"]}
            if there.keys() != wanted.keys():
                found.append(f"{way} {statistic} {by}: {sorted(there, key=str)} for {sorted(wanted, key=str)}")
                continue
            found += [
                f"{way} {statistic} {by} {key} {name}: {row[name]} for {wanted[key][name]}"
                for key, row in there.items()
                for name in measures
                if not _same(row[name], wanted[key][name])
            ]
    return found


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(one) - float(other)) <= (0.0051 if abs(other) > 1 and other != int(other) else 5.1e-5)
