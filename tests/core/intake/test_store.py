"""What is handed to the writer, and what comes of its answer."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.entity.record import key_hash
from core.intake.plan import Interface
from core.intake.post import Partner
from core.intake.store import KeyMemory
from core.store.request import State, StoreBusy, Write, Written
from tests.core.intake.homes import NOW, PREVIEW, RECORD, World, good, said


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """The preview interface."""
    return good(tmp_path_factory.mktemp("home"))


@dataclass
class Keeper:
    """A writer that keeps what it is given and answers as told."""

    states: list[State] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def put(self, write: Write) -> Future[Written]:
        """Answer with the states told, ids from 1."""
        self.writes.append(write)
        done: Future[Written] = Future()
        done.set_result(Written(self.states, list(range(1, len(self.states) + 1))))
        return done


class Full:
    """A writer that takes nothing: at once, or in the future."""

    def __init__(self, later: bool) -> None:
        self.later = later

    def put(self, write: Write) -> Future[Written]:
        """StoreBusy."""
        if not self.later:
            raise StoreBusy(3)
        failed: Future[Written] = Future()
        failed.set_exception(StoreBusy(3))
        return failed


def test_one_write_holds_all_of_a_post(interface: Interface) -> None:
    keeper = Keeper([State.STORED])
    world = World(writer=keeper, partner=Partner("test", refusals_mib=2))
    world.send(interface, {"token": "secret", "bodys": [5, {**RECORD, "more": "x"}, {"axisnum": "six"}]})
    (write,) = keeper.writes
    assert (write.partner, write.interface, write.snapshot, write.received_at) == ("test", "test", 7, NOW)
    assert write.quota_bytes == 2 << 20
    (row,) = write.rows
    assert row.index == 1
    assert set(row.values) == set(interface.entity.columns)
    assert row.raw == {**RECORD, "more": "x"}
    assert row.key_hash == key_hash(interface.entity, row.values)
    assert [refusal.index for refusal in write.refusals] == [0, 2]
    assert write.refusals[1].problems[0] == {
        "outcome": "missing",
        "field": "previewcode",
        "message": "缺少 previewcode",
    }
    assert b"secret" not in b"".join([msgspec.json.encode(row.raw), *(refusal.raw for refusal in write.refusals)])


def test_the_token_of_a_record_that_is_the_body_is_not_kept(tmp_path: Path) -> None:
    keeper = Keeper([State.STORED])
    bare = good(tmp_path, PREVIEW.replace("records: bodys", 'records: ""'))
    World(writer=keeper).send(bare, {**RECORD, "token": "secret"})
    assert keeper.writes[0].rows[0].raw == RECORD


def test_nothing_is_written_for_an_empty_list(interface: Interface) -> None:
    keeper = Keeper()
    post = World(writer=keeper).send(interface, {"bodys": []})
    assert keeper.writes == []
    assert said(post)["resultcode"] == "0"


@pytest.mark.parametrize("later", [False, True])
def test_a_full_store_is_busy(interface: Interface, later: bool) -> None:
    post = World(writer=Full(later)).send(interface, {"bodys": [RECORD]})
    assert (post.status, post.retry_after_s) == (503, 3)
    assert said(post)["errorcode"] == "1110"
    assert "3 秒" in said(post)["resultmessage"]


def test_rows_that_the_writer_keeps_aside_are_answered_as_refused(interface: Interface) -> None:
    states = [State.STORED, State.CONFLICT, State.DUPLICATE, State.FAILED]
    bodies = [{**RECORD, "previewcode": str(number)} for number in range(4)]
    post = World(writer=Keeper(states)).send(interface, {"bodys": bodies})
    assert said(post) | {"resultmessage": ""} == {
        "resultcode": "2",
        "resultmessage": "",
        "errorcode": "1001",
        "accepted": 1,
        "duplicates": 1,
        "rejected": [
            {"index": 1, "errorcode": "2011", "field": "", "message": said(post)["rejected"][0]["message"]},
            {"index": 3, "errorcode": "2012", "field": "", "message": said(post)["rejected"][1]["message"]},
        ],
    }
    assert said(post)["rejected"][0]["message"].startswith("S1/1 已有记录")
    assert [refusal.index for refusal in post.refusals] == [1, 3]
    assert [row.index for row in post.accepted] == [0]


def test_key_memory_answers_as_the_store_does(interface: Interface) -> None:
    world = World(writer=KeyMemory())
    bodies: list[Any] = [RECORD, dict(RECORD), {**RECORD, "totalweight": 1}, {**RECORD, "previewcode": "2"}]
    post = world.send(interface, {"bodys": bodies})
    assert post.written == Written([State.STORED, State.DUPLICATE, State.CONFLICT, State.STORED], [1, 1, None, 2])
    again = world.send(interface, {"bodys": bodies})
    assert (len(again.accepted), again.duplicates) == (0, 3)


def test_key_memory_can_be_told_of_records(interface: Interface) -> None:
    memory = KeyMemory()
    memory.remember(interface.entity, {"station": "S1", "code": "T-0001"})
    post = World(writer=memory).send(interface, {"bodys": [RECORD]})
    assert post.written.states == [State.CONFLICT]
