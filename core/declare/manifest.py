"""A plugin as its manifest tells it, readable without importing its code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from core.declare import kind as kinds_of
from core.declare.declaration import Declaration, Document
from core.declare.kind import Kind
from core.declare.phrase import phrase, with_chinese
from core.declare.problem import Problem, problem
from core.declare.rules import OFFERED, Allowed, Schema
from core.declare.shape import shape
from core.declare.sources import Sources
from core.declare.wording import guess, known


@dataclass(frozen=True)
class Manifest:
    """One plugin that the site runs. `settings` are what site.yaml says, with the plugin's defaults."""

    id: str
    folder: Path
    declaration: Declaration
    settings: Mapping[str, Any]
    sound: bool = True

    @property
    def title(self) -> str:
        """Its name for people."""
        return str(self.declaration.data["title"]) if self.sound else self.id

    @property
    def needs(self) -> list[str]:
        """Ids of the plugins that must run beside it."""
        return list(self.declaration.data["needs"]) if self.sound else []

    @property
    def offers(self) -> Mapping[str, Any]:
        """The names it announces, by kind of offer: {"derivers": {name: {label, help, …}}, …, "kinds": [name]}."""
        offers: Mapping[str, Any] = self.declaration.data["offers"] if self.sound else {}
        return offers

    def options_of(self, kind: str) -> dict[str, Schema | None]:
        """What it offers of a kind, such as blocks, with the schema of their options; None, for any, where the manifest
        has problems."""
        if self.sound:
            return {name: offer["options"] for name, offer in self.offers[kind].items()}
        offers = self.declaration.data.get("offers") if isinstance(self.declaration.data, Mapping) else None
        named = offers.get(kind) if isinstance(offers, Mapping) else None
        return dict.fromkeys(named) if isinstance(named, Mapping) else {}


def read(
    site: Document, available: Mapping[str, Path], kind: Kind, sources: Sources
) -> tuple[dict[str, Manifest], bool]:
    """The manifests of the plugins that site.yaml names, in its order, and whether none is missing or unreadable."""
    named = _named(site)
    problems = list(_unknown(site, named, available))
    manifests = {}
    for name in named:
        if name in available:
            document = sources.document(f"plugins/{name}/plugin.yaml", available[name] / "plugin.yaml")
            if document is not None:
                manifests[name] = _manifest(name, available[name], document, kind, sources)
    problems += _needs(manifests.values(), named)
    sources.problems += problems
    return manifests, not problems and len(manifests) == len(named)


def _named(site: Document) -> list[str]:
    """Ids of the plugins that site.yaml names."""
    named = site.data.get("plugins") if isinstance(site.data, Mapping) else None
    return list(named) if isinstance(named, Mapping) else []


def _manifest(name: str, folder: Path, document: Document, kind: Kind, sources: Sources) -> Manifest:
    raw = Declaration("plugin", name, document.data, document, name)
    key = ("manifest", document.file, document.digest)
    shaped = sources.cache.remember(key, lambda: shape(raw, kind.schema, Allowed()))
    sources.problems += shaped.problems
    if shaped.problems:
        return Manifest(name, folder, shaped.declaration, {}, sound=False)
    said = with_chinese(shaped.declaration.data, folder / "zh" / "plugin.yaml")
    return Manifest(name, folder, replace(shaped.declaration, data=said), {})


def _unknown(site: Document, named: Iterable[str], available: Mapping[str, Path]) -> Iterator[Problem]:
    for name in named:
        if name not in available:
            place = site.places[("plugins", name)]
            values = {"value": name, "known": known(available)}
            yield problem("ZC301", place, "plugins", **values, **guess(name, available))


def _needs(manifests: Iterable[Manifest], named: Iterable[str]) -> Iterator[Problem]:
    for manifest in manifests:
        for index, other in enumerate(manifest.needs):
            if other not in named:
                yield manifest.declaration.problem("ZC302", "needs", index, plugin=manifest.id, value=other)


def with_settings(manifests: Mapping[str, Manifest], site: Declaration | None) -> dict[str, Manifest]:
    """The manifests with what site.yaml says to each, defaults filled in."""
    settings = site.data["plugins"] if site else {}
    return {name: replace(one, settings=settings.get(name, {})) for name, one in manifests.items()}


def allowed(
    manifests: Mapping[str, Manifest],
    core: Mapping[str, Mapping[str, Schema]],
    outcomes: Iterable[str],
    complete: bool,
    sources: Sources,
) -> Allowed:
    """What the schemas leave open: field types, blocks and transports of the core and the plugins, plugins' settings,
    outcomes."""
    offered = {kind: _offered(kind, core.get(kind, {}), manifests, sources) for kind in OFFERED}
    settings = {name: one.declaration.data["settings"] if one.sound else None for name, one in manifests.items()}
    return Allowed(offered, settings, frozenset(outcomes), complete)


def _offered(
    kind: str, core: Mapping[str, Schema], manifests: Mapping[str, Manifest], sources: Sources
) -> dict[str, Schema | None]:
    """The options of all names of one kind of offer; a problem for each name that two offer."""
    found: dict[str, Schema | None] = dict(core)
    owners: dict[str, str] = dict.fromkeys(core, phrase("the core"))
    for one in manifests.values():
        for name, options in one.options_of(kind).items():
            if name in found:
                values = {"kind": phrase(kind.rstrip("s").replace("_", " ")), "value": name, "owner": owners[name]}
                sources.problems.append(one.declaration.problem("ZC308", "offers", kind, name, **values))
                continue
            found[name], owners[name] = options, one.id
    return found


def kinds(manifests: Iterable[Manifest], core: Mapping[str, Kind], sources: Sources) -> dict[str, Kind]:
    """The core's kinds and those of the plugins."""
    found = dict(core)
    for manifest in manifests:
        folder = manifest.folder / "kinds"
        for path in sorted(folder.glob("*.yaml")):
            document = sources.document(f"plugins/{manifest.id}/kinds/{path.name}", path)
            chinese = manifest.folder / "zh" / "kinds" / path.name
            key = ("kind", path.stem, manifest.id, document and document.digest)
            kind, problems = sources.cache.remember(
                key, partial(kinds_of.read, path.stem, manifest.id, document, chinese)
            )
            sources.problems += problems
            if path.stem in found and document is not None:
                place = document.places[()]
                owner = found[path.stem].owner
                sources.problems.append(problem("ZC221", place, name=path.stem, owner=owner))
                continue
            found[path.stem] = kind
        sources.problems += _kinds_without_file(manifest)
    sources.problems += _unknown_kinds(found)
    return found


def _kinds_without_file(manifest: Manifest) -> list[Problem]:
    return [
        manifest.declaration.problem("ZC306", "offers", "kinds", index, value=name)
        for index, name in enumerate(manifest.offers.get("kinds", ()))
        if not (manifest.folder / "kinds" / f"{name}.yaml").is_file()
    ]


def _unknown_kinds(kinds: Mapping[str, Kind]) -> list[Problem]:
    names = {*kinds, "secret"}
    problems = []
    for kind in kinds.values():
        for path, target in kind.links():
            if target not in names and kind.declaration is not None:
                values: dict[str, object] = {"value": f"'{target}'", "known": known(names)}
                problems.append(kind.declaration.problem("ZC222", *path, **values, **guess(target, names)))
    return problems
