"""The shape of one declaration: defaults filled in, and every departure from its kind's schema as a problem (ZC2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cerberus import errors

from core.declare import rules
from core.declare.declaration import Declaration
from core.declare.phrase import joined, phrase
from core.declare.problem import Place, Problem, problem
from core.declare.rules import Allowed, Link, Schema
from core.declare.wording import guess, how, known, quoted, size, wanted

NO_MESSAGE = phrase("see the reference page of this kind")


@dataclass(frozen=True)
class Shaped:
    """One checked declaration: its data are sound only when there are no problems."""

    declaration: Declaration
    problems: tuple[Problem, ...]
    links: tuple[Link, ...]


def shape(declaration: Declaration, schema: Schema, allowed: Allowed) -> Shaped:
    """Check the raw data of `declaration` against `schema`; all problems at once."""
    raw: Any = declaration.data
    if not isinstance(raw, Mapping):
        found = problem("ZC201", declaration.place(), value=quoted(raw))
        return Shaped(declaration, (found,), ())
    data, raw_errors, links = rules.check(schema, raw, allowed)
    problems = [_problem(declaration, error, in_key) for error, in_key in _leaves(raw_errors)]
    return Shaped(replace(declaration, data=data), tuple(sorted(set(problems))), tuple(links))


def fitted(schema: Schema, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """`data` that stand in no file, with their defaults, and what of them the schema does not take, as phrases."""
    document, found, _ = rules.check(schema, data, Allowed())
    return document, [_in_words(error) for error, _ in _leaves(found)]


def _in_words(error: Any) -> str:
    code, values, part = TELL[error.code](error)
    path = ".".join(map(str, error.document_path if part == "value" else error.document_path[:-1]))
    told = problem(code, Place(""), **values)
    texts = (text for text in (told.what, told.mend) if text)
    said = joined(texts, "{one}; {other}")
    return phrase("{path}: {said}", path=path, said=said) if path else said


def _leaves(found: Iterable[Any], in_key: bool = False) -> Iterator[tuple[Any, bool]]:
    """The single errors inside Cerberus' groups, and whether each is about a key of the user's own."""
    for error in found:
        if error.is_group_error:
            yield from _leaves(error.child_errors, in_key or error.code == errors.KEYSRULES.code)
        else:
            yield error, in_key


def _problem(declaration: Declaration, error: Any, in_key: bool) -> Problem:
    code, values, part = TELL[error.code](error)
    path = error.document_path
    if in_key and code in ("ZC208", "ZC209", "ZC210"):
        code, part, values = "ZC215", "key", {"value": quoted(path[-1]), "message": _key_message(error, values)}
    if part == "variant":
        path = (*path, values["key"])
    place = declaration.value_place(*path) if part in ("value", "variant") else declaration.place(*path)
    shown = path if part == "value" else path[:-1]
    return problem(code, place, ".".join(str(step) for step in shown), **values)


def _key_message(error: Any, values: Mapping[str, Any]) -> str:
    if "message" in values:
        message: str = values["message"]
        return message
    more_or_fewer = "use {count} characters or more" if error.rule == "minlength" else "use {count} characters or fewer"
    return phrase(more_or_fewer, count=error.constraint)


Told = tuple[str, dict[str, Any], str]
"""Code, values of its text, and what the problem is about: the value, the key, a key missing from or unknown to
its parent, or the key that picks a variant."""


def _missing(error: Any) -> Told:
    key = error.document_path[-1]
    return "ZC202", {"key": key, "example": _example(key, error)}, "parent"


def _example(key: str, error: Any) -> str:
    """What to write for a missing key: the schema's own example where it has one."""
    example = error.info[0] if error.info else None
    if example is None:
        return phrase("{key}: and its value", key=key)
    return f"{key}: {example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)}"


def _unknown_key(error: Any) -> Told:
    key, allowed = error.document_path[-1], error.info[0]
    values: dict[str, Any] = {"key": key, "known": known(allowed)}
    return "ZC204", values | guess(key, allowed), "parent"


def _type(error: Any) -> Told:
    names = [error.constraint] if isinstance(error.constraint, str) else list(error.constraint)
    values: dict[str, Any] = {"value": quoted(error.value), "wanted": wanted(names), "how": how(names)}
    hint = _type_hint(error.value, names)
    return "ZC203", values | ({"mend": hint} if hint else {}), "value"


def _type_hint(value: Any, names: list[str]) -> str | None:
    """The one step that most likely mends a value of the wrong type, or None."""
    if "string" in names and isinstance(value, bool | int | float):
        return phrase('put it in quotes: "{value}"', value=json.dumps(value))
    if "boolean" in names and isinstance(value, str) and value.lower() in ("true", "yes", "on", "y"):
        return phrase("write true")
    if "boolean" in names and isinstance(value, str) and value.lower() in ("false", "no", "off", "n"):
        return phrase("write false")
    if "list" in names and isinstance(value, str):
        return phrase("write [{value}]", value=value)
    if {"integer", "number", "float"} & set(names) and isinstance(value, str) and value[:1].isdigit():
        return phrase("write digits alone, without quotes, leading zeros, units or separators")
    return None


def _allowed(error: Any) -> Told:
    bad = error.value if error.code == errors.UNALLOWED_VALUE.code else error.info[0][0]
    values: dict[str, Any] = {"value": quoted(bad), "allowed": known(error.constraint, in_order=True)}
    return "ZC205", values | guess(bad, error.constraint), "value"


def _variant(error: Any) -> Told:
    key, name, names = error.info
    values: dict[str, Any] = {"key": key, "value": quoted(name), "known": known(names)}
    return "ZC211", values | guess(name, names), "variant"


def _outcome(error: Any) -> Told:
    values: dict[str, Any] = {"value": quoted(error.value), "known": known(error.info[0])}
    return "ZC218", values | guess(error.value, error.info[0]), "value"


def _excludes(error: Any) -> Told:
    others = joined((f"'{name}'" for name in error.constraint), "{one} or {other}")
    return "ZC212", {"key": error.document_path[-1], "others": others}, "key"


def _bound(code: str) -> Callable[[Any], Told]:
    return lambda error: (code, {"value": quoted(error.value), "bound": error.constraint}, "value")


def _size(code: str) -> Callable[[Any], Told]:
    return lambda error: (code, {"size": size(error.value), "bound": error.constraint}, "value")


def _value(code: str) -> Callable[[Any], Told]:
    return lambda error: (code, {"value": quoted(error.value)}, "value")


TELL: Mapping[int, Callable[[Any], Told]] = {
    errors.REQUIRED_FIELD.code: _missing,
    errors.UNKNOWN_FIELD.code: _unknown_key,
    errors.BAD_TYPE.code: _type,
    errors.NOT_NULLABLE.code: lambda error: ("ZC214", {"key": error.document_path[-1]}, "parent"),
    errors.UNALLOWED_VALUE.code: _allowed,
    errors.UNALLOWED_VALUES.code: _allowed,
    errors.MIN_VALUE.code: _bound("ZC206"),
    errors.MAX_VALUE.code: _bound("ZC207"),
    errors.MIN_LENGTH.code: _size("ZC208"),
    errors.MAX_LENGTH.code: _size("ZC209"),
    errors.EXCLUDES_FIELD.code: _excludes,
    errors.DEPENDENCIES_FIELD.code: lambda error: (
        "ZC213",
        {"key": error.document_path[-1], "other": error.info[0]},
        "key",
    ),
    errors.REGEX_MISMATCH.code: lambda error: (
        "ZC210",
        {"value": quoted(error.value), "message": error.info[0] or NO_MESSAGE},
        "value",
    ),
    rules.UNKNOWN_VARIANT.code: _variant,
    rules.NOT_CONDITION.code: _value("ZC216"),
    rules.NOT_TEMPLATE.code: _value("ZC217"),
    rules.UNKNOWN_OUTCOME.code: _outcome,
    rules.NOT_MONTH_DAY.code: _value("ZC219"),
    rules.NOT_PATTERN.code: lambda error: (
        "ZC220",
        {"value": quoted(error.value), "detail": error.info[0]},
        "value",
    ),
}
"""How each of Cerberus' errors is told."""
