"""Opening a home's store: made once, and never again by mistake."""

from __future__ import annotations

import pytest

from core.declare.problem import ZcError
from core.run import checking
from core.run.home import Home
from tests.core.run import homes

FORMER, SLIP = "sqlite:///data/zc.sqlite", "sqlite:///data/zc.sqlit"


def start(home: Home) -> int:
    """Run the home; how many gates it knows."""
    with homes.opened(home) as platform:
        platform.start()
        return len(homes.found(platform, "gate"))


@pytest.fixture
def used(home: Home) -> Home:
    """A home that has run, with one gate."""
    with homes.opened(home) as platform:
        platform.start()
        homes.load_gates(platform, "G1")
    return home


def test_a_slip_in_the_url_begins_no_empty_store(used: Home) -> None:
    homes.change_site(used.root, store=SLIP)
    for look in (start, checking.check):
        with pytest.raises(ZcError, match=f"{SLIP}, but this home has run before, with {FORMER}") as no:
            look(used)
        assert "Mend store in config/site.yaml" in no.value.instruction
    assert not (used.data / "zc.sqlit").exists()
    homes.change_site(used.root, store=FORMER)
    assert start(used) == 1


def test_a_store_that_is_gone_is_not_made_anew(used: Home) -> None:
    (used.data / "zc.sqlite").rename(used.data / "kept.sqlite")
    assert list(used.data.glob("zc.sqlite*")) == [], "the file alone is the store"
    with pytest.raises(ZcError, match="nothing in the store"):
        start(used)
    homes.write(used.data, "zc.sqlite", "")
    with pytest.raises(ZcError, match="nothing in the store"):
        start(used)
    homes.change_site(used.root, store="sqlite:///data/kept.sqlite")
    assert start(used) == 1, "a store that was moved is taken as it is"


def test_an_empty_database_of_a_server_is_refused_and_left_alone(used: Home, postgresql_url: str) -> None:
    homes.change_site(used.root, store=postgresql_url)
    for _ in range(2):
        with pytest.raises(ZcError, match="nothing in the store postgresql://"):
            start(used)


def test_a_home_that_never_ran_may_name_any_store(home: Home) -> None:
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1")
    homes.change_site(home.root, store=SLIP)
    assert start(home) == 0


def test_an_empty_store_is_begun_where_somebody_says_so(used: Home) -> None:
    homes.change_site(used.root, store=SLIP)
    with pytest.raises(ZcError) as no:
        start(used)
    file = used.data / "last_store"
    assert str(file) in no.value.instruction
    file.unlink()
    assert start(used) == 0
    assert file.read_text(encoding="utf-8") == SLIP
