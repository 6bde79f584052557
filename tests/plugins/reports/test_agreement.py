"""Whatever happens to the records and the declarations, a page, the API, a file, the command line and a report say of
every measure of every shipped statistic what the records say."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.run.home import Home
from core.store import filling
from tests.core.cli.command import exit_code
from tests.core.run import homes
from tests.plugins.reports.recounting import BY, MONTHS, differing
from tests.plugins.reports.seeding import load, seeded

CHANGED = {
    "truck_structure": "like: truck_structure\nsum: [gross_kg]\n",
    "weighings": "like: weighings\ndimensions: [overload_class, axles]\n",
}
steps = st.one_of(
    st.tuples(st.just("load"), st.integers(1, 60)),
    st.tuples(st.just("amend"), st.tuples(st.integers(0, 999), st.sampled_from([4_000, 61_000, 105_000]))),
    st.tuples(st.just("void"), st.integers(0, 999)),
    st.tuples(st.just("reload"), st.sampled_from(sorted(CHANGED))),
    st.tuples(st.just("fill"), st.none()),
)


class World:
    """The shipped home and the test weighings that were loaded into it, late ones among them: the order is chance's."""

    def __init__(self, platform):
        self.platform = platform
        self.coming = itertools.cycle(seeded())
        self.turns = itertools.count()
        self.ids = []

    def happen(self, what, said):
        getattr(self, f"_{what}")(said)

    def _load(self, number):
        turn = next(self.turns)
        load(self.platform, [{**row, "code": f"{row['code']}-{turn}"} for row in itertools.islice(self.coming, number)])
        with self.platform.store.database.reading() as session:
            self.ids = [id_ for (id_,) in session.execute("SELECT id FROM r_weighing WHERE voided_at IS NULL", ())]

    def _amend(self, said):
        at, kg = said
        if self.ids:
            self._of_writer("amend", self.ids[at % len(self.ids)], {"gross_kg": kg})

    def _void(self, at):
        if self.ids:
            self._of_writer("void", self.ids.pop(at % len(self.ids)))

    def _of_writer(self, verb, record_id, *said):
        entity = self.platform.snapshot.entities["weighing"]
        error = getattr(self.platform.store.writer, verb)(entity, record_id, *said, "test", "测试").exception()
        assert error is None or "nothing to change" in str(error), error

    def _reload(self, name):
        file = self.platform.home.root / "config" / "statistics" / f"{name}.yaml"
        if file.exists():
            file.unlink()
        else:
            homes.write(self.platform.home.root, f"config/statistics/{name}.yaml", CHANGED[name])
        assert homes.operate(self.platform, "reload", who="test")["activated"]

    def _fill(self, _):
        turns = iter([False])
        self.platform.store.statistics.fill(lambda: next(turns, True))

    def differing(self):
        return [line for name in BY for month in MONTHS for line in differing(self.platform, name, month)]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("agreement") / "home"
    assert exit_code(["init", str(root)]) == 0
    with homes.opened(Home(root)) as platform, pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "IDS_A_STEP", 25)
        made = World(platform)
        made.happen("load", 80)
        platform.store.statistics.fill()
        yield made


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=st.lists(steps, min_size=3, max_size=8))
def test_every_way_says_what_the_records_say(world, what):
    for each in what:
        world.happen(*each)
    world.platform.store.writer.run(lambda session: None)
    assert world.differing() == []  # while some are counted anew, their former tables serve
    world.platform.store.statistics.fill()
    assert world.differing() == []
    assert [one.differences for one in world.platform.store.statistics.recount(world.platform.snapshot.statistics)] == [
        [] for _ in world.platform.snapshot.statistics
    ]
