"""Photos and clips as files: which kind they are, whether they are whole, and where they are kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".mp4", ".avi")
TAIL = 64 << 10


def is_media(path: str) -> bool:
    """Whether the name says that it is a photo or a clip."""
    return path.lower().endswith(ENDINGS)


def digest_of(file: Path) -> str:
    """SHA-256 of the content, 64 hexadecimal digits."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def place_of(home: Path, digest: str) -> Path:
    """Where the content of that digest is kept."""
    return home / "data" / "media" / digest[:2] / digest


def keep(file: Path, home: Path, digest: str) -> None:
    """Move a file to its place, durably; the same content is kept once."""
    place = place_of(home, digest)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
    file.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def kind_of_whole(file: Path) -> str:
    """The kind of a photo or clip, by its content: jpg, png, bmp, mp4 or avi. ValueError where it is none of them or
    its end is missing."""
    size = file.stat().st_size
    with file.open("rb") as handle:
        head = handle.read(12)
        for kind, (is_kind, is_whole) in _KINDS.items():
            if is_kind(head):
                if is_whole(handle, size):
                    return kind
                raise ValueError(f"the end of this {kind} is missing")
    raise ValueError("this is no photo or clip of a known kind")


def _jpg_whole(handle: BinaryIO, size: int) -> bool:
    """ITU-T T.81 B.1.1.3: it ends with the marker EOI; some cameras fill up with zeros."""
    return _tail(handle, size).rstrip(b"\0").endswith(b"\xff\xd9")


def _png_whole(handle: BinaryIO, size: int) -> bool:
    """ISO/IEC 15948: the last chunk is an empty IEND with its checksum."""
    return _tail(handle, size).endswith(b"\0\0\0\0IEND\xaeB`\x82")


def _bmp_whole(handle: BinaryIO, size: int) -> bool:
    """BITMAPFILEHEADER.bfSize, bytes 2 to 5, is the size of the file."""
    return _number(handle, 2) == size


def _mp4_whole(handle: BinaryIO, size: int) -> bool:
    """ISO/IEC 14496-12 4.2: the boxes fill the file, one of them is moov; size 1 is followed by 64 bits, size 0 says
    to the end, which tells nothing."""
    at, names = 0, set()
    while at + 8 <= size:
        handle.seek(at)
        length, name = int.from_bytes(handle.read(4), "big"), handle.read(4)
        if length == 1:
            length = int.from_bytes(handle.read(8), "big")
        if length < 8:
            return False
        names.add(name)
        at += length
    return at == size and b"moov" in names


def _avi_whole(handle: BinaryIO, size: int) -> bool:
    """RIFF: the length at byte 4 counts from byte 8, padded to an even number; OpenDML appends further ones."""
    at = 0
    while at + 8 <= size:
        handle.seek(at)
        if handle.read(4) != b"RIFF":
            return False
        length = _number(handle, at + 4)
        at += 8 + length + length % 2
    return at in (size, size + 1)  # the pad byte of the last is sometimes left out


def _tail(handle: BinaryIO, size: int) -> bytes:
    handle.seek(max(0, size - TAIL))
    return handle.read()


def _number(handle: BinaryIO, at: int) -> int:
    handle.seek(at)
    return int.from_bytes(handle.read(4), "little")


_KINDS: Mapping[str, tuple[Callable[[bytes], bool], Callable[[BinaryIO, int], bool]]] = MappingProxyType(
    {
        "jpg": (lambda head: head.startswith(b"\xff\xd8\xff"), _jpg_whole),
        "png": (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), _png_whole),
        "bmp": (lambda head: head.startswith(b"BM"), _bmp_whole),
        "mp4": (lambda head: head[4:8] == b"ftyp", _mp4_whole),
        "avi": (lambda head: head[:4] == b"RIFF" and head[8:12] == b"AVI ", _avi_whole),
    }
)
