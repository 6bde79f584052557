"""Random roles, users, rows and questions: nothing outside the scope, nothing that a mask hides, by any door."""

from __future__ import annotations

import itertools
import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.declare.problem import ZcError
from core.entity.mask import masked
from core.run.words import NotAllowed, NotFound
from tests.core.run.seen import MASKED, REGIONS, RIGHTS, STATIONS, covers, level, regions_above, role, world

SHARED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
FIELDS = ("code", "station", "plate", "driver", "kind", "gross_kg")
_numbers = itertools.count(1)


@pytest.fixture
def there(store_url, tmp_path):
    with world(tmp_path, store_url) as made:
        yield made


@st.composite
def roles(draw):
    def one(number):
        see = draw(st.sampled_from([RIGHTS, ("see",), ("see", "export"), ()]))
        return role(
            f"role{number}",
            rights={"weighing": see, "*": draw(st.sampled_from([("see",), ()]))},
            scope=draw(st.sampled_from(["whole", "region", "station"])),
            unmask={"weighing": draw(st.frozensets(st.sampled_from(MASKED)))},
            hide={"weighing": draw(st.frozensets(st.sampled_from(FIELDS[2:]), max_size=2))},
        )

    return [one(number) for number in range(draw(st.integers(1, 3)))]


refs = st.fixed_dictionaries(
    {"region": st.sampled_from([None, *REGIONS]), "station": st.sampled_from([None, *STATIONS])}
)
new_rows = st.lists(
    st.fixed_dictionaries(
        {
            "station": st.sampled_from([None, *STATIONS]),
            "kind": st.sampled_from(["truck", "other"]),
            "gross_kg": st.sampled_from([20000, 60000]),
        }
    ),
    min_size=1,
    max_size=3,
)


questions = st.fixed_dictionaries(
    {
        "asked": st.sampled_from([None, "plate", "driver", "kind", "gross_kg", "station"]),
        "some": st.integers(0, 99),
        "sort": st.sampled_from([None, "plate", "-driver", "gross_kg"]),
        "facet": st.sampled_from(["station", "kind"]),
        "by": st.sampled_from(["station", "kind", "day"]),
    }
)
"""What is asked; all of it drawn before anything is looked at, since rows of earlier examples stay."""


def store(there, rows):
    """Store rows whose masked texts are found nowhere else, so that one in an answer is a leak."""
    for row in rows:
        number = next(_numbers)
        there.add(code=f"C{number}", plate=f"湘D{number:05d}Z", driver=f"司机编号{number:05d}号", **row)


def secrets_of(row, name):
    return str(row[name]) if name in ("plate", "driver") else None


@SHARED
@given(roles=roles(), refs=refs, rows=new_rows, question=questions)
def test_no_door_tells_more_than_the_roles_do(there, roles, refs, rows, question):
    store(there, rows)
    seeing = there.as_(*roles, **refs)
    levels = {
        number: {name: level(roles, refs, row, name) for name in FIELDS} for number, row in there.weighings.items()
    }
    seen = {number for number, found in levels.items() if found["code"] is not None}
    plain = {name: {number for number in seen if levels[number][name] == 0} for name in FIELDS}
    told = []

    asked, sort, facet = question["asked"], question["sort"], question["facet"]
    some = sorted(there.weighings)[question["some"] % len(there.weighings)]
    query = {asked: [str(there.weighings[some][asked] or "")]} if asked else {}
    page = {**query, "limit": ["1000"], **({"sort": [sort]} if sort else {})}
    used = {name for name in (asked if query and query[asked] != [""] else None, (sort or "").lstrip("-")) if name}
    may = seen.intersection(*(plain[name] for name in used)) if used else seen
    matching = {
        number for number in may if not used & {asked} or str(there.weighings[number][asked]) == query[asked][0]
    }

    try:
        found = seeing.find("weighing", page)
    except ZcError:
        assert not may or any(not plain[name] for name in used)
    else:
        told.append(found)
        assert {record["id"] for record in found["records"]} == matching
        assert found["count"] == len(matching)
        for record in found["records"]:
            check_shown(record, there.weighings[record["id"]], levels[record["id"]])
        if used <= {"station"} and plain["gross_kg"] == seen:
            assert found["sums"]["gross_kg"] == sum(there.weighings[one]["gross_kg"] for one in matching)

    try:
        counts = seeing.facets("weighing", facet, {})
    except ZcError:
        assert not plain[facet]
    else:
        told.append(counts)
        wanted = Counter(there.weighings[number][facet] for number in plain[facet])
        assert {one["value"]: one["count"] for one in counts} == wanted

    check_statistic(there, seeing, plain, seen, question["by"])
    told += [*check_one(there, seeing, seen, some, levels)]
    told += [*check_export(there, seeing, roles, refs, levels)]
    check_choices(seeing, roles, refs)
    everything = json.dumps(told, ensure_ascii=False)
    assert "站点号码" not in everything  # titles of stations are masked for all roles here
    for number, found in levels.items():
        for name in MASKED:
            secret = secrets_of(there.weighings[number], name)
            assert found[name] == 0 or secret is None or secret not in everything


def check_shown(record, row, levels):
    for name in FIELDS:
        if levels[name] == 2:
            assert name not in record
        elif levels[name] == 1:
            assert record[name] == masked({"plate": "plate"}.get(name, "id"), row[name])
        else:
            assert record[name] == row[name]


def check_statistic(there, seeing, plain, seen, by):
    rows = plain.get(by, seen)
    try:
        figures = seeing.statistic("weighings", {"by": [by], "measure": ["count"]})
    except ZcError:
        assert not rows
    else:
        wanted = Counter(there.weighings[number].get(by, "2026-11-01") for number in rows)
        assert {row[by]: row["count"] for row in figures["rows"] if row["count"]} == wanted
    try:
        total = seeing.statistic("weighings", {"measure": ["gross_kg"]})["rows"]
    except ZcError:
        assert not plain["gross_kg"]
    else:
        wanted = sum(there.weighings[number]["gross_kg"] for number in plain["gross_kg"])
        assert sum(row["gross_kg"] for row in total) == wanted


def check_one(there, seeing, seen, number, levels):
    try:
        found = seeing.one("weighing", number)
    except (NotFound, NotAllowed):
        assert number not in seen
    else:
        assert number in seen
        check_shown(found["record"], there.weighings[number], levels[number])
        yield found


def check_export(there, seeing, roles, refs, levels):
    may = {
        number
        for number, row in there.weighings.items()
        if any(one.may("export", "weighing") and covers(one, refs, row) for one in roles)
    }
    try:
        rows = list(seeing.rows("weighing", {}))
    except NotAllowed:
        assert not may or not any(one.may("export", "weighing") for one in roles)
    else:
        assert {row["id"] for row in rows} == may
        for row in rows:
            check_shown(row, there.weighings[row["id"]], levels[row["id"]])
        yield rows


def check_choices(seeing, roles, refs):
    def reaches(one, station):
        if one.scope == "whole":
            return True
        wanted = refs[one.scope]
        return wanted is not None and (
            wanted == station if one.scope == "station" else wanted in regions_above(STATIONS[station])
        )

    seeing_stations = [one for one in roles if one.may("see", "station")]
    wanted = {code for code in STATIONS if any(reaches(one, code) for one in seeing_stations)}
    try:
        found = seeing.choices("station", limit=100)
    except NotAllowed:
        assert not wanted
    else:
        assert found == []  # their titles are masked, and no role here shows them
