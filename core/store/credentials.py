"""Partners' logins and tokens. Only hashes and sealed keys come here; whoever calls makes, compares and opens them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from core.store.database import Database, Session, now_ms
from core.store.tables import Credential as CredentialRow
from core.store.tables import Token as TokenRow
from core.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Credential:
    """One login; times are UTC milliseconds, null where there is none. Expired and revoked ones are told too.

    A key that signs has no hash: it is kept `sealed`, since it must be read again.
    """

    id: int
    partner: str
    kind: str
    appid: str
    secret_hash: bytes
    salt: bytes
    made_at: int
    expires_at: int | None
    revoked_at: int | None
    sealed: bytes | None = None

    def is_valid(self, at_ms: int) -> bool:
        """True if it is neither expired nor revoked then."""
        return self.revoked_at is None and (self.expires_at is None or at_ms < self.expires_at)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """A login to be made: the hash of its secret with the salt, or a sealed key."""

    partner: str
    kind: str
    appid: str
    secret_hash: bytes = b""
    salt: bytes = b""
    expires_at: int | None = None
    sealed: bytes | None = None

    def row(self) -> dict[str, Any]:
        """Its columns, made now."""
        return {**asdict(self), "made_at": now_ms()}


@dataclass(frozen=True, slots=True)
class Token:
    """One token by its hash; times are UTC milliseconds."""

    token_hash: bytes
    partner: str
    appid: str
    expires_at: int
    revoked_at: int | None


class Credentials:
    """The door to credentials and tokens."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def add(self, made: NewCredential) -> None:
        """A further login of the partner."""
        self._writer.run(lambda session: session.run(CredentialRow.insert(made.row())))

    def rotate(self, made: NewCredential, overlap_until: int) -> None:
        """A new login of the partner; its older ones of the kind hold until `overlap_until`, if not less."""
        self._writer.run(partial(_rotate, made.row(), overlap_until))

    def sealed(self, at_ms: int) -> list[Credential]:
        """All logins with a sealed key that stand then."""
        return [login for login in self._select(CredentialRow.sealed.is_null(False)) if login.is_valid(at_ms)]

    def reseal(self, sealed: Mapping[int, bytes]) -> None:
        """Replace the sealed keys of these logins, all or none."""
        self._writer.run(partial(_reseal, dict(sealed)))

    def revoke(self, partner: str, appid: str | None = None) -> int:
        """End the partner's logins (or the one of `appid`) and their tokens now. How many logins were valid."""
        return self._writer.run(partial(_revoke, partner, appid))

    def find(self, appid: str) -> list[Credential]:
        """All logins with this appid, the newest first."""
        return self._select(CredentialRow.appid == appid)

    def of(self, partner: str) -> list[Credential]:
        """All logins of a partner, the newest first."""
        return self._select(CredentialRow.partner == partner)

    def put_token(self, token_hash: bytes, partner: str, appid: str, expires_at: int) -> None:
        """Remember a token that was bought."""
        row = {"token_hash": token_hash, "partner": partner, "appid": appid, "expires_at": expires_at}
        self._writer.run(lambda session: session.run(TokenRow.insert(row)))

    def find_token(self, token_hash: bytes) -> Token | None:
        """The token, expired and revoked ones too; None if it was never bought, or purged."""
        query = TokenRow.select().where(TokenRow.token_hash == token_hash).tuples()
        with self._database.reading() as session:
            return next((Token(*row) for row in session.run(query)), None)

    def purge_tokens(self, before_ms: int) -> int:
        """Forget tokens that expired before then. How many were."""
        query = TokenRow.delete().where(TokenRow.expires_at < before_ms)
        return int(self._writer.run(lambda session: session.run(query)))

    def _select(self, which: Any) -> list[Credential]:
        query = CredentialRow.select().where(which).order_by(CredentialRow.id.desc()).tuples()
        with self._database.reading() as session:
            return [Credential(*row) for row in session.run(query)]


def _reseal(sealed: Mapping[int, bytes], session: Session) -> None:
    for id_, data in sealed.items():
        session.run(CredentialRow.update(sealed=data).where(CredentialRow.id == id_))


def _rotate(row: dict[str, Any], overlap_until: int, session: Session) -> None:
    older = (CredentialRow.partner == row["partner"]) & (CredentialRow.kind == row["kind"])
    longer = CredentialRow.expires_at.is_null() | (CredentialRow.expires_at > overlap_until)
    session.run(CredentialRow.update(expires_at=overlap_until).where(older & longer))
    session.run(CredentialRow.insert(row))


def _revoke(partner: str, appid: str | None, session: Session) -> int:
    number = 0
    for table in (TokenRow, CredentialRow):
        query = table.update(revoked_at=now_ms()).where(table.partner == partner, table.revoked_at.is_null())
        number = session.run(query if appid is None else query.where(table.appid == appid))
    return int(number)
