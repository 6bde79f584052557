"""Replies: envelopes, codes, words, and what is wrong with a declaration of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.outcomes import OUTCOMES
from core.intake.post import Reason
from core.intake.reply import render_outcome
from core.intake.template import compiled, shown
from tests.core.intake.homes import PREVIEW, RECORD, TENDER, World, good, reply_of, said

BAD = {**RECORD, "previewcode": "2", "axisnum": "six"}
APP = """
title: 扁平应答
body: {appcode: "{result}", appmsg: "{message}", appcheckno: ""}
results: {stored: 1, partial: 2, refused: 0}
"""
DATA = """
title: 三段应答
body: {code: "{errorcode}", msg: "{message}", data: {ok: "{accepted}", dup: "{duplicates}", errors: "{rejected}"}}
rejected: {row: "{index}", why: "{errorcode} {field}: {message}", key: "{key}"}
codes:
  stored: {code: 200, message: OK}
  partial: {code: 206, http: 206}
  refused: {code: 400}
  wrong_type: {code: E2, message: "{field}({label})不是应有的类型:{value}"}
  token_wrong: {code: 40101, http: 200, message: 令牌不对}
"""
PLAIN = 'title: 数字应答\nformat: text\nbody: "{result}"\nresults: {stored: 1, partial: -1, refused: -1}\n'


def answered(tmp_path: Path, reply: str, *bodies: Any, interface: str = PREVIEW) -> Any:
    return World().send(good(tmp_path, interface, reply), {"bodys": list(bodies)})


def test_the_tenders_envelope(tmp_path: Path) -> None:
    post = answered(tmp_path, TENDER, RECORD)
    assert (post.status, post.content_type) == (200, "application/json; charset=utf-8")
    assert said(post) == {
        "resultcode": "0",
        "resultmessage": "成功",
        "errorcode": "",
        "accepted": 1,
        "duplicates": 0,
        "rejected": [],
    }


def test_the_result_tells_all_some_none(tmp_path: Path) -> None:
    codes = [
        said(answered(tmp_path / str(number), TENDER, *bodies))["resultcode"]
        for number, bodies in enumerate([(RECORD, RECORD), (RECORD, BAD), (BAD, BAD), ()])
    ]
    assert codes == ["0", "2", "1", "0"]


def test_appcode_and_appmsg(tmp_path: Path) -> None:
    assert said(answered(tmp_path, APP, RECORD)) == {"appcode": 1, "appmsg": "成功", "appcheckno": ""}


def test_code_msg_and_data(tmp_path: Path) -> None:
    post = answered(tmp_path, DATA, RECORD, BAD)
    assert post.status == 206
    assert said(post) == {
        "code": 206,
        "msg": OUTCOMES["partial"].message.format(refused=1),
        "data": {
            "ok": 1,
            "dup": 0,
            "errors": [{"row": 1, "why": "E2 axisnum: axisnum(整数)不是应有的类型:six", "key": "S1/2"}],
        },
    }
    assert said(answered(tmp_path / "again", DATA, RECORD))["code"] == 200


@pytest.mark.parametrize(("bodies", "text"), [((RECORD,), b"1"), ((RECORD, BAD), b"-1"), ((BAD,), b"-1")])
def test_one_and_minus_one(tmp_path: Path, bodies: tuple[Any, ...], text: bytes) -> None:
    post = answered(tmp_path, PLAIN, *bodies)
    assert post.reply == text
    assert post.content_type == "text/plain; charset=utf-8"


def test_a_record_without_a_list_is_answered_itself(tmp_path: Path) -> None:
    bare = good(tmp_path, PREVIEW.replace("records: bodys", 'records: ""'), DATA)
    post = World().send(bare, BAD)
    assert said(post)["code"] == "E2"
    assert said(post)["msg"] == "axisnum(整数)不是应有的类型:six"


def test_what_a_partner_sent_is_cut_short_in_words(tmp_path: Path) -> None:
    post = answered(tmp_path, TENDER, {**RECORD, "axisnum": "x" * 1000})
    assert "x" * 39 + "…" in said(post)["rejected"][0]["message"]
    assert "x" * 40 not in said(post)["rejected"][0]["message"]


def test_braces_in_a_partners_value_stay_what_they_are(tmp_path: Path) -> None:
    post = answered(tmp_path, TENDER, {**RECORD, "axisnum": "{token} {0.__class__}"})
    assert "{token} {0.__class__}" in said(post)["rejected"][0]["message"]


def test_chinese_charsets(tmp_path: Path) -> None:
    post = answered(tmp_path, TENDER, RECORD, interface=PREVIEW.replace("records:", "charset: gbk\nrecords:"))
    assert post.content_type == "application/json; charset=gbk"
    assert msgspec.json.decode(post.reply.decode("gbk"))["resultmessage"] == "成功"


def test_demo_is_said_where_the_template_names_it(tmp_path: Path) -> None:
    interface = good(tmp_path, PREVIEW, 'title: 演示\nbody: {code: "{result}", demo: "{demo}"}\n')
    assert said(World(demo=True).send(interface, {"bodys": []})) == {"code": "0", "demo": True}


def test_a_token_is_put_into_the_envelope(tmp_path: Path) -> None:
    reply, _ = reply_of(tmp_path, TENDER)
    body = reply.render(reply.without_rows("stored", "stored", {}, demo=False), {"token": "T", "expires_in": 7200})
    assert (body["resultcode"], body["token"], body["expires_in"]) == ("0", "T", 7200)
    text, _ = reply_of(tmp_path / "text", PLAIN + 'token: "{token}"\n')
    assert text.encode(text.render(text.without_rows("stored", "stored", {}, demo=False), {"token": "T"}))[0] == b"T"


@pytest.mark.parametrize(
    ("reply", "path", "code"),
    [
        ('title: t\nbody: {code: "{reslt}"}\n', "body.code", "ZC330"),
        ('title: t\nbody: {list: ["x", "{index}"]}\n', "body.list.1", "ZC330"),
        ('title: t\nbody: "{result}"\nrejected: {why: "{accepted}"}\n', "rejected.why", "ZC330"),
        ('title: t\nbody: "{result}"\ntoken: {t: "{secret}"}\n', "token.t", "ZC330"),
        ('title: t\nbody: "{result}"\ncodes: {missing: {message: "{name}"}}\n', "codes.missing.message", "ZC330"),
        ('title: t\nbody: {code: "{result"}\n', "body.code", "ZC331"),
        ('title: t\nbody: {code: "{result}}"}\n', "body.code", "ZC331"),
        ('title: t\nbody: {code: "{}"}\n', "body.code", "ZC330"),
        ('title: t\nbody: {code: "{result!r}"}\n', "body.code", "ZC331"),
        ('title: t\nbody: {code: "{result:>9}"}\n', "body.code", "ZC331"),
        ("title: t\nformat: text\nbody: {code: x}\n", "body", "ZC332"),
    ],
)
def test_problems_are_told_at_their_place(tmp_path: Path, reply: str, path: str, code: str) -> None:
    made, problems = reply_of(tmp_path, reply)
    assert made is None
    assert [(problem.path, problem.code) for problem in problems] == [(path, code)]


def test_every_outcome_has_words_of_its_own(tmp_path: Path) -> None:
    reply, _ = reply_of(tmp_path, TENDER)
    assert set(reply.cases) == set(OUTCOMES)
    for id_, case in reply.cases.items():
        assert "{" not in reply.message(id_, {}), id_
        assert case.meaning, id_
        assert case.remedy, id_
        assert (case.http is None) is (case.outcome.level == "row")


def test_codes_tell_outcomes_apart() -> None:
    codes = [outcome.code for outcome in OUTCOMES.values()]
    assert len(set(codes)) == len(codes)


def test_words_of_several_reasons(tmp_path: Path) -> None:
    reply, _ = reply_of(tmp_path, TENDER)
    assert reply.words([Reason("missing", "a"), Reason("missing", "b")]) == "缺少 a;缺少 b"
    assert render_outcome(OUTCOMES["locked"].message, {"seconds": 9}) == "失败次数过多,请 9 秒后再试".replace(
        ",", OUTCOMES["locked"].message[6]
    )


@given(st.text(), st.text())
def test_doubled_braces_are_braces(before: str, after: str) -> None:
    text = "".join(part.replace("{", "{{").replace("}", "}}") for part in (before, after))
    render, faults = compiled(text, ())
    assert faults == []
    assert render({}) == before + after


def test_a_list_in_a_message_is_told_apart_from_what_is_in_it() -> None:
    assert [shown(value) for value in ([1], [], 1, "1", None)] == ["[1]", "[]", "1", "1", ""]


XML = """
title: XML 应答
format: xml
body: {ROOT: {"@code": "{result}", MESSAGE: "{message}", NO: "{sent.previewcode}", ROW: "{rejected}"}}
rejected: {INDEX: "{index}", "#text": "{message}"}
"""


def test_an_xml_reply_repeats_its_rows_and_says_what_was_sent(tmp_path: Path) -> None:
    post = answered(tmp_path, XML, {**RECORD, "previewcode": "<A&\x01>"}, BAD, {**BAD, "previewcode": "3"})
    assert post.content_type == "text/xml; charset=utf-8"
    text = post.reply.decode()
    assert text.startswith(
        '<?xml version="1.0" encoding="utf-8"?>\n<ROOT code="2"><MESSAGE>部分记录被拒收(2 条)</MESSAGE>'
    )
    assert "<NO>&lt;A&amp;\ufffd&gt;</NO>" in text
    assert text.count("<ROW>") == 2


def test_what_the_charset_lacks_is_a_reference_in_xml(tmp_path: Path) -> None:
    interface = PREVIEW.replace("records: bodys", "records: bodys\ncharset: gbk")
    post = World().send(good(tmp_path, interface, XML), b'{"bodys": [{"previewcode": "\\u4e5e\\ud842\\udfb7"}]}')
    assert b"&#134071;" in post.reply
    assert "乞".encode("gbk") in post.reply


@pytest.mark.parametrize("bodies", [(), (5,), ({},)])
def test_what_was_not_sent_is_null(tmp_path: Path, bodies: tuple[Any, ...]) -> None:
    reply = 'title: 应答\nbody: {no: "{sent.a.b}", text: "-{sent.a}-"}\n'
    assert said(answered(tmp_path, reply, *bodies)) == {"no": None, "text": "--"}


def test_sent_stands_for_a_name(tmp_path: Path) -> None:
    reply, problems = reply_of(tmp_path, 'title: 应答\nbody: {no: "{sent.}", other: "{sen}"}\n')
    assert reply is None
    assert [problem.code for problem in problems] == ["ZC330", "ZC330"]
