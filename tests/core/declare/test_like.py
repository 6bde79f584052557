"""`like:` merges by laws, and every part knows the file it came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from core.declare.like import merge
from tests.core.declare.homes import ENTITY, INTERFACE, SOUND, read, write

leaves = st.integers(0, 9) | st.text("abc", max_size=3) | st.lists(st.integers(0, 9), max_size=3)
data = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(leaves, lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3), max_leaves=8),
    max_size=4,
)


@given(data)
def test_nothing_stated_changes_nothing(base: Any) -> None:
    assert merge(base, {}) == base


@given(data)
def test_stating_the_same_changes_nothing(base: Any) -> None:
    assert merge(base, base) == base


@given(data, data)
def test_what_is_stated_holds_and_stating_it_again_changes_nothing(base: Any, own: Any) -> None:
    merged = merge(base, own)
    assert merge(merged, own) == merged
    assert set(merged) == set(base) | set(own)
    for key, value in own.items():
        assert merged[key] == (merge(base.get(key), value))
    for key in set(base) - set(own):
        assert merged[key] == base[key]


@given(data, data, data)
def test_two_steps_are_one(base: Any, first: Any, second: Any) -> None:
    assume(not _replaces(first, second))
    assert merge(merge(base, first), second) == merge(base, merge(first, second))


def _replaces(first: Any, second: Any) -> bool:
    """Whether somewhere `second` puts a mapping where `first` has none: then the order of steps matters."""
    shared = set(first) & set(second)
    return any(
        isinstance(second[key], dict) and (not isinstance(first[key], dict) or _replaces(first[key], second[key]))
        for key in shared
    )


@given(data)
def test_null_takes_every_key_away(base: Any) -> None:
    assert merge(base, dict.fromkeys(base)) == {}


@given(data, data)
def test_neither_side_is_touched(base: Any, own: Any) -> None:
    before = repr(base), repr(own)
    merge(base, own)
    assert (repr(base), repr(own)) == before


def test_a_field_is_added_to_a_plugins_entity(tmp_path: Path) -> None:
    own = "like: bridge\nfields:\n  owner: {type: text, label: 业主}\n  spans: {max: 9}\n"
    reading = read(write(tmp_path, {**SOUND, "config/entities/bridge.yaml": own}))
    assert reading.problems == ()
    bridge = reading.declarations["entity"]["bridge"]
    assert list(bridge.data["fields"]) == ["code", "spans", "owner"]
    assert bridge.data["fields"]["spans"]["max"] == 9
    assert bridge.data["fields"]["spans"]["label"] == "跨数"
    assert bridge.place("fields", "owner") == ("config/entities/bridge.yaml", 3, 3)
    assert bridge.place("fields", "spans") == ("config/entities/bridge.yaml", 4, 3)
    assert bridge.place("fields", "spans", "label") == ("plugins/county/entities/bridge.yaml", 5, 26)
    assert bridge.value_place("title") == ("plugins/county/entities/bridge.yaml", 1, 8)


def test_a_problem_in_the_own_part_stands_in_the_own_file(tmp_path: Path) -> None:
    own = "like: bridge\nfields:\n  spans: {max: nine}\n"
    reading = read(write(tmp_path, {**SOUND, "config/entities/bridge.yaml": own}))
    assert [problem[:3] for problem in map(_place, reading.problems)] == [("config/entities/bridge.yaml", 3, 16)]


def _place(problem: Any) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.col


def test_a_problem_in_the_base_is_told_once(tmp_path: Path) -> None:
    broken = INTERFACE.replace("fields:", "formt: json\nfields:")
    files = {"interfaces/bridges.yaml": broken, "interfaces/more.yaml": "like: bridges\npath: /api/more\n"}
    reading = read(write(tmp_path, {**SOUND, **files}))
    assert [(problem.code, problem.file) for problem in reading.problems] == [("ZC204", "interfaces/bridges.yaml")]


def test_null_takes_a_key_of_the_base_away(tmp_path: Path) -> None:
    reading = read(write(tmp_path, {**SOUND, "interfaces/more.yaml": "like: bridges\nfields: {spans: null}\n"}))
    assert reading.problems == ()
    assert list(reading.declarations["interface"]["more"].data["fields"]) == ["code"]


def test_a_home_file_stands_for_the_plugins_and_remembers_it(tmp_path: Path) -> None:
    own = ENTITY.replace("测试实体", "本地实体")
    reading = read(write(tmp_path, {**SOUND, "config/entities/bridge.yaml": own}))
    bridge = reading.declarations["entity"]["bridge"]
    assert (bridge.owner, bridge.data["title"]) == ("home", "本地实体")
    assert reading.replaced == {("entity", "bridge"): bridge.replaced_digest}
    before = bridge.replaced_digest
    write(tmp_path, {"plugins/county/entities/bridge.yaml": ENTITY + "# changed\n"})
    assert read(tmp_path).replaced != {("entity", "bridge"): before}
