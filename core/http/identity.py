"""Who posts: by which way it is told, address, rate, and which interfaces it may use. Each refusal is an outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.http import ways
from core.http.asked import Asked
from core.http.limits import QUICK_BYTES, Efforts, Failures, Rates
from core.intake.post import Partner, Post, Stop
from core.run.networks import Network, within
from core.run.nonces import Nonces
from core.run.snapshot import Snapshot
from core.run.tokens import Tokens
from core.store.database import now_ms

OUR_FAULT = frozenset({"busy", "server_error"})
READ_BYTES_S = 400 << 20  # of bodies, from the socket into one piece
CROWD = 10  # an address may fail so many times more often than one appid from it
BOUGHT = frozenset({"token", "key"})
"""The ways of those who may buy tokens and send them."""


@dataclass
class Identity:
    """Tells partners apart. One object per server; what it remembers survives reloads."""

    tokens: Tokens
    nonces: Nonces
    rates: Rates = field(default_factory=Rates)
    failures: Failures = field(default_factory=Failures)
    efforts: Efforts = field(default_factory=Efforts)

    async def identify(self, post: Post, snapshot: Snapshot) -> Partner:
        """The partner of a post; Stop where it is unknown, not allowed here, or too often.

        A good token passes even from an address that is locked: it is no guess, and others may share the address.
        What a post itself says comes first, the certificate and the address of its connection last.
        """
        pair = ways.take_pair(post, snapshot)
        partner = (
            await self._signer(post, snapshot)
            or await self._by_secret(post, pair, snapshot)
            or await self._by_token(post, snapshot)
            or ways.by_certificate(post, snapshot)
            or ways.by_address(post, snapshot)
        )
        if partner is None:
            await self._stop_unknown(post, snapshot)
            raise Stop("token_missing")
        post.claimed = partner.id
        self.allow(partner, post.address, snapshot)
        if not partner.may_use(post.interface.id):
            raise Stop("interface_denied")
        if partner.auth.signature is not None:
            self._use_up(post, partner)
        return partner

    def stop_of_dear(self, asked: Asked, proxies: Sequence[Network], size: int) -> Stop | None:
        """Why a large or compressed body of so many bytes is not even decoded: too much was spent in vain on its
        sender's, or on strangers'."""
        if size <= QUICK_BYTES and "content-encoding" not in asked.headers:
            return None
        wait_s = self.efforts.wait_s(self._sender(asked.headers, asked.address(proxies)))
        return Stop("too_often", seconds=wait_s) if wait_s else None

    def note_effort(self, post: Post) -> None:
        """Remember whose posts are taken, and what was spent on reading and decoding a body in vain."""
        if post.stopped is None:
            self.efforts.taken(post.address)
            self.efforts.taken(post.claimed)
        elif post.outcome not in OUR_FAULT:
            spent_s = post.decoding_s + len(post.body) / READ_BYTES_S
            self.efforts.spent(self._sender(post.headers, post.address), spent_s)

    def _sender(self, headers: Mapping[str, str], address: str) -> str:
        """The partner whose token or key stands in the header, where that is in memory; else the address."""
        token, now = headers.get("authorization", "").partition(" ")[2].strip(), now_ms()
        known = self.tokens.known(token)
        if known is not None and known.revoked_at is None and known.expires_at > now:
            return known.partner
        return self.tokens.known_key(token, now) or address

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
        if partner is None or partner.auth.type not in BOUGHT:
            await self._failed(names, snapshot)
            raise Stop("secret_wrong")
        self.failures.forget(names)
        self.allow(partner, address, snapshot)
        ttl_s = snapshot.site["tokens"]["ttl_s"]
        return await asyncio.to_thread(self.tokens.issue, partner.id, appid, now_ms(), ttl_s), ttl_s

    async def _signer(self, post: Post, snapshot: Snapshot) -> Partner | None:
        """Who signed the post; None where it names no appid of a partner that signs."""
        for appid in ways.appids(post, snapshot):
            if not self.tokens.is_known_signer(appid):
                self._stop_locked(self._names(post.address, appid), snapshot)
                await asyncio.to_thread(self.tokens.signing_keys, appid, now_ms())
            keys = self.tokens.signing_keys(appid, now_ms()) if self.tokens.is_known_signer(appid) else []
            partner = snapshot.partners.get(keys[0][0]) if keys else None
            if partner is not None and partner.auth.signature is not None:
                post.claimed = partner.id
                if await ways.is_signed(post, partner.auth.signature, [key for _, key in keys]):
                    return partner
                await self._failed(self._names(post.address, appid), snapshot)
                raise Stop("sign_wrong")
        return None

    async def _by_secret(self, post: Post, pair: tuple[str, str] | None, snapshot: Snapshot) -> Partner | None:
        """Who sent its secret with the post: HTTP Basic, a header of its own, or two fields of the body."""
        basic = ways.basic(post)
        found = basic or pair
        header = next((value for name in snapshot.ways.headers if (value := post.headers.get(name, "").strip())), "")
        if found is None and not header:
            return None
        key = header if found is None else ".".join(found)
        names = self._names(post.address, key.partition(".")[0])
        if self.tokens.known_key(key, now_ms()) is None:
            self._stop_locked(names, snapshot)
        name = await asyncio.to_thread(self.tokens.partner_of_key, key, now_ms())
        partner = snapshot.partners.get(name) if name else None
        if partner is None or partner.auth.type != ("basic" if basic else "key"):
            await self._failed(names, snapshot)
            raise Stop("secret_wrong")
        return partner

    async def _by_token(self, post: Post, snapshot: Snapshot) -> Partner | None:
        if not post.token:
            return None
        partner = await self._partner(post, post.token, snapshot)
        if partner is None:
            await self._failed(self._names(post.address), snapshot)
            raise Stop("token_wrong")
        return partner

    async def _partner(self, post: Post, token: str, snapshot: Snapshot) -> Partner | None:
        known = self.tokens.known(token)
        if known is None:
            known = await asyncio.to_thread(self.tokens.find, token)
        if known is not None:
            post.claimed = known.partner
            partner = snapshot.partners.get(known.partner)
            if known.revoked_at is not None or partner is None:
                raise Stop("token_revoked")
            if known.expires_at <= now_ms():
                raise Stop("token_expired")
            return partner if partner.auth.type in BOUGHT else None
        if "." not in token:
            return None
        if self.tokens.known_key(token, now_ms()) is None:
            self._stop_locked(self._names(post.address), snapshot)  # each further guess would cost a hash
        name = await asyncio.to_thread(self.tokens.partner_of_key, token, now_ms())
        if name is None:
            return None
        partner = snapshot.partners.get(name)
        if partner is None:
            raise Stop("token_revoked")
        return partner if partner.auth.type == "key" else None

    async def _stop_unknown(self, post: Post, snapshot: Snapshot) -> None:
        """Stop where the post names an appid to sign with that nobody has: a guess like any other."""
        for appid in ways.appids(post, snapshot):
            await self._failed(self._names(post.address, appid), snapshot)
            raise Stop("sign_wrong")

    def _use_up(self, post: Post, partner: Partner) -> None:
        """Stop where the signature is too old, or was used before."""
        post.nonce = ways.nonce_of(post, partner)
        if not self.nonces.use(post.nonce):
            post.nonce = None
            raise Stop("replayed")

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
