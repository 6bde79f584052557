"""A kind as JSON Schema, for editors that complete and check YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.declare.kind import Kind
from core.declare.phrase import Phrase, in_language, phrase
from core.declare.rules import Cases, Offered, Schema, cases_of

DIALECT = "http://json-schema.org/draft-07/schema#"

_TYPES = {"string": "string", "integer": "integer", "number": "number", "float": "number"}
_TYPES |= {"boolean": "boolean", "dict": "object", "list": "array"}
_RENAMED = {"min": "minimum", "max": "maximum", "allowed": "enum", "default": "default"}
_LENGTHS = {"string": ("minLength", "maxLength"), "list": ("minItems", "maxItems")}
_ENTRIES = ("minProperties", "maxProperties")


def json_schema(kind: Kind, offered: Offered, language: str = "en") -> dict[str, Any]:
    """The JSON Schema (draft 7) of one declaration of `kind`, its descriptions in "en" or "zh"."""
    made: dict[str, Any] = _told(_mapping(kind.schema, offered), language)
    made |= {"$schema": DIALECT, "title": f"{kind.name} {kind.title}", "description": in_language(kind.help, language)}
    if not kind.single:
        made["properties"]["like"] = {
            "type": "string",
            "description": in_language(phrase("Start from the declaration with this id."), language),
        }
        required = made.pop("required", [])
        made["anyOf"] = [{"required": ["like"]}, {"required": required}]
    return made


def _told(made: Any, language: str) -> Any:
    """The schema with each phrase in one language."""
    if isinstance(made, Mapping):
        return {name: _told(value, language) for name, value in made.items()}
    if isinstance(made, list):
        return [_told(value, language) for value in made]
    return in_language(made, language) if isinstance(made, Phrase) else made


def _mapping(schema: Schema, offered: Offered) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "object",
        "properties": {name: _field(rules, offered) for name, rules in schema.items()},
        "additionalProperties": False,
    }
    required = [name for name, rules in schema.items() if rules.get("required")]
    return made | ({"required": required} if required else {})


def _field(rules: Schema, offered: Offered) -> dict[str, Any]:
    made: dict[str, Any] = {new: rules[old] for old, new in _RENAMED.items() if old in rules}
    names = _names(rules)
    if names:
        types = [_TYPES[name] for name in names]
        types += ["null"] if rules.get("nullable") or "default" in rules else []
        made["type"] = types[0] if len(types) == 1 else types
    if rules.get("condition"):
        made["type"] = "object"
    if "link" in rules:
        made["x-kind"] = rules["link"]
    if "regex" in rules:
        made["pattern"] = f"^(?:{rules['regex']})$"
    for rule, index in (("minlength", 0), ("maxlength", 1)):
        if rule in rules:
            for name in names:
                made[_LENGTHS.get(name, _ENTRIES)[index]] = rules[rule]
    return made | _words(rules.get("meta", {})) | _inside(rules, names, offered)


def _names(rules: Schema) -> list[str]:
    names = rules.get("type", [])
    return [names] if isinstance(names, str) else list(names)


def _words(meta: Mapping[str, Any]) -> dict[str, Any]:
    made = {new: meta[old] for old, new in (("label", "title"), ("help", "description")) if meta.get(old)}
    return made | ({"examples": [meta["example"]]} if "example" in meta else {})


def _inside(rules: Schema, names: list[str], offered: Offered) -> dict[str, Any]:
    """What may stand inside a mapping or list."""
    if "schema" in rules and "list" in names:
        return {"items": _field(rules["schema"], offered)}
    made: dict[str, Any] = {}
    if "variant" in rules:
        made |= _variants(rules, cases_of(rules["variant"], offered))
        made |= {"type": [_TYPES[name] for name in names]} if len(names) > 1 else {}
    elif "schema" in rules:
        made |= _mapping(rules["schema"], offered) | {"type": _nullable_object(rules)}
        if rules.get("allow_unknown"):
            made["additionalProperties"] = True
    if "valuesrules" in rules:
        made["additionalProperties"] = _field(rules["valuesrules"], offered)
    if "keysrules" in rules:
        made["propertyNames"] = {key: value for key, value in _field(rules["keysrules"], {}).items() if key != "type"}
    return made


def _nullable_object(rules: Schema) -> Any:
    return ["object", "null"] if rules.get("nullable") or "default" in rules else "object"


def _variants(rules: Schema, cases: Cases) -> dict[str, Any]:
    """One branch for each name the deciding key may have."""
    key = rules["variant"]["key"]
    branches = []
    for name, options in sorted(cases.items()):
        branch = _mapping({**rules["schema"], **(options or {})}, {})
        branch["properties"][key] = {"const": name}
        if options is None:
            branch["additionalProperties"] = True
        branches.append({"if": {"properties": {key: {"const": name}}, "required": [key]}, "then": branch})
    base = _mapping(rules["schema"], {}) | {"additionalProperties": True}
    base["properties"][key] = base["properties"].get(key, {}) | {"enum": sorted(cases)}
    return base | {"allOf": branches}
