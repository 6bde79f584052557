"""Refusals: listed by reason, replayed through today's mapping with the original arrival, never twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.declare.problem import ZcError
from core.intake.post import Partner
from core.run.home import Home
from core.run.live import Platform
from core.run.shown import moment
from tests.core.run import homes

NEW = homes.crossing("N1", gate="G9")


def replay(platform: Platform, **said: Any) -> dict[str, Any]:
    done: dict[str, Any] = homes.operate(platform, "replay", interface="crossings", **said)
    return done


def counts(done: dict[str, Any]) -> tuple[int, int, int]:
    return done["passed"], done["duplicates"], done["failing"]


@pytest.fixture(autouse=True)
def county(home: Home, platform: Platform) -> None:
    """Partners for the refusals to belong to."""
    for name in ("county", "other"):
        homes.write(home.root, f"config/partners/{name}.yaml", "title: 测试对接方\nstations: ['*']\n")
    assert platform.reload(who="test").activated


def test_refusals_are_grouped_by_reason_and_kept_raw(platform: Platform) -> None:
    homes.post(platform, NEW, homes.crossing("N2", gate="G9"), homes.crossing("N3", kg="heavy"), homes.crossing("N4"))
    groups = homes.operate(platform, "refusals")
    assert [(row["count"], row["outcome"], row["field"]) for row in groups] == [
        (2, "unknown_ref", "gate"),
        (1, "wrong_type", "kg"),
    ]
    rows = homes.operate(platform, "refusals", with_rows=True)
    assert [json.loads(row["raw"])["no"] for row in rows] == ["N1", "N2", "N3"]
    assert {row["snapshot"] for row in rows} == {platform.snapshot.number}
    assert rows[0]["problems"][0]["outcome"] == "unknown_ref"
    assert homes.operate(platform, "refusals", partner="other") == []
    assert homes.operate(platform, "refusals", interface="crossings", limit=1) == groups[:1]


def test_what_passes_today_is_stored_once_as_it_came(platform: Platform) -> None:
    post = homes.post(platform, NEW, homes.crossing("N2", gate="G9", kg="heavy"))
    assert counts(replay(platform)) == (0, 0, 2)
    homes.load_gates(platform, "G9")
    before = len(homes.operate(platform, "refusals", with_rows=True))

    dry = replay(platform, dry_run=True)
    assert counts(dry) == (1, 0, 1)
    assert [(row["outcome"], row["field"], row["count"]) for row in dry["reasons"]] == [("wrong_type", "kg", 1)]
    assert homes.found(platform) == []

    assert counts(replay(platform)) == (1, 0, 1)
    record = homes.found(platform)[0]
    assert (record["code"], record["provenance"], record["partner"]) == ("N1", "replayed", "county")
    assert record["received_at"] == moment(post.received_at, homes.ZONE)
    assert counts(replay(platform)) == (0, 0, 1), "never twice"
    assert len(homes.found(platform)) == 1
    rows = homes.operate(platform, "refusals", state="all", with_rows=True)
    assert len(rows) == before, "what still fails is not kept a second time"
    assert {row["state"] for row in rows} == {"replayed", "refused"}


def test_todays_mapping_is_used(home: Home, platform: Platform) -> None:
    homes.post(platform, {**homes.crossing("N1"), "zh": "G1", "gate": None})
    assert homes.operate(platform, "refusals")[0]["outcome"] == "missing"
    interface = homes.INTERFACE.replace("{from: gate, required: true}", "{from: [gate, zh], required: true}")
    homes.write(home.root, "interfaces/crossings.yaml", interface)
    assert platform.reload(who="test").activated
    assert counts(replay(platform)) == (1, 0, 0)
    assert homes.found(platform)[0]["gate"] == "G1"


def test_what_came_again_in_the_meantime_is_a_duplicate_or_a_conflict(platform: Platform) -> None:
    homes.post(platform, NEW, homes.crossing("N2", gate="G9"))
    homes.load_gates(platform, "G9")
    homes.post(platform, NEW, homes.crossing("N2", gate="G9", kg=1))
    done = replay(platform, dry_run=True)
    assert counts(done) == (0, 1, 1), "a dry run knows what is stored"
    assert counts(replay(platform)) == (0, 1, 1)
    assert counts(replay(platform)) == (0, 0, 0)


def test_only_the_named_partners_refusals_are_replayed(platform: Platform) -> None:
    homes.post(platform, NEW)
    homes.post(platform, homes.crossing("N2", gate="G9"), partner=Partner("other"))
    homes.load_gates(platform, "G9")
    assert counts(replay(platform, partner="other")) == (1, 0, 0)
    assert [record["code"] for record in homes.found(platform)] == ["N2"]


def test_a_partner_may_replay_for_its_own_stations_only(home: Home, platform: Platform) -> None:
    homes.post(platform, NEW)
    homes.load_gates(platform, "G9")
    homes.write(home.root, "config/partners/county.yaml", "title: 测试对接方\nstations: [G1]\n")
    assert platform.reload(who="test").activated
    done = replay(platform)
    assert counts(done) == (0, 0, 1)
    assert done["reasons"][0]["outcome"] == "station_denied"


def test_a_body_that_was_refused_whole_is_kept_and_in_nobodys_way(platform: Platform) -> None:
    for body in (b'{"list": [', b'{"lists": []}', b"\xff\xfe"):
        assert homes.send(platform, body).status == 400
    homes.post(platform, NEW)
    homes.load_gates(platform, "G9")
    done = replay(platform)
    assert done["passed"] == 1
    states = {row["outcome"]: row["state"] for row in homes.operate(platform, "refusals", state="all", with_rows=True)}
    assert states == {"body_malformed": "refused", "records_missing": "refused", "unknown_ref": "replayed"}


def test_a_body_without_records_is_replayed_when_the_interface_is_mended(home: Home, platform: Platform) -> None:
    rows = [homes.crossing("N1"), homes.crossing("N2", kg="heavy"), "no record", homes.crossing("N1", kg=1)]
    for body in ({"wrapped": {"rows": rows}}, {"wrapped": {"others": []}}, {"wrapped": {"rows": []}}):
        assert homes.send(platform, body).stopped.outcome == "records_missing"
    assert counts(replay(platform)) == (0, 0, 3)
    interface = homes.INTERFACE.replace("records: list", "records: wrapped.rows")
    homes.write(home.root, "interfaces/crossings.yaml", interface)
    trial = homes.TRIAL.replace("{list: [", "{wrapped: {rows: [").replace("}]}", "}]}}", 1)
    homes.write(home.root, "interfaces/crossings.trial.yaml", trial)
    assert platform.reload(who="test").activated
    assert counts(replay(platform, dry_run=True)) == (1, 0, 4)
    assert counts(replay(platform)) == (1, 0, 4), "three of its rows, and the body that has none"
    assert [(record["code"], record["provenance"]) for record in homes.found(platform)] == [("N1", "replayed")]
    kept = homes.operate(platform, "refusals", state="all", with_rows=True)
    assert sorted((row["outcome"], row["state"]) for row in kept) == [
        ("conflict", "conflict"),
        ("not_record", "refused"),
        ("records_missing", "refused"),
        ("records_missing", "replayed"),
        ("records_missing", "replayed"),
        ("wrong_type", "refused"),
    ]
    assert counts(replay(platform)) == (0, 0, 3), "never twice"


def test_an_unknown_interface_is_told(platform: Platform) -> None:
    with pytest.raises(ZcError, match="no interface crossing") as refused:
        homes.operate(platform, "replay", interface="crossing")
    assert "crossings" in refused.value.instruction


def test_a_store_that_takes_nothing_is_told_and_the_replay_goes_on_later(platform: Platform) -> None:
    many = 200
    homes.post(platform, *(homes.crossing(f"N{number}", gate="G9") for number in range(many)))
    homes.load_gates(platform, "G9")
    writer = platform.store.writer
    pages = writer.run(lambda session: session.execute("PRAGMA page_count").fetchone()[0])
    writer.run(lambda session: session.execute(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(ZcError, match="takes nothing now"):
        replay(platform)
    assert counts(replay(platform)) == (many, 0, 0), "the connection was opened anew, without the bound"
