"""Trials: an operator's tests of an interface, run through the same five steps with a store that only remembers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.declare.library import Cache
from core.run.build import build
from core.run.home import Home
from core.run.live import Platform
from tests.core.run import homes

AT = "2026-11-01 08:30:00"
RECORD = {"no": "T1", "gate": "G1", "at": AT, "kg": 900}


def codes(home: Home, **case: Any) -> list[str]:
    """Codes of the problems of a trial with this one case."""
    whole = {"title": "测试", "now": "2026-11-01 08:30:05", "send": {"list": [RECORD]}, "expect": {}, **case}
    homes.write(home.root, "interfaces/crossings.trial.yaml", json.dumps({"cases": [whole]}, ensure_ascii=False))
    return [problem.code for problem in build(home, Cache()).problems]


@pytest.mark.parametrize(
    "expect",
    [
        {"http": 200},
        {"reply": {"result": "0", "accepted": 1, "rejected": []}},
        {"records": [{"code": "T1", "weight_kg": 900, "clock": "ok", "day": "2026-11-01"}]},
        {"refused": [], "duplicates": 0},
    ],
)
def test_what_is_said_must_hold_and_what_is_not_said_may_be_anything(home: Home, expect: dict[str, Any]) -> None:
    assert codes(home, expect=expect) == []


@pytest.mark.parametrize(
    "expect",
    [
        {"http": 201},
        {"reply": {"accepted": 2}},
        {"reply": {"accepted": True}},
        {"reply": {"colour": "red"}},
        {"records": []},
        {"records": [{"weight_kg": "900"}]},
        {"refused": [{"index": 0}]},
        {"duplicates": 1},
    ],
)
def test_what_does_not_hold_is_a_problem_at_its_place(home: Home, expect: dict[str, Any]) -> None:
    assert codes(home, expect=expect) == ["ZC601"]
    problem = build(home, Cache()).problems[0]
    assert problem.file == "interfaces/crossings.trial.yaml"
    assert problem.path.startswith(f"cases.0.expect.{next(iter(expect))}")


def test_the_clock_is_the_cases_own(home: Home) -> None:
    late = {"records": [{"provenance": "late"}]}
    assert codes(home, now="2026-11-01 12:00:00", expect=late) == []
    assert codes(home, now="2026-10-01 12:00:00", expect={"records": [{"clock": "ahead", "day": "2026-10-01"}]}) == []
    assert codes(home, now="yesterday") == ["ZC603"]


def test_stations_and_known_records_are_those_of_the_case(home: Home) -> None:
    unknown = {"refused": [{"index": 0, "outcome": "unknown_ref", "field": "gate"}]}
    assert codes(home, stations=["G2"], expect=unknown) == []
    known = [{"code": "T1", "gate": "G1", "crossed_at": AT, "weight_kg": 900}]
    assert codes(home, known=known, expect={"duplicates": 1, "reply": {"result": "0", "accepted": 0}}) == []
    other = [{"code": "T1", "gate": "G1", "crossed_at": AT, "weight_kg": 901}]
    assert codes(home, known=other, expect={"reply": {"result": "1"}, "refused": [{"outcome": "conflict"}]}) == []
    assert codes(home, known=[{"code": "T1"}]) == ["ZC604"]
    assert codes(home, known=[{"code": "T1", "gate": "G1", "crossed_at": "never"}]) == ["ZC604"]


def test_text_is_sent_as_it_stands(home: Home) -> None:
    malformed = {"http": 400, "reply": {"code": "1202"}}
    assert codes(home, send='{"list": [', expect=malformed) == []


def test_nothing_of_a_trial_is_stored(home: Home, platform: Platform) -> None:
    homes.write(home.root, "interfaces/crossings.trial.yaml", homes.TRIAL.replace("一条", "又一条"))
    assert platform.reload(who="test").activated
    assert homes.found(platform) == []
    assert homes.operate(platform, "refusals") == []


@pytest.mark.parametrize("body", ["--", "--\r\n", '--"a\r\n', "no form"])
def test_a_text_that_is_no_form_is_sent_as_it_stands(home: Home, body: str) -> None:
    homes.write(home.root, "interfaces/crossings.yaml", homes.INTERFACE + "format: multipart\n")
    assert codes(home, send=body, expect={"http": 400}) == []
