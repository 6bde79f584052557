"""Backups: what is in one, every byte of it compared, kept and pruned, noted, run by jobs."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from core.run.home import Home
from core.run.job_plan import falls_on
from tests.core.cli.command import Zc
from tests.core.run import homes

KEEP = 3  # as the fixture's site.yaml says
ROUNDS = 6


def newest(zc: Zc) -> Path:
    """The folder of the newest backup."""
    return zc.home / "backups" / zc.json("backup", "list")["backups"][0]["name"]


def files_of(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def told_apart(folder: Path) -> tuple[Path, Path, list[Path]]:
    """The manifest, its seal, and what the manifest tells of; with one of the first two wrong it tells of nothing."""
    first = (folder / "manifest.json", folder / "manifest.sha256")
    return *first, [file for file in files_of(folder) if file not in first]


def test_a_backup_says_what_is_in_it(zc: Zc) -> None:
    done = zc.json("backup", "create", "--note", "测试备注")
    listed = zc.json("backup", "list")["backups"]
    assert [(one["name"], one["rows"], one["note"]) for one in listed] == [(done["name"], done["rows"], "测试备注")]
    manifest = json.loads((newest(zc) / "manifest.json").read_text())
    assert manifest["tables"]["r_gate"]["rows"] == 2
    assert datetime.fromisoformat(manifest["made_at"]).utcoffset() == timedelta(hours=8)
    assert "2" in zc("backup", "verify")
    assert newest(zc).stat().st_mode & 0o077 == 0, "others could read it"


def test_every_flipped_byte_is_found(zc: Zc) -> None:
    zc("backup", "create")
    random = Random(7)
    manifest, seal, beside = told_apart(newest(zc))
    for flipped in [[manifest], [seal]] * 3 + [beside] * ROUNDS:
        good = {file: file.read_bytes() for file in flipped}
        for file, whole in good.items():
            file.write_bytes(_flipped(whole, random))
        zc("backup", "verify", code=1)
        assert [file.name for file in flipped if file.name not in zc.said] == [], zc.said
        for file, whole in good.items():
            file.write_bytes(whole)
    zc("backup", "verify")


def _flipped(whole: bytes, random: Random) -> bytes:
    """One bit of the first byte, the last or any other turned over."""
    found = bytearray(whole)
    place = random.choice((0, len(whole) - 1, random.randrange(len(whole))))
    found[place] ^= 1 << random.randrange(8)
    return bytes(found)


def test_a_missing_file_is_found(zc: Zc) -> None:
    zc("backup", "create")
    manifest, seal, beside = told_apart(newest(zc))
    for gone in ([manifest], [seal], beside):
        good = {file: file.read_bytes() for file in gone}
        for file in gone:
            file.unlink()
        zc("backup", "verify", code=1)
        assert [file.name for file in gone if file.name not in zc.said] == [], zc.said
        for file, whole in good.items():
            file.write_bytes(whole)
    (newest(zc) / "tables" / "r_more.jsonl.gz").write_bytes(b"")
    zc("backup", "verify", code=1)
    assert "r_more" in zc.said


def test_a_damaged_newest_backup_is_not_passed_over_for_an_older_one(zc: Zc) -> None:
    zc("backup", "create")
    zc("backup", "create")
    (newest(zc) / "manifest.json").write_text("{")
    zc("backup", "verify", code=1)
    listed = zc.json("backup", "list")["backups"]
    assert listed[0]["rows"] is None
    assert "damaged" in listed[0]["note"]
    assert listed[1]["rows"] is not None


def test_the_oldest_are_removed_and_what_is_not_ours_stays(zc: Zc) -> None:
    others = zc.home / "backups" / "0-others"
    others.mkdir(parents=True)
    names = [zc.json("backup", "create")["name"] for _ in range(KEEP + 2)]
    assert [one["name"] for one in zc.json("backup", "list")["backups"]] == sorted(names, reverse=True)[:KEEP]
    assert others.is_dir()
    assert [entry.name for entry in others.parent.iterdir() if "partial" in entry.name] == []


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(zc: Zc) -> None:
    homes.change_site(zc.home, plugins={"backup": {"folder": "interfaces/crossings.yaml"}})
    zc("backup", "create", code=1)
    assert "crossings.yaml" in zc.said
    homes.change_site(zc.home, plugins={"backup": {}})
    assert zc.json("backup", "list")["backups"] == []
    zc("backup", "verify", code=1)
    assert "no backup yet" in zc.said


@pytest.mark.parametrize("given", [("verify", "20200101-000000"), ("restore", "nowhere", "--into", "{tmp}/new")])
def test_what_is_no_backup_is_told(zc: Zc, tmp_path: Path, given: tuple[str, ...]) -> None:
    zc("backup", *(text.format(tmp=tmp_path) for text in given), code=1)
    assert "is no backup" in zc.said
    assert not (tmp_path / "new").exists()


def test_the_shipped_jobs_run_and_their_runs_are_kept(zc: Zc) -> None:
    with homes.opened(Home(zc.home)) as platform:
        jobs = platform.snapshot.jobs
        monthly = jobs["monthly_full"]
        days = [datetime(2026, 11, day, tzinfo=homes.ZONE) for day in range(1, 31)]
        assert [day.day for day in days if falls_on(monthly, day)] == [1]
        platform.jobs.adopt(platform.snapshot)
        assert {row["job"] for row in platform.jobs.rows()} == {"monthly_full", "weekly_verify"}
        for name in ("monthly_full", "weekly_verify"):
            platform.run_job(name, jobs[name])
            run = platform.store.job_runs.last(name)[0]
            assert run.ok, run.note
            assert run.ended_at >= run.started_at
    assert zc.json("backup", "list")["backups"][0]["note"] == "每月全量备份"


def test_health_tells_an_old_and_a_damaged_newest_backup(zc: Zc) -> None:
    def told() -> str | None:
        with homes.opened(Home(zc.home)) as platform:
            check = platform.snapshot.plugins["backup"].offers.health["newest"]
            return check(platform.snapshot.facts_for("backup"))

    assert told() is None, "a home made just now needs no backup yet"
    zc("backup", "create")
    assert told() is None
    manifest = newest(zc) / "manifest.json"
    good = manifest.read_bytes()
    manifest.write_bytes(good[:-9])
    assert re.search("damaged", told() or "")


def test_the_key_file_is_named_and_not_packed(zc: Zc) -> None:
    assert "signing keys" not in str(zc.json("backup", "create"))
    zc("partner", "add", "county", "--stations", "*", "--auth", "hmac")
    made = zc.json("backup", "create")
    key = zc.home / "data" / "key"
    assert f"signing keys need the key file {key}" in made["text"]
    folder = zc.home / "backups" / made["name"]
    assert json.loads((folder / "manifest.json").read_text())["key"] in made["text"]
    assert [
        path for path in folder.rglob("*") if path.is_file() and key.read_bytes().strip() in path.read_bytes()
    ] == []
