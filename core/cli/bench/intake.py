"""The bench of intake over HTTP: ours, the peers and the limits in turns, each alone while it is measured."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import IO, Any, cast

import msgspec

from core.cli.bench import fsyncs, limit
from core.cli.bench.directus import Directus
from core.cli.bench.load import ANSWER_WITHIN_S, Load, Stretch
from core.cli.bench.ours import Ours
from core.cli.bench.payload import bodies
from core.cli.bench.peer import Core, Datasette, Orm, Peer
from core.cli.bench.server import INSTALL, Server
from core.declare.problem import ZcError

PEERS: tuple[type[Peer], ...] = (Orm, Core, Datasette, Directus)
WARM_S = 0.3  # before each stretch, not counted
SLOW_S = 15  # a server that takes longer to warm up is measured by that, once, so that a run ends within half an hour
TRACED_S = 0.3  # under strace, once for each cell, not counted either
OUR_LIMIT = "executemany, our tables"
PEER_LIMIT = "executemany, peers' table"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is measured at once: so many records a post over so many connections."""

    size: int
    connections: int


@dataclass(slots=True)
class Turn:
    """One measured stretch: records a second, CPU microseconds a record; latencies, and posts that were told to come
    again, where there is a server."""

    rate: float
    cpu_us: float
    p50_ms: float | None = None
    p99_ms: float | None = None
    busy: int = 0


@dataclass(slots=True)
class Result:
    """All turns of one server, or of a limit, in a cell; `fsyncs` a post, None where they are not counted; `failure`
    says why there are not as many turns as there should be, `slow` that one was enough."""

    cell: Cell
    title: str
    turns: list[Turn] = field(default_factory=list)
    fsyncs: float | None = None
    failure: str = ""
    slow: bool = False

    def middle(self, name: str) -> float | None:
        """The median of a figure over the turns; None where there is none."""
        values = [value for turn in self.turns if (value := getattr(turn, name)) is not None]
        return median(values) if values else None

    def ratio(self, other: Result, name: str = "rate") -> float | None:
        """The median of this one's figure over the other's, turn by turn; None where one has none."""
        pairs = [
            (getattr(mine, name), getattr(theirs, name)) for mine, theirs in zip(self.turns, other.turns, strict=False)
        ]
        return median(mine / theirs for mine, theirs in pairs) if pairs and None not in pairs[0] else None


class Generator:
    """The load generator's process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._asked, self._told = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)

    def run(self, load: Load) -> Stretch:
        """One stretch; ZcError where a post is not taken."""
        self._asked.write(msgspec.json.encode(load) + b"\n")
        self._asked.flush()
        line = self._told.readline()
        if not line:
            raise ZcError("the load generator ended", "What it says on standard error tells why.")
        stretch = msgspec.json.decode(line, type=Stretch)
        if stretch.failed:
            raise ZcError(f"{stretch.failed} posts were not taken, such as: {stretch.failure}", "See the server's log.")
        return stretch


@contextmanager
def generator() -> Iterator[Generator]:
    """A load generator, whose records are not sent twice."""
    command = [sys.executable, "-m", "core.cli.bench.generator"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        yield Generator(process)


def chosen(folder: Path, names: Sequence[str]) -> tuple[list[Server], dict[str, str]]:
    """Ours and the peers whose titles hold one of the names, each with a folder of its own; and {title: why it cannot
    be run here} of those that cannot."""
    if find_spec("psutil") is None:
        raise ZcError("psutil is not installed", INSTALL)
    kinds: list[type[Server]] = [
        Ours,
        *(kind for kind in PEERS if any(name.lower() in kind.title.lower() for name in names)),
    ]
    made: list[Server] = []
    for kind in kinds:
        own = folder / kind.title
        own.mkdir()
        made.append(kind(own))
    return [one for one in made if not one.missing], {one.title: one.missing for one in made if one.missing}


def measure(
    folder: Path,
    servers: list[Server],
    cells: Sequence[Cell],
    rounds: int,
    seconds: float,
    step: Callable[[str], None],
) -> Iterator[list[Result]]:
    """The results of each cell, when they are there: every server, then the limits; `step` hears what begins. A peer
    that fails is left out of the rest of the cell; ZcError where ours does."""
    for cell in cells:
        found = {title: Result(cell, title) for title in (*(one.title for one in servers), OUR_LIMIT, PEER_LIMIT)}
        for turn in range(rounds):
            for server in servers[turn % len(servers) :] + servers[: turn % len(servers)]:
                step(f"{cell.size} × {cell.connections}: {server.title}")
                take_turn(server, found[server.title], seconds)
            step(f"{cell.size} × {cell.connections}: limits")
            for title, limited in _limits(folder, servers, cell, seconds):
                found[title].turns.append(Turn(limited.rate, limited.cpu_us))
        yield list(found.values())


def take_turn(server: Server, result: Result, seconds: float) -> None:
    """One turn more, unless one failed before or was slow; a peer's failure is noted, ours is raised."""
    if result.failure or result.slow:
        return
    try:
        result.turns.append(_turn(server, result, seconds))
    except Exception as error:
        if isinstance(server, Ours):
            raise
        result.failure = str(error) or type(error).__name__


def _turn(server: Server, result: Result, seconds: float) -> Turn:
    """Start the server, warm it, measure it, count what it has stored; in the first turn its fsyncs too, and what it
    does with a post that is sent again."""
    cell, first = result.cell, not result.turns
    with generator() as load, server.running() as pid:
        before = _cpu_s(pid)
        stretch = load.run(server.load(cell.size, cell.connections, WARM_S))
        posts, result.slow = stretch.posts, stretch.seconds > SLOW_S
        if not result.slow:
            before = _cpu_s(pid)
            stretch = load.run(server.load(cell.size, cell.connections, seconds))
            posts += stretch.posts
        spent = _cpu_s(pid) - before
        if first and not result.slow and not fsyncs.missing():
            under: list[Stretch] = []
            job = server.load(cell.size, cell.connections, TRACED_S)
            calls = fsyncs.count(pid, lambda: under.append(load.run(job)))
            result.fsyncs = calls / under[0].posts
            posts += under[0].posts
        if server.stored() != posts * cell.size:
            raise ZcError(
                f"{server.title} acknowledged {posts * cell.size} records and has {server.stored()}", "It cannot count."
            )
        if first:
            _send_again(server, cell)
    records = stretch.posts * cell.size
    return Turn(records / stretch.seconds, spent / records * 1e6, stretch.p50_ms, stretch.p99_ms, stretch.busy)


def _send_again(server: Server, cell: Cell) -> None:
    """Send the first post once more; ZcError where the server stores it a second time."""
    before = server.stored()
    body = next(bodies(server.before, server.after, cell.size))
    headers = {"Content-Type": "application/json", **server.headers()}
    again = urllib.request.Request(f"http://127.0.0.1:{server.port}{server.path}", body, headers)  # noqa: S310 - our own server
    with suppress(urllib.error.HTTPError), urllib.request.urlopen(again, timeout=ANSWER_WITHIN_S):  # noqa: S310 - our own server
        pass
    if server.stored() != before:
        raise ZcError(
            f"{server.title} stores twice what is sent twice", "Its table needs the key that the others have."
        )


def _limits(folder: Path, servers: Sequence[Server], cell: Cell, seconds: float) -> Iterator[tuple[str, limit.Limited]]:
    file = folder / "limit.sqlite"
    ours = next(server for server in servers if isinstance(server, Ours))
    yield OUR_LIMIT, limit.our_tables(file, ours.database, cell.size, cell.connections, seconds)
    yield PEER_LIMIT, limit.peers_table(file, cell.size, cell.connections, seconds)


def _cpu_s(pid: int) -> float:
    """CPU seconds of the process and its children, user and system."""
    import psutil  # of the extra that the bench alone needs

    server = psutil.Process(pid)
    times: list[Any] = [one.cpu_times() for one in (server, *server.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))
