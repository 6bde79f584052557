"""The archive's commands: closed months written once, changes told, a file that is not what it should be found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.run.live import Platform
from tests.core.run import homes

LATE = {"code": "A9", "gate": "G1", "crossed_at": "2026-09-30 10:00:00", "weight_kg": 1}


@pytest.fixture
def platform(tmp_path: Path):
    site = {**homes.SITE, "plugins": {"analytics": {}}}
    with homes.opened(homes.make(tmp_path, site), strict=True) as opened:
        homes.operate(opened, "load", **rows_of("gate", {"code": "G1", "title": "测试闸口"}))
        crossings = (
            {"code": f"A{at}", "gate": "G1", "crossed_at": f"2026-{month}-0{at} 08:00:00", "weight_kg": at * 100}
            for at, month in enumerate(("09", "09", "10"), start=1)
        )
        homes.operate(opened, "load", **rows_of("crossing", *crossings))
        yield opened


def rows_of(entity, *rows):
    data = json.dumps(list(rows), ensure_ascii=False).encode().hex()
    return {"entity": entity, "name": "rows.json", "data": data, "replace": False, "who": "test"}


def run(platform: Platform, name: str, **arguments):
    return homes.operate(platform, "command", name=f"archive.{name}", arguments=arguments)


def test_closed_months_are_written_once_and_a_changed_one_again(platform: Platform) -> None:
    assert run(platform, "status")["months"] == []
    written = run(platform, "write", entity="crossing")
    assert [one["month"] for one in written["months"]] == ["2026-09", "2026-10"]
    assert run(platform, "write", entity="crossing")["text"] == "no closed month is due"
    homes.operate(platform, "load", **rows_of("crossing", LATE))
    assert [(one["month"], one["records"], one["changed"]) for one in run(platform, "status")["months"]] == [
        ("2026-09", 2, 1),
        ("2026-10", 1, 0),
    ]
    assert [one["month"] for one in run(platform, "write")["months"]] == ["2026-09"]
    assert run(platform, "status", entity="crossing")["months"][0]["records"] == 3
    assert "2 files with 4 records" in run(platform, "verify")["text"]


def test_the_manifest_proves_the_files_without_the_store(platform: Platform) -> None:
    run(platform, "write", entity="crossing")
    folder = platform.archive.folder_of("crossing")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {path.name for path in folder.iterdir()} == {"manifest.json", *(one["file"] for one in manifest.values())}
    assert run(platform, "status", entity="crossing")["months"][0]["sha256"] == manifest["202609"]["sha256"]


def test_a_damaged_file_fails_the_proof_and_names_what_to_do(platform: Platform) -> None:
    run(platform, "write", entity="crossing")
    file = next(platform.archive.folder_of("crossing").glob("2026-09*.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(Exception, match="2026-09.*SHA-256"):
        run(platform, "verify")


def test_what_has_no_months_is_told(platform: Platform) -> None:
    with pytest.raises(Exception, match="gate has no months"):
        run(platform, "write", entity="gate")
