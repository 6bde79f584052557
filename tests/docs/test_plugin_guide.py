"""The plugin author's guide is whole: every offer, hook and door is in it as the code has it."""

import inspect
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from core import api
from core.run import offers
from tests.docs.snippets import ROOT

GUIDE = (ROOT / "docs" / "plugin-authors-guide.md").read_text(encoding="utf-8")
PLAIN = GUIDE.replace("\\|", "|")
IMPLEMENTATIONS = {
    "checks": "Check",
    "derivers": "Deriver",
    "compilers": "Compiler",
    "commands": "Command",
    "health": "Health",
    "explainers": "Explainer",
}


def signature(function: Callable[..., Any]) -> str:
    """`name(parameters) -> result` as its source has it, without self."""
    said = inspect.signature(function)
    parameters = [parameter for name, parameter in said.parameters.items() if name != "self"]
    return f"{function.__name__}{said.replace(parameters=parameters)}".replace("'", "")


@pytest.mark.parametrize("name", [field.name for field in fields(api.Offers)])
def test_every_kind_of_offer_is_told(name: str) -> None:
    announced = "kinds" if name == "compilers" else name
    assert f"| `{name}` | `offers.{announced}` |" in GUIDE


@pytest.mark.parametrize(("name", "alias"), IMPLEMENTATIONS.items())
def test_the_type_of_each_function_is_told(name: str, alias: str) -> None:
    said = re.search(rf"^{alias} = (.+)$", inspect.getsource(offers), re.MULTILINE)
    assert said is not None
    row = next(line for line in PLAIN.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"`{said[1]}`" in row


def test_every_field_of_an_offer_has_an_example() -> None:
    example = next(part for part in GUIDE.split("```") if "return api.Offers(" in part)
    assert re.findall(r"^        (\w+)=", example, re.MULTILINE) == [field.name for field in fields(api.Offers)]


@pytest.mark.parametrize("name", [name for name in vars(offers.Hooks) if not name.startswith("_")])
def test_every_hook_has_its_exact_signature(name: str) -> None:
    assert f"- `{signature(getattr(offers.Hooks, name))}`" in GUIDE


@pytest.mark.parametrize("name", ["facts", "operate", "service", "progress", "search"])
def test_every_method_of_live_has_its_exact_signature(name: str) -> None:
    assert f"- `{signature(getattr(api.Live, name))}`" in GUIDE


@pytest.mark.parametrize("name", ["start", "stop"])
def test_every_method_of_a_service_has_its_exact_signature(name: str) -> None:
    assert f"- `{signature(getattr(api.Service, name))}`" in GUIDE


def test_no_method_or_property_is_left_out() -> None:
    for kind in (api.Live, api.Service):
        told = GUIDE.split(f"**{kind.__name__}**", 1)[1].split("\n\n**")[0]
        left_out = [name for name in vars(kind) if not name.startswith("_") and f"`{name}" not in told]
        assert left_out == []


@pytest.mark.parametrize("kind", [api.Plugin, api.Facts, api.Batch])
def test_every_field_of_what_is_handed_over_is_told(kind: Any) -> None:
    told = next(line for line in GUIDE.splitlines() if line.startswith(f"**{kind.__name__}**"))
    assert [field.name for field in fields(kind) if f"`{field.name}`" not in told] == []


def test_the_whole_door_is_told() -> None:
    told = GUIDE.split("## 10. The door", 1)[1].split("\n## ")[0]
    assert [name for name in api.__all__ if f"`{name}`" not in told] == []
