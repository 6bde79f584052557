"""Restoring: into an empty home or store, proved by the manifest, from a backup taken under load."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.store.dump import measure
from core.store.store import Store
from tests.core.cli.command import ROOT, Server, Zc, serving
from tests.core.run import homes

SENDERS = 2


def restore(zc: Zc, into: Path, *arguments: str) -> Zc:
    """Restore the newest backup into a new home."""
    name = zc.json("backup", "list")["backups"][0]["name"]
    zc("backup", "restore", name, "--into", str(into), *arguments)
    return Zc(into)


def tables_of(zc: Zc) -> dict[str, dict[str, Any]]:
    """{table: {rows, content}} as the manifest of the newest backup says."""
    folder = zc.home / "backups" / zc.json("backup", "list")["backups"][0]["name"]
    tables = json.loads((folder / "manifest.json").read_text())["tables"]
    return {name: {"rows": said["rows"], "content": said["content"]} for name, said in tables.items()}


def measured(url: str, home: Path) -> dict[str, dict[str, Any]]:
    with closing(Store.open(url, home=home)) as store:
        return measure(store)


def send(server: Server, token: str, name: str, ended: threading.Event, acknowledged: list[str]) -> None:
    """Post until told to end; the record numbers that were acknowledged."""
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        for number in count():
            records = [homes.crossing(f"{name}-{number}-{row}") for row in range(5)]
            if client.post(f"{server.url}/api/crossings", json={"list": records}).json()["accepted"] == 5:
                acknowledged.extend(record["no"] for record in records)
            if ended.is_set():
                return


def test_a_backup_taken_under_load_is_restored_as_its_manifest_says(
    made: Callable[[str], Zc], tmp_path: Path, store_url: str
) -> None:
    zc = made(store_url)
    acknowledged: list[str] = []
    ended = threading.Event()
    with serving(zc.home) as server:
        token = server.token()
        senders = [
            threading.Thread(target=send, args=(server, token, f"S{number}", ended, acknowledged))
            for number in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        while len(acknowledged) < 100:
            ended.wait(0.01)
        before = list(acknowledged)
        server.zc("backup", "create", "--note", "在写入时")
        after = list(acknowledged)
        ended.set()
        for sender in senders:
            sender.join()
    manifest = tables_of(zc)
    assert len(after) > len(before), "nothing was posted while the backup was made"
    assert len(before) <= manifest["r_crossing"]["rows"] <= len(acknowledged)
    zc("backup", "verify")

    restored = restore(zc, tmp_path / "restored", "--store", "sqlite:///data/restored.sqlite")
    assert measured("sqlite:///data/restored.sqlite", restored.home) == manifest
    with serving(restored.home) as server:
        found = server.zc.json("find", "crossing", "--limit", "100000")
        assert len(found) == manifest["r_crossing"]["rows"]
        assert set(before) <= {record["code"] for record in found}
        again = {"list": [homes.crossing(found[0]["code"], gate="G1", at="2026-11-01 08:30:00")]}
        reply = httpx.post(
            f"{server.url}/api/crossings", json=again, headers={"Authorization": f"Bearer {token}"}
        ).json()
        assert reply["rejected"][0]["errorcode"] == "2011", "its key is in the restored ledger, other content"


def test_a_backup_of_sqlite_is_restored_into_postgresql(zc: Zc, tmp_path: Path, postgresql_url: str) -> None:
    zc("backup", "create")
    restored = restore(zc, tmp_path / "restored", "--store", postgresql_url)
    assert measured(postgresql_url, restored.home) == tables_of(zc)
    assert {one["code"] for one in restored.json("find", "gate")} == {"G1", "G2"}


def test_the_restored_home_goes_on_where_the_old_one_was(zc: Zc, tmp_path: Path) -> None:
    number = zc.json("reload")["number"]
    made_ = zc.json("partner", "add", "county", "--stations", "G1")
    homes.write(zc.home, "config/secrets.yaml", 'database: "口令"\n').chmod(0o600)
    zc("backup", "create")
    restored = restore(zc, tmp_path / "restored")
    assert restored.json("find", "gate") == zc.json("find", "gate")
    assert (restored.home / "config" / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    listed = restored.json("partner", "list")
    assert [(one["partner"], one["secrets"]) for one in listed] == [("county", 1)]
    assert made_["appid"]
    assert restored.json("reload")["number"] > number


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(zc: Zc, tmp_path: Path) -> None:
    zc("backup", "create")
    homes.write(tmp_path / "used", "mine.txt", "mine")
    zc("backup", "restore", newest(zc), "--into", str(tmp_path / "used"), code=1)
    assert "not empty" in zc.said
    assert [file.name for file in (tmp_path / "used").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_store_that_is_not_empty_is_refused_and_nothing_is_left(
    zc: Zc, tmp_path: Path, postgresql_url: str, is_there: bool
) -> None:
    zc("backup", "create")
    restore(zc, tmp_path / "first", "--store", postgresql_url)
    second = tmp_path / "second"
    if is_there:
        second.mkdir()
    zc("backup", "restore", newest(zc), "--into", str(second), "--store", postgresql_url, code=1)
    assert "not empty" in zc.said
    assert not second.exists() or list(second.iterdir()) == []


def test_a_damaged_backup_is_not_restored(zc: Zc, tmp_path: Path) -> None:
    zc("backup", "create")
    file = zc.home / "backups" / newest(zc) / "tables" / "r_gate.jsonl.gz"
    file.write_bytes(file.read_bytes()[:-1])
    zc("backup", "restore", newest(zc), "--into", str(tmp_path / "new"), code=1)
    assert "r_gate.jsonl.gz" in zc.said
    assert not (tmp_path / "new").exists()


def newest(zc: Zc) -> str:
    """Name of the newest backup."""
    return str(zc.json("backup", "list")["backups"][0]["name"])


def test_the_plugins_that_come_with_zc_are_not_packed(zc: Zc, tmp_path: Path) -> None:
    homes.write(zc.home, "README.md", "测试")
    (zc.home / "plugins").symlink_to(ROOT / "plugins")  # as in a checkout, whose plugins/ are zc's own
    zc("backup", "create")
    restored = restore(zc, tmp_path / "restored")
    assert not (restored.home / "plugins").exists()
    assert "0 warnings" in restored("check")


REPORT = {
    "reports/daily/2026-10-05/v1/report.pdf": b"%PDF-test",
    "reports/daily/2026-10-05/region-1/v1/a.csv": b"1,2\n",
}


def test_the_archive_of_reports_is_restored_and_each_file_compared(zc: Zc, tmp_path: Path) -> None:
    for path, content in {**REPORT, "reports/daily/.lock": b"", "reports/daily/.making-x/half.pdf": b"half"}.items():
        file = zc.home / "data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    zc("backup", "create")
    zc("backup", "verify")
    restored = restore(zc, tmp_path / "restored").home / "data"
    assert {path: (restored / path).read_bytes() for path in REPORT} == REPORT
    assert not [*restored.rglob("half.pdf")]
    copy = next((zc.home / "backups").rglob("report.pdf"))
    assert copy.stat().st_mode & 0o077 == 0, "others could read it"
    copy.write_bytes(b"%PDF-other")
    assert "report.pdf is not what was written" in (zc("backup", "verify", code=1) or zc.said)
    name = zc.json("backup", "list")["backups"][0]["name"]
    zc("backup", "restore", name, "--into", str(tmp_path / "again"), code=1)
    assert not (tmp_path / "again" / "config").exists()
