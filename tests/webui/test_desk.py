"""Refusals desk, workbench and interfaces through the real door: what each operation gives whom, and what it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.webui.browser import PASSWORD, Browser
from tests.webui.conftest import Site, add_person, weighing

ID = "desk_test"
INTERFACE = """# 测试接口：供拒收处理与工作台的测试使用
title: 测试接口
entity: weighing
path: /api/desk-test
records: bodys
token: token
reply: tender
fields:
  code: {from: previewcode, required: true}
  station: {from: previewstationcode, required: true}
  weighed_at: {from: previewdate, pattern: "yyyy-MM-dd HH:mm:ss", required: true}
  plate: {from: truckno}
  axles: {from: axisnum}
  gross_kg: {from: totalweight, unit: kg, required: true}
"""
MENDED = INTERFACE.replace("{from: totalweight,", "{from: [totalweight, weight],")
STATION = "DEMO-430481-01"
OPERATIONS = (
    "interface.list", "interface.text", "interface.save", "interface.try", "interface.bodies", "trial.save", "refusals",
    "replay",
)  # fmt: skip
ROLES = {
    "desk_masked": 'rights: {weighing: [see]}',
    "desk_blind": "rights: {station: [see]}",
}  # fmt: skip


@dataclass
class Desk:
    """The test interface of a site, and who may do what at it."""

    site: Site
    token: str
    people: dict[str, Browser]

    @property
    def file(self) -> Path:
        """The declaration of the interface."""
        return self.site.zc.home / "interfaces" / f"{ID}.yaml"

    def post(self, *rows: dict[str, Any], token: str | None = None) -> None:
        """Post rows as a partner; what comes of them is the tests' matter."""
        said = {"token": token or self.token, "bodys": list(rows)}
        assert httpx.post(f"{self.site.url}/api/desk-test", json=said).status_code in (200, 400)

    def run(self, who: str, name: str, **arguments: Any) -> httpx.Response:
        """Run an operation; follows a task to its end."""
        browser = self.people[who]
        answered = browser.post(f"/api/ui/operations/{name}", {"arguments": arguments})
        while answered.status_code == 202 or answered.json().get("done") is False:
            task = answered.json().get("task") or str(answered.url).rsplit("/", 1)[-1]
            answered = browser.get(f"/api/ui/tasks/{task}")
        return answered

    def result(self, name: str, /, **arguments: Any) -> Any:
        """What an operation gives the administrator."""
        answered = self.run("whole", name, **arguments)
        assert answered.status_code == 200, answered.text
        return answered.json()["result"]

    def stored(self, code: str) -> int:
        """How many weighings have that code."""
        return len(self.people["whole"].records("weighing", code=code))


@pytest.fixture(scope="module")
def desk(site: Site) -> Iterator[Desk]:
    """An interface of the tests' own, people whose roles have its operations, and its files taken away afterwards."""
    home = site.zc.home
    files = {home / "interfaces" / f"{ID}.yaml": INTERFACE}
    for name, rights in ROLES.items():
        text = f"title: 测试角色\nmenus: ['*']\n{rights}\noperations: [{', '.join(OPERATIONS)}]\n"
        files[home / "config" / "roles" / f"{name}.yaml"] = text
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    site.zc("reload")
    people = {"whole": site.browsers["whole"], "guest": site.browsers["guest"], "leiyang": site.browsers["leiyang"]}
    for name in ROLES:
        first = add_person(site.zc, name, roles=[name])
        people[name] = site.browser()
        people[name].login(name, first)
        assert people[name].post("/api/ui/password", {"old": first, "new": PASSWORD}).status_code == 200
    yield Desk(site, site.server.token("desk_partner"), people)
    for file in (*files, home / "interfaces" / f"{ID}.trial.yaml"):
        file.unlink(missing_ok=True)
    site.zc("reload")


def light(code: str, **other: Any) -> dict[str, Any]:
    """A test weighing without its weight, which the interface refuses."""
    row = {**weighing(code, STATION, "湘D8A917"), "weight": 17900, "remark": "13900000000", **other}
    del row["totalweight"]
    return row


def test_a_mapping_is_mended_tried_put_in_force_and_replayed(desk: Desk) -> None:
    token = desk.site.server.token("desk_mended")
    desk.post(*(light(f"DESK-M{number}") for number in range(3)), light("DESK-M3", weight="heavy"), token=token)
    group = {"interface": ID, "partner": "desk_mended", "outcome": "missing", "field": "totalweight"}
    [found] = desk.result("refusals", state="open", partner="desk_mended")
    assert (found["count"], found["field"], found["interface_title"]) == (4, "totalweight", "测试接口")
    rows = desk.result("refusals", **group, with_rows=True, limit=3)
    assert [json.loads(row["raw"])["previewcode"] for row in rows] == ["DESK-M0", "DESK-M1", "DESK-M2"]
    rest = desk.result("refusals", **group, with_rows=True, after=rows[-1]["id"])
    assert [json.loads(row["raw"])["previewcode"] for row in rest] == ["DESK-M3"]

    tried = desk.result("replay", **group, dry_run=True, text=MENDED)
    assert (tried["passed"], tried["failing"]) == (3, 1)
    assert [(one["outcome"], one["count"]) for one in tried["reasons"]] == [("wrong_type", 1)]
    assert desk.result("replay", **group, dry_run=True)["passed"] == 0, "what is in force is as it was"
    assert (desk.file.read_text(encoding="utf-8"), desk.stored("DESK-M0")) == (INTERFACE, 0)
    assert desk.run("whole", "replay", **group, text=MENDED).status_code == 400

    opened = desk.result("interface.text", interface=ID)
    assert (opened["text"], opened["file"]) == (INTERFACE, f"interfaces/{ID}.yaml")
    saved = desk.result("interface.save", interface=ID, text=MENDED, base=opened["base"], note="测试：总重另名")
    assert saved["activated"]
    assert desk.file.read_text(encoding="utf-8") == MENDED
    done = desk.result("replay", **group)
    assert (done["passed"], done["failing"], desk.stored("DESK-M0")) == (3, 1, 1)
    late = desk.run("whole", "interface.save", interface=ID, text=INTERFACE, base=opened["base"])
    assert late.status_code == 409
    opened = desk.result("interface.text", interface=ID)
    assert desk.result("interface.save", interface=ID, text=INTERFACE, base=opened["base"])["activated"]


def test_a_broken_mapping_is_told_with_its_line_and_changes_nothing(desk: Desk) -> None:
    before = desk.file.read_text(encoding="utf-8")
    number = desk.result("status")["snapshot"]
    broken = before.replace("axles:", "axels:")
    base = desk.result("interface.text", interface=ID)["base"]
    for found in (
        desk.result("replay", interface=ID, dry_run=True, text=broken),
        desk.result("interface.try", interface=ID, body="{}", text=broken),
        desk.result("interface.save", interface=ID, text=broken, base=base),
    ):  # fmt: skip
        [problem] = [one for one in found["problems"] if one["level"] == "error"]
        assert (problem["file"], problem["line"]) == (f"interfaces/{ID}.yaml", 13)
    assert desk.file.read_text(encoding="utf-8") == before
    assert desk.result("status")["snapshot"] == number


def test_the_workbench_shows_five_steps_and_stores_nothing(desk: Desk) -> None:
    refused = desk.result("refusals", state="all", interface=ID)
    good = weighing("DESK-T1", STATION, "湘D8A918")
    body = json.dumps({"token": "not-looked-at", "bodys": [good, {**good, "previewcode": "DESK-T2", "axisnum": "x"}]})
    said = desk.result("interface.try", interface=ID, body=body)
    assert (said["read"]["count"], said["map"]["mapped"], said["map"]["refused"]) == (2, 1, 1)
    assert [(one["index"], one["outcome"], one["field"]) for one in said["map"]["faults"]] == [
        (1, "wrong_type", "axisnum")
    ]
    derived = {one["name"]: one["value"] for one in said["derive"]["rows"][0]["values"]}
    assert (derived["limit_kg"], derived["overload_kg"]) == (49000, 3400)
    texts = {one["name"]: one["text"] for step in ("map", "derive") for one in said[step]["rows"][0]["values"]}
    assert (texts["weighed_at"], texts["gross_kg"]) == (good["previewdate"], None)
    assert texts["overload_class"] not in (None, derived["overload_class"]), "a code is told by its dictionary"
    assert said["store"]["states"] == {"stored": 1}
    reply = json.loads(said["answer"]["reply"])
    assert (said["answer"]["http"], reply["accepted"], len(reply["rejected"])) == (200, 1, 1)
    assert (desk.stored("DESK-T1"), desk.result("refusals", state="all", interface=ID)) == (0, refused)

    desk.post(good)
    assert desk.result("interface.try", interface=ID, body=body)["store"]["states"] == {"duplicate": 1}
    broken = desk.result("interface.try", interface=ID, body="not JSON")
    assert (broken["read"]["stopped"], broken["answer"]["http"]) == ("body_malformed", 400)


def test_a_partner_speaks_for_its_own_stations_at_the_workbench(desk: Desk) -> None:
    desk.site.server.token("desk_other", stations="DEMO-430482-01")
    body = json.dumps({"bodys": [weighing("DESK-P1", STATION, "湘D8A919")]})
    assert desk.result("interface.try", interface=ID, body=body)["map"]["mapped"] == 1
    said = desk.result("interface.try", interface=ID, body=body, partner="desk_other")
    assert [one["outcome"] for one in said["map"]["faults"]] == ["station_denied"]
    assert desk.run("whole", "interface.try", interface=ID, body=body, partner="nobody").status_code == 404


def test_a_kept_record_is_a_body_again(desk: Desk) -> None:
    desk.post(light("DESK-B1", weight="unknown"))
    httpx.post(f"{desk.site.url}/api/desk-test", json={"token": desk.token, "rows": []})
    whole, row = desk.result("interface.bodies", interface=ID)[:2]
    assert json.loads(whole["body"]) == {"rows": []}
    assert [one["previewcode"] for one in json.loads(row["body"])["bodys"]] == ["DESK-B1"]
    assert desk.token not in whole["body"] + row["body"]
    said = desk.result("interface.try", interface=ID, body=row["body"], partner="desk_partner")
    assert [one["outcome"] for one in said["map"]["faults"]] == [row["outcome"]]
    assert desk.result("interface.bodies", interface=ID, refusal=row["id"]) == [row]
    assert desk.result("interface.bodies", interface="preview", refusal=row["id"]) == []


def test_what_was_tried_is_kept_as_a_trial_without_its_token(desk: Desk) -> None:
    good = weighing("DESK-S1", STATION, "湘D8A920")
    for title, extra in (("一行正确（测试）", {}), ("轴数有误（测试）", {"axisnum": "x"})):
        body = json.dumps({"token": desk.token, "bodys": [{**good, **extra}]})
        saved = desk.result("trial.save", interface=ID, title=title, body=body)
        assert saved["activated"], saved["problems"]
    text = (desk.site.zc.home / saved["file"]).read_text(encoding="utf-8")
    assert desk.token not in text
    assert "demo" not in text
    assert desk.site.zc.json("trial", ID)["cases"] == [
        {"interface": ID, "title": title, "green": True} for title in ("一行正确（测试）", "轴数有误（测试）")
    ]


def test_who_sees_plates_masked_sees_them_so_in_what_was_sent(desk: Desk) -> None:
    desk.post(light("DESK-V1", truckno="湘D8A921", axisnum="湘D8A921"))
    httpx.post(f"{desk.site.url}/api/desk-test", json={"token": desk.token, "lines": [light("DESK-V2")]})
    asked = {"interface": ID, "state": "open", "with_rows": True, "limit": 500}
    rows = desk.run("desk_masked", "refusals", **asked).json()["result"]
    raws = [json.loads(row["raw"]) for row in rows if row["raw"] is not None]
    shown = next(raw for raw in raws if raw["previewcode"] == "DESK-V1")
    assert shown["truckno"] == "湘D***21"
    assert shown["remark"] == "***", "what no field is mapped from could be anything"
    assert (shown["axisnum"], shown["previewstationcode"]) == ("***", STATION)
    assert {row["outcome"] for row in rows if row["raw"] is None} == {"records_missing"}
    bodies = desk.run("desk_masked", "interface.bodies", interface=ID, limit=50).json()["result"]
    dry = desk.run("desk_masked", "replay", interface=ID, dry_run=True).json()["result"]
    told = json.dumps([bodies, dry, [row["problems"] for row in rows]], ensure_ascii=False)
    assert "湘D8A9" not in told
    assert "13900000000" not in told


def test_who_does_not_see_the_records_sees_nothing_of_them(desk: Desk) -> None:
    desk.post(light("DESK-N1"))
    for name, more in (
        ("refusals", {"interface": ID, "state": "all"}), ("refusals", {"interface": ID, "with_rows": True}),
    ):  # fmt: skip
        assert desk.run("desk_blind", name, **more).json() == {"result": []}
    assert desk.run("desk_blind", "interface.list").json()["result"]["interfaces"] == []
    body = json.dumps({"bodys": [light("DESK-N2")]})
    for name, more in (
        ("interface.bodies", {}), ("interface.try", {"body": body}), ("replay", {"dry_run": True}),
        ("trial.save", {"title": "测试", "body": body}),
    ):  # fmt: skip
        assert desk.run("desk_blind", name, interface=ID, **more).status_code == 403


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("who", ["guest", "leiyang"])
def test_a_role_without_an_operation_runs_none(desk: Desk, who: str, name: str) -> None:
    assert desk.run(who, name, interface=ID).status_code == 403


def test_interfaces_have_their_traffic_and_codes(desk: Desk) -> None:
    desk.post(weighing("DESK-I1", STATION, "湘D8A922"), light("DESK-I2"))
    said = desk.result("interface.list")
    assert said["as_of"].endswith("+08:00")
    row = next(one for one in said["interfaces"] if one["id"] == ID)
    assert row["posts"] >= 1
    assert row["last_success"] is not None
    codes = {one["outcome"]: one for one in row["codes"]}
    assert codes["missing"]["code"] == "2001"
    assert row["today"] == sum(one["count"] for one in row["codes"]) > 0
    assert "desk_partner" in [one["id"] for one in row["partners"]]
    assert desk.run("whole", "interface.text", interface="nowhere").status_code == 404


def test_the_log_repeats_no_body(desk: Desk) -> None:
    body = json.dumps({"bodys": [weighing("DESK-L1", STATION, "湘D8A923")]}, ensure_ascii=False)
    desk.result("interface.try", interface=ID, body=body)
    lines = desk.result("log", kinds=["operation"])
    assert any(line["what"] == "interface.try" for line in lines)
    assert "湘D8A923" not in json.dumps(lines, ensure_ascii=False)
