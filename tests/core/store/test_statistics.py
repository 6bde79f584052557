"""The doors to statistics: adopted, counted in, asked, compared with the records."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from typing import Any

import pytest

from core.declare.problem import ZcError
from core.entity.condition import Test
from core.entity.statistic import HOUR_MS, as_defined
from core.store.database import Session
from core.store.request import State
from core.store.scope import Scope
from core.store.store import Store
from tests.core.store.counted import ALL, HEAVY, HOURLY, HOURS, WHOLE, agree
from tests.core.store.records import (
    ENTITIES,
    EVERY,
    RECEIVED_AT,
    REGION,
    STATION,
    WEIGHING,
    field,
    put,
    row,
    rows_of,
    weighing,
)


def filled(store: Store, number: int = 30) -> None:
    """Weighings of three stations, with a duplicate and a conflict among them."""
    rows = [
        weighing(f"A{n}", f"S{n % 3}", axles=2 + n % 2, gross_kg=1000 * n, weighed_at=HOURS[n % 5])
        for n in range(number)
    ]
    put(store, *rows, rows[0], weighing("A1", "S1", axles=9))


def test_what_was_there_before_is_counted_while_writes_go_on(store, small_steps):
    filled(store)
    store.statistics.adopt(ALL)
    with pytest.raises(ZcError, match="still being counted"):
        store.statistics.ask(HOURLY, (), EVERY, WHOLE, ENTITIES)
    assert [(each.statistic, each.done, each.until) for each in store.statistics.progress()] == [
        ("daily", 0, 30),
        ("weighings", 0, 30),
    ]
    ended, faults = threading.Event(), []

    def write_on() -> None:
        for number in itertools.count():
            if ended.is_set():
                return
            written = put(store, weighing(f"B{number}", axles=number % 3, weighed_at=HOURS[number % 5]))
            faults.extend(state for state in written.states if state is not State.STORED)

    thread = threading.Thread(target=write_on)
    thread.start()
    store.writer.amend(WEIGHING, 1, {"axles": 8}, "test-user", "test").result()
    store.statistics.fill()
    store.writer.void(WEIGHING, 2, "test-user", "test").result()
    ended.set()
    thread.join()
    assert faults == []
    agree(store, ALL)


def test_the_former_definition_serves_until_the_new_one_is_whole(store, small_steps):
    filled(store)
    store.statistics.adopt({"weighings": HOURLY})
    store.statistics.fill()
    store.statistics.adopt({"weighings": HEAVY})
    put(store, weighing("B1", axles=7, gross_kg=40_000))
    figures = store.statistics.ask(HEAVY, (), EVERY, WHOLE, ENTITIES)
    assert (figures.rows[0]["count"], figures.current) == (31, False)
    store.statistics.fill()
    figures = store.statistics.ask(HEAVY, (), EVERY, WHOLE, ENTITIES)
    assert (figures.rows[0]["count"], figures.current) == (10, True)
    with store.database.reading() as session:
        assert [table for table in session.dialect.tables(session) if table[:2] == "s_"] == ["s_weighings__2"]


def test_a_statistic_that_is_declared_no_more_is_gone(store):
    filled(store)
    store.statistics.adopt(ALL)
    store.statistics.fill()
    store.statistics.adopt({})
    with store.database.reading() as session:
        assert [table for table in session.dialect.tables(session) if table[:2] == "s_"] == []
    put(store, weighing("B1"))
    store.statistics.adopt(ALL)
    store.statistics.fill()
    agree(store, ALL)


def test_all_are_counted_anew_where_records_changed_past_the_writer(store):
    filled(store)
    store.statistics.adopt(ALL)
    store.statistics.fill()
    store.writer.run(lambda session: session.execute("UPDATE r_weighing SET axles = 4 WHERE axles = 2"))
    assert [each.differing for each in store.statistics.recount({"weighings": HOURLY})] == [48]
    store.statistics.adopt(ALL, anew=True)
    assert not store.statistics.ask(HOURLY, (), EVERY, WHOLE, ENTITIES).current
    store.statistics.fill()
    agree(store, ALL)


def test_a_cell_that_says_something_else_is_found(store):
    filled(store, 4)
    store.statistics.adopt({"weighings": HOURLY})
    store.statistics.fill()

    def tamper(session: Session) -> None:
        session.execute('UPDATE s_weighings__1 SET "count" = 7 WHERE by_axles = 2 AND by_station = ?', ("S0",))
        session.execute("DELETE FROM s_weighings__1 WHERE by_station = ?", ("S1",))
        session.execute("UPDATE s_weighings__1 SET by_axles = NULL WHERE by_station = ?", ("S2",))
        session.execute("DELETE FROM h_weighings__1 WHERE by_station = ?", ("S0",))

    store.writer.run(tamper)
    (found,) = store.statistics.recount({"weighings": HOURLY})
    for level in ("hour", "day", "month", "month_hour"):
        at_level = [each for each in found.differences if each.cell["level"] == level]
        sides = {(each.cell["station"], each.cell["axles"]): (each.kept, each.counted) for each in at_level}
        assert sides == WRONG
    assert (found.cells, found.records, found.differing) == (12, 9, 17)
    (hours,) = [each for each in found.differences if each.cell["level"] == "hours of the day"]
    assert (hours.cell["station"], hours.kept) == ("S0", None)


WRONG = {
    ("S0", 2): ((7, 0, 0), (1, 0, 0)),
    ("S1", 3): (None, (1, 1000, 0)),
    ("S2", 2): (None, (1, 2000, 0)),
    ("S2", None): ((1, 2000, 0), None),
}


def test_figures_are_grouped_chosen_and_in_scope(store):
    for code, parent in (("C", None), ("C1", "C"), ("C2", "C")):
        put(store, row(REGION, code=code, parent=parent), of=REGION)
    for code, region in (("S0", "C1"), ("S1", "C2"), ("S2", "C1")):
        put(store, row(STATION, code=code, region=region), of=STATION)
    store.statistics.adopt(ALL)
    filled(store)
    ask = store.statistics.ask

    def counts(*by: str, condition=EVERY, scope=WHOLE) -> list[tuple[Any, ...]]:
        rows = ask(HOURLY, by, condition, scope, ENTITIES).rows
        return [tuple(row[name] for name in (*by, "count", "sum_gross_kg")) for row in rows]

    assert counts() == [(30, 435_000)]
    assert counts("station") == [("S0", 10, 135_000), ("S1", 10, 145_000), ("S2", 10, 155_000)]
    assert counts("axles", condition=Test("station", "is", "S1")) == [(2, 5, 80_000), (3, 5, 65_000)]
    assert counts(condition=Test("day", "is", 20261101)) == [(30, 435_000)]
    assert counts("station", scope=Scope.within("region", {"C1"})) == [("S0", 10, 135_000), ("S2", 10, 155_000)]
    assert counts(scope=Scope.within("station", {"S1"})) == [(10, 145_000)]
    assert counts(scope=Scope.within("notice", {"N"})) == [(0, 0)]
    assert [hour for hour, *_ in counts("hour")] == sorted({at // HOUR_MS * HOUR_MS for at in HOURS})
    for name in ("plate", "count", "cell"):
        with pytest.raises(ZcError, match="no dimension"):
            counts(name)


def test_without_a_scope_field_only_the_whole_sees_anything(store):
    unowned = replace(WEIGHING, scope=None)
    said = as_defined("weighings", dict(HOURLY.definition) | {"dimensions": ["axles"], "presence": None}, unowned)
    store.statistics.adopt({"weighings": said})
    filled(store)
    assert store.statistics.ask(said, (), EVERY, WHOLE, ENTITIES).rows[0]["count"] == 30
    assert store.statistics.ask(said, (), EVERY, Scope.within("station", {"S1"}), ENTITIES).rows[0]["count"] == 0


def test_a_definition_that_fits_no_longer_is_counted_anew_at_once(store):
    filled(store)
    store.statistics.adopt({"weighings": HOURLY})
    store.statistics.fill()
    narrow = replace(WEIGHING, fields={name: field for name, field in WEIGHING.fields.items() if name != "axles"})
    said = as_defined("weighings", dict(HOURLY.definition) | {"dimensions": ["station"], "presence": None}, narrow)
    store.statistics.adopt({"weighings": said})
    with pytest.raises(ZcError, match="still being counted"):
        store.statistics.ask(said, (), EVERY, WHOLE, ENTITIES)
    put(store, weighing("B1"))
    store.statistics.fill()
    assert store.statistics.ask(said, (), EVERY, WHOLE, ENTITIES).rows[0]["count"] == 31


def test_records_of_a_former_snapshot_count_for_a_statistic_over_a_new_field(store):
    wider = replace(WEIGHING, fields={**WEIGHING.fields, "lane": field("lane", "integer")})
    store.apply(store.plan({**ENTITIES, "weighing": wider}))
    said = as_defined(
        "weighings", dict(HOURLY.definition) | {"dimensions": ["lane", "station"], "presence": None}, wider
    )
    store.statistics.adopt({"weighings": said})
    put(store, weighing("A1"))
    put(store, row(wider, code="A2", station="S1", lane=2), of=wider)
    rows = store.statistics.ask(said, ("lane",), EVERY, WHOLE, {**ENTITIES, "weighing": wider}).rows
    assert [(each["lane"], each["count"]) for each in rows] == [(None, 1), (2, 1)]


def test_the_day_and_the_time_of_a_record_stay_together(store):
    put(store, weighing("A1", weighed_at=RECEIVED_AT))
    change = store.writer.amend(WEIGHING, 1, {"weighed_at": RECEIVED_AT - 90 * 24 * HOUR_MS}, "test-user", "test")
    with pytest.raises(ZcError, match="is not that of the time"):
        change.result()
    assert rows_of(store)[0]["weighed_at"] == RECEIVED_AT
    store.writer.amend(WEIGHING, 1, {"weighed_at": 1_785_550_000_000, "day": 20260801}, "test-user", "test").result()


def test_a_store_opened_without_declarations_keeps_what_is_kept(store_url):
    first = Store.open(store_url)
    first.apply(first.plan(ENTITIES))
    first.statistics.adopt(ALL)
    first.close()
    second = Store.open(store_url)
    filled(second)
    second.writer.void(WEIGHING, 1, "test-user", "test").result()
    agree(second, ALL)
    second.close()


def test_a_cell_is_recounted_along_indexes(sqlite_url):
    store = Store.open(sqlite_url)
    store.apply(store.plan(ENTITIES))
    seen = []
    store.statistics.adopt(ALL)
    filled(store)

    def traced(session: Session) -> None:
        session.peewee.connection().set_trace_callback(seen.append)

    store.writer.run(traced)
    store.writer.void(WEIGHING, 1, "test-user", "test").result()
    recounts = [sql for sql in seen if "UNION ALL" in sql]
    assert len(recounts) == len(ALL)
    with store.database.reading() as session:
        for sql in recounts:
            plan = [line[3] for line in session.execute(f"EXPLAIN QUERY PLAN {sql}")]
            read = [line for line in plan if line.startswith(("SCAN", "SEARCH"))]
            assert read == [
                "SEARCH r USING INDEX i_weighing__station__weighed_at (station=? AND weighed_at>? AND weighed_at<?)",
                "SEARCH r_weighing USING INDEX i_weighing__lying (received_at>? AND received_at<?)",
                "SCAN r",  # of what the line above found
                "SCAN counted",
            ]
    store.close()
