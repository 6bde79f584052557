"""Chinese lines: nothing is lost, marks stay where they belong, numbers stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text("治超检测，。（）“”1234567890,.%abc 、；", max_size=120)
ROOM = 12.0


def measure(text):
    return float(sum(2 if letter > "\u2e7f" else 1 for letter in text)) / 2


@pytest.fixture(scope="module")
def lines(part):
    return part("lines")


def test_lines_hold_the_text_and_fit(lines):
    @given(TEXTS)
    def holds(text):
        found = lines.broken(text, ROOM, measure)
        assert "".join(found).replace(" ", "") == text.replace(" ", "")
        assert all(measure(line) <= ROOM for line in found)

    holds()


def test_no_line_begins_with_a_mark_or_ends_with_an_opening_one(lines):
    @given(st.text("治超检测，。（）“”、；", max_size=120))
    def holds(text):
        for former, line in zip(found := lines.broken(text, ROOM, measure), found[1:], strict=False):
            cut = measure("".join(lines.pieces(former + line))) and len(lines.pieces(text)) == 1
            assert cut or line[0] not in lines.NOT_FIRST or any(measure(one) > ROOM for one in lines.pieces(text))

    holds()


def test_numbers_and_codes_are_never_cut(lines):
    text = "本月检测货车1,234,567辆，超限率1.89%，站点DEMO-430481-01最高。"
    found = lines.broken(text, 14.0, measure)
    for whole in ("1,234,567", "1.89%，", "DEMO-430481-01"):
        assert any(whole in line for line in found), found


def test_lines_of_the_text_itself_are_kept_and_the_first_is_indented(lines):
    assert lines.broken("一二三\n四", 10, measure) == ["一二三", "四"]
    assert lines.broken("一二三四五六", 4, measure, 2) == ["一二", "三四五六"]
    assert lines.broken("", 4, measure) == [""]
