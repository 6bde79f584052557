"""The checklist that every plugin of ours passes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/plugin.yaml"))
BY_NAME = pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)


def manifest(plugin: Path) -> dict[str, Any]:
    return yaml.safe_load((plugin / "plugin.yaml").read_text(encoding="utf-8"))


@BY_NAME
def test_it_says_what_it_is(plugin: Path) -> None:
    said = manifest(plugin)
    assert said["title"]
    assert len(said["help"]) > 20
    assert said["version"]


@BY_NAME
def test_every_setting_has_a_label(plugin: Path) -> None:
    for name, rules in manifest(plugin).get("settings", {}).items():
        assert rules["meta"]["label"], name


@BY_NAME
def test_every_offer_says_what_it_does(plugin: Path) -> None:
    for kind, offers in manifest(plugin).get("offers", {}).items():
        for name, said in offers.items() if isinstance(offers, dict) else ():
            assert said["label"], (kind, name)
            assert said.get("help"), (kind, name)


@BY_NAME
def test_what_has_code_has_tests_and_a_hook_marked_as_one(plugin: Path) -> None:
    code = plugin / "plugin.py"
    if not code.is_file():
        assert not list(plugin.glob("*.py"))
        return
    assert list((ROOT / "tests" / "plugins" / plugin.name).glob("test_*.py"))
    assert "@api.hook" in code.read_text(encoding="utf-8")


@BY_NAME
def test_every_kind_it_brings_has_an_example_and_a_broken_one(plugin: Path) -> None:
    bad = list((ROOT / "tests" / "bad").glob("*/config/*/*.yaml"))
    for kind in plugin.glob("kinds/*.yaml"):
        folder = yaml.safe_load(kind.read_text(encoding="utf-8")).get("folder", f"{kind.stem}s")
        assert list((plugin / "examples" / folder).glob("*.yaml"))
        assert [file for file in bad if file.parent.name == folder]


def test_every_kind_of_the_core_has_a_broken_declaration() -> None:
    printed = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "bad").glob("*/expected.txt"))
    for kind in (ROOT / "core" / "declare" / "kinds").glob("*.yaml"):
        said = yaml.safe_load(kind.read_text(encoding="utf-8"))
        where = said.get("single") or said.get("suffix") or f"{said['folder']}/"
        assert where in printed, kind.stem
