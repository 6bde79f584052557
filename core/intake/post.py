"""One post on its way: what came in, and what each of the five steps adds to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Any

from core.store.request import Refusal, Row, State, Written

if TYPE_CHECKING:
    from core.intake.plan import Interface

EVERY = frozenset({"*"})
"""In a partner's stations or interfaces: all of them."""


class Stop(Exception):  # noqa: N818 - a refusal of the whole post, not an error of the program
    """The post as a whole is refused. `outcome` is an id of outcomes.yaml, level post; `values` fill its message."""

    def __init__(self, outcome: str, **values: object) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.values = values


@dataclass(frozen=True, slots=True)
class Partner:
    """Who may post. `simulated` is the simulator's own: its rows are marked so."""

    id: str
    title: str = ""
    stations: frozenset[str] = EVERY
    interfaces: frozenset[str] = EVERY
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    auth: str = "token"
    rate_per_minute: int = 600
    refusals_mib: int = 64
    active: bool = True
    simulated: bool = False

    def may_use(self, interface: str) -> bool:
        """Whether it may post to that interface."""
        return "*" in self.interfaces or interface in self.interfaces

    def may_report(self, station: str) -> bool:
        """Whether it may speak for that station."""
        return "*" in self.stations or station in self.stations


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for refusing a row. `outcome` is an id of outcomes.yaml, level row.

    `field` is the partner's name of it, `ours` our own; both empty where the row as a whole is meant. `values` fill
    the message: value, bound, label, key, message.
    """

    outcome: str
    field: str = ""
    ours: str = ""
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused row: its place in the post, what the partner sent, every reason found (at least one)."""

    index: int
    raw: Any
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Mapped:
    """One accepted record: its place in the post, what the partner sent, our record with every column."""

    index: int
    raw: Any
    values: dict[str, Any]
    replay_of: int | None = None


@dataclass
class Post:
    """One post. `headers` have lower-case names, `received_at` is UTC milliseconds.

    `provenance` is given where the row did not come by itself (replayed, pulled, manual); `replay_of` holds the ids
    of refusals, one per record, where refusals are replayed.
    """

    body: bytes
    headers: Mapping[str, str]
    address: str
    received_at: int
    interface: Interface
    snapshot: int = 0
    provenance: str | None = None
    replay_of: list[int] | None = None

    # read; alone: the body held one record, not a list; inside: the text in the body that held the records, as sent
    data: Any = None
    inside: str | None = None
    alone: bool = False
    token: str | None = None
    partner: Partner | None = None
    raws: list[Any] = dataclasses.field(default_factory=list)
    # map, derive
    mapped: list[Mapped] = dataclasses.field(default_factory=list)
    refused: list[Refused] = dataclasses.field(default_factory=list)
    # store
    rows: list[Row] = dataclasses.field(default_factory=list)
    written: Written | None = None
    # answer; refusals: of every refused row, those of the writer too
    refusals: list[Refusal] = dataclasses.field(default_factory=list)
    stopped: Stop | None = None
    status: int = 0
    reply: bytes = b""
    content_type: str = ""
    retry_after_s: int | None = None

    @property
    def accepted(self) -> list[Row]:
        """The rows that were stored."""
        return self._rows_in(State.STORED)

    @property
    def duplicates(self) -> int:
        """How many rows were there already."""
        return len(self._rows_in(State.DUPLICATE))

    def _rows_in(self, state: State) -> list[Row]:
        states = self.written.states if self.written is not None else []
        return [row for row, found in zip(self.rows, states, strict=False) if found is state]
