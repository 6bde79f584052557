"""The whole life of a post in one call."""

from __future__ import annotations

import logging
from dataclasses import replace

import msgspec
import pytest

from core.intake.explain import explainer
from core.intake.generate import plan
from core.intake.intake import logged
from core.intake.plan import Interface
from core.intake.post import Partner, Stop
from core.intake.quick import quick
from tests.core.intake.homes import NOW, RECORD, World, good, said


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """The preview interface."""
    return good(tmp_path_factory.mktemp("home"))


class Broken:
    """A set of keys that cannot be asked."""

    def __contains__(self, key: object) -> bool:
        raise RuntimeError("inner matters")


def test_a_mixed_batch(interface: Interface) -> None:
    world = World(partner=Partner("test", stations=frozenset({"S1"})))
    bodies = [RECORD, dict(RECORD), {**RECORD, "totalweight": 52500}, {**RECORD, "previewstationcode": "S2"}, "x", {}]
    post = world.send(interface, {"token": "t", "bodys": bodies})
    reply = said(post)
    assert (reply["resultcode"], reply["accepted"], reply["duplicates"]) == ("2", 1, 1)
    assert [(row["index"], row["errorcode"], row["field"]) for row in reply["rejected"]] == [
        (2, "2011", ""),
        (3, "2009", "previewstationcode"),
        (4, "2000", ""),
        (5, "2001", "previewcode"),
    ]
    assert reply["rejected"][3]["message"].count("缺少") == 4
    (row,) = post.accepted
    assert row.values["gross_kg"] == 52400
    assert post.partner is world.partner
    assert post.received_at == NOW


def test_a_number_out_of_range_refuses_its_record_alone(interface: Interface) -> None:
    good_row, bad = msgspec.json.encode(RECORD), msgspec.json.encode({**RECORD, "totalweight": "?"})
    post = World().send(interface, b'{"bodys": [%s, %s]}' % (bad.replace(b'"?"', b"1e400"), good_row))
    reply = said(post)
    assert (reply["accepted"], [(row["index"], row["errorcode"]) for row in reply["rejected"]]) == (1, [(0, "2002")])
    assert [refusal.raw for refusal in post.refusals] == [bad.replace(b'"?"', b'"1e400"')]


def test_a_stop_is_answered_in_the_partners_envelope(interface: Interface) -> None:
    post = World(partner=Stop("locked", seconds=60)).send(interface, {"bodys": []})
    assert (post.status, post.retry_after_s, post.stopped.outcome) == (429, 60, "locked")
    assert said(post)["resultcode"] == "1"
    assert said(post)["errorcode"] == "1106"
    assert post.accepted == post.refusals == []
    assert post.duplicates == 0


def test_an_error_inside_is_answered_with_a_number_and_without_its_text(
    interface: Interface, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "zc.intake"):
        post = World(stations=Broken()).send(interface, {"token": "secret", "bodys": [RECORD]})
    assert post.status == 500
    assert said(post)["errorcode"] == "1999"
    assert "inner" not in post.reply.decode()
    reference = post.stopped.values["reference"]
    assert reference in said(post)["resultmessage"]
    assert reference in caplog.text
    assert "inner matters" in caplog.text
    assert "secret" not in caplog.text


def test_faults_of_plugins_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "zc.intake"):
        logged("deriver verdict", ValueError("x"))
    assert "deriver verdict" in caplog.text


@pytest.mark.parametrize("explained", [True, False], ids=["in full", "first reason"])
def test_a_field_type_that_raises_refuses_the_value_and_is_told(interface: Interface, explained: bool) -> None:
    def broken(value: object) -> str:
        raise RuntimeError("a plugin's mistake")

    sources = [
        replace(source, read=broken, texts=None, exact=None) if name == "plate" else source
        for name, source in interface.explainer.sources.items()
    ]
    columns = tuple(interface.entity.columns)
    planned = plan(sources, columns, False)
    broken_interface = replace(
        interface,
        plan=planned,
        plans=quick(sources, columns, planned, True),
        explainer=explainer(sources, columns, False),
    )
    world = World()
    post = world.send(broken_interface, {"bodys": ([] if explained else [5] * 3) + [RECORD]})
    assert said(post)["rejected"][-1]["errorcode"] == "2002"
    assert world.faults == ["field type of plate: a plugin's mistake"]
