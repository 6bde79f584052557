"""The operations on partners: their file, their secrets."""

from __future__ import annotations

import stat

import pytest
import yaml

from core.declare.problem import ZcError
from core.run.home import Home
from core.run.live import Platform
from tests.core.run import homes

SAID = {"title": "测试对接方", "stations": ["G1", "007"]}


def add(platform: Platform, name: str = "county", **said: object) -> dict[str, str]:
    made: dict[str, str] = homes.operate(platform, "partner.add", name=name, **{**SAID, **said})
    return made


def test_a_new_partner_is_declared_in_force_and_gets_one_secret(home: Home, platform: Platform) -> None:
    number = platform.snapshot.number
    made = add(platform)
    assert platform.snapshot.number == number + 1
    declared = yaml.safe_load((home.root / "config" / "partners" / "county.yaml").read_text(encoding="utf-8"))
    assert declared["stations"] == ["G1", "007"]
    assert platform.snapshot.partners["county"].stations == {"G1", "007"}
    assert "key" not in made
    kept = [path for path in home.root.rglob("*") if path.is_file() and made["secret"].encode() in path.read_bytes()]
    assert kept == [], "the secret is kept nowhere"
    listed = homes.operate(platform, "partner.list")
    assert [(row["partner"], row["secrets"], row["stations"]) for row in listed] == [("county", 1, "007, G1")]


def test_a_partner_that_is_there_is_not_made_twice(platform: Platform) -> None:
    add(platform)
    with pytest.raises(ZcError, match="there already") as refused:
        add(platform)
    assert "rotate county" in refused.value.instruction
    homes.operate(platform, "partner.revoke", name="county")
    assert add(platform)["secret"], "without a standing secret it gets a new one"


def test_a_name_that_was_used_before_brings_no_old_secret_back(home: Home, platform: Platform) -> None:
    old = add(platform, auth="key")
    (home.root / "config" / "partners" / "county.yaml").unlink()
    assert platform.reload(who="test").activated
    new = add(platform, auth="key")
    assert platform.tokens.partner_of_key(old["key"], homes.now_ms()) is None
    assert platform.tokens.partner_of_key(new["key"], homes.now_ms()) == "county"
    assert platform.tokens.standing("county", homes.now_ms()) == 1


@pytest.mark.parametrize("name", ["County", "../county", "1county", "", "a" * 41, "县"])
def test_a_name_that_is_no_id_is_refused(home: Home, platform: Platform, name: str) -> None:
    with pytest.raises(ZcError, match="cannot be a partner's name"):
        add(platform, name)
    assert not (home.root / "config" / "partners").exists()


@pytest.mark.parametrize("said", [{"interfaces": ["nowhere"]}, {"title": ""}, {"stations": []}])
def test_what_cannot_be_declared_leaves_no_file(home: Home, platform: Platform, said: dict[str, object]) -> None:
    before = platform.snapshot
    with pytest.raises(ZcError, match="county"):
        add(platform, **said)
    assert platform.snapshot is before
    assert not (home.root / "config" / "partners" / "county.yaml").exists()
    assert platform.reload(who="test").activated


def test_a_file_that_is_not_in_force_is_left_alone(home: Home, platform: Platform) -> None:
    file = homes.write(home.root, "config/partners/county.yaml", "title: 手写的\n")
    with pytest.raises(ZcError, match="not in force"):
        add(platform)
    assert file.read_text(encoding="utf-8") == "title: 手写的\n"


@pytest.mark.parametrize("operation", ["partner.rotate", "partner.revoke"])
def test_an_unknown_partner_is_told(platform: Platform, operation: str) -> None:
    add(platform)
    with pytest.raises(ZcError, match="no partner county_two") as refused:
        homes.operate(platform, operation, name="county_two")
    assert "county" in refused.value.instruction


def test_ensure_makes_a_partner_or_a_new_secret(platform: Platform) -> None:
    said = {"name": "simulator", "title": "模拟", "stations": ["*"], "simulated": True}
    first = homes.operate(platform, "partner.ensure", **said)
    second = homes.operate(platform, "partner.ensure", **said)
    assert first["appid"] == second["appid"]
    assert first["secret"] != second["secret"]
    assert platform.snapshot.partners["simulator"].simulated
    add(platform)
    with pytest.raises(ZcError, match="real one"):
        homes.operate(platform, "partner.ensure", **{**said, "name": "county"})


def test_stations_that_nobody_registered_are_told(platform: Platform) -> None:
    homes.load_gates(platform, "G430481001")
    assert add(platform, stations=["G1", "G2"])["warnings"] == []
    assert add(platform, "everywhere", stations=["*"])["warnings"] == []
    assert add(platform, "mistaken", stations=["g430481011", "G1", "007"])["warnings"] == [
        "station 007 is not registered; register it: zc load gate FILE",
        "station g430481011 is not registered; did you mean 'G430481001'?",
    ]
    assert add(platform, "mistaken_too", stations=["007"], interfaces=["crossings"])["warnings"]


def test_a_key_partner_is_told_its_whole_key(platform: Platform) -> None:
    made = add(platform, auth="key")
    assert made["key"] == f"{made['appid']}.{made['secret']}"
    assert platform.tokens.partner_of_key(made["key"], homes.now_ms()) == "county"
    rotated = homes.operate(platform, "partner.rotate", name="county")
    assert rotated["key"] != made["key"]
    homes.operate(platform, "partner.revoke", name="county")
    for key in (made["key"], rotated["key"]):
        assert platform.tokens.partner_of_key(key, homes.now_ms()) is None


def test_what_is_secret_on_disk_is_its_owners_alone(home: Home, platform: Platform) -> None:
    add(platform)
    for path in (home.data, home.data / "last_good"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
