"""Plugins for tests, imported by file location as the core does it."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"


@pytest.fixture(scope="session")
def plugin_of() -> Iterator[Callable[[str], ModuleType]]:
    """The plugin of an id as a package; under a name of its own, so that the core's import of it stays untouched."""

    def load(plugin: str) -> ModuleType:
        name = f"tested_plugin_{plugin}"
        if name not in sys.modules:
            folder = PLUGINS / plugin
            spec = importlib.util.spec_from_file_location(
                name, folder / "plugin.py", submodule_search_locations=[str(folder)]
            )
            module = sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        return sys.modules[name]

    yield load
    for name in [name for name in sys.modules if name.startswith("tested_plugin_")]:
        del sys.modules[name]
