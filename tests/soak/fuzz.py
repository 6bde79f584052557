"""One target under atheris, in a process of its own: `python -m tests.soak.fuzz TARGET LIBFUZZER_ARGUMENTS`.

libFuzzer ends the process, with a trace and the input in a file, at the first exception, slow input or too much memory.
"""

from __future__ import annotations

import logging
import sys

import atheris

INSTRUMENTED = ["core", "multipart", "csv", "gzip", "urllib.parse", "string", "tornado.httputil"]


def main() -> None:
    """Fuzz until libFuzzer's arguments say enough."""
    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.soak.decoders import TARGETS

    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    run = TARGETS[sys.argv.pop(1)]()
    atheris.Setup(sys.argv, run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
