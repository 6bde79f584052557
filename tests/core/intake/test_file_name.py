"""Patterns of file names read what they build."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.intake.file_name import FileName

VALUES = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = ["station", "lane", "code"]
LITERALS = st.text("ab_-. {}一", max_size=3)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """A pattern of three names in any order, once or twice, with text between and around."""
    order = draw(st.permutations(NAMES + draw(st.lists(st.sampled_from(NAMES), max_size=2))))
    parts = [draw(LITERALS).replace("{", "{{").replace("}", "}}") + "{" + name + "}" for name in order]
    return draw(st.sampled_from(["", "/"])).join(parts) + draw(LITERALS).replace("{", "{{").replace("}", "}}")


@given(patterns(), st.fixed_dictionaries({name: VALUES for name in NAMES}))
def test_what_is_built_reads_back_or_is_not_built(text: str, values: dict[str, str]) -> None:
    pattern = FileName.parsed(text)
    try:
        path = pattern.build(values)
    except ValueError:
        assume(False)
    assert pattern.read(path) == values


@given(st.fixed_dictionaries({name: st.text("abc123", min_size=1, max_size=8) for name in NAMES}))
def test_values_without_the_text_between_are_always_built(values: dict[str, str]) -> None:
    pattern = FileName.parsed("{station}/{lane}_{code}.jpg")
    assert pattern.build(values) == f"{values['station']}/{values['lane']}_{values['code']}.jpg"


@given(
    st.lists(st.sampled_from(["a", "b", "/", "*", "{x}", "{y}", "{z}", "_"]), min_size=1, max_size=8),
    st.text("aAb_/", max_size=9),
)
def test_a_path_is_read_as_a_regular_expression_reads_it(parts: list[str], path: str) -> None:
    try:
        pattern = FileName.parsed("".join(parts))
    except ValueError:
        assume(False)
    expressions = {"*": "[^/]*", **{name: f"(?P<{name[1]}>[^/]+?)" for name in ("{x}", "{y}", "{z}")}}
    twice = len(pattern.names) < sum(part[0] == "{" for part in parts)
    for name in {part for part in parts if part[0] == "{"} if twice else ():
        first = parts.index(name)
        parts[first + 1 :] = [f"(?P={name[1]})" if part == name else part for part in parts[first + 1 :]]
    expression = re.compile("".join(expressions.get(part, part) for part in parts), re.IGNORECASE)
    found = expression.fullmatch(path)
    read = pattern.read(path)
    if not twice or "*" not in parts:
        assert read == (found.groupdict() if found else None)
    elif read is not None:
        assert found is not None


@pytest.mark.parametrize("pattern", ["*" * 90 + "/x", "*a" * 60 + "/x", "{a}" * 2 + "*a" * 60 + "{b}_{b}.csv"])
def test_a_name_made_to_be_slow_is_read_at_once(pattern: str) -> None:
    assert FileName.parsed(pattern).read("a" * 255) is None
    assert FileName.parsed(pattern).read("a" * 100_000) is None


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("{station}/{date}/*.csv", "S1/20261101/a.CSV", {"station": "S1", "date": "20261101"}),
        ("{station}/{date}/*.csv", "S1/20261101/deep/a.csv", None),
        ("{station}/{date}/*.csv", "S1//a.csv", None),
        ("{a}-{a}.csv", "1-1.csv", {"a": "1"}),
        ("{a}-{a}.csv", "1-2.csv", None),
        ("{a}-{a}.csv", "1-2-1-2.csv", {"a": "1-2"}),
        ("{a}/{b}/{a}_{b}_{c}.csv", "A_1/B/a_1_B_2.csv", {"a": "A_1", "b": "B", "c": "2"}),
        ("*_{a}.csv", "x_y_z.csv", {"a": "z"}),
        ("a.csv", "aXcsv", None),
        ("a*.csv", "a.csv", {}),
    ],
)
def test_a_path_is_read(pattern: str, path: str, values: dict[str, str] | None) -> None:
    assert FileName.parsed(pattern).read(path) == values


@pytest.mark.parametrize(
    "text",
    ["", "/a.csv", "a//b", "../a.csv", "a/./b", "{a", "{}", "{a!r}", "{a:3}", "{a.b}", "{0}", "{a}{a}{b}{b}{c}{c}"],
)
def test_a_text_that_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        FileName.parsed(text)


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("{a}_*.csv", {"a": "1"}),
        ("{a}_{b}.csv", {"a": "1"}),
        ("{a}_{b}.csv", {"a": "1_2", "b": "3"}),
        ("{a}", {"a": "1/2"}),
    ],
)
def test_a_name_that_would_not_read_back_is_not_built(pattern: str, values: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        FileName.parsed(pattern).build(values)


@given(st.lists(st.sampled_from(["a", "b", "/", "*", "{x}", "{y}", ".csv"]), min_size=1, max_size=6), st.data())
def test_patterns_that_read_one_path_meet(parts: list[str], data: st.DataObject) -> None:
    try:
        first = FileName.parsed("".join(parts))
        second = FileName.parsed("".join(data.draw(st.permutations(parts))))
    except ValueError:
        assume(False)
    path = "".join(data.draw(st.sampled_from(["a", "b", "ab"])) if part[0] in "*{" else part for part in parts)
    met = first.meets(second)
    assert met == second.meets(first) or (first.read(met) is not None and second.read(met) is not None)
    if len(first.names) == len(second.names) == sum(part[0] == "{" for part in parts):
        assert met is not None or first.read(path) is None or second.read(path) is None


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ("{station}/*.csv", "{gate}/day_{date}.csv", "a/day_a.csv"),
        ("{station}/*.csv", "*.csv", None),
        ("a*.csv", "*b.CSV", "ab.csv"),
        ("{a}.csv", ".csv", None),
        ("*.csv", "*.csv.ok", None),
    ],
)
def test_patterns_meet_in_a_path_that_both_read(one: str, other: str, path: str | None) -> None:
    assert FileName.parsed(one).meets(FileName.parsed(other)) == path
