"""One post on its way: what came in, and what each of the five steps adds to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Any

import msgspec

from core.store.request import Nonce, Refusal, Row, State, Written

if TYPE_CHECKING:
    from core.intake.plan import Interface
    from core.intake.signature import Signature

EVERY = frozenset({"*"})
"""In a partner's stations or interfaces: all of them."""


class Stop(Exception):  # noqa: N818 - a refusal of the whole post, not an error of the program
    """The post as a whole is refused. `outcome` is an id of outcomes.yaml, level post; `values` fill its message."""

    def __init__(self, outcome: str, **values: object) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.values = values


@dataclass(frozen=True, slots=True)
class Auth:
    """How a partner says who it is: token, key, basic, signature, certificate or address.

    `names` are where a key stands apart from the interface's token: header, or appid and secret in the body.
    `subject` or `fingerprint` (64 small hexadecimal digits, SHA-256) are of the client's certificate.
    """

    type: str = "token"
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    signature: Signature | None = None
    subject: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """Who may post. `simulated` is the simulator's own: its rows are marked so. All that a `sandbox` partner posts is
    kept in the sandbox and nowhere else."""

    id: str
    title: str = ""
    stations: frozenset[str] = EVERY
    interfaces: frozenset[str] = EVERY
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    auth: Auth = Auth()
    rate_per_minute: int = 600
    refusals_mib: int = 64
    active: bool = True
    simulated: bool = False
    sandbox: bool = False

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


class Mapped(msgspec.Struct):  # made in a quarter of a dataclass's time, once for each record
    """One accepted record: its place in the post, what the partner sent, our record with every column."""

    index: int
    raw: Any
    values: dict[str, Any]
    replay_of: int | None = None


@dataclass
class Post:
    """One post. `headers` have lower-case names, `received_at` is UTC milliseconds.

    `provenance` is given where the row did not come by itself (replayed, pulled, manual); `replay_of` holds the ids
    of refusals, one per record, where refusals are replayed, `whole_of` that of a body that was refused as a whole.
    `certificate` is the client's, DER, where TLS has proved it. `refused_before` has the digests of records that are
    kept as refusals already (core.intake.passing).
    """

    body: bytes
    headers: Mapping[str, str]
    address: str
    received_at: int
    interface: Interface
    snapshot: int = 0
    provenance: str | None = None
    replay_of: list[int] | None = None
    whole_of: int | None = None
    method: str = "POST"
    query: str = ""
    certificate: bytes = b""
    refused_before: frozenset[str] = frozenset()

    # read; inside: the text in the body that held the records, as sent; alone: the body held one record, not a list;
    # claimed: the partner that it was found to be from, though it may be refused; nonce: what it was signed with;
    # decoding_s: how long it took to decode; passed: records that were refused before, which are not taken again
    data: Any = None
    inside: str | None = None
    alone: bool = False
    token: str | None = None
    claimed: str = ""
    nonce: Nonce | None = None
    decoding_s: float = 0.0
    partner: Partner | None = None
    raws: list[Any] = dataclasses.field(default_factory=list)
    passed: list[Any] = dataclasses.field(default_factory=list)
    # map, derive
    mapped: list[Mapped] = dataclasses.field(default_factory=list)
    refused: list[Refused] = dataclasses.field(default_factory=list)
    # store
    rows: list[Row] = dataclasses.field(default_factory=list)
    written: Written | None = None
    # answer; refusals: of every refused row, those of the writer too; outcome: stored, partial, refused or why not
    refusals: list[Refusal] = dataclasses.field(default_factory=list)
    outcome: str = ""
    stopped: Stop | None = None
    status: int = 0
    reply: bytes = b""
    content_type: str = ""
    retry_after_s: int | None = None

    @property
    def accepted(self) -> list[Row]:
        """The rows that were stored."""
        states = self.written.states if self.written is not None else []
        return [row for row, state in zip(self.rows, states, strict=False) if state is State.STORED]

    @property
    def stored(self) -> int:
        """How many rows were stored."""
        return self.written.states.count(State.STORED) if self.written is not None else 0

    @property
    def duplicates(self) -> int:
        """How many rows were there already."""
        return self.written.states.count(State.DUPLICATE) if self.written is not None else 0
