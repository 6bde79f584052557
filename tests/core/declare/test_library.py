"""One read of a home: passes, cache, digests, plugins, secrets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from core.declare import library
from core.declare.library import Cache, digest_of
from core.declare.problem import Problem
from tests.core.declare.homes import INTERFACE, PLUGIN, ROOT, SITE, SOUND, read, write


def codes(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_a_sound_home_is_read_whole_with_defaults(tmp_path: Path) -> None:
    reading = read(write(tmp_path, SOUND))
    assert reading.problems == ()
    assert reading.sound
    assert reading.site is not None
    assert reading.site.data["listen"]["port"] == 8600
    interface = reading.declarations["interface"]["bridges"]
    assert interface.data["null_words"] == [""]
    assert interface.data["fields"]["spans"] == {"from": "ks", "with": "-", "required": False}
    assert reading.plugins["county"].settings == {}
    assert reading.files["plugins/county/plugin.yaml"] == tmp_path / "plugins/county/plugin.yaml"


def test_defaults_are_not_shared_between_readings(tmp_path: Path) -> None:
    cache = Cache()
    read(write(tmp_path, SOUND), cache).declarations["interface"]["bridges"].data["null_words"].append("x")
    write(tmp_path, {"interfaces/bridges.yaml": INTERFACE + "\n"})
    assert read(tmp_path, cache).declarations["interface"]["bridges"].data["null_words"] == [""]


def test_a_broken_target_is_still_known_to_links(tmp_path: Path) -> None:
    broken = {"config/replies/plain.yaml": "title: 测试应答\n", "plugins/county/entities/bridge.yaml": "title: [\n"}
    reading = read(write(tmp_path, {**SOUND, **broken}))
    assert sorted(codes(reading.problems)) == ["ZC103", "ZC202"]
    assert "plain" not in reading.declarations["reply"]
    assert "plain" in reading.known["reply"]


def test_a_missing_plugin_does_not_drown_in_what_it_ships(tmp_path: Path) -> None:
    reading = read(write(tmp_path, {**SOUND, "config/site.yaml": SITE.replace("county", "conty")}))
    assert [str(problem) for problem in reading.problems] == [
        "config/site.yaml:2:11: error[ZC301]: plugins: no plugin is called 'conty'; did you mean 'county'?"
    ]


def test_a_broken_manifest_still_offers_its_field_types(tmp_path: Path) -> None:
    manifest = PLUGIN + "helpp: x\noffers:\n  field_types:\n    axis: {label: 轴}\n"
    entity = SOUND["plugins/county/entities/bridge.yaml"] + "  shape: {type: axis, label: 轴型, turns: 3}\n"
    files = {"plugins/county/plugin.yaml": manifest, "plugins/county/entities/bridge.yaml": entity}
    assert codes(read(write(tmp_path, {**SOUND, **files})).problems) == ["ZC204"]


def test_plugin_settings_are_checked_and_filled_in(tmp_path: Path) -> None:
    manifest = PLUGIN + "settings:\n  rows: {type: integer, min: 1, default: 10}\n  place: {type: string}\n"
    files = {"plugins/county/plugin.yaml": manifest}
    home = write(tmp_path, {**SOUND, **files, "config/site.yaml": "title: 测试站点\nplugins: {county: }\n"})
    assert read(home).plugins["county"].settings == {"rows": 10}
    write(home, {"config/site.yaml": "title: 测试站点\nplugins: {county: {rows: 0, plce: x}}\n"})
    reading = read(home)
    assert [(problem.code, problem.path) for problem in reading.problems] == [
        ("ZC206", "plugins.county.rows"),
        ("ZC204", "plugins.county"),
    ]


def test_a_plugin_brings_a_kind_with_links_of_its_own(tmp_path: Path) -> None:
    kind = "title: 测试类别\nhelp: For this test.\nschema:\n  of: {type: string, required: true, link: entity}\n"
    files = {"plugins/county/kinds/span.yaml": kind, "config/spans/one.yaml": "of: bridge\n"}
    reading = read(write(tmp_path, {**SOUND, **files, "plugins/county/spans/two.yaml": "of: brige\n"}))
    assert reading.declarations["span"]["one"].data == {"of": "bridge"}
    assert [str(problem) for problem in reading.problems] == [
        "plugins/county/spans/two.yaml:1:5: error[ZC300]: of: no entity is called 'brige'; did you mean 'bridge'?"
    ]


def test_a_warm_read_gives_the_same_and_reuses_what_is_unchanged(tmp_path: Path) -> None:
    cache = Cache()
    first = read(write(tmp_path, SOUND), cache)
    write(tmp_path, {"interfaces/more.yaml": INTERFACE.replace("/api/test", "/api/more")})
    second = read(tmp_path, cache)
    unchanged = second.declarations["interface"]["bridges"]
    assert unchanged is first.declarations["interface"]["bridges"]
    assert second.declarations["interface"] == read(tmp_path).declarations["interface"]
    assert second.digest != first.digest


def test_the_cache_sees_a_changed_field_type(tmp_path: Path) -> None:
    cache = Cache()
    manifest = PLUGIN + "offers: {field_types: {axis: {label: 轴}}}\n"
    entity = SOUND["plugins/county/entities/bridge.yaml"] + "  shape: {type: axis, label: 轴型}\n"
    files = {"plugins/county/plugin.yaml": manifest, "plugins/county/entities/bridge.yaml": entity}
    assert read(write(tmp_path, {**SOUND, **files}), cache).problems == ()
    write(tmp_path, {"plugins/county/plugin.yaml": PLUGIN})
    assert codes(read(tmp_path, cache).problems) == ["ZC211"]


def test_the_digest_is_over_contents_and_the_cheap_one_over_files(tmp_path: Path) -> None:
    home = write(tmp_path, SOUND)
    digest, cheap = read(home).digest, digest_of(home, [])
    assert (read(home).digest, digest_of(home, [])) == (digest, cheap)
    write(home, {"interfaces/bridges.yaml": INTERFACE + "# a remark\n"})
    assert read(home).digest != digest
    assert digest_of(home, []) != cheap


def test_the_cheap_digest_never_raises(tmp_path: Path) -> None:
    assert digest_of(tmp_path / "nowhere", [tmp_path / "nothing"])


def test_secrets_are_read_and_never_shown(tmp_path: Path) -> None:
    home = write(tmp_path, {**SOUND, "config/secrets.yaml": 'database: "test-only"\n'})
    (home / "config/secrets.yaml").chmod(0o600)
    reading = read(home)
    assert reading.secrets == {"database": "test-only"}
    assert "test-only" not in repr(reading)
    (home / "config/secrets.yaml").chmod(0o640)
    assert codes(read(home).problems) == ["ZC119"]


def test_a_root_may_be_a_plugin_itself(tmp_path: Path) -> None:
    files = {name.replace("plugins/county", "elsewhere/county"): text for name, text in SOUND.items()}
    home = write(tmp_path, files)
    reading = library.read(home, [home / "elsewhere/county"], field_types={}, outcomes=())
    assert list(reading.plugins) == ["county"]


@pytest.mark.parametrize("site", ["- 1\n", "plugins: 3\n", "title: 测试站点\nplugins: [stations]\n", "a: [\n"])
def test_a_broken_site_is_a_problem_and_nothing_worse(tmp_path: Path, site: str) -> None:
    reading = read(write(tmp_path, {**SOUND, "config/site.yaml": site}))
    assert reading.site is None
    assert not reading.sound


def test_the_declarations_shipped_with_the_platform_are_sound() -> None:
    assert [str(problem) for problem in read(ROOT).problems] == []
