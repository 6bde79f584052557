"""Who was online: how what is said of the hours with data is printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .naming import ONLINE

DUE, PRESENT, RATE, LAST = ONLINE
MOMENT = "%Y-%m-%d %H:%M"
COLUMNS: Mapping[str, Mapping[str, Any]] = {
    DUE: {"kind": "count", "decimals": 0, "divide": 1},
    PRESENT: {"kind": "count", "decimals": 0, "divide": 1},
    RATE: {"kind": "rate", "decimals": 1, "divide": 1, "of": [PRESENT, DUE]},
    LAST: {"kind": "moment", "decimals": 0, "divide": 1},
}


def shown_online(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The columns of a row as a dataset keeps them, the share as a part of one."""
    last = row[LAST]
    shown = None if last is None else datetime.fromtimestamp(last / 1000, zone).strftime(MOMENT)
    return {**{name: row[name] for name in (DUE, PRESENT, RATE)}, LAST: shown}
