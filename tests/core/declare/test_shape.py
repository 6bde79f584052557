"""Shape: kinds' own examples fit, nested schemas are checked, and problems are told in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.declare.declaration import Declaration
from core.declare.kind import Kind, core_kinds
from core.declare.loader import load
from core.declare.rules import Allowed, Schema, check
from core.declare.shape import Shaped, shape
from core.entity.types import option_schemas
from core.intake.outcomes import OUTCOMES
from core.run.blocks import block_schemas

ALLOWED = Allowed({"field_types": option_schemas(), "blocks": block_schemas()}, {}, frozenset(OUTCOMES))
KINDS = core_kinds()


def shaped(schema: str | Schema, text: str) -> Shaped:
    if isinstance(schema, str):
        schema = load("schema.yaml", schema.encode())[0].data  # type: ignore[union-attr] - sound YAML
    document, problems = load("x.yaml", text.encode())
    assert problems == []
    assert document is not None
    return shape(Declaration("test", "x", document.data, document, "home"), schema, ALLOWED)


def told(schema: str | Schema, text: str) -> list[str]:
    return [str(problem) for problem in shaped(schema, text).problems]


def _fields(schema: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    for name, rules in schema.items():
        yield from _rulesets(rules, f"{path}.{name}")


def _rulesets(rules: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    yield path, rules
    for rule in ("valuesrules", "keysrules"):
        if rule in rules:
            yield from _rulesets(rules[rule], f"{path}.{rule}")
    if "schema" in rules:
        inside = _rulesets if rules.get("type") == "list" else _fields
        yield from inside(rules["schema"], path)


ALL_FIELDS = [pair for kind in KINDS.values() for pair in _fields(kind.schema, kind.name)]


@pytest.mark.parametrize(("path", "rules"), [pair for pair in ALL_FIELDS if "example" in pair[1].get("meta", {})])
def test_every_example_fits(path: str, rules: Schema) -> None:
    alone = {rule: value for rule, value in rules.items() if rule != "dependencies"}
    _, errors, _ = check({"x": alone}, {"x": rules["meta"]["example"]}, ALLOWED)
    assert [(error.rule, error.value) for error in errors] == []


@pytest.mark.parametrize(("path", "rules"), [pair for pair in ALL_FIELDS if "default" in pair[1]])
def test_every_default_fits(path: str, rules: Schema) -> None:
    _, errors, _ = check({"x": rules}, {}, ALLOWED)
    assert [(error.rule, error.value) for error in errors] == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_key_of_the_core_has_a_label(kind: Kind) -> None:
    assert [name for name, rules in kind.schema.items() if not rules.get("meta", {}).get("label")] == []


def test_booleans_are_no_numbers() -> None:
    assert "ZC203" in told("a: {type: integer}", "a: true")[0]
    assert "ZC203" in told("a: {type: number}", "a: true")[0]
    assert "ZC203" in told("a: {type: float}", "a: true")[0]


@pytest.mark.parametrize("value", ["ab", "b\n", "a"])
def test_a_pattern_holds_for_the_whole_text(value: str) -> None:
    schema = {"a": {"type": "string", "regex": "a|b", "meta": {"message": "write a or b"}}}
    _, errors, _ = check(schema, {"a": value}, ALLOWED)
    assert bool(errors) == (value != "a")


def test_patterns_are_told_in_words() -> None:
    for kind in KINDS.values():
        for _, rules in _fields(kind.schema, kind.name):
            if "regex" in rules:
                assert rules["meta"]["message"]
    assert told("a: {type: string, regex: '[a-z]+', meta: {message: write small letters}}", "a: A1") == [
        "x.yaml:1:4: error[ZC210]: a: 'A1' is not written as it must be; write small letters"
    ]


def test_all_problems_come_at_once_in_order_of_place() -> None:
    schema = "a: {type: integer}\nb: {type: string}\nc: {type: dict, schema: {d: {type: boolean}}}"
    found = told(schema, "b: 1\na: x\nc:\n  d: yes\n  e: 2\n")
    assert [line.split(":")[1] for line in found] == ["1", "2", "4", "5"]


def test_a_variant_brings_options_defaults_and_guesses() -> None:
    entity = KINDS["entity"].schema
    text = "title: 测\nkey: [a]\nfields:\n  a: {type: text, label: 甲}\n  b: {type: integer, label: 乙, mni: 1}\n"
    found = shaped(entity, text)
    assert found.declaration.data["fields"]["a"]["max"] == 500
    assert [str(problem) for problem in found.problems] == [
        "x.yaml:5:32: error[ZC204]: fields.b: unknown key 'mni'; did you mean 'min'?"
    ]


def test_links_inside_a_variant_are_met_with_their_path() -> None:
    text = "title: 测\nkey: [a]\nfields:\n  a: {type: ref, to: road, label: 甲}\n"
    assert [tuple(link) for link in shaped(KINDS["entity"].schema, text).links] == [
        (("fields", "a", "to"), "entity", "road")
    ]


def test_a_star_stands_for_all_only_where_the_schema_says_so() -> None:
    assert shaped("a: {type: string, link: entity, wildcard: true}", 'a: "*"').links == ()
    assert len(shaped("a: {type: string, link: entity}", 'a: "*"').links) == 1


def test_the_users_data_are_left_alone() -> None:
    data: dict[str, Any] = {"a": {}}
    result, _, _ = check({"a": {"type": "dict", "schema": {"b": {"default": 1}}}}, data, ALLOWED)
    assert (data, result) == ({"a": {}}, {"a": {"b": 1}})


def test_a_problem_is_one_line_whatever_the_value() -> None:
    assert "'a\\nb'" in told("a: {type: integer}", 'a: "a\\nb"')[0]


def test_a_container_of_the_wrong_kind_is_told_and_nothing_worse() -> None:
    schema = "a: {type: list, schema: {type: string}}\nb: {type: dict, schema: {rename: {type: string, default: x}}}"
    assert [line[:26] for line in told(schema, "a: {type: }\nb: [{rename: y}]")] == [
        "x.yaml:1:4: error[ZC203]: ",
        "x.yaml:2:4: error[ZC203]: ",
    ]


def test_long_values_are_shortened() -> None:
    assert len(told("a: {type: integer}", f"a: {'x' * 500}")[0]) < 200


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("abc", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "key", "type", "fields", "from", "schema", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.text("abc", max_size=3), anything, max_size=3), st.data())
def test_no_data_make_it_raise_and_every_problem_is_in_words(name: str, extra: Any, data: st.DataObject) -> None:
    kind = KINDS[name]
    chosen = data.draw(st.dictionaries(st.sampled_from(sorted(kind.schema)), anything, max_size=5))
    document, _ = load("x.yaml", b"{}")
    assert document is not None
    found = shape(Declaration(name, "x", {**chosen, **extra}, document, "home"), kind.schema, ALLOWED)
    for problem in found.problems:
        assert not re.search(r"[{}]0|None", str(problem))
        assert problem.mend
