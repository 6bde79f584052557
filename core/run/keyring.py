"""The key file: what signing keys are sealed with, outside the database, so that a copy of the database opens none."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.declare.problem import ZcError

BACK = "Put the right one back from where its copy is kept."


class Keyring:
    """Seals and opens with the keys in one file, mode 0600, one Fernet key a line, the first for sealing. It is made
    when something is first sealed. Thread-safe."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._keys: list[bytes] = []

    def seal(self, name: str, secret: str) -> bytes:
        """`secret` sealed, bound to `name`. ZcError where the file cannot be used."""
        with self._lock:
            if not self._keys and not self.file.exists():
                self._write([Fernet.generate_key()])
            return self._fernet().encrypt(f"{name}\n{secret}".encode())

    def open(self, name: str, sealed: bytes) -> str:
        """What was sealed under `name`. ZcError where the file is not the one it was sealed with."""
        with self._lock:
            try:
                bound, _, secret = self._fernet().decrypt(sealed).decode().partition("\n")
            except InvalidToken:
                bound = secret = ""
        if bound != name:
            raise ZcError(
                f"the signing key of {name} cannot be opened with {self.file}",
                "Put the key file back that belongs to this database, or make a new key: zc partner rotate",
            )
        return secret

    def add(self) -> None:
        """A new first key; what was sealed with the ones before can still be opened."""
        with self._lock:
            before = self._read() if self.file.exists() else []
            self._write([Fernet.generate_key(), *before])

    def drop_old(self) -> None:
        """Keep the first key only; nothing may be sealed with another any more."""
        with self._lock:
            self._write(self._read()[:1])

    def fingerprint(self) -> str:
        """What tells one key file from another without giving it away; empty where there is none yet."""
        with self._lock:
            return hashlib.sha256(self._read()[0]).hexdigest()[:16] if self.file.exists() else ""

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self._keys or self._read()])

    def _read(self) -> list[bytes]:
        try:
            mode = stat.S_IMODE(self.file.stat().st_mode)
            lines = self.file.read_bytes().split()
            for line in lines:
                Fernet(line)
        except OSError as error:
            raise ZcError(
                f"the key file {self.file} cannot be read: {error.strerror}",
                "Put it back from where its copy is kept; without it make new signing keys: zc partner rotate",
            ) from error
        except ValueError as error:
            raise ZcError(f"{self.file} is no key file", BACK) from error
        if mode & 0o077:
            raise ZcError(f"{self.file} may be read by others: mode {mode:04o}", f"Run: chmod 600 {self.file}")
        if not lines:
            raise ZcError(f"{self.file} is empty", BACK)
        self._keys = lines
        return lines

    def _write(self, keys: list[bytes]) -> None:
        """Replace the file as a whole, durable before anything is sealed with it."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.file.with_name(f"{self.file.name}.new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(b"\n".join(keys) + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        fresh.rename(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._keys = keys
