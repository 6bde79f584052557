"""The reference, made from the kinds themselves: a page and a JSON Schema for each kind, and all problem codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from core.declare.json_schema import json_schema
from core.declare.kind import Kind
from core.declare.library import Reading
from core.declare.problem import catalogue
from core.declare.rules import Cases, Schema, cases_of

HEAD = "<!-- made by zc docs; do not edit -->\n"
COLUMNS = ("key", "名称", "type", "required", "default", "allowed", "help", "example")
STAGES = {
    "ZC1": "read",
    "ZC2": "shape",
    "ZC3": "links and meaning",
    "ZC4": "plugins",
    "ZC5": "store",
    "ZC6": "trials",
}


def pages(reading: Reading) -> dict[str, str]:
    """All pages by file name, the same for the same reading."""
    kinds = {name: kind for name, kind in sorted(reading.kinds.items()) if kind.sound}
    made = {"index.md": _index(kinds), "problems.md": _problems()}
    for name, kind in kinds.items():
        made[f"{name}.md"] = _kind(kind, reading.offered)
        schema = json_schema(kind, reading.offered)
        made[f"{name}.schema.json"] = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return made


def _index(kinds: Mapping[str, Kind]) -> str:
    lines = [HEAD, "# Reference\n", "| kind | 名称 | where | help |", "|---|---|---|---|"]
    for name, kind in kinds.items():
        lines.append(f"| [{name}]({name}.md) | {kind.title} | `{_where(kind)}` | {_cell(kind.help)} |")
    return "\n".join([*lines, "", "[All problem codes](problems.md)", ""])


def _where(kind: Kind) -> str:
    if kind.single:
        return "plugins/<id>/plugin.yaml" if kind.name == "plugin" else f"config/{kind.single}"
    return f"{kind.home}/<id>{kind.suffix}"


def _kind(kind: Kind, offered: Mapping[str, Cases]) -> str:
    lines = [HEAD, f"# {kind.name} {kind.title}\n", f"{kind.help}\n"]
    if not kind.single:
        lines.append(f"One file each: `{_where(kind)}`, in a plugin `{kind.folder}/<id>{kind.suffix}`.")
        lines.append("`like: ID` starts from another one and states only what differs; null takes a key away.\n")
    lines += _table(_rows(kind.schema, ""))
    for at, variant in _variants(kind.schema, ""):
        for name, options in sorted(cases_of(variant, offered).items()):
            if options:
                lines += [f"\n## {at} with {variant['key']}: {name}\n", *_table(_rows(options, ""))]
    return "\n".join([*lines, ""])


def _table(rows: Iterator[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    return lines + [f"| {' | '.join(_cell(text) for text in row)} |" for row in rows]


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
        values = rules.get("valuesrules", {})
        if "variant" in rules:
            yield f"{prefix}{name}", rules["variant"]
        if "variant" in values:
            yield f"{prefix}{name}.<name>", values["variant"]


def _row(path: str, rules: Schema) -> tuple[str, ...]:
    meta = rules.get("meta", {})
    return (
        f"`{path}`",
        meta.get("label", ""),
        _type(rules),
        "yes" if rules.get("required") else "",
        _code(rules["default"]) if "default" in rules else "",
        _bounds(rules),
        meta.get("help", ""),
        _code(meta["example"]) if "example" in meta else "",
    )


def _type(rules: Schema) -> str:
    for rule in ("condition", "template", "cerberus"):
        if rules.get(rule):
            return "schema" if rule == "cerberus" else rule
    names = rules.get("type", "any")
    text = names if isinstance(names, str) else " or ".join(names)
    text = text.replace("dict", "mapping").replace("string", "text")
    link = rules.get("link") or rules.get("schema", {}).get("link")
    return f"{text}, id of {link}" if isinstance(link, str) else text


def _bounds(rules: Schema) -> str:
    """What values are taken, in words; never the regular expression."""
    if "allowed" in rules:
        return ", ".join(_code(value) for value in rules["allowed"])
    parts = [f"{word} {rules[rule]}" for rule, word in (("min", "from"), ("max", "to")) if rule in rules]
    sizes = [
        f"{word} {rules[rule]}" for rule, word in (("minlength", "at least"), ("maxlength", "at most")) if rule in rules
    ]
    message = rules.get("meta", {}).get("message") if "regex" in rules else None
    return "; ".join(filter(None, [" ".join(parts), ", ".join(sizes) + " long" if sizes else "", message]))


def _problems() -> str:
    lines = [HEAD, "# Problems\n"]
    stage = ""
    for code, entry in sorted(catalogue().items()):
        if code[:3] != stage:
            stage = code[:3]
            lines += [
                f"\n## {stage}: {STAGES[stage]}\n",
                "| code | level | what | mend | help |",
                "|---|---|---|---|---|",
            ]
        cells = (code, entry.get("level", "error"), entry["what"], entry.get("mend", ""), entry.get("help", ""))
        lines.append(f"| {' | '.join(_cell(text) for text in cells)} |")
    return "\n".join([*lines, ""])


def _code(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"


def _cell(text: Any) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
