"""How often a process that takes posts looks for garbage, and what becomes of former snapshots."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from core.run import garbage
from tests.core.cli.command import ROOT
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


HASHED = """
import hashlib, threading, psutil
from concurrent.futures import ThreadPoolExecutor
from core.run import garbage

THREADS = 6
together = threading.Barrier(THREADS)

def guess(number):
    together.wait()
    for _ in range(3):
        hashlib.scrypt(b"guess", salt=b"0" * 16, n=2**14, r=8, p=1, maxmem=64 << 20)

garbage.give_back()
process = psutil.Process()
before = process.memory_info().rss
with ThreadPoolExecutor(THREADS) as pool:
    list(pool.map(guess, range(THREADS)))
print((process.memory_info().rss - before) >> 20)
"""


def test_hashing_in_many_threads_leaves_no_memory_behind():
    done = subprocess.run([sys.executable, "-c", HASHED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 16, "MiB; one thread's hash takes so much"


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
