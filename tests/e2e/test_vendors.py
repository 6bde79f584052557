"""The vendors' side: OpenAPI, manuals, the sandbox, and the list of cases that tells a good vendor from five bad."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import httpx
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.core.cli.command import Server
from tests.e2e.test_post import STATION, row
from tests.e2e.vendors import LACKS, OWN, Vendor


def made(server: Server, name: str, *options: str) -> tuple[str, str]:
    """(appid, secret) of a sandbox partner."""
    said = server.zc.json("partner", "add", name, "--stations", OWN, "--sandbox", *options)
    return said["appid"], said["secret"]


def test_the_openapi_is_valid_and_its_example_is_accepted(server: Server) -> None:
    said = httpx.get(f"{server.url}/-/openapi.json").json()
    OpenAPIV31SpecValidator(said).validate()
    (path,) = [path for path in said["paths"] if path != "/api/token"]
    body = said["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    record = body["schema"]["properties"]["bodys"]["anyOf"][1]
    assert set(record["required"]) == {"previewcode", "previewstationcode", "previewdate", "totalweight"}
    assert "kg" in record["properties"]["totalweight"]["description"]
    example = body["example"]
    example["bodys"][0]["previewstationcode"] = STATION
    reply = httpx.post(f"{server.url}{path}", json=example, headers={"Authorization": f"Bearer {server.token()}"})
    assert reply.json()["accepted"] == 1


def test_a_manual_says_all_that_a_vendor_needs(server: Server, tmp_path) -> None:
    text = server.zc("manual", "preview", "--url", "https://zc.example")
    for said in (
        "# 实时预览数据上报",
        "`POST https://zc.example/api/preview`",
        "`ianeno` 或 `laneno`",
        "| `totalweight` | 车货总重 | 是 |",
        "| 2008 |",
        "核对编号或请平台登记",
        '"token": "TOKEN"',
        "curl -X POST https://zc.example/api/preview",
        "总重须大于 0",
    ):
        assert said in text
    page = httpx.get(f"{server.url}/-/manual/preview")
    assert page.headers["Content-Type"].startswith("text/html")
    assert f"POST {server.url}/api/preview" in page.text
    assert "<td>车货总重</td>" in page.text
    assert httpx.get(f"{server.url}/-/manual/nothing").status_code == 404
    server.zc("manual", "preview", "--to", str(tmp_path / "preview.html"))
    assert (tmp_path / "preview.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    server.zc("partner", "add", "county", "--stations", "*", "--auth", "hmac")
    own = server.zc("manual", "preview", "--partner", "county")
    for said in ("| `X-Nonce` | 随机数，每次不同 |", "算 HMAC-SHA256，写成 hex", "300 秒"):
        assert said in own


def test_what_a_sandbox_partner_posts_stays_in_the_sandbox(server: Server) -> None:
    appid, secret = made(server, "trial")
    vendor = Vendor(server.url, appid, secret)
    vendor.log_in(secret)
    assert vendor.post([row("T1"), row("T2", totalweight="heavy")])["accepted"] == 1
    assert server.zc.json("find", "weighing") == []
    assert server.zc.json("refusals") == []
    (found,) = server.zc.json("find", "weighing", "--sandbox")
    assert (found["code"], found["partner"], found["overload_kg"], found["limit_id"]) == (
        "T1",
        "trial",
        3400,
        "gross_2016",
    )
    assert [group["outcome"] for group in server.zc.json("refusals", "--sandbox")] == ["wrong_type"]
    live = httpx.post(f"{server.url}/api/preview", json={"token": server.token(), "bodys": [row("T1")]})
    assert live.json()["accepted"] == 1
    assert (server.zc.home / "data" / "sandbox.sqlite").exists()
    kept = sqlite3.connect(server.zc.home / "data" / "zc.sqlite")
    assert kept.execute("SELECT partner FROM r_weighing").fetchall() == [("county",)]
    kept.close()
    server.zc("sandbox", "clear")
    assert server.zc.json("find", "weighing", "--sandbox") == []
    assert server.zc.json("conformance", "trial")["score"] == 0
    assert vendor.post([row("T1")])["accepted"] == 1
    server.zc("conformance", "county", code=1)


def test_the_list_tells_a_good_vendor_from_five_bad_ones(server: Server) -> None:
    vendors = {}
    for kind in LACKS:
        name = kind.__name__.lower()
        vendors[name] = kind(server.url, *made(server, name))
    with ThreadPoolExecutor(len(vendors)) as pool:
        list(pool.map(lambda vendor: vendor.run(), vendors.values()))
    lacks = {}
    for name in vendors:
        said = server.zc.json("conformance", name)
        lacks[name] = {case["case"].partition(".")[2] for case in said["cases"] if not case["covered"]}
        assert (said["of"], said["score"]) == (25, 25 - len(lacks[name]))
    assert lacks == {kind.__name__.lower(): cases for kind, cases in LACKS.items()}
    assert "25 of 25" in server.zc("conformance", "vendor")
