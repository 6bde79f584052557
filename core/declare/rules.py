"""Cerberus with this project's rules: links, variants, conditions, schemas in schemas, no booleans as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path as File
from typing import Any, NamedTuple

import msgspec
import yaml
from cerberus import TypeDefinition, Validator, errors
from cerberus.errors import ErrorDefinition
from cerberus.schema import UnvalidatedSchema

from core.declare.declaration import Path

Schema = Mapping[str, Any]
Cases = Mapping[str, Schema | None]
"""The schema of the options of each name; None takes any."""

Offered = Mapping[str, Cases]
"""By the kind of offer."""

OFFERED = ("field_types", "blocks", "transports")
"""The kinds of offers whose names a variant's key may have."""

UNKNOWN_VARIANT = ErrorDefinition(0x1001, "variant")
NOT_CONDITION = ErrorDefinition(0x1002, "condition")
NOT_TEMPLATE = ErrorDefinition(0x1003, "template")
UNKNOWN_OUTCOME = ErrorDefinition(0x1004, "outcome")
NOT_MONTH_DAY = ErrorDefinition(0x1005, "month_day")
NOT_PATTERN = ErrorDefinition(0x1006, "pattern")


class Link(NamedTuple):
    """A value that names a declaration: where it stands, of which kind, which id."""

    path: Path
    kind: str
    id: str


@dataclass(frozen=True)
class Allowed:
    """What a schema leaves open until plugins are known.

    `offered` and `settings` map a name to the schema of its options; None takes any options, where the manifest that
    would say which is itself broken. With `complete` false some plugins are missing, so names that nobody offers are
    let pass.
    """

    offered: Offered = field(default_factory=dict)
    settings: Cases = field(default_factory=dict)
    outcomes: frozenset[str] = frozenset()
    complete: bool = True
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        offered = {kind: dict(cases) for kind, cases in self.offered.items()}
        parts = [offered, dict(self.settings), sorted(self.outcomes), self.complete]
        encoded = msgspec.json.encode(parts, order="sorted", enc_hook=str)
        object.__setattr__(self, "digest", blake2b(encoded, digest_size=16).hexdigest())


@cache
def ruleset() -> Schema:
    """The schema of one field of a schema."""
    rules: Schema = yaml.safe_load(File(__file__).with_name("rules.yaml").read_text(encoding="utf-8"))
    return rules


def check(schema: Schema, data: Mapping[str, Any], allowed: Allowed) -> tuple[dict[str, Any], list[Any], list[Link]]:
    """`data` with its defaults, Cerberus' errors, and the links met. `schema` must be one that was checked."""
    links: list[Link] = []
    rules = Rules(UnvalidatedSchema(schema), allowed=allowed, links=links)
    rules.validate(deepcopy(dict(data)))
    return rules.document, list(rules._errors), links


def cases_of(variant: Schema, offered: Offered) -> Cases:
    """The names that the deciding key of a variant may have, each with the schema of its options."""
    cases: Cases = variant["cases"] if "cases" in variant else offered.get(variant["of"], {})
    return cases


def _types(rules: Schema) -> tuple[str, ...]:
    names = rules.get("type", ())
    return (names,) if isinstance(names, str) else tuple(names)


class Rules(Validator):  # type: ignore[misc]  # Cerberus ships no types
    """The rules of declarations. Cerberus reads what a rule's own argument may be from the rule's docstring."""

    types_mapping = Validator.types_mapping | {
        "integer": TypeDefinition("integer", (int,), (bool,)),
        "float": TypeDefinition("float", (float, int), (bool,)),
    }

    def _error(self, *args: Any) -> None:
        if len(args) == 2 and args[1] == errors.UNKNOWN_FIELD:
            args = (*args, tuple(self.schema))  # what is known here, for did-you-mean
        elif len(args) == 2 and args[1] in (errors.REQUIRED_FIELD, errors.REGEX_MISMATCH):
            meta = self.schema[args[0]].get("meta", {})  # what to write, in the schema's own words
            args = (*args, meta.get("message" if args[1] == errors.REGEX_MISMATCH else "example"))
        super()._error(*args)

    def _normalize_default(self, mapping: dict[str, Any], schema: Schema, field: str) -> None:
        """{'nullable': True}"""
        mapping[field] = deepcopy(schema[field]["default"])

    def _normalize_coerce(self, mapping: dict[str, Any], schema: dict[str, Any]) -> None:
        # No rule here coerces, but the name of a case alone becomes a mapping. This runs just before Cerberus fills
        # defaults into containers, which takes a mapping for a list and the reverse; without rules it leaves a value
        # of the wrong type alone, to be told later.
        for name, value in list(mapping.items()):
            variant = schema.get(name, {}).get("variant", {})
            if "cases" in variant and isinstance(value, str):
                mapping[name] = value = {variant["key"]: value}
            container = "dict" if isinstance(value, dict) else "list" if isinstance(value, list) else None
            if container and container not in _types(schema.get(name, {})):
                schema[name] = {}

    _normalize_coerce.__doc__ = Validator._normalize_coerce.__doc__

    def _descend(self, field: str, value: dict[str, Any], schema: Schema, rule: str, allow_unknown: bool) -> None:
        """Fill defaults into `value`, which is our own copy, and validate it against a schema found on the way."""
        child = self._get_child_validator(
            document_crumb=field, schema_crumb=(field, rule), schema=schema, allow_unknown=allow_unknown
        )
        value.update(child.normalized(dict(value), always_return_document=True))
        if not child.validate(value, normalize=False):
            self._error(child._errors)

    def _validate_schema(self, schema: Schema, field: str, value: Any) -> None:
        """{'type': ['dict', 'string'], 'anyof': [{'check_with': 'schema'}, {'check_with': 'bulk_schema'}]}"""
        variant = self.schema[field].get("variant")
        if variant is None or not isinstance(value, dict):
            super()._validate_schema(schema, field, value)
            return
        allowed = self._config["allowed"]
        cases = cases_of(variant, allowed.offered)
        name = value.get(variant["key"])
        known = isinstance(name, str) and name in cases
        if not known and isinstance(name, str) and (allowed.complete or "cases" in variant):
            self._error(field, UNKNOWN_VARIANT, variant["key"], name, tuple(cases))
        options = cases[str(name)] if known else None
        self._descend(field, value, {**schema, **(options or {})}, "schema", allow_unknown=options is None)

    def _validate_variant(self, variant: Schema, field: str, value: Any) -> None:
        """{'type': 'dict'}"""  # read by _validate_schema, which it extends

    def _validate_plugin_settings(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        settings = self._config["allowed"].settings.get(field)
        if on and settings is not None and isinstance(value, dict):
            self._descend(field, value, settings, "plugin_settings", allow_unknown=False)

    def _validate_cerberus(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        if on and isinstance(value, dict):
            fields = dict.fromkeys(value, {"type": "dict", "ruleset": True})
            self._descend(field, value, fields, "cerberus", allow_unknown=False)

    def _validate_ruleset(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        if on and isinstance(value, dict):
            self._descend(field, value, ruleset(), "ruleset", allow_unknown=False)

    def _validate_nested(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        if self.document.get("type") == "list":
            self._validate_ruleset(on, field, value)
        else:
            self._validate_cerberus(on, field, value)

    def _validate_pattern(self, on: bool, field: str, value: str) -> None:
        """{'type': 'boolean'}"""
        try:
            re.compile(value if on else "")
        except re.error as error:
            self._error(field, NOT_PATTERN, str(error))

    def _validate_regex(self, pattern: str, field: str, value: Any) -> None:
        """{'type': 'string'}"""
        # Cerberus' own anchors with $, which lets a line break and half of an alternative pass
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            self._error(field, errors.REGEX_MISMATCH)

    def _validate_link(self, kind: str, field: str, value: Any) -> None:
        """{'type': 'string'}"""
        if isinstance(value, str) and not (value == "*" and self.schema[field].get("wildcard")):
            self._config["links"].append(Link((*self.document_path, field), kind, value))

    def _validate_wildcard(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""  # read by _validate_link

    def _validate_condition(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        if on and not isinstance(value, dict):
            self._error(field, NOT_CONDITION)

    def _validate_template(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        if on and not isinstance(value, str | list | dict):
            self._error(field, NOT_TEMPLATE)

    def _validate_outcome(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        known = self._config["allowed"].outcomes
        if on and isinstance(value, str) and value not in known:
            self._error(field, UNKNOWN_OUTCOME, tuple(known))

    def _validate_month_day(self, on: bool, field: str, value: Any) -> None:
        """{'type': 'boolean'}"""
        if on and value != "last" and not (isinstance(value, int) and 1 <= value <= 28):
            self._error(field, NOT_MONTH_DAY)
