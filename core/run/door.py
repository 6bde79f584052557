"""What a transport gets while it fetches (core.run.transport.PullDoor), on a platform."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.phrase import phrase
from core.run.snapshot import Snapshot
from core.run.transport import Marks, PullFailed
from core.store.request import StoreBusy
from core.store.state import States


@dataclass(frozen=True)
class KeptMarks:
    """The marks of one interface, in the store."""

    states: States
    interface: str

    @property
    def _place(self) -> str:
        return f"pull/{self.interface}/"

    def get(self, name: str) -> Any:
        """What was put under the name."""
        return self.states.get(self._place + name)

    def put(self, name: str, value: Any) -> None:
        """Remember a JSON value; durable on return."""
        try:
            self.states.put(self._place + name, value)
        except StoreBusy as busy:
            raise PullFailed(phrase("the store takes nothing now"), retry_after_s=busy.retry_after_s) from busy

    def under(self, beginning: str) -> Mapping[str, Any]:
        """All whose names begin so."""
        found = self.states.under(self._place + beginning)
        return {key.removeprefix(self._place): value for key, value in found.items()}

    def drop(self, names: Sequence[str]) -> None:
        """Forget these."""
        self.states.drop([self._place + name for name in names])


@dataclass(frozen=True)
class TriedMarks:
    """The marks of a pull that is only tried: what is put is known until its end and kept nowhere."""

    kept: Marks
    put_here: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """What was put under the name."""
        return self.put_here[name] if name in self.put_here else self.kept.get(name)

    def put(self, name: str, value: Any) -> None:
        """Know a value until the end."""
        self.put_here[name] = value

    def under(self, beginning: str) -> Mapping[str, Any]:
        """All whose names begin so."""
        here = {name: value for name, value in self.put_here.items() if name.startswith(beginning)}
        return {**self.kept.under(beginning), **here}

    def drop(self, names: Sequence[str]) -> None:
        """Nothing is kept, so nothing is forgotten."""


@dataclass(frozen=True)
class Door:
    """A transport's way to the platform, for one pull."""

    snapshot: Snapshot
    home: Path
    marks: Marks
    ending: threading.Event
    tell: Callable[[str], None]

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return self.snapshot.zone

    @property
    def body_bytes(self) -> int:
        """The most that one body may have."""
        return int(self.snapshot.site["intake"]["body_mib"]) << 20

    @property
    def records(self) -> int:
        """The most records that one body may have."""
        return int(self.snapshot.site["intake"]["records"])

    def secret(self, name: str) -> str:
        """The secret of that name; that there is one was checked at the build."""
        return self.snapshot.reading.secrets[name]

    def wait(self, seconds: float) -> None:
        """Let time pass; PullFailed where the server stops meanwhile."""
        if self.ending.wait(seconds):
            raise PullFailed(phrase("the server stops"), phrase("What was not taken is fetched after its next start."))
