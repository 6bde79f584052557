"""The load generator, a process of its own: `python -m core.cli.bench.generator` reads a Load as JSON from each line of
its standard input and prints the Stretch that came of it."""

from __future__ import annotations

import asyncio
import gc
import sys

import msgspec

from core.cli.bench.load import Load, run
from core.cli.bench.payload import bodies


def main() -> None:
    """Do the jobs, one after the other; no record is sent twice as long as they have the same text around it."""
    gc.disable()
    source, made_for = bodies("", "", 1), ("", "", 1)
    for line in sys.stdin:
        load = msgspec.json.decode(line, type=Load)
        if made_for != (load.before, load.after, load.size):
            made_for = (load.before, load.after, load.size)
            source = bodies(*made_for)
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(run(load, source))) + b"\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
