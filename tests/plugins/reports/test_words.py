"""What a text says of figures."""

import pytest

FIRST = "最高的站点：{by_station.first3.rate}。"


@pytest.mark.parametrize(
    ("rows", "words"),
    [(3, "测试站点3（0.20%）、测试站点2（0.10%）。"), (2, "测试站点2（0.10%）。"), (1, "无。"), (0, "无。")],
    ids=["three", "two", "one", "none"],
)
def test_the_first_rows_are_named_as_many_as_there_are_with_more_than_none(part, dataset, rows, words):
    answer = dataset["answers"]["by_station"]
    answer["rows"] = answer["rows"][:rows][::-1]
    assert part("figures").filled(FIRST, dataset) == f"最高的站点：{words}"


def test_amounts_have_their_unit(part, dataset):
    assert (
        part("figures").filled("{by_station.first2.gross}", dataset)
        == "测试站点1（30,000.0吨）、测试站点2（30,000.0吨）"
    )
