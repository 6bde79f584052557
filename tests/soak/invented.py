"""Declarations, records and conditions as nobody would write them, and as many as anybody wants."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from core.entity.condition import OPERATORS
from tests.core.entity.declared import WEIGHING
from tests.core.intake.test_soundness import ENTRIES, VALUES

FIELDS = tuple(line.split(":")[0].strip() for line in WEIGHING.partition("fields:")[2].splitlines() if line.strip())
NAMES = st.sampled_from(
    ["p", "p1", "P2", "data.p", "data.list.0", "@a", "#text", "#arrival", "", ".", "a.", "名", *FIELDS]
)
WORDS = st.sampled_from([
    "", "null", "-1", "0", "3.0", "true", "x", "未识别", "2026-11-01", "2026-11-01 08:30:00", "today", "7 days",
    "a\x00b", "\u200b", "%", "_", "湘%", "blue", "S1", "99999999999999999999", "this_week", "2026-11", "2026-02-30",
])  # fmt: skip
NUMBERS = st.sampled_from([0, -1, 1, 6, 2**63, -(2**63), 10**30, 0.5, -0.0, 43.45, 1e18, 1e308, 5e-324])
SCALARS = st.one_of(WORDS, NUMBERS, st.booleans(), st.integers(), st.text(max_size=4))
ANYTHING = st.recursive(
    st.none() | SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.one_of(NAMES, WORDS), inner, max_size=3),
    max_leaves=5,
)

ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "from": st.one_of(NAMES, st.lists(NAMES, max_size=3)),
        "join": st.lists(NAMES, max_size=3),
        "with": WORDS,
        "numbered": st.sampled_from(["p{n}", "{n}", "data.p{n}", "p"]),
        "most": st.integers(0, 9),
        "split": st.sampled_from([",", "|", "", "::"]),
        "each": NAMES,
        "constant": SCALARS,
        "default": SCALARS,
        "required": st.booleans(),
        "unit": st.sampled_from(["t", "kg", "g", "10kg", "m", "mm", "m/s", "km/h", "ratio", "%", "", "tonne"]),
        "pattern": st.sampled_from(
            ["epoch_s", "epoch_ms", "yyyyMMddHHmmss", "yyyy-MM-dd", "yyyy", "HH", "", "SSS", "x"]
        ),
        "values": st.dictionaries(WORDS, SCALARS, max_size=3),
        "null_words": st.lists(st.one_of(WORDS, NUMBERS), max_size=3),
    },
)
"""One entry under `fields`, which mostly has a problem."""

TESTS = st.one_of(
    ANYTHING,
    st.dictionaries(st.sampled_from([*OPERATORS, "over"]), st.one_of(SCALARS, st.lists(SCALARS, max_size=3), ANYTHING)),
)
ASKED = st.sampled_from([*FIELDS, "provenance", "day", "received_at", "pending", "nothing"])
CONDITIONS = st.recursive(
    st.dictionaries(ASKED, TESTS, max_size=2),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)
"""Conditions as they may stand in a declaration, mostly with a fault."""

GOOD = {
    "code": st.sampled_from(["T-1", "a_b", "100%", "湘\U0010ffff"]),
    "station": st.sampled_from(["S1", "S2"]),
    "weighed_at": st.sampled_from(["2026-11-01 08:30:00", "2026-10-31 23:59:59", "2026-11-01T00:00:00+08:00"]),
    "plate": st.sampled_from(["湘D12345", "粤B1", "x%_\\"]),
    "axles": st.integers(1, 7),
    "speed": st.sampled_from([0, 43.5, 300]),
    "gross_kg": st.sampled_from([0, 17999, 18000, 300000]),
    "length_mm": st.sampled_from([-1, 0, 12000]),
    "ratio_pct": st.sampled_from([-0.01, 0, 0.3, 7]),
    "empty": st.booleans(),
    "valid_to": st.sampled_from(["2026-11-01", "2026-12-31", "1970-01-01"]),
    "colour": st.sampled_from(["blue", "yellow"]),
    "axle_kg": st.sampled_from([[6500], [0, None, 6500], [6500, 9000]]),
}
"""Values as we show them, by field."""

RECORD = st.fixed_dictionaries(
    {name: st.none() | values for name, values in GOOD.items() if name not in ("code", "station")}
)
"""What is not the key of a record."""


def _fitting(name: str) -> st.SearchStrategy[Any]:
    """Tests of a field with values that it may have."""
    value = GOOD[name]
    ordered = [{operator: value for operator in ("above", "below", "from", "to")}]
    kinds: dict[str, st.SearchStrategy[Any]] = {"is": value, "not": st.none() | value, "present": st.booleans()}
    kinds |= {**ordered[0], "in": st.lists(value, min_size=1, max_size=3), "between": st.tuples(value, value).map(list)}
    kinds |= {"like": st.text("湘D%_1\\x", min_size=1, max_size=4), "starts": st.text("湘DTx%", min_size=1, max_size=2)}
    within = st.sampled_from(["today", "yesterday", "this_month", "7 days", "3 hours", "2026-11-01", "2026-10"])
    kinds["within"] = within | st.fixed_dictionaries({}, optional={"from": within, "to": GOOD["weighed_at"]})
    return st.sampled_from(sorted(kinds)).flatmap(lambda operator: kinds[operator].map(lambda said: {operator: said}))


ASKABLE = tuple(name for name in GOOD if name != "axle_kg")
FITTING = st.recursive(
    st.sampled_from(ASKABLE).flatmap(lambda name: _fitting(name).map(lambda test: {name: test})),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)
"""Conditions that often have no fault."""

INTERFACES = st.fixed_dictionaries(
    {
        "title": st.just("测试接口"),
        "entity": st.just("weighing"),
        "path": st.just("/api/test"),
        "reply": st.just("tender"),
        "fields": st.fixed_dictionaries(
            {"code": st.just({"from": "p", "required": True}), "station": st.just({"constant": "S1"})},
            optional={name: st.one_of(st.sampled_from(texts), ENTRY) for name, texts in ENTRIES.items()},
        ),
    },
    optional={
        "records": st.sampled_from(["", "data", "data.list", "..", "名"]),
        "format": st.sampled_from(["json", "json", "lines", "csv", "form", "xml", "multipart"]),
        "nested": st.sampled_from(["", "list", "a.b", "."]),
        "prefixes": st.lists(st.sampled_from(["a", "b", "ab"]), max_size=2),
        "token": st.none() | NAMES,
        "ignore_case": st.booleans(),
        "null_words": st.lists(st.one_of(WORDS, NUMBERS), max_size=3),
        "inside": st.fixed_dictionaries({"at": NAMES}, optional={"encoding": st.sampled_from(["text", "base64"])}),
        "csv": st.fixed_dictionaries({}, optional={"heading": st.booleans(), "columns": st.lists(NAMES, max_size=2)}),
        "checks": st.lists(
            st.fixed_dictionaries({"message": st.just("不对")}, optional={"must": st.one_of(FITTING, CONDITIONS)}),
            max_size=2,
        ),
    },
)
"""Interfaces of tests.core.entity.declared's weighings; entries under `fields` that are texts are YAML."""

SENT = st.recursive(
    st.one_of(VALUES, WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.one_of(st.sampled_from(["p", "p1", "p2", "P2", "data", "list", "ap", "bp"]), NAMES), inner)
    ),
    max_leaves=12,
)
"""What a partner sends, as data."""
