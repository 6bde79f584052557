"""find, load, refusals, replay, partner: what they print, with --json and without."""

from pathlib import Path

import httpx
import pytest

from tests.core.cli.command import Server, Zc, serving
from tests.core.run import homes


def posted(server: Server, *records: dict[str, object]) -> None:
    """Post records to the test's interface."""
    headers = {"Authorization": f"Bearer {server.token()}"}
    assert httpx.post(f"{server.url}/api/crossings", json={"list": records}, headers=headers).status_code == 200


def test_find_asks_by_fields_and_conditions(zc: Zc) -> None:
    day = {"at": "2026-11-01 08:30:00"}
    with serving(zc.home) as server:
        posted(server, homes.crossing("A", kg=900, **day), homes.crossing("B", gate="G2", kg=100, **day))

    def codes(*wheres: str) -> set[str]:
        given = [part for where in wheres for part in ("--where", where)]
        return {record["code"] for record in zc.json("find", "crossing", *given)}

    assert codes() == {"A", "B"}
    assert codes("code=A") == {"A"}
    assert codes("gate = G2") == {"B"}
    assert codes("weight_kg=900") == {"A"}
    assert codes("weight_kg: {above: 100}") == {"A"}
    assert codes("weight_kg: {above: 50}", "gate: G2") == {"B"}
    assert codes("crossed_at: {from: '2026-11-01 08:00:00', to: '2026-11-01 09:00:00'}") == {"A", "B"}
    assert codes("crossed_at: {within: 2026-11-01}") == {"A", "B"}
    assert codes("any: [{code: A}, {code: B}]") == {"A", "B"}
    assert codes("code=C") == set()


def test_find_prints_a_list_of_objects_with_the_entitys_field_names(zc: Zc) -> None:
    with serving(zc.home) as server:
        posted(server, homes.crossing("A"), homes.crossing("B"))
    records = zc.json("find", "crossing")
    assert {"id", "code", "gate", "crossed_at", "weight_kg", "partner", "received_at"} <= set(records[0])
    assert zc.json("find", "crossing", "--count") == 2
    assert len(zc.json("find", "crossing", "--limit", "1")) == 1
    table = zc("find", "crossing")
    assert "单号" in table
    assert "2 shown of 2" in table
    assert zc.json("find", "crossing", "--where", "code=C") == []
    zc("find", "crossing", "--where", "code=C")
    assert "drop a condition" in zc.said


def test_what_cannot_be_asked_is_told_with_what_can(zc: Zc) -> None:
    zc("find", "crossings", code=1)
    assert "there is no category crossings" in zc.said
    assert "crossing, gate" in zc.said
    zc("find", "crossing", "--where", "colour=red", code=1)
    assert "colour" in zc.said
    assert "weight_kg" in zc.said
    zc("find", "crossing", "--where", "weight_kg: {above: heavy}", code=1)
    assert "'heavy' is not a value for weight_kg" in zc.said


def test_what_a_partner_sent_is_printed_as_text(zc: Zc) -> None:
    markup = "[/red][bold]:100: [link=x]"
    with serving(zc.home) as server:
        posted(server, homes.crossing(markup, gate="G1"), homes.crossing("B", gate=f"{markup}9"))
    assert markup in zc("find", "crossing")
    assert markup in zc("refusals", "--rows")
    zc("find", markup, code=1)
    assert markup in zc.said


def test_what_a_partner_sent_does_not_steer_the_terminal(zc: Zc) -> None:
    with serving(zc.home) as server:
        posted(server, homes.crossing("A\x1b[2J\x9b1m", gate="G1"))
    assert "A\\x1b[2J\\x9b1m" in zc("find", "crossing")
    assert zc.json("find", "crossing")[0]["code"] == "A\x1b[2J\x9b1m"


def test_load_tells_what_it_did_line_by_line(zc: Zc, tmp_path: Path) -> None:
    rows = homes.write(tmp_path, "more.csv", "code,title\nG1,新名\nG3,测试闸口三\n,无编号\nG2,测试闸口二\n")
    said = zc("load", "gate", str(rows), code=1)
    assert "1 added, 1 amended, 1 the same, 0 voided" in said
    assert "line 4: " in said
    done = zc.json("load", "gate", str(rows), code=1)
    assert (done["added"], done["amended"], done["same"]) == (0, 0, 3)
    excel = tmp_path / "excel.csv"
    excel.write_bytes("code,title\nG4,测试闸口四\n".encode("gb18030"))
    zc("load", "gate", str(excel), "--replace")
    assert {record["code"]: record["title"] for record in zc.json("find", "gate")} == {"G4": "测试闸口四"}
    listed = homes.write(tmp_path, "more.json", '[{"code": "G5", "title": "测试闸口五"}]')
    assert zc.json("load", "gate", str(listed))["added"] == 1
    zc("load", "gates", str(listed), code=1)
    assert "gate" in zc.said
    zc("load", "gate", str(homes.write(tmp_path, "bad.json", "{")), code=1)
    assert "JSON list" in zc.said


def test_refusals_and_replay(zc: Zc, tmp_path: Path) -> None:
    assert zc.json("refusals") == []
    with serving(zc.home) as server:
        posted(server, homes.crossing("A", gate="G9"))
    assert [(row["count"], row["outcome"]) for row in zc.json("refusals")] == [(1, "unknown_ref")]
    assert "1 still fail" in zc("replay", "crossings", "--dry-run")
    zc("load", "gate", str(homes.write(tmp_path, "g9.csv", "code,title\nG9,测试闸口九\n")))
    assert "1 would pass" in zc("replay", "crossings", "--dry-run")
    assert zc.json("find", "crossing") == []
    assert zc.json("replay", "crossings")["passed"] == 1
    assert zc.json("replay", "crossings") == {"passed": 0, "duplicates": 0, "failing": 0, "reasons": []}
    assert [record["provenance"] for record in zc.json("find", "crossing")] == ["replayed"]
    assert [row["state"] for row in zc.json("refusals", "--state", "all")] == ["replayed"]


def test_partners_and_their_secrets(zc: Zc) -> None:
    zc("partner", "list")
    assert "zc partner add" in zc.said
    made = zc.json("partner", "add", "county", "--stations", "G1, G2", "--title", "测试对接方")
    assert set(made) == {"partner", "appid", "secret", "warnings"}
    said = zc("partner", "rotate", "county")
    assert made["appid"] in said
    assert made["secret"] not in said
    row = zc.json("partner", "list")[0]
    assert (row["partner"], row["title"], row["secrets"]) == ("county", "测试对接方", 2)
    assert row["stations"] == "G1, G2"
    assert "2 secrets" in zc("partner", "revoke", "county")
    zc("partner", "add", "other", code=1)
    assert "--stations" in zc.said
    zc("partner", "add", "other", "--stations", "G1,G3")
    assert "warning: station G3 is not registered" in zc.said
    key = zc.json("partner", "add", "keyed", "--stations", "*", "--auth", "key")
    assert key["key"] == f"{key['appid']}.{key['secret']}"


def test_simulated_rows_are_found_on_a_demo_site_only(zc: Zc) -> None:
    homes.write(zc.home, "config/partners/county.yaml", "title: 模拟\nstations: ['*']\nsimulated: true\n")
    with serving(zc.home) as server:
        posted(server, homes.crossing("A"))
        assert zc.json("find", "crossing") == []
        assert zc.json("find", "crossing", "--where", "provenance=simulated") == []
        assert zc.json("find", "crossing", "--count") == 0
    homes.change_site(zc.home, demo=True)
    assert [record["provenance"] for record in zc.json("find", "crossing")] == ["simulated"]


@pytest.mark.parametrize("where", ["a: [", "- a", "text", "a: 1\n---\nb: 2", "a: &x 1"])
def test_a_where_that_is_no_condition_is_wrong_usage(zc: Zc, where: str) -> None:
    zc("find", "crossing", "--where", where, code=2)
    assert "FIELD=VALUE" in zc.said
