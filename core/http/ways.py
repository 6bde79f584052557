"""The ways by which a post tells who sent it, token apart: signature, secret, certificate, address."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.x509 import load_der_x509_certificate

from core.entity.field_type import ValueRefused
from core.intake.post import Partner, Post, Stop
from core.intake.signature import Signature, in_body, looker
from core.run.networks import within
from core.run.snapshot import Snapshot
from core.store.request import Nonce

DAY_MS = 86_400_000  # how long a nonce is remembered that comes without a timestamp
INLINE_BYTES = 1 << 20  # a larger body is digested in a thread, so that others are answered meanwhile


def appids(post: Post, snapshot: Snapshot) -> Iterator[str]:
    """The appids that the post names where partners that sign have theirs."""
    for place, name in snapshot.ways.signers:
        appid = looker(place, post)(name)
        if appid:
            yield appid


async def is_signed(post: Post, signature: Signature, keys: Sequence[str]) -> bool:
    """Whether the post is signed with one of the keys. Stop where what a signature needs is missing."""
    claims = signature.claims(post)
    for role, name in signature.names.items():
        if role not in claims:
            raise Stop("sign_missing", field=name)
    if len(post.body) <= INLINE_BYTES:
        return signature.is_of_any(post, claims, keys)
    return await asyncio.to_thread(signature.is_of_any, post, claims, keys)


def nonce_of(post: Post, partner: Partner) -> Nonce:
    """What a post with a good signature uses up: its nonce, else the signature itself, for as long as its timestamp is
    taken. Stop where the timestamp is not."""
    signature = partner.auth.signature
    if signature is None:
        raise ValueError(f"partner {partner.id} does not sign")
    claims = signature.claims(post)
    expires_at = post.received_at + DAY_MS
    if "timestamp" in claims:
        window_ms = signature.window_s * 1000
        try:
            at = signature.read_time(claims["timestamp"])
        except ValueRefused as refused:
            raise Stop("clock_off", bound=signature.window_s) from refused
        if abs(post.received_at - at) > window_ms:
            raise Stop("clock_off", bound=signature.window_s)
        expires_at = at + window_ms + 1
    used = claims["nonce"].encode() if "nonce" in claims else signature.decoded(claims)
    return Nonce(partner.id, hashlib.blake2b(used, digest_size=16).digest(), expires_at)


def basic(post: Post) -> tuple[str, str] | None:
    """(appid, secret) of Authorization: Basic; None where it is not there or not written so."""
    scheme, _, coded = post.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        appid, colon, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        return None
    return (appid, secret) if colon else None


def take_pair(post: Post, snapshot: Snapshot) -> tuple[str, str] | None:
    """(appid, secret) of the body where a partner sends them apart; the secret is cut out of the body."""
    found = None
    for appid_name, secret_name in snapshot.ways.pairs:
        appid, secret = in_body(post.data, appid_name), in_body(post.data, secret_name)
        if appid and secret:
            _cut(post.data, secret_name)
            found = (appid, secret)
    return found


def _cut(data: Any, name: str) -> None:
    *outer, last = name.split(".")
    for key in outer:
        data = data[key]
    del data[last]


def by_certificate(post: Post, snapshot: Snapshot) -> Partner | None:
    """The partner whose fingerprint or subject the client's certificate has, which TLS has proved."""
    if not post.certificate:
        return None
    known = snapshot.ways.certificates
    name = known.get(hashlib.sha256(post.certificate).hexdigest())
    if name is None:
        name = known.get(load_der_x509_certificate(post.certificate).subject.rfc4514_string())
    return snapshot.partners.get(name) if name else None


def by_address(post: Post, snapshot: Snapshot) -> Partner | None:
    """The partner that is told by its address alone."""
    return next((partner for partner in snapshot.ways.addresses if within(post.address, partner.networks)), None)
