"""Partners told by the certificate of their client."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.core.cli.command import Server, Zc, start
from tests.e2e.certificates import Paper, issue
from tests.e2e.test_post import row


@pytest.fixture
def papers(zc: Zc) -> dict[str, Paper]:
    """A CA, papers of it for the server and two partners, and one of a stranger's CA."""
    folder = zc.home / "config" / "tls"
    ca = issue(folder, "ca")
    made = {name: issue(folder, name, ca) for name in ("server", "leiyang", "hengnan", "nobody")}
    return {"ca": ca, **made, "stranger": issue(folder, "stranger", issue(folder, "strangers-ca"))}


@pytest.fixture
def secure(zc: Zc, papers: dict[str, Paper]) -> Iterator[Server]:
    """A server with TLS that takes certificates of the CA, and two partners told by theirs."""
    site = zc.home / "config" / "site.yaml"
    tls = "  certificate: config/tls/server.pem\n  key: config/tls/server.key\n  client_ca: config/tls/ca.pem\n"
    site.write_text(site.read_text(encoding="utf-8").replace("listen:\n", f"listen:\n{tls}"), encoding="utf-8")
    (zc.home / "config" / "partners").mkdir(exist_ok=True)
    ways = {"leiyang": "subject: CN=leiyang", "hengnan": f'fingerprint: "{papers["hengnan"].fingerprint.upper()}"'}
    for name, how in ways.items():
        text = f'title: 测试对接方\nstations: ["*"]\nauth: {{type: certificate, {how}}}\n'
        (zc.home / "config" / "partners" / f"{name}.yaml").write_text(text, encoding="utf-8")
    running = start(zc.home)
    yield running
    assert running.stop() == 0
    running.process.stdout.close()


def send(server: Server, papers: dict[str, Paper], who: str | None, code: str) -> dict[str, object]:
    """The reply to one record, sent with somebody's certificate or none."""
    context = ssl.create_default_context(cafile=papers["ca"].files[0])
    if who:
        context.load_cert_chain(*papers[who].files)
    with httpx.Client(verify=context) as client:
        return client.post(f"{server.url}/api/preview", json={"bodys": [row(code)]}).json()


def test_each_partner_by_its_own_certificate(secure: Server, papers: dict[str, Paper]) -> None:
    assert send(secure, papers, "leiyang", "C1")["accepted"] == 1
    assert send(secure, papers, "hengnan", "C2")["accepted"] == 1
    assert send(secure, papers, None, "C3")["errorcode"] == "1101"
    assert send(secure, papers, "nobody", "C4")["errorcode"] == "1101"
    with pytest.raises((httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError)):
        send(secure, papers, "stranger", "C5")
    rows = secure.zc.json("find", "weighing")
    assert {item["code"]: item["partner"] for item in rows} == {"C1": "leiyang", "C2": "hengnan"}
    assert Path(papers["leiyang"].files[1]).exists()
