"""The key file: what is sealed with it can be opened with it and with nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.declare.problem import ZcError
from core.run.keyring import Keyring


@given(st.text("abc-0123", min_size=1), st.text())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_sealed_is_opened_under_its_own_name_only(tmp_path: Path, name: str, secret: str) -> None:
    keyring = Keyring(tmp_path / "key")
    sealed = keyring.seal(name, secret)
    assert secret.encode() not in sealed or len(secret) < 4
    assert keyring.open(name, sealed) == secret
    with pytest.raises(ZcError, match="zc partner rotate"):
        keyring.open(f"{name}x", sealed)
    with pytest.raises(ZcError, match="cannot be opened"):
        keyring.open(name, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_file_is_made_when_first_needed_for_its_owner_alone(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "data" / "key")
    assert (keyring.fingerprint(), keyring.file.exists()) == ("", False)
    sealed = keyring.seal("a", "secret")
    assert stat.S_IMODE(keyring.file.stat().st_mode) == 0o600
    assert Keyring(keyring.file).open("a", sealed) == "secret"
    assert Keyring(keyring.file).fingerprint() == keyring.fingerprint() != ""


def test_a_new_key_opens_what_the_old_sealed_until_that_is_dropped(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path / "key")
    old = keyring.seal("a", "secret")
    keyring.add()
    new = keyring.seal("a", "secret")
    assert [Keyring(keyring.file).open("a", sealed) for sealed in (old, new)] == ["secret", "secret"]
    keyring.drop_old()
    assert keyring.open("a", new) == "secret"
    with pytest.raises(ZcError):
        Keyring(keyring.file).open("a", old)


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("", 0o600, "is empty"),
        ("nonsense\n", 0o600, "is no key file"),
        (None, 0o600, "cannot be read"),
        ("", 0o644, ""),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str | None, mode: int, said: str) -> None:
    made = Keyring(tmp_path / "key")
    sealed = made.seal("a", "secret")
    if text is None:
        made.file.unlink()
    elif mode == 0o600:
        made.file.write_text(text)
    made.file.exists() and made.file.chmod(mode)
    with pytest.raises(ZcError, match=said or "chmod 600"):
        Keyring(tmp_path / "key").open("a", sealed)
