"""Who was online: what completeness says of each place, as columns of an answer by what the scope names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.problem import ZcError
from core.entity.measure import ONLINE
from core.run.asker import Asker
from core.run.shown import moment
from core.run.words import said

Row = dict[str, Any]
DUE, PRESENT, RATE, LAST = ONLINE


def require_online(asker: Asker) -> None:
    """ZcError in words where nothing says what is due, or rows are not of what is."""
    told = asker.statistic
    if told.expected is None or asker.by != (told.entity.scope,) or asker.window is None:
        raise ZcError(said("no_online", title=told.title))


def online_columns() -> list[dict[str, str]]:
    """The columns, as those of an answer."""
    units = {DUE: said("hours"), PRESENT: said("hours"), RATE: "%", LAST: ""}
    return [{"name": name, "label": said(name), "unit": units[name], "kind": "online"} for name in ONLINE]


def silent(asker: Asker, rows: Sequence[Row], told: Mapping[str, Any]) -> list[str]:
    """Those that were due though nothing came of them."""
    there = {row[asker.by[0]] for row in rows}
    return [one["station"] for one in told["stations"] if one["station"] not in there]


def with_online(asker: Asker, rows: Sequence[Row], told: Mapping[str, Any]) -> list[Row]:
    """The rows with the columns; what was not due has neither a share nor a last receipt."""
    stations = {one["station"]: one for one in told["stations"]}
    return [{**row, **_of(stations.get(row[asker.by[0]]))} for row in rows]


def online_totals(told: Mapping[str, Any]) -> Row:
    """The columns of the whole."""
    due, present = told["expected_hours"], told["present_hours"]
    return {DUE: due, PRESENT: present, RATE: present / due if due else None, LAST: None}


def shown_online(name: str, value: Any, zone: ZoneInfo) -> Any:
    """A value of a column in shown terms: the share in percent, the moment in the zone."""
    if name == RATE:
        return round(100 * value, 2)
    return moment(value, zone) if name == LAST else value


def _of(station: Mapping[str, Any] | None) -> Row:
    if station is None:
        return {DUE: 0, PRESENT: 0, RATE: None, LAST: None}
    due, present = station["expected"], station["present"]
    return {DUE: due, PRESENT: present, RATE: present / due if due else None, LAST: station["last_received"]}
