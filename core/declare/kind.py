"""A kind: the schema of its declarations, and where they live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from core.declare.declaration import Declaration, Document, Path
from core.declare.loader import load
from core.declare.phrase import with_chinese
from core.declare.problem import Problem, ZcError
from core.declare.rules import Allowed, Schema
from core.declare.shape import shape

CORE_KINDS = File(__file__).with_name("kinds")
CHINESE = File(__file__).with_name("zh") / "kinds"
KIND_OF_KINDS = File(__file__).with_name("kind_of_kinds.yaml")


@dataclass(frozen=True)
class Kind:
    """What the declarations of one kind look like and where they are.

    `home` is their folder in a home, `folder` the one in a plugin. `single` names the one file of a kind that has
    no folder. `of` is the kind each of whose declarations these belong to, by the same id. `owner` is "core" or a
    plugin. A kind whose own file is broken is not `sound`: its folder is known, its declarations are not read.
    """

    name: str
    title: str
    help: str
    folder: str
    home: str
    suffix: str
    single: str | None
    of: str | None
    schema: Schema
    owner: str
    declaration: Declaration | None
    digest: str
    sound: bool = True

    def links(self) -> Iterator[tuple[Path, str]]:
        """Every kind that its schema links to, with the path of the rule in the kind's file."""
        if self.of is not None:
            yield ("of",), self.of
        yield from _links(self.schema, ("schema",))


def read(name: str, owner: str, document: Document | None, chinese: File) -> tuple[Kind, tuple[Problem, ...]]:
    """The kind that a document describes, its sentences with the Chinese of the file `chinese`, where there is one;
    not sound where it has problems or could not be read."""
    if document is None:
        return _kind(name, owner, {}, None, ""), ()
    raw = Declaration("kind", name, document.data, document, owner)
    shaped = shape(raw, _kind_of_kinds(), Allowed())
    problems = list(shaped.problems)
    fields = document.data.get("schema") if isinstance(document.data, Mapping) else None
    if isinstance(fields, Mapping) and "like" in fields:
        problems.append(raw.problem("ZC223", "schema", "like", key="like"))
    data = {} if problems else with_chinese(shaped.declaration.data, chinese)
    return _kind(name, owner, data, shaped.declaration, document.digest), tuple(problems)


def core_kinds() -> dict[str, Kind]:
    """The kinds of the core. ZcError if one of its own files is broken."""
    kinds = {}
    for path in sorted(CORE_KINDS.glob("*.yaml")):
        document, problems = load(f"core/declare/kinds/{path.name}", path.read_bytes())
        kinds[path.stem], shape_problems = read(path.stem, "core", document, CHINESE / path.name)
        for problem in (*problems, *shape_problems):
            raise ZcError(f"a kind of the core is broken: {problem}", "install zc again")
    return kinds


def _kind(name: str, owner: str, data: Mapping[str, Any], declaration: Declaration | None, digest: str) -> Kind:
    folder = data.get("folder", f"{name}s")
    home = data.get("home")
    return Kind(
        name=name,
        title=data.get("title", name),
        help=data.get("help", ""),
        folder=home or folder,
        home=home or f"config/{folder}",
        suffix=data.get("suffix", ".yaml"),
        single=data.get("single"),
        of=data.get("of"),
        schema=data.get("schema", {}),
        owner=owner,
        declaration=declaration,
        digest=digest,
        sound=bool(data),
    )


def _kind_of_kinds() -> Schema:
    document, _ = load("core/declare/kind_of_kinds.yaml", KIND_OF_KINDS.read_bytes())
    if document is None:
        raise ZcError("the kind of kinds cannot be read", "install zc again")
    schema: Schema = document.data
    return schema


def _links(schema: Schema, path: Path) -> Iterator[tuple[Path, str]]:
    for name, ruleset in schema.items():
        yield from _ruleset_links(ruleset, (*path, name))


def _ruleset_links(ruleset: Schema, path: Path) -> Iterator[tuple[Path, str]]:
    if "link" in ruleset:
        yield (*path, "link"), ruleset["link"]
    for rule in ("keysrules", "valuesrules"):
        if rule in ruleset:
            yield from _ruleset_links(ruleset[rule], (*path, rule))
    if "schema" in ruleset:
        inner = _ruleset_links if ruleset.get("type") == "list" else _links
        yield from inner(ruleset["schema"], (*path, "schema"))
