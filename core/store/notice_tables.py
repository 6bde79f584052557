"""The tables of notices as Peewee models."""

from __future__ import annotations

import peewee

from core.store.system_table import JsonField, SystemTable


class NoticeRow(SystemTable):
    """What somebody should know, one row a cause, and for whom. `keys` is JSON that is compared as text."""

    id = peewee.BigAutoField()
    cause = peewee.TextField()
    kind = peewee.TextField()
    level = peewee.TextField()
    about = JsonField()
    leads = peewee.TextField()
    operation = peewee.TextField()
    login = peewee.TextField()
    entity = peewee.TextField()
    keys = peewee.TextField()
    stands = peewee.BooleanField()
    number = peewee.BigIntegerField()
    first_at = peewee.BigIntegerField()
    raised_at = peewee.BigIntegerField()
    last_at = peewee.BigIntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "notice"


class NoticeRead(SystemTable):
    """Up to when a person has read a notice."""

    login = peewee.TextField()
    notice = peewee.BigIntegerField()
    at = peewee.BigIntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = peewee.CompositeKey("login", "notice")
