"""Who posts: token, address, rate, and which interfaces it may use. Each refusal is an outcome of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from core.http.limits import Failures, Rates
from core.intake.post import Partner, Post, Stop
from core.run.networks import within
from core.run.snapshot import Snapshot
from core.run.tokens import Tokens
from core.store.database import now_ms

CROWD = 10  # an address may fail so many times more often than one appid from it


@dataclass
class Identity:
    """Tells partners apart. One object per server; what it remembers survives reloads."""

    tokens: Tokens
    rates: Rates = field(default_factory=Rates)
    failures: Failures = field(default_factory=Failures)

    async def identify(self, post: Post, snapshot: Snapshot) -> Partner:
        """The partner of a post; Stop where it is unknown, not allowed here, or too often.

        A good token passes even from an address that is locked: it is no guess, and others may share the address.
        """
        if not post.token:
            raise Stop("token_missing")
        partner = await self._partner(post.token, post.address, snapshot)
        if partner is None:
            await self._failed(self._names(post.address), snapshot)
            raise Stop("token_wrong")
        self.allow(partner, post.address, snapshot)
        if not partner.may_use(post.interface.id):
            raise Stop("interface_denied")
        return partner

    def allow(self, partner: Partner, address: str, snapshot: Snapshot) -> None:
        """Stop where the partner is switched off, calls from elsewhere, or too often."""
        if not partner.active:
            raise Stop("token_revoked")
        if partner.networks and not within(address, partner.networks):
            raise Stop("address_denied")
        wait_s = self.rates.take(partner.id, partner.rate_per_minute)
        if wait_s:
            raise Stop("too_often", seconds=wait_s)

    async def issue(self, appid: str, secret: str, address: str, snapshot: Snapshot) -> tuple[str, int]:
        """(token, seconds it is valid) for a standing appid and secret; guessing is slowed and locked. Stop, or
        StoreBusy when the store cannot be asked."""
        names = self._names(address, appid)
        self._stop_locked(names, snapshot)
        found = await asyncio.to_thread(self.tokens.partner_of, appid, secret, now_ms())
        partner = snapshot.partners.get(found.partner) if found else None
        if partner is None:
            await self._failed(names, snapshot)
            raise Stop("secret_wrong")
        self.failures.forget(names)
        self.allow(partner, address, snapshot)
        ttl_s = snapshot.site["tokens"]["ttl_s"]
        return await asyncio.to_thread(self.tokens.issue, partner.id, appid, now_ms(), ttl_s), ttl_s

    async def _partner(self, token: str, address: str, snapshot: Snapshot) -> Partner | None:
        known = self.tokens.known(token)
        if known is None:
            known = await asyncio.to_thread(self.tokens.find, token)
        if known is not None:
            partner = snapshot.partners.get(known.partner)
            if known.revoked_at is not None or partner is None:
                raise Stop("token_revoked")
            if known.expires_at <= now_ms():
                raise Stop("token_expired")
            return partner
        if "." not in token:
            return None
        if self.tokens.known_key(token, now_ms()) is None:
            self._stop_locked(self._names(address), snapshot)  # each further guess would cost a hash
        name = await asyncio.to_thread(self.tokens.partner_of_key, token, now_ms())
        found = snapshot.partners.get(name) if name else None
        return found if found is not None and found.auth == "key" else None

    def _names(self, address: str, appid: str = "") -> dict[str, int]:
        """Under what a failure is counted, and how many times the site's attempts it may be: one appid from one
        address, and all that comes from an address, behind which many may sit."""
        return {f"{appid[:80]} from {address}": 1, f"from {address}": CROWD}

    def _stop_locked(self, names: dict[str, int], snapshot: Snapshot) -> None:
        said = snapshot.site["tokens"]
        wait_s = max(
            self.failures.locked_s(name, times * said["attempts"], said["lock_s"]) for name, times in names.items()
        )
        if wait_s:
            raise Stop("locked", seconds=wait_s)

    async def _failed(self, names: dict[str, int], snapshot: Snapshot) -> None:
        """Count a wrong secret or token, hold the answer back, and say so where it was one too many."""
        await asyncio.sleep(self.failures.note(names, snapshot.site["tokens"]["lock_s"]))
        self._stop_locked(names, snapshot)
