"""Refusals, their counts and quotas, replays and outbox lines: all in the transaction of the rows they come with."""

from __future__ import annotations

from core.store.request import Refusal
from core.store.store import Store
from tests.core.store.records import BAD, RECEIVED_AT, WEIGHING, put, weighing


def test_refusals_counts_and_outbox_come_with_the_rows(store):
    refused = Refusal(
        b'{"plate": 1}', [{"outcome": "missing", "field": "code", "message": "缺少 code\0\ud800"}], index=3
    )
    put(store, weighing("A1"), refusals=(refused, refused), outbox=[("alarm", {"code": "A1", "text": "\0"})])
    first, second = store.refusals.page()
    assert (first.raw, first.problems, first.index) == (refused.raw, refused.problems, 3)
    assert (first.outcome, first.field, first.state, first.partner) == ("missing", "code", "refused", "test")
    assert store.refusals.counts() == [
        {"partner": "test", "interface": "preview", "day": 20261101, "outcome": "missing", "number": 2}
    ]
    (message,) = store.outbox.take("alarm")
    assert (message.topic, message.body) == ("alarm", {"code": "A1", "text": "\0"})
    put(store, weighing("A1"), outbox=[("alarm", {"code": "A1"})])
    assert store.outbox.waiting("alarm") == 1, "a resend that stores nothing new sends nothing again"


def test_refusals_over_the_quota_are_counted_only(store):
    refused = Refusal(b"x" * 100, [{"outcome": "missing", "field": "code", "message": ""}])
    for _ in range(5):
        put(store, refusals=(refused,), quota_bytes=400)
    put(store, refusals=(refused,), partner="other", quota_bytes=400)
    assert [kept.partner for kept in store.refusals.page()] == ["test", "test", "other"]
    assert [line["number"] for line in store.refusals.counts()] == [1, 5]
    put(store, weighing("A1", axles=BAD), quota_bytes=0)
    assert len(store.refusals.page(states=["failed"])) == 1, "what the platform failed to store is always kept"


def test_what_was_undone_takes_nothing_of_the_quota(store):
    refused = Refusal(b"x" * 100, [{"outcome": "missing", "field": "code", "message": ""}])
    put(store, weighing("A1", axles=BAD), refusals=(refused,), quota_bytes=400)
    put(store, refusals=(refused,), quota_bytes=400)
    assert len(store.refusals.page(states=["refused"])) == 2


def test_the_quota_holds_after_a_restart_and_a_purge_frees_it(store_url):
    refused = Refusal(b"x" * 100, [{"outcome": "missing", "field": "code", "message": ""}])
    for _ in range(2):
        store = Store.open(store_url)
        put(store, refusals=(refused,), quota_bytes=200, of=WEIGHING)
        assert len(store.refusals.page()) == 1
        store.close()
    store = Store.open(store_url)
    assert store.refusals.purge(days=-200_000) == 1
    put(store, refusals=(refused,), quota_bytes=200)
    assert len(store.refusals.page()) == 1
    store.close()


def test_a_replayed_refusal_is_marked_with_its_record(store):
    problems = [{"outcome": "missing", "field": "axles", "message": ""}]
    put(store, refusals=tuple(Refusal(b"{}", problems, index) for index in range(4)))
    ids = [kept.id for kept in store.refusals.page()]
    first = put(store, weighing("A1", axles=1, replay_of=ids[0]))
    others = [("A1", 1, ids[1]), ("A1", 2, ids[2]), ("A2", BAD, ids[3])]
    put(store, *(weighing(code, axles=axles, replay_of=origin) for code, axles, origin in others))
    kept = [store.refusals.get(refusal_id) for refusal_id in ids]
    assert [each.state for each in kept] == ["replayed", "replayed", "conflict", "failed"]
    assert [each.record_id for each in kept] == [first.ids[0], first.ids[0], first.ids[0], None]
    assert [each.replayed_at is not None for each in kept] == [True, True, False, False]
    assert len(store.refusals.page(states=["refused", "conflict", "failed", "replayed"])) == 4, "none is kept twice"


def test_a_body_made_of_again_is_marked_and_its_bad_rows_are_kept_on_their_own(store):
    problems = [{"outcome": "records_missing", "field": "", "message": ""}]
    put(store, refusals=(Refusal(b"{}", problems), Refusal(b"{}", problems)))
    whole, empty = (kept.id for kept in store.refusals.page())
    put(store, weighing("A1"), weighing("A2", axles=BAD), refusals=(Refusal(b"[]", problems, 2),), whole_of=whole)
    put(store, whole_of=empty)
    kept = store.refusals.page(states=["refused", "conflict", "failed", "replayed"])
    assert [(each.index, each.state) for each in kept] == [
        (-1, "replayed"),
        (-1, "replayed"),
        (2, "refused"),
        (0, "failed"),
    ]
    assert [[each.id for each in chunk] for chunk in store.refusals.chunks("preview", size=1)] == [
        [kept[2].id],
        [kept[3].id],
    ]


def test_a_replay_does_not_meet_what_is_kept_meanwhile(store):
    problems = [{"outcome": "missing", "field": "", "message": ""}]
    put(store, refusals=(Refusal(b"{}", problems, 0), Refusal(b"{}", problems, 1)))
    met = []
    for chunk in store.refusals.chunks("preview", size=1):
        met += chunk
        put(store, refusals=(Refusal(b"{}", problems, 7),))
    assert [each.index for each in met] == [0, 1]


def test_received_at_gives_the_civil_day_of_the_site(store):
    refused = Refusal(b"", [{"outcome": "missing", "field": "", "message": ""}])
    for hours in (0, 14):
        put(store, refusals=(refused,), received_at=RECEIVED_AT + hours * 3_600_000)
    assert [line["day"] for line in store.refusals.counts()] == [20261101, 20261102], (
        "16:00 UTC is midnight in Shanghai"
    )


def test_a_listener_hears_which_entity_a_commit_touched(store):
    heard: list[str] = []
    store.heard_by(heard.append)
    put(store, weighing("A1"))
    assert heard == [WEIGHING.id]
    put(store, weighing("A1"))
    assert heard == [WEIGHING.id], "what was there already touches nothing"
    store.writer.amend(WEIGHING, 1, {"axles": 3}, "test", "测试").result()
    assert heard == [WEIGHING.id] * 2
    store.heard_by(None)
    put(store, weighing("A2"))
    assert heard == [WEIGHING.id] * 2
