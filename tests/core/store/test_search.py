"""Conditions as SQL, scope, sorting and paging: each compared with a plain recount in Python."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.declare.problem import ZcError
from core.entity.condition import All, Any_, Not, Test, expand
from core.store.scope import Scope
from core.store.search import Search
from tests.core.store.records import ENTITIES, EVERY, NOTICE, REGION, STATION, WEIGHING, row, weighing, write

SHARED_STORE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
WHOLE = Scope.whole()
LATE_ROWS = 3

texts = st.text(st.sampled_from("aAbB%_*?[]^\\湘Ω\U0010ffff\ud7ff"), max_size=4)
numbers = st.integers(-3, 3)
reals = st.sampled_from([-1.5, 0.0, 0.1, 0.30000000000000004, 7.0])
BY_TYPE = {"plate": texts, "axles": numbers, "speed": reals, "trusted": st.booleans(), "weighed_at": numbers}
FIELDS = tuple(BY_TYPE)
values = st.fixed_dictionaries({name: st.none() | strategy for name, strategy in BY_TYPE.items()})


@st.composite
def single_tests(draw):
    field = draw(st.sampled_from(FIELDS))
    value = BY_TYPE[field]
    by_operator = {operator: value for operator in ("is", "not", "above", "below", "from", "to")}
    by_operator |= {"between": st.tuples(value, value), "in": st.lists(value, max_size=3).map(tuple)}
    by_operator |= {"present": st.booleans()}
    if field == "plate":
        by_operator |= {"like": texts, "starts": texts}
    if field == "weighed_at":
        by_operator |= {"within_time": st.tuples(value, value)}
    if field == "trusted":
        by_operator = {operator: by_operator[operator] for operator in ("is", "not", "in", "present")}
    operator = draw(st.sampled_from(sorted(by_operator)))
    return Test(field, operator, draw(by_operator[operator]))


conditions = st.recursive(
    single_tests(),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: Any_(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)
_stations = (f"T{number}" for number in itertools.count())


def fill(store, records) -> str:
    """Store the records under a station of their own."""
    station = next(_stations)
    rows = [weighing(f"A{number}", station, **record) for number, record in enumerate(records)]
    store.writer.put(write(WEIGHING, *rows)).result()
    return station


def of_station(station, condition=EVERY):
    return All((Test("station", "is", station), condition))


@SHARED_STORE
@given(records=st.lists(values, min_size=1, max_size=8), condition=conditions)
def test_a_condition_finds_what_its_own_test_holds_for(store, records, condition):
    station = fill(store, records)
    found = store.search(Search(WEIGHING, of_station(station, condition)), WHOLE, ENTITIES).rows
    wanted = [f"A{number}" for number, record in enumerate(records) if condition.test(record)]
    assert [each["code"] for each in found] == wanted
    counted = store.count(Search(WEIGHING, of_station(station, condition)), WHOLE, ENTITIES)
    assert (counted.number, counted.capped) == (len(wanted), False)


def in_order(records, sort):
    """The records as a list sorts them: null is the smallest value, id breaks ties the way the last column goes."""
    ordered = sorted(records, key=lambda record: record["id"], reverse=bool(sort) and sort[-1].startswith("-"))
    for name in reversed(sort):
        plain = name.removeprefix("-")

        def rank(record, plain=plain):
            return (record[plain] is not None, 0 if record[plain] is None else record[plain])

        ordered.sort(key=rank, reverse=name.startswith("-"))
    return ordered


sorts = st.lists(st.sampled_from(FIELDS), max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*(st.sampled_from([name, f"-{name}"]) for name in names))
)


@SHARED_STORE
@given(records=st.lists(values, min_size=1, max_size=12), sort=sorts, limit=st.integers(1, 5), late=values)
def test_pages_visit_every_row_once_in_order_while_rows_come_in(store, records, sort, limit, late):
    station = fill(store, records)
    search = Search(WEIGHING, of_station(station), sort=sort, limit=limit)
    there = store.search(Search(WEIGHING, of_station(station), limit=100), WHOLE, ENTITIES).rows
    visited, after = [], None
    for number in itertools.count():
        page = store.search(Search(WEIGHING, search.condition, (), sort, limit, after), WHOLE, ENTITIES)
        assert len(page.rows) == limit or page.after is None
        visited += page.rows
        after = page.after
        if after is None:
            break
        if number == 0:
            behind = store.count(replace(search, after=after), WHOLE, ENTITIES, cap=len(there))
            assert (behind.number, behind.capped) == (len(there) - limit, False)
        if number < LATE_ROWS:
            store.writer.put(write(WEIGHING, weighing(f"late{number}", station, **late))).result()
    first = [each["id"] for each in visited if not each["code"].startswith("late")]
    assert first == [each["id"] for each in in_order(there, sort)]
    assert visited == in_order(visited, sort)
    assert len({each["id"] for each in visited}) == len(visited)


regions = st.dictionaries(st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdefg"), max_size=6)
stations = st.dictionaries(st.sampled_from("stuv"), st.none() | st.sampled_from("abcdefg"), max_size=4)
passing = st.lists(st.none() | st.sampled_from("stuvw"), min_size=1, max_size=6)
roots = st.tuples(
    st.sampled_from(["region", "station", "notice"]), st.frozensets(st.sampled_from("abcgstuw"), max_size=2)
)


def reaches(table, key, target, keys, tables):
    """Whether the path from a reference to `key` of `table` arrives at one of `keys` of `target`."""
    seen = set()
    while key is not None and (table, key) not in seen:
        if target in (table, None) and key in keys:
            return True
        seen.add((table, key))
        table, key = "region", tables[table].get(key)
    return False


def fill_registers(store, regions, stations, passing):
    """Fill the registers, keys marked by a prefix of their own."""
    mark = next(_stations)
    name = {None: None} | {key: f"{mark}{key}" for key in "abcdefgstuvw"}
    store.writer.put(write(REGION, *(row(REGION, code=name[key], parent=name[up]) for key, up in regions.items())))
    store.writer.put(write(STATION, *(row(STATION, code=name[key], region=name[up]) for key, up in stations.items())))
    rows = [weighing(f"{mark}{number}", name[station]) for number, station in enumerate(passing)]
    store.writer.put(write(WEIGHING, *rows)).result()
    return mark, name


@SHARED_STORE
@given(regions=regions, stations=stations, passing=passing, root=roots)
def test_scope_shows_the_rows_whose_path_reaches_its_keys(store, regions, stations, passing, root):
    mark, name = fill_registers(store, regions, stations, passing)
    target, keys = root
    scope = Scope.within(target, {name[key] for key in keys})
    tables = {"region": regions, "station": stations}

    def seen(entity):
        found = store.search(Search(entity, Test("code", "starts", mark), limit=100), scope, ENTITIES).rows
        return sorted(each["code"].removeprefix(mark) for each in found)

    at = {"weighing": "station"}
    wanted = [str(number) for number, key in enumerate(passing) if reaches(at["weighing"], key, target, keys, tables)]
    assert seen(WEIGHING) == sorted(wanted)
    assert seen(STATION) == sorted(key for key in stations if reaches("station", key, target, keys, tables))
    assert seen(REGION) == sorted(key for key in regions if reaches("region", key, target, keys, tables))


@SHARED_STORE
@given(regions=regions, stations=stations, passing=passing, root=st.sampled_from("abcgstuw"))
def test_within_finds_the_root_and_all_under_it(store, regions, stations, passing, root):
    mark, name = fill_registers(store, regions, stations, passing)
    tables = {"region": regions, "station": stations}
    condition = Test("station", "within_tree", name[root])
    marked = All((Test("code", "starts", mark), condition))
    found = store.search(Search(WEIGHING, marked, limit=100), WHOLE, ENTITIES).rows
    wanted = {key for key in "stuvw" if reaches("station", key, None, {root}, tables)}
    assert [each["code"] for each in found] == [f"{mark}{n}" for n, key in enumerate(passing) if key in wanted]
    expanded = expand(marked, lambda field, key: frozenset(name[each] for each in wanted))
    assert store.search(Search(WEIGHING, expanded, limit=100), WHOLE, ENTITIES).rows == found


def test_an_entity_without_scope_is_seen_by_the_whole_alone(store):
    store.writer.put(write(NOTICE, row(NOTICE, code="N1"))).result()
    search = Search(NOTICE)
    assert len(store.search(search, WHOLE, ENTITIES).rows) == 1
    assert store.search(search, Scope.within("region", {"N1"}), ENTITIES).rows == []
    assert store.search(search, Scope.within("nothing", {"N1"}), ENTITIES).rows == []


def test_the_scope_stays_in_a_void_station(store):
    ids = store.writer.put(write(STATION, row(STATION, code="S1", region="R1"))).result().ids
    store.writer.put(write(WEIGHING, weighing("A1"))).result()
    scope = Scope.within("region", {"R1"})
    assert len(store.search(Search(WEIGHING), scope, ENTITIES).rows) == 1
    store.writer.void(STATION, ids[0], "test", "wrong").result()
    assert store.search(Search(WEIGHING), scope, ENTITIES).rows == []
    assert len(store.search(Search(WEIGHING), Scope.within("station", {"S1"}), ENTITIES).rows) == 1


def test_a_path_ends_at_a_void_region(store):
    below = {"a": None, "b": "a", "c": "b"}
    sent = (row(REGION, code=code, parent=parent) for code, parent in below.items())
    ids = store.writer.put(write(REGION, *sent)).result().ids

    def seen():
        found = store.search(Search(REGION), Scope.within("region", {"a"}), ENTITIES).rows
        return [each["code"] for each in found]

    store.writer.put(write(REGION, row(REGION, code="d", parent="c"))).result()
    assert seen() == ["a", "b", "c", "d"]
    store.writer.void(REGION, ids[1], "test", "wrong").result()
    assert seen() == ["a"]


def test_get_obeys_the_scope(store):
    (record_id,) = store.writer.put(write(WEIGHING, weighing("A1", axles=6))).result().ids
    found = store.get(WEIGHING, record_id, WHOLE, ENTITIES)
    assert (found["code"], found["axles"]) == ("A1", 6)
    assert store.get(WEIGHING, record_id, Scope.within("station", {"S1"}), ENTITIES) == found
    assert store.get(WEIGHING, record_id, Scope.within("station", {"S2"}), ENTITIES) is None
    assert store.get(WEIGHING, record_id + 1, WHOLE, ENTITIES) is None


def test_void_rows_are_found_only_when_asked_for(store):
    ids = store.writer.put(write(WEIGHING, weighing("A1"), weighing("A2"))).result().ids
    store.writer.void(WEIGHING, ids[0], "test", "wrong").result()
    assert [each["code"] for each in store.search(Search(WEIGHING), WHOLE, ENTITIES).rows] == ["A2"]
    assert len(store.search(Search(WEIGHING, voided=True), WHOLE, ENTITIES).rows) == 2
    assert store.get(WEIGHING, ids[0], WHOLE, ENTITIES)["voided_at"] is not None


def test_counts_are_capped(store):
    store.writer.put(write(WEIGHING, *(weighing(f"A{n}") for n in range(5)))).result()
    capped = store.count(Search(WEIGHING), WHOLE, ENTITIES, cap=4)
    assert (capped.number, capped.capped) == (4, True)
    exact = store.count(Search(WEIGHING), WHOLE, ENTITIES, cap=5)
    assert (exact.number, exact.capped) == (5, False)


def test_columns_asked_for_come_with_the_id(store):
    store.writer.put(write(WEIGHING, *(weighing(f"A{n}", axles=n) for n in range(3)))).result()
    page = store.search(Search(WEIGHING, columns=("code",), sort=("-axles",), limit=2), WHOLE, ENTITIES)
    assert [sorted(each) for each in page.rows] == [["code", "id"]] * 2
    assert [each["code"] for each in page.rows] == ["A2", "A1"]
    rest = store.search(Search(WEIGHING, columns=("code",), sort=("-axles",), after=page.after), WHOLE, ENTITIES)
    assert [each["code"] for each in rest.rows] == ["A0"]


@pytest.mark.parametrize("mark", ["", "x", "AAAA", "W10=", "bnVsbA==", "W1sicGxhdGUiXSxbMSwyXV0="])
def test_a_mark_of_another_list_is_refused(store, mark):
    if mark:
        with pytest.raises(ZcError, match="mark"):
            store.search(Search(WEIGHING, sort=("axles",), after=mark), WHOLE, ENTITIES)
    else:
        assert store.search(Search(WEIGHING, after=mark), WHOLE, ENTITIES).rows == []


@pytest.mark.parametrize("name", ["nothing", 'code" --', "rowid"])
def test_names_that_the_entity_does_not_have_are_refused(store, name):
    for search in (
        Search(WEIGHING, Test(name, "is", 1)),
        Search(WEIGHING, columns=(name,)),
        Search(WEIGHING, sort=(name,)),
    ):
        with pytest.raises(ZcError, match="no field"):
            store.search(search, WHOLE, ENTITIES)


def test_readers_cannot_write(store):
    with pytest.raises(Exception, match=r"read-?only"), store.database.reading() as session:
        session.execute("DELETE FROM state")


def test_a_deep_page_is_a_range_of_an_index(sqlite_url):
    from core.store.store import Store

    store = Store.open(sqlite_url)
    store.apply(store.plan(ENTITIES))
    store.writer.put(write(WEIGHING, *(weighing(f"A{n}", weighed_at=n) for n in range(300)))).result()
    asked: list[str] = []
    with store.database.reading() as session:  # the one connection there is, which the pool hands out again
        session.peewee.connection().set_trace_callback(asked.append)
    search = Search(WEIGHING, sort=("station", "-weighed_at"), limit=10)
    store.search(
        Search(WEIGHING, sort=search.sort, limit=10, after=store.search(search, WHOLE, ENTITIES).after), WHOLE, ENTITIES
    )
    selected = [text for text in asked if text.startswith("SELECT")]
    with store.database.reading() as session:
        plan = " ".join(str(line) for line in session.execute(f"EXPLAIN QUERY PLAN {selected[-1]}"))
    assert "SEARCH" in plan
    assert "USING INDEX i_weighing__station__weighed_at" in plan
    store.close()
