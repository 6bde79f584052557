"""The resident memory of a process while a soak runs: does it grow after it has warmed up?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median
from threading import Event, Thread

import psutil

MORE = 1.10
WARM_S = 60  # after so long it counts as warm; in a run shorter than two minutes after half of it
PART = 0.05  # of the run, over which a reading is taken
EVERY_S = 0.5


@dataclass
class Memory:
    """(moment, resident bytes), first to last."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    @property
    def warm_mib(self) -> float:
        """The median over a while after it became warm."""
        warm = min(WARM_S, self._length / 2)
        return self._median(warm, warm + PART * self._length)

    @property
    def end_mib(self) -> float:
        """The median over the last part of the run."""
        return self._median((1 - PART) * self._length, self._length)

    @property
    def grew(self) -> bool:
        """Whether it is more than a tenth larger at the end than when it was warm."""
        return self.end_mib > self.warm_mib * MORE

    def __str__(self) -> str:
        return f"{self.warm_mib:.1f} MiB resident when warm, {self.end_mib:.1f} MiB at the end"

    @property
    def _length(self) -> float:
        return self.samples[-1][0] - self.samples[0][0]

    def _median(self, start_s: float, end_s: float) -> float:
        began = self.samples[0][0]
        found = [size for at, size in self.samples if start_s <= at - began <= end_s]
        return median(found or [self.samples[-1][1]]) / (1 << 20)


@contextmanager
def watched(pid: int) -> Iterator[Memory]:
    """Read the memory of a process all the while."""
    memory, ended, process = Memory(), Event(), psutil.Process(pid)

    def read() -> None:
        with suppress(psutil.NoSuchProcess):
            while True:
                memory.samples.append((time.monotonic(), process.memory_info().rss))
                if ended.wait(EVERY_S):
                    return

    thread = Thread(target=read)
    thread.start()
    try:
        yield memory
    finally:
        ended.set()
        thread.join()
