"""A home whose partners drop files, its FTP service running, and a client that nobody here wrote: ftplib."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ftplib import FTP, FTP_TLS
from pathlib import Path
from typing import Any

import pytest

from core.run.live import Platform
from tests.core.run import homes

SETTINGS = {
    "port": 0,
    "settle_s": 0.3,
    "rescan_s": 0.2,
    "attempts": 3,
    "passive_from": 50300,
    "passive_to": 50399,
}
CSV = """title: 测试文件接口
entity: crossing
format: csv
reply: plain
path: null
drop: {files: "{gate}/*.csv"}
fields:
  code: {from: no, required: true}
  gate: {required: true}
  crossed_at: {from: at, required: true}
  weight_kg: {from: kg}
"""
XML = """title: 测试 XML 文件接口
entity: crossing
format: xml
records: list.row
reply: plain
path: null
drop: {files: "*.xml", accepted: "{stem}.result.txt", refused: "{stem}.fault.txt"}
fields:
  code: {from: no, required: true}
  gate: {required: true}
  crossed_at: {from: at, required: true}
"""
LINES = CSV.replace("format: csv", "format: lines").replace(".csv", ".jsonl")
JSON = homes.INTERFACE.replace("path: /api/crossings", 'path: null\ndrop: {files: "*.json"}')
NAMING = """title: 测试照片
files: "{station}/{code}_{part}.jpg"
category: crossing
fields: {station: gate, taken_at: crossed_at}
"""
BY_TIME = """title: 测试录像
files: "{station}/clip_{taken_at}.avi"
category: crossing
fields: {station: gate, taken_at: crossed_at}
"""
ACCOUNT = "title: 测试投递\nquota_mib: 3\nfile_mib: 2\n"
FILES = {
    **homes.FILES,
    "interfaces/csv.yaml": CSV,
    "interfaces/xml.yaml": XML,
    "interfaces/lines.yaml": LINES,
    "interfaces/json.yaml": JSON,
    "config/namings/photo.yaml": NAMING,
    "config/namings/clip.yaml": BY_TIME,
    "config/partners/vendor.yaml": "title: 测试厂商\nstations: [G1]\n",
    "config/partners/other.yaml": "title: 另一测试厂商\nstations: ['*']\nnetworks: [10.0.0.0/8]\n",
    "config/drop_accounts/vendor.yaml": ACCOUNT,
    "config/drop_accounts/other.yaml": ACCOUNT,
}


def at_last(found: Callable[[], Any]) -> Any:
    """What `found` gives once it gives something; None of it within ten seconds fails the test."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(FileNotFoundError):
            if result := found():
                return result
        time.sleep(0.02)
    raise AssertionError(f"nothing came of {found}")


@dataclass
class Drop:
    """A running home and one partner's way in."""

    platform: Platform
    appid: str
    secret: str

    @property
    def address(self) -> tuple[str, int]:
        """Where the service listens."""
        service: Any = self.platform.services.running["dropping", "ftp"].service
        return service.address

    @property
    def data(self) -> Path:
        """The home's data."""
        return self.platform.home.data

    @property
    def folder(self) -> Path:
        """The partner's folder."""
        return self.data / "drop" / "vendor"

    def client(self, ftp: FTP | None = None, encoding: str = "utf-8") -> FTP:
        """A client that is logged in."""
        ftp = ftp or FTP(encoding=encoding)
        ftp.encoding = encoding
        ftp.connect(*self.address, timeout=10)
        ftp.login(self.appid, self.secret)
        return ftp

    def crossings(self) -> list[dict[str, Any]]:
        """What was stored."""
        return homes.found(self.platform)

    def answer(self, name: str) -> str:
        """The acknowledgement of that name, once it is there."""
        return at_last(lambda: (self.folder / name).read_bytes()).decode()


@pytest.fixture
def dropping(tmp_path: Path) -> Callable[..., Any]:
    """Makes a running home with such settings of the plugin."""

    @contextmanager
    def make(**settings: Any) -> Iterator[Drop]:
        site = {**homes.SITE, "plugins": {"stations": {}, "dropping": {**SETTINGS, **settings}}}
        with homes.opened(homes.make(tmp_path / "home", site, FILES)) as platform:
            homes.load_gates(platform, "G1", "G2")
            for entity, rows in (
                ("region", "code,title\n430400,测试市\n"),
                ("station", "code,title,region\nG1,测试站,430400\n"),
            ):
                homes.operate(
                    platform,
                    "load",
                    entity=entity,
                    name="rows.csv",
                    data=rows.encode().hex(),
                    replace=False,
                    who="test",
                )
            made = platform.tokens.add("vendor", "token")
            platform.services.adopt(platform.snapshot)
            assert platform.faults.rows() == []
            yield Drop(platform, made["appid"], made["secret"])

    return make


@pytest.fixture
def drop(dropping: Callable[..., Any]) -> Iterator[Drop]:
    """A running home."""
    with dropping() as made:
        yield made


@pytest.fixture
def ftp(drop: Drop) -> Iterator[FTP]:
    """A client of it."""
    with drop.client() as client:
        yield client


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(certificate, key) made for the tests."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def tls_client(certificate: tuple[Path, Path]) -> FTP_TLS:
    """A client that trusts that certificate alone."""
    return FTP_TLS(context=ssl.create_default_context(cafile=str(certificate[0])))
