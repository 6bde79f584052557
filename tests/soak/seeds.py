"""What fuzzing begins with: the bodies of the trials, as partners send them, and what the other targets read."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.intake.encode import encode
from core.run import trials
from tests.core.cli.command import ROOT
from tests.partners.systems import SYSTEMS, snapshot_of
from tests.soak.decoders import ACTION, LAYOUTS, variants

HEADERS = b"X-Appid: a\nX-Timestamp: 1793493005\nX-Nonce: 1\nX-Sign: c0ffee\nAuthorization: Basic YTpi\n\n"
QUERY = b"X-Appid=a&X-Timestamp=20261101083000&X-Nonce=1&X-Sign=c0ffee\n\n"
IN_BODY = b'\n\n{"X-Appid": "a", "X-Timestamp": 1793493005000, "X-Nonce": 1, "X-Sign": "wP/u", "a": {"b": [1]}}'
CALL = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body><Send xmlns="%s">' % (
    ACTION.encode()
)
RECORD = {"code": "T1", "at": "2026-11-01 08:30:00", "kg": 52400, "plate": "湘D12345", "axles": [1, 2.5, None]}
WRITTEN = {
    "csv": [{"a": "1", "b": "湘D12345", "c": 'x "y", z'}],
    "lines": [RECORD, RECORD],
    "soap": {"data": "1"},
    "xml": {"ROOT": {"DATA": [{"@a": "1", "#text": "x"}, "y"]}},
}
INSIDE = [
    {"object": [RECORD]},
    {"data": [RECORD]},
    {"data": {"ROOT": {"DATA": "1"}}},
    {"data": {"inner": [{"a": "1"}]}},
    {"ROOT": {"DATA": RECORD}},
]


def seeds(name: str) -> list[bytes]:
    """The inputs from which the fuzzing of a target begins, each with the byte that chooses its variant."""
    if name in LAYOUTS:
        bodies = [sample.body for sample in samples() if sample.format == name]
        return [*(bytes([first]) + body for first in variants(name) for body in bodies), *_written(name)]
    if name == "post":
        return [bytes([SYSTEMS.index(sample.system)]) + sample.body for sample in samples()]
    if name == "yaml":
        return [file.read_bytes() for file in sorted((ROOT / "tests" / "partners").glob("*/*.yaml"))]
    return [bytes([first]) + text for first in variants(name) for text in OTHERS[name]]


def _written(name: str) -> Iterator[bytes]:
    """Data as each layout of the target writes it."""
    for first, layout in enumerate(LAYOUTS[name]):
        data = INSIDE[first] if name == "inside" else WRITTEN.get(name, {"code": "T1", "file": {"a": "1"}})
        yield bytes([first]) + encode(data, layout)


@dataclass(frozen=True)
class Sample:
    """A body of a system's trial, and where and as what it is posted."""

    system: str
    path: str
    format: str
    body: bytes


@cache
def samples() -> tuple[Sample, ...]:
    """The bodies of all cases of the partners' trials."""
    with tempfile.TemporaryDirectory() as root:
        snapshot = snapshot_of(Path(root))
    return tuple(
        Sample(system, interface.path, interface.layout.format, trials.body_of(case["send"], snapshot, system))
        for system, interface in snapshot.interfaces.items()
        for case in snapshot.reading.declarations["trial"][system].data["cases"]
    )


OTHERS: Mapping[str, list[bytes]] = {
    "operation": [CALL, CALL + b"<data>1</data></Send></e:Body></e:Envelope>", b"<!DOCTYPE a><a/>"],
    "hidden": [
        b'{"token": "a-token-2", "bodys": [',
        b'{"object": "eyJ0b2tlbiI6ICJiIiwg"}',
        b"a=1&token=a-token&b=%zz",
        b'name="token"\r\nContent-Type: text/plain\r\n\r\nb\r\n--',
        b"<ROOT><DATA>{'token':'a-token'</DATA></ROOT>",
    ],
    "gzip": [gzip.compress(b'{"bodys": []}'), gzip.compress(b"a") + gzip.compress(b"b"), gzip.compress(bytes(2 << 20))],
    "head": [
        b"",
        b"POST /api/x HTTP/1.1\r\nHost: a:8600\r\nContent-Length: 2\r\n\r\n{}",
        b"Host: [::1]\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}",
        b"X-A:\tb \r\nx-empty:\r\nAuthorization: Bearer a.b\r\n\r\n{}",
        b"Content-Type: application/json; charset=utf-8\r\nUser-Agent: test (a, b)\r\n\r\n{}POST / HTTP/1.1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"Content-Length: 3\r\n\r\n{}\n",
        b"Host: a/b\r\nContent-Length: 2\r\n\r\n{}",
    ],
    "template": [b"{errorcode}", "共 {refused} 条：{message}".encode(), b"{{}} {result}{demo}", b"{0.a!r:>10}"],
    "file_name": [b"S1/20261101/a.csv", b"a_b.txt", b"{station}/{date}_*.jpg", "湘D12345/1.csv".encode("gbk")],
    "signature": [first + text for first in (b"\0", b"\1", b"\2", b"\3") for text in (HEADERS, QUERY, IN_BODY)],
}
"""Of the targets that no trial has a sample of."""
