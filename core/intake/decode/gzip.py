"""Content-Encoding: gzip, inflated to a bound and no further."""

from __future__ import annotations

import zlib

from core.intake.post import Stop

_GZIP = 31  # window bits that tell zlib to expect a gzip header


def inflate(body: bytes, encoding: str, most_mib: int) -> bytes:
    """The body as it was before Content-Encoding. Stop for other encodings, broken data, more than `most_mib` MiB."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip"):
        raise Stop("encoding_unknown", value=encoding)
    most, made, rest = most_mib << 20, bytearray(), body
    while rest:  # a file of gzip may have several members
        inflater = zlib.decompressobj(wbits=_GZIP)
        try:
            made += inflater.decompress(rest, most + 1 - len(made))
        except zlib.error as error:
            raise Stop("body_malformed", detail="不是 gzip") from error
        if len(made) > most:
            raise Stop("body_large", bound=most_mib)
        if not inflater.eof:
            raise Stop("body_malformed", detail="gzip 不完整")
        rest = inflater.unused_data
    return bytes(made)
