"""Refusals of whole posts over SOAP: faults, and whose they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.intake.answer import refuse
from core.intake.post import Post, Stop
from tests.core.intake.homes import NOW, PREVIEW, good

SOAP = "format: soap\nsoap: {namespace: http://test.invalid/, operation: Send, parameters: {bodys: string}}\n"


@pytest.mark.parametrize(
    ("outcome", "status", "whose"),
    [("body_malformed", 500, "Client"), ("method_wrong", 405, "Client"), ("busy", 500, "Server")],
)
def test_a_fault_says_whose_it_is(tmp_path: Path, outcome: str, status: int, whose: str) -> None:
    post = Post(b"", {}, "127.0.0.1", NOW, good(tmp_path, PREVIEW + SOAP))
    refuse(post, Stop(outcome, seconds=2), demo=False)
    assert post.status == status
    assert f"<faultcode>soap:{whose}</faultcode>" in post.reply.decode()
    assert post.retry_after_s == 2
