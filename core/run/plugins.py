"""Importing plugins by file location and collecting their offers, each failure a problem with the plugin's name."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from core.declare.library import Manifest
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.run.offers import OFFER_KINDS, PROJECT, Hooks, Offers, Plugin

WORDS = {
    "field_types": "field type",
    "checks": "check",
    "derivers": "deriver",
    "compilers": "the compiler of kind",
    "services": "service",
    "commands": "command",
    "health": "health check",
    "explainers": "explainer",
    "transports": "transport",
}


@dataclass(frozen=True)
class Loaded:
    """One plugin with its manifest, its settings and what it offers."""

    manifest: Manifest
    plugin: Plugin
    offers: Offers
    module: ModuleType | None
    code_digest: str


def load(
    manifests: Mapping[str, Manifest], settings: Mapping[str, Mapping[str, Any]], home: Path
) -> tuple[dict[str, Loaded], pluggy.PluginManager, list[Problem]]:
    """Import every plugin that has Python and ask it for its offers; one PluginManager for the snapshot."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    loaded: dict[str, Loaded] = {}
    problems: list[Problem] = []
    for manifest in manifests.values():
        plugin = Plugin(manifest.id, settings.get(manifest.id) or {}, manifest.folder, home)
        one, found = _load_one(manifest, plugin, manager)
        problems += found
        if one is not None:
            loaded[manifest.id] = one
    return loaded, manager, problems


def _load_one(manifest: Manifest, plugin: Plugin, manager: pluggy.PluginManager) -> tuple[Loaded | None, list[Problem]]:
    declaration = manifest.declaration
    digest = code_digest(manifest.folder)
    if not (manifest.folder / "plugin.py").is_file():
        loaded = Loaded(manifest, plugin, Offers(), None, digest)
        return loaded, _compare(manifest, loaded.offers)
    try:
        module = _import(manifest.id, manifest.folder, digest)
        manager.register(module, name=manifest.id)
        manager.check_pending()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code: whatever it raises is its problem
        if manager.has_plugin(manifest.id):
            manager.unregister(name=manifest.id)
        return None, [declaration.problem("ZC401", plugin=manifest.id, raised=_where(error, manifest.folder))]
    try:
        offers = _ask(module, plugin)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code
        return None, [declaration.problem("ZC402", plugin=manifest.id, raised=_where(error, manifest.folder))]
    problems = _compare(manifest, offers)
    if module.__dict__["__zc_digest__"] != digest:
        problems.append(declaration.problem("ZC405", plugin=manifest.id))
    return Loaded(manifest, plugin, offers, module, digest), problems


def _ask(module: ModuleType, plugin: Plugin) -> Offers:
    offer = getattr(module, "offer", None)
    if offer is None:
        return Offers()
    offers = offer(plugin) if offer.__code__.co_argcount else offer()
    if not isinstance(offers, Offers):
        raise TypeError(f"offer() returned {type(offers).__name__}, not api.Offers")
    for kind in OFFER_KINDS:
        if not isinstance(getattr(offers, kind), Mapping):
            raise TypeError(f"offer() returned {kind} that are no mapping from name to implementation")
    return offers


def raised_by(error: BaseException, loaded: Mapping[str, Loaded]) -> Loaded | None:
    """The plugin in whose Python the error was raised; None where it was the core's own."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return next((one for one in loaded.values() if _is_in(one.manifest.folder, files)), None)


def _is_in(folder: Path, files: Sequence[str]) -> bool:
    return any(Path(file).is_relative_to(folder) for file in files)


def _compare(manifest: Manifest, offers: Offers) -> list[Problem]:
    """A name announced without implementation, or the reverse, is a problem."""
    problems = []
    announced: Mapping[str, Any] = manifest.declaration.data.get("offers", {})
    for kind in OFFER_KINDS:
        names = set(announced.get("kinds" if kind == "compilers" else kind, ()))
        given = set(getattr(offers, kind))
        where = ("offers", "kinds" if kind == "compilers" else kind)
        for name in sorted(names - given):
            problems.append(
                manifest.declaration.problem(
                    "ZC403", *where, name, plugin=manifest.id, kind=phrase(WORDS[kind]), name=name
                )
            )
        for name in sorted(given - names):
            problems.append(
                manifest.declaration.problem("ZC404", *where, plugin=manifest.id, kind=phrase(WORDS[kind]), name=name)
            )
    for name in announced.get("blocks", ()):
        if not (manifest.folder / "blocks" / f"{name}.js").is_file():
            values = {"plugin": manifest.id, "name": name}
            problems.append(manifest.declaration.problem("ZC408", "offers", "blocks", name, **values))
    return problems


def _import(plugin_id: str, folder: Path, digest: str) -> ModuleType:
    """Import plugin.py as zc_plugin_<id>, once for the life of the process: code is never reloaded."""
    name = f"zc_plugin_{plugin_id}"
    file = folder / "plugin.py"
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(file):
        return known
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be imported")
    for stale in [item for item in sys.modules if item == name or item.startswith(f"{name}.")]:
        del sys.modules[stale]
    module = importlib.util.module_from_spec(spec)
    module.__dict__["__zc_digest__"] = digest
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def run_in(plugin_id: str, folder: Path, function: str, arguments: Sequence[Any]) -> Any:
    """Run `function`, written module.name, of a plugin: what a process of the pool does, which has imported none."""
    module, _, name = function.rpartition(".")
    return getattr(_imported(plugin_id, folder, module), name)(*arguments)


def prepare_in(plugin_id: str, folder: Path, module: str) -> None:
    """Import a module of a plugin, so that `run_in` finds it imported."""
    _imported(plugin_id, folder, module)


def _imported(plugin_id: str, folder: Path, module: str) -> ModuleType:
    package = _import(plugin_id, folder, code_digest(folder))
    return importlib.import_module(f"{package.__name__}.{module}")


def code_digest(folder: Path) -> str:
    """Digest of a plugin's Python files."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(str(file.relative_to(folder)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _where(error: BaseException, folder: Path) -> str:
    """What was raised and the last line of the plugin's own code that led there."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(str(folder))]
    if isinstance(error, SyntaxError) and error.filename:
        place = f" ({Path(error.filename).name}:{error.lineno})"
    else:
        place = f" ({Path(lines[-1].filename).relative_to(folder)}:{lines[-1].lineno})" if lines else ""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}{place}"
