"""Broken homes and the problems they must print, byte for byte.

A case is a folder <CODE>_<slug>/ with the files laid over base/, a setup.py (run in the finished home, in a process
of its own) where files alone cannot say it, a then.sh (run after a first check, before the one that counts) where it
takes a change while zc runs, and expected.txt. ZC_BAD_WRITE=1 writes expected.txt anew; read what changed before
keeping it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.declare.problem import Problem, catalogue
from core.run import checking
from core.run.home import Home
from core.run.live import BadDeclarations, Platform

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
NOT_OF_THE_HOME = ("setup.py", "then.sh", "expected.txt", "__pycache__")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
HAN = re.compile(r"[\u4e00-\u9fff]")
CASES = sorted(path.parent for path in HERE.glob("*/expected.txt"))


def problems_of(home: Path) -> list[Problem]:
    """All problems that a check of `home` finds, or where it finds none, a start."""
    found = [Problem.of(said) for said in checking.check(Home(home))["problems"]]
    return found if found or not (home / "data").is_dir() else problems_of_starting(Home(home))


def problems_of_starting(home: Home) -> list[Problem]:
    """What a start tells that a check cannot know before: a migration is only run then."""
    try:
        with home.lock(), Platform.opened(home, strict=True):
            return []
    except BadDeclarations as error:
        return error.problems


def laid_out(case: Path, home: Path) -> Path:
    """The home of a case: base, the case's files over it, then its setup."""
    for layer in (HERE / "base", case):
        shutil.copytree(layer, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_OF_THE_HOME))
    secrets = home / "config" / "secrets.yaml"
    if secrets.exists():
        secrets.chmod(0o600)  # git keeps no such mode
    if (case / "setup.py").exists():
        subprocess.run([sys.executable, str(case / "setup.py")], cwd=home, check=True, env=ENVIRONMENT)
    return home


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_prints_exactly_these_problems(case: Path, tmp_path: Path) -> None:
    home = laid_out(case, tmp_path / "home")
    found = problems_of(home)
    if (case / "then.sh").exists():
        subprocess.run(["sh", str(case / "then.sh")], cwd=home, check=True)
        found = problems_of(home)
    printed = "".join(f"{problem}\n" for problem in found)
    printed = printed.replace(str(tmp_path / "home"), "<home>").replace(str(CHECKOUT), "<zc>")
    expected = case / "expected.txt"
    if os.environ.get("ZC_BAD_WRITE") == "1":
        expected.write_text(printed, encoding="utf-8")
    assert printed == expected.read_text(encoding="utf-8")
    assert case.name[:5] in {problem.code for problem in found}
    for problem in found:
        told = problem.as_dict()["zh"]
        assert HAN.search(told["what"]), problem
        assert HAN.search(told["mend"]) or told["mend"] in ("", "chmod 600 config/secrets.yaml"), problem


def test_every_case_has_its_expected_text() -> None:
    folders = {path for path in HERE.iterdir() if re.match(r"ZC\d{3}_", path.name)}
    assert folders == set(CASES)


def test_the_base_has_no_problems(tmp_path: Path) -> None:
    assert problems_of(laid_out(HERE / "base", tmp_path / "home")) == []


def test_every_code_is_printed_by_some_case() -> None:
    printed = {code for case in CASES for code in re.findall(r"\[(ZC\d{3})\]", (case / "expected.txt").read_text())}
    assert set(catalogue()) == printed


def test_nothing_secret_is_printed() -> None:
    for case in HERE.glob("ZC1*_secrets*"):
        text = (case / "expected.txt").read_text(encoding="utf-8")
        assert "test" not in text
        assert "12345" not in text
