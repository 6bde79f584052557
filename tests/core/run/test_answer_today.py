"""Today beside other days: as much of them as has come of it."""

from __future__ import annotations

from tests.core.run.test_answer import asking, ms, snapshot, weighed, world

__all__ = ["snapshot", "world"]


def test_today_is_compared_up_to_its_last_full_hour(world):
    """At noon of the tenth: what the two days had before twelve. What came since shows in the figure, not in it."""
    world.put([weighed("2026-11-10 08:00:00")] * 3 + [weighed("2026-11-10 12:00:00", station="S2")])
    world.put([weighed("2026-11-09 11:59:59")] * 2 + [weighed("2026-11-09 12:00:00")] * 9)
    answer = asking(world, "station", within="today", measures=("trucks",), compare=("previous", "same_period"))
    found = answer.compared["previous"]
    assert found["until"] == ms("2026-11-10 12:00:00")
    assert answer.totals["trucks"] == 4
    assert found["totals"] == {"trucks": 50.0, "base": {"trucks": 2}}
    changes = {row["station"]: each["trucks"] for row, each in zip(answer.rows, found["rows"], strict=True)}
    assert changes == {"S1": 50.0, "S2": None}
    assert answer.compared["same_period"]["totals"]["why"] == {"trucks": "no_base"}
