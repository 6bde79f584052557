"""Verbs and events, refusals, outbox, credentials, kept values, job runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.declare.problem import ZcError
from core.store.credentials import NewCredential
from core.store.database import now_ms
from core.store.events import version_of
from core.store.request import Refusal
from core.store.scope import Scope
from core.store.store import Store
from core.store.verbs import OtherVersion
from tests.core.store.records import ENTITIES, RECEIVED_AT, WEIGHING, weighing, write

HOUR_MS = 3_600_000


@pytest.fixture
def record_id(store) -> int:
    sent = weighing("A1", axles=6, trusted=True, pending="verdict", overload_kg=None)
    return store.writer.put(write(WEIGHING, sent)).result().ids[0]


def record(store: Store, record_id: int) -> dict:
    return store.get(WEIGHING, record_id, Scope.whole(), ENTITIES)


def told(store: Store, record_id: int) -> list[tuple]:
    events = store.events.of("weighing", record_id)
    return [(event.verb, event.who, event.why, event.before, event.after) for event in events]


def test_amend_changes_fields_and_leaves_an_event(store, record_id):
    store.writer.amend(WEIGHING, record_id, {"axles": 5, "trusted": False}, "test-user", "miscounted").result()
    assert (record(store, record_id)["axles"], record(store, record_id)["trusted"]) == (5, False)
    before, after = {"axles": 6, "trusted": True}, {"axles": 5, "trusted": False}
    assert told(store, record_id) == [("amended", "test-user", "miscounted", before, after)]
    assert store.events.of("weighing", record_id)[0].before["trusted"] is True


def test_what_a_person_enters_says_who(store):
    sent = weighing("P1", axles=6)
    first = store.writer.put(replace(write(WEIGHING, sent), who="test-user")).result()
    assert told(store, first.ids[0]) == [("added", "test-user", "", {}, {})]
    again = store.writer.put(replace(write(WEIGHING, sent), who="other-user")).result()
    assert (again.ids, len(told(store, first.ids[0]))) == (first.ids, 1)


def test_amend_of_another_version_changes_nothing(store, record_id):
    store.writer.judge(WEIGHING, record_id, {"overload_kg": 1}, "verdict", "derived later").result()
    read = version_of(store.events.of("weighing", record_id))
    store.writer.amend(WEIGHING, record_id, {"axles": 5}, "test-user", "first", read).result()
    late = store.writer.amend(WEIGHING, record_id, {"axles": 4}, "other-user", "late", read)
    with pytest.raises(OtherVersion):
        late.result()
    assert record(store, record_id)["axles"] == 5
    now = version_of(store.events.of("weighing", record_id))
    store.writer.amend(WEIGHING, record_id, {"axles": 4}, "other-user", "read again", now).result()
    assert [who for _, who, *_ in told(store, record_id)] == ["verdict", "test-user", "other-user"]


def test_judge_sets_derived_fields_and_clears_pending(store, record_id):
    store.writer.judge(WEIGHING, record_id, {"overload_kg": 3400}, "verdict", "derived later").result()
    assert (record(store, record_id)["overload_kg"], record(store, record_id)["pending"]) == (3400, None)
    store.writer.judge(WEIGHING, record_id, {"pending": "other"}, "verdict", "not yet").result()
    assert record(store, record_id)["pending"] == "other"
    assert [verb for verb, *_ in told(store, record_id)] == ["judged", "judged"]


def test_a_void_record_stays_void(store, record_id):
    store.writer.void(WEIGHING, record_id, "test-user", "a test weight").result()
    assert record(store, record_id)["voided_at"] <= now_ms()
    for verb in (
        store.writer.void(WEIGHING, record_id, "test-user", "again"),
        store.writer.amend(WEIGHING, record_id, {"axles": 5}, "test-user", "late"),
    ):
        with pytest.raises(ZcError, match="is void"):
            verb.result()
    assert [verb for verb, *_ in told(store, record_id)] == ["voided"]


@pytest.mark.parametrize(
    ("verb", "changes", "message"),
    [
        ("amend", {"code": "A2"}, "key"),
        ("amend", {"received_at": 1}, "cannot be changed"),
        ("amend", {"nothing": 1}, "cannot be changed"),
        ("amend", {}, "nothing to change"),
        ("judge", {"axles": 5}, "cannot be changed"),
    ],
)
def test_verbs_refuse_what_is_not_theirs(store, record_id, verb, changes, message):
    before = record(store, record_id)
    with pytest.raises(ZcError, match=message):
        getattr(store.writer, verb)(WEIGHING, record_id, changes, "test-user", "no").result()
    assert record(store, record_id) == before
    assert told(store, record_id) == []


def test_an_unknown_record_is_refused(store, record_id):
    with pytest.raises(ZcError, match="has no record"):
        store.writer.void(WEIGHING, record_id + 1, "test-user", "no").result()


def test_a_verb_whose_event_fails_changes_nothing(store, record_id):
    with pytest.raises(Exception, match=r"."):
        store.writer.amend(WEIGHING, record_id, {"axles": 5}, None, "nobody").result()
    assert record(store, record_id)["axles"] == 6


def refuse(store: Store, number: int, **settings) -> None:
    problems = [{"outcome": "missing", "field": "code", "message": "缺少 code"}]
    refusals = tuple(Refusal(b"{}", problems, index) for index in range(number))
    store.writer.put(write(WEIGHING, refusals=refusals, **settings)).result()


def test_refusals_are_grouped_with_first_and_last(store):
    refuse(store, 3, received_at=RECEIVED_AT)
    refuse(store, 1, received_at=RECEIVED_AT + HOUR_MS)
    refuse(store, 1, interface="other")
    first, second = store.refusals.groups()
    assert (first.number, first.first_at, first.last_at) == (4, RECEIVED_AT, RECEIVED_AT + HOUR_MS)
    assert (first.outcome, first.field, first.partner, first.interface) == ("missing", "code", "test", "preview")
    assert (second.number, second.interface) == (1, "other")


def test_refusals_for_a_replay_come_in_chunks_in_order(store):
    refuse(store, 7)
    refuse(store, 2, interface="other")
    chunks = list(store.refusals.chunks("preview", size=3))
    assert [len(chunk) for chunk in chunks] == [3, 3, 1]
    ids = [kept.id for chunk in chunks for kept in chunk]
    assert ids == sorted(set(ids))
    assert [kept.index for chunk in chunks for kept in chunk] == list(range(7))


def test_dropped_refusals_are_not_replayed(store):
    refuse(store, 3)
    ids = [kept.id for kept in store.refusals.page()]
    assert store.refusals.drop(ids[:2]) == 2
    assert store.refusals.drop(ids[:2]) == 0
    assert [kept.id for chunk in store.refusals.chunks("preview") for kept in chunk] == ids[2:]
    assert store.refusals.get(ids[0]).state == "dropped"


def test_purging_leaves_the_counts(store):
    refuse(store, 2, received_at=now_ms() - 40 * 24 * HOUR_MS)
    refuse(store, 1, received_at=now_ms())
    assert store.refusals.purge(days=30) == 2
    assert len(store.refusals.page()) == 1
    assert sum(line["number"] for line in store.refusals.counts()) == 3
    assert store.refusals.get(0) is None


def test_the_outbox_gives_each_line_until_it_is_done(store):
    lines = [("a", {"n": 1}), ("a", {"n": 2}), ("b", {"n": 3})]
    store.writer.put(write(WEIGHING, weighing("A1"), outbox=lines)).result()
    (other,) = store.outbox.take("b")
    first, second = store.outbox.take("a", lease_ms=0)
    assert [first.body, second.body, other.body] == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [message.attempts for message in store.outbox.take("a", lease_ms=HOUR_MS)] == [2, 2], "the lease was over"
    assert store.outbox.take("a") == [], "both are leased"
    store.outbox.done([first.id])
    assert (store.outbox.waiting("a"), store.outbox.waiting("b")) == (1, 1)


def test_a_failed_line_waits_longer_each_time(store):
    store.writer.put(write(WEIGHING, weighing("A1"), outbox=[("a", {})])).result()

    def due_in(message):
        at = now_ms()
        store.outbox.failed(message, "no answer")
        find = "SELECT next_at, last_error FROM outbox"
        next_at, error = store.writer.run(lambda session: session.execute(find).fetchone())
        assert error == "no answer"
        return (next_at - at) // 1_000

    (message,) = store.outbox.take("a", lease_ms=0)
    assert due_in(message) == 5
    assert store.outbox.take("a") == []
    store.writer.run(lambda session: session.execute("UPDATE outbox SET next_at = 0, attempts = 40"))
    (message,) = store.outbox.take("a", lease_ms=0)
    assert due_in(message) == 3_600


def test_a_rotated_secret_holds_for_the_overlap(store):
    store.credentials.add(NewCredential("p", "token", "app-1", b"hash-1", b"salt-1"))
    until = now_ms() + HOUR_MS
    store.credentials.rotate(NewCredential("p", "token", "app-2", b"hash-2", b"salt-2"), until)
    (old,) = store.credentials.find("app-1")
    (new,) = store.credentials.find("app-2")
    assert (old.secret_hash, old.salt, old.expires_at) == (b"hash-1", b"salt-1", until)
    assert (old.is_valid(until - 1), old.is_valid(until)) == (True, False)
    assert new.is_valid(until + 1_000 * HOUR_MS)
    store.credentials.rotate(NewCredential("p", "token", "app-3", b"hash-3", b"salt-3"), until + HOUR_MS)
    assert [each.expires_at for each in store.credentials.of("p")] == [None, until + HOUR_MS, until]
    assert store.credentials.find("app-9") == []


def test_revocation_ends_logins_and_tokens_at_once(store):
    for partner in ("p", "q"):
        store.credentials.add(NewCredential(partner, "token", f"app-{partner}", b"hash", b"salt"))
        store.credentials.put_token(f"token-{partner}".encode(), partner, f"app-{partner}", now_ms() + HOUR_MS)
    assert store.credentials.find_token(b"token-p").revoked_at is None
    assert store.credentials.revoke("p") == 1
    assert store.credentials.revoke("p") == 0
    assert not store.credentials.of("p")[0].is_valid(now_ms())
    assert store.credentials.find_token(b"token-p").revoked_at is not None
    assert store.credentials.find_token(b"token-q").revoked_at is None
    assert store.credentials.of("q")[0].is_valid(now_ms())


def test_one_login_of_several_is_revoked_by_its_appid(store):
    for appid in ("app-1", "app-2"):
        store.credentials.add(NewCredential("p", "token", appid, b"hash", b"salt"))
    assert store.credentials.revoke("p", "app-1") == 1
    assert [each.is_valid(now_ms()) for each in store.credentials.of("p")] == [True, False]


def test_expired_tokens_are_purged(store):
    store.credentials.put_token(b"old", "p", "app", 1_000)
    store.credentials.put_token(b"new", "p", "app", 3_000)
    assert store.credentials.purge_tokens(2_000) == 1
    assert store.credentials.find_token(b"old") is None
    assert store.credentials.find_token(b"new").expires_at == 3_000


def test_snapshot_numbers_survive_a_restart(store_url):
    numbers = []
    for _ in range(2):
        store = Store.open(store_url)
        numbers += [store.state.next_snapshot(), store.state.next_snapshot()]
        store.close()
    assert numbers == [1, 2, 3, 4]


def test_kept_values_are_replaced(store):
    assert store.state.get("note", "none") == "none"
    for value in ({"a": [1, None, True]}, None, 0):
        store.state.put("note", value)
        assert store.state.get("note", "none") == value


def test_job_runs_are_told_newest_first(store):
    first = store.job_runs.started("backup")
    second = store.job_runs.started("backup")
    store.job_runs.ended(first, ok=False, note="no room")
    runs = store.job_runs.last("backup", limit=5)
    assert [(run.id, run.ok, run.note) for run in runs] == [(second, None, ""), (first, False, "no room")]
    assert runs[1].ended_at >= runs[1].started_at
    assert store.job_runs.last("other") == []


def test_of_each_job_the_last_runs_are_kept(store, monkeypatch):
    monkeypatch.setattr("core.store.job_runs.KEPT", 3)
    other = store.job_runs.started("other")
    runs = [store.job_runs.started("backup") for _ in range(5)]
    assert [run.id for run in store.job_runs.last("backup", limit=9)] == runs[:1:-1]
    assert store.job_runs.one(other).job == "other"
    with pytest.raises(LookupError):
        store.job_runs.one(runs[0])
