"""Content-Encoding: gzip, inflated to a bound and no further."""

from __future__ import annotations

import zlib

from core.intake.post import Stop

MOST_MEMBERS = 1000
_GZIP = 31  # window bits that tell zlib to expect a gzip header
_PIECE = 64 << 10  # bytes fed at once: what follows a member is copied, so that little must follow


def inflate(body: bytes, encoding: str, most_mib: int) -> bytes:
    """The body as it was before Content-Encoding. Stop for other encodings, broken data, more than `most_mib` MiB."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip"):
        raise Stop("encoding_unknown", value=encoding)
    most, made, at, members = most_mib << 20, bytearray(), 0, 0
    while at < len(body):  # a file of gzip may have several members
        members += 1
        if members > MOST_MEMBERS:
            raise Stop("body_many", bound=MOST_MEMBERS)
        at = _member(body, at, made, most)
        if len(made) > most:
            raise Stop("body_large", bound=most_mib)
    return bytes(made)


def _member(body: bytes, at: int, made: bytearray, most: int) -> int:
    """Add what one member holds to `made`, up to a byte more than `most`; where it ends."""
    inflater = zlib.decompressobj(wbits=_GZIP)
    try:
        while not inflater.eof and at < len(body) and len(made) <= most:
            piece = body[at : at + _PIECE]
            made += inflater.decompress(piece, most + 1 - len(made))
            at += len(piece) - len(inflater.unused_data)
    except zlib.error as error:
        raise Stop("body_malformed", detail="不是 gzip") from error
    if len(made) <= most and not inflater.eof:
        raise Stop("body_malformed", detail="gzip 不完整")
    return at
