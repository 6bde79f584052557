"""The field type plate, and the check for readable ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import api


@pytest.fixture(scope="module")
def read(offers):
    plate = offers.field_types["plate"]
    return plate.reader(api.Field("plate", plate, "车牌号"), api.Reading())


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("湘D12345", "湘D12345"),
        (" 湘d·12345 ", "湘D12345"),
        ("湘D-123 45", "湘D12345"),
        ("湘D．12345", "湘D12345"),
        ("湘Ｄ１２３４ａ", "湘D1234A"),
        ("湘D\u3000\u200b12345", "湘D12345"),
        ("湘dd12345", "湘DD12345"),
        ("湘D1234挂", "湘D1234挂"),
        ("wj湘12345", "WJ湘12345"),
        ("未知车牌", "未知车牌"),
        ("?湘D1_", "?湘D1_"),
        ("--", "--"),
        ("", ""),
        (12345, "12345"),
        ("湘D" + "-" * 30 + "12345", "湘D12345"),
        ("x" * 20, "X" * 20),
    ],
)
def test_one_way_of_writing(sent, kept, read):
    assert read(sent) == kept


@pytest.mark.parametrize("sent", ["湘" * 21, "1234567890" * 3])
def test_more_than_twenty_characters_are_refused(sent, read):
    with pytest.raises(api.ValueRefused) as refused:
        read(sent)
    assert (refused.value.outcome, refused.value.values["bound"]) == ("too_long", 20)


@pytest.mark.parametrize("sent", [True, 1.5, ["湘D12345"], {"plate": "湘D12345"}, "湘\x00D", "湘\ud800D", 10**40])
def test_what_is_no_text_is_refused(sent, read):
    with pytest.raises(api.ValueRefused) as refused:
        read(sent)
    assert refused.value.outcome == "wrong_type"


storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(text=storable)
def test_twenty_characters_are_always_kept_and_written_once(text, read):
    kept = read(text)
    assert len(kept) <= len(text)
    assert read(kept) == kept


@pytest.mark.parametrize(
    "plate",
    ["湘D12345", "京A0A1B2", "湘DD12345", "粤B12345F", "湘D1234挂", "湘D1234学", "湘D1234警", "粤Z1234港", "粤Z1234澳",
     "沪A1234领", "京A1234使", "湘D1234试", "湘D1234超", "WJ湘12345", "WJ01234X", "VA12345", None],
)  # fmt: skip
def test_plates_that_can_be_read(plate, offers):
    assert offers.checks["plate_readable"]([{"plate": plate}], None) == [None]


@pytest.mark.parametrize(
    "plate",
    ["", "D12345", "湘12345", "湘D1234", "湘D1234567", "湘DI2345", "湘DO2345", "未识别", "湘D12?45", "湘d12345"],
)
def test_plates_that_cannot(plate, offers):
    found = offers.checks["plate_readable"]([{"plate": "湘D12345"}, {"plate": plate}], None)
    assert found == [None, "车牌号不合号牌式样"]
