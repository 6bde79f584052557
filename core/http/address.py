"""Whose address a request comes from, with only declared proxies believed."""

from __future__ import annotations

from collections.abc import Sequence

from core.run.networks import Network, within


def client_address(peer: str, forwarded_for: str | None, proxies: Sequence[Network]) -> str:
    """The address of the client: `peer`, or, where the peer is a declared proxy, the last address in
    X-Forwarded-For that is no declared proxy itself."""
    if not forwarded_for or not within(peer, proxies):
        return peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",")]):
        if not within(hop, proxies):
            return hop
    return peer
