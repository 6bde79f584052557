"""What a transport is: a plugin's way of fetching from a partner, one body after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.problem import Problem, ZcError


class PullFailed(ZcError):
    """The partner's side gave nothing: unreachable, refused, not as declared. `retry_after_s` where it said when to
    come back."""

    def __init__(self, reason: str, instruction: str = "", retry_after_s: float = 0) -> None:
        super().__init__(reason, instruction)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Pulled:
    """One body as it was fetched, in the interface's format. `name` says to people what it was: a file, a page."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a body once it is durable. `records` are the partner's records as they were read of it, empty
    where it was kept as a refusal as a whole."""

    records: Sequence[Any]
    stored: int
    duplicates: int
    refused: int


class Marks(Protocol):
    """What a transport remembers of one interface; it survives restarts. Names are the transport's own; they should
    tell the source, so that another one declared later begins anew."""

    def get(self, name: str) -> Any:
        """What was put under the name, None where nothing was."""

    def put(self, name: str, value: Any) -> None:
        """Remember a JSON value."""

    def under(self, beginning: str) -> Mapping[str, Any]:
        """All whose names begin so."""

    def drop(self, names: Sequence[str]) -> None:
        """Forget these."""


class PullDoor(Protocol):
    """What a transport works with while it fetches."""

    @property
    def marks(self) -> Marks:
        """What it remembers."""

    @property
    def home(self) -> Path:
        """The home folder, from which paths in declarations go."""

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""

    @property
    def body_bytes(self) -> int:
        """The most that one body may have."""

    @property
    def records(self) -> int:
        """The most records that one body may have."""

    def secret(self, name: str) -> str:
        """The secret of that name in config/secrets.yaml."""

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises PullFailed where the server stops meanwhile."""

    def tell(self, text: str) -> None:
        """A short line to whoever asked for this pull, such as of a file that was left alone."""


Fetch = Callable[[PullDoor], Generator[Pulled, Taken, None]]
"""Fetches what is new. It is resumed with what became of a body only when that is durable, so what it puts into marks
after a yield never runs ahead of the records; where a body could not be taken it is closed at that yield. Raises
PullFailed."""

Transport = Callable[[Declaration], tuple[Fetch | None, list[Problem]]]
"""Compiles what an interface says under pull; without problems it gives a Fetch. Offered by plugins."""
