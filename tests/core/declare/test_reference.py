"""What is made from declarations for people: reference pages, JSON Schemas, `show`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.declare import reference
from core.declare.declaration import Declaration
from core.declare.loader import load
from core.declare.problem import catalogue
from core.declare.show import show
from tests.core.declare.homes import SOUND, read, write


def test_there_is_a_page_and_a_schema_for_each_kind(tmp_path: Path) -> None:
    reading = read(write(tmp_path, SOUND))
    pages = reference.pages(reading)
    wanted = {f"{kind}{ending}" for kind in reading.kinds for ending in (".md", ".schema.json")}
    assert set(pages) == wanted | {"index.md", "problems.md"}
    assert pages == reference.pages(read(tmp_path))


def test_a_page_tells_each_key_nested_ones_too_and_no_pattern(tmp_path: Path) -> None:
    pages = reference.pages(read(write(tmp_path, SOUND)))
    assert "| `fields.<name>.mask` | 脱敏 | text |" in pages["entity.md"]
    assert "## fields.<name> with type: choice" in pages["entity.md"]
    assert "| `derive[].use` |" in pages["entity.md"]
    assert "write a path such as /api/leiyang" in pages["interface.md"]
    assert "A-Za-z0-9" not in pages["interface.md"]


def test_every_problem_is_told(tmp_path: Path) -> None:
    page = reference.pages(read(write(tmp_path, SOUND)))["problems.md"]
    assert [code for code in catalogue() if f"| {code} |" not in page] == []


def test_every_problem_has_help_and_a_next_step() -> None:
    assert [code for code, entry in catalogue().items() if not entry.get("help") or not entry.get("mend")] == []


def test_the_json_schema_says_what_the_kind_says(tmp_path: Path) -> None:
    pages = reference.pages(read(write(tmp_path, SOUND)))
    entity = json.loads(pages["entity.schema.json"])
    assert entity["anyOf"] == [{"required": ["like"]}, {"required": ["title", "key", "fields"]}]
    assert entity["additionalProperties"] is False
    field = entity["properties"]["fields"]["additionalProperties"]
    assert "mass" in field["properties"]["type"]["enum"]
    branches = {branch["if"]["properties"]["type"]["const"]: branch["then"] for branch in field["allOf"]}
    assert "to" in branches["ref"]["required"]
    assert branches["ref"]["additionalProperties"] is False
    site = json.loads(pages["site.schema.json"])
    assert site["properties"]["listen"]["properties"]["port"]["maximum"] == 65535


def test_show_tells_where_each_part_came_from(tmp_path: Path) -> None:
    own = "like: bridge\nfields:\n  owner: {type: text, label: 业主}\n"
    reading = read(write(tmp_path, {**SOUND, "config/entities/bridge.yaml": own}))
    text = show(reading.declarations["entity"]["bridge"])
    assert "title: 测试实体  # plugins/county/entities/bridge.yaml:1\n" in text
    assert "  owner:\n    type: text\n" in text
    assert "    required: false  # default\n" in text


def test_what_is_shown_can_be_read_again(tmp_path: Path) -> None:
    declaration = read(write(tmp_path, SOUND)).declarations["interface"]["bridges"]
    document, problems = load("shown.yaml", show(declaration).encode())
    assert problems == []
    assert document is not None
    assert document.data == declaration.data


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(st.characters(codec="utf-8"), max_size=6)
    | st.sampled_from(["yes", "0123", "1e5", "null", "a: b", "- x", "#", "x #y", "称重", "<<"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1: #", max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), values, min_size=1, max_size=4))
def test_any_data_shown_can_be_read_again(data: Any) -> None:
    document, _ = load("x.yaml", b"{}")
    assert document is not None
    text = show(Declaration("test", "x", data, document, "home"))
    again, problems = load("shown.yaml", text.encode())
    assert problems == []
    assert again is not None
    assert json.dumps(again.data) == json.dumps(data)
