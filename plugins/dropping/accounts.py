"""Who may log in: partners with a drop account, by their own appid and secret; guessing is locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyftpdlib.exceptions import AuthenticationFailed

from core import api

from .phrase import phrase

PERMISSIONS = "elrmwf"  # go, list, read, make folders, store, rename; nothing is overwritten or removed
CROWD = 10  # an address may fail so many times more often than one appid from it


@dataclass(frozen=True)
class Account:
    """One partner's drop account; sizes in bytes."""

    partner: str
    charset: str
    quota: int
    file_most: int


@dataclass(frozen=True)
class Session:
    """Who is logged in under an appid."""

    account: Account
    secret: str
    address: str


def compile_accounts(
    declarations: Mapping[str, api.Declaration], links: Mapping[str, Any]
) -> tuple[dict[str, Account], list[api.Problem]]:
    """The active accounts by partner; a problem for each whose id is no partner's."""
    problems = [
        declaration.problem(
            "ZC420",
            what=phrase("there is no partner {name}", name=name),
            mend=phrase("name the file as the partner's, or add the partner"),
        )
        for name, declaration in declarations.items()
        if name not in links.get("partner", {})
    ]
    accounts = {
        name: Account(name, said["charset"], said["quota_mib"] << 20, said["file_mib"] << 20)
        for name, said in ((name, declaration.data) for name, declaration in declarations.items())
        if said["active"]
    }
    return accounts, problems


def folder_of(home: Path, partner: str) -> Path:
    """Where a partner's files land."""
    return home / "data" / "drop" / partner


class Authorizer:
    """What pyftpdlib asks of who may do what."""

    def __init__(self, live: api.Live) -> None:
        self._live = live
        self._failures = api.Failures()
        self._sessions: dict[str, Session] = {}

    def accounts(self) -> Mapping[str, Account]:
        """The accounts now in force."""
        found: Mapping[str, Account] = self._live.facts().compiled["drop_account"]
        return found

    def account_of(self, appid: str) -> Account:
        """The account under which that appid logged in last."""
        return self._sessions[appid].account

    def validate_authentication(self, appid: str, secret: str, handler: Any) -> None:
        """Log in; AuthenticationFailed where the secret is wrong, the partner may not, or too many failed."""
        said, address = self._live.settings, handler.remote_ip
        limits = {f"{address} {appid}": said["attempts"], address: said["attempts"] * CROWD}
        wait_s = max(self._failures.locked_s(name, most, said["lock_s"]) for name, most in limits.items())
        if wait_s:
            raise AuthenticationFailed(f"Too many failures, try again in {wait_s} seconds.")
        account = self._allowed(appid, secret, address)
        if account is None:
            handler.auth_failed_timeout = self._failures.note(limits, said["lock_s"])
            raise AuthenticationFailed("Wrong appid or secret, or not allowed from here.")
        self._failures.forget(limits)
        self._sessions[appid] = Session(account, secret, address)

    def get_home_dir(self, appid: str) -> str:
        """The partner's folder, made where it is not there yet."""
        folder = folder_of(self._live.home, self.account_of(appid).partner)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return str(folder.resolve())

    def has_perm(self, appid: str, perm: str, path: str | None = None) -> bool:
        """Whether a command is allowed; before a file is stored, whether the secret still stands."""
        if perm not in PERMISSIONS:
            return False
        session = self._sessions[appid]
        return perm != "w" or self._allowed(appid, session.secret, session.address) is not None

    def get_perms(self, appid: str) -> str:
        """All that is allowed, as MLST tells it."""
        return PERMISSIONS

    def has_user(self, appid: str) -> bool:
        """Whether somebody logged in under that appid."""
        return appid in self._sessions

    def get_msg_login(self, appid: str) -> str:
        """The greeting."""
        return "Logged in."

    def get_msg_quit(self, appid: str) -> str:
        """The farewell."""
        return "Goodbye."

    def impersonate_user(self, appid: str, secret: str) -> None:
        """Nothing: all files belong to the server."""

    def terminate_impersonation(self, appid: str) -> None:
        """Nothing: all files belong to the server."""

    def _allowed(self, appid: str, secret: str, address: str) -> Account | None:
        found = self._live.operate("partner.check", appid=appid, secret=secret, address=address)
        return None if found["outcome"] else self.accounts().get(found["partner"])
