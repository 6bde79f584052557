"""Rules about the code itself: size, names, imports, what must not be in it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
NAMES_WITHOUT_MEANING = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def tracked(*patterns: str) -> list[Path]:
    """Files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


PYTHON = tracked("*.py")
OURS = [file for file in PYTHON if "tests" not in file.relative_to(ROOT).parts]


@pytest.mark.parametrize("file", [*PYTHON, *tracked("*.js", "*.css")], ids=lambda file: str(file.relative_to(ROOT)))
def test_no_file_is_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_function_is_long(file: Path) -> None:
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_build_reads_on_one_screen() -> None:
    tree = ast.parse((ROOT / "core" / "run" / "build.py").read_text(encoding="utf-8"))
    build = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "build")
    assert build.end_lineno - build.lineno + 1 <= 40


def test_no_file_is_named_for_nothing() -> None:
    assert [file.name for file in PYTHON if file.stem in NAMES_WITHOUT_MEANING] == []


@pytest.mark.parametrize("file", OURS, ids=lambda file: str(file.relative_to(ROOT)))
def test_public_things_have_docstrings(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    bare = [] if ast.get_docstring(tree) or not tree.body else ["the module"]
    bare += [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not _is_inner(tree, node)
        and not _is_overload_of_base(node)
    ]
    assert bare == []


def _is_inner(tree: ast.Module, node: ast.AST) -> bool:
    """What is inside a function or a private class is private to it."""
    return any(
        node is not outer and node in ast.walk(outer)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        or (isinstance(outer, ast.ClassDef) and outer.name.startswith("_"))
    )


def _is_overload_of_base(node: ast.AST) -> bool:
    """Tornado's and the standard library's own method names say what they do."""
    return getattr(node, "name", "") in {"initialize", "connect", "prepare"}


PLUGIN_FILES = [file for file in OURS if file.is_relative_to(ROOT / "plugins")]


@pytest.mark.parametrize("file", PLUGIN_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_plugin_knows_the_door_and_nothing_else(file: Path) -> None:
    for module in _imports(file):
        assert module == "core.api" or not re.match(r"(core|webui|plugins)(\.|$)", module), module


def _imports(file: Path) -> list[str]:
    modules = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "core" else [node.module]
            modules += [name or "" for name in names]
    return modules


def test_no_plugin_imports_another() -> None:
    offenders = [
        f"{file.relative_to(ROOT)}: {module}"
        for file in PLUGIN_FILES
        for module in _imports(file)
        if module.startswith("zc_plugin_")
    ]
    assert offenders == []


def test_nothing_is_left_undone() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in OURS
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if mark.search(line)
    ]
    assert found == []


def test_every_silenced_warning_says_why() -> None:
    bare = re.compile(r"#\s*(noqa(: [A-Z0-9, ]+)?|type: ignore(\[[a-z-, ]+\])?)\s*$")
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in OURS
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []


def test_every_change_is_kept_out_of_comments() -> None:
    history = re.compile(r"#.*\b(previously|used to be|was changed|no longer needed|refactor)", re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in OURS
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if history.search(line)
    ]
    assert found == []
