"""check, try, trial, reload, diff, show, plugins, docs: what they print and the codes they end with."""

import contextlib
import io
import json
import re
from pathlib import Path

import httpx
import pytest

from core.cli.options import default_home
from tests.core.cli.command import Zc, exit_code, serving
from tests.core.run import homes

BAD = ("config/categories/gate.yaml", "title: 闸口\nentity: gat\n")
RED = ("interfaces/crossings.trial.yaml", homes.TRIAL.replace("weight_kg: 900", "weight_kg: 901"))


def test_check_prints_what_is_wrong_where_and_what_to_do(zc: Zc) -> None:
    assert "files good, 0 warnings, 1 trials green" in zc("check")
    homes.write(zc.home, *BAD)
    said = zc("check", code=1)
    assert said.startswith("config/categories/gate.yaml:2:9: error[ZC300]: entity: ")
    assert "did you mean 'gate'" in said
    assert "1 errors" in said
    problem = zc.json("check", code=1)["problems"][0]
    assert (problem["file"], problem["line"], problem["col"], problem["code"]) == (BAD[0], 2, 9, "ZC300")


def test_problems_are_told_in_the_language_asked_for_or_in_that_of_the_terminal(
    zc: Zc, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes.write(zc.home, *BAD)
    chinese = zc("--lang", "zh", "check", code=1).splitlines()[0]
    assert chinese.startswith("config/categories/gate.yaml:2:9: 错误[ZC300]: entity: 没有编号为")
    assert "是不是「gate」" in chinese
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert zc("check", code=1).splitlines()[0] == chinese
    assert "error[ZC300]" in zc("--lang", "en", "check", code=1)
    assert zc.json("check", code=1)["problems"][0]["zh"]["mend"] == "是不是「gate」？"


def test_check_shows_what_activating_would_do_to_the_store_and_does_nothing(zc: Zc) -> None:
    homes.write(zc.home, "config/entities/crossing.yaml", f"{homes.CROSSING}  lane: {{type: integer, label: 车道}}\n")
    for _ in range(2):
        assert "lane" in "".join(zc.json("check")["steps"])
    zc("reload")
    assert zc.json("check")["steps"] == []


def test_check_of_a_new_home_makes_no_store(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "new")
    assert "a new store" in Zc(home.root)("check")
    assert not (home.root / "data").exists()


def test_try_prints_the_five_steps_and_the_exact_reply_of_the_server(zc: Zc, body: Path) -> None:
    said = zc("try", "crossings", str(body), "--station", "G1")
    assert re.findall(r"^\d (\w+)$", said, re.MULTILINE) == ["read", "map", "derive", "store", "answer"]
    steps = zc.json("try", "crossings", str(body), "--station", "G1")
    assert steps["reply"] in said
    with serving(zc.home) as server:
        headers = {"Authorization": f"Bearer {server.token()}"}
        reply = httpx.post(f"{server.url}/api/crossings", content=body.read_bytes(), headers=headers)
    assert (reply.status_code, reply.text) == (steps["status"], steps["reply"])
    assert [one["code"] for one in zc.json("find", "crossing")] == ["A"], "of the post, not of the tries"


def test_try_shows_a_body_that_cannot_be_read(zc: Zc, tmp_path: Path) -> None:
    broken = homes.write(tmp_path, "broken.json", '{"list": [')
    assert json.loads(zc.json("try", "crossings", str(broken))["reply"])["code"] == "1202"
    zc("try", "nowhere", str(broken), code=1)
    assert "crossings" in zc.said
    zc("try", "crossings", str(tmp_path / "none.json"), code=2)


def test_trial_runs_what_is_on_disk(zc: Zc) -> None:
    assert "green crossings: 一条通行记录" in zc("trial")
    homes.write(zc.home, *RED)
    said = zc("trial", "crossings", code=1)
    assert "red" in said
    assert "expected 901, got 900" in said
    assert [case["green"] for case in zc.json("trial", code=1)["cases"]] == [False]
    zc("trial", "nowhere", code=1)
    assert "crossings" in zc.said


def test_diff_and_reload_tell_in_words(zc: Zc) -> None:
    assert zc("diff") == "nothing differs from what is in force\n"
    homes.write(zc.home, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\n")
    assert zc.json("diff") == ["category gate: 名称: 闸口 → 闸口表"]
    number = zc.json("reload")["number"]
    homes.write(zc.home, *BAD)
    zc("diff", code=1)
    assert "zc check" in zc.said
    zc("reload", code=1)
    assert "ZC300" in zc("check", code=1)
    homes.write(zc.home, BAD[0], "title: 闸口表\nentity: gate\n")
    assert zc.json("reload")["number"] == number


def test_diff_speaks_yaml(zc: Zc) -> None:
    text = "title: 闸口\nentity: gate\nwhere: {title: {in: [甲, 乙], present: true}}\nexport: false\n"
    homes.write(zc.home, "config/categories/gate.yaml", text)
    assert zc.json("diff") == [
        "category gate: 固定条件 › title: added {in: [甲, 乙], present: true}",
        "category gate: 可导出: true → false",
    ]


def test_what_a_declaration_said_before_is_listed_shown_and_returned_to(zc: Zc) -> None:
    file = zc.home / "config" / "categories" / "gate.yaml"
    first = file.read_text(encoding="utf-8")
    with serving(zc.home):
        file.write_text("title: 闸口表\nentity: gate\n", encoding="utf-8")
        zc("reload", "--who", "测试员", "--note", "改名")
        listed = zc.json("history", "list", "category/gate")
        version = str(listed[-1]["id"])
        assert zc("history", "show", version) == first
        assert "category gate: 名称: 闸口表 → 闸口" in zc("history", "return", version, "--who", "测试员")
    assert file.read_text(encoding="utf-8") == first
    newest = zc.json("history", "list", "config/categories/gate.yaml")[0]
    assert (newest["who"], newest["note"]) == ("测试员", f"退回版本 {version}")
    assert f"退回版本 {version}" in zc("history", "list", "category/gate")
    zc("history", "show", "999999", code=1)
    zc("history", "list", "nothing/gate", code=1)
    assert "no kind" in zc.said


def test_a_return_to_what_is_no_good_any_more_writes_nothing(zc: Zc) -> None:
    zc("reload")
    link = homes.write(zc.home, "config/categories/more.yaml", "title: 闸口\nentity: yard\n")
    homes.write(zc.home, "config/entities/yard.yaml", homes.GATE)
    zc("reload")
    version = str(zc.json("history", "list", "category/more")[0]["id"])
    link.unlink()
    (zc.home / "config" / "entities" / "yard.yaml").unlink()
    zc("reload")
    assert zc.json("history", "list", "category/more")[0]["removed"]
    assert "stays in force" in zc("history", "return", version, code=1)
    assert not link.exists()


def test_a_server_keeps_what_is_in_force_where_a_reload_fails(zc: Zc) -> None:
    with serving(zc.home) as server:
        homes.write(zc.home, *BAD)
        assert "stays in force" in zc("reload", code=1)
        done = zc.json("reload", code=1)
        assert (done["activated"], done["problems"][0]["code"]) == (False, "ZC300")
        assert httpx.get(f"{server.url}/-/health").status_code == 503


def test_a_red_trial_holds_a_reload_up_unless_it_is_skipped(zc: Zc) -> None:
    homes.write(zc.home, *RED)
    with serving(zc.home):
        assert "ZC601" in zc("reload", code=1)
        assert "in force" in zc("reload", "--skip-trials", "--who", "test")


def test_show_prints_a_declaration_with_where_its_parts_came_from(zc: Zc) -> None:
    homes.write(zc.home, "interfaces/county.yaml", "like: crossings\ntitle: 县级接口\npath: /api/county\n")
    said = zc("show", "interface/county")
    assert "县级接口" in said
    assert "interfaces/crossings.yaml" in said
    zc("show", "interface/nowhere", code=1)
    assert "county" in zc.said
    zc("show", "interfaces/county", code=1)
    assert "interface" in zc.said
    assert "测试站点" in zc("show", "site")


def test_plugins_are_listed_with_what_they_offer(zc: Zc) -> None:
    python = "from core import api\n\n\n@api.hook\ndef offer():\n    return api.Offers(commands={'sweep': print})\n"
    homes.plugin(zc.home, "county", python, {"commands": {"sweep": {"label": "清理"}}})
    homes.change_site(zc.home, plugins={"county": {}, "limits": {}})
    rows = {row["plugin"]: row for row in zc.json("plugins")}
    assert rows["county"]["owner"] == "home"
    assert "command sweep" in rows["county"]["offers"]
    assert rows["limits"]["owner"] != "home"


def test_docs_are_current_or_told(zc: Zc, tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    zc("docs", "--check", "--to", str(folder), code=1)
    zc("docs", "--to", str(folder))
    zc("docs", "--check", "--to", str(folder))
    page = next(folder.rglob("*.md"))
    page.write_text("changed")
    (folder / "left.md").write_text("left over")
    said = zc("docs", "--check", "--to", str(folder), code=1)
    assert page.name in said
    assert "left.md is of nothing any more" in said
    zc("docs", "--to", str(folder))
    zc("docs", "--check", "--to", str(folder))
    assert not (folder / "left.md").exists()


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["find"], ["check", "--colour"], ["find", "gate", "--limit", "0"], ["find", "gate", "--where", "x"]],
)
def test_wrong_usage_ends_with_2(zc: Zc, arguments: list[str]) -> None:
    zc(*arguments, code=2)


@pytest.mark.parametrize("command", ["check", "reload", "diff", "plugins", "trial", "docs"])
def test_a_folder_that_is_no_home_is_told(tmp_path: Path, command: str) -> None:
    zc = Zc(tmp_path)
    zc(command, code=1)
    assert "zc init" in zc.said
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_command_and_those_of_plugins(zc: Zc, monkeypatch: pytest.MonkeyPatch) -> None:
    homes.change_site(zc.home, plugins={"backup": {}})
    monkeypatch.chdir(zc.home)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert exit_code(["--help"]) == 0
    for command in ("init", "run", "check", "find", "partner", "backup"):
        assert re.search(rf"^  {command}\b", said.getvalue(), re.MULTILINE), command
    assert "--into" in zc("backup", "restore", "--help")


def test_the_home_is_the_one_around_even_without_its_site(zc: Zc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(zc.home / "interfaces")
    assert default_home() == zc.home
    (zc.home / "config" / "site.yaml").unlink()
    assert default_home() == zc.home
    zc("reload", code=1)


def test_what_cannot_be_opened_is_told_in_a_line(zc: Zc) -> None:
    (zc.home / "data" / "home.lock").unlink()
    (zc.home / "data" / "home.lock").mkdir()
    zc("find", "gate", code=1)
    assert "home.lock: Is a directory" in zc.said
    assert "Traceback" not in zc.said
