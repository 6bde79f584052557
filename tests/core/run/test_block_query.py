"""What a click on a figure opens: the records behind it, or nothing where no list can be asked for them."""

from __future__ import annotations

from typing import Any

import pytest

from core.entity.path import known_paths
from core.run.block_query import opens
from core.run.snapshot import Snapshot
from tests.core.run.asked import snapshot_of


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The site as it is declared."""
    return snapshot_of(tmp_path_factory.mktemp("site"))


def opened(snapshot: Snapshot, by: str | None = None, **where: Any) -> dict[str, Any] | None:
    statistic = snapshot.statistics["traffic"]
    paths = known_paths([*where, by or ""], statistic, snapshot.entities)
    block = {"opens": "list", "within": "today", "by": by, "where": where}
    return opens(block, statistic.entity, paths)


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("station", "station"),
        ("month", "weighed_at.within"),
        ("station.region@2", "station.within"),
        ("station.region", None),
        ("station.road", None),
        ("hour_of_day", None),
        (None, None),
    ],
)
def test_what_a_click_is_on_becomes_a_condition_of_the_list(snapshot, by, name):
    found = opened(snapshot, by)
    assert found == {"page": "list", "query": {"weighed_at.within": ["today"]}, "by": name}


def test_a_subtree_of_the_scope_is_one_of_the_list(snapshot):
    found = opened(snapshot, **{"station.region": {"within": "430400"}, "axles": {"from": 3}})
    assert found is not None
    assert found["query"] == {
        "weighed_at.within": ["today"], "station.within": ["430400"], "axles.from": ["3"],
    }  # fmt: skip


def test_what_no_list_can_be_asked_for_opens_nothing(snapshot):
    assert opened(snapshot, **{"station.road": "G107"}) is None
    assert opened(snapshot, **{"station.region": "430481"}) is None
