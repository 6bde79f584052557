"""Pulling by a transport of a test's own: what is durable is never fetched as new, and nothing runs twice at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.declare.problem import ZcError
from core.http.ingest import Intake
from core.run.live import Platform
from tests.core.run import homes

PYTHON = """
import json, time
from core import api

def fetch(door):
    at = door.marks.get("at") or 0
    script = json.loads((door.home / "script.json").read_text())
    for number, step in enumerate(script[at:], at + 1):
        if "sleep" in step:
            (door.home / "begun").touch()
            door.wait(step["sleep"])
            continue
        if "raise" in step:
            raise api.PullFailed(step["raise"], retry_after_s=step.get("after", 0))
        if "break" in step:
            raise KeyError(step["break"])
        taken = yield api.Pulled(f"step {number}", json.dumps(step["body"]).encode())
        (door.home / "taken.json").write_text(json.dumps([taken.stored, taken.duplicates, taken.refused]))
        if step.get("dies"):
            raise SystemError("died before the mark")
        door.marks.put("at", number)

def compile_(declaration):
    return fetch, []

@api.hook
def offer():
    return api.Offers(transports={"scripted": compile_})
"""
OFFERS = {"transports": {"scripted": {"label": "测试", "options": {"secret": {"type": "string", "link": "secret"}}}}}


def body(*codes: str, gate: str = "G1") -> dict[str, Any]:
    return {"body": {"list": [homes.crossing(code, gate=gate) for code in codes]}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A home with an interface that pulls what script.json says."""
    files = {
        **homes.FILES,
        "interfaces/crossings.yaml": f"{homes.INTERFACE}pull: {{by: scripted, partner: vendor, every: 1 second}}\n",
        "config/partners/vendor.yaml": "title: 测试厂商\nstations: ['*']\n",
    }
    homes.make(tmp_path, files=files)
    homes.plugin(tmp_path, "scripting", PYTHON, OFFERS)
    write(tmp_path)
    return tmp_path


@pytest.fixture
def platform(root: Path) -> Iterator[Platform]:
    with homes.opened(homes.Home(root), strict=True) as platform:
        homes.load_gates(platform, "G1")
        yield platform


def write(root: Path, *steps: dict[str, Any]) -> None:
    (root / "script.json").write_text(json.dumps(steps))


def pull(platform: Platform, **how: Any) -> dict[str, Any]:
    return homes.operate(platform, "pull", interface="crossings", **how)


def at_last(found: Callable[[], Any]) -> Any:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if result := found():
            return result
        time.sleep(0.02)
    raise AssertionError(f"nothing came of {found}")


def row(platform: Platform) -> dict[str, Any]:
    return homes.operate(platform, "status")["pulls"][0]


def test_a_transport_hears_what_became_of_its_body_and_marks_it(root: Path, platform: Platform) -> None:
    write(root, body("A1", "A2"), body("A2", "BAD", "A3"))
    script = json.loads((root / "script.json").read_text())
    script[1]["body"]["list"][1]["at"] = "never"
    write(root, *script)
    assert pull(platform) == {"interface": "crossings", "bodies": 2, "stored": 3, "duplicates": 1, "refused": 1}
    assert json.loads((root / "taken.json").read_text()) == [1, 1, 1]
    assert pull(platform)["bodies"] == 0
    assert pull(platform, again=True)["duplicates"] == 4


def test_what_died_before_its_mark_is_fetched_again_and_known(root: Path, platform: Platform) -> None:
    write(root, {**body("A1"), "dies": True})
    with pytest.raises(ZcError, match="the transport scripted raised SystemError"):
        pull(platform)
    assert [found["code"] for found in homes.found(platform)] == ["A1"]
    assert platform.faults.rows()[0]["plugin"] == "scripting"
    script = json.loads((root / "script.json").read_text())
    write(root, {"body": script[0]["body"]})
    assert pull(platform)["duplicates"] == 1


def test_a_body_that_is_not_taken_is_not_marked(root: Path, platform: Platform) -> None:
    write(root, body("A1"), body("A2"))
    homes.write(root, "config/partners/vendor.yaml", "title: 测试厂商\nstations: ['*']\nactive: false\n")
    assert homes.operate(platform, "reload", who="test")["activated"]
    with pytest.raises(ZcError, match="what was fetched is not taken: token_revoked"):
        pull(platform)
    homes.write(root, "config/partners/vendor.yaml", "title: 测试厂商\nstations: ['*']\n")
    assert homes.operate(platform, "reload", who="test")["activated"]
    assert pull(platform)["stored"] == 2


def test_a_failure_is_kept_and_the_next_pull_waits_longer(root: Path, platform: Platform) -> None:
    write(root, {"raise": "the partner sleeps", "after": 1.5})
    for _ in range(3):
        with pytest.raises(ZcError, match="the partner sleeps"):
            pull(platform)
    course = platform.pulling.figures()["crossings"]
    assert course.failed == 3
    assert 0.9 * 8 <= course.pause_s(1) <= 1.1 * 8
    assert course.pause_s(0.1) >= 1.5
    assert (row(platform)["state"], row(platform)["error"]) == ("failing", "the partner sleeps")
    write(root, body("A1"))
    pull(platform)
    assert (row(platform)["state"], row(platform)["error"]) == ("", "")
    assert course.pause_s(1) <= 1.1


def test_never_two_at_once(root: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.run.pulling.WAIT_S", 0.1)
    write(root, {"sleep": 60})
    first = threading.Thread(target=lambda: pytest.raises(ZcError, pull, platform), daemon=True)
    first.start()
    at_last((root / "begun").exists)
    with pytest.raises(ZcError, match="a pull of crossings is under way"):
        pull(platform)
    assert row(platform)["state"] == "pulling"
    platform.pulling.stop()
    first.join(2)
    assert not first.is_alive()
    assert row(platform)["failed"] == 0


def test_who_asks_waits_for_the_pull_under_way(root: Path, platform: Platform) -> None:
    write(root, {"sleep": 0.3}, body("A1"))
    first = threading.Thread(target=pull, args=(platform,), daemon=True)
    first.start()
    at_last((root / "begun").exists)
    assert pull(platform)["stored"] == 0
    first.join()
    assert len(homes.found(platform)) == 1


def test_a_server_pulls_by_itself_and_counts(root: Path, platform: Platform) -> None:
    write(root, body("A1"))
    intake = Intake(platform, None)
    platform.pulling.adopt(platform.snapshot)
    at_last(lambda: homes.found(platform))
    write(root, body("A1"), body("A2"))
    at_last(lambda: len(homes.found(platform)) == 2)
    at_last(lambda: row(platform)["good"] >= 2)
    counted = platform.traffic.interfaces["crossings"]
    assert (counted.posts, counted.accepted) == (2, 2)
    metrics = {sample.name: sample for family in intake.metrics.registry.collect() for sample in family.samples}
    assert "zc_pull_last_success_seconds" in metrics
    assert intake.metrics.registry.get_sample_value(
        "zc_records_total", {"interface": "crossings", "partner": "vendor", "result": "accepted"}
    ) == 2  # fmt: skip


def test_an_interface_that_no_longer_pulls_is_left_alone(root: Path, platform: Platform) -> None:
    platform.pulling.adopt(platform.snapshot)
    at_last(lambda: row(platform)["good"])
    homes.write(root, "interfaces/crossings.yaml", homes.INTERFACE)
    assert homes.operate(platform, "reload", who="test")["activated"]
    platform.pulling.adopt(platform.snapshot)
    write(root, body("A1"))
    at_last(lambda: not [one for one in threading.enumerate() if one.name == "zc-pull-crossings"])
    assert homes.found(platform) == []
    with pytest.raises(ZcError, match="interface crossings pulls nothing"):
        pull(platform)


def test_what_was_last_is_known_after_a_restart(root: Path) -> None:
    write(root, body("A1"), {"raise": "the partner sleeps"})
    with homes.opened(homes.Home(root), strict=True) as platform:
        homes.load_gates(platform, "G1")
        with pytest.raises(ZcError):
            pull(platform)
    with homes.opened(homes.Home(root), strict=True) as platform:
        assert row(platform)["error"] == "the partner sleeps"
        write(root, body("A1"), body("A2"))
        assert pull(platform)["stored"] == 1


def test_a_look_stores_and_marks_nothing(root: Path, platform: Platform) -> None:
    write(root, body("A1"))
    seen = pull(platform, only_look=True)
    assert (seen["name"], seen["status"]) == ("step 1", 200)
    assert homes.found(platform) == []
    assert pull(platform)["stored"] == 1
    assert pull(platform, only_look=True) == {}
