"""The store's own tables as Peewee models; migrations/ makes them. A query names its database when it runs."""

from __future__ import annotations

import peewee

from core.store.notice_tables import NoticeRead, NoticeRow
from core.store.system_table import JsonField, SystemTable


class Ledger(SystemTable):
    """Which keys are there: the door that makes a record stored once."""

    entity = peewee.TextField()
    key_hash = peewee.BlobField()
    content_hash = peewee.BlobField()
    record_id = peewee.BigIntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = peewee.CompositeKey("entity", "key_hash")
        without_rowid = True


class Event(SystemTable):
    """One line in a record's life."""

    id = peewee.BigAutoField()
    entity = peewee.TextField()
    record_id = peewee.BigIntegerField()
    at = peewee.BigIntegerField()
    verb = peewee.TextField()
    who = peewee.TextField()
    why = peewee.TextField()
    before = JsonField()
    after = JsonField()


class Outbox(SystemTable):
    """What must happen because of a commit, at least once."""

    id = peewee.BigAutoField()
    topic = peewee.TextField()
    body = JsonField()
    made_at = peewee.BigIntegerField()
    attempts = peewee.IntegerField()
    next_at = peewee.BigIntegerField()
    last_error = peewee.TextField(null=True)


class RefusalRow(SystemTable):
    """A refused record kept raw. `position` (-1: the whole body) and `body` are the columns index and raw."""

    id = peewee.BigAutoField()
    partner = peewee.TextField()
    interface = peewee.TextField()
    entity = peewee.TextField()
    received_at = peewee.BigIntegerField()
    snapshot = peewee.BigIntegerField()
    position = peewee.IntegerField(column_name="index")
    body = peewee.BlobField(column_name="raw")
    problems = JsonField()
    outcome = peewee.TextField()
    field = peewee.TextField()
    state = peewee.TextField()
    replayed_at = peewee.BigIntegerField(null=True)
    record_id = peewee.BigIntegerField(null=True)

    class Meta:
        """Peewee's settings."""

        table_name = "refusal"


class RefusalCount(SystemTable):
    """How many were refused, also those not kept."""

    partner = peewee.TextField()
    interface = peewee.TextField()
    day = peewee.IntegerField()
    outcome = peewee.TextField()
    number = peewee.BigIntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = peewee.CompositeKey("partner", "interface", "day", "outcome")


class State(SystemTable):
    """Small values that survive a restart."""

    key = peewee.TextField(primary_key=True)
    value = JsonField()


class Fingerprint(SystemTable):
    """The shape of each entity as its table was last made or extended."""

    entity = peewee.TextField(primary_key=True)
    body = JsonField()


class Migration(SystemTable):
    """Which numbered migrations ran."""

    owner = peewee.TextField()
    name = peewee.TextField()
    applied_at = peewee.BigIntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = peewee.CompositeKey("owner", "name")


class Credential(SystemTable):
    """A partner's login: its appid and the hash of its secret; of a key that signs, the key itself, `sealed`."""

    id = peewee.BigAutoField()
    partner = peewee.TextField()
    kind = peewee.TextField()
    appid = peewee.TextField()
    secret_hash = peewee.BlobField()
    salt = peewee.BlobField()
    made_at = peewee.BigIntegerField()
    expires_at = peewee.BigIntegerField(null=True)
    revoked_at = peewee.BigIntegerField(null=True)
    sealed = peewee.BlobField(null=True)


class Token(SystemTable):
    """A token bought with a credential, by its hash."""

    token_hash = peewee.BlobField(primary_key=True)
    partner = peewee.TextField()
    appid = peewee.TextField()
    expires_at = peewee.BigIntegerField()
    revoked_at = peewee.BigIntegerField(null=True)


class Nonce(SystemTable):
    """What a signed post has used up, until its time is over."""

    partner = peewee.TextField()
    digest = peewee.BlobField()
    expires_at = peewee.BigIntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = peewee.CompositeKey("partner", "digest")


class JobRun(SystemTable):
    """One run of a job."""

    id = peewee.BigAutoField()
    job = peewee.TextField()
    started_at = peewee.BigIntegerField()
    ended_at = peewee.BigIntegerField(null=True)
    ok = peewee.BooleanField(null=True)
    note = peewee.TextField()
    asked_by = peewee.TextField()
    note_zh = peewee.TextField()
    lines = JsonField()


class StatisticTable(SystemTable):
    """Which table keeps the cells of which statistic; `done` and `until` are record ids of the back-fill."""

    name = peewee.TextField(primary_key=True)
    statistic = peewee.TextField()
    entity = peewee.TextField()
    fingerprint = peewee.TextField()
    definition = JsonField()
    state = peewee.TextField()
    done = peewee.BigIntegerField()
    until = peewee.BigIntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "statistic"


class DirtyCell(SystemTable):
    """A cell to be counted anew from the records."""

    name = peewee.TextField()
    day = peewee.IntegerField()
    hour = peewee.BigIntegerField()
    cell = peewee.BlobField()

    class Meta:
        """Peewee's settings."""

        primary_key = peewee.CompositeKey("name", "day", "hour", "cell")


class Password(SystemTable):
    """A person's password as argon2 hashed it, and the hashes of those before."""

    login = peewee.TextField(primary_key=True)
    hash = peewee.TextField()
    former = JsonField()
    changed_at = peewee.BigIntegerField()
    must_change = peewee.BooleanField()


class Session(SystemTable):
    """A person at a browser, by the hash of the token in its cookie."""

    id = peewee.BigAutoField()
    token_hash = peewee.BlobField()
    login = peewee.TextField()
    address = peewee.TextField()
    made_at = peewee.BigIntegerField()
    seen_at = peewee.BigIntegerField()
    ends_at = peewee.BigIntegerField()
    ended_at = peewee.BigIntegerField(null=True)


class Failure(SystemTable):
    """How often a password was wrong in a row, by login and by address."""

    name = peewee.TextField(primary_key=True)
    number = peewee.IntegerField()
    last_at = peewee.BigIntegerField()


class LogLine(SystemTable):
    """What somebody did on the platform; the database lets nobody change or delete a line."""

    id = peewee.BigAutoField()
    kind = peewee.TextField()
    at = peewee.BigIntegerField()
    who = peewee.TextField()
    address = peewee.TextField()
    what = peewee.TextField()
    detail = JsonField()

    class Meta:
        """Peewee's settings."""

        table_name = "log"


class FileVersion(SystemTable):
    """What a file of the declarations said when it was put in force; no text where it was taken away."""

    id = peewee.BigAutoField()
    path = peewee.TextField()
    snapshot = peewee.BigIntegerField()
    at = peewee.BigIntegerField()
    who = peewee.TextField()
    note = peewee.TextField()
    text = peewee.TextField(null=True)


MODELS = (
    Ledger, Event, Outbox, RefusalRow, RefusalCount, State, Fingerprint, Migration, Credential, Token, Nonce, JobRun,
    Password, Session, Failure, LogLine, FileVersion, NoticeRow, NoticeRead,
)  # fmt: skip
COUNTED = (StatisticTable, DirtyCell)
"""Of statistics; no copy has them, since they follow from the records."""
