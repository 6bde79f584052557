"""Derivers over a batch, and what becomes of records whose deriver fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.intake.derive import rederive
from core.intake.plan import Interface
from tests.core.intake.homes import RECORD, World, good
from tests.core.intake.test_plan import JUDGED


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """An interface to an entity with a derived field."""
    return good(tmp_path_factory.mktemp("home"), weighing=JUDGED)


def doubler(batch: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"double_kg": row["gross"] * 2} for row in batch]


def test_derived_fields_are_filled(interface: Interface) -> None:
    seen: list[Any] = []
    post = World(derivers={"doubler": lambda batch: seen.extend(batch) or doubler(batch)}).send(
        interface, {"bodys": [RECORD, {**RECORD, "previewcode": "2", "totalweight": 3}]}
    )
    assert seen == [{"gross": 52400}, {"gross": 3}]
    assert [row.values["double_kg"] for row in post.rows] == [104800, 6]
    assert [row.values["pending"] for row in post.rows] == [None, None]


@pytest.mark.parametrize(
    "broken",
    [
        lambda batch: 1 / 0,
        lambda batch: [],
        lambda batch: doubler(batch) * 2,
        lambda batch: [{"gross_kg": 1} for _ in batch],
        lambda batch: [None for _ in batch],
        None,
    ],
    ids=["raises", "short", "long", "not derived", "no mapping", "not offered"],
)
def test_a_deriver_that_fails_leaves_records_pending(interface: Interface, broken: Any) -> None:
    world = World(derivers={"doubler": broken} if broken else {})
    post = world.send(interface, {"bodys": [RECORD]})
    (row,) = post.accepted
    assert row.values["pending"] == "doubler"
    assert row.values["double_kg"] is None
    assert row.values["gross_kg"] == 52400
    assert [fault.split(":")[0] for fault in world.faults] == ["deriver doubler"]


def test_pending_records_are_derived_later(interface: Interface) -> None:
    world = World(derivers={"doubler": lambda batch: 1 / 0})
    record = dict(world.send(interface, {"bodys": [RECORD]}).rows[0].values)
    rederive(interface.entity, [record], {"doubler": doubler}, pytest.fail)
    assert record["double_kg"] == 104800
    assert record["pending"] is None


def test_nothing_runs_for_no_records(interface: Interface, tmp_path: Path) -> None:
    world = World(derivers={"doubler": pytest.fail})
    assert world.send(interface, {"bodys": [5]}).mapped == []
    assert world.faults == []
