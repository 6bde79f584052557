"""A soak that was broken off goes on, a finished one starts afresh."""

from __future__ import annotations

from tests.soak.progress import Progress


def test_one_that_was_broken_off_goes_on(tmp_path):
    file = tmp_path / "soak" / "kill.json"
    begun = Progress.taken_up(file, 3)
    assert list(begun.missing) == [1, 2, 3]
    begun.add(found=4)
    begun.add(found=5)
    going_on = Progress.taken_up(file, 3)
    assert list(going_on.missing) == [3]
    assert going_on.total("found") == 9


def test_a_finished_one_starts_afresh(tmp_path):
    done = Progress.taken_up(tmp_path / "kill.json", 1)
    done.add(found=4)
    assert list(Progress.taken_up(tmp_path / "kill.json", 1).missing) == [1]


def test_one_of_another_size_starts_afresh(tmp_path):
    begun = Progress.taken_up(tmp_path / "kill.json", 3)
    begun.add(found=4)
    assert list(Progress.taken_up(tmp_path / "kill.json", 5).missing) == [1, 2, 3, 4, 5]
