"""Bytes of strangers: whatever comes, a decoder returns or raises what it declares, in bounded time and memory.

The soak gives each target to atheris for its minutes and keeps what it finds worth trying in var/soak/corpus, from
which the next run goes on. `make test` tries the samples, and what is near to them, without atheris.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.cli.command import ROOT
from tests.soak.conftest import Tell
from tests.soak.decoders import TARGETS
from tests.soak.memory import Memory, watched
from tests.soak.progress import FOLDER, minutes
from tests.soak.seeds import seeds

SLOW_S = 5
LARGEST_BYTES = 8192
LARGEST_MIB = 1024
SPOILT = 20  # spoilt copies of each sample
MARKS = (b"", b"\0", b"\xff", b"\xfe\xff", b"<", b"&", b'"', b"{", b"[" * 300, b"1e999", b"\r\n--", b"%u", b"=?")


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", TARGETS)
def test_a_target_under_atheris(name: str, tmp_path: Path, tell: Tell) -> None:
    corpus = FOLDER / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    write(tmp_path / "seeds", seeds(name))
    found = tmp_path / "found"
    found.mkdir()
    said, code, memory = fuzz(name, corpus, tmp_path / "seeds", found)
    for file in found.iterdir():
        tell(f"{name}: {file.name.partition('-')[0]} by {file.read_bytes()!r}")
    assert code == 0, said[-8000:]
    runs = re.findall(r"stat::number_of_executed_units:\s+(\d+)", said)
    tell(f"{name}: {int(runs[0]):,} inputs, {len(list(corpus.iterdir()))} kept; {memory}")
    assert int(runs[0]) > 0
    assert not memory.grew, str(memory)


def fuzz(name: str, corpus: Path, samples: Path, found: Path) -> tuple[str, int, Memory]:
    """(what atheris said, its exit code, its memory) of one run."""
    arguments = [
        f"-max_total_time={round(minutes() * 60)}", f"-timeout={SLOW_S}", f"-rss_limit_mb={LARGEST_MIB}",
        f"-max_len={LARGEST_BYTES}", "-len_control=0", f"-artifact_prefix={found}/", "-print_final_stats=1",
        str(corpus), str(samples),
    ]  # fmt: skip
    log = found.with_name("log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.fuzz", name, *arguments], cwd=ROOT, stdout=out, stderr=out
        )
        try:
            with watched(process.pid) as memory:
                code = process.wait()
        finally:
            process.kill()
            process.wait()
    return log.read_text(errors="replace"), code, memory


def write(folder: Path, samples: list[bytes]) -> None:
    """Write samples as files."""
    folder.mkdir()
    for number, sample in enumerate(samples):
        (folder / str(number)).write_bytes(sample)


@pytest.mark.parametrize("name", TARGETS)
def test_samples_and_what_is_near_to_them(name: str) -> None:
    run, dice = TARGETS[name](), random.Random(name)
    samples = seeds(name)
    assert samples
    for sample in samples:
        run(sample)
        for spoilt in near(sample, dice):
            run(spoilt)


def near(sample: bytes, dice: random.Random) -> Iterator[bytes]:
    """The sample cut short, with a byte changed, a piece twice, a mark put in; its first byte as it is."""
    for _ in range(SPOILT):
        start, end = sorted(dice.randint(1, max(1, len(sample))) for _ in range(2))
        mark = dice.choice(MARKS)
        yield dice.choice(
            [
                sample[:end],
                sample[:start] + sample[end:],
                sample[:end] + sample[start:],
                sample[:start] + mark + sample[start:],
                sample[:start] + bytes([dice.randrange(256)]) + sample[start + 1 :],
            ]
        )
