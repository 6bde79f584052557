"""When Python looks for garbage that holds itself in circles.

A post in flight is thousands of young objects, all freed by their counts when it is answered. Python's own threshold
of 700 makes it look through them, and now and then through the whole process, many times a post. What does lie in
circles is former snapshots, so they are looked for when one was replaced.
"""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000  # more than the posts that are in flight at one time hold


def look_seldom() -> None:
    """Set the threshold for this process; for one that takes posts."""
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def look_now() -> None:
    """Free what a former snapshot left; tens of milliseconds."""
    gc.collect()
