"""What a partner sent through the eyes of a role: nothing of a masked field gets out, whatever was sent where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.run.raw_veil import RawVeil
from core.run.rights import Rights
from tests.core.run import homes, seen
from tests.core.run.seen import World, role

INTERFACE = """title: 测试接口
entity: weighing
path: /api/weighings
records: list
reply: plain
ignore_case: true
fields:
  code: {from: no, required: true}
  weighed_at: {from: at, pattern: "yyyy-MM-dd HH:mm:ss", required: true}
  plate: {from: [truck.plate, plate]}
  driver: {from: driver}
  gross_kg: {from: kg}
"""
SECRET = "湘D8A917机密"  # noqa: S105 - what the test looks for
NAMES = st.sampled_from(["no", "NO", "at", "plate", "Plate", "truck", "driver", "DRIVER", "kg", "remark", "x"])
LEAVES = st.one_of(st.just(SECRET), st.none(), st.just(""), st.integers(0, 90000), st.booleans())
SENT = st.dictionaries(
    NAMES,
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    max_size=6,
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The home of people and masks with an interface for its weighings."""
    root = tmp_path_factory.mktemp("raw") / "home"
    homes.write(root, "interfaces/weighings.yaml", INTERFACE)
    with seen.world(root, "sqlite:///data/zc.sqlite") as made:
        yield made


def veil(world: World, **said: Any) -> RawVeil:
    """The eyes of somebody with one role."""
    seeing = world.as_(role("one", **said))
    return RawVeil(seeing.snapshot, Rights(seeing.account, seeing.snapshot))


def through(eyes: RawVeil, sent: Any) -> Any:
    """A kept record as those eyes see it."""
    raw = msgspec.json.encode(sent)
    told = eyes.record("weighings", "weighing", raw)
    assert told is not None
    return msgspec.json.decode(told)


@given(sent=SENT)
def test_no_masked_value_gets_out(world: World, sent: dict[str, Any]) -> None:
    told = through(veil(world), {name: value for name, value in sent.items() if name.lower() != "no"})
    assert SECRET not in msgspec.json.encode(told).decode()


@given(sent=SENT)
def test_who_sees_all_sees_what_was_sent(world: World, sent: dict[str, Any]) -> None:
    assert through(veil(world, unmask={"*": frozenset({"*"})}), sent) == sent
    assert through(RawVeil(world.platform.snapshot), sent) == sent


def test_plain_fields_are_shown_where_they_take_the_value(world: World) -> None:
    sent = {"NO": "N1", "at": "2026-11-01 08:00:00", "truck": {"plate": "湘D8A917", "colour": "red"}, "kg": "heavy"}
    told = through(veil(world), sent)
    assert told == {**sent, "truck": {"plate": "湘D***17", "colour": "***"}, "kg": "***"}
    assert through(veil(world), {"kg": 900, "list": ["湘D8A917"]}) == {"kg": 900, "list": ["***"]}
    hidden = through(veil(world, hide={"weighing": frozenset({"gross_kg"})}), {"kg": 900})
    assert hidden == {"kg": "***"}


def test_what_cannot_be_told_apart_is_not_shown(world: World) -> None:
    eyes = veil(world)
    assert eyes.record("weighings", "weighing", b"not JSON 917") is None
    assert eyes.record("gone", "weighing", b'{"no": "N1"}') is None
    assert eyes.message("weighing", "wrong_type", SECRET) != SECRET
    gone = replace(world.platform.snapshot, entities={})
    assert not RawVeil(gone, eyes.rights).is_clear("weighing")
