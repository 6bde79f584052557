"""The doors of Seeing one by one: pages, lists, forms, changes, reveals, operations, what is told of a user."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.declare.problem import ZcError
from core.run.words import Conflict, NotAllowed, NotFound, Outdated, RecordRefused
from tests.core.run.homes import operate
from tests.core.run.seen import role


def test_the_menu_has_what_the_roles_reach(declared):
    assert [(one["group"], [page["id"] for page in one["pages"]]) for one in declared("admin").menu()] == [
        ("首页", ["overview"]),
        ("查询", ["list"]),
    ]
    assert [one["group"] for one in declared("county", region="R1").menu()] == ["查询"]
    assert declared("county").page("record")["rows"][0][0]["block"] == "detail"
    with pytest.raises(NotAllowed):
        declared("county").page("overview")
    with pytest.raises(NotFound):
        declared("admin").page("nothing")
    me = declared("admin").me()
    assert (me["operations"], me["site"]["title"]) == (["log", "see_as", "user.list"], "测试站点")


def test_a_page_has_what_a_browser_needs(declared):
    table, form = (row[0] for row in declared("admin").page("list")["rows"])
    columns = {one["name"]: one for one in table["category"]["columns"]}
    assert (columns["gross_kg"]["unit"], columns["gross_kg"]["align"]) == ("kg", "right")
    assert columns["kind"]["dictionary"]["truck"] == {"label": "货车", "colour": "blue"}
    filters = {one["name"]: one for one in table["category"]["filters"]}
    assert [one["value"] for one in filters["weighed_at"]["presets"]][-1] == "this_month a year ago"
    assert (filters["station"]["as"], filters["gross_kg"]["as"]) == ("tree", "range")
    assert table["category"]["actions"] == ["detail", "amend"]
    fields = {one["name"]: one for one in form["entity"]["fields"]}
    assert (fields["gross_kg"]["max"], fields["code"]["required"]) == (100000, True)
    overview = declared("admin").page("overview")["rows"]
    assert overview[1][0]["html"] == "<p><strong>测试</strong> &lt;b&gt;x&lt;/b&gt;</p>\n"
    measure = {"name": "gross_kg", "label": "总重合计", "unit": "kg", "adds": True, "of_none": 0, "ratio": False}
    assert overview[0][1]["measure"] == measure
    assert overview[2][0]["tabs"][0]["rows"][0][0]["category"]["id"] == "station"


def test_a_record_offers_the_operations_of_ones_role(there, declared):
    run = {"operation": "see_as", "label": "测试", "with": {"login": "code"}, "sure": "", "shows": {"title": "姓名"}}
    assert declared("admin").describe("weighing")["operations"][0] == run
    assert declared("county", region="R1").describe("weighing")["operations"] == []
    masked = replace(role("one"), operations=frozenset({"see_as", "user.list"}))
    assert [one["operation"] for one in there.as_(masked).describe("weighing")["operations"]] == ["see_as"]


def test_a_block_that_may_not_be_seen_says_so_in_its_place(declared):
    rows = declared("auditor").page("overview")["rows"]
    assert "category" in rows[2][0]["tabs"][0]["rows"][0][0]
    masked = declared("county", region="R1").page("list")["rows"]
    columns = {one["name"]: one for one in masked[0][0]["category"]["columns"]}
    assert (columns["plate"]["masked"], columns["plate"]["sortable"]) == (True, False)
    assert "plate" not in {one["name"] for one in masked[0][0]["category"]["filters"]}
    with pytest.raises(NotAllowed):
        declared("auditor").page("list")


def test_the_categories_of_some_roles_are_closed_to_others(declared):
    assert "heavy" not in {one["id"] for one in declared("admin").catalogue()}
    assert [one["code"] for one in declared("auditor").find("heavy", {})["records"]] == ["T1"]
    with pytest.raises(NotAllowed):
        declared("admin").find("heavy", {})
    assert "# 称重" in declared("admin").manual("weighing")
    assert "`plate`" not in declared("county", region="R1").manual("weighing").split("## 返回的列")[0]


def test_what_may_be_asked_is_apart_from_what_a_page_offers(there, declared):
    seeing = declared("auditor")
    assert [one["name"] for one in seeing.describe("heavy")["filters"]] == ["gross_kg"]
    assert seeing.find("heavy", {"code": ["T1"]})["count"] == 1
    assert [one["value"] for one in seeing.facets("heavy", "code", {})] == ["T1"]
    with pytest.raises(ZcError, match="没有条件"):
        seeing.find("heavy", {"station": ["S1"]})
    with pytest.raises(NotFound):
        seeing.facets("heavy", "station", {})
    asked = seeing.manual("heavy").split("## 返回的列")[0]
    assert ("`code`" in asked, "`station`" in asked) == (True, False)


def test_a_list_by_mark_and_by_number_with_sums(there):
    seeing = there.admin()
    first = seeing.find("weighing", {"limit": ["1"], "sort": ["code"]})
    assert (first["count_text"], first["sums"]) == ("2", {"gross_kg": 80000})
    after = seeing.find("weighing", {"limit": ["1"], "sort": ["code"], "after": [first["after"]]})
    by_number = seeing.find("weighing", {"limit": ["1"], "sort": ["code"], "page": ["2"]})
    assert [one["code"] for one in after["records"]] == [one["code"] for one in by_number["records"]] == ["T2"]
    assert after["after"] is None
    assert after["labels"]["station"] == {"S3": "站点号码S3"}
    within = seeing.find("weighing", {"station.within": ["R1"], "gross_kg.from": ["50000"]})
    assert [one["code"] for one in within["records"]] == ["T1"]
    assert seeing.find("weighing", {"kind": ["truck", "other"], "plate.starts": ["湘D8"]})["count"] == 1


UNREADABLE = (
    ({"colour": ["red"]}, "没有条件"),
    ({"gross_kg.heavier": ["1"]}, "不能用 heavier"),
    ({"plate.above": ["湘"]}, "不能用 above"),
    ({"plate.alike": ["湘"]}, "不能用 alike"),
    ({"gross_kg.above": ["many"]}, "无法识别"),
    ({"weighed_at.within": ["next_year"]}, "无法识别"),
    ({"limit": ["0"]}, "整数"),
    ({"page": ["1000000"]}, "整数"),
    ({"after": ["bm90IG91cnM="]}, "翻页标记"),
    ({"sort": ["-colour"]}, "没有字段"),
    ({"plate.present": ["perhaps"]}, "无法识别"),
)


def test_a_question_that_cannot_be_read_is_told_in_words(there):
    for query, told in UNREADABLE:
        with pytest.raises(ZcError, match=told):
            there.admin().find("weighing", query)


def test_what_is_entered_is_checked_by_the_fields(there):
    seeing = there.admin()
    with pytest.raises(RecordRefused) as refused:
        seeing.add("weighing", {"code": "T9", "weighed_at": "yesterday", "gross_kg": 1e9, "kind": "bus", "x": 1})
    assert {one["field"] for one in refused.value.problems} == {"weighed_at", "gross_kg", "kind", "x"}
    with pytest.raises(RecordRefused) as refused:
        seeing.add("weighing", {"gross_kg": 1})
    assert {one["field"] for one in refused.value.problems} == {"code", "weighed_at"}
    with pytest.raises(RecordRefused, match="未登记"):
        seeing.add("weighing", {"code": "T9", "weighed_at": "2026-11-01 08:00:00", "station": "S9"})
    with pytest.raises(Conflict, match="已有"):
        seeing.add("weighing", {"code": "T1", "weighed_at": "2026-11-01 08:00:00"})
    seeing.void("weighing", there.first, "测试")
    with pytest.raises(Conflict, match="作废"):
        seeing.add("weighing", {"code": "T1", "weighed_at": "2026-11-01 08:00:00"})
    user = {"login": "u1", "title": "测试", "active": True}
    with pytest.raises(RecordRefused, match="不存在"):
        seeing.add("user", {**user, "roles": ["boss"]})
    assert seeing.add("user", {**user, "roles": ["county"]})["id"] == 1


def test_a_change_is_an_event_in_words(there):
    seeing = there.admin()
    seeing.amend("weighing", there.first, {"kind": "other", "gross_kg": 61000}, "测试更正")
    event = seeing.one("weighing", there.first)["events"][-1]
    assert (event["who"], event["verb"], event["what"], event["why"]) == ("tester", "amended", "修改", "测试更正")
    assert {one["label"]: (one["before"], one["after"]) for one in event["changes"]} == {
        "车类": ("货车", "其他"),
        "总重": (60000, 61000),
    }
    for values, why, told in (
        ({"gross_kg": 61000}, "x", "没有改动"),
        ({"gross_kg": 1}, " ", "原因"),
        ({"code": "T8"}, "x", "编号的一部分"),
        ({"weighed_at": ""}, "x", "缺少"),
    ):
        with pytest.raises(ZcError, match=told):
            seeing.amend("weighing", there.first, values, why)
    seeing.amend("weighing", there.first, {"weighed_at": "2026-10-01 08:00:00"}, "测试")
    assert seeing.one("weighing", there.first)["record"]["day"] == "2026-10-01"


def test_a_change_in_between_is_told_and_nothing_overwritten(there, declared):
    seeing, county = there.admin(), declared("county", region="R1")
    read = seeing.one("weighing", there.first)["version"]
    seeing.amend("weighing", there.first, {"plate": "湘D99999"}, "测试一", read)
    with pytest.raises(Outdated, match="tester 于 .* 修改了 车牌") as told:
        county.amend("weighing", there.first, {"gross_kg": 55000}, "测试二", read)
    assert "99999" not in str(told.value.changes)
    assert seeing.one("weighing", there.first)["record"]["gross_kg"] == 60000
    now = county.one("weighing", there.first)["version"]
    county.amend("weighing", there.first, {"gross_kg": 55000}, "测试二", now)
    assert seeing.one("weighing", there.first)["record"]["plate"] == "湘D99999"


def test_of_two_who_read_the_same_one_is_refused(there):
    seeing = there.admin()
    read = seeing.one("weighing", there.first)["version"]

    def amend(gross_kg: int) -> str:
        try:
            seeing.amend("weighing", there.first, {"gross_kg": gross_kg}, "测试", read)
        except Outdated:
            return "refused"
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(amend, range(50001, 50005))) == ["kept", "refused", "refused", "refused"]


def test_what_a_person_entered_says_who(there):
    came = there.admin().one("weighing", there.first)["events"]
    assert [(one["who"], one["what"]) for one in came] == [("tester", "人工登记")]


def test_nobody_changes_what_he_does_not_see(there, declared):
    county = declared("county", region="R1")
    second = there.first + 1
    assert [one["code"] for one in county.find("weighing", {})["records"]] == ["T1"]
    for change in (
        lambda: county.one("weighing", second),
        lambda: county.amend("weighing", second, {"gross_kg": 1}, "测试"),
        lambda: county.void("weighing", second, "测试"),
    ):
        with pytest.raises(NotFound):
            change()
    for change in (
        lambda: county.amend("weighing", there.first, {"plate": "湘D00001"}, "测试"),
        lambda: county.amend("weighing", there.first, {"station": "S3"}, "测试"),
        lambda: county.add("weighing", {"code": "T5", "weighed_at": "2026-11-01 08:00:00", "station": "S3"}),
        lambda: county.add("weighing", {"code": "T5", "weighed_at": "2026-11-01 08:00:00"}),
        lambda: county.reveal("weighing", there.first, "plate", "测试"),
        lambda: list(county.rows("weighing", {})),
        lambda: county.exporting("weighing", {}),
        lambda: county.find("user", {}) if "user" in there.platform.snapshot.categories else county.choices("user"),
        lambda: county.operate("log", {}),
    ):
        with pytest.raises(NotAllowed):
            change()
    county.amend("weighing", there.first, {"station": "S2"}, "测试")
    number = county.add("weighing", {"code": "T5", "weighed_at": "2026-11-01 08:00:00", "station": "S2"})["id"]
    county.void("weighing", number, "测试")
    assert there.admin().one("weighing", number)["events"][-1]["verb"] == "voided"


def test_a_reveal_is_an_event_and_a_line_of_the_log(there, declared):
    auditor = declared("auditor")
    found = auditor.one("weighing", there.first)
    assert (found["record"]["plate"], found["masked"]) == ("湘D***45", ["driver", "kind", "plate"])
    with pytest.raises(ZcError, match="原因"):
        auditor.reveal("weighing", there.first, "plate", "")
    assert auditor.reveal("weighing", there.first, "plate", "测试核对") == "湘D12345"
    event = auditor.one("weighing", there.first)["events"][-1]
    assert (event["verb"], event["why"], event["who"]) == ("revealed", "测试核对", "tester")
    line = there.platform.store.log.lines(kinds=["reveal"])[0]
    assert (line.who, line.detail["field"]) == ("tester", "plate")
    with pytest.raises(ZcError, match="没有脱敏"):
        auditor.reveal("weighing", there.first, "gross_kg", "测试")
    assert "湘D12345" not in str(auditor.one("weighing", there.first))


def test_an_export_has_texts_and_is_logged(there, declared):
    export = declared("auditor").exporting("weighing", {"gross_kg.from": ["1"]}, ["code", "plate", "gross_kg"])
    assert [name for name, _, _ in export.columns] == ["code", "plate", "gross_kg"]
    assert sorted(export.rows) == [("T1", "湘D***45", 60000), ("T2", "湘D***45", 20000)]
    assert export.sums == {"gross_kg": 80000}
    declared("auditor").exported("weighing", export.note, "csv", 2, "0" * 64)
    line = there.platform.store.log.lines(kinds=["export"])[0]
    assert (line.what, line.detail["rows"], line.detail["filter"]) == ("weighing", 2, "总重 ≥ 1")


def test_operations_keep_who_asked(there, declared):
    seeing = declared("admin")
    assert seeing.operate("user.list", {}) == []
    line = there.platform.store.log.lines(kinds=["operation"])[0]
    assert (line.who, line.what) == ("tester", "user.list")


def test_what_an_operation_does_not_take_is_told_in_words(declared):
    with pytest.raises(ZcError, match="操作“权限模拟”的参数不对；可用：login、category"):
        declared("admin").operate("see_as", {"nobody": 1})


def test_choices_and_the_tree_of_stations(there, declared):
    admin, county = there.admin(), there.as_(role("r", scope="region", unmask={"*": frozenset({"*"})}), region="R1")
    assert [one["value"] for one in admin.choices("station", q="S1")] == ["S1"]
    assert admin.choices("station", q="号码S3") == [{"value": "S3", "label": "站点号码S3"}]
    assert [one["value"] for one in county.choices("station")] == ["S1", "S2"]
    [top] = county.choices("station", tree=True)
    assert (top["value"], top["entity"]) == ("R1", "region")
    assert [(one["value"], [leaf["value"] for leaf in one["children"]]) for one in top["children"]] == [
        ("R11", ["S1"]),
        ("R12", ["S2"]),
    ]
    assert {one["value"] for one in admin.choices("station", tree=True)} == {"R", "S5"}


def test_what_a_user_sees_is_told_in_words(there):
    for login, roles, region in (("boss", ["admin"], ""), ("clerk", ["county"], "R1"), ("lost", ["county"], "")):
        operate(there.platform, "user.add", login=login, title="测试", roles=roles, region=region)
    told = {
        login: operate(there.platform, "see_as", login=login, category="weighing")["categories"][0]
        for login in ("boss", "clerk", "lost")
    }
    assert (told["boss"]["seen"], told["clerk"]["seen"], told["lost"]["seen"]) == ("2", "1", "0")
    assert "全部数据（角色 管理员）" in told["boss"]["lines"][1]
    assert "「区R1」及其下级" in told["clerk"]["lines"][1]
    assert "「车牌」脱敏显示" in told["clerk"]["lines"]
    assert any("没有填写" in line for line in told["lost"]["lines"])
    heavy = operate(there.platform, "see_as", login="boss", category="heavy")["categories"][0]["lines"]
    assert any("只对这些角色开放：auditor" in line for line in heavy)
    with pytest.raises(NotFound):
        operate(there.platform, "see_as", login="nobody")
