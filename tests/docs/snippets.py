"""The documents' fenced blocks, and a reader who does what they say: writes the files, types the commands, looks.

How a document writes them:

- yaml and python begin with a comment that names their file, from the home's folder; `, at the end` behind the name
  adds to the file. json and csv name theirs behind the language.
- sh is typed line by line; the last command of a block marked `fails` ends with 1, every other one with 0.
- text behind sh is promised output: each line is printed in that order, … standing for anything.
- norun marks what is only shown.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.core.cli.command import ROOT, Server, exit_code, start

SHELL = frozenset("|<>&;$`*")
"""Signs that a line needs a shell for."""

DOCUMENTED_URL = "http://127.0.0.1:8600"
PLACEHOLDERS = {
    "APPID": r'(?:"appid": "|^appid +)([\w.-]+)',
    "SECRET": r'(?:"secret": "|^secret +)([\w.-]+)',
    "KEY": r'(?:"key": "|^key +)([\w.-]+)',
    "TOKEN": r'"token": ?"([\w.-]+)',
    "BACKUP": r"^backup ([\w-]+):",
}
"""Words of the documents for what a command prints, and how it prints them; filled in from then on."""

FENCE = re.compile(r"^```(\S*)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMED_BY_COMMENT = {"yaml", "python"}
NAMED_BY_MARK = {"json", "csv"}


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and marks, and the heading it stands under."""

    document: str
    section: str
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.document}, {self.section}: {self.first_line}"

    @property
    def first_line(self) -> str:
        """What stands first in it."""
        return self.text.split("\n", 1)[0]

    @property
    def is_run(self) -> bool:
        """Whether a reader does it."""
        return "norun" not in self.marks

    @property
    def file(self) -> str:
        """The file that the block names; empty where none."""
        if self.language in NAMED_BY_MARK:
            return next(iter(self.marks), "")
        if self.language in NAMED_BY_COMMENT and self.first_line.startswith("# "):
            return self.first_line.removeprefix("# ").partition(",")[0].strip()
        return ""

    @property
    def adds(self) -> bool:
        """Whether its lines go to the end of the file."""
        return self.first_line.endswith(", at the end")

    @property
    def commands(self) -> list[str]:
        """The commands of a sh block."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line for line in lines if line.strip() and not line.startswith("#")]

    @property
    def plain(self) -> str:
        """The block without comments, but for the one that names the file."""
        lines = [re.sub(r"(^|\s+)# .*$", "", line) for line in self.text.splitlines()]
        return "\n".join([f"{self.language} {' '.join(self.marks)} {self.file}", *filter(None, lines)])


def blocks(document: str) -> list[Block]:
    """All fenced blocks of a document, named from the root of the checkout."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for fence in FENCE.finditer(text):
        section = HEADING.findall(FENCE.sub("", text[: fence.start()]))
        marks = tuple(fence[2].split())
        found.append(Block(document, section[-1] if section else "", fence[1], marks, fence[3]))
    return found


@dataclass
class Reader:
    """Somebody who follows a document, in a folder of their own and with a server of their own."""

    folder: Path
    here: Path = field(init=False)
    server: Server | None = None
    output: str = ""
    known: dict[str, str] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.here = self.folder
        shim = self.folder / "bin" / "zc"
        shim.parent.mkdir(parents=True)
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m core.cli "$@"\n')
        shim.chmod(0o755)
        (shim.parent / "python3").symlink_to(sys.executable)

    def follow(self, document: str) -> Iterator[Block]:
        """Do block after block; each is handed out once it is done."""
        for block in blocks(document):
            if block.is_run:
                self.do(block)
                yield block

    def do(self, block: Block) -> None:
        """Write the block's file, type its commands, or see that what it promises was printed."""
        if block.language == "sh":
            self._type(block)
        elif block.language == "text":
            self._see(block)
        else:
            assert block.file, f"{block} names no file"
            self._write(block)

    def stop(self) -> None:
        """Ctrl+C in the server's terminal."""
        if self.server is not None:
            assert self.server.stop() == 0
            assert self.server.process.stdout is not None
            self.server.process.stdout.close()
            self.server = None

    def _write(self, block: Block) -> None:
        file = self.here / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        before = self.written[file] if block.adds else ""
        text = block.text.split("\n", 1)[1] if block.adds else block.text
        self.written[file] = before + text
        self._fill(file)

    def _fill(self, file: Path) -> None:
        file.write_text(self._filled(self.written[file]), encoding="utf-8")

    def _filled(self, text: str) -> str:
        for word in PLACEHOLDERS:
            text = re.sub(rf"\b{word}\b", self.known.get(word, word), text)
        return text.replace(DOCUMENTED_URL, self.server.url if self.server else DOCUMENTED_URL)

    def _type(self, block: Block) -> None:
        printed = []
        for number, line in enumerate(block.commands, start=1):
            code, output = self._run(self._filled(line))
            expected = 1 if "fails" in block.marks and number == len(block.commands) else 0
            assert code == expected, f"{block}\n{line} → {code}\n{output}"
            printed.append(output)
            self._learn(output)
        self.output = "\n".join(printed).replace(self.server.url if self.server else DOCUMENTED_URL, DOCUMENTED_URL)

    def _run(self, line: str) -> tuple[int, str]:
        words = shlex.split(line, comments=True)
        if words[0] == "cd":
            self.here = self.here / words[1]
            return 0, ""
        if words[:2] == ["zc", "run"]:
            self.stop()
            self.server = start(self.here, *words[2:])
            return 0, self.server.link
        if words[0] == "curl":
            return 0, self._curl(words[1:])
        if words[0] == "zc" and SHELL.isdisjoint(line):
            return self._zc(words[1:])
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", line], cwd=self.here, capture_output=True, text=True, timeout=60,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def _zc(self, words: list[str]) -> tuple[int, str]:
        """What `zc …` ends with and prints, run in this process: a guide has some seventy of them."""
        printed = io.StringIO()
        with chdir(self.here), redirect_stdout(printed), redirect_stderr(printed):
            code = exit_code(words)
        return code, printed.getvalue()

    def _curl(self, words: list[str]) -> str:
        """What `curl -s [-H HEADER] -d BODY|@FILE URL` prints; a machine with Python and make may have no curl."""
        headers, body, url = {}, None, ""
        rest = iter(words)
        for word in rest:
            if word == "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            elif word == "-d":
                said = next(rest)
                body = (self.here / said[1:]).read_bytes() if said.startswith("@") else said.encode()
            elif word != "-s":
                url = word
        answered = httpx.request("GET" if body is None else "POST", url, content=body, headers=headers)
        return answered.text

    def _learn(self, output: str) -> None:
        for word, printed in PLACEHOLDERS.items():
            if found := re.search(printed, output, re.MULTILINE):
                self.known[word] = found[1]
        for file, text in self.written.items():
            if any(word in text for word in PLACEHOLDERS):
                self._fill(file)

    def _see(self, block: Block) -> None:
        rest = " ".join(self.output.split())
        for line in filter(str.strip, block.text.splitlines()):
            pattern = ".*?".join(re.escape(" ".join(part.split())) for part in line.split("…"))
            found = re.search(pattern, rest)
            assert found, f"{block}\npromised: {line}\nprinted:\n{self.output}"
            rest = rest[found.end() :]
