"""Whatever happens to the records and the declarations, a page, the API, a file, the command line and a report say of
every measure of every shipped statistic what the records say."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.run.home import Home
from core.store import filling
from tests.core.cli.command import exit_code
from tests.core.run import homes
from tests.plugins.reports.recounting import BY, MONTHS, differing
from tests.plugins.reports.seeding import clock_lies, load, seeded

CHANGED = {
    "truck_structure": "like: truck_structure\nsum: [gross_kg]\n",
    "weighings": "like: weighings\ndimensions: [overload_class, axles]\n",
}
WALK = ("load", "load", "amend", "amend", "lie", "void", "repair", "fill")
"""Which steps come how often, beside the two reloads of each walk."""


class World:
    """The shipped home and the test weighings that were loaded into it, late ones among them: the order is chance's."""

    def __init__(self, platform):
        self.platform = platform
        self.coming = itertools.cycle(seeded())
        self.turns = itertools.count()
        self.ids = []
        self.shipped = {name: [*platform.snapshot.statistics[name].measures] for name in BY}

    def walk(self, chance):
        """Some steps in some order, reloads among them."""
        steps = [*chance.choices(WALK, k=8), "reload", "reload"]
        chance.shuffle(steps)
        for step in steps:
            getattr(self, step)(chance)

    def load(self, chance):
        turn, number = next(self.turns), chance.randrange(20, 60)
        load(self.platform, [{**row, "code": f"{row['code']}-{turn}"} for row in itertools.islice(self.coming, number)])
        with self.platform.store.database.reading() as session:
            self.ids = [id_ for (id_,) in session.execute("SELECT id FROM r_weighing WHERE voided_at IS NULL", ())]

    def amend(self, chance):
        for record_id in chance.sample(self.ids, 3):
            self._of_writer("amend", record_id, {"gross_kg": chance.choice([4_000, 61_000, 105_000])})

    def lie(self, chance):
        clock_lies(self.platform, chance.sample(self.ids, 2))

    def void(self, chance):
        for record_id in chance.sample(self.ids, 2):
            self._of_writer("void", record_id)
            self.ids.remove(record_id)

    def repair(self, chance):
        with self.platform.store.database.reading() as session:
            ids = [id_ for (id_,) in session.execute("SELECT id FROM r_device WHERE voided_at IS NULL", ())]
        for record_id in chance.sample(ids, 3):
            changes = {"state": chance.choice(["normal", "faulty", "repair", "retired"])}
            self._of_writer("amend", record_id, changes, entity="device")

    def _of_writer(self, verb, record_id, *said, entity="weighing"):
        entity = self.platform.snapshot.entities[entity]
        error = getattr(self.platform.store.writer, verb)(entity, record_id, *said, "test", "测试").exception()
        assert error is None or "nothing to change" in str(error), error

    def reload(self, chance):
        name = chance.choice(sorted(CHANGED))
        file = self.platform.home.root / "config" / "statistics" / f"{name}.yaml"
        if file.exists():
            file.unlink()
        else:
            homes.write(self.platform.home.root, f"config/statistics/{name}.yaml", CHANGED[name])
        assert homes.operate(self.platform, "reload", who="test")["activated"]

    def fill(self, _):
        turns = iter([False])
        self.platform.store.statistics.fill(lambda: next(turns, True))

    def differing(self, shipped):
        """Over the measures of today, or those as shipped: a new column has no former table that serves."""
        asked = {name: self.shipped[name] if shipped else () for name in BY}
        return [line for name in BY for month in MONTHS for line in differing(self.platform, name, month, asked[name])]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("agreement") / "home"
    assert exit_code(["init", str(root)]) == 0
    with homes.opened(Home(root)) as platform, pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "IDS_A_STEP", 25)
        made = World(platform)
        made.load(random.Random(80))
        platform.store.statistics.fill()
        yield made


def test_every_shipped_statistic_is_looked_at(world):
    assert world.platform.snapshot.statistics.keys() == BY.keys()


@pytest.mark.parametrize("seed", range(3))
def test_every_way_says_what_the_records_say(world, seed):
    world.walk(random.Random(seed))
    assert world.differing(shipped=True) == []  # while some are counted anew, their former tables serve
    world.platform.store.statistics.fill()
    assert world.differing(shipped=False) == []
    found = world.platform.store.statistics.recount(world.platform.snapshot.statistics)
    assert [one.differences for one in found] == [[] for _ in found]


def test_every_way_says_what_the_records_say_while_more_come(world):
    """Each time at one moment, another thread loading, changing and counting anew between and during them."""
    with ThreadPoolExecutor(1) as beside:
        walking = beside.submit(world.walk, random.Random(7))
        while not walking.done():
            with world.platform.store.database.steadily():
                found = [differing(world.platform, name, MONTHS[1], world.shipped[name]) for name in BY]
            assert found == [[]] * len(BY)
        walking.result()
