"""The reference, made from the kinds themselves: a page and a JSON Schema for each kind, and all problem codes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.declare.json_schema import json_schema
from core.declare.kind import Kind
from core.declare.library import Reading
from core.declare.phrase import in_language, joined, phrase
from core.declare.problem import LEVELS, catalogue, chinese
from core.declare.rules import Offered, Schema, cases_of

HEAD = "<!-- made by zc docs; do not edit -->\n"
COLUMNS = ("key", "名称", "type", "required", "default", "allowed", "help", "example")
PROBLEM_COLUMNS = ("code", "level", "what", "mend", "help")
WORDS = ("what", "mend", "help")
TYPES = {"dict": "mapping", "string": "text"}
BOUNDS = {
    "min": "from {bound}",
    "max": "to {bound}",
    "minlength": "at least {bound} long",
    "maxlength": "at most {bound} long",
}
STAGES = {
    "ZC1": "read",
    "ZC2": "shape",
    "ZC3": "links and meaning",
    "ZC4": "plugins",
    "ZC5": "store",
    "ZC6": "trials",
}


def pages(reading: Reading, language: str = "en") -> dict[str, str]:
    """All pages in "en" or "zh" by file name, the same for the same reading."""
    kinds = {name: kind for name, kind in sorted(reading.kinds.items()) if kind.sound}
    made = {"index.md": _index(kinds, language), "problems.md": _problems(language)}
    for name, kind in kinds.items():
        made[f"{name}.md"] = _kind(kind, reading.offered, language)
        schema = json_schema(kind, reading.offered, language)
        made[f"{name}.schema.json"] = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return made


def _index(kinds: Mapping[str, Kind], language: str) -> str:
    rows = [(f"[{name}]({name}.md)", kind.title, f"`{_where(kind)}`", kind.help) for name, kind in kinds.items()]
    title, problems = (in_language(phrase(text), language) for text in ("Reference", "All problem codes"))
    table = _table(("kind", "名称", "where", "help"), rows, language)
    return "\n".join([HEAD, f"# {title}\n", *table, "", f"[{problems}](problems.md)", ""])


def _where(kind: Kind) -> str:
    if kind.single:
        return "plugins/<id>/plugin.yaml" if kind.name == "plugin" else f"config/{kind.single}"
    return f"{kind.home}/<id>{kind.suffix}"


def _kind(kind: Kind, offered: Offered, language: str) -> str:
    lines = [HEAD, f"# {kind.name} {kind.title}\n", f"{in_language(kind.help, language)}\n"]
    if not kind.single:
        own, shipped = _where(kind), f"{kind.folder}/<id>{kind.suffix}"
        where = phrase("One file each: `{own}`, in a plugin `{shipped}`.", own=own, shipped=shipped)
        like = phrase("`like: ID` starts from another one and states only what differs; null takes a key away.")
        lines += [in_language(where, language), f"{in_language(like, language)}\n"]
    lines += _table(COLUMNS, _rows(kind.schema, ""), language)
    for at, variant in _variants(kind.schema, ""):
        for name, options in sorted(cases_of(variant, offered).items()):
            if options:
                heading = phrase("{at} with {key}: {name}", at=at, key=variant["key"], name=name)
                table = _table(COLUMNS, _rows(options, ""), language)
                lines += [f"\n## {in_language(heading, language)}\n", *table]
    return "\n".join([*lines, ""])


def _table(columns: Sequence[str], rows: Iterable[tuple[str, ...]], language: str) -> list[str]:
    headings = [in_language(phrase(name), language) if name.isascii() else name for name in columns]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(columns) + "|"]
    return lines + [f"| {' | '.join(_cell(in_language(text, language)) for text in row)} |" for row in rows]


def _rows(schema: Schema, prefix: str) -> Iterator[tuple[str, ...]]:
    """One row per key, nested keys below theirs: a.b inside a mapping, a.<name>.b under own names, a[].b in lists."""
    for name, rules in schema.items():
        yield _row(f"{prefix}{name}", rules)
        for inner, path in _below(rules, f"{prefix}{name}"):
            yield from _rows(inner, path)


def _below(rules: Schema, path: str) -> Iterator[tuple[Schema, str]]:
    """The schemas inside one ruleset, with the path under which their keys stand."""
    if "valuesrules" in rules:
        yield from _below(rules["valuesrules"], f"{path}.<name>")
    if "schema" in rules and rules.get("type") == "list":
        yield from _below(rules["schema"], f"{path}[]")
    elif "schema" in rules:
        yield rules["schema"], f"{path}."


def _variants(schema: Schema, prefix: str) -> Iterator[tuple[str, Schema]]:
    for name, rules in schema.items():
        yield from _variants_in(rules, f"{prefix}{name}")


def _variants_in(rules: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    """The variant of one ruleset, or those of what it holds, with the path of what they decide."""
    if "variant" in rules:
        yield path, rules["variant"]
    if "valuesrules" in rules:
        yield from _variants_in(rules["valuesrules"], f"{path}.<name>")
    if "schema" in rules and rules.get("type") == "list":
        yield from _variants_in(rules["schema"], f"{path}[]")


def _row(path: str, rules: Schema) -> tuple[str, ...]:
    meta = rules.get("meta", {})
    return (
        f"`{path}`",
        meta.get("label", ""),
        _type(rules),
        phrase("yes") if rules.get("required") else "",
        _code(rules["default"]) if "default" in rules else "",
        _bounds(rules),
        meta.get("help", ""),
        _code(meta["example"]) if "example" in meta else "",
    )


def _type(rules: Schema) -> str:
    for rule in ("condition", "template", "cerberus"):
        if rules.get(rule):
            return phrase("schema" if rule == "cerberus" else rule)
    names = rules.get("type", "any")
    text = joined((phrase(TYPES.get(name, name)) for name in _listed(names)), "{one} or {other}")
    link = rules.get("link") or rules.get("schema", {}).get("link")
    return phrase("{type}, id of {kind}", type=text, kind=link) if isinstance(link, str) else text


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _bounds(rules: Schema) -> str:
    """What values are taken, in words; never the regular expression."""
    if "allowed" in rules:
        return ", ".join(_code(value) for value in rules["allowed"])
    found = [phrase(words, bound=rules[rule]) for rule, words in BOUNDS.items() if rule in rules]
    message = rules.get("meta", {}).get("message") if "regex" in rules else None
    found += [message] if message else []
    return joined(found, "{one}; {other}") if found else ""


def _problems(language: str) -> str:
    lines = [HEAD, f"# {in_language(phrase('Problems'), language)}\n"]
    told = catalogue() if language == "en" else chinese()
    for stage, title in STAGES.items():
        rows = [
            (code, LEVELS[language][entry.get("level", "error")], *(told[code].get(key, "") for key in WORDS))
            for code, entry in sorted(catalogue().items())
            if code.startswith(stage)
        ]
        heading = f"\n## {stage}: {in_language(phrase(title), language)}\n"
        lines += [heading, *_table(PROBLEM_COLUMNS, rows, language)]
    return "\n".join([*lines, ""])


def _code(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"


def _cell(text: Any) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
