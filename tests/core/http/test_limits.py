"""Rates and lock-outs, by a clock of the test's own."""

from hypothesis import given
from hypothesis import strategies as st

from core.http.limits import (
    AHEAD_S,
    ALL_S,
    ONE_S,
    ONE_SHARE,
    REMEMBERED,
    SLOWEST_S,
    WASTED_BYTES_S,
    Efforts,
    Failures,
    Rates,
    Waste,
)

LOCK_S = 900


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 100_000))
def test_a_partner_may_post_a_minutes_worth_at_once_and_then_waits_as_told(per_minute: int) -> None:
    clock = Clock()
    rates = Rates(clock)
    rates.take("county", per_minute)
    rates.buckets["county"].level = 0
    wait_s = rates.take("county", per_minute)
    assert wait_s >= 1
    clock.now += wait_s
    assert rates.take("county", per_minute) == 0, "who waits as told is let in"


def test_no_more_than_the_rate_gets_through_over_a_minute() -> None:
    clock = Clock()
    rates = Rates(clock)
    taken = 0
    for _ in range(600):
        taken += rates.take("county", 60) == 0
        clock.now += 0.1
    assert 119 <= taken <= 121, "60 at once and 60 over the minute"


def test_only_a_share_of_a_minutes_worth_may_come_at_once() -> None:
    clock = Clock()
    rates = Rates(clock, at_once=0.25)
    assert [rates.take("a", 60) for _ in range(16)] == [0] * 15 + [1]
    clock.now += 60
    assert [rates.take("a", 60) for _ in range(16)] == [0] * 15 + [1], "what was not used is not saved up"


def test_of_many_senders_the_longest_unused_are_forgotten() -> None:
    rates = Rates(Clock())
    for number in range(REMEMBERED + 10):
        rates.take("often", 1_000_000)
        rates.take(f"once {number}", 1)
    assert len(rates.buckets) == REMEMBERED
    assert "often" in rates.buckets
    assert "once 0" not in rates.buckets


@given(st.lists(st.integers(1, 1 << 20), min_size=1, max_size=50), st.floats(0, 0.01))
def test_what_is_thrown_away_is_read_no_faster_than_it_may_be(sizes: list[int], pause_s: float) -> None:
    clock = Clock()
    waste = Waste(clock)
    for size in sizes:
        clock.now += waste.wait_s(size) + pause_s
    assert clock.now - 1000 >= sum(sizes) / WASTED_BYTES_S - AHEAD_S - 1e-6


def test_partners_do_not_use_up_each_others_rate() -> None:
    rates = Rates(Clock())
    assert [rates.take("a", 1), rates.take("b", 1)] == [0, 0]
    assert rates.take("a", 1) == 60


def test_a_lower_rate_holds_at_once() -> None:
    rates = Rates(Clock())
    rates.take("county", 600)
    assert rates.take("county", 1) == 0
    assert rates.take("county", 1) == 60


def test_each_failure_is_held_back_longer_up_to_a_bound() -> None:
    failures = Failures(Clock())
    waits = [failures.note(("appid x",), LOCK_S) for _ in range(100)]
    assert waits == sorted(waits)
    assert waits[0] < waits[1]
    assert waits[-1] == SLOWEST_S


@given(st.integers(1, 20))
def test_so_many_failures_lock_and_the_lock_ends(attempts: int) -> None:
    clock = Clock()
    failures = Failures(clock)
    for _ in range(attempts):
        assert failures.locked_s("x from 10.0.0.1", attempts, LOCK_S) == 0
        failures.note(("x from 10.0.0.1",), LOCK_S)
    assert LOCK_S <= failures.locked_s("x from 10.0.0.1", attempts, LOCK_S) <= LOCK_S + 1
    assert failures.locked_s("x from 10.0.0.2", attempts, LOCK_S) == 0
    clock.now += LOCK_S + 0.5
    assert failures.locked_s("x from 10.0.0.1", attempts, LOCK_S) == 0
    failures.note(("x from 10.0.0.1",), LOCK_S)
    assert (failures.locked_s("x from 10.0.0.1", attempts, LOCK_S) == 0) == (attempts > 1), "counting begins anew"


def test_a_success_forgets_what_was_counted() -> None:
    failures = Failures(Clock())
    for _ in range(3):
        failures.note(("appid x",), LOCK_S)
    failures.forget(("appid x", "never seen"))
    assert failures.locked_s("appid x", 1, LOCK_S) == 0


def test_guessing_under_many_names_does_not_fill_the_memory() -> None:
    failures = Failures(Clock())
    for number in range(REMEMBERED + 10):
        failures.note((f"appid {number}",), LOCK_S)
    assert len(failures.seen) == REMEMBERED
    assert "appid 0" not in failures.seen


def test_work_in_vain_is_bounded_for_a_sender_and_fills_up_again() -> None:
    clock = Clock()
    efforts = Efforts(clock)
    assert efforts.wait_s("10.0.0.1") == 0
    efforts.taken("10.0.0.2")
    efforts.spent("10.0.0.1", ONE_S + 1)
    wait_s = efforts.wait_s("10.0.0.1")
    assert wait_s >= 1 / ONE_SHARE
    assert efforts.wait_s("10.0.0.2") == 0
    clock.now += wait_s
    efforts.taken("10.0.0.1")
    assert efforts.wait_s("10.0.0.1") == 0, "who waits as told is let in"


def test_work_in_vain_is_bounded_in_all_but_known_senders_are_not_held_up() -> None:
    efforts = Efforts(Clock())
    efforts.taken("10.0.0.9")
    for number in range(10):
        efforts.spent(f"10.0.1.{number}", ALL_S / 10 + 0.01)
    assert efforts.wait_s("10.0.2.1") > 0
    assert efforts.wait_s("10.0.0.9") == 0


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 30)), max_size=50))
def test_no_more_than_the_share_of_the_time_is_spent(visits: list[tuple[float, float]]) -> None:
    clock = Clock()
    efforts, began, spent, dearest = Efforts(clock), clock.now, 0.0, 0.0
    for seconds, pause_s in visits:
        clock.now += pause_s
        if not efforts.wait_s("10.0.0.1"):
            efforts.spent("10.0.0.1", seconds)
            spent, dearest = spent + seconds, max(dearest, seconds)
    assert spent <= ONE_S + (clock.now - began) * ONE_SHARE + dearest + 1e-6


def test_efforts_of_many_senders_do_not_fill_the_memory() -> None:
    efforts = Efforts(Clock())
    for number in range(REMEMBERED + 10):
        efforts.spent(f"address {number}", 0.0)
        efforts.taken(f"address {number}")
    assert len(efforts.left) == len(efforts.known) == REMEMBERED
