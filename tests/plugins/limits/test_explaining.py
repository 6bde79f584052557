"""What is told of a verdict: the rule as the record keeps it, the article, the arithmetic."""

from dataclasses import replace

ROW = {"axles": 6, "gross": 60000, "at": 1_793_500_000_000, "axle_type": None}


def told(offers, facts, row):
    [given] = offers.derivers["verdict"]([row], facts)
    [lines] = offers.explainers["verdict"]([row | given], facts)
    return {line["label"]: line["text"] for line in lines}


def test_an_overloaded_vehicle_has_rule_article_and_arithmetic(offers, facts_of, shipped):
    lines = told(offers, facts_of(shipped), ROW)
    assert shipped.data["law"] in lines["依据"]
    assert "gross_2016 第 1 版" in lines["依据"]
    assert lines["条款"].startswith("第三条：")
    assert lines["计算"] == (
        "6 轴车限重 49,000 kg，实测 60,000 kg，超出 60,000 − 49,000 = 11,000 kg；超限幅度 11,000 ÷ 49,000 = 22.45%"
    )
    assert lines["判定方"] == "本平台按限值声明推导"


def test_a_vehicle_within_its_limit_and_one_without(offers, facts_of, shipped):
    facts = facts_of(shipped)
    assert told(offers, facts, ROW | {"gross": 49000})["计算"].endswith("未超过限重")
    assert told(offers, facts, ROW | {"axles": None}) == {"判定": "未判定：缺少轴数"}
    assert told(offers, facts, ROW | {"at": 0}) == {"判定": "未判定：当日没有适用于该车的限值"}


def test_a_record_keeps_the_rule_it_was_judged_under(offers, facts_of, shipped):
    [given] = offers.derivers["verdict"]([ROW], facts_of(shipped))
    newer = replace(shipped, data={**shipped.data, "version": 2})
    [lines] = offers.explainers["verdict"]([ROW | given], facts_of(newer))
    assert lines[0]["text"].endswith("（gross_2016 第 1 版）；现行为第 2 版")
    [lines] = offers.explainers["verdict"]([ROW | given], facts_of())
    assert lines[0]["text"] == "gross_2016 第 1 版（该声明已不在用）"


def test_what_a_field_holds_is_said_in_words(offers, facts_of, shipped):
    [given] = offers.derivers["verdict"]([ROW], facts_of(shipped))
    [lines] = offers.explainers["verdict"]([ROW | given], facts_of(shipped))
    words = {line["field"]: line["value"] for line in lines if "field" in line}
    assert words == {"limit_id": f"{shipped.data['title']}，第三条", "judged_by": "本平台按限值声明推导"}
    [lines] = offers.explainers["verdict"]([ROW | given], facts_of())
    assert [line["field"] for line in lines if "field" in line] == ["judged_by"]
