"""The colours of dictionaries: readable, and what is worse is told apart by eyes that do not see every colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COLOURS = yaml.safe_load((ROOT / "core/declare/kinds/dictionary.yaml").read_text("utf-8"))["schema"]["items"][
    "valuesrules"
]["schema"]["colour"]["allowed"]
RAMP = ("green", "amber", "orange", "red", "purple")
TOLD_APART = 12  # CIE76; 2.3 is just noticeable beside each other, a legend is looked at from further away
Rgb = tuple[float, ...]
Matrix = tuple[tuple[float, float, float], ...]

# Linear RGB to LMS, and what is left of LMS without one sort of cone, after Viénot, Brettel and Mollon (1999),
# Digital video colourmaps for checking the legibility of displays by dichromats, Color Research & Application 24.
LMS: Matrix = ((17.8824, 43.5161, 4.11935), (3.45565, 27.1554, 3.86714), (0.0299566, 0.184309, 1.46709))
RGB: Matrix = (
    (0.0809444479, -0.130504409, 0.116721066),
    (-0.0102485335, 0.0540193266, -0.113614708),
    (-0.000365296938, -0.00412161469, 0.693511405),
)
EYES: Mapping[str, Matrix] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": ((0, 2.02344, -2.52581), (0, 1, 0), (0, 0, 1)),
    "deuteranope": ((1, 0, 0), (0.494207, 0, 1.24827), (0, 0, 1)),
}
XYZ: Matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)


def tokens() -> dict[str, dict[str, str]]:
    """{theme: {name: #rrggbb}}; what the dark theme does not say is as in the light one."""
    light, dark = (ROOT / "webui/static/css/tokens.css").read_text("utf-8").split("html.dark {", 1)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css)) for css in (light, dark.partition("\n}\n")[0])]
    return {"light": found[0], "dark": found[0] | found[1]}


def linear(colour: str) -> Rgb:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def times(matrix: Matrix, vector: Rgb) -> Rgb:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, 1.4.3."""
    low, high = sorted(times(XYZ, linear(colour))[1] for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, eye: Matrix) -> Rgb:
    seen = times(RGB, times(eye, times(LMS, linear(colour))))
    x, y, z = (
        cubic(max(part, 0) / white)
        for part, white in zip(times(XYZ, tuple(min(max(one, 0), 1) for one in seen)), WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def cubic(part: float) -> float:
    return part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_tag_is_readable(theme: str) -> None:
    said = tokens()[theme]
    poor = {name: contrast(said[f"tag-{name}"], said[f"tag-{name}-ink"]) for name in COLOURS}
    assert {name: ratio for name, ratio in poor.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_worse_is_told_apart(theme: str, eye: str) -> None:
    said = tokens()[theme]
    seen = {name: lab(said[f"mark-{name}"], EYES[eye]) for name in RAMP}
    apart = {
        pair: sum((a - b) ** 2 for a, b in zip(seen[pair[0]], seen[pair[1]], strict=True)) ** 0.5
        for pair in combinations(RAMP, 2)
    }
    assert {pair: round(far) for pair, far in apart.items() if far < TOLD_APART} == {}


def test_no_two_classes_of_overload_have_the_same_colour() -> None:
    said = yaml.safe_load((ROOT / "plugins/limits/dictionaries/overload_class.yaml").read_text("utf-8"))["items"]
    assert len({item["colour"] for item in said.values()}) == len(said)
