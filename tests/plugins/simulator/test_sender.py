"""The poster against a real server that is busy, drops connections and lets tokens expire."""

import pytest

from core import api

BUSY = (503, {"Retry-After": "0"}, {"resultcode": "1"})
OFTEN = (429, {"Retry-After": "0"}, {"resultcode": "1"})
BROKEN = (500, {}, b"<html>oops")


def records(number: int) -> list[dict]:
    return [{"previewcode": f"TEST-{index}", "truckno": "湘D12345"} for index in range(number)]


@pytest.fixture
def poster_of(post, platform):
    def make(url: str | None = None, secret: str = "secret-of-test", batch: int = 10, drain_s: float = 20.0):
        return post.Poster(url or platform.url, "appid-of-test", secret, batch, drain_s, first_pause_s=0.01)

    return make


def test_all_is_well(poster_of, platform):
    with poster_of() as poster:
        poster.give(records(95))
    assert platform.kept == {record["previewcode"]: 1 for record in records(95)}
    assert max(platform.sizes) <= 10
    assert (poster.tally.sent, poster.tally.accepted, poster.tally.duplicates, poster.waiting) == (95, 95, 0, 0)
    assert len(platform.tokens) == 1


@pytest.mark.parametrize("fault", [BUSY, OFTEN, BROKEN, "token", "gone", "gone unread"], ids=str)
def test_nothing_is_lost_by_one_sort_of_fault(fault, poster_of, platform):
    platform.faults = [fault, None, fault, fault, None, None, fault]
    with poster_of() as poster:
        poster.give(records(120))
    assert set(platform.kept) == {record["previewcode"] for record in records(120)}
    assert (poster.tally.sent, poster.waiting) == (120, 0)
    assert poster.tally.accepted + poster.tally.duplicates == 120
    assert (poster.tally.duplicates > 0) == (fault == "gone")


def test_nothing_is_lost_by_all_faults_together(poster_of, platform):
    platform.faults = [BUSY, "gone", "token", None, BROKEN, OFTEN, "gone unread", "gone", None, "token", BUSY] * 3
    with poster_of(batch=7) as poster:
        for part in range(0, 300, 50):
            poster.give(records(300)[part : part + 50])
            poster.pause(0.01)
    assert set(platform.kept) == {record["previewcode"] for record in records(300)}
    assert poster.waiting == 0


def test_a_token_is_renewed_before_it_ends(poster_of, platform):
    platform.expires_in = 0
    with poster_of(batch=1) as poster:
        poster.give(records(6))
    assert len(platform.tokens) == 6
    assert poster.tally.accepted == 6


def test_refused_rows_are_counted_and_not_sent_again(poster_of, platform):
    said = {"resultcode": "1", "accepted": 0, "duplicates": 0, "rejected": [{"index": 0, "message": "站点未登记"}]}
    platform.faults = [(200, {}, said)]
    with poster_of() as poster:
        poster.give(records(1))
    assert (poster.tally.sent, poster.tally.refused, poster.tally.trouble) == (1, 1, "refused: 站点未登记")
    assert platform.kept == {}


def test_a_wrong_secret_ends_it_with_the_platforms_words(poster_of):
    poster = poster_of(secret="wrong")
    poster.__enter__()
    poster.give(records(1))
    with pytest.raises(api.ZcError, match="密钥有误"):
        poster.pause(20)
    poster.__exit__(api.ZcError, None, None)


def test_a_sender_that_gave_up_is_told_of_on_leaving_too(poster_of):
    with pytest.raises(api.ZcError, match="密钥有误"), poster_of(secret="wrong") as poster:
        poster.give(records(1))


def test_a_refusal_that_no_patience_mends_ends_it(poster_of, platform):
    platform.faults = [(403, {}, {"resultcode": "1", "resultmessage": "无权使用此接口"})]
    with pytest.raises(api.ZcError, match="无权使用此接口"), poster_of() as poster:
        poster.give(records(1))
    assert poster.waiting == 1


def test_tokens_that_are_never_taken_end_it(poster_of, platform):
    platform.faults = ["token"] * 20
    with pytest.raises(api.ZcError, match="令牌已过期"), poster_of() as poster:
        poster.give(records(1))


def test_an_answer_that_is_no_reply_ends_it(poster_of, platform):
    platform.faults = [(200, {}, b"<html>another server")]
    with pytest.raises(api.ZcError, match="no reply"), poster_of() as poster:
        poster.give(records(1))


def test_what_cannot_be_delivered_in_time_is_counted_as_waiting(poster_of):
    with poster_of(url="http://127.0.0.1:1", drain_s=0.2) as poster:
        poster.give(records(25))
    assert (poster.waiting, poster.tally.sent) == (25, 0)
    assert "no answer" in poster.tally.trouble


@pytest.mark.parametrize("url", ["127.0.0.1:8600", "ftp://127.0.0.1", "http://"])
def test_an_address_that_is_none(url, poster_of):
    with pytest.raises(api.ZcError, match="no address"):
        poster_of(url=url)
