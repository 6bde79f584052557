"""Running processes watched by strace, and what it wrote down: system calls in the order of their beginnings."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CALL = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<said>.*)")
RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<said>.*)")
SYNCS = ("fdatasync", "fsync")
SENDS = ("sendto", "sendmsg", "write", "writev")
SHOWN_BYTES = 131_072  # of each buffer: PostgreSQL writes several pages of its log at once
TRACED = ("-f", "-yy", "-s", str(SHOWN_BYTES), "-e", f"trace={','.join((*SYNCS, *SENDS, 'pwrite64'))}")


@dataclass
class Call:
    """One system call; `began` and `ended` are places in the trace, `ended` None if it never did."""

    name: str
    said: str
    began: int
    ended: int | None = None

    @property
    def synced(self) -> bool:
        """Whether this is a sync that succeeded."""
        return self.name in SYNCS and self.ended is not None


@contextmanager
def watched(processes: Iterable[int], file: Path) -> Iterator[None]:
    """Have strace write down what these processes, their threads and later children do meanwhile."""
    assert shutil.which("strace"), "this soak needs strace; on Debian: apt-get install strace"
    wanted = {str(process) for process in processes}
    named = [word for process in wanted for word in ("-p", process)]
    strace = subprocess.Popen(["strace", *TRACED, "-o", str(file), *named], stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    try:
        said = []
        while wanted:
            said.append(strace.stderr.readline())
            assert said[-1], f"strace may not watch the processes: {''.join(said)}"
            wanted -= set(re.findall(r"Process (\d+) attached", said[-1]))
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        strace.stderr.read()
        strace.stderr.close()
        strace.wait(timeout=60)


def read(text: str) -> list[Call]:
    """All calls of a trace, in the order in which they began."""
    calls: list[Call] = []
    under_way: dict[tuple[str, str], Call] = {}
    for place, line in enumerate(text.splitlines()):
        if begun := CALL.match(line):
            call = Call(begun["name"], begun["said"], place)
            calls.append(call)
            if call.said.endswith("<unfinished ...>"):
                under_way[begun["pid"], call.name] = call
            else:
                _end(call, place, call.said)
        elif (resumed := RESUMED.match(line)) and (resumed["pid"], resumed["name"]) in under_way:
            _end(under_way.pop((resumed["pid"], resumed["name"])), place, resumed["said"])
    return calls


def _end(call: Call, place: int, said: str) -> None:
    if not said.rpartition(" = ")[2].startswith("-1"):
        call.ended = place


def replies(calls: Iterable[Call]) -> list[Call]:
    """The sends of replies that say that one record was accepted, on a client's socket."""
    return [
        call
        for call in calls
        if call.name in SENDS and "<TCP" in call.said and "resultcode" in call.said and r"\"accepted\":1" in call.said
    ]


def waited_for_sync(calls: Iterable[Call], code: str, log: str, reply: Call) -> bool:
    """Whether a record was written to a file with `log` in its name, that file synced after it, and only then the
    reply sent. `code` is the record's number, which stands in the file as it is."""
    before = [call for call in calls if call.ended is not None and call.ended < reply.began and log in call.said]
    written = next((call.ended for call in before if call.name == "pwrite64" and code in call.said), None)
    return written is not None and any(call.synced and call.began > written for call in before)
