"""When Python looks for garbage that holds itself in circles, and what the C library keeps of freed memory.

A post in flight is thousands of young objects, all freed by their counts when it is answered. Python's own threshold
of 700 makes it look through them, and now and then through the whole process, many times a post. What does lie in
circles is former snapshots, so they are looked for when one was replaced.

glibc keeps freed pieces of up to 32 MiB, apart for each thread, once it has seen one so large. A secret's hash takes
16 MiB, and a few who guess at once would leave that behind in every thread.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

YOUNG_OBJECTS = 50_000  # more than the posts that are in flight at one time hold

LARGE_BYTES = 1 << 20  # pieces of this size and more go back to the system when they are freed
SPARE_BYTES = 16 << 20  # of smaller pieces, kept at the end of a heap, so that it need not be asked for again and again
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt, in glibc's malloc.h


def give_back() -> None:
    """Have large pieces of freed memory go back to the system, in all threads; nothing where the C library is not
    glibc."""
    with suppress(AttributeError, OSError):
        c_library = ctypes.CDLL(None)
        c_library.mallopt(_TRIM_THRESHOLD, SPARE_BYTES)
        c_library.mallopt(_MMAP_THRESHOLD, LARGE_BYTES)


def look_seldom() -> None:
    """Set the threshold for this process; for one that takes posts."""
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def look_now() -> None:
    """Free what a former snapshot left; tens of milliseconds."""
    gc.collect()
