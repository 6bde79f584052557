"""Attackers, each kind in a process of its own that gives way to the server: they stand for machines elsewhere. They
send to 127.0.0.1 and nowhere else, from addresses of 127.0.0.0/8, for as long as they are told.

python -m tests.soak.attackers '{"kind": …, "port": …, "seconds": …, "tokens": […]}' prints a line when it is
ready, begins when it is sent one, and prints its figures, JSON, when it has ended.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import re
import resource
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.soak import bodies

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
FLOOD_EVERY_S = 1.0  # of one partner: ten times its 6 a minute
IDLE, SLOW, UNREAD = 5000, 200, 20  # connections
GIB = 1 << 30
PIECE = b"a" * (1 << 20)


@dataclass
class Attack:
    """One attack: where it goes, until when, and what it saw."""

    port: int
    until: float
    tokens: list[str]
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def going_on(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.until

    async def connect(self, source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection from an address; None, a moment later, where there is none to be had."""
        try:
            opened = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        except OSError:
            self.seen["no connection"] += 1
            await asyncio.sleep(0.5)
            return None
        self.seen["connections"] += 1
        return opened

    async def exchange(self, source: str, said: bytes, within_s: float = 20) -> bytes:
        """What comes back for some bytes until the server closes, or has been silent for long."""
        opened = await self.connect(source)
        if opened is None:
            return b""
        reader, writer = opened
        answer = b""
        with suppress(OSError, TimeoutError):
            writer.write(said)
            async with asyncio.timeout(within_s):
                while piece := await reader.read(1 << 16):
                    answer += piece
        self.count(answer)
        writer.close()
        return answer

    def count(self, answer: bytes) -> None:
        """Count the status of each answer, or that none came."""
        found = STATUS.findall(answer)
        self.seen.update(f"status {status.decode()}" for status in found or [b"none"])

    async def repeat(self, work: Callable[[int], Awaitable[object]], workers: int, pause_s: float = 0.02) -> None:
        """Let so many workers do the work over and over, each told its number."""

        async def one(number: int) -> None:
            while self.going_on:
                await work(number)
                await asyncio.sleep(pause_s)

        await asyncio.gather(*map(one, range(workers)))


async def slow_heads(attack: Attack) -> None:
    """Slow-loris: a byte of a header each second, on many connections."""
    head = b"POST /api/preview HTTP/1.1\r\nHost: test\r\nX-A: "
    await asyncio.gather(*(_trickle(attack, f"127.0.1.{number % 4 + 1}", head) for number in range(SLOW)))


async def slow_bodies(attack: Attack) -> None:
    """A byte of a body each second."""
    head = b"POST /api/preview HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n"
    await asyncio.gather(*(_trickle(attack, f"127.0.2.{number % 4 + 1}", head) for number in range(SLOW)))


async def _trickle(attack: Attack, source: str, head: bytes) -> None:
    await asyncio.sleep(random.random())
    while attack.going_on:
        opened = await attack.connect(source)
        if opened is None:
            continue
        reader, writer = opened
        writer.write(head)
        with suppress(OSError):
            while attack.going_on:
                writer.write(b"a")
                with suppress(TimeoutError):
                    if not await asyncio.wait_for(reader.read(4096), 1):
                        break
        attack.seen["cut by the server"] += attack.going_on
        writer.close()


async def idle(attack: Attack) -> None:
    """Thousands of connections from 25 addresses, on which nothing is said; a new one for each that is closed."""

    async def one(number: int) -> None:
        await asyncio.sleep(number / IDLE * 2)
        while attack.going_on:
            opened = await attack.connect(f"127.0.3.{number % 25 + 1}")
            if opened is None:
                continue
            reader, writer = opened
            with suppress(OSError, TimeoutError):
                await asyncio.wait_for(reader.read(), max(0.1, attack.until - time.monotonic()))
                attack.seen["cut by the server"] += 1
            writer.close()
            await asyncio.sleep(random.uniform(3, 7))

    await asyncio.gather(*map(one, range(IDLE)))


async def unread(attack: Attack) -> None:
    """Ask for the largest answer over and over on each connection and read none until the end."""
    asked = b"GET /-/openapi.json HTTP/1.1\r\nHost: test\r\n\r\n" * 1000

    async def one(number: int) -> None:
        link = socket.socket()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.bind((f"127.0.4.{number % 4 + 1}", 0))
        link.setblocking(False)
        await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", attack.port))
        attack.seen["connections"] += 1
        reader, writer = await asyncio.open_connection(sock=link)
        writer.transport.pause_reading()
        writer.write(asked)
        await asyncio.sleep(max(0.1, attack.until - time.monotonic()))
        writer.transport.resume_reading()
        try:
            async with asyncio.timeout(3):
                while await reader.read(1 << 16):
                    pass
                attack.seen["cut by the server"] += 1
        except TimeoutError:
            attack.seen["held on"] += 1
        except OSError:
            attack.seen["cut by the server"] += 1
        writer.close()

    await asyncio.gather(*map(one, range(UNREAD)))


async def huge(attack: Attack) -> None:
    """Bodies of a GiB, sent for real until the server answers or closes: one that says its size, one in chunks."""
    sized = b"POST /api/preview HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n" % GIB
    chunked = b"POST /api/preview HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    framed = b"%x\r\n%b\r\n" % (len(PIECE), PIECE)

    async def one(number: int) -> None:
        head, piece = [(sized, PIECE), (chunked, framed)][number % 2]
        opened = await attack.connect("127.0.5.1")
        if opened is None:
            return
        reader, writer = opened
        answer = asyncio.ensure_future(reader.read(-1))
        sent = 0
        with suppress(OSError):
            writer.write(head)
            while sent < GIB and not answer.done() and attack.going_on:
                writer.write(piece)
                await writer.drain()
                sent += len(PIECE)
        try:
            attack.count(await asyncio.wait_for(answer, 10))
        except (OSError, TimeoutError):
            attack.seen["cut by the server"] += 1
        attack.seen["MiB sent"] += sent >> 20
        attack.seen["whole bodies sent"] += sent >= GIB
        writer.close()

    await attack.repeat(one, 2)


async def bombs(attack: Attack) -> None:
    """Bodies that are small to send and dear to read, from strangers and from a partner."""

    async def one(number: int) -> None:
        bomb = random.choice(bodies.bombs())
        insider = attack.tokens[-1] if number == 0 else None
        await attack.exchange(f"127.0.6.{number + 1}", bomb.request(insider))

    await attack.repeat(one, 3)


async def lengths(attack: Attack) -> None:
    """Lengths of bodies that are wrong, in a partner's name and with a record that must not be stored by them."""
    numbers = iter(range(1_000_000))

    async def one(number: int) -> None:
        record = bodies.record(f"W-{number}-{next(numbers)}")
        said = random.choice(bodies.WRONG_LENGTHS)(record, bodies.bearer(attack.tokens[0]))
        await attack.exchange("127.0.7.1", said, within_s=3)

    await attack.repeat(one, 4)


async def garbage(attack: Attack) -> None:
    """Anything, behind good requests and alone."""

    async def one(number: int) -> None:
        await attack.exchange("127.0.8.1", bodies.garbage(random), within_s=1)

    await attack.repeat(one, 8)


async def flood(attack: Attack) -> None:
    """200 partners that post at ten times the rate they may."""

    async def one(number: int, token: str) -> None:
        posts = itertools.count()
        await asyncio.sleep(random.random() * FLOOD_EVERY_S)
        while attack.going_on:
            opened = await attack.connect(f"127.0.9.{number + 1}")
            if opened is None:
                continue
            reader, writer = opened
            try:
                while attack.going_on:
                    body = bodies.record(f"F{number}-{os.getpid()}-{next(posts)}")
                    writer.write(bodies.post(body, bodies.bearer(token)))
                    head = await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))
                    attack.count(head)
                    await asyncio.sleep(FLOOD_EVERY_S)
            except (OSError, asyncio.IncompleteReadError):
                attack.seen["cut by the server"] += 1
            writer.close()

    await asyncio.gather(*(one(number, token) for number, token in enumerate(attack.tokens[1:])))


KINDS: dict[str, Callable[[Attack], Awaitable[None]]] = {
    kind.__name__: kind for kind in (slow_heads, slow_bodies, idle, unread, huge, bombs, lengths, garbage, flood)
}


def main(said: dict[str, object]) -> None:
    """Run one attack."""
    os.nice(19)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if said["kind"] == "bombs":
        bodies.bombs()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    attack = Attack(said["port"], time.monotonic() + said["seconds"], said["tokens"])
    asyncio.run(KINDS[said["kind"]](attack))
    sys.stdout.write(json.dumps(dict(attack.seen)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
