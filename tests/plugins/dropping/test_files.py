"""Data files dropped over FTP go through the five steps, once each, and are acknowledged."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from ftplib import FTP, error_perm
from io import BytesIO
from pathlib import Path

import pytest

from tests.core.run import homes
from tests.plugins.dropping.conftest import Drop, at_last


def now(**ago: float) -> str:
    """A time of the site's zone as partners write it."""
    return (datetime.now(homes.ZONE) - timedelta(**ago)).strftime("%Y-%m-%d %H:%M:%S")


def csv_of(*codes: str, gate: str = "G1", at: str | None = None) -> bytes:
    """A CSV file of crossings."""
    rows = "".join(f"{code},{gate},{at or now()},900\n" for code in codes)
    return f"no,gate,at,kg\n{rows}".encode()


def send(ftp: FTP, name: str, content: bytes) -> None:
    """Upload one file."""
    ftp.storbinary(f"STOR {name}", BytesIO(content))


def test_a_csv_file_is_taken_and_answered_by_the_interfaces_own_reply(drop: Drop, ftp: FTP) -> None:
    ftp.mkd("G1")
    send(ftp, "G1/day.csv", csv_of("A1", "A2"))
    assert json.loads(drop.answer("G1/day.csv.ok"))["accepted"] == 2
    assert {(row["code"], row["provenance"], row["partner"]) for row in drop.crossings()} == {
        ("A1", "live", "vendor"),
        ("A2", "live", "vendor"),
    }
    at_last(lambda: not (drop.folder / "G1/day.csv").exists())
    assert [file.name for file in (drop.data / "done").rglob("*.csv")] == ["day.csv"]
    received = BytesIO()
    ftp.retrbinary("RETR G1/day.csv.ok", received.write)
    assert received.getvalue() == (drop.folder / "G1/day.csv.ok").read_bytes()


def test_each_format_is_taken(drop: Drop, ftp: FTP) -> None:
    ftp.mkd("G1")
    send(ftp, "a.json", json.dumps({"list": [homes.crossing("J1")]}).encode())
    line = json.dumps({"no": "L1", "gate": "G1", "at": now()})
    send(ftp, "G1/a.jsonl", f"{line}\n".encode())
    send(ftp, "a.xml", f"<list><row><no>X1</no><gate>G1</gate><at>{now()}</at></row></list>".encode())
    for name in ("a.json.ok", "G1/a.jsonl.ok", "a.result.txt"):
        assert json.loads(drop.answer(name))["accepted"] == 1
    assert {row["code"] for row in drop.crossings()} == {"J1", "L1", "X1"}


def test_old_records_are_late(drop: Drop, ftp: FTP) -> None:
    send(ftp, "a.json", json.dumps({"list": [homes.crossing("J1", at=now(hours=5))]}).encode())
    drop.answer("a.json.ok")
    assert drop.crossings()[0]["provenance"] == "late"


def test_refused_rows_are_kept_and_told_and_the_mended_file_is_taken(drop: Drop, ftp: FTP) -> None:
    ftp.mkd("G1")
    send(ftp, "G1/a.csv", csv_of("A1") + f"A2,G2,{now()},900\nA3,G1,never,900\n".encode())
    reply = json.loads(drop.answer("G1/a.csv.err"))
    assert reply["accepted"] == 1
    assert len(reply["rejected"]) == 2
    refused = homes.operate(drop.platform, "refusals", with_rows=True)
    assert {(row["outcome"], row["partner"]) for row in refused} == {
        ("station_denied", "vendor"),
        ("bad_time", "vendor"),
    }
    assert [file.name for file in (drop.data / "refused").rglob("*.csv")] == ["a.csv"]
    send(ftp, "G1/a.csv", csv_of("A3"))
    drop.answer("G1/a.csv.ok")
    assert not (drop.folder / "G1/a.csv.err").exists()
    assert {row["code"] for row in drop.crossings()} == {"A1", "A3"}


def test_the_same_file_again_stores_nothing_twice(drop: Drop, ftp: FTP) -> None:
    content = json.dumps({"list": [homes.crossing("J1")]}).encode()
    for name in ("a.json", "b.json"):
        send(ftp, name, content)
        drop.answer(f"{name}.ok")
    assert json.loads(drop.answer("b.json.ok"))["duplicates"] == 1
    assert len(drop.crossings()) == 1


def test_a_file_that_nobody_takes_is_told_so(drop: Drop, ftp: FTP) -> None:
    send(ftp, "readme.doc", b"text")
    assert "没有接口" in drop.answer("readme.doc.err")
    assert drop.crossings() == []


def test_a_sender_that_dies_in_mid_upload_leaves_nothing_taken(drop: Drop) -> None:
    client = drop.client()
    client.mkd("G1")
    channel = client.transfercmd("STOR G1/a.csv")
    channel.sendall(csv_of("A1", "A2")[:-6])  # in the middle of the last weight
    at_last(lambda: (drop.folder / "G1/a.csv").exists())
    channel.close()
    client.close()
    at_last(lambda: not (drop.folder / "G1/a.csv").exists())
    assert drop.crossings() == []
    with drop.client() as again:
        send(again, "G1/a.csv", csv_of("A1", "A2"))
        assert json.loads(drop.answer("G1/a.csv.ok"))["accepted"] == 2


def test_a_file_that_looks_complete_is_not_taken_half(drop: Drop) -> None:
    client = drop.client()
    client.mkd("G1")
    send(client, "G1/a.csv", csv_of("A1", "A2")[:-6])
    client.close()  # without a word, as one that dies
    assert "不完整" in drop.answer("G1/a.csv.err")
    assert drop.crossings() == []


def test_an_upload_that_is_broken_off_leaves_no_file(drop: Drop, ftp: FTP) -> None:
    channel = ftp.transfercmd("STOR a.json")
    channel.sendall(b'{"list": [')
    at_last(lambda: (drop.folder / "a.json").exists())
    ftp.abort()
    channel.close()
    at_last(lambda: not (drop.folder / "a.json").exists())
    assert not (drop.folder / "a.json.err").exists()


def test_a_last_line_without_its_end_is_whole_where_the_sender_goes_on(drop: Drop, ftp: FTP) -> None:
    ftp.mkd("G1")
    send(ftp, "G1/a.csv", csv_of("A1").rstrip())
    ftp.voidcmd("NOOP")
    assert json.loads(drop.answer("G1/a.csv.ok"))["accepted"] == 1


def test_a_file_under_an_unfinished_name_waits_for_its_last_one(drop: Drop, ftp: FTP) -> None:
    content = json.dumps({"list": [homes.crossing("J1")]}).encode()
    send(ftp, "a.json.part", content[:20])
    send(ftp, "a.json.part", content)
    send(ftp, "b.json", json.dumps({"list": [homes.crossing("J2")]}).encode())
    drop.answer("b.json.ok")
    assert {row["code"] for row in drop.crossings()} == {"J2"}
    ftp.rename("a.json.part", "a.json")
    drop.answer("a.json.ok")
    assert {row["code"] for row in drop.crossings()} == {"J1", "J2"}


def test_files_that_lie_there_are_taken_once_they_are_quiet(drop: Drop) -> None:
    drop.folder.mkdir(parents=True, exist_ok=True)
    (drop.folder / "a.json.part").write_text("half")
    (drop.folder / "a.json").write_text(json.dumps({"list": [homes.crossing("J1")]}))
    drop.answer("a.json.ok")
    assert (drop.folder / "a.json.part").exists()
    assert len(drop.crossings()) == 1


def test_a_busy_store_is_asked_again(drop: Drop, ftp: FTP, monkeypatch: pytest.MonkeyPatch) -> None:
    operations = drop.platform.operate
    asked: list[str] = []

    def busy_once(name: str, progress: object, /, **arguments: object) -> object:
        if name == "post.take" and not asked:
            asked.append(name)
            return {"outcome": "busy", "stored": 0, "duplicates": 0, "refused": 0, "reply": b"", "retry_after_s": 1}
        return operations(name, progress, **arguments)

    monkeypatch.setattr(drop.platform, "operate", busy_once)
    send(ftp, "a.json", json.dumps({"list": [homes.crossing("J1")]}).encode())
    assert json.loads(drop.answer("a.json.ok"))["accepted"] == 1
    assert asked


def test_gbk_names_are_kept(dropping: object, drop: Drop) -> None:
    account = Path(drop.platform.home.root / "config/drop_accounts/vendor.yaml")
    account.write_text(account.read_text(encoding="utf-8") + "charset: gbk\n", encoding="utf-8")
    assert drop.platform.reload(who="test").activated
    with drop.client(encoding="gbk") as client:
        send(client, "耒阳一号.json", json.dumps({"list": [homes.crossing("J1")]}).encode())
        drop.answer("耒阳一号.json.ok")
        assert "耒阳一号.json.ok" in client.nlst()


def test_a_name_in_another_character_set_is_refused_not_destroyed(drop: Drop) -> None:
    client = drop.client()
    client.encoding = "gbk"
    with client, pytest.raises(error_perm, match="character set"):
        send(client, "耒阳一号.json", b"{}")


def test_the_examples_can_be_activated(drop: Drop) -> None:
    root, examples = drop.platform.home.root, Path(__file__).parents[3] / "plugins" / "dropping" / "examples"
    for file in examples.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace("category: weighing", "category: crossing")
        homes.write(root, f"config/{file.relative_to(examples)}", text)
    assert drop.platform.reload(who="test").activated
    names = drop.platform.snapshot.facts.compiled["naming"]["capture"].files
    assert names.read("G1/20261101083000_2_N1_front.jpg")["code"] == "N1"
