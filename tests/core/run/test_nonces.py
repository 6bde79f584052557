"""Nonces: fresh once, while their timestamp is taken, over restarts, and never more than memory is meant for."""

from __future__ import annotations

import pytest

from core.intake.post import Stop
from core.run.nonces import Nonces
from core.store.database import now_ms
from core.store.request import Nonce
from tests.core.run import homes

LATER = 60_000


def nonce(text: bytes, partner: str = "county", lasts_ms: int = LATER) -> Nonce:
    """A nonce that runs out then."""
    return Nonce(partner, text.ljust(16, b"."), now_ms() + lasts_ms)


def test_a_nonce_is_fresh_once_for_each_partner(tmp_path) -> None:
    with homes.opened(homes.make(tmp_path)) as platform:
        nonces = Nonces(platform.store)
        first = nonce(b"n1")
        assert [nonces.use(first), nonces.use(first), nonces.use(nonce(b"n1", "other"))] == [True, False, True]
        nonces.release(first)
        assert nonces.use(first)
        assert [nonces.use(nonce(b"old", lasts_ms=-1)), nonces.use(nonce(b"old"))] == [True, True]


def test_no_more_are_remembered_than_are_meant_to_be(tmp_path) -> None:
    with homes.opened(homes.make(tmp_path)) as platform:
        nonces = Nonces(platform.store, most=2)
        assert nonces.use(nonce(b"n1"))
        assert nonces.use(nonce(b"n2", lasts_ms=-1))
        assert nonces.use(nonce(b"n3"))
        with pytest.raises(Stop) as stop:
            nonces.use(nonce(b"n4"))
        assert (stop.value.outcome, stop.value.values["seconds"] > 0) == ("busy", True)


def test_what_was_stored_with_its_post_is_known_after_a_restart(tmp_path) -> None:
    home = homes.make(tmp_path)
    kept, gone = nonce(b"kept"), nonce(b"gone", lasts_ms=-1)
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1")
        for number, used in enumerate((kept, gone)):
            taken = homes.post(platform, homes.crossing(f"N{number}"), nonce=used)
            assert len(taken.accepted) == 1
    with homes.opened(home) as platform:
        assert not platform.nonces.use(kept)
        assert platform.nonces.use(nonce(b"gone"))
        platform.nonces.forget_old()
        assert [one.digest for one in platform.store.nonces.standing(0)] == [kept.digest]


def test_what_a_sandbox_partner_used_up_is_known_after_a_restart(tmp_path) -> None:
    home = homes.make(tmp_path)
    homes.write(home.root, "config/partners/trial.yaml", "title: 试用\nstations: ['*']\nsandbox: true\n")
    kept, gone = nonce(b"kept", "trial"), nonce(b"gone", "trial", lasts_ms=-1)
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1")
        for number, used in enumerate((kept, gone)):
            trial = platform.snapshot.partners["trial"]
            taken = homes.post(platform, homes.crossing(f"N{number}"), partner=trial, nonce=used)
            assert len(taken.accepted) == 1
    with homes.opened(home) as platform:
        assert platform.store.nonces.standing(0) == []
        assert not platform.nonces.use(kept)
        platform.sandbox.forget_old()
        assert [one.digest for one in platform.sandbox.store().nonces.standing(0)] == [kept.digest]
