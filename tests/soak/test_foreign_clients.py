"""curl, openssl and lftp, which nobody here wrote, as a vendor's shell scripts use them: posts of every kind, and files
dropped over FTPS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.core.cli.command import ROOT
from tests.plugins.dropping.conftest import certificate
from tests.soak.conftest import Tell
from tests.soak.sender import STATION, weighing
from tests.soak.site import PARTNER, Site, make_site

__all__ = ["certificate"]

PARTNERS = ROOT / "tests" / "partners"
WITHIN_S = 60
FTP_PORT = 21210
PASSIVE = (50400, 50449)
PACKAGES = {"curl": "curl", "openssl": "openssl", "lftp": "lftp", "gzip": "gzip"}
CSV_INTERFACE = """\
title: 测试文件接口
entity: weighing
format: csv
charset: gbk
path: null
token: null
reply: tender
drop: {files: "*.csv"}
fields:
  code: {from: 单号, required: true}
  station: {from: 站点, required: true}
  weighed_at: {from: 时间, pattern: "yyyy-MM-dd HH:mm:ss", required: true}
  plate: {from: 车牌}
  gross_kg: {from: 总重, required: true}
"""
SIGNED = """
body=$1 key=$2 appid=$3 url=$4
at=$(date +%s)
nonce=$(openssl rand -hex 16)
signed() { printf '%s\\n%s\\n%s\\n' "$appid" "$at" "$nonce"; cat "$body"; }
sign=$(signed | openssl dgst -sha256 -hmac "$key" -r | cut -d ' ' -f 1)
curl --silent --show-error -X POST -H 'Content-Type: application/json' --data-binary "@$body" \\
  -H "X-Appid: $appid" -H "X-Timestamp: $at" -H "X-Nonce: $nonce" -H "X-Sign: $sign" "$url"
"""
LINE = f"{{code}},{STATION},2026-11-01 08:30:00,湘D12345,52400\n"
HEADING = "单号,站点,时间,车牌,总重\n"


@pytest.fixture(scope="module", autouse=True)
def clients() -> None:
    """The clients must be there."""
    missing = [package for command, package in PACKAGES.items() if shutil.which(command) is None]
    if missing:
        pytest.fail(f"this soak needs programs that are missing; on Debian: apt-get install {' '.join(missing)}")


@pytest.fixture
def site(tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[Site]:
    """A site that takes posts, multipart too, and files over FTPS alone."""
    with make_site(tmp_path / "home", tmp_path / "server.log") as made:
        for said, name in zip(certificate, ("ftp.pem", "ftp.key"), strict=True):
            shutil.copy(said, made.home / "config" / name)
        file = made.home / "config" / "site.yaml"
        declared = yaml.safe_load(file.read_text(encoding="utf-8"))
        declared["plugins"]["dropping"] = {
            "port": FTP_PORT, "passive_from": PASSIVE[0], "passive_to": PASSIVE[1], "settle_s": 0.5, "rescan_s": 1,
            "certificate": "config/ftp.pem", "key": "config/ftp.key", "tls_required": True,
        }  # fmt: skip
        file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
        accounts = made.home / "config" / "drop_accounts"
        accounts.mkdir(exist_ok=True)
        (accounts / f"{PARTNER}.yaml").write_text("title: 测试投递\ncharset: gbk\n", encoding="utf-8")
        (made.home / "interfaces" / "dropped.yaml").write_text(CSV_INTERFACE, encoding="utf-8")
        for kind, folder in (("interface", "interfaces"), ("reply", "config/replies")):
            shutil.copy(PARTNERS / "multipart_part" / f"{kind}.yaml", made.home / folder / "multipart_part.yaml")
        made.start()
        yield made
        made.stop()


def run(*command: str | Path, **named: Any) -> str:
    """What a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, **named)
    assert done.returncode == 0, f"{command[0]}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def curl(*arguments: str | Path) -> dict[str, Any]:
    """The JSON that curl brings back."""
    return dict(json.loads(run("curl", "--silent", "--show-error", *arguments)))


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_curl(site: Site, tmp_path: Path, tell: Tell):
    said = json.dumps({name: site.secret[name] for name in ("appid", "secret")})
    bought = curl("-H", "Content-Type: application/json", "-d", said, f"{site.url}/api/token")
    token, url = f"Authorization: Bearer {bought['token']}", f"{site.url}/api/preview"
    body = tmp_path / "body.json"

    body.write_text(json.dumps({"bodys": [weighing("CURL-JSON")]}), encoding="utf-8")
    as_json = ("-H", token, "-H", "Content-Type: application/json", "--data-binary", f"@{body}")
    assert curl(*as_json, url)["accepted"] == 1
    assert curl(*as_json, "-H", "Transfer-Encoding: chunked", url)["duplicates"] == 1
    assert curl(*as_json, "-H", "Expect: 100-continue", url)["duplicates"] == 1
    tell("curl: JSON, in chunks, after 100-continue")

    body.write_text(json.dumps({"bodys": [weighing("CURL-GZIP")]}), encoding="utf-8")
    run("gzip", "--keep", "--force", body)
    packed = ("-H", "Content-Encoding: gzip", "--data-binary", f"@{body}.gz")
    assert curl("-H", token, *packed, url)["accepted"] == 1
    tell("curl: gzip")

    row = {"busiNum": "CURL-FORM", "busiTime": int(time.time() * 1000), "siteId": STATION, "busiTotalWeight": 26500}
    body.write_text(json.dumps([row]), encoding="utf-8")
    form = ("-F", f"highway_detec_result=<{body}", "-F", "picture=@/dev/null;filename=head.jpg;type=image/jpeg")
    assert curl("-H", token, *form, f"{site.url}/partners/multipart_part")["success"] is True
    tell("curl: multipart")

    signer = site.zc.json("partner", "add", "signer", "--stations", "*", "--auth", "hmac")
    body.write_text(json.dumps({"bodys": [weighing("CURL-SIGNED")]}), encoding="utf-8")
    answer = run("bash", "-euc", SIGNED, "sign", body, signer["secret"], signer["appid"], url)
    assert json.loads(answer)["accepted"] == 1
    wrong = run("bash", "-euc", SIGNED, "sign", body, f"{signer['secret']}x", signer["appid"], url)
    assert json.loads(wrong)["errorcode"] == "1112"
    tell("curl: signed by openssl")

    too_large = tmp_path / "large"
    with too_large.open("wb") as file:
        file.truncate(17 << 20)
    answer = curl("-H", token, "-H", "Expect:", "--data-binary", f"@{too_large}", url)
    assert answer["errorcode"] == "1203"
    assert {item["code"] for item in site.find("CURL-")} == {
        f"CURL-{name}" for name in ("JSON", "GZIP", "FORM", "SIGNED")
    }
    tell("curl: a body that is too large is told so")


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_lftp(site: Site, tmp_path: Path, certificate: tuple[Path, Path], tell: Tell):
    def lftp(commands: str, **named: Any) -> list[str | Path]:
        """The command line that does these commands, logged in."""
        script = tmp_path / "commands.lftp"
        script.write_text(
            f"set ssl:ca-file {certificate[0]}\nset ftp:ssl-force true\nset ftp:ssl-protect-data true\n"
            "set ftp:use-utf8 no\nset ftp:charset gbk\nset file:charset utf-8\nset cmd:fail-exit yes\n"
            "set net:max-retries 2\nset net:timeout 10\n"
            f"open -u {site.secret['appid']},{site.secret['secret']} ftp://127.0.0.1:{FTP_PORT}\n{commands}\n",
            encoding="utf-8",
        )
        return ["lftp", "-f", script]

    utf_8 = {**os.environ, "LC_ALL": "C.UTF-8"}
    folder = site.home / "data" / "drop" / PARTNER
    name = "称重数据.csv"
    file = tmp_path / name
    file.write_text(HEADING + LINE.format(code="LFTP-1"), encoding="gbk")
    run(*lftp(f'put "{file}"'), env=utf_8)
    answer = at_last(lambda: (folder / f"{name}.ok").read_text(encoding="gbk"))
    assert json.loads(answer)["accepted"] == 1
    listed = run(*lftp("cls -1"), env=utf_8)
    assert f"{name}.ok" in listed
    fetched = tmp_path / "fetched"
    run(*lftp(f'get "{name}.ok" -o "{fetched}"'), env=utf_8)
    assert fetched.read_text(encoding="gbk") == answer
    tell("lftp: a file over FTPS, its name in GBK, the acknowledgement fetched")

    large = tmp_path / "积压.csv"
    large.write_text(HEADING + "".join(LINE.format(code=f"LFTP-{row:06d}") for row in range(2, 902)), encoding="gbk")
    slow = lftp(f'set net:limit-rate 20000\nput "{large}"')
    cut = subprocess.Popen(slow, env=utf_8, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    at_last(lambda: (folder / large.name).stat().st_size > 1000)
    cut.kill()
    cut.wait(timeout=WITHIN_S)
    at_last(lambda: not (folder / large.name).exists())
    assert not (folder / f"{large.name}.ok").exists()
    tell("lftp: killed in mid-upload, nothing of the file was taken")

    run(*lftp(f'put -c "{large}"'), env=utf_8)
    answer = at_last(lambda: (folder / f"{large.name}.ok").read_text(encoding="gbk"))
    assert json.loads(answer)["accepted"] == 900
    assert len(site.find("LFTP-")) == 901
    tell("lftp: the upload taken up again, 900 rows stored once")


def at_last(found: Callable[[], Any]) -> Any:
    """What `found` gives once it gives something."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        try:
            if result := found():
                return result
        except FileNotFoundError:
            pass
        time.sleep(0.1)
    raise AssertionError("nothing came of it")
