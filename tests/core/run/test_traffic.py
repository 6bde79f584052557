"""What the counters say of posts: last success, error share, who fails and who is slow."""

from __future__ import annotations

from types import SimpleNamespace

from core.intake.post import Partner
from core.run.traffic import ENOUGH, RECENT, Answered, Counters
from tests.core.run import homes


def answered(good: bool, seconds: float = 0.01, at: int = 1_000, outcome: str = "refused") -> Answered:
    """A post as it is counted."""
    post = SimpleNamespace(received_at=at, outcome=outcome)
    return Answered(post, accepted=int(good), duplicates=0, refused=int(not good), seconds=seconds)


def test_a_partner_whose_posts_are_mostly_refused_is_failing() -> None:
    counters = Counters()
    for _ in range(ENOUGH - 1):
        counters.add(answered(good=False))
    assert counters.state == ""
    counters.add(answered(good=False, at=2_000, outcome="token_expired"))
    assert (counters.state, counters.error_share, counters.last_outcome) == ("failing", 1.0, "token_expired")
    for at in range(3_000, 3_000 + RECENT):
        counters.add(answered(good=True, at=at))
    assert (counters.state, counters.error_share) == ("good", 0.0)
    assert (counters.last_success_ms, counters.last_failure_ms) == (2_999 + RECENT, 2_000)


def test_a_partner_that_waits_long_for_its_answers_is_slow() -> None:
    counters = Counters()
    for number in range(20):
        counters.add(answered(good=True, seconds=3.0 if number % 10 == 0 else 0.01))
    assert (counters.state, counters.slow_s) == ("slow", 3.0)


def test_the_last_success_survives_a_restart(tmp_path) -> None:
    home = homes.make(tmp_path)
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1")
        taken = homes.post(platform, homes.crossing())
        taken.claimed = "county"
        platform.traffic.count(Answered.of(taken, 0.01))
        refused = homes.post(platform, homes.crossing(gate="nowhere"), partner=Partner("bad"))
        refused.claimed = "bad"
        platform.traffic.count(Answered.of(refused, 0.01))
    with homes.opened(home) as platform:
        assert platform.traffic.interfaces["crossings"].last_success_ms == taken.received_at
        assert platform.traffic.partners["county"].last_success_ms == taken.received_at
        assert "bad" not in platform.traffic.partners
        (row,) = homes.operate(platform, "status")["interfaces"]
        assert (row["id"], row["posts"], row["last_success"] is not None) == ("crossings", 0, True)
