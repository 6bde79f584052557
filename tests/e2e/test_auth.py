"""Every way of saying who one is, against a running server."""

from __future__ import annotations

import hashlib
import json
import signal
import time
from pathlib import Path

import httpx

from tests.core.cli.command import Server, Zc, start
from tests.e2e.signing import body_of, post, signed
from tests.e2e.test_post import STATION, row


def declare(server: Server, name: str, text: str) -> None:
    """Write a partner's file and activate it."""
    folder = server.zc.home / "config" / "partners"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(f'title: 测试对接方 {name}\nstations: ["*"]\n{text}', encoding="utf-8")
    server.zc("reload")


def logins(server: Server, name: str, *options: str) -> tuple[str, str]:
    """(appid, secret) of a partner made by the command."""
    made = server.zc.json("partner", "add", name, "--stations", "*", *options)
    return made["appid"], made["secret"]


def found(zc: Zc) -> list[str]:
    """Codes of all records."""
    return sorted(item["code"] for item in zc.json("find", "weighing"))


def test_a_signed_post_is_taken_once(server: Server) -> None:
    url, (appid, key) = f"{server.url}/api/preview", logins(server, "county", "--auth", "hmac")
    body = body_of(row("S1"))
    headers = signed(appid, key, body)
    assert post(url, headers, body)[0] == 200
    replayed = post(url, headers, body)
    assert (replayed[0], replayed[1]["errorcode"]) == (401, "1114")
    again = post(url, signed(appid, key, body), body)
    assert (again[0], again[1]["duplicates"]) == (200, 1)
    missing = post(url, {name: value for name, value in headers.items() if name != "X-Nonce"}, body)
    assert (missing[0], missing[1]["errorcode"], "X-Nonce" in missing[1]["resultmessage"]) == (401, "1111", True)
    old = post(url, signed(appid, key, body, at=time.time() - 400), body)
    assert (old[0], old[1]["errorcode"]) == (401, "1113")
    changed = post(url, signed(appid, key, body), body_of(row("S2")))
    assert (changed[0], changed[1]["errorcode"]) == (401, "1112")
    bought = httpx.post(f"{server.url}/api/token", json={"appid": appid, "secret": key})
    assert bought.json()["errorcode"] == "1105"
    assert found(server.zc) == ["S1"]


def test_a_nonce_stays_used_over_a_kill(server: Server) -> None:
    appid, key = logins(server, "county", "--auth", "hmac")
    body = body_of(row("K1"))
    headers = signed(appid, key, body)
    assert post(f"{server.url}/api/preview", headers, body)[0] == 200
    server.stop(signal.SIGKILL)
    again = start(server.zc.home)
    try:
        assert post(f"{again.url}/api/preview", headers, body)[1]["errorcode"] == "1114"
        assert post(f"{again.url}/api/preview", signed(appid, key, body), body)[1]["duplicates"] == 1
    finally:
        assert again.stop() == 0
        again.process.stdout.close()


def test_a_key_is_nowhere_in_the_open(server: Server) -> None:
    url, (appid, key) = f"{server.url}/api/preview", logins(server, "county", "--auth", "hmac")
    file = server.zc.home / "data" / "key"
    assert file.stat().st_mode & 0o777 == 0o600
    rotated = server.zc.json("partner", "rotate", "county")
    body = body_of(row("R1"))
    for secret in (key, rotated["secret"]):
        assert post(url, signed(appid, secret, body), body)[0] == 200
    first = file.read_bytes()
    assert server.zc.json("partner", "rekey")["keys"] == 2
    assert file.read_bytes() != first
    for secret in (key, rotated["secret"]):
        assert post(url, signed(appid, secret, body), body)[0] == 200
    server.stop()
    kept = [path for path in server.zc.home.rglob("*") if path.is_file()]
    assert [path for path in kept if key.encode() in path.read_bytes()] == []
    file.rename(file.with_name("elsewhere"))
    without = start(server.zc.home)
    try:
        assert post(f"{without.url}/api/preview", signed(appid, key, body), body)[0] == 500
        health = httpx.get(f"{without.url}/-/health")
        assert (health.status_code, str(file) in health.json()["checks"]["keys"]) == (503, True)
    finally:
        without.stop()
        without.process.stdout.close()


def test_an_md5_in_the_body_as_older_systems_sign(server: Server) -> None:
    declare(
        server,
        "county",
        "auth:\n  type: signature\n  algorithm: md5\n  place: body\n  appid: appid\n  timestamp: null\n"
        '  nonce: null\n  sign: sign\n  fields: [body.bodys]\n  separator: ""\n',
    )
    made = server.zc.json("partner", "add", "county", "--stations", "*")
    bodys = json.dumps([row("M1")], ensure_ascii=False, separators=(",", ":"))
    sign = hashlib.md5(f"{bodys}{made['secret']}".encode()).hexdigest()
    said = f'{{"appid": "{made["appid"]}", "sign": "{sign.upper()}", "bodys": {bodys}}}'.encode()
    assert post(f"{server.url}/api/preview", {}, said)[1]["accepted"] == 1
    assert post(f"{server.url}/api/preview", {}, said)[1]["errorcode"] == "1114"
    assert post(f"{server.url}/api/preview", {}, said.replace(b"M1", b"M2"))[1]["errorcode"] == "1112"


def test_basic_and_keys_in_places_of_their_own(server: Server) -> None:
    url = f"{server.url}/api/preview"
    appid, secret = logins(server, "plain", "--auth", "basic")
    assert httpx.post(url, json={"bodys": [row("B1")]}, auth=(appid, secret)).json()["accepted"] == 1
    assert httpx.post(url, json={"bodys": [row("B2")]}, auth=(appid, "guess")).json()["errorcode"] == "1105"
    token = httpx.post(f"{server.url}/api/token", json={"appid": appid, "secret": secret})
    assert token.json()["errorcode"] == "1105"
    declare(server, "device", "auth: {type: key, header: X-Api-Key, appid: kkbh, secret: DeviceKey}\n")
    made = server.zc.json("partner", "add", "device", "--stations", "*")
    key = {"X-Api-Key": made["key"]}
    assert httpx.post(url, json={"bodys": [row("B3")]}, headers=key).json()["accepted"] == 1
    said = {"kkbh": made["appid"], "DeviceKey": made["secret"], "bodys": [row("B4", axisnum="many")]}
    assert httpx.post(url, json=said).json()["rejected"][0]["errorcode"] == "2002"
    without_list = {"kkbh": made["appid"], "DeviceKey": made["secret"]}
    assert httpx.post(url, json=without_list).json()["errorcode"] == "1205"
    assert made["secret"] not in json.dumps(server.zc.json("refusals", "--rows"))
    assert httpx.post(url, json={**without_list, "DeviceKey": "guess"}).json()["errorcode"] == "1105"
    assert found(server.zc) == ["B1", "B3"]


def test_an_address_alone(server: Server) -> None:
    url = f"{server.url}/api/preview"
    declare(server, "inside", "auth: address\nnetworks: [127.0.0.0/8]\n")
    assert httpx.post(url, json={"bodys": [row("A1")]}).json()["accepted"] == 1
    assert server.zc.json("find", "weighing")[0]["partner"] == "inside"
    assert httpx.post(url, json={"token": "guess", "bodys": [row("A2")]}).json()["errorcode"] == "1102"
    declare(server, "inside", "auth: address\nnetworks: [10.43.0.0/16]\n")
    assert httpx.post(url, json={"bodys": [row("A3")]}).json()["errorcode"] == "1101"
    server.zc("partner", "rotate", "inside", code=1)


def test_stations_bound_to_a_signature_too(server: Server) -> None:
    made = server.zc.json("partner", "add", "county", "--stations", STATION, "--auth", "sm3")
    text = (Path(server.zc.home) / "config" / "partners" / "county.yaml").read_text(encoding="utf-8")
    assert "hmac-sm3" in text
    body = body_of(row("T1"))
    wrong = post(f"{server.url}/api/preview", signed(made["appid"], made["secret"], body), body)
    assert (wrong[0], wrong[1]["errorcode"]) == (401, "1112")
