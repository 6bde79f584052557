"""Interfaces out of a small home written for a test, and posts through them."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from core.declare.problem import Problem
from core.entity.compile import compile_entities
from core.entity.types import CORE
from core.intake.intake import Means, take
from core.intake.plan import Interface, compile_interface
from core.intake.post import Partner, Post, Stop
from core.intake.reply import Reply, compile_reply
from core.intake.store import KeyMemory, Writer
from tests.core.entity.declared import FILES, read

ZONE = ZoneInfo("Asia/Shanghai")
NOW = int(datetime(2026, 11, 1, 8, 30, 5, tzinfo=ZONE).timestamp() * 1000)
LIMITS = {"body_mib": 1, "depth": 8, "records": 50, "explained": 3}
CLOCK = {"ahead_s": 300, "late_s": 3600, "oldest_days": 90}
TENDER = """
title: 招标文件应答格式
body:
  resultcode: "{result}"
  resultmessage: "{message}"
  errorcode: "{errorcode}"
  accepted: "{accepted}"
  duplicates: "{duplicates}"
  rejected: "{rejected}"
token: {token: "{token}", expires_in: "{expires_in}"}
"""
PREVIEW = """
title: 测试接口
entity: weighing
path: /api/test
records: bodys
reply: tender
null_words: ["", "null", 未识别, -1]
fields:
  code: {from: previewcode, required: true}
  station: {from: previewstationcode, required: true}
  weighed_at: {from: previewdate, pattern: "yyyy-MM-dd HH:mm:ss", required: true}
  plate: {from: truckno}
  axles: {from: axisnum}
  speed: {from: speed, unit: km/h}
  length_mm: {from: [length, len]}
  gross_kg: {from: totalweight, unit: kg, required: true}
"""
RECORD: Mapping[str, Any] = {
    "previewcode": "T-0001",
    "previewstationcode": "S1",
    "previewdate": "2026-11-01 08:30:00",
    "truckno": "湘D12345",
    "axisnum": 6,
    "speed": 43.5,
    "totalweight": 52400,
}


def compiled(
    home: Path,
    interface: str = PREVIEW,
    reply: str = TENDER,
    checks: Mapping[str, Mapping[str, Any]] | None = None,
    **entities: str,
) -> tuple[Interface | None, list[Problem]]:
    """The interface of a home with these declarations, and its problems."""
    files = {**FILES, "interfaces/test.yaml": interface, "config/replies/tender.yaml": reply}
    files |= {f"config/entities/{name}.yaml": text for name, text in entities.items()}
    reading = read(home, files)
    assert [str(problem) for problem in reading.problems] == []
    declared = reading.declarations
    dictionaries = {name: item.data["items"] for name, item in declared["dictionary"].items()}
    made, problems = compile_entities(declared["entity"], CORE, DERIVERS, dictionaries)
    assert problems == []
    made_reply, problems = compile_reply(declared["reply"]["tender"])
    assert problems == []
    declaration = declared["interface"]["test"]
    return compile_interface(declaration, made[declaration.data["entity"]], made_reply, checks or {}, ZONE)


def good(home: Path, *arguments: Any, **named: Any) -> Interface:
    """The interface, which must have no problems."""
    interface, problems = compiled(home, *arguments, **named)
    assert [str(problem) for problem in problems] == []
    return interface


def reply_of(home: Path, text: str) -> tuple[Reply | None, list[Problem]]:
    """The compiled reply, and its problems."""
    reading = read(home, {**FILES, "config/replies/tender.yaml": text})
    assert [str(problem) for problem in reading.problems] == []
    return compile_reply(reading.declarations["reply"]["tender"])


DERIVERS = {"doubler": {"uses": {"gross": "mass"}, "gives": {"double_kg": "mass"}}}


@dataclass
class World:
    """What the steps meet in a test: one partner, stations, a writer, what plugins offer, and the faults told."""

    partner: Partner | Stop = Partner("test")
    stations: Container[str] = frozenset({"S1", "S2"})
    writer: Writer = field(default_factory=KeyMemory)
    checks: Mapping[str, Any] = field(default_factory=dict)
    derivers: Mapping[str, Any] = field(default_factory=dict)
    demo: bool = False
    faults: list[str] = field(default_factory=list)

    def means(self) -> Means:
        """The steps' means in this world."""
        return Means(
            identify=self.identify,
            keys=lambda entity: self.stations,
            checks=self.checks,
            derivers=self.derivers,
            writer=self.writer,
            limits=LIMITS,
            clock=CLOCK,
            demo=self.demo,
            fault=lambda what, error: self.faults.append(f"{what}: {error}"),
        )

    def identify(self, post: Post) -> Partner:
        """The partner, whoever sent the post; or the Stop that stands in its place."""
        if isinstance(self.partner, Stop):
            raise self.partner
        return self.partner

    def send(self, interface: Interface, body: Any, received_at: int = NOW, **given: Any) -> Post:
        """Take a body (bytes, or data to be sent as JSON) through the five steps."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        post = Post(data, given.pop("headers", {}), "127.0.0.1", received_at, interface, snapshot=7, **given)
        asyncio.run(take(post, self.means()))
        return post


def said(post: Post) -> Any:
    """The reply as data."""
    return msgspec.json.decode(post.reply)
