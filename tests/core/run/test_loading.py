"""Loading records from a file: what is no good file changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from core.declare.problem import ZcError
from core.run.live import Platform
from tests.core.run import homes


def load(platform: Platform, data: bytes, name: str = "gate.csv", replace: bool = False) -> dict[str, Any]:
    done: dict[str, Any] = homes.operate(
        platform, "load", entity="gate", name=name, data=data.hex(), replace=replace, who="test"
    )
    return done


def gates(platform: Platform) -> dict[str, Any]:
    return {record["code"]: record["title"] for record in homes.found(platform, "gate")}


@pytest.mark.parametrize(("name", "data"), [("gate.csv", b""), ("gate.csv", b"code,title\n"), ("gate.json", b"[]")])
def test_a_file_without_rows_voids_nothing(platform: Platform, name: str, data: bytes) -> None:
    before = gates(platform)
    with pytest.raises(ZcError, match="no rows"):
        load(platform, data, name, replace=True)
    assert gates(platform) == before
    assert load(platform, data, name)["added"] == 0


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("code,title\nG1\n", "line 2: not 2 cells"),
        ("code,title\nG3,好\nG4,好,多\n", "line 3: not 2 cells"),
        ('code,title\nG1,"没有下一个引号\n', "no CSV"),
    ],
)
def test_a_row_that_does_not_fit_the_heading_changes_nothing(platform: Platform, data: str, told: str) -> None:
    before = gates(platform)
    with pytest.raises(ZcError, match=told):
        load(platform, data.encode())
    assert gates(platform) == before


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("gate.csv", "code,titel,colour\nG3,测试闸口三,红\nG4,测试闸口四,绿\n"),
        ("gate.json", '[{"code": "G3"}, {"code": "G4", "titel": "测试闸口四", "colour": "绿"}]'),
    ],
)
def test_columns_that_are_no_fields_are_told_once_with_what_was_meant(platform: Platform, name: str, data: str) -> None:
    before = gates(platform)
    with pytest.raises(ZcError, match="no fields of gate to load: titel, colour") as refused:
        load(platform, data.encode(), name, replace=True)
    assert refused.value.instruction == (
        "Did you mean 'title' for 'titel'? Its fields: code, title. Nothing was changed."
    )
    assert gates(platform) == before


def test_a_file_in_no_known_characters_is_refused(platform: Platform) -> None:
    with pytest.raises(ZcError, match="neither UTF-8 nor GB18030"):
        load(platform, "code,title\nG3,闸口\n".encode("utf-16"))
    assert set(gates(platform)) == {"G1", "G2"}


def test_line_ends_of_any_system_are_read(platform: Platform) -> None:
    assert load(platform, "\ufeffcode,title\rG3,测试闸口三\r".encode())["added"] == 1
    assert load(platform, "code,title\r\nG4,测试闸口四\r\n\r\n".encode("gb18030"))["added"] == 1
