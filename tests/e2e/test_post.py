"""A station's post, from HTTP to a judged, searchable record."""

import httpx

STATION = "DEMO-430481-01"


def row(code: str, **other: object) -> dict[str, object]:
    return {
        "previewdate": "2026-11-01 08:30:00", "previewcode": code, "previewstationcode": STATION,
        "truckno": "湘D12345", "truckcode": "157", "axisnum": 6, "speed": 43.5, "ianeno": 2,
        "totalweight": 52400, "overlimited": 3400, **other,
    }  # fmt: skip


def test_a_post_is_stored_judged_and_found(server):
    token = server.token()
    reply = httpx.post(f"{server.url}/api/preview", json={"token": token, "bodys": [row("A1"), row("A2", axisnum=2)]})
    assert reply.status_code == 200
    assert reply.json() == {
        "resultcode": "0", "resultmessage": "成功", "errorcode": "",
        "accepted": 2, "duplicates": 0, "rejected": [],
    }  # fmt: skip
    found = server.zc.json("find", "weighing", "--where", "code=A1")
    assert len(found) == 1
    wanted = {
        "code": "A1", "station": STATION, "weighed_at": "2026-11-01T08:30:00+08:00", "plate": "湘D12345",
        "axles": 6, "speed": 43.5, "lane": 2, "gross_kg": 52400, "limit_kg": 49000, "overload_kg": 3400,
        "overload_pct": 6.94, "reported_overload_kg": 3400, "limit_id": "gross_2016", "limit_version": 1,
        "overload_class": "minor", "judged_by": "platform", "partner": "county", "interface": "preview",
        "day": "2026-11-01",
    }  # fmt: skip
    assert {name: found[0][name] for name in wanted} == wanted
    assert [item["code"] for item in server.zc.json("find", "overloaded", "--where", "gross_kg: {above: 50000}")]


def test_the_same_again_is_success_and_other_content_is_kept_aside(server):
    token = server.token()
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{server.url}/api/preview"
    assert httpx.post(url, json={"bodys": [row("B1")]}, headers=headers).json()["accepted"] == 1
    again = httpx.post(url, json={"bodys": [row("B1")]}, headers=headers).json()
    assert (again["resultcode"], again["accepted"], again["duplicates"]) == ("0", 0, 1)
    other = httpx.post(url, json={"bodys": [row("B1", totalweight=60000)]}, headers=headers).json()
    assert (other["resultcode"], other["accepted"]) == ("1", 0)
    assert other["rejected"][0]["errorcode"] == "2011"
    assert [item["gross_kg"] for item in server.zc.json("find", "weighing")] == [52400]
    conflicts = server.zc.json("refusals", "--state", "conflict")
    assert [(group["outcome"], group["count"]) for group in conflicts] == [("conflict", 1)]


def test_a_bad_row_does_not_sink_the_good_ones(server):
    token = server.token()
    body = {
        "token": token,
        "bodys": [row("C1"), row("C2", totalweight="heavy"), row("C3", previewstationcode="NOWHERE")],
    }
    reply = httpx.post(f"{server.url}/api/preview", json=body).json()
    assert (reply["resultcode"], reply["accepted"]) == ("2", 1)
    assert [(item["index"], item["errorcode"], item["field"]) for item in reply["rejected"]] == [
        (1, "2002", "totalweight"),
        (2, "2008", "previewstationcode"),
    ]
    kept = server.zc.json("refusals", "--rows")
    assert len(kept) == 2
    assert all(token not in item["raw"] for item in kept)


def test_each_refusal_of_a_token_has_its_own_code(server):
    url = f"{server.url}/api/preview"
    missing = httpx.post(url, json={"bodys": [row("D1")]})
    assert (missing.status_code, missing.json()["errorcode"]) == (401, "1101")
    wrong = httpx.post(url, json={"token": "guessed", "bodys": [row("D1")]})
    assert (wrong.status_code, wrong.json()["errorcode"]) == (401, "1102")
    token = server.token("leiyang", stations=STATION)
    assert httpx.post(url, json={"token": token, "bodys": [row("D1")]}).json()["accepted"] == 1
    elsewhere = httpx.post(url, json={"token": token, "bodys": [row("D2", previewstationcode="DEMO-430412-01")]}).json()
    assert elsewhere["rejected"][0]["errorcode"] == "2009"
    server.zc("partner", "revoke", "leiyang")
    revoked = httpx.post(url, json={"token": token, "bodys": [row("D3")]})
    assert (revoked.status_code, revoked.json()["errorcode"]) == (401, "1104")


def test_every_reply_says_its_snapshot(server):
    for reply in (
        httpx.get(f"{server.url}/-/health"),
        httpx.get(f"{server.url}/nowhere"),
        httpx.post(f"{server.url}/api/preview", content=b"{"),
        httpx.post(f"{server.url}/api/token", json={}),
    ):
        assert int(reply.headers["X-Snapshot"]) >= 1
