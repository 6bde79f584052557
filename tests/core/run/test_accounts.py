"""Logins, lock-out, sessions, passwords and the log of them."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass

import pytest

from core.declare.problem import ZcError
from core.run import accounts, users
from core.run.accounts import DAY_MS, Accounts, Session
from core.run.seeing import Seeing
from core.run.words import LoginRefused, NotFound, RecordRefused
from core.store.database import now_ms
from tests.core.run.homes import operate
from tests.core.run.seen import World, world

GOOD = "Testing-2026"
RULES = {"attempts": 3, "lock_s": 600, "idle_s": 600, "session_s": 3600, "expires_days": 30, "former": 1}
_numbers = itertools.count(1)


@dataclass
class Clerk:
    """A user of one test, with the first password and an address of its own."""

    world: World
    login: str
    first: str
    address: str

    @property
    def doors(self) -> Accounts:
        """The accounts of the platform."""
        return self.world.platform.accounts

    def enter(self, password: str | None = None, address: str | None = None, **more: str) -> Session:
        """Log in with the first password unless another is said."""
        return self.doors.login(
            self.login, self.first if password is None else password, address or self.address, **more
        )

    def kinds(self) -> list[str]:
        """The log of this user."""
        return [line.kind for line in reversed(self.world.platform.store.log.lines(who=self.login))]


class Clock:
    """The time as the accounts take it, moved by a test."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return now_ms() + self.ahead_ms


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(accounts, "now_ms", made)
    return made


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    root = tmp_path_factory.mktemp("site")
    with world(root, f"sqlite:///{root / 'zc.db'}", accounts=RULES) as made:
        yield made


@pytest.fixture
def clerk(site):
    number = next(_numbers)
    said = {"login": f"person{number}", "title": "测试职员", "roles": ["county"], "region": "R1"}
    made = operate(site.platform, "user.add", **said)
    return Clerk(site, made["login"], made["password"], f"127.0.1.{number}")


def test_the_first_password_is_changed_before_anything_is_seen(site, clerk):
    session, doors = clerk.enter(), clerk.doors
    assert session.must_change
    assert Seeing(site.platform, session.account, site.platform.snapshot).menu() == []
    with pytest.raises(RecordRefused) as refused:
        doors.change_password(session.account, clerk.first, clerk.login)
    assert {problem["field"] for problem in refused.value.problems} == {"new"}
    assert len(refused.value.problems) == 3  # short, plain, has the login in it
    with pytest.raises(LoginRefused):
        doors.change_password(session.account, "not it", GOOD)
    doors.change_password(session.account, clerk.first, GOOD)
    account = doors.session(session.token)
    assert (account.login, account.must_change, account.refs["region"]) == (clerk.login, False, "R1")
    with pytest.raises(RecordRefused, match="最近用过"):
        doors.change_password(account, GOOD, clerk.first)
    assert clerk.kinds()[-2:] == ["login", "password"]


def test_a_login_gives_a_new_token_and_ends_the_one_before(site, clerk):
    doors, first = clerk.doors, clerk.enter()
    second = clerk.enter(former=first.token)
    assert first.token != second.token
    assert doors.session(first.token) is None
    assert doors.session(second.token).session_id != first.account.session_id
    stored = site.platform.store.people.sessions(now_ms(), 0)
    assert all(second.token.encode() not in bytes(line.token_hash) for line in stored)
    doors.end(second.account.session_id, "tester")
    assert doors.session(second.token) is None
    with pytest.raises(NotFound):
        doors.end(second.account.session_id, "tester")


def test_sessions_end_when_unused_and_at_last(site, clerk, clock):
    doors, token = clerk.doors, clerk.enter().token
    for _ in range(7):
        clock.ahead_ms += 500_000
        assert doors.session(token) is not None
        site.platform.store.writer.flush()
    clock.ahead_ms += 500_000
    assert doors.session(token) is None, "an hour after the login"
    idle = clerk.enter().token
    clock.ahead_ms += 601_000
    assert doors.session(idle) is None
    assert clerk.login not in {line["login"] for line in doors.sessions()}


def test_the_session_of_a_screen_goes_on_while_it_is_used(site, clerk, clock):
    tokens = []
    for name, roles in (("lasting", ["screen"]), ("mixed", ["screen", "auditor"])):
        made = operate(site.platform, "user.add", login=name, title="测试大屏", roles=roles)
        tokens.append(clerk.doors.login(name, made["password"], clerk.address).token)
    for _ in range(20):
        clock.ahead_ms += 500_000
        found = [clerk.doors.session(token) is not None for token in tokens]
        site.platform.store.writer.flush()
    assert found == [True, False], "only where every role says so"
    clock.ahead_ms += 601_000
    assert clerk.doors.session(tokens[0]) is None, "a screen that was off"


def test_wrong_passwords_lock_login_and_address(clerk, clock):
    for _ in range(RULES["attempts"]):
        with pytest.raises(LoginRefused, match="有误"):
            clerk.enter("wrong")
    with pytest.raises(LoginRefused) as locked:
        clerk.enter(address="127.0.2.1")
    assert 0 < locked.value.retry_after_s <= 600
    with pytest.raises(LoginRefused, match="失败次数过多"):
        clerk.doors.login("nobody", "x", clerk.address)
    clock.ahead_ms += 601_000
    assert clerk.enter().account.login == clerk.login
    assert clerk.kinds().count("login_failed") == RULES["attempts"] + 1


def test_a_locked_person_is_unlocked_and_keeps_the_password(site, clerk, clock):
    for _ in range(RULES["attempts"]):
        with pytest.raises(LoginRefused, match="有误"):
            clerk.enter("wrong")
    with pytest.raises(LoginRefused, match="失败次数过多"):
        clerk.enter(address="127.0.2.1")
    operate(site.platform, "user.unlock", login=clerk.login)
    assert clerk.enter(address="127.0.2.1").account.login == clerk.login
    line = site.platform.store.log.lines(kinds=["unlocked"])[0]
    assert (line.who, line.what) == ("operator", clerk.login)
    with pytest.raises(NotFound):
        operate(site.platform, "user.unlock", login="nobody")


def test_attempts_at_once_count_each(clerk):
    refused = []

    def guess() -> None:
        with pytest.raises(LoginRefused) as told:
            clerk.enter("wrong")
        refused.append(told.value.retry_after_s)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(wait == 0 for wait in refused) == RULES["attempts"]


def test_an_unknown_login_is_told_as_a_wrong_password(clerk):
    told = []
    for login in (clerk.login, "nobody"):
        with pytest.raises(LoginRefused) as refused:
            clerk.doors.login(login, "wrong", f"127.0.3.{len(told)}")
        told.append(refused.value.reason)
    assert told[0] == told[1]
    with pytest.raises(LoginRefused):
        clerk.enter("x" * 100_000)


def test_who_is_no_longer_active_is_out_at_once(site, clerk):
    doors, admin, token = clerk.doors, site.admin(), clerk.enter().token
    record_id = doors.user(clerk.login)["id"]
    admin.amend("user", record_id, {"valid_to": "2020-01-01"}, "测试")
    assert doors.session(token) is None
    with pytest.raises(LoginRefused, match="有效期"):
        clerk.enter()
    admin.amend("user", record_id, {"valid_to": "", "active": False}, "测试")
    assert doors.session(token) is None
    admin.amend("user", record_id, {"active": True}, "测试")
    assert doors.session(token) is not None
    admin.void("user", record_id, "测试")
    assert doors.session(token) is None


def test_an_old_password_has_to_be_changed(clerk, clock):
    session = clerk.enter()
    clerk.doors.change_password(session.account, clerk.first, GOOD)
    assert not clerk.doors.session(session.token).must_change
    clock.ahead_ms += 31 * DAY_MS
    assert clerk.enter(GOOD).must_change


def test_a_reset_gives_a_new_password_and_ends_sessions(site, clerk):
    token = clerk.enter().token
    made = operate(site.platform, "user.reset", login=clerk.login)["password"]
    assert clerk.doors.session(token) is None
    assert clerk.enter(made).must_change
    with pytest.raises(LoginRefused):
        clerk.enter()
    with pytest.raises(NotFound):
        clerk.doors.reset("nobody")


def test_the_first_start_makes_one_administrator_once(sqlite_url, tmp_path):
    with world(tmp_path, sqlite_url) as there:
        made = users.first(there.platform)
        assert made["login"] == "admin"
        assert there.platform.accounts.login("admin", made["password"], "127.0.0.9").must_change
        assert users.first(there.platform) is None
        log = "".join(str(line) for line in there.platform.store.log.lines())
        assert made["password"] not in log


def test_users_are_made_listed_and_ended(site, clerk):
    operate(site.platform, "user.add", login="second", title='测试"二', roles=["county", "auditor"])
    clerk.enter()
    listed = {row["login"]: row for row in operate(site.platform, "user.list")}
    assert (listed["second"]["roles"], listed[clerk.login]["sessions"]) == ("county, auditor", 1)
    for wrong, told in (({"login": clerk.login}, "already"), ({"roles": ["boss"]}, "boss"), ({"region": "R9"}, "R9")):
        said = {"login": "third", "title": "测试", "roles": ["county"], **wrong}
        with pytest.raises(ZcError, match=told):
            operate(site.platform, "user.add", **said)
    assert operate(site.platform, "user.end", login=clerk.login) == {"ended": 1}
    with pytest.raises(NotFound):
        operate(site.platform, "user.end", login=clerk.login)
