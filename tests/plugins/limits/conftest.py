"""The limits plugin's offers, and declarations and facts for it."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from core import api
from core.declare import loader

FOLDER = Path(__file__).parents[3] / "plugins" / "limits"
HEAD = "title: 测试\nlaw: 测试\narticle: 测试\nparaphrase: 测试数据\nstatus: owner to confirm\n"


@pytest.fixture(scope="session")
def offers(plugin_of) -> api.Offers:
    return plugin_of("limits").offer()


@pytest.fixture(scope="session")
def declare() -> Callable[..., api.Declaration]:
    """A declaration of kind limit from its id and its text after the words of law; rows in YAML's flow form."""

    def make(name: str, text: str) -> api.Declaration:
        document, problems = loader.load(f"{name}.yaml", (text if "law:" in text else HEAD + text).encode())
        assert problems == []
        return api.Declaration("limit", name, document.data, document, "limits")

    return make


@pytest.fixture(scope="session")
def shipped(declare) -> api.Declaration:
    return declare("gross_2016", (FOLDER / "limits" / "gross_2016.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def facts_of(offers) -> Callable[..., api.Facts]:
    """Facts in which the given declarations hold; classes are the shipped ones unless `items` says otherwise."""
    text = (FOLDER / "dictionaries" / "overload_class.yaml").read_text(encoding="utf-8")
    classes = yaml.safe_load(text)["items"]

    def facts(*declarations: api.Declaration, zone: str = "Asia/Shanghai", items: dict | None = None) -> api.Facts:
        compiled, problems = offers.compilers["limit"]({one.id: one for one in declarations}, {})
        assert problems == []
        dictionaries = {"overload_class": classes if items is None else items}
        return api.Facts(
            {"limit": compiled},
            dictionaries,
            ZoneInfo(zone),
            "测试站",
            demo=False,
            home=Path(),
            settings={"classes": "overload_class"},
        )

    return facts
