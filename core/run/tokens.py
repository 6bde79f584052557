"""Secrets and tokens of partners. Secrets are random, shown once and kept as scrypt hashes; tokens live in memory
and in the store as SHA-256 hashes (they are 256 random bits, which no dictionary finds). A key that signs must be
read again, so it is kept sealed under the key file."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from contextlib import suppress

from core.declare.problem import ZcError
from core.run.keyring import Keyring
from core.store.credentials import Credential, NewCredential, Token
from core.store.database import now_ms
from core.store.store import Store

SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1  # 16 MiB and some 50 ms a guess; the secrets are random besides
SCRYPT_MEMORY = 64 << 20
SECRET_BYTES = 32
DAY_MS = 86_400_000
SIGNATURE = "signature"
"""The kind of login whose secret is a key that signs."""


class Tokens:
    """All that says who a partner is. Thread-safe; one object in the process that holds the home."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._store = store
        self.keyring = keyring
        self._lock = threading.Lock()
        self._tokens: dict[bytes, Token] = {}
        self._keys: dict[bytes, tuple[str, int | None]] = {}
        self._signing: dict[str, list[tuple[Credential, str]]] = {}
        self._revocations = 0  # what was read before one is not remembered after it

    def add(self, partner: str, kind: str) -> dict[str, str]:
        """A new appid and secret of a partner: {partner, appid, secret}; the secret is nowhere else. Blocking."""
        appid, secret = f"{partner}-{secrets.token_hex(4)}", secrets.token_urlsafe(SECRET_BYTES)
        self._store.credentials.add(self._made(partner, kind, appid, secret))
        return {"partner": partner, "appid": appid, "secret": secret}

    def rotate(self, partner: str, kind: str, now: int, overlap_s: int) -> dict[str, str]:
        """A new secret under the partner's appid; the old ones end after the overlap. Keys of it that still sign are
        sealed anew with the first key of the key file. Blocking."""
        known = self._store.credentials.of(partner)
        if not known:
            return self.add(partner, kind)
        appid, secret = known[0].appid, secrets.token_urlsafe(SECRET_BYTES)
        self._store.credentials.rotate(self._made(partner, kind, appid, secret), now + overlap_s * 1000)
        self.reseal(now, partner)
        self._forget_keys(partner)
        return {"partner": partner, "appid": appid, "secret": secret}

    def reseal(self, now: int, partner: str | None = None) -> int:
        """Seal every standing signing key (of one partner) anew; how many. A key that cannot be opened with the key
        file is left as it is. Blocking."""
        sealed = {}
        for login in self._store.credentials.sealed(now):
            if partner in (None, login.partner):
                with suppress(ZcError):
                    sealed[login.id] = self.keyring.seal(login.appid, self._opened(login))
        self._store.credentials.reseal(sealed)
        return len(sealed)

    def revoke(self, partner: str) -> int:
        """End every secret and token of the partner at once; how many secrets stood."""
        number = self._store.credentials.revoke(partner)
        with self._lock:
            self._revocations += 1
            self._tokens = {key: token for key, token in self._tokens.items() if token.partner != partner}
        self._forget_keys(partner)
        return number

    def partner_of(self, appid: str, secret: str, now: int) -> Credential | None:
        """The standing login that this secret belongs to, else None. An unknown appid takes as long. Blocking."""
        standing = [login for login in self._store.credentials.find(appid) if login.is_valid(now)]
        found = None
        for login in standing:
            if hmac.compare_digest(_hash(secret, bytes(login.salt)), bytes(login.secret_hash)):
                found = login
        if not standing:
            _hash(secret, bytes(16))
        return found

    def issue(self, partner: str, appid: str, now: int, ttl_s: int) -> str:
        """A new token, valid from now for `ttl_s`; durable when this returns. Blocking."""
        token = secrets.token_urlsafe(SECRET_BYTES)
        self._store.credentials.put_token(_digest(token), partner, appid, now + ttl_s * 1000)
        self._store.credentials.purge_tokens(now - DAY_MS)
        return token

    def known(self, token: str) -> Token | None:
        """A token that this process has seen before, without asking the store; the caller looks at its expiry."""
        return self._tokens.get(_digest(token))

    def find(self, token: str) -> Token | None:
        """A token, expired and revoked ones too; None when it was never bought, or more than a day ago. Blocking."""
        digest, revocations = _digest(token), self._revocations
        found = self._store.credentials.find_token(digest)
        with self._lock:
            if found is not None and found.revoked_at is None and revocations == self._revocations:
                self._tokens[digest] = found
        return found

    def known_key(self, key: str, now: int) -> str | None:
        """The partner of a key that this process has seen before and that still stands."""
        partner, expires_at = self._keys.get(_digest(key), (None, None))
        return partner if expires_at is None or expires_at > now else None

    def partner_of_key(self, key: str, now: int) -> str | None:
        """The partner of an `appid.secret` key sent with each post; scrypt runs for the first sight of it only."""
        known = self.known_key(key, now)
        if known is not None:
            return known
        digest, revocations = _digest(key), self._revocations
        appid, _, secret = key.partition(".")
        login = self.partner_of(appid, secret, now)
        if login is None:
            return None
        with self._lock:
            if revocations == self._revocations:
                self._keys[digest] = (login.partner, login.expires_at)
        return login.partner

    def signing_keys(self, appid: str, now: int) -> list[tuple[str, str]]:
        """(partner, key) of each standing signing key of an appid, the newest first. ZcError where the key file does
        not open them. Blocking at the first sight of an appid."""
        found = self._signing.get(appid)
        if found is None:
            revocations = self._revocations
            logins = [login for login in self._store.credentials.find(appid) if login.sealed and login.is_valid(now)]
            found = [(login, self._opened(login)) for login in logins]
            with self._lock:
                if found and revocations == self._revocations:
                    self._signing[appid] = found
        return [(login.partner, key) for login, key in found if login.is_valid(now)]

    def partner_named(self, appid: str) -> str | None:
        """The partner that an appid was made for; whoever names it has proved nothing. Blocking."""
        return next((login.partner for login in self._store.credentials.find(appid)), None)

    def is_known_signer(self, appid: str) -> bool:
        """Whether signing_keys answers without asking the store."""
        return appid in self._signing

    def health(self) -> str | None:
        """What is wrong with the signing keys; None where all can be opened. Blocking."""
        for login in self._store.credentials.sealed(now_ms()):
            try:
                self._opened(login)
            except ZcError as error:
                return str(error)
        return None

    def standing(self, partner: str, now: int) -> int:
        """How many of a partner's secrets stand."""
        return sum(login.is_valid(now) for login in self._store.credentials.of(partner))

    def _forget_keys(self, partner: str) -> None:
        with self._lock:
            self._revocations += 1
            self._keys = {key: found for key, found in self._keys.items() if found[0] != partner}
            self._signing = {}

    def _made(self, partner: str, kind: str, appid: str, secret: str) -> NewCredential:
        if kind == SIGNATURE:
            return NewCredential(partner, kind, appid, sealed=self.keyring.seal(appid, secret))
        salt = secrets.token_bytes(16)
        return NewCredential(partner, kind, appid, _hash(secret, salt), salt)

    def _opened(self, login: Credential) -> str:
        return self.keyring.open(login.appid, bytes(login.sealed or b""))


def _hash(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        secret.encode("utf-8", "surrogatepass"), salt=salt, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, maxmem=SCRYPT_MEMORY
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
