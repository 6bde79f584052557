"""What proves that a request is from our own page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webui import xsrf


def test_with_a_session_only_its_own_value_holds() -> None:
    value = xsrf.value_for("token-of-the-session")
    assert xsrf.holds("token-of-the-session", None, value)
    assert not xsrf.holds("another", value, value)
    assert not xsrf.holds("token-of-the-session", "planted", "planted")
    assert not xsrf.holds("token-of-the-session", value, None)


def test_without_a_session_cookie_and_header_are_the_same() -> None:
    value = xsrf.value_for(None)
    assert value != xsrf.value_for(None)
    assert xsrf.holds(None, value, value)
    assert not xsrf.holds(None, value, xsrf.value_for(None))
    assert not xsrf.holds(None, None, value)
    assert not xsrf.holds(None, "", "")


@given(st.text(), st.text(), st.text())
def test_nothing_that_is_sent_raises_or_holds_by_chance(session: str, cookie: str, sent: str) -> None:
    holds = xsrf.holds(session or None, cookie, sent)
    assert holds == (bool(cookie) and cookie == sent if not session else sent == xsrf.value_for(session))


@pytest.mark.parametrize(
    ("origin", "fetched", "own"),
    [
        (None, None, True),
        ("http://site.test:8600", "same-origin", True),
        ("https://site.test:8600", None, True),
        ("http://site.test", None, False),
        ("http://site.test:8600.evil.test", None, False),
        ("http://evil.test", "cross-site", False),
        ("null", None, False),
        ("file://site.test:8600", None, False),
        ("http://[::1", None, False),
        (None, "same-site", False),
        (None, "cross-site", False),
    ],
)
def test_only_this_very_host_is_our_own(origin: str | None, fetched: str | None, own: bool) -> None:
    assert xsrf.is_own_origin(origin, "site.test:8600", fetched) is own
