"""What the store's own tables have in common."""

from __future__ import annotations

import json
from typing import Any

import peewee


def json_text(value: Any) -> str:
    """`value` as JSON text that every database takes: half surrogates and NUL are escaped."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


class JsonField(peewee.TextField):
    """A value kept as JSON text; None is JSON's null."""

    def db_value(self, value: Any) -> str:
        """The JSON text of `value`."""
        return json_text(value)

    def python_value(self, value: str) -> Any:
        """The value of the JSON text."""
        return json.loads(value)


class SystemTable(peewee.Model):
    """Base of the store's own tables."""

    class Meta:
        """Peewee's settings."""

        legacy_table_names = False
