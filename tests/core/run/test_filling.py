"""Forms of declarations: the same text with other values, all else as it was written."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.declare.problem import ZcError
from core.run.words import NotFound
from tests.core.run.homes import operate

PATH = "config/dictionaries/colour.yaml"
TEXT = """# 测试字典
title: 颜色   # 显示的名称

# 条目
items:
  red: {label: 红}
  blue:
    label: 蓝
# 尾注
"""
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=12
)
VALUES = st.recursive(
    WORDS | st.booleans() | st.integers(-(10**6), 10**6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def filled(platform, text, **values):
    """The text with those values."""
    return operate(platform, "declaration.filled", path=PATH, text=text, values=values)["text"]


def test_only_what_changes_is_written_anew(platform):
    assert filled(platform, TEXT, title="颜色表") == TEXT.replace("title: 颜色   # 显示的名称\n", "title: 颜色表\n")
    items = {"red": {"label": "红色", "colour": "red"}, "blue": {"label": "蓝"}}
    changed = filled(platform, TEXT, items=items)
    assert "  red: {label: 红色, colour: red}\n" in changed
    assert changed.startswith(TEXT[: TEXT.index("items:")])
    assert changed.endswith("# 尾注\n")
    assert operate(platform, "declaration.values", path=PATH, text=changed)["values"] == {
        "title": "颜色",
        "items": items,
    }
    assert filled(platform, filled(platform, TEXT, help="说明"), help=None) == TEXT
    assert filled(platform, "title: 颜色", help="说明") == "title: 颜色\nhelp: 说明\n"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(["title", "items", "help"]), value=VALUES)
def test_what_is_written_is_what_was_meant(platform, key, value):
    try:
        changed = filled(platform, TEXT, **{key: value})
    except ZcError:
        return  # told to the person: the strict YAML cannot say it
    found = operate(platform, "declaration.values", path=PATH, text=changed)["values"]
    assert found == {**yaml.safe_load(TEXT), key: value}
    assert changed.startswith("# 测试字典\n")


@pytest.mark.parametrize("text", ["- a\n", "a: [\n", "{title: x, items: {}}\n", ""])
def test_a_text_without_keys_line_by_line_has_no_form(platform, text):
    with pytest.raises(ZcError):
        filled(platform, text, title="x")


def test_only_declarations_have_forms(platform):
    with pytest.raises(NotFound):
        operate(platform, "declaration.values", path="config/secrets.yaml", text="a: b\n")
    with pytest.raises(ZcError):
        operate(platform, "declaration.filled", path=PATH, text=TEXT, values=["x"])
