"""Which file counts for each declaration: the home's stands before a plugin's; `like:` names what it starts from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.declare import folders, like
from core.declare.declaration import Declaration, Document
from core.declare.folders import Found
from core.declare.kind import Kind
from core.declare.manifest import Manifest
from core.declare.problem import Place, Problem, problem
from core.declare.sources import Sources
from core.declare.wording import guess, known

Key = tuple[str, str]
"""Kind and id."""

HOME = "home"


@dataclass
class Layers:
    """For each kind and id the document that counts (None where it cannot be read) and who owns it.

    `beneath` has the plugin's file where one of the home stands for it, `replaced` that file's digest.
    """

    documents: dict[Key, Document | None] = field(default_factory=dict)
    owners: dict[Key, str] = field(default_factory=dict)
    beneath: dict[Key, Found] = field(default_factory=dict)
    replaced: dict[Key, str] = field(default_factory=dict)

    def ids(self, kind: str) -> frozenset[str]:
        """The ids of a kind, sound or not."""
        return frozenset(id for name, id in self.documents if name == kind)


def read(home: Path, manifests: Iterable[Manifest], kinds: Mapping[str, Kind], sources: Sources) -> Layers:
    """All declarations of the plugins and the home, site and manifests apart."""
    layers = Layers()
    counts: dict[Key, Found] = {}
    for manifest in manifests:
        by_folder = _by_folder(kinds, "folder")
        for found in _listed(manifest.folder, f"plugins/{manifest.id}/", by_folder, sources):
            key = (found.kind, found.id)
            if key in counts:
                both = {"first": layers.owners[key], "second": manifest.id}
                sources.problems.append(problem("ZC305", Place(found.shown), kind=found.kind, id=found.id, **both))
                continue
            counts[key], layers.owners[key] = found, manifest.id
    for found in _listed(home, "", _by_folder(kinds, "home"), sources):
        key = (found.kind, found.id)
        if key in counts:
            layers.beneath[key] = counts[key]
            layers.replaced[key] = sources.digest_of_file(counts[key].shown, counts[key].path)
        counts[key], layers.owners[key] = found, HOME
    for key, found in counts.items():
        layers.documents[key] = sources.document(found.shown, found.path)
    return layers


def declaration(key: Key, layers: Layers, sources: Sources) -> Declaration | None:
    """The declaration as written, what it is like beneath it; None where its file or its base has problems."""
    document = layers.documents[key]
    if document is None:
        return None
    raw = Declaration(*key, document.data, document, layers.owners[key], replaced_digest=layers.replaced.get(key))
    if not isinstance(raw.data, Mapping) or like.KEY not in raw.data:
        return raw
    base = _base(raw, layers, sources)
    if base is None:
        return None
    return sources.cache.remember(
        ("like", document.file, document.digest, base.file, base.digest, raw.owner, raw.replaced_digest),
        lambda: like.extend(raw, base),
    )


def _base(raw: Declaration, layers: Layers, sources: Sources) -> Document | None:
    """The document that `raw` starts from, or None once the problem is noted."""
    name = raw.data[like.KEY]
    key = (raw.kind, name)
    others = layers.ids(raw.kind) - {raw.id}
    if name == raw.id and key in layers.beneath:
        beneath = layers.beneath[key]
        base = sources.document(beneath.shown, beneath.path)
    elif isinstance(name, str) and name in others:
        base = layers.documents[key]
    else:
        values = {"kind": raw.kind, "value": f"'{name}'", "known": known(others)}
        sources.problems.append(_at_like(raw, "ZC303", values | guess(name, others)))
        return None
    if base is None or not isinstance(base.data, Mapping):
        return None
    if like.KEY in base.data:
        values = {"value": f"'{name}'", "base": f"'{base.data[like.KEY]}'"}
        sources.problems.append(_at_like(raw, "ZC304", values))
        return None
    return base


def _at_like(raw: Declaration, code: str, values: Mapping[str, object]) -> Problem:
    return problem(code, raw.value_place(like.KEY), like.KEY, **values)


def _by_folder(kinds: Mapping[str, Kind], place: str) -> dict[str, list[Kind]]:
    """Kinds by the folder they share, in a plugin ("folder") or in a home ("home")."""
    shared: dict[str, list[Kind]] = defaultdict(list)
    for kind in kinds.values():
        if not kind.single:
            shared[getattr(kind, place)].append(kind)
    return shared


def _listed(root: Path, prefix: str, by_folder: Mapping[str, list[Kind]], sources: Sources) -> Iterable[Found]:
    for folder, kinds in by_folder.items():
        found, problems = folders.in_folder(root / folder, prefix + folder, kinds)
        sources.problems += problems
        yield from found
