"""How far a soak is, kept in a file: one that was broken off goes on from there, a finished one starts afresh."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.core.cli.command import ROOT

FOLDER = ROOT / "var" / "soak"


@dataclass
class Progress:
    """The rounds that are done, of `wanted`."""

    file: Path
    wanted: int
    rounds: list[dict[str, Any]]

    @classmethod
    def taken_up(cls, file: Path, wanted: int) -> Progress:
        """What the file says; nothing done where it is not there, finished, or of another number of rounds."""
        known = json.loads(file.read_text()) if file.is_file() else {"wanted": 0, "rounds": []}
        going_on = known["wanted"] == wanted and len(known["rounds"]) < wanted
        return cls(file, wanted, known["rounds"] if going_on else [])

    @property
    def missing(self) -> range:
        """Numbers of the rounds still to do, from 1."""
        return range(len(self.rounds) + 1, self.wanted + 1)

    def add(self, **figures: Any) -> None:
        """One more round is done; on disk when this returns."""
        self.rounds.append(figures)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps({"wanted": self.wanted, "rounds": self.rounds}, indent=1))
        fresh.replace(self.file)

    def total(self, figure: str) -> int:
        """The sum of a figure over all rounds."""
        return sum(one[figure] for one in self.rounds)


def kept(name: str) -> Path:
    """The file in which a soak of that name keeps its progress."""
    return FOLDER / f"{name}.json"


def rounds(said: int) -> int:
    """How many rounds a soak runs: ZC_SOAK_ROUNDS, else what it says itself."""
    return int(os.environ.get("ZC_SOAK_ROUNDS", said))


def minutes(said: float = 10) -> float:
    """How long a soak that runs for a time does: ZC_SOAK_MINUTES, else what it says itself."""
    return float(os.environ.get("ZC_SOAK_MINUTES", said))
