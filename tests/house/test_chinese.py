"""Every sentence that people are told about declarations is there in English and in Chinese, with the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from core.declare.phrase import TOLD
from core.declare.problem import catalogue, chinese

ROOT = Path(__file__).parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")
FILES = sorted(
    [
        ROOT / "core/run/blocks.yaml",
        ROOT / "core/entity/types/types.yaml",
        *ROOT.glob("core/declare/kinds/*.yaml"),
        *ROOT.glob("plugins/*/plugin.yaml"),
        *ROOT.glob("plugins/*/kinds/*.yaml"),
    ]
)
SAYING = ("entities", "categories", "dictionaries", "pages", "roles", "statistics", "conformance")
DECLARED = sorted(
    file
    for folder in (ROOT / "config", *ROOT.glob("plugins/*"))
    for saying in SAYING
    for file in folder.glob(f"{saying}/*.yaml")
)
RUN_BY_WEB = (
    "accounts", "arguments", "asking", "checking", "conformance", "door", "fetching", "job_run", "jobs", "live",
    "loading", "manual", "partners", "pulling", "records", "refusals", "sheet", "taking", "trying", "users",
)  # fmt: skip
SPEAKING = {
    ROOT / "core/declare/zh/phrases.yaml": ROOT / "core",
    **{file: file.parents[1] for file in sorted(ROOT.glob("plugins/*/zh/phrases.yaml"))},
}


ASKED_BY_WEB = sorted(
    [
        *(ROOT / f"core/run/{name}.py" for name in RUN_BY_WEB),
        *(ROOT / f"core/store/{name}.py" for name in ("figures", "search", "statistics", "verbs", "where")),
        *(
            ROOT / f"plugins/pulling/{name}.py"
            for name in ("asking", "databases", "pages", "remote", "sftp", "watermark")
        ),
    ]
)


def chinese_of(file: Path) -> Path:
    folder = file.parent
    return folder.parent / "zh" / "kinds" / file.name if folder.name == "kinds" else folder / "zh" / file.name


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def sentences(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """(path, text) of every sentence of a kind or of what is offered; no default and no example is one."""
    for name, value in data.items() if isinstance(data, Mapping) else ():
        if name in TOLD and isinstance(value, str):
            yield (*path, name), value
        elif name not in ("default", "example"):
            yield from sentences(value, (*path, name))


@pytest.mark.parametrize("key", ["what", "mend", "help"])
def test_every_problem_is_told_in_chinese_with_the_same_values(key: str) -> None:
    english = {code: entry[key] for code, entry in catalogue().items() if key in entry}
    told = {code: entry[key] for code, entry in chinese().items() if key in entry}
    assert told.keys() == english.keys()
    if key != "help":
        assert {code: values_in(text) for code, text in told.items()} == {
            code: values_in(text) for code, text in english.items()
        }
    assert [code for code, text in told.items() if text != english[code] and not HAN.search(text)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_sentence_of_a_kind_has_its_chinese(file: Path) -> None:
    english = dict(sentences(yaml.safe_load(file.read_text("utf-8"))))
    told = dict(sentences(yaml.safe_load(chinese_of(file).read_text("utf-8"))))
    assert told.keys() == english.keys()
    assert [path for path, text in told.items() if not HAN.search(text)] == []


@pytest.mark.parametrize("file", DECLARED, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_a_shipped_declaration_says_is_chinese(file: Path) -> None:
    told = dict(sentences(yaml.safe_load(file.read_text("utf-8"))))
    assert [path for path, text in told.items() if text and not HAN.search(text)] == []


def test_no_chinese_file_is_of_nothing() -> None:
    there = {file for file in ROOT.glob("*/**/zh/**/*.yaml") if "node_modules" not in file.parts}
    assert there == {chinese_of(file) for file in FILES} | {*SPEAKING, ROOT / "core/declare/zh/catalogue.yaml"}


@pytest.mark.parametrize("file", SPEAKING, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_code_says_has_its_chinese(file: Path) -> None:
    told = yaml.safe_load(file.read_text("utf-8"))
    said = {text for path in sorted(SPEAKING[file].rglob("*.py")) for text in spoken(path)}
    assert sorted(said - told.keys()) == []
    assert {text for text in told if values_in(text) != values_in(told[text])} == set()


def spoken(path: Path) -> Iterator[str]:
    """Every text that the file hands to phrase() or joined() as it stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("phrase", "joined"):
            given = node.args[0 if node.func.id == "phrase" else 1]
            if isinstance(given, ast.Constant):
                yield given.value


def test_what_code_says_of_a_problem_is_a_phrase() -> None:
    """No sentence in a call of problem() or fault() that nobody could translate."""
    plain = [
        f"{path.relative_to(ROOT)}:{value.lineno}"
        for folder in ("core", "plugins")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for value in told_plainly(path)
    ]
    assert plain == []


@pytest.mark.parametrize("path", ASKED_BY_WEB, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_error_that_a_page_may_show_is_a_phrase(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    errors = [node for node in calls if called(node.func) in ("ZcError", "PullFailed", "OtherVersion", "Conflict")]
    assert errors != []
    assert [
        node.lineno for node in errors for given in node.args if isinstance(given, ast.Constant | ast.JoinedStr)
    ] == []


def told_plainly(path: Path) -> Iterator[ast.expr]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and called(node.func) in ("problem", "fault"):
            for given in node.keywords:
                if isinstance(given.value, ast.Constant) and " " in str(given.value.value):
                    yield given.value
                if isinstance(given.value, ast.JoinedStr) and any(
                    isinstance(part, ast.Constant) and re.search("[a-z]{2,} ", part.value)
                    for part in given.value.values
                ):
                    yield given.value


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
