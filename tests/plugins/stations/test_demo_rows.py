"""The demo rows of the stations plugin: real regions, stations that say they are invented, nothing dangling."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from core import api
from core.entity.types import CORE

FOLDER = Path(__file__).parents[3] / "plugins" / "stations"
ENTITIES = ("region", "station", "lane", "device")


def rows(entity: str) -> list[dict[str, str]]:
    with (FOLDER / "demo" / f"{entity}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def declared(entity: str) -> dict:
    return yaml.safe_load((FOLDER / "entities" / f"{entity}.yaml").read_text(encoding="utf-8"))


def codes(dictionary: str) -> tuple[str, ...]:
    text = (FOLDER / "dictionaries" / f"{dictionary}.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text)["items"])


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_cell_can_be_read_as_its_field(entity):
    fields = declared(entity)["fields"]
    readers = {}
    for name, said in fields.items():
        options = {key: value for key, value in said.items() if key not in ("type", "label", "help", "required")}
        options |= {"codes": codes(said["dictionary"])} if said["type"] == "choice" else {}
        kind = CORE[said["type"]]
        readers[name] = kind.reader(api.Field(name, kind, said["label"], options=options), api.Reading())
    for row in rows(entity):
        assert list(row) == list(fields)
        for name, cell in row.items():
            assert cell or not fields[name].get("required")
            if cell:
                readers[name](cell)


@pytest.mark.parametrize("entity", ENTITIES)
def test_keys_are_there_once_and_every_row_is_marked(entity):
    key = declared(entity)["key"]
    found = rows(entity)
    assert len({tuple(row[name] for name in key) for row in found}) == len(found)
    assert {row["demo"] for row in found} == {"true"}


def test_every_reference_is_there():
    regions = {row["code"] for row in rows("region")}
    stations = {row["code"] for row in rows("station")}
    assert {row["parent"] for row in rows("region")} == {"", "430400"}
    assert {row["region"] for row in rows("station")} == regions - {"430400"}
    assert {row["station"] for row in rows("lane")} == stations
    lanes = {(row["station"], row["number"]) for row in rows("lane")}
    assert {row["station"] for row in rows("device")} == stations
    assert {(row["station"], row["lane"]) for row in rows("device") if row["lane"]} <= lanes


def test_every_scale_has_its_verification_and_every_device_is_invented():
    for row in rows("device"):
        assert row["code"].startswith(f"{row['station']}-")
        assert row["title"].startswith("演示")
        scale = row["device_type"] in ("weigher", "static")
        assert scale == bool(row["certificate"] and row["verified_on"] < row["verified_until"])


def test_regions_are_the_city_and_its_twelve_counties():
    codes = [row["code"] for row in rows("region")]
    assert codes[0] == "430400"
    assert len(codes) == 13
    assert all(re.fullmatch("4304(00|0[5-8]|12|2[12346]|8[12])", code) for code in codes)


def test_stations_say_that_they_are_invented():
    for row in rows("station"):
        assert re.fullmatch(rf"DEMO-{row['region']}-\d\d", row["code"])
        assert re.match(r"演示\d\d ", row["title"])
        assert 111.53 <= float(row["longitude"]) <= 113.29
        assert 26.10 <= float(row["latitude"]) <= 27.48
        assert re.fullmatch(r"\d+\.\d\d", row["longitude"])


def test_each_station_has_two_to_four_lanes_numbered_from_one():
    lanes: dict[str, list[int]] = {}
    for row in rows("lane"):
        lanes.setdefault(row["station"], []).append(int(row["number"]))
    assert all(2 <= len(numbers) <= 4 and numbers == list(range(1, len(numbers) + 1)) for numbers in lanes.values())
