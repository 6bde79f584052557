"""Statistics say what the records say, whatever happens to the records and to the statistics themselves."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.entity.statistic import Statistic
from core.store import filling
from core.store.database import Session
from core.store.request import State
from core.store.store import Store
from tests.core.store.counted import ALL, DAILY, HEAVY, HOURLY, HOURS, agree
from tests.core.store.records import BAD, ENTITIES, WEIGHING, held, row, write

FORMS = [ALL, {"weighings": HEAVY, "daily": DAILY}, {"weighings": HOURLY}, {"daily": DAILY}]
records = st.fixed_dictionaries(
    {
        "code": st.sampled_from("ABCDEFGH"),
        "station": st.sampled_from(["S1", "S2", None]),
        "weighed_at": st.sampled_from([*HOURS, None, 0]),
        "day": st.sampled_from([20261031, 20261101]),
        "clock": st.sampled_from(["ok", "ok", "ok", "ahead"]),
        "plate": st.sampled_from(["湘D12345", "粤B1", None]),
        "axles": st.sampled_from([2, 6, None, BAD]),
        "gross_kg": st.sampled_from([12_000, 52_000, None]),
        "trusted": st.sampled_from([True, False, None]),
        "provenance": st.sampled_from(["live", "late"]),
        "pending": st.sampled_from([None, None, "verdict"]),
    }
)
steps = st.one_of(
    st.tuples(st.just("put"), st.lists(st.lists(records, min_size=1, max_size=5), min_size=1, max_size=3)),
    st.tuples(
        st.just("amend"),
        st.tuples(st.integers(0, 30), st.sampled_from([{"axles": 3}, {"gross_kg": None}, {"trusted": True}])),
    ),
    st.tuples(st.just("move"), st.tuples(st.integers(0, 30), st.sampled_from(HOURS))),
    st.tuples(st.just("judge"), st.tuples(st.integers(0, 30), st.sampled_from([0, 900, None]))),
    st.tuples(st.just("void"), st.integers(0, 30)),
    st.tuples(st.just("adopt"), st.integers(0, len(FORMS) - 1)),
    st.tuples(st.just("step"), st.none()),
    st.tuples(st.just("open"), st.none()),
)


def clear(session: Session) -> None:
    """Empty the store for the next example."""
    filling.drop_all(session)
    for table in ("r_weighing", "ledger", "refusal"):
        session.execute(f"DELETE FROM {table}")


class World:
    """A store to which things happen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.store = Store.open(url)
        self.store.apply(self.store.plan(ENTITIES))
        self.wanted: dict[str, Statistic] = {}
        self.ids: list[int] = []

    def put(self, posts: list[list[dict[str, Any]]]) -> None:
        with held(self.store):
            futures = [
                self.store.writer.put(write(WEIGHING, *(row(WEIGHING, **self._dated(each)) for each in post)))
                for post in posts
            ]
        for future in futures:
            written = future.result()
            pairs = zip(written.ids, written.states, strict=True)
            self.ids += [record_id for record_id, state in pairs if state is State.STORED and record_id]

    def _dated(self, record: dict[str, Any]) -> dict[str, Any]:
        """A good clock of 1970 has the day of then: the day and the time of a record lie together."""
        return record | {"day": 19700101} if record["weighed_at"] == 0 and record["clock"] == "ok" else record

    def change(self, at: int, verb: str, *arguments: Any) -> None:
        if self.ids:
            verb_of = getattr(self.store.writer, verb)
            future = verb_of(WEIGHING, self.ids[at % len(self.ids)], *arguments, "test-user", "test")
            assert future.exception() is None or "is void" in str(future.exception())

    def happen(self, what: str, said: Any) -> None:
        if what == "put":
            self.put(said)
        elif what == "amend":
            self.change(said[0], "amend", said[1])
        elif what == "move":
            self.change(said[0], "amend", {"weighed_at": said[1], "day": 20261101, "clock": "ok"})
        elif what == "judge":
            self.change(said[0], "judge", {"overload_kg": said[1]})
        elif what == "void":
            self.change(said, "void")
        elif what == "adopt":
            self.wanted = FORMS[said]
            self.store.statistics.adopt(self.wanted)
        elif what == "step":
            turns = iter([False])
            self.store.statistics.fill(lambda: next(turns, True))
        else:
            self.store.close()
            self.store = Store.open(self.url)
            self.store.statistics.adopt(self.wanted)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(what=st.lists(steps, min_size=3, max_size=14))
def test_statistics_agree_with_the_records_whatever_happens(store_url, small_steps, what):
    world = World(store_url)
    try:
        world.store.writer.run(clear)
        world.happen("adopt", 0)
        for each in what:
            world.happen(*each)
        world.store.statistics.fill()
        agree(world.store, world.wanted)
    finally:
        world.store.close()
