"""The writer: what is stored, what is not, and that one bad row sinks nobody else."""

from __future__ import annotations

import itertools
import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.entity.condition import Test
from core.store.request import Refusal, State, StoreBusy
from core.store.store import Store
from tests.core.store.records import BAD, ENTITIES, NOTICE, STATION, WEIGHING, held, put, row, rows_of, weighing, write

_numbers = itertools.count()


def test_a_row_is_stored_and_found_with_its_values(store):
    sent = weighing("A1", plate="湘D12345", axles=6, gross_kg=52400, speed=43.5, trusted=True, weighed_at=1)
    written = put(store, sent)
    assert written.states == [State.STORED]
    assert rows_of(store) == [{"id": written.ids[0], **sent.values}]


def test_many_rows_are_stored_with_their_values(store):
    sent = [weighing(f"A{n}", plate=f"湘D\t{n}\\N\n", axles=n, speed=n / 7, trusted=bool(n % 2)) for n in range(300)]
    written = put(store, *sent)
    assert rows_of(store) == [{"id": at, **each.values} for at, each in zip(written.ids, sent, strict=True)]


def test_same_key_same_content_is_a_duplicate_and_other_content_a_conflict(store):
    first = put(store, weighing("A1", axles=6))
    again = put(store, weighing("A1", axles=6), weighing("A1", axles=5), weighing("A2"))
    assert again.states == [State.DUPLICATE, State.CONFLICT, State.STORED]
    assert again.ids[:2] == [first.ids[0], None]
    assert [found["axles"] for found in rows_of(store, condition=Test("code", "is", "A1"))] == [6]
    (kept,) = store.refusals.page()
    assert (kept.state, kept.record_id, kept.index, kept.outcome) == ("conflict", first.ids[0], 0, "conflict")
    assert json.loads(kept.raw) == weighing("A1", axles=5).raw


def test_writes_of_several_entities_are_one_group(store):
    with held(store):
        before = store.writer.health().groups
        futures = [store.writer.put(write(WEIGHING, weighing(f"A{n}"))) for n in range(50)]
        futures += [store.writer.put(write(NOTICE, row(NOTICE, code=f"N{n}"))) for n in range(50)]
    assert all(future.result().states == [State.STORED] for future in futures)
    assert store.writer.health().groups == before + 1
    assert store.writer.health().queued_rows == 0
    assert (len(rows_of(store)), len(rows_of(store, NOTICE))) == (50, 50)


def test_a_group_is_bounded(store_url):
    store = Store.open(store_url, group_rows=10)
    store.apply(store.plan(ENTITIES))
    with held(store):
        futures = [store.writer.put(write(WEIGHING, weighing(f"A{n}"), weighing(f"B{n}"))) for n in range(10)]
    assert [future.result().states for future in futures] == [[State.STORED] * 2] * 10
    assert store.writer.health().groups == 2
    store.close()


def test_bad_rows_fail_alone_and_are_kept(store):
    with held(store):
        good = store.writer.put(write(WEIGHING, weighing("A1")))
        mixed = store.writer.put(write(WEIGHING, weighing("B1"), weighing("B2", axles=BAD, index=7), weighing("B3")))
        late = store.writer.put(write(WEIGHING, weighing("C1")))
    assert good.result().states == late.result().states == [State.STORED]
    assert mixed.result().states == [State.STORED, State.FAILED, State.STORED]
    assert mixed.result().ids[1] is None
    assert [found["code"] for found in rows_of(store)] == ["A1", "B1", "B3", "C1"]
    (kept,) = store.refusals.page()
    assert (kept.state, kept.outcome, kept.index, kept.record_id) == ("failed", "not_stored", 7, None)
    assert put(store, weighing("B2", axles=2)).states == [State.STORED]


@pytest.mark.parametrize("bad", [{"axles": 2**63}, {"axles": -(2**63) - 1}, {"plate": "\ud800"}])
def test_values_that_no_database_takes_fail_alone(store, bad):
    rows = [weighing("A1"), weighing("A2"), weighing("A3")]
    rows[1].values.update(bad)
    assert put(store, *rows).states == [State.STORED, State.FAILED, State.STORED]


def test_what_postgresql_alone_does_not_take_fails_alone(store):
    rows = [weighing("A1", plate="a\0b"), weighing("A2"), weighing("A3", station="".join(map(chr, range(300, 6_000))))]
    states = put(store, *rows).states
    assert states == (
        [State.FAILED, State.STORED, State.FAILED] if store.dialect == "postgresql" else [State.STORED] * 3
    )


def test_a_write_for_a_table_that_is_not_there_fails_and_the_rest_goes_on(empty_store):
    empty_store.apply(empty_store.plan({"notice": NOTICE}))
    with held(empty_store):
        bad = empty_store.writer.put(write(WEIGHING, weighing("A1")))
        good = empty_store.writer.put(write(NOTICE, row(NOTICE, code="N1")))
    assert bad.result().states == [State.FAILED]
    assert good.result().states == [State.STORED]


def test_a_write_that_cannot_even_be_refused_is_undone_whole(store):
    unserialisable = Refusal(b"{}", [{"outcome": "missing", "field": object()}])
    with held(store):
        bad = store.writer.put(write(WEIGHING, weighing("A1"), refusals=(unserialisable,)))
        good = store.writer.put(write(WEIGHING, weighing("A2")))
    with pytest.raises(TypeError):
        bad.result()
    assert good.result().states == [State.STORED]
    assert [found["code"] for found in rows_of(store)] == ["A2"]


posts = st.lists(
    st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from([1, 2, BAD])), min_size=1, max_size=6),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts=posts)
def test_the_writer_agrees_with_a_plain_dictionary(store, posts):
    station = f"S{next(_numbers)}"
    with held(store):
        futures = [
            store.writer.put(write(WEIGHING, *(weighing(code, station, axles=axles) for code, axles in post)))
            for post in posts
        ]
    there: dict[str, object] = {}
    for post, future in zip(posts, futures, strict=True):
        wanted = []
        for code, axles in post:
            if code in there:
                wanted.append(State.DUPLICATE if there[code] == axles else State.CONFLICT)
            elif axles == BAD:
                wanted.append(State.FAILED)
            else:
                there[code] = axles
                wanted.append(State.STORED)
        assert future.result().states == wanted
        with_id = [at is not None for at in future.result().ids]
        assert with_id == [state in (State.STORED, State.DUPLICATE) for state in wanted]
    found = rows_of(store, condition=Test("station", "is", station))
    assert {each["code"]: each["axles"] for each in found} == there
    assert len(found) == len(there)


def test_a_full_queue_is_busy(store_url):
    store = Store.open(store_url, queue_rows=3)
    store.apply(store.plan(ENTITIES))
    with held(store):
        accepted = [store.writer.put(write(WEIGHING, weighing(f"A{n}"))) for n in range(3)]
        with pytest.raises(StoreBusy):
            store.writer.put(write(WEIGHING, weighing("B")))
        assert store.writer.health().queued_rows == 3
    assert all(future.result().states == [State.STORED] for future in accepted)
    assert put(store, weighing("B")).states == [State.STORED]
    store.close()


def test_closing_finishes_what_was_accepted(store_url):
    store = Store.open(store_url)
    store.apply(store.plan(ENTITIES))
    futures = [store.writer.put(write(WEIGHING, weighing(f"A{n}"))) for n in range(500)]
    store.close()
    assert {future.result().states[0] for future in futures} == {State.STORED}
    with pytest.raises(StoreBusy):
        store.writer.put(write(WEIGHING, weighing("B")))
    again = Store.open(store_url)
    assert len(rows_of(again)) == 500
    assert put(again, weighing("B")).ids[0] > max(future.result().ids[0] for future in futures)
    again.close()


def test_a_cancelled_write_is_not_stored(store):
    with held(store):
        future = store.writer.put(write(WEIGHING, weighing("A1")))
        assert future.cancel()
    store.writer.flush()
    assert rows_of(store) == []


def test_a_function_that_fails_is_undone_and_the_writer_lives_on(store):
    def fail(session):
        session.execute("DELETE FROM state")
        session.execute("no SQL")

    store.state.put("note", 1)
    with pytest.raises(Exception, match="syntax error"):
        store.writer.run(fail)
    assert store.state.get("note") == 1
    assert put(store, weighing("A1")).states == [State.STORED]


def test_the_writers_thread_does_not_wait_for_itself(store):
    with pytest.raises(RuntimeError, match="itself"):
        store.writer.run(lambda session: store.state.put("note", 1))


def test_after_commit_sees_each_write_and_its_errors_stop_nothing(store, caplog):
    seen = []

    def after(sent, written):
        seen.append((sent.rows[0].values["code"], written.states))
        raise ValueError("of the test")

    store.writer.after_commit = after
    put(store, weighing("A1"))
    put(store, weighing("A1"))
    store.writer.flush()
    assert seen == [("A1", [State.STORED]), ("A1", [State.DUPLICATE])]
    assert caplog.text.count("after_commit failed") == 2


def test_a_full_disk_is_busy_and_passes(sqlite_url):
    store = Store.open(sqlite_url)
    store.apply(store.plan(ENTITIES))
    pages = store.writer.run(lambda session: session.execute("PRAGMA page_count").fetchone()[0])
    store.writer.run(lambda session: session.execute(f"PRAGMA max_page_count = {pages}"))
    full = [
        store.writer.put(write(WEIGHING, *(weighing(f"A{n}-{m}", plate="x" * 900) for m in range(50))))
        for n in range(3)
    ]
    failures = [future.exception() for future in full]
    assert isinstance(failures[0], StoreBusy)
    store.writer.flush()
    stored = 50 * failures.count(None)
    assert len(rows_of(store)) == stored
    assert put(store, weighing("B")).states == [State.STORED], "the connection was opened anew, without the bound"
    store.close()


def test_a_lost_server_connection_is_busy_and_passes(postgresql_url):
    store = Store.open(postgresql_url)
    store.apply(store.plan(ENTITIES))
    own = store.writer.run(lambda session: session.execute("SELECT pg_backend_pid()").fetchone()[0])
    with store.database.statements() as session:
        session.execute("SELECT pg_terminate_backend(?)", (own,))
    with pytest.raises(StoreBusy):
        put(store, weighing("A1"))
    assert put(store, weighing("A1")).states == [State.STORED]
    assert store.writer.health().failed_groups == 1
    store.close()


def test_posts_from_many_threads_are_each_stored_once(store):
    def send(name):
        for n in range(40):
            futures.append(store.writer.put(write(WEIGHING, weighing(f"{name}-{n}"), weighing(f"shared-{n}"))))

    futures: list = []
    threads = [threading.Thread(target=send, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [state for future in futures for state in future.result().states]
    assert states.count(State.STORED) == 4 * 40 + 40
    assert states.count(State.DUPLICATE) == 3 * 40
    assert len({found["code"] for found in rows_of(store)}) == len(rows_of(store)) == 200


def test_keys_follow_commits(store):
    assert store.keys(STATION) == frozenset()
    written = put(store, row(STATION, code="S1"), row(STATION, code="S2"), of=STATION)
    assert store.keys(STATION) == {"S1", "S2"}
    store.writer.void(STATION, written.ids[0], "test", "gone").result()
    assert store.keys(STATION) == {"S2"}
    put(store, weighing("A1"), weighing("A2"))
    assert store.keys(WEIGHING) == {("S1", "A1"), ("S1", "A2")}
