"""Photos and clips: kept once by content, entered in the register, joined to their records or listed as orphans."""

from __future__ import annotations

import hashlib
import importlib
import io
from datetime import datetime
from ftplib import FTP
from typing import Any

import pytest
from PIL import Image

from tests.core.run import homes
from tests.plugins.dropping.conftest import Drop, at_last
from tests.plugins.dropping.test_files import send


def photo(kind: str = "JPEG", shade: int = 100) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (shade, 0, 0)).save(out, kind)
    return out.getvalue()


def clip(length: int = 64) -> bytes:
    """A file with the outer form of an AVI clip."""
    body = b"AVI " + bytes(length)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def box(name: bytes, content: bytes) -> bytes:
    """One box of an MP4 file."""
    return (8 + len(content)).to_bytes(4, "big") + name + content


MP4 = box(b"ftyp", b"isom") + box(b"moov", b"") + box(b"mdat", bytes(40))


def entries(drop: Drop, category: str = "attachment") -> list[dict[str, Any]]:
    """What the register holds."""
    return homes.found(drop.platform, category)


@pytest.fixture
def partner(drop: Drop) -> Any:
    """The partner as the five steps know it."""
    return drop.platform.snapshot.partners["vendor"]


def test_a_photo_of_a_record_that_is_there_is_joined_to_it(drop: Drop, ftp: FTP, partner: Any) -> None:
    homes.post(drop.platform, homes.crossing("N1"), partner=partner)
    ftp.mkd("G1")
    send(ftp, "G1/N1_front.jpg", photo())
    entry = at_last(lambda: [row for row in entries(drop) if row["record_id"]])[0]
    digest = hashlib.sha256(photo()).hexdigest()
    at_last(lambda: (drop.data / "media" / digest[:2] / digest).exists())
    assert (drop.data / "media" / digest[:2] / digest).read_bytes() == photo()
    assert entry["hash"] == digest
    assert (entry["name"], entry["kind"], entry["size"]) == ("vendor/G1/N1_front.jpg", "jpg", len(photo()))
    assert (entry["station"], entry["code"], entry["partner"]) == ("G1", "N1", "vendor")
    assert entry["record_id"] == drop.crossings()[0]["id"]
    assert entries(drop, "attachment_orphan") == []


def test_a_photo_that_comes_first_is_an_orphan_until_its_record_comes(drop: Drop, ftp: FTP, partner: Any) -> None:
    ftp.mkd("G1")
    send(ftp, "G1/N1_front.jpg", photo())
    assert [row["code"] for row in at_last(lambda: entries(drop, "attachment_orphan"))] == ["N1"]
    homes.post(drop.platform, homes.crossing("N1"), partner=partner)
    done = homes.operate(drop.platform, "command", name="dropping.match", arguments={})
    assert (done["found"], done["orphans"]) == (1, 0)
    assert entries(drop)[0]["record_id"] == drop.crossings()[0]["id"]
    assert entries(drop, "attachment_orphan") == []


def test_a_clip_without_a_number_is_joined_by_station_and_time(drop: Drop, ftp: FTP, partner: Any) -> None:
    now = datetime.now(homes.ZONE)
    homes.post(drop.platform, homes.crossing("N1", at=f"{now:%Y-%m-%d %H:%M:%S}"), partner=partner)
    ftp.mkd("G1")
    send(ftp, f"G1/clip_{now:%Y%m%d%H%M%S}.avi", clip())
    entry = at_last(lambda: [row for row in entries(drop) if row["record_id"]])[0]
    assert (entry["code"], entry["kind"]) == ("N1", "avi")
    assert entry["taken_at"] == f"{now:%Y-%m-%dT%H:%M:%S}+08:00"


def test_the_same_photo_under_two_names_is_kept_once(drop: Drop, ftp: FTP) -> None:
    ftp.mkd("G1")
    send(ftp, "G1/N1_front.jpg", photo())
    send(ftp, "G1/N1_back.jpg", photo())
    at_last(lambda: len(entries(drop)) == 2)
    at_last(lambda: not list(drop.folder.rglob("*.jpg")))
    assert len([file for file in (drop.data / "media").rglob("*") if file.is_file()]) == 1


def test_a_cut_photo_is_no_evidence_and_can_be_sent_again(drop: Drop, ftp: FTP) -> None:
    ftp.mkd("G1")
    send(ftp, "G1/N1_front.jpg", photo()[:-40])
    assert "不完整" in drop.answer("G1/N1_front.jpg.err")
    assert entries(drop) == []
    send(ftp, "G1/N1_front.jpg", photo())
    assert at_last(lambda: entries(drop))
    at_last(lambda: not (drop.folder / "G1/N1_front.jpg.err").exists())


@pytest.mark.parametrize(
    ("path", "told"),
    [("G2/N1_front.jpg", '"code":"2008"'), ("G1/clip_20261399000000.avi", "时间不合"), ("G1/N1-front.jpg", "没有接口")],
)
def test_what_cannot_be_registered_is_told(drop: Drop, ftp: FTP, path: str, told: str) -> None:
    ftp.mkd(path.split("/")[0])
    send(ftp, path, photo() if path.endswith("jpg") else clip())
    assert told in drop.answer(f"{path}.err")
    assert entries(drop) == []
    assert not (drop.data / "media").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("jpg", photo()),
        ("jpg", photo() + bytes(7)),
        ("png", photo("PNG")),
        ("bmp", photo("BMP")),
        ("avi", clip()),
        ("avi", clip() + clip(30)),
        ("mp4", MP4),
    ],
)
def test_whole_media_are_known_and_cut_ones_are_found_out(
    plugin_of: Any, tmp_path: Any, name: str, content: bytes
) -> None:
    media = importlib.import_module(f"{plugin_of('dropping').__name__}.media")
    file = tmp_path / "file"
    file.write_bytes(content)
    assert media.kind_of_whole(file) == name
    for left in (len(content) - 20, len(content) // 2, 5, 0):
        file.write_bytes(content[:left])
        with pytest.raises(ValueError):
            media.kind_of_whole(file)


def test_a_naming_builds_the_names_that_it_reads(drop: Drop) -> None:
    naming = drop.platform.snapshot.facts.compiled["naming"]["clip"]
    at = 1_793_491_200_000
    path = naming.build({"station": "G1", "taken_at": at}, homes.ZONE)
    assert naming.meaning(naming.files.read(path), homes.ZONE) == {"station": "G1", "taken_at": at}
