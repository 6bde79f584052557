"""Questions that no index answers look so far and say where they ended; whoever goes on finds everything once."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from core.entity.condition import All, Node, Test
from core.store import search
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store
from tests.core.store.records import ENTITIES, WEIGHING, put, weighing
from tests.core.store.test_search import SHARED_STORE

WHOLE = Scope.whole()
NUMBERS = itertools.count()
ROWS = st.lists(st.tuples(st.none() | st.integers(-4, 4), st.booleans()), min_size=1, max_size=14)


def fill(store: Store, rows: list[tuple[int | None, bool]]) -> Node:
    """Store test rows (time, whether it is asked for); the condition of those asked for, to which no index leads."""
    mark = f"R{next(NUMBERS)}."
    put(store, *(
        weighing(f"{mark}{number}", mark, weighed_at=time, plate=f"{mark}{'wanted' if wanted else 'other'}")
        for number, (time, wanted) in enumerate(rows)
    ))  # fmt: skip
    return Test("plate", "like", f"{mark}wanted")


@SHARED_STORE
@given(rows=ROWS, way=st.sampled_from(["weighed_at", "-weighed_at"]), limit=st.integers(1, 3), reach=st.integers(1, 6))
def test_who_goes_on_finds_every_row_once_in_order(store, monkeypatch, rows, way, limit, reach):
    monkeypatch.setattr(search, "NEAR", (1, 3))
    condition = fill(store, rows)
    wanted = store.search(Search(WEIGHING, condition, sort=(way,), limit=100), WHOLE, ENTITIES).rows
    visited, after = [], None
    while True:
        page = store.search(Search(WEIGHING, condition, (), (way,), limit, after, reach=reach), WHOLE, ENTITIES)
        assert len(page.rows) == limit or page.reached is not None or page.after is None
        assert (page.after is None) <= (page.reached is None)
        visited += page.rows
        if page.after is None:
            break
        after = page.after
    assert visited == wanted


@SHARED_STORE
@given(rows=ROWS, reach=st.integers(1, 6))
def test_a_count_within_reach_is_of_the_newest_and_says_that_there_may_be_more(store, rows, reach):
    condition = fill(store, rows)
    exact = store.count(Search(WEIGHING, condition), WHOLE, ENTITIES)
    near = store.count(Search(WEIGHING, condition, reach=reach), WHOLE, ENTITIES)
    assert near.number <= exact.number == sum(wanted for _, wanted in rows)
    assert near.capped or near.number == exact.number
    facet = store.tally(Search(WEIGHING, condition, reach=reach), WHOLE, ENTITIES, "station")
    assert (sum(number for _, number in facet.values), facet.capped) == (near.number, near.capped)
    sums = store.totals(Search(WEIGHING, condition, reach=reach), WHOLE, ENTITIES, ["axles"])
    assert sums == {"axles": None if near.capped else 0}


def test_what_an_index_leads_to_is_found_however_far(store):
    put(store, *(weighing(f"A{number}", "S1" if number else "S2", weighed_at=number) for number in range(9)))
    for condition in (
        Test("station", "is", "S2"),
        All((Test("station", "in", ("S2",)), Test("axles", "present", False))),
    ):
        found = store.search(Search(WEIGHING, condition, sort=("-weighed_at",), reach=2), WHOLE, ENTITIES)
        assert ([each["code"] for each in found.rows], found.reached, found.after) == (["A0"], None, None)
    assert store.count(Search(WEIGHING, Test("weighed_at", "below", 7), reach=2), WHOLE, ENTITIES).number == 7


def test_a_window_bounds_what_is_looked_through(store):
    put(store, *(weighing(f"A{number}", weighed_at=number, axles=number) for number in range(9)))
    within = All((Test("weighed_at", "within_time", (0, 4)), Test("axles", "is", 0)))
    whole = store.search(Search(WEIGHING, within, sort=("-weighed_at",), reach=4), WHOLE, ENTITIES)
    assert ([each["code"] for each in whole.rows], whole.reached) == (["A0"], None)
    part = store.search(Search(WEIGHING, within, sort=("-weighed_at",), reach=2), WHOLE, ENTITIES)
    assert (part.rows, part.reached) == ([], 1)
