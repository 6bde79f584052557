"""Texts in two languages: filled alike, carried whole, and put into one only where they are shown."""

import pickle
from pathlib import Path

from core.declare.kind import core_kinds
from core.declare.phrase import Phrase, Phrases, in_language, joined, phrase, with_chinese
from core.declare.problem import Place, Problem, problem

PLACE = Place("config/site.yaml", 3, 5)


def test_a_phrase_is_its_english_and_knows_its_chinese() -> None:
    text = phrase("did you mean '{near}'?", near="mass")
    assert (text, in_language(text, "en"), in_language(text, "zh")) == (
        "did you mean 'mass'?",
        "did you mean 'mass'?",
        "是不是「mass」？",
    )
    assert type(in_language(text, "en")) is str
    assert in_language("S430481001", "zh") == "S430481001"


def test_what_a_phrase_is_filled_with_is_told_in_its_language() -> None:
    listed = joined([phrase("a list"), phrase("a mapping"), "x"], "{one} or {other}")
    assert (str(listed), in_language(listed, "zh")) == ("a list or a mapping or x", "列表 或 键值表 或 x")


def test_an_english_text_without_chinese_stands_for_itself(tmp_path: Path) -> None:
    (tmp_path / "phrases.yaml").write_text('"{n} axles": "{n} 轴"\n', encoding="utf-8")
    said = Phrases(tmp_path / "phrases.yaml")
    assert [in_language(said(text, n=6), "zh") for text in ("{n} axles", "{n} wheels")] == ["6 轴", "6 wheels"]


def test_a_phrase_comes_whole_out_of_another_process() -> None:
    text = pickle.loads(pickle.dumps(Phrase("a list", "列表")))  # noqa: S301 - our own
    assert (text, text.zh) == ("a list", "列表")


def test_sentences_of_a_file_get_the_chinese_of_the_one_of_its_shape(tmp_path: Path) -> None:
    (tmp_path / "zh.yaml").write_text("a: {meta: {help: 说明, label: 不用}}\n", encoding="utf-8")
    laid = with_chinese({"a": {"meta": {"help": "Words.", "label": "名称"}}, "help": "More."}, tmp_path / "zh.yaml")
    assert [in_language(laid["a"]["meta"][name], "zh") for name in ("help", "label")] == ["说明", "名称"]
    assert in_language(laid["help"], "zh") == "More."
    assert with_chinese({"help": "More."}, tmp_path / "none.yaml") == {"help": "More."}


def test_a_problem_is_told_in_both_languages_and_survives_as_plain_data() -> None:
    found = problem("ZC203", PLACE, "demo", value=phrase("a list"), wanted="text", how=phrase("write text"))
    assert found.told("en") == str(found) == "config/site.yaml:3:5: error[ZC203]: demo: a list is not text; write text"
    assert found.told("zh") == "config/site.yaml:3:5: 错误[ZC203]: demo: 列表 不是text；请写文字"
    assert Problem.of(found.as_dict()).told("zh") == found.told("zh")


def test_a_kind_tells_its_help_in_chinese() -> None:
    partner = core_kinds()["partner"]
    assert partner.help.startswith("Who may post")
    assert in_language(partner.help, "zh").startswith("谁可以报送")
    assert in_language(partner.schema["stations"]["meta"]["help"], "zh") == '可代报的站点编码；"*" 表示全部。'
