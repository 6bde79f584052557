"""The strict loader: values, places, and that nothing makes it raise."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.declare.loader import DEPTH, load


def value_of(text: str) -> Any:
    document, problems = load("x.yaml", text.encode())
    assert problems == []
    assert document is not None
    return document.data


def codes_of(data: bytes) -> list[str]:
    document, problems = load("x.yaml", data)
    assert document is None
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("430421199001011234", 430421199001011234),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
    ],
)
def test_reads_as_a_value(written: str, value: Any) -> None:
    found = value_of(f"a: {written}")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "written",
    ["yes", "no", "on", "off", "True", "FALSE", "Null", "0123", "+5", "1_000", "0x1F", "0o17", "12:30:45"]
    + ["2026-11-01", "2026-11-01 08:30:00", ".nan", ".inf", "1.", ".5", "1e999", "1234567890123456789012", "1-2"],
)
def test_stays_text(written: str) -> None:
    assert value_of(f"a: {written}") == {"a": written}


def test_quotes_make_text() -> None:
    assert value_of('{a: "21", b: \'true\', c: "null", d: ""}') == {"a": "21", "b": "true", "c": "null", "d": ""}


def test_takes_a_byte_order_mark_and_counts_columns_without_it() -> None:
    document, problems = load("x.yaml", b"\xef\xbb\xbfa: 1\n")
    assert problems == []
    assert document is not None
    assert document.places[("a",)] == ("x.yaml", 1, 1)


def test_columns_count_characters_and_not_bytes() -> None:
    document, _ = load("x.yaml", "{称重: 检测, b: 1}".encode())
    assert document is not None
    assert document.places[("b",)].col == 10
    assert document.value_places[("b",)].col == 13


def test_a_key_called_key_keeps_its_own_place() -> None:
    document, _ = load("x.yaml", b"key: [code]\ntime: at\n")
    assert document is not None
    assert document.value_places[("key",)] == ("x.yaml", 1, 6)


def test_tells_all_that_it_can_go_past() -> None:
    assert codes_of(b"a: 1\na: 2\n3: x\nb: &c y\nd: !e z\n") == ["ZC107", "ZC108", "ZC109", "ZC110"]


def test_a_second_key_tells_where_the_first_stands() -> None:
    _, problems = load("x.yaml", b"a: 1\nb: 2\na: 3\n")
    assert str(problems[0]).startswith("x.yaml:3:1: error[ZC107]: the key 'a' stands twice, first on line 1")


def test_depth_is_bounded() -> None:
    assert value_of("[" * DEPTH + "]" * DEPTH)
    assert codes_of(b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1)) == ["ZC112"]
    assert codes_of(b"[" * 50_000) == ["ZC112"]


@pytest.mark.parametrize("data", [b"", b"\n", b"# only a remark\n", b"---\n", b"\xef\xbb\xbf"])
def test_nothing_is_an_empty_file(data: bytes) -> None:
    assert codes_of(data) == ["ZC105"]


def test_control_characters_are_told_where_they_stand() -> None:
    _, problems = load("x.yaml", "a: 检\nb: \x01\n".encode())
    assert [(problem.code, problem.line, problem.col) for problem in problems] == [("ZC103", 2, 4)]


scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**18) + 1, max_value=10**18 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=12)
)
keys = st.text(st.characters(codec="utf-8"), max_size=8).filter(lambda key: key != "<<")
nested = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)


class Quoting(yaml.SafeDumper):
    """Writes every text in double quotes, since our rules for plain text are narrower than YAML's."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
Quoting.ignore_aliases = lambda dumper, data: True  # type: ignore[method-assign]  # the documented way


def dumped(data: Any, flow: bool) -> str:
    return yaml.dump(data, Dumper=Quoting, allow_unicode=True, default_flow_style=flow, width=60, sort_keys=False)


@given(nested.filter(lambda data: data is not None), st.booleans())
def test_what_was_dumped_is_loaded_and_each_place_points_at_its_key(data: Any, flow: bool) -> None:
    text = dumped(data, flow)
    document, problems = load("x.yaml", text.encode())
    assert problems == []
    assert document is not None
    assert json.dumps(document.data) == json.dumps(data)
    lines = text.splitlines() if text.isascii() else text.split("\n")
    for path, place in document.places.items():
        if path and isinstance(path[-1], str):
            here = lines[place.line - 1][place.col - 1 :]
            assert here.startswith('"') or here.startswith("? ")
    assert set(document.places) == set(document.value_places) == set(_paths(data, ()))


def _paths(data: Any, path: tuple[str | int, ...]) -> Any:
    yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from _paths(value, (*path, key))


words = st.text("abcdefg_", min_size=1, max_size=8)


@given(st.recursive(st.integers(0, 99), lambda inner: st.dictionaries(words, inner, min_size=1, max_size=4)))
def test_the_text_at_each_place_is_the_key(data: Any) -> None:
    text = yaml.safe_dump({"top": data}, default_flow_style=False)
    document, _ = load("x.yaml", text.encode())
    assert document is not None
    lines = text.split("\n")
    for path, place in document.places.items():
        if path:
            assert lines[place.line - 1][place.col - 1 :].startswith(f"{path[-1]}:")


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    document, problems = load("x.yaml", data)
    assert (document is None) == bool(problems)


@given(st.text("ab:-#&*!{}[]\"'|> \t\n1?,%@`~<é\x00", max_size=80))
def test_no_text_makes_it_raise(text: str) -> None:
    document, problems = load("x.yaml", text.encode())
    assert (document is None) == bool(problems)
    for problem in problems:
        assert problem.line <= text.count("\n") + 2
