"""The library: every declaration of a home and its plugins, read in passes, with all problems at once.

The passes: manifests → kinds → files → like and shapes → links. Each works with what the ones before found sound,
so that one mistake is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.declare import folders, layers, manifest, secrets
from core.declare.cache import Cache
from core.declare.declaration import Declaration, Document
from core.declare.kind import Kind, core_kinds
from core.declare.layers import Key, Layers
from core.declare.manifest import Manifest
from core.declare.problem import Place, Problem, problem
from core.declare.rules import Allowed, Cases, Schema
from core.declare.shape import Shaped, shape
from core.declare.sources import Sources, digest_of
from core.declare.wording import guess, known

__all__ = ["Cache", "Manifest", "Reading", "digest_of", "read"]

SITE_IDS = frozenset({"site"})


@dataclass(frozen=True)
class Reading:
    """What one read found.

    `declarations[kind][id]` has the declarations of sound shape, `known[kind]` every id there is a file for.
    `available` has every plugin folder, `plugins` the ones the site runs. `files` maps shown names to real paths.
    `offered` has the options' schema of each field type and transport, the core's and the plugins'.
    `replaced` has the digest of each plugin file that a home file stands for. `digest` is over all contents.
    """

    home: Path
    declarations: Mapping[str, Mapping[str, Declaration]] = field(default_factory=dict)
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    plugins: Mapping[str, Manifest] = field(default_factory=dict)
    available: Mapping[str, Path] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    offered: Mapping[str, Cases] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    digest: str = ""
    files: Mapping[str, Path] = field(default_factory=dict)
    replaced: Mapping[Key, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong but warnings."""
        return all(problem.level != "error" for problem in self.problems)

    @property
    def site(self) -> Declaration | None:
        """The declaration of site.yaml, None where it has problems."""
        return self.declarations.get("site", {}).get("site")


def read(
    home: Path,
    plugin_roots: Sequence[Path],
    *,
    field_types: Mapping[str, Schema],
    outcomes: Iterable[str],
    cache: Cache | None = None,
) -> Reading:
    """Read the home and the plugins it runs. Nothing is imported, nothing written.

    `plugin_roots` are folders of plugins beside home/plugins; `field_types` the options' schema of each field type
    of the core; `outcomes` the ids of the platform's outcomes. A `cache` passed again makes the next read quick.
    """
    sources = Sources(cache or Cache())
    available, clashes = folders.plugins(home, plugin_roots)
    sources.problems += clashes
    site = _site(home, sources)
    if site is None:
        return _close(Reading(home, available=available), sources)
    core = sources.cache.remember("core kinds", core_kinds)
    manifests, complete = manifest.read(site, available, core["plugin"], sources)
    kinds = manifest.kinds(manifests.values(), core, sources)
    allowed = manifest.allowed(manifests, field_types, outcomes, complete, sources)
    stack = layers.read(home, manifests.values(), kinds, sources)
    shaped = _shapes(site, stack, kinds, allowed, sources)
    kept = secrets.read(home, sources)
    ids = {name: stack.ids(name) for name in kinds} | {"site": SITE_IDS, "plugin": frozenset(manifests)}
    if complete:  # else what the missing plugins ship would be told again at every place that uses it
        sources.problems += _strays(home, manifests.values(), kinds)
        sources.problems += _links(shaped, {**ids, "secret": frozenset(kept)})
        sources.problems += _alone(stack, kinds, ids)
    declarations = _sound(shaped, kinds, manifests)
    reading = Reading(
        home,
        declarations=declarations,
        known=ids,
        plugins=manifest.with_settings(manifests, declarations["site"].get("site")),
        available=available,
        kinds=kinds,
        offered=allowed.offered,
        replaced=stack.replaced,
        secrets=kept,
    )
    return _close(reading, sources)


def _site(home: Path, sources: Sources) -> Document | None:
    path = home / "config" / "site.yaml"
    if not path.exists():
        sources.problems.append(problem("ZC118", Place("config/site.yaml")))
        return None
    return sources.document("config/site.yaml", path)


def _shapes(
    site: Document, stack: Layers, kinds: Mapping[str, Kind], allowed: Allowed, sources: Sources
) -> list[Shaped]:
    """Every declaration that could be read, shaped; the site first."""
    found = [_shaped(Declaration("site", "site", site.data, site, layers.HOME), kinds["site"], allowed, sources)]
    for key in stack.documents:
        kind = kinds[key[0]]
        declaration = layers.declaration(key, stack, sources) if kind.sound else None
        if declaration is not None:
            found.append(_shaped(declaration, kind, allowed, sources))
    return found


def _shaped(declaration: Declaration, kind: Kind, allowed: Allowed, sources: Sources) -> Shaped:
    document = declaration.document
    bases = tuple({base.file: base.digest for base in declaration.origins.values()}.items())
    key = ("shape", kind.digest, allowed.digest, document.file, document.digest, bases, declaration.replaced_digest)
    shaped = sources.cache.remember(key, lambda: shape(declaration, kind.schema, allowed))
    sources.problems += shaped.problems
    return shaped


def _strays(home: Path, manifests: Iterable[Manifest], kinds: Mapping[str, Kind]) -> Iterable[Problem]:
    yield from folders.strays_in_config(home, kinds.values())
    yield from folders.strays_in_plugins(home)
    for one in manifests:
        yield from folders.strays_in_plugin(one.folder, kinds.values())


def _links(shaped: Iterable[Shaped], ids: Mapping[str, frozenset[str]]) -> Iterable[Problem]:
    """A problem for each value that names a declaration which does not exist."""
    for one in shaped:
        for link in one.links:
            names = ids.get(link.kind)
            if names is None or link.id in names:
                continue
            values = {"kind": link.kind, "value": f"'{link.id}'", "known": known(names)}
            dotted = ".".join(str(step) for step in link.path)
            place = one.declaration.value_place(*link.path)
            yield problem("ZC300", place, dotted, **values, **guess(link.id, names))


def _alone(stack: Layers, kinds: Mapping[str, Kind], ids: Mapping[str, frozenset[str]]) -> Iterable[Problem]:
    """A problem for each file that belongs to a declaration of its id, such as a trial, and stands alone."""
    for (name, id), document in stack.documents.items():
        owner = kinds[name].of
        if owner is not None and owner in ids and id not in ids[owner] and document is not None:
            values = {"kind": owner, "id": id, "known": known(ids[owner])}
            yield problem("ZC307", Place(document.file), **values, **guess(id, ids[owner]))


def _sound(
    shaped: Iterable[Shaped], kinds: Iterable[str], manifests: Mapping[str, Manifest]
) -> dict[str, dict[str, Declaration]]:
    found: dict[str, dict[str, Declaration]] = {name: {} for name in kinds}
    found["plugin"] = {one.id: one.declaration for one in manifests.values() if one.sound}
    for one in shaped:
        if not one.problems:
            found[one.declaration.kind][one.declaration.id] = one.declaration
    return found


def _close(reading: Reading, sources: Sources) -> Reading:
    sources.cache.turn()
    problems = tuple(sorted(set(sources.problems)))
    return replace(reading, problems=problems, digest=sources.digest(), files=sources.files)
