"""Values of a dataset where a group has no row."""

from copy import deepcopy

import pytest

PLATES = {"label": "车辆数", "unit": "辆", "kind": "distinct", "decimals": 0, "divide": 1}
OF_NONE = {"trucks": 0, "plates": 0, "share": 0, "rate": None}
"""Each measure of the class of which there was none."""


@pytest.fixture
def answer(dataset):
    """One by class: trucks, vehicles, rate and share; no grave ones."""
    found = dataset["answers"]["by_class"]
    found["columns"] |= {"plates": PLATES, "rate": dataset["answers"]["by_station"]["columns"]["rate"]}
    found["measures"] = [*OF_NONE]
    found["rows"] = [{**row, "plates": 7, "rate": 0.1} for row in found["rows"] if row["overload_class"] != "grave"]
    return found


def test_in_a_text(part, dataset, answer):
    naming, figures = part("naming"), part("figures")
    said = {name: naming.Called("by_class", "grave", name, None) for name in OF_NONE}
    assert {name: figures.value_of(dataset, one) for name, one in said.items()} == OF_NONE
    answer["rows"][0]["plates"] = None  # asked by the hour
    assert figures.value_of(dataset, said["plates"]) is None
    answer["rows"] = []
    assert figures.value_of(dataset, said["share"]) is None


@pytest.mark.parametrize("measure", OF_NONE)
def test_in_a_table_across(part, answer, measure):
    stations = ({**row, "station": station} for station in ("T1", "T2") for row in answer["rows"])
    answer |= {"by": ["station", "overload_class"], "measures": [measure], "rows": [*stations][:-1]}
    answer["columns"]["station"] = {"label": "站点", "unit": "", "kind": "dimension", "decimals": 0, "divide": 1}
    said = {"title": "测试", "across": True, "totals": False, "columns": [], "numbered": False}
    made = part("tables").table_of(said, answer, "")
    assert made.values[1][-1] == OF_NONE[measure]
    assert (made.rows[1][-1] == "—") == (OF_NONE[measure] is None)


def test_beside_another_version(part, dataset, answer):
    former = deepcopy(dataset)
    grave = {"overload_class": "grave", "trucks": 3, "plates": 2, "share": 0.25, "rate": 0.5}
    answer["rows"].append(grave)
    told = part("difference").differences(former, dataset)
    assert [line.rpartition("较严重超限")[2] for line in told] == [
        "货车数 0 → 3", "车辆数 0 → 2", "占比 0.0% → 25.0%", "超限率 — → 50.00%",
    ]  # fmt: skip
