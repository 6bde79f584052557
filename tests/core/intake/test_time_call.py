"""Time calls: the platform's time in the partner's envelope."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.entity import Field
from core.entity.field_type import Reading
from core.entity.types import CORE
from core.entity.types.time import LATEST_MS, written
from core.intake.time_call import compile_time_call
from tests.core.entity.declared import FILES, read
from tests.core.intake.homes import NOW, ZONE


def told(home: Path, text: str) -> tuple[bytes, str] | list[str]:
    """What the time call answers at NOW, or the codes of its problems."""
    reading = read(home, {**FILES, "config/time_calls/clock.yaml": f"title: 对时\npath: /time\n{text}"})
    assert [str(problem) for problem in reading.problems] == []
    call, problems = compile_time_call(reading.declarations["time_call"]["clock"], ZONE)
    return call.answer(NOW) if call else [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("text", "reply", "kind"),
    [
        ('body: {code: 0, time: "{time}"}', b'{"code":0,"time":"2026-11-01 08:30:05"}', "application/json"),
        ('pattern: yyyyMMddHHmmssSSS\nformat: text\nbody: "T{time}"', b"T20261101083005000", "text/plain"),
        ('pattern: epoch_s\nbody: {t: "{time}"}', b'{"t":"1793493005"}', "application/json"),
        (
            'format: xml\nbody: {R: {T: "{time}"}}',
            b'<?xml version="1.0" encoding="utf-8"?>\n<R><T>2026-11-01 08:30:05</T></R>',
            "text/xml",
        ),
    ],
)
def test_the_time_in_an_envelope(tmp_path: Path, text: str, reply: bytes, kind: str) -> None:
    assert told(tmp_path, text) == (reply, f"{kind}; charset=utf-8")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('pattern: nonsense\nbody: {t: "{time}"}', ["ZC339"]),
        ('body: {t: "{now}"}', ["ZC330"]),
        ('format: xml\nbody: {A: "{time}", B: 1}', ["ZC333"]),
        ("format: text\nbody: {t: 1}", ["ZC332"]),
    ],
)
def test_what_is_wrong_with_one(tmp_path: Path, text: str, codes: list[str]) -> None:
    assert told(tmp_path, text) == codes


@given(
    st.integers(0, LATEST_MS - 1),
    st.sampled_from(["yyyyMMddHHmmssSSS", "yyyy-MM-dd HH:mm:ss.SSS", "dd/MM/yyyy HH-mm-ss SSS", "epoch_ms"]),
)
def test_what_is_written_is_read_again(ms: int, pattern: str) -> None:
    reader = CORE["time"].reader(Field("t", CORE["time"], ""), Reading(pattern=pattern, zone=ZONE))
    if datetime.fromtimestamp(ms / 1000, ZONE).year >= 1992:  # before it the zone's summer times make hours twofold
        assert reader(written(ms, pattern, ZONE)) == ms
