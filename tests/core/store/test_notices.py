"""Notices: one row a cause, raised again when it returns, read by person, seen by those they are for, on both
databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.store.database import now_ms
from core.store.notice_tables import NoticeRow
from core.store.notices import Notice, Reader

OPERATOR = Reader("甲", ("status",))
LATER = 60_000


def failing(cause="partner/a", kind="partner", **said):
    """A notice for those who may run status."""
    return Notice(cause, kind, "error", said.pop("about", {"partner": "测试对接方"}), operation="status", **said)


def told(store, reader=OPERATOR, **asked):
    """[(about, stands, number, unread)] of the reader's notices."""
    return [(one.about, one.stands, one.number, one.unread) for one in store.notices.of(reader, **asked)]


def read_now(store, reader=OPERATOR, ids=None):
    """Read as a moment later, so that no clock has to pass."""
    store.notices.read(reader, ids, now_ms() + LATER)


def age(store, ms):
    """Put everything that was told so much further into the past."""
    fields = {field: field - ms for field in (NoticeRow.first_at, NoticeRow.raised_at, NoticeRow.last_at)}
    store.writer.run(lambda session: session.run(NoticeRow.update(fields)))


def test_a_cause_is_raised_once_and_again_when_it_returns(empty_store):
    notices = empty_store.notices
    for number in (1, 2, 3):
        notices.tell(failing(about={"count": number})).result()
    assert told(empty_store) == [({"count": 3}, True, 3, True)]
    age(empty_store, 2 * LATER)
    notices.read(OPERATOR, None, now_ms() - LATER)
    notices.tell(failing(about={"count": 4})).result()
    assert told(empty_store) == [({"count": 4}, True, 4, False)], "it lasts, so it is no news"
    notices.end("partner/a").result()
    assert told(empty_store) == [({"count": 4}, False, 4, False)]
    notices.tell(failing(about={"count": 5})).result()
    assert told(empty_store) == [({"count": 5}, True, 5, True)], "it returned"


def test_settling_writes_and_tells_only_what_differs(empty_store):
    heard = []
    empty_store.heard_by(heard.append)
    notices = empty_store.notices
    notices.settle(("partner",), [failing("partner/a"), failing("partner/b")])
    assert len(heard) == 1
    notices.settle(("partner",), [failing("partner/a"), failing("partner/b")])
    assert [one[2] for one in told(empty_store)] == [1, 1]
    notices.settle(("partner",), [failing("partner/a", about={"count": 2})])
    assert sorted((stands, number) for _, stands, number, _ in told(empty_store)) == [(False, 1), (True, 2)]
    assert len(heard) == 1, "a count that grows and a cause that goes wake nobody"
    notices.tell(Notice("export/1", "export", "info", {}, login="甲")).result()
    notices.settle(("partner",), [])
    assert [one.stands for one in notices.of(OPERATOR) if one.kind == "export"] == [True], "other kinds stay"


def test_each_person_reads_for_himself(empty_store):
    other = Reader("乙", ("status",))
    for name in "abc":
        empty_store.notices.tell(failing(f"partner/{name}")).result()
    first = empty_store.notices.of(OPERATOR)[0].id
    read_now(empty_store, ids=[first, 10**9])
    assert empty_store.notices.unread(OPERATOR) == 2
    assert len(empty_store.notices.of(OPERATOR, unread=True)) == 2
    assert empty_store.notices.unread(other) == 3
    read_now(empty_store)
    assert (empty_store.notices.unread(OPERATOR), empty_store.notices.unread(other)) == (0, 3)
    empty_store.notices.read(other, None, now_ms() - LATER)
    assert empty_store.notices.unread(other) == 3, "what was raised after the list was asked for stays unread"


def test_pages_follow_each_other_and_levels_are_chosen(empty_store):
    for number in range(7):
        level = "info" if number % 2 else "error"
        empty_store.notices.tell(Notice(f"x/{number}", "x", level, {"n": number}, operation="status")).result()
    seen, mark = [], None
    while page := empty_store.notices.of(OPERATOR, before=mark, limit=3):
        seen += [one.about["n"] for one in page]
        mark = (page[-1].raised_at, page[-1].id)
    assert seen == [6, 5, 4, 3, 2, 1, 0]
    assert [one.about["n"] for one in empty_store.notices.of(OPERATOR, level="info")] == [5, 3, 1]


def test_old_ones_are_forgotten_unless_they_stand(empty_store):
    notices = empty_store.notices
    for name in "ab":
        notices.tell(failing(f"partner/{name}")).result()
    read_now(empty_store)
    notices.end("partner/a").result()
    notices.purge(1)
    assert len(told(empty_store)) == 2
    age(empty_store, 2 * 86_400_000)
    notices.purge(1)
    assert told(empty_store) == [({"partner": "测试对接方"}, True, 1, False)]


AUDIENCE = st.fixed_dictionaries(
    {
        "operation": st.sampled_from(["", "status", "log"]),
        "login": st.sampled_from(["", "甲", "乙"]),
        "place": st.sampled_from([("", ()), ("station", ("S1",)), ("station", ("S1", "S2")), ("region", ("S1",))]),
    }
)
PLACES = st.frozensets(st.sampled_from([("station", ("S1",)), ("station", ("S1", "S2")), ("region", ("S1",))]))


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(AUDIENCE, min_size=1, max_size=6), st.sampled_from(["甲", "丙"]), st.frozensets(st.just("log")), PLACES)
def test_nobody_gets_what_is_not_for_him(empty_store, audiences, login, operations, places):
    empty_store.writer.run(lambda session: session.run(NoticeRow.delete()))
    expected, notices = set(), []
    for number, audience in enumerate(audiences):
        entity, keys = audience["place"]
        said = {"operation": audience["operation"], "login": audience["login"], "entity": entity, "keys": keys}
        notices.append(Notice(f"x/{number}", "x", "info", {"n": number}, **said))
        if audience["login"] == login or audience["operation"] in operations or (entity, keys) in places:
            expected.add(number)
    empty_store.notices.settle(("x",), notices)
    reader = Reader(login, operations, places)
    assert {one.about["n"] for one in empty_store.notices.of(reader, limit=100)} == expected
    assert empty_store.notices.unread(reader) == len(expected)
    read_now(empty_store, reader)
    whole = Reader("丁", ("status", "log"), {("station", ("S1",)), ("station", ("S1", "S2")), ("region", ("S1",))})
    assert all(one.unread for one in empty_store.notices.of(whole, limit=100)), "nobody reads for another"
