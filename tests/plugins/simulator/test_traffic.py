"""The simulated traffic: the same for the same seed, and near the figures it is made from."""

import re
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

ZONE = ZoneInfo("Asia/Shanghai")
NOON = int(datetime(2026, 11, 3, 12, 0, tzinfo=ZONE).timestamp())  # a Tuesday


@pytest.fixture(scope="module")
def places(traffic):
    return [traffic.Place(f"TEST-{number}", (1, 2, 3), "21" if number == 0 else "31") for number in range(8)]


@pytest.fixture(scope="module")
def hour(traffic, places):
    """An hour of passages of all stations, some 20 000 records."""
    made = traffic.Traffic(1, 5.0, places, ZONE)
    return [
        record for second in range(NOON, NOON + 3600) for place in places for record in made.passages(place, second)
    ]


def test_the_same_seed_makes_the_same_traffic(traffic, places):
    first, second = (traffic.Traffic(7, 20.0, places, ZONE) for _ in range(2))
    moments = range(NOON, NOON + 20)
    assert [first.due(moment) for moment in moments] == [second.due(moment) for moment in reversed(moments)][::-1]


def test_another_seed_rate_or_set_of_stations_never_gives_a_number_again(traffic, places):
    makers = [
        traffic.Traffic(1, 20.0, places, ZONE),
        traffic.Traffic(2, 20.0, places, ZONE),
        traffic.Traffic(1, 21.0, places, ZONE),
        traffic.Traffic(1, 20.0, places[:-1], ZONE),
    ]
    codes = [{record["previewcode"] for record in made.due(NOON)} for made in makers]
    assert all(codes)
    assert len(set.union(*codes)) == sum(map(len, codes))


def test_numbers_are_given_once(hour):
    assert len({record["previewcode"] for record in hour}) == len(hour)
    assert max(len(record["previewcode"]) for record in hour) <= 64


def test_records_have_the_tenders_form(hour, places):
    codes = {place.code for place in places}
    for record in hour:
        assert set(record) == {"previewdate", "previewcode", "previewstationcode", "truckno", "truckcode", "axisnum",
                               "speed", "ianeno", "totalweight", "overlimited"}  # fmt: skip
        datetime.strptime(record["previewdate"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - local by contract
        assert record["previewstationcode"] in codes
        assert record["ianeno"] in (1, 2, 3)
        assert 2000 <= record["totalweight"] <= 120_000
        assert 3 <= record["speed"] <= 110
        assert record["overlimited"] >= 0


def test_axle_counts_are_near_their_shares(hour, figures):
    counts = Counter(record["axisnum"] for record in hour)
    for axles, load in figures.LOADS.items():
        assert abs(counts[axles] / len(hour) - load.share) < 0.06


def test_one_to_six_in_a_hundred_of_each_axle_count_are_overloaded(hour, figures):
    for axles, load in figures.LOADS.items():
        weights = [record["totalweight"] for record in hour if record["axisnum"] == axles]
        assert 0.005 < sum(weight > load.limit_kg for weight in weights) / len(weights) < 0.08


def test_the_device_reports_nearly_the_overload(hour, figures):
    for record in hour:
        over = record["totalweight"] - figures.LOADS[record["axisnum"]].limit_kg
        assert abs(record["overlimited"] - max(0, over)) <= 20
        assert over > 0 or record["overlimited"] == 0


def test_plates_have_real_form_or_were_not_read(hour):
    unread = [record for record in hour if record["truckno"] == "未识别"]
    assert 0.01 < len(unread) / len(hour) < 0.03
    form = re.compile("[湘粤桂赣鄂豫贵皖冀鲁][A-Z][A-HJ-NP-Z0-9]{5,6}")
    assert all(form.fullmatch(record["truckno"]) for record in hour if record["truckno"] != "未识别")
    assert 0.45 < sum(record["truckno"].startswith("湘D") for record in hour) / len(hour) < 0.65


def test_vehicles_creep_at_a_stopping_site(hour):
    slow = [record["speed"] for record in hour if record["previewstationcode"] == "TEST-0"]
    fast = [record["speed"] for record in hour if record["previewstationcode"] != "TEST-0"]
    assert sum(slow) / len(slow) < 20 < 35 < sum(fast) / len(fast)


def test_one_station_has_a_broken_clock_days_ahead(hour):
    ahead = Counter(record["previewstationcode"] for record in hour if record["previewdate"] > "2026-11-04")
    [(station, number)] = ahead.items()
    of_station = sum(record["previewstationcode"] == station for record in hour)
    assert 0.02 < number / of_station < 0.09


def test_a_single_station_keeps_its_clock(traffic, places):
    made = traffic.Traffic(1, 5.0, places[:1], ZONE)
    found = [record for second in range(NOON, NOON + 300) for record in made.passages(places[0], second)]
    assert found
    assert all(record["previewdate"].startswith("2026-11-03") for record in found)


def test_the_mean_over_a_week_is_the_rate(traffic):
    week = range(NOON, NOON + 7 * 86_400, 600)
    levels = [traffic.intensity(datetime.fromtimestamp(second, ZONE)) for second in week]
    assert abs(sum(levels) / len(levels) - 1) < 0.01


def test_nights_are_quiet_and_hours_run_into_each_other(traffic):
    day = int(datetime(2026, 11, 3, tzinfo=ZONE).timestamp())
    levels = [traffic.intensity(datetime.fromtimestamp(day + second, ZONE)) for second in range(0, 86_400, 60)]
    assert 2 * 60 < levels.index(min(levels)) < 5 * 60
    assert max(levels) > 4 * min(levels)
    assert max(abs(after - before) for before, after in zip(levels, levels[1:], strict=False)) < 0.02


def test_the_rate_is_met_at_noon(hour, traffic):
    level = traffic.intensity(datetime.fromtimestamp(NOON + 1800, ZONE))
    assert abs(len(hour) / (3600 * 5.0 * level) - 1) < 0.1


def test_some_records_come_again_and_are_the_same(traffic, places):
    made = traffic.Traffic(3, 40.0, places, ZONE)
    seen: dict[str, dict] = {}
    again = 0
    for second in range(NOON, NOON + 200):
        for record in made.due(second):
            again += record["previewcode"] in seen
            assert seen.setdefault(record["previewcode"], record) == record
    assert 0.003 < again / len(seen) < 0.02


def test_an_offline_station_posts_all_it_kept_two_hours_later(traffic, places, figures):
    made = traffic.Traffic(4, 2.0, places, ZONE)
    block = figures.OFFLINE_BLOCK_S
    first = NOON - NOON % block
    downs = [(place, start) for start in range(first, first + 90 * block, block) for place in places
             if made.offline(place, start)]  # fmt: skip
    assert 0 < len(downs) < 20
    place, start = downs[0]
    kept = [record for second in range(start, start + block) for record in made.passages(place, second)]
    assert not any(record["previewcode"] in {item["previewcode"] for item in kept}
                   for second in range(start, start + block, 60) for record in made.due(second))  # fmt: skip
    later = made.due(start + block + figures.LATE_S)
    assert kept
    assert [record for record in later if record in kept] == kept
