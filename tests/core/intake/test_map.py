"""Mapping a post: refs, stations, checks, the clock, and how much is explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.intake.plan import Interface
from core.intake.post import Partner, Post
from tests.core.intake.homes import CLOCK, NOW, PREVIEW, RECORD, ZONE, World, good

CHECKED = (
    PREVIEW
    + """
checks:
  - {must: {gross_kg: {above: 0}}, field: gross_kg, message: 总重须大于 0}
  - {must: {any: [{axles: {present: false}}, {axles: {from: 2}}]}, message: 轴数不足}
"""
)
OFFERED = PREVIEW + "checks: [{use: readable, with: {plate: plate}, field: plate, message: 车牌不可读}]\n"
CHECKS = {"readable": {"label": "可读", "uses": {"plate": "text"}}}


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """The preview interface, without checks."""
    return good(tmp_path_factory.mktemp("home"))


def reasons(post: Post) -> list[tuple[int, str, str]]:
    return [(item.index, reason.outcome, reason.field) for item in post.refused for reason in item.reasons]


def record(**changes: Any) -> dict[str, Any]:
    return {**RECORD, **changes}


def test_one_bad_record_never_sinks_a_batch(interface: Interface) -> None:
    post = World().send(
        interface, {"bodys": [record(), 5, record(previewcode="2", axisnum="six"), record(previewcode="3")]}
    )
    assert [item.index for item in post.mapped] == [0, 3]
    assert reasons(post) == [(1, "not_record", ""), (2, "wrong_type", "axisnum")]
    assert post.refused[1].raw["axisnum"] == "six"


def test_refs_must_exist_and_belong_to_the_sender(interface: Interface) -> None:
    world = World(partner=Partner("test", stations=frozenset({"S1"})))
    post = world.send(interface, {"bodys": [record(previewstationcode=code) for code in ("S1", "S2", "S3")]})
    assert [item.values["station"] for item in post.mapped] == ["S1"]
    assert reasons(post) == [(1, "station_denied", "previewstationcode"), (2, "unknown_ref", "previewstationcode")]


def test_only_the_first_refused_rows_are_explained_in_full(interface: Interface) -> None:
    post = World().send(interface, {"bodys": [{"axisnum": "x", "speed": "y"}] * 5})
    counts = [sum(index == row for index, _, _ in reasons(post)) for row in range(5)]
    assert counts == [6, 6, 6, 1, 1]


def test_declared_checks(tmp_path: Path) -> None:
    interface = good(tmp_path, CHECKED)
    bodies = [record(), record(previewcode="2", totalweight=0), record(previewcode="3", axisnum=1)]
    post = World().send(interface, {"bodys": bodies})
    assert [item.index for item in post.mapped] == [0]
    assert reasons(post) == [(1, "check_failed", "totalweight"), (2, "check_failed", "")]
    assert interface.reply.words(post.refused[0].reasons) == "总重须大于 0"


def test_a_check_that_follows_the_clock(tmp_path: Path) -> None:
    interface = good(tmp_path, PREVIEW + "checks: [{must: {weighed_at: {within: today}}, message: 非当日}]\n")
    assert World().send(interface, {"bodys": [record()]}).refused == []
    assert len(World().send(interface, {"bodys": [record()]}, NOW + 86_400_000).refused) == 1


def test_offered_checks_see_their_inputs(tmp_path: Path) -> None:
    def readable(batch: Sequence[Any]) -> list[str | None]:
        return [None if row == {"plate": "湘D12345"} else f"车牌 {row['plate']} 不可读" for row in batch]

    interface = good(tmp_path, OFFERED, checks=CHECKS)
    bodies = [record(), record(previewcode="2", truckno="?")]
    post = World(checks={"readable": readable}).send(interface, {"bodys": bodies})
    assert reasons(post) == [(1, "check_failed", "truckno")]
    assert interface.reply.words(post.refused[0].reasons) == "车牌 ? 不可读"


@pytest.mark.parametrize("broken", [lambda batch: 1 / 0, lambda batch: [], lambda batch: None])
def test_a_check_that_raises_refuses_nothing(tmp_path: Path, broken: Any) -> None:
    world = World(checks={"readable": broken})
    post = world.send(good(tmp_path, OFFERED, checks=CHECKS), {"bodys": [record()]})
    assert len(post.accepted) == 1
    assert [fault.split(":")[0] for fault in world.faults] == ["check readable"]


def stamped(interface: Interface, weighed_at: str, received_at: int = NOW, **given: Any) -> dict[str, Any]:
    world = World(partner=given.pop("partner", Partner("test")))
    post = world.send(interface, {"bodys": [record(previewdate=weighed_at)]}, received_at, **given)
    return post.mapped[0].values


@pytest.mark.parametrize(
    ("weighed_at", "clock", "day", "provenance"),
    [
        ("2026-11-01 08:30:00", "ok", 20261101, "live"),
        ("2026-11-01 08:35:05", "ok", 20261101, "live"),
        ("2026-11-01 08:35:06", "ahead", 20261101, "live"),
        ("2030-01-01 00:00:00", "ahead", 20261101, "live"),
        ("2026-11-01 07:30:05", "ok", 20261101, "live"),
        ("2026-11-01 07:30:04", "ok", 20261101, "late"),
        ("2026-10-31 23:59:59", "ok", 20261031, "late"),
        ("2026-08-03 08:30:05", "ok", 20260803, "late"),
        ("2026-08-03 08:30:04", "stale", 20261101, "late"),
        ("1970-01-02 00:00:00", "stale", 20261101, "late"),
    ],
)
def test_the_clock_is_judged(interface: Interface, weighed_at: str, clock: str, day: int, provenance: str) -> None:
    values = stamped(interface, weighed_at)
    assert (values["clock"], values["day"], values["provenance"]) == (clock, day, provenance)


def test_where_a_record_came_from(interface: Interface) -> None:
    values = stamped(interface, "2026-11-01 08:30:00")
    assert {name: values[name] for name in ("partner", "interface", "snapshot", "received_at")} == {
        "partner": "test",
        "interface": "test",
        "snapshot": 7,
        "received_at": NOW,
    }
    assert values["pending"] is values["voided_at"] is None


def test_provenance_given_by_the_caller_and_simulated(interface: Interface) -> None:
    assert stamped(interface, "2026-11-01 08:30:00", provenance="replayed")["provenance"] == "replayed"
    simulator = Partner("simulator", simulated=True)
    assert stamped(interface, "2026-11-01 08:30:00", partner=simulator)["provenance"] == "simulated"
    replayed = stamped(interface, "2026-11-01 08:30:00", partner=simulator, provenance="replayed")
    assert replayed["provenance"] == "simulated"


def test_midnight_is_the_sites(interface: Interface) -> None:
    received_at = int(datetime(2026, 11, 2, 0, 0, 5, tzinfo=ZONE).timestamp() * 1000)
    assert stamped(interface, "2026-11-01 23:59:59", received_at)["day"] == 20261101
    assert stamped(interface, "2026-11-02 00:00:00", received_at)["day"] == 20261102
    assert CLOCK["late_s"] == 3600


def test_replayed_rows_name_their_refusal(interface: Interface) -> None:
    post = World().send(interface, {"bodys": [5, record()]}, replay_of=[11, 12])
    assert [row.replay_of for row in post.rows] == [12]
