"""What comes by other ways than HTTP goes through the same five steps; partners are told apart by their secrets."""

from __future__ import annotations

import json

import pytest

from core.declare.problem import ZcError
from core.run.home import Home
from core.run.live import Platform
from tests.core.run import homes

DROP = homes.INTERFACE.replace(
    "path: /api/crossings\n", 'path: null\ndrop: {files: "{gate}/*.json", refused: "{stem}.bad"}\n'
)
COUNTY = "title: 测试对接方\nstations: [G1]\n"


@pytest.fixture
def home(home: Home) -> Home:
    """The small home with a partner and an interface that takes files alone."""
    homes.write(home.root, "interfaces/files.yaml", DROP)
    homes.write(home.root, "config/partners/county.yaml", COUNTY)
    return home


def said(platform: Platform, appid: str, secret: str, address: str = "127.0.0.1") -> dict[str, object]:
    """What partner.check answers."""
    return homes.operate(platform, "partner.check", appid=appid, secret=secret, address=address)


def test_a_standing_secret_names_its_partner(platform: Platform) -> None:
    made = platform.tokens.add("county", "token")
    assert said(platform, made["appid"], made["secret"]) == {"outcome": "", "partner": "county", "stations": ["G1"]}
    assert said(platform, made["appid"], "guess")["outcome"] == "secret_wrong"
    assert said(platform, "nobody", made["secret"])["outcome"] == "secret_wrong"
    homes.operate(platform, "partner.revoke", name="county")
    assert said(platform, made["appid"], made["secret"]) == {"outcome": "secret_wrong", "partner": "", "stations": []}


@pytest.mark.parametrize(
    ("more", "outcome"), [("active: false\n", "token_revoked"), ("networks: [10.0.0.0/8]\n", "address_denied")]
)
def test_a_partner_that_may_not_come_in_is_told_why(platform: Platform, more: str, outcome: str) -> None:
    made = platform.tokens.add("county", "token")
    homes.write(platform.home.root, "config/partners/county.yaml", COUNTY + more)
    assert platform.reload(who="test").activated
    assert said(platform, made["appid"], made["secret"])["outcome"] == outcome


def test_a_file_finds_its_interface(platform: Platform) -> None:
    found = homes.operate(platform, "drop.interface", partner="county", path="G1/a.json")
    assert found == {"interface": "files", "format": "json", "accepted": "G1/a.json.ok", "refused": "G1/a.bad"}
    assert homes.operate(platform, "drop.interface", partner="county", path="a.json") is None
    assert homes.operate(platform, "drop.interface", partner="nobody", path="G1/a.json") is None


def test_an_interface_without_a_path_is_not_served(platform: Platform) -> None:
    assert platform.snapshot.interfaces["files"].path == ""
    assert list(platform.snapshot.paths) == ["/api/crossings"]


def test_a_body_goes_through_the_five_steps(platform: Platform) -> None:
    body = json.dumps({"list": [homes.crossing("N1"), homes.crossing("N2", gate="G2")]}).encode()
    done = homes.operate(platform, "post.take", interface="files", partner="county", body=body, provenance="pulled")
    assert (done["outcome"], done["stored"], done["refused"]) == ("", 1, 1)
    assert json.loads(done["reply"])["accepted"] == 1
    assert [(row["code"], row["partner"], row["provenance"]) for row in homes.found(platform)] == [
        ("N1", "county", "pulled")
    ]


def test_a_body_of_nobody_or_for_nothing_is_refused(platform: Platform) -> None:
    assert (
        homes.operate(platform, "post.take", interface="files", partner="x", body=b"{}")["outcome"] == "token_revoked"
    )
    with pytest.raises(ZcError, match="no interface"):
        homes.operate(platform, "post.take", interface="x", partner="county", body=b"{}")
