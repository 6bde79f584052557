"""Declarations edited through operations: what is bad is refused with its line and not written, what is good is in
force with author and note; no path leads to another file; every earlier text comes back."""

from __future__ import annotations

import os
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.declare.library import digest_of
from core.declare.problem import ZcError
from core.run import editing
from core.run.drafts import Draft
from core.run.home import Home
from core.run.live import Platform
from core.run.words import Conflict, NotFound
from tests.core.run import homes
from tests.core.run.homes import operate

GATE = "config/categories/gate.yaml"
TITLED = "title: 闸口表\nentity: gate\n"


def change(platform: Platform, path: str, text: str | None) -> dict:
    """A draft made from what the file says now."""
    return {"path": path, "text": text, "base": operate(platform, "declaration.open", path=path)["base"]}


def activate(platform: Platform, *changes: dict, who: str = "tester", note: str = "测试改动") -> dict:
    """Put drafts in force."""
    return operate(platform, "declaration.activate", changes=list(changes), who=who, note=note)


def files(home: Home) -> dict[str, str]:
    """What all files of the declarations say."""
    return {
        str(path.relative_to(home.root)): path.read_text(encoding="utf-8")
        for folder in ("config", "interfaces")
        for path in sorted((home.root / folder).rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("path", "text", "line", "code"),
    [
        (GATE, "title: 闸口\nentity: gate\ncolour: red\n", 3, "ZC204"),
        (GATE, "title: 闸口\nentity: gat\n", 2, "ZC300"),
        (GATE, "title: 闸口\n\tentity: gate\n", 2, "ZC1"),
        ("interfaces/crossings.trial.yaml", homes.TRIAL.replace("weight_kg: 900", "weight_kg: 901"), 5, "ZC601"),
        ("config/entities/gate.yaml", homes.GATE.replace("text, max: 40", "integer"), 0, "ZC502"),
        ("config/categories/gate.yaml", None, 0, ""),
    ],
)  # fmt: skip
def test_what_breaks_something_is_refused_with_its_line_and_not_written(home, platform, path, text, line, code):
    if text is None:  # what another declaration names cannot be taken away
        path, line, code = "config/entities/gate.yaml", 0, "ZC300"
    before, disk, state = platform.snapshot, files(home), digest_of(home.root, home.plugin_roots)
    done = activate(platform, change(platform, path, text))
    assert (done["activated"], done["good"], done["number"]) == (False, False, before.number)
    found = [one for one in done["problems"] if one["code"].startswith(code)]
    assert found, done["problems"]
    if text is not None:
        assert found[0]["file"] == path
        assert found[0]["line"] == line or not line
    assert platform.snapshot is before
    assert (files(home), digest_of(home.root, home.plugin_roots)) == (disk, state)
    assert len(homes.post(platform, homes.crossing()).accepted) == 1


def test_what_is_good_is_in_force_with_author_and_note(home, platform):
    before = platform.snapshot
    (home.root / GATE).chmod(0o640)
    looked = operate(platform, "declaration.check", changes=[change(platform, GATE, TITLED)])
    assert (looked["good"], looked["changes"]) == (True, ["category gate: 名称: 闸口 → 闸口表"])
    assert "-title: 闸口" in looked["diffs"][0]["text"].splitlines()
    assert "+title: 闸口表" in looked["diffs"][0]["text"].splitlines()
    assert looked["trials"] == [{"interface": "crossings", "title": "一条通行记录", "green": True}]
    assert platform.snapshot is before, "a check changes nothing"
    done = activate(platform, change(platform, GATE, TITLED))
    assert (done["activated"], done["number"]) == (True, before.number + 1)
    assert platform.snapshot.categories["gate"].title == "闸口表"
    assert (home.root / GATE).read_text(encoding="utf-8") == TITLED
    assert (home.root / GATE).stat().st_mode & 0o777 == 0o640
    assert list((home.root / "config" / "categories").glob(".*")) == []
    newest, first = operate(platform, "declaration.history", path=GATE)
    assert (newest["who"], newest["note"], newest["snapshot"]) == ("tester", "测试改动", done["number"])
    assert first["who"] == "start"
    line = platform.store.log.lines(kinds=["edited"])[0]
    assert (line.who, line.what, line.detail["note"]) == ("tester", GATE, "测试改动")


def test_an_earlier_text_comes_back(platform):
    activate(platform, change(platform, GATE, TITLED))
    first = operate(platform, "declaration.history", path=GATE)[-1]
    former = operate(platform, "declaration.version", id=first["id"])
    assert former == {"path": GATE, "text": "title: 闸口\nentity: gate\n"}
    done = activate(platform, change(platform, GATE, former["text"]), note="退回")
    assert (done["activated"], platform.snapshot.categories["gate"].title) == (True, "闸口")
    assert [one["note"] for one in operate(platform, "declaration.history", path=GATE)] == ["退回", "测试改动", ""]


def test_what_others_activate_is_in_the_history_too(home, platform):
    homes.write(home.root, GATE, TITLED)
    platform.reload("operator", "在服务器上改")
    newest = operate(platform, "declaration.history", path=GATE)[0]
    assert (newest["who"], newest["note"]) == ("operator", "在服务器上改")
    (home.root / GATE).unlink()
    platform.reload("operator", "删除")
    newest = operate(platform, "declaration.history", path=GATE)[0]
    assert (newest["removed"], operate(platform, "declaration.version", id=newest["id"])["text"]) == (True, None)
    with pytest.raises(NotFound):
        operate(platform, "declaration.version", id=10**6)


def test_several_files_are_activated_together(home, platform):
    page = "config/pages/gates.yaml"
    shown = "title: 闸口页\ngroup: 测试\nrows: [[{block: table, category: gates}]]\n"
    assert not activate(platform, change(platform, page, shown))["activated"]
    both = [change(platform, page, shown), change(platform, "config/categories/gates.yaml", TITLED)]
    assert activate(platform, *both)["activated"]
    assert platform.snapshot.pages["gates"].title == "闸口页"
    gone = [change(platform, page, None), change(platform, "config/categories/gates.yaml", None)]
    assert activate(platform, *gone)["activated"]
    assert not (home.root / page).exists()
    assert "gates" not in platform.snapshot.pages


def test_a_file_that_changed_meanwhile_is_not_overwritten(home, platform):
    mine = change(platform, GATE, TITLED)
    homes.write(home.root, GATE, "title: 别人的闸口\nentity: gate\n")
    with pytest.raises(Conflict):
        activate(platform, mine)
    assert "别人的" in (home.root / GATE).read_text(encoding="utf-8")
    created = change(platform, "config/categories/gates.yaml", TITLED)
    homes.write(home.root, "config/categories/gates.yaml", "title: 别人的\nentity: gate\n")
    with pytest.raises(Conflict):
        activate(platform, created)


def test_of_two_at_once_one_wins(platform):
    mine = change(platform, GATE, TITLED)
    outcomes = []

    def race(title: str) -> None:
        try:
            outcomes.append(activate(platform, {**mine, "text": f"title: {title}\nentity: gate\n"})["activated"])
        except Conflict:
            outcomes.append("conflict")

    racers = [threading.Thread(target=race, args=(f"闸口{n}",)) for n in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(outcomes, key=str) == [True, "conflict"]


def test_a_plugins_file_is_edited_as_one_that_is_like_it(home, platform):
    homes.plugin(home.root, "extra", "", settings={})
    homes.write(home.root, "plugins/extra/categories/heavy.yaml", "title: 重车\nentity: crossing\n")
    assert platform.reload("test").activated
    path = "config/categories/heavy.yaml"
    opened = operate(platform, "declaration.open", path=path)
    assert (opened["there"], opened["base"], opened["beneath"]["plugin"]) == (False, "", "extra")
    assert opened["beneath"]["text"] == "title: 重车\nentity: crossing\n"
    assert opened["schema"]["properties"]["title"]["type"] == "string"
    assert activate(platform, change(platform, path, opened["text"] + "title: 重型车\n"))["activated"]
    assert platform.snapshot.categories["heavy"].title == "重型车"
    listed = operate(platform, "declaration.list")
    rows = {one["id"]: one for kind in listed["kinds"] if kind["kind"] == "category" for one in kind["files"]}
    assert (rows["heavy"]["owner"], rows["heavy"]["replaces"]) == ("home", "extra")
    assert (rows["gate"]["owner"], rows["gate"]["title"]) == ("home", "闸口")
    assert activate(platform, change(platform, path, None))["activated"]
    assert platform.snapshot.categories["heavy"].title == "重车"


def test_the_tree_tells_what_is_wrong_on_the_disk_and_the_desk_mends_it(home, platform):
    homes.write(home.root, GATE, "title: 闸口\nentity: gat\n")
    platform.reload("test")
    listed = operate(platform, "declaration.list")
    rows = {one["id"]: one for kind in listed["kinds"] if kind["kind"] == "category" for one in kind["files"]}
    assert (rows["gate"]["errors"], rows["crossing"]["errors"]) == (1, 0)
    assert activate(platform, change(platform, GATE, TITLED))["activated"]
    assert operate(platform, "declaration.list")["problems"] == []


def test_a_reload_that_fails_after_the_check_puts_the_files_back(home, platform, monkeypatch):
    before, disk = platform.snapshot, files(home)
    good = editing.checking.report
    monkeypatch.setattr(editing.checking, "report", lambda built, store: {**good(built, store), "problems": []})
    bad = change(platform, "config/entities/gate.yaml", homes.GATE.replace("text, max: 40", "integer"))
    done = activate(platform, bad)
    assert (done["activated"], [one["code"] for one in done["problems"]]) == (False, ["ZC502"])
    assert platform.snapshot is before
    assert (files(home), platform.problems) == (disk, [])


def test_secrets_are_copied_nowhere(home, platform):
    secret = homes.write(home.root, "config/secrets.yaml", "some_key: TEST-SECRET-0001\n")
    secret.chmod(0o600)
    assert activate(platform, change(platform, GATE, TITLED))["activated"]
    with platform.desk.laid([Draft(GATE, "title: 闸口\nentity: gate\n", "")]) as copy:
        assert (copy.root / "config" / "secrets.yaml").is_symlink()
        assert "闸口表" in (home.root / GATE).read_text(encoding="utf-8")
    assert not (home.data / "draft").exists()
    with platform.store.database.reading() as session:
        texts = session.execute("SELECT text FROM file_version", ()).fetchall()
    assert not any("TEST-SECRET" in str(text) for text in texts)


NOT_EDITED = (
    "config/secrets.yaml", "config/../config/secrets.yaml", "config/categories/../secrets.yaml", "/etc/passwd",
    "config/categories/gate.yaml/", "config//categories/gate.yaml", "./config/categories/gate.yaml", "config/gate.yaml",
    "config/categories/Gate.yaml", "config/categories/.gate.yaml", "config/categories/gate.yml", "data/zc.sqlite",
    "config/categories/gate.yaml\0", "config/categories/a/b.yaml", "config\\categories\\gate.yaml",
    "plugins/extra/plugin.yaml", "plugins/extra/plugin.py", "config/migrations/0001_a.py", "config/site.yaml/..",
    "interfaces/../config/secrets.yaml", "config/pages/%2e%2e/secrets.yaml", "", ".", "config/plugins/x.yaml",
    "config/categories/gate.yaml\n", "config/categories/.yaml", "config/secretss/a.yaml",
)  # fmt: skip


def test_no_other_file_is_opened_or_written(home, platform):
    homes.write(home.root, "config/secrets.yaml", "some_key: TEST-SECRET-0001\n").chmod(0o600)
    disk = files(home)
    said = {"who": "tester", "note": "测试"}
    for path in NOT_EDITED:
        changes = [{"path": path, "text": "title: x\n", "base": ""}]
        for name in ("declaration.open", "declaration.history"):
            with pytest.raises(NotFound):
                operate(platform, name, path=path)
        for name, more in (("declaration.check", {}), ("declaration.activate", said)):
            with pytest.raises(NotFound):
                operate(platform, name, changes=changes, **more)
    assert files(home) == disk


PARTS = st.one_of(
    st.sampled_from(["config", "interfaces", "categories", "..", ".", "", "secrets.yaml", "site.yaml", "gate.yaml"]),
    st.text(max_size=8),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PARTS, min_size=1, max_size=5), absolute=st.booleans())
def test_whatever_path_is_asked_for_only_declarations_are_reached(home, platform, parts, absolute):
    path = ("/" if absolute else "") + "/".join(parts)
    try:
        opened = operate(platform, "declaration.open", path=path)
    except NotFound:
        return
    folder, _, name = opened["path"].rpartition("/")
    assert opened["path"] == path
    assert path == os.path.normpath(path)
    assert folder.split("/")[0] in ("config", "interfaces")
    assert name.endswith(".yaml")
    assert (home.root / path).resolve().is_relative_to(home.root.resolve())
    assert opened["kind"] in platform.snapshot.reading.kinds
    assert "secrets" not in name


def test_a_link_out_of_the_home_is_not_followed(home, platform, tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text("title: 外面\nentity: gate\n", encoding="utf-8")
    (home.root / "config" / "categories" / "away.yaml").symlink_to(outside)
    with pytest.raises(NotFound):
        operate(platform, "declaration.open", path="config/categories/away.yaml")
    with pytest.raises(NotFound):
        activate(platform, {"path": "config/categories/away.yaml", "text": TITLED, "base": ""})
    assert outside.read_text(encoding="utf-8") == "title: 外面\nentity: gate\n"


NO_DRAFTS = (
    None, "x", [], [1], [{"path": GATE}], [{"path": GATE, "text": 1, "base": ""}],
    [{"path": GATE, "text": "x", "base": None}], [{"path": GATE, "text": "x", "base": "", "more": 1}],
    [{"path": 1, "text": "x", "base": ""}], [{"path": GATE, "text": "x", "base": ""}] * 2,
    [{"path": GATE, "text": "x" * (1 << 20) + "x", "base": ""}], [{"path": GATE, "text": "\ud800", "base": ""}],
)  # fmt: skip


def test_what_are_no_drafts_is_refused(platform):
    for changes in NO_DRAFTS:
        with pytest.raises(ZcError):
            operate(platform, "declaration.check", changes=changes)
    with pytest.raises(ZcError):
        activate(platform, change(platform, GATE, TITLED), note=" ")


def test_a_disk_that_takes_nothing_leaves_all_as_it_was(home, platform):
    before, disk = platform.snapshot, files(home)
    crossing = "config/categories/crossing.yaml"
    (home.root / "config" / "categories" / ".crossing.yaml.new").mkdir()  # where the second file would be written
    both = [change(platform, GATE, TITLED), change(platform, crossing, "title: 通行\nentity: crossing\n")]
    with pytest.raises(ZcError):
        activate(platform, *both)
    assert files(home) == disk
    assert platform.snapshot is before
