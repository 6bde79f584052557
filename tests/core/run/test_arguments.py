"""Arguments of commands: what does not fit is told in both languages."""

from __future__ import annotations

import pytest

from core.declare.phrase import in_language
from core.declare.problem import ZcError
from core.run.arguments import checked_arguments

SCHEMA = {"note": {"type": "string", "default": ""}, "most": {"type": "integer", "max": 9, "required": True}}


def test_what_fits_comes_with_defaults():
    assert checked_arguments("backup.create", SCHEMA, {"most": 3}) == {"note": "", "most": 3}


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        ({"most": 3, "notes": "x"}, "unknown key 'notes'", "没有键「notes」"),
        ({"most": 30}, "most: 30 is above 9", "most：30 大于 9"),
        ({}, "'most'", "「most」"),
    ],
)
def test_what_does_not_fit_is_told_in_both_languages(given, english, chinese):
    with pytest.raises(ZcError) as raised:
        checked_arguments("backup.create", SCHEMA, given)
    assert english in in_language(raised.value.reason, "en")
    assert chinese in in_language(raised.value.reason, "zh")
    assert in_language(raised.value.instruction, "zh") == "可用：note, most"
