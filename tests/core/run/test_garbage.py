"""How often a process that takes posts looks for garbage, and what becomes of former snapshots."""

from __future__ import annotations

import gc
import weakref

import pytest

from core.run import garbage
from tests.core.run import homes


@pytest.fixture
def threshold():
    """Python's own threshold, put back afterwards."""
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


def test_the_young_are_left_alone_for_longer(threshold):
    garbage.look_seldom()
    assert gc.get_threshold() == (garbage.YOUNG_OBJECTS, *threshold[1:])


def test_a_former_snapshot_is_freed_in_the_round_after_the_reload(platform, home, threshold):
    garbage.look_seldom()
    former = weakref.ref(platform.snapshot)
    homes.change_site(home.root, title="另一个站点")
    assert platform.reload("test").activated
    platform._forget_former()
    assert former() is None


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"list": 5}', b'{"list": []}' + b" " * (17 << 20)])
def test_a_refused_post_is_freed_without_a_look_for_garbage(platform, body):
    gc.collect()
    gc.disable()
    try:
        post = homes.send(platform, body)
        assert post.stopped is not None
        gone = weakref.ref(post)
        del post
        assert gone() is None
    finally:
        gc.enable()
