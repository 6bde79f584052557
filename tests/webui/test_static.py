"""Our own modules as text: no words in them, and what the shell page asks for ahead of time."""

import re
from pathlib import Path

import pytest
import yaml

WEBUI = Path(__file__).resolve().parents[2] / "webui"
STATIC = WEBUI / "static"
MODULES = sorted(STATIC.rglob("*.js"))
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
IMPORT = re.compile(r'from "(\.[^"]+)"')
WORD = re.compile(r'\bt\("([a-z_.]+)"')


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_no_words_are_in_the_code(module: Path) -> None:
    assert CHINESE.search(module.read_text(encoding="utf-8")) is None


def texts(labels: dict, path: str = "") -> dict[str, str]:
    """{dotted path: text} of the labels."""
    flat: dict[str, str] = {}
    for key, value in labels.items():
        flat |= texts(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}": value}
    return flat


def test_every_word_that_is_asked_for_is_there() -> None:
    labels = texts(yaml.safe_load((WEBUI / "labels" / "zh.yaml").read_text(encoding="utf-8")))
    assert all(isinstance(text, str) for text in labels.values())
    asked = {word for module in MODULES for word in WORD.findall(module.read_text(encoding="utf-8"))}
    assert asked - set(labels) == set()


def reached(*starts: str) -> set[str]:
    """The modules that these import, and those that they import, with themselves."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            folder = (STATIC / name).parent
            imported = IMPORT.findall((STATIC / name).read_text(encoding="utf-8"))
            waiting += [(folder / one).resolve().relative_to(STATIC.resolve()).as_posix() for one in imported]
    return found


def test_the_shell_asks_ahead_for_what_a_list_needs_and_no_more() -> None:
    shell = (WEBUI / "templates" / "shell.html").read_text(encoding="utf-8")
    listed = set(re.findall(r'"([a-z_/]+\.js)"', shell))
    assert listed == reached("main.js", "blocks/table.js")


def test_nothing_makes_code_of_text() -> None:
    forbidden = re.compile(r"\beval\(|new Function|setTimeout\(\s*[\"'`]|document\.write|\bhttps?://(?!www\.w3\.org)")
    offenders = [module.name for module in MODULES if forbidden.search(module.read_text(encoding="utf-8"))]
    assert offenders == []
