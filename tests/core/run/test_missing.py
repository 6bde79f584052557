"""What each measure is over no records, and over records whose fields are empty: the same through every door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.run.ad_hoc import ask_ad_hoc, declared_in
from core.run.answer import Answer, ask
from core.run.figuring import as_file, plain
from core.run.question import Question
from core.store.archive import Archive
from core.store.columnar import Columnar
from core.store.scope import Scope
from tests.core.run.asked import TRAFFIC, World, ms
from tests.core.run.test_answer import snapshot, weighed, world

__all__ = ["snapshot", "world"]

EMPTY = {"plate": None, "gross_kg": None, "speed": None, "ratio_pct": None, "overload_class": None, "axles": None}
BARE = {
    "count": 1, "gross_kg": 0, "trucks": 1, "overloaded": 1, "heavy_kg": 0, "overload_rate": 1.0, "share": 1.0,
    "mean_gross": None, "mean_speed": None, "lightest": None, "heaviest": None, "worst": None, "plates": 0,
    "heavy_plates": 0, "trips": None,
}  # fmt: skip
NONE = BARE | {"count": 0, "trucks": 0, "overloaded": 0, "overload_rate": None, "share": None}
NO_BASE = ("overload_rate", "share", "trips")
NOVEMBER, DECEMBER = "2026-11", "2026-12"
Door = Callable[..., Answer]


@pytest.fixture(params=["kept", "ad_hoc"])
def door(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[Door]:
    """A question to the kept statistic, and the same to the records by DuckDB."""
    columnar = Columnar(world.store.database, Archive(world.store.database, world.store.writer, tmp_path))
    unkept = replace(world.snapshot, statistics={})
    text = TRAFFIC.replace("expected: {hours: 24}\n", "")

    def asks(*by: str, **said: Any) -> Answer:
        question = Question("traffic", by, tuple(BARE), cut_off=ms("2026-12-10 12:00:00"), **said)
        if request.param == "kept":
            return ask(Scope.whole(), world.store, world.snapshot, question)
        return ask_ad_hoc(Scope.whole(), world.store, columnar, unkept, declared_in(text, unkept), question)

    world.put([weighed("2026-11-10 08:00:00", **EMPTY), weighed("2026-12-10 08:00:00", station="S2")])
    yield asks
    columnar.close()


def measured(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in BARE}


def reasons(row: dict[str, Any]) -> dict[str, str]:
    """Of each measure without a value what should be said."""
    return {name: "no_base" if name in NO_BASE else "no_data" for name in BARE if row[name] is None}


def test_in_rows_and_in_totals(door):
    bare = door("station", within=NOVEMBER)
    none = door(where={"axles": 9})
    for row, wanted in ((bare.rows[0], BARE), (bare.totals, BARE), (none.rows[0], NONE), (none.totals, NONE)):
        assert measured(row) == wanted
        assert row["why"] == reasons(wanted)
    assert door("station", where={"axles": 9}).rows == []
    assert measured(door("station", where={"axles": 9}).totals) == NONE


def test_in_what_a_change_is_from(door):
    """S2 had no records in November, S1 none in December."""
    compared = door("station", within=DECEMBER, compare=("previous", "same_period")).compared
    previous, same_period = compared["previous"], compared["same_period"]
    assert (same_period["rows"][0]["base"], same_period["totals"]["base"]) == (NONE, NONE)
    assert previous["rows"][0]["base"] == NONE | {"share": 0.0}
    assert previous["totals"]["base"] == BARE
    assert same_period["totals"]["why"] == dict.fromkeys(BARE, "no_base")
    assert previous["totals"]["why"].keys() == {*reasons(BARE), "gross_kg", "heavy_kg", "plates", "heavy_plates"}


def test_to_programs_and_in_files(door, world):
    """Null with the reason in words, and an empty cell."""
    for answer in (door("station", within=NOVEMBER), door("station", where={"axles": 9})):
        wanted = BARE if answer.rows else NONE
        told, file = plain(answer, world.snapshot), as_file(answer, world.snapshot)
        shown = {
            name: value * 100 if name in ("overload_rate", "share") and value else value
            for name, value in wanted.items()
        }
        assert [measured(row) for row in (*told["rows"], told["totals"])] == [shown] * (1 + len(answer.rows))
        assert {*told["totals"]["why"].values()} == {"没有数据", "没有可比的基数"}
        assert measured(file.sums) == shown
        assert [list(row[1:]) for row in file.rows] == [[*shown.values()]] * len(answer.rows)


def test_of_who_was_due_and_sent_nothing(world):
    world.put([weighed("2026-12-10 08:00:00", station="S2")])
    question = Question(
        "traffic", ("station",), tuple(BARE), within="2026-12", online=True, cut_off=ms("2026-12-10 12:00:00")
    )
    answer = ask(Scope.whole(), world.store, world.snapshot, question)
    silent = [row for row in answer.rows if row["station"] != "S2"]
    assert [row["station"] for row in silent] == ["S1", "S3", "S4", "S5"]
    assert [measured(row) for row in silent] == [NONE | {"share": 0.0}] * 4
    assert silent[0]["why"] == {name: why for name, why in reasons(NONE).items() if name != "share"}
