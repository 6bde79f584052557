"""Compiling entities: what they become, and every problem at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.entity import declared
from tests.core.entity.declared import FILES, WEIGHING

VERDICT = {
    "uses": {"axles": "integer", "gross": "mass", "kind": "text"},
    "optional": ["kind"],
    "gives": {"over_kg": "mass"},
}
JUDGED = WEIGHING.replace("fields:", "derive: [{use: verdict, axles: axles, gross: gross_kg}]\nfields:") + (
    "  over_kg: {type: mass, derived: true, label: 超限量}\n"
)


def problems(tmp_path: Path, text: str, **others: str) -> list[str]:
    """`path code` of each problem of an entity."""
    files = {**FILES, "config/entities/weighing.yaml": text}
    files |= {f"config/entities/{name}.yaml": text for name, text in others.items()}
    made, found = declared.entities(tmp_path, files, {"verdict": VERDICT})
    assert ("weighing" in made) is not any(problem.file.endswith("weighing.yaml") for problem in found)
    return [f"{problem.path} {problem.code}" for problem in found]


def test_a_good_entity(tmp_path: Path) -> None:
    made, found = declared.entities(tmp_path, {**FILES, "config/entities/weighing.yaml": JUDGED}, {"verdict": VERDICT})
    assert found == []
    weighing = made["weighing"]
    assert weighing.key == ("station", "code")
    assert weighing.derive[0].inputs == {"axles": "axles", "gross": "gross_kg"}
    assert weighing.fields["colour"].options["codes"] == {"blue", "yellow"}
    assert weighing.fields["station"].to == "station"
    assert weighing.derived == {"over_kg"}
    assert "over_kg" not in weighing.mapped
    assert weighing.columns["speed"] == "integer"
    assert made["region"].scope == "parent"  # an entity may lead to itself


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("key: [station, code]", "key: [station, cod]", "key.1 ZC310"),
        ("time: weighed_at", "time: weighed", "time ZC310"),
        ("scope: station", "scope: stations", "scope ZC310"),
        ("scope: station", "scope: station\nshow: tittle", "show ZC310"),
        ("scope: station", "scope: station\nindexes: [[plate, day], [plat]]", "indexes.1.0 ZC310"),
        ("key: [station, code]", "key: [code, empty]", "key.1 ZC311"),
        ("key: [station, code]", "key: [code, code]", "key.1 ZC311"),
        ("key: [station, code]", "key: [code, over_kg]", "key.1 ZC311"),
        ("time: weighed_at", "time: valid_to", "time ZC312"),
        ("{type: ref, to: station,", "{type: ref, to: weighing,", "fields.station.to ZC313"),
        ("scope: station", "scope: plate", "scope ZC314"),
        ("  plate: {", "  pending: {", "fields.pending ZC315"),
        ("  plate: {", "  any: {", "fields.any ZC315"),
        ("gross: gross_kg}", "gross: gross_kg, spead: speed}", "derive.0.spead ZC316"),
        (", gross: gross_kg}", "}", "derive.0 ZC316"),
        ("gross: gross_kg}", "gross: axles}", "derive.0.gross ZC316"),
        ("gross: gross_kg}", "gross: over_kg}", "derive.0.gross ZC316"),
        ("use: verdict", "use: verdickt", "derive.0.use ZC316"),
        ("over_kg: {type: mass, derived: true", "over_kg: {type: mass", "derive.0 ZC317"),
        ("over_kg: {type: mass", "over_kg: {type: length", "fields.over_kg.type ZC317"),
        ("gross_kg}]", "gross_kg}, {use: verdict, axles: axles, gross: gross_kg}]", "derive.1 ZC317"),
        ("  plate: {type: text,", "  plate: {type: text, derived: true,", "fields.plate ZC317"),
        ("min: 1, max: 30", "min: 31, max: 30", "fields.axles ZC318"),
    ],
)
def test_problems_are_told_at_their_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in JUDGED
    assert problems(tmp_path, JUDGED.replace(old, new, 1)) == [expected]


def test_a_scope_must_not_lead_in_a_circle(tmp_path: Path) -> None:
    region = declared.REGION.replace("{type: ref, to: region,", "{type: ref, to: station,")
    assert problems(tmp_path, JUDGED, region=region) == ["scope ZC314"] * 3


def test_a_ref_needs_a_key_of_text(tmp_path: Path) -> None:
    region = declared.REGION.replace("code: {type: text,", "code: {type: integer,")
    assert problems(tmp_path, JUDGED, region=region) == ["fields.parent.to ZC313", "fields.region.to ZC313"]


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    files = {**FILES, "config/entities/weighing.yaml": WEIGHING.replace("time: weighed_at", "time: weighd_at")}
    _, (problem,) = declared.entities(tmp_path, files)
    assert str(problem) == (
        "config/entities/weighing.yaml:4:1: error[ZC310]: time: 'weighd_at' is not a field of this entity; "
        "did you mean 'weighed_at'?"
    )
