"""County outlines: where a label goes, and which counties are read."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webui.delivery.outlines import MEMBER, inner_point, read


def box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def test_a_county_around_another_is_labelled_beside_it() -> None:
    x, y = inner_point([box(112, 26, 113, 27), box(112.2, 26.2, 112.8, 26.8)])
    assert 112 < x < 113
    assert 26 < y < 27
    assert not (112.2 < x < 112.8 and 26.2 < y < 26.8)


@settings(max_examples=25)
@given(
    st.floats(100, 120), st.floats(20, 40), st.floats(0.05, 2), st.floats(0.05, 2), st.floats(0.3, 0.9)
)  # fmt: skip
def test_the_point_lies_inside_an_angle(west: float, south: float, wide: float, high: float, cut: float) -> None:
    """An L, the centre of whose box may lie outside it."""
    corner = (west + wide * (1 - cut), south + high * (1 - cut))
    ring = [(west, south), (west + wide, south), (west + wide, corner[1]), corner, (corner[0], south + high)]
    ring += [(west, south + high), (west, south)]
    x, y = inner_point([ring])
    assert west < x < west + wide
    assert south < y < south + high
    assert x < corner[0] or y < corner[1]


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel of the form that delivery reads, with two invented counties."""
    counties = {
        "features": [
            {"properties": {"name": name, "gb": code}, "geometry": {"type": "Polygon", "coordinates": [box(*at)]}}
            for name, code, at in [("甲", "156430401", (112, 26, 113, 27)), ("乙", "156440101", (113, 23, 114, 24))]
        ]
    }
    with zipfile.ZipFile(tmp_path / "counties.whl", "w") as archive:
        archive.writestr(MEMBER, json.dumps(counties))
    return tmp_path / "counties.whl"


def test_only_the_counties_of_the_prefecture_are_read(wheel: Path) -> None:
    (county,) = read(wheel, "4304")["features"]
    assert county["properties"]["name"] == "甲"
    assert county["properties"]["code"] == "430401"
    assert county["properties"]["label"][0] == pytest.approx(112.5, abs=0.01)


def test_a_prefecture_without_counties_is_told(wheel: Path) -> None:
    with pytest.raises(SystemExit, match="9999"):
        read(wheel, "9999")
