"""What signed posts have used up: checked in memory, kept in the store with the records of the post itself."""

from __future__ import annotations

import threading

from core.intake.post import Stop
from core.store.database import now_ms
from core.store.request import Nonce
from core.store.store import Store

MOST = 500_000
"""Kept in memory at once, about 100 MB; above it signed posts are answered busy until some run out."""

WAIT_S = 30


class Nonces:
    """Nonces by partner and digest until they run out. Those of before a restart are learned from the store, and
    from the sandbox's, where each was written in the transaction of its post. Thread-safe."""

    def __init__(self, store: Store, most: int = MOST) -> None:
        self._store = store
        self._most = most
        self._lock = threading.Lock()
        self._used: dict[tuple[str, bytes], int] = {}
        self.learn(store)

    def learn(self, store: Store) -> None:
        """Know what posts have used up that went to that store."""
        standing = store.nonces.standing(now_ms())
        with self._lock:
            self._used.update({(nonce.partner, nonce.digest): nonce.expires_at for nonce in standing})

    def use(self, nonce: Nonce) -> bool:
        """Whether it is fresh; from now on it is not. Stop busy where no more can be remembered."""
        key = (nonce.partner, nonce.digest)
        with self._lock:
            if self._used.get(key, 0) > now_ms():
                return False
            if len(self._used) >= self._most and not self._forget_old():
                raise Stop("busy", seconds=WAIT_S)
            self._used[key] = nonce.expires_at
            return True

    def release(self, nonce: Nonce) -> None:
        """Nothing came of the post that used it: the same post may come again."""
        with self._lock:
            self._used.pop((nonce.partner, nonce.digest), None)

    def forget_old(self) -> None:
        """Forget those that have run out, in memory and in the store."""
        with self._lock:
            self._forget_old()
        self._store.nonces.purge(now_ms())

    def _forget_old(self) -> int:
        now, before = now_ms(), len(self._used)
        self._used = {key: expires_at for key, expires_at in self._used.items() if expires_at > now}
        return before - len(self._used)
