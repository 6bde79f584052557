"""The deriver verdict: limits of the weighing's day, overload, 超限幅度 and class."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core import api

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))
UNKNOWN = dict.fromkeys(("limit_id", "limit_version", "limit_kg", "overload_kg", "overload_pct", "overload_class")) | {
    "judged_by": "platform"
}


def ms(text: str | None, zone: str = "Asia/Shanghai") -> int | None:
    """Local time as UTC milliseconds."""
    return None if text is None else int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def weighing(axles=6, gross=52400, at="2026-11-01 08:30:00", axle_type=None) -> dict:
    return {"axles": axles, "gross": gross, "at": ms(at), "axle_type": axle_type}


@pytest.fixture
def judge(offers, facts_of):
    def judge(facts: api.Facts, *batch: dict) -> list[dict]:
        return offers.derivers["verdict"](batch, facts)

    return judge


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['axles']}x-{case['gross']}-{case['at']}")
def test_the_shipped_limits(case, judge, facts_of, shipped):
    [found] = judge(facts_of(shipped), weighing(case["axles"], case["gross"], case["at"], "未知"))
    if case["limit"] is None:
        assert found == UNKNOWN
    else:
        assert found == {
            "limit_id": "gross_2016",
            "limit_version": 1,
            "limit_kg": case["limit"],
            "overload_kg": case["over"],
            "overload_pct": case["pct"],
            "overload_class": case["class"],
            "judged_by": "platform",
        }


def test_a_limit_holds_from_midnight_of_its_first_day_until_midnight_after_its_last(judge, facts_of, declare):
    old = declare(
        "old", "version: 3\nvalid_from: 2020-01-01\nvalid_to: 2020-06-30\nby_axles: [{axles: 2, limit_kg: 18000}]"
    )
    new = declare("new", "version: 4\nvalid_from: 2020-07-02\nby_axles: [{axles: 2, limit_kg: 17000}]")
    days = ["2019-12-31 23:59:59", "2020-01-01 00:00:00", "2020-06-30 23:59:59", "2020-07-01 00:00:00",
            "2020-07-01 23:59:59", "2020-07-02 00:00:00"]  # fmt: skip
    found = judge(facts_of(new, old), *(weighing(2, 18000, at) for at in days))
    assert [item["limit_kg"] for item in found] == [None, 18000, 18000, None, None, 17000]
    assert [item["limit_version"] for item in found] == [None, 3, 3, None, None, 4]
    assert [item["overload_kg"] for item in found] == [None, 0, 0, None, None, 1000]


def test_the_day_is_that_of_the_sites_zone(judge, facts_of, declare):
    law = declare("law", "version: 1\nvalid_from: 2020-07-01\nby_axles: [{axles: 2, limit_kg: 18000}]")
    moment = {"axles": 2, "gross": 18000, "at": ms("2020-06-30 20:00:00", "UTC")}
    assert judge(facts_of(law, zone="Asia/Shanghai"), moment)[0]["limit_kg"] == 18000
    assert judge(facts_of(law, zone="UTC"), moment)[0]["limit_kg"] is None


def test_an_axle_type_has_its_own_limit_and_all_others_the_default_of_their_count(judge, facts_of, declare):
    rows = [
        "{axles: 4, limit_kg: 36000}",
        "{axles: 4, axle_type: '115', limit_kg: 31000}",
        "{axles: 6, and_more: true, limit_kg: 49000}",
        "{axles: 6, and_more: true, axle_type: '1127', limit_kg: 46000}",
    ]
    law = declare("law", f"version: 1\nvalid_from: 2020-01-01\nby_axles: [{', '.join(rows)}]")
    asked = [(4, "115"), (4, "125"), (4, None), (6, "115"), (6, "1127"), (7, "1127"), (5, "1127"), (5, None)]
    found = judge(facts_of(law), *(weighing(axles, 40000, axle_type=kind) for axles, kind in asked))
    assert [item["limit_kg"] for item in found] == [31000, 36000, 36000, 49000, 46000, 46000, None, None]


def test_without_an_axle_type_among_the_inputs(judge, facts_of, shipped):
    row = weighing()
    del row["axle_type"]
    assert judge(facts_of(shipped), row)[0]["overload_kg"] == 3400


def test_without_any_limit_nothing_is_judged_legal(judge, facts_of):
    assert judge(facts_of(), weighing()) == [UNKNOWN]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ({"minor": {"from": 0}}, "'none'"),
        ({"none": {}, "minor": {}}, "begins at 0"),
        ({"none": {}, "minor": {"from": 5}}, "begins at 0"),
    ],
)
def test_a_dictionary_that_cannot_class_every_overload_says_so(items, words, judge, facts_of, shipped):
    with pytest.raises(api.ZcError, match=words):
        judge(facts_of(shipped, items=items), weighing())


def test_a_dictionary_that_is_not_there_says_so(judge, facts_of, shipped):
    facts = facts_of(shipped)
    other = api.Facts(facts.compiled, {}, facts.zone, facts.title, facts.demo, facts.home, facts.settings)
    with pytest.raises(api.ZcError, match="overload_class"):
        judge(other, weighing())


ZONES = ("Asia/Shanghai", "UTC", "America/New_York", "Asia/Beirut")  # Beirut's clocks change at midnight
BINS = {"none": {}, "minor": {"from": 0}, "serious": {"from": 30}, "grave": {"from": 50}, "extreme": {"from": 100}}
FIRST = date(2020, 1, 1)


@st.composite
def laws(draw) -> list[dict]:
    """Declarations one after the other, some with a gap between; types and counts once each, the highest and more."""
    days = draw(st.lists(st.integers(0, 400), min_size=1, max_size=5, unique=True).map(sorted))
    found = []
    for number, (day, following) in enumerate(zip(days, [*days[1:], None], strict=True)):
        rows = []
        for kind in (None, "115", "157"):
            counts = sorted(draw(st.sets(st.integers(2, 7), max_size=3)))
            more = draw(st.booleans())
            for axles in counts:
                rows.append({"axles": axles, "limit_kg": draw(st.integers(1000, 60000)), "type": kind,
                             "more": more and axles == counts[-1]})  # fmt: skip
        gap = draw(st.integers(0, 3))
        last = None if following is None else max(day, following - 1 - gap)
        found.append({"id": f"law{number}", "from": day, "to": last, "rows": rows})
    return [law for law in found if law["rows"]]


def text_of(law: dict) -> str:
    rows = ", ".join(
        f"{{axles: {row['axles']}, limit_kg: {row['limit_kg']}, and_more: {str(row['more']).lower()}"
        + (f", axle_type: '{row['type']}'}}" if row["type"] else "}")
        for row in law["rows"]
    )
    end = "" if law["to"] is None else f"valid_to: {FIRST + timedelta(law['to'])}\n"
    return f"version: 1\nvalid_from: {FIRST + timedelta(law['from'])}\n{end}by_axles: [{rows}]"


def recount(law_list: list[dict], row: dict, zone: str) -> tuple:
    """The verdict told again the slow way: (law, limit, over, percent as Decimal, class)."""
    day = (datetime.fromtimestamp(row["at"] / 1000, ZoneInfo(zone)).date() - FIRST).days
    held = [
        (law, item)
        for law in law_list
        for item in law["rows"]
        if law["from"] <= day
        and (law["to"] is None or day <= law["to"])
        and (item["axles"] == row["axles"] or (item["more"] and row["axles"] > item["axles"]))
    ]
    chosen = [pair for pair in held if pair[1]["type"] == row["axle_type"]]
    chosen = chosen or [pair for pair in held if pair[1]["type"] is None]
    if not chosen:
        return (None, None, None, None, None)
    [(law, item)] = chosen
    over = max(0, row["gross"] - item["limit_kg"])
    pct = (Decimal(over) * 100 / item["limit_kg"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    name = [code for code, bin_ in BINS.items() if "from" in bin_ and bin_["from"] <= pct][-1] if over else "none"
    return (law["id"], item["limit_kg"], over, pct, name)


weighings = st.fixed_dictionaries(
    {
        "axles": st.integers(1, 9),
        "gross": st.integers(0, 150_000),
        "at": st.integers(ms("2019-12-25 00:00:00", "UTC"), ms("2021-03-01 00:00:00", "UTC")),
        "axle_type": st.sampled_from([None, "115", "157", "未知"]),
    }
)


@settings(deadline=None)
@given(law_list=laws(), batch=st.lists(weighings, max_size=20), zone=st.sampled_from(ZONES))
def test_it_is_what_a_slow_recount_says(law_list, batch, zone, offers, declare, facts_of):
    facts = facts_of(*(declare(law["id"], text_of(law)) for law in law_list), zone=zone, items=BINS)
    found = offers.derivers["verdict"](batch, facts)
    told = [
        (item["limit_id"], item["limit_kg"], item["overload_kg"], item["overload_pct"], item["overload_class"])
        for item in found
    ]
    slow = [recount(law_list, row, zone) for row in batch]
    assert told == [(*item[:3], None if item[3] is None else float(item[3]), item[4]) for item in slow]
