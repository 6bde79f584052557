"""What the compiled plan accepts, Cerberus accepts, with an equal record: for interfaces and records at random."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.declare import library
from core.entity.compile import compile_entities
from core.entity.types import CORE, option_schemas
from core.intake.outcomes import OUTCOMES
from core.intake.plan import Interface, compile_interface
from core.intake.reply import compile_reply
from tests.core.intake.homes import PREVIEW, ZONE, good

CHECKOUT = Path(__file__).parents[3]
TENDERED = {
    "previewdate": "2026-11-01 08:30:00",
    "previewcode": "T-0001",
    "previewstationcode": "S1",
    "truckno": "湘D12345",
    "truckcode": "157",
    "axisnum": 6,
    "speed": 43.5,
    "ianeno": 2,
    "totalweight": 52400,
    "overlimited": 3400,
}
NEAR = st.sampled_from([
    None, "", " ", "null", "未识别", True, False, 0, -1, 1, 6, "6", "６", " 6 ", 6.0, 6.5, -1.0, "-1", 43.45, "52.4",
    1e18, -1e18, 2**63, 10**30, "1e3", "x" * 41, "x" * 65, "a\x00b", "\u3000x\u3000", [], {}, [1], {"a": "b"}, 301000,
    "2026-11-01 08:30:00", "2026-02-30 08:30:00", "2026-11-01T08:30:00", "20261101083000", 20261101083000, "湘d·12345",
    "true", "blue", "1", "2", 1793493000, "a\nb", "\u200b",
])  # fmt: skip
VALUES = st.one_of(NEAR, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=6))


@pytest.fixture(scope="session")
def shipped() -> Interface:
    """The preview interface as it is shipped."""
    reading = library.read(CHECKOUT, [CHECKOUT / "plugins"], field_types=option_schemas(), outcomes=OUTCOMES)
    declared, limits = reading.declarations, reading.plugins["limits"]
    spec = importlib.util.spec_from_file_location("tested_plate", limits.folder / "plate.py")
    plate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plate)
    derivers = limits.declaration.data["offers"]["derivers"]
    dictionaries = {name: item.data["items"] for name, item in declared["dictionary"].items()}
    entities, _ = compile_entities(declared["entity"], {**CORE, "plate": plate.Plate()}, derivers, dictionaries)
    reply, _ = compile_reply(declared["reply"]["tender"])
    interface, problems = compile_interface(declared["interface"]["preview"], entities["weighing"], reply, {}, ZONE)
    assert problems == []
    return interface


def agrees(interface: Interface, record: dict[str, Any]) -> bool:
    """Whether the plan takes the record; what it takes must be what Cerberus makes of it, and so in the quick way."""
    planned = interface.plan(record)
    assert exactly(interface.plans([record])) == exactly([planned])
    explained, reasons = interface.explainer.explain(record, pytest.fail)
    first, one = interface.explainer.first(record, pytest.fail)
    assert (explained is None) is bool(reasons)
    assert first == explained
    assert one == reasons[:1]
    if planned is not None:
        assert planned == explained
        assert [type(value) for value in planned.values()] == [type(value) for value in explained.values()]
    return planned is not None


def exactly(records: list[dict[str, Any] | None]) -> list[list[tuple[str, type, Any]] | None]:
    """So that 1, 1.0 and True are not alike, nor two orders of columns."""
    return [record and [(name, type(value), value) for name, value in record.items()] for record in records]


@settings(max_examples=400, deadline=None)
@given(
    changes=st.dictionaries(st.sampled_from([*TENDERED, "laneno"]), VALUES, max_size=4),
    gone=st.sets(st.sampled_from([*TENDERED]), max_size=2),
)
def test_the_shipped_interface(shipped: Interface, changes: dict[str, Any], gone: set[str]) -> None:
    record = {name: value for name, value in (TENDERED | changes).items() if name not in gone}
    agrees(shipped, record)


def test_the_tenders_own_record_takes_the_plan(shipped: Interface) -> None:
    assert agrees(shipped, dict(TENDERED))


def test_a_whole_post_takes_the_quick_way_as_the_plan(shipped: Interface) -> None:
    records = [TENDERED | {"previewcode": f"T-{number}", "axisnum": 2 + number % 5} for number in range(40)]
    assert exactly(shipped.plans(records)) == exactly(list(map(shipped.plan, records)))
    assert None not in shipped.plans(records)


AS_STAMP = "{pattern: yyyyMMddHHmmss}"
ENTRIES = {
    "plate": ["{}", "{from: [p, data.p]}", "{from: p, default: none}", "{join: [p, axles]}", "{null_words: ['6']}"],
    "axles": ["{}", "{from: [axles, p], null_words: [0, -1]}", "{values: {'1': 2}}", "{default: 2}"],
    "speed": ["{}", "{unit: m/s}", "{from: data.speed}", "{required: true}"],
    "gross_kg": ["{unit: t}", "{unit: g, required: true}", "{from: [gross_kg, p]}", "{constant: 17900}"],
    "ratio_pct": ["{unit: ratio}", "{}"],
    "empty": ["{}", "{values: {'1': true, '2': false}}", "{null_words: ['true']}"],
    "weighed_at": ["{}", AS_STAMP, "{pattern: epoch_s}", "{from: p, pattern: 'yyyy-MM-dd HH:mm:ss'}"],
    "valid_to": ["{}", AS_STAMP],
    "axle_kg": [
        "{}", "{split: '|', unit: t}", "{from: [axle_kg, p], each: p}", "{numbered: 'p{n}', most: 3}",
        "{numbered: 'p{n}', most: 2, unit: t, null_words: [0]}",
    ],
    "colour": ["{}", "{values: {'1': blue, '2': yellow}}", "{default: blue}"],
}  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    entries=st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in ENTRIES.items()}),
    ignore_case=st.booleans(),
    records=st.lists(
        st.dictionaries(
            st.sampled_from([*ENTRIES, "p", "p1", "p2", "P3", "P", "Axles", "data"]),
            st.one_of(
                VALUES,
                st.lists(VALUES, max_size=5),
                st.fixed_dictionaries({}, optional={"p": VALUES, "speed": VALUES, "Speed": VALUES}),
            ),
            max_size=8,
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_generated_interfaces(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, str], ignore_case: bool, records: list[dict[str, Any]]
) -> None:
    head = PREVIEW.split("fields:")[0] + f"ignore_case: {str(ignore_case).lower()}\nfields:\n"
    fields = {"code": "{constant: K}", "station": "{constant: S1}", **entries}
    text = head + "".join(f"  {name}: {entry}\n" for name, entry in fields.items())
    interface = good(tmp_path_factory.mktemp("home"), text)
    for record in records:
        agrees(interface, record)
    assert exactly(interface.plans([*records, "none"])) == exactly([*map(interface.plan, records), None])
