"""Whose address a request comes from."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.http.address import client_address, within

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "wanted"),
    [
        ("203.0.113.5", None, "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.1"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_declared_proxies_are_believed(peer: str, forwarded: str | None, wanted: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == wanted


@given(st.text(max_size=60))
def test_what_a_client_writes_itself_never_counts_as_its_address(forged: str) -> None:
    assert client_address("10.0.0.1", f"{forged}, 198.51.100.1", PROXIES) == "198.51.100.1"


@given(st.text(max_size=30))
def test_what_is_no_address_lies_in_no_network(text: str) -> None:
    assert not within(f"x{text}", [ip_network("0.0.0.0/0"), ip_network("::/0")])


def test_an_ipv4_address_on_an_ipv6_socket_lies_in_its_ipv4_network() -> None:
    assert within("::ffff:10.1.2.3", PROXIES)
    assert not within("::ffff:11.1.2.3", PROXIES)
