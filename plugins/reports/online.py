"""Who was online: what is said of the hours with data, as columns of a figure by station."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .figures import ADDITIVE

DUE, PRESENT, RATE, LAST = "hours_due", "hours_present", "online_rate", "last_received"
MOMENT = "%Y-%m-%d %H:%M"
COLUMNS: Mapping[str, Mapping[str, Any]] = {
    DUE: {"label": "应有", "unit": "小时", "kind": "count", "decimals": 0, "divide": 1},
    PRESENT: {"label": "实有", "unit": "小时", "kind": "count", "decimals": 0, "divide": 1},
    RATE: {"label": "在线率", "unit": "%", "kind": "rate", "decimals": 1, "divide": 1, "of": [PRESENT, DUE]},
    LAST: {"label": "最后接收", "unit": "", "kind": "moment", "decimals": 0, "divide": 1},
}


def with_online(answer: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """An answer by station with the columns of COLUMNS, and a row for each station that was due though nothing came.
    The answer as it is where nothing says what is due."""
    told = answer["completeness"]
    if told is None:
        return dict(answer)
    (by,) = answer["by"]
    stations = {one["station"]: one for one in told["stations"]}
    there = {row[by] for row in answer["rows"]}
    silent = [_silent(by, key, answer) for key in stations if key not in there]
    rows = [{**row, **_told(stations.get(row[by]), zone)} for row in (*answer["rows"], *silent)]
    changes = [*answer["changes"]["rows"], *({} for _ in silent)]
    labels = {key: one["label"] for key, one in stations.items()}
    due, present = told["expected_hours"], told["present_hours"]
    return {
        **answer,
        "columns": {**answer["columns"], **COLUMNS},
        "measures": [*answer["measures"], *COLUMNS],
        "rows": rows,
        "labels": {**answer["labels"], by: {**labels, **answer["labels"].get(by, {})}},
        "totals": {**answer["totals"], DUE: due, PRESENT: present, RATE: present / due if due else None, LAST: None},
        "changes": {**answer["changes"], "rows": changes},
    }


def _silent(by: str, key: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a station of which nothing came."""
    kinds = {name: answer["columns"][name]["kind"] for name in answer["measures"]}
    return {by: key, **{name: 0 if kind in ADDITIVE else None for name, kind in kinds.items()}}


def _told(station: Mapping[str, Any] | None, zone: ZoneInfo) -> dict[str, Any]:
    """The columns of a station; of one that was not due, what came is told apart from any share."""
    if station is None:
        return {DUE: 0, PRESENT: 0, RATE: None, LAST: None}
    due, present, last = station["expected"], station["present"], station["last_received"]
    shown = None if last is None else datetime.fromtimestamp(last / 1000, zone).strftime(MOMENT)
    return {DUE: due, PRESENT: present, RATE: present / due if due else None, LAST: shown}
