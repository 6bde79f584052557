"""Declarations that change under load: an interface, its reply and its trial, good ones and ones broken at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

PATH = "/api/changing"
TOO_LONG = "x" * 41  # an axle type has at most 40 characters
REPLY = """\
title: 测试应答
body:
  {{code: "{{errorcode}}", accepted: "{{accepted}}", duplicates: "{{duplicates}}", rejected: "{{rejected}}"}}
codes:
  stored: {{code: S{code}}}
  partial: {{code: P{code}}}
"""
INTERFACE = """\
title: 测试接口
entity: weighing
path: /api/changing
records: bodys
reply: changing
fields:
  code: {from: previewcode, required: true}
  station: {from: previewstationcode, required: true}
  weighed_at: {from: previewdate, pattern: "yyyy-MM-dd HH:mm:ss", required: true}
  axles: {from: axisnum}
  gross_kg: {from: totalweight, unit: kg, required: true}
"""
MAPPED = "  vehicle_type: {from: truckcode}\n"
TRIAL = """\
cases:
  - title: 一条记录
    send: {bodys: [{previewdate: "2026-11-01 08:30:00", previewcode: T1, previewstationcode: S1, axisnum: 6, totalweight: 52400}]}
    expect: {reply: {accepted: 1}}
"""  # noqa: E501 - YAML lines are as long as they are
REPLY_FILE, INTERFACE_FILE, TRIAL_FILE = (
    "config/replies/changing.yaml",
    "interfaces/changing.yaml",
    "interfaces/changing.trial.yaml",
)


@dataclass(frozen=True)
class Stand:
    """What is declared: the number in the reply's codes, and whether the axle type is mapped."""

    code: int = 0
    mapped: bool = False

    @property
    def files(self) -> dict[str, str]:
        """The files that declare it."""
        interface = INTERFACE + (MAPPED if self.mapped else "")
        return {REPLY_FILE: REPLY.format(code=self.code), INTERFACE_FILE: interface, TRIAL_FILE: TRIAL}

    @property
    def answer(self) -> tuple[str, list[str], int]:
        """How a post of a good row and one with a too long axle type is answered: code, fields refused, rows stored."""
        return (f"P{self.code}", ["truckcode"], 1) if self.mapped else (f"S{self.code}", [], 2)


Break = Callable[[dict[str, str]], tuple[str, str]]
BREAKS: dict[str, Break] = {
    "bad YAML": lambda files: (INTERFACE_FILE, files[INTERFACE_FILE] + "checks: [{\n"),
    "key twice": lambda files: (INTERFACE_FILE, files[INTERFACE_FILE] + "entity: weighing\n"),
    "unknown key": lambda files: (INTERFACE_FILE, files[INTERFACE_FILE] + "tpye: json\n"),
    "unknown field": lambda files: (INTERFACE_FILE, files[INTERFACE_FILE] + "  gros_kg: {from: totalweight}\n"),
    "reply that is not there": lambda files: (INTERFACE_FILE, files[INTERFACE_FILE].replace("reply: c", "reply: d")),
    "red trial": lambda files: (TRIAL_FILE, files[TRIAL_FILE].replace("accepted: 1", "accepted: 7")),
    "broken reply": lambda files: (REPLY_FILE, files[REPLY_FILE].replace("{accepted}", "{acepted}")),
}


@dataclass
class Declared:
    """The changing files of a home. Each change touches one file, so that whoever looks sees no half of it."""

    home: Path
    dice: random.Random
    stand: Stand = Stand()

    def write(self) -> None:
        """Put the good files in place."""
        for name, text in self.stand.files.items():
            self._put(name, text)

    def mend_and_change(self) -> None:
        """Mend what is broken, then change one thing."""
        self.write()
        self.stand = (
            replace(self.stand, code=self.stand.code + 1)
            if self.dice.random() < 0.5
            else replace(self.stand, mapped=not self.stand.mapped)
        )
        self.write()

    def mend_and_break(self) -> str:
        """Mend what is broken, then break one file at random; which way."""
        self.write()
        way = self.dice.choice(list(BREAKS))
        self._put(*BREAKS[way](self.stand.files))
        return way

    def _put(self, name: str, text: str) -> None:
        file = self.home / name
        if file.is_file() and file.read_text() == text:
            return
        fresh = file.with_name(f".{file.name}")
        fresh.write_text(text)
        fresh.replace(file)
