"""table_poll: new rows of a table in a partner's database, in the order of a watermark and a key."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from core import api

from .databases import DATABASES, Database
from .phrase import phrase
from .statement import Bound, Statement
from .watermark import Scale, scale_of, scale_problems


@dataclass(frozen=True)
class TablePoll:
    """What an interface says under pull, compiled."""

    said: Mapping[str, Any]
    database: Database
    statement: Statement
    scale: Scale

    def __call__(self, door: api.PullDoor) -> Generator[api.Pulled, api.Taken, None]:
        """Take batch after batch. Each is read in a transaction of its own, which is over when it is handed on."""
        most, mark = min(self.said["batch"], door.records), self._mark(door)
        bound, reached = self._begin(mark, door), mark
        with self.database.session(self.said, door) as session:
            while True:
                rows = session.read(*self.statement.after(bound, most))
                if not rows:
                    return
                body = msgspec.json.encode([dict(zip(self.statement.columns, row, strict=True)) for row in rows])
                yield api.Pulled(f"{len(rows)} rows of {self.said['table']}", body)
                bound = self.statement.bound_of(rows[-1])
                if reached is None or not _is_below(bound, reached):
                    reached = bound
                    door.marks.put(self._place, [kept(value) for value in (bound.watermark, *bound.key)])
                if len(rows) < most:
                    return

    @property
    def _place(self) -> str:
        return f"{self.said['url']} {self.said['table']} {self.said['watermark']}"

    def _mark(self, door: api.PullDoor) -> Bound | None:
        """The last row of what was taken; None before the first."""
        found = door.marks.get(self._place)
        if found is None:
            return None
        watermark, *key = map(restored, found)
        return Bound(watermark, tuple(key))

    def _begin(self, mark: Bound | None, door: api.PullDoor) -> Bound | None:
        """From where this pull reads: from the watermark on, so that rows that came to it since are not missed, or so
        far before it as is declared. Where the watermark tells all rows apart, from behind it."""
        if mark is None:
            return Bound(self.said["first"], inclusive=True) if "first" in self.said else None
        if not self.statement.key and not self.scale.look_back:
            return mark
        return Bound(self.scale.before(mark.watermark, door.zone), inclusive=True)


def _is_below(bound: Bound, other: Bound) -> bool:
    """Whether a watermark is below another; not where the two cannot be compared, as after a change of the column."""
    try:
        return bool(bound.watermark < other.watermark)
    except TypeError:
        return False


SORTS: Mapping[str, Any] = {
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "decimal": (Decimal, str, Decimal),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
    "uuid": (UUID, str, UUID),
}
"""How values that JSON has not are kept: sort, writing, reading; a datetime is a date, so it comes first."""


def kept(value: Any) -> Any:
    """A value of a watermark or key as it is kept. PullFailed for one of a sort that cannot be."""
    if isinstance(value, str | int | float):
        return value
    for name, (sort, write, _) in SORTS.items():
        if isinstance(value, sort):
            return {name: write(value)}
    raise api.PullFailed(
        phrase("a watermark or key is {name}, which cannot be kept", name=type(value).__name__),
        phrase("Declare a time, a number or a text."),
    )


def restored(value: Any) -> Any:
    """The reverse of `kept`."""
    if not isinstance(value, dict):
        return value
    ((name, text),) = value.items()
    return SORTS[name][2](text)


def compile_table(declaration: api.Declaration) -> tuple[api.Fetch | None, list[api.Problem]]:
    """The pull of a declaration, and what is wrong with it."""
    said = declaration.data["pull"]
    problems = [*_problems(declaration, said), *scale_problems(declaration, said)]
    if problems:
        return None, problems
    database = DATABASES[urlsplit(said["url"]).scheme]
    columns = tuple(dict.fromkeys((*said["columns"], said["watermark"], *said["key"])))
    statement = Statement(database.dialect, said["table"], columns, said["watermark"], tuple(said["key"]))
    return TablePoll(said, database, statement, scale_of(said)), []


def _problems(declaration: api.Declaration, said: Mapping[str, Any]) -> Any:
    def wrong(what: str, mend: str, *path: str) -> api.Problem:
        return declaration.problem("ZC346", *path, what=what, mend=mend)

    data, parts = declaration.data, urlsplit(said["url"])
    database = DATABASES[parts.scheme]
    if parts.password:
        yield wrong(phrase("a password stands in the address"), phrase("name its secret under password"), "pull", "url")
    if database.driver is not None and find_spec(database.driver) is None:
        mend = phrase("pip install {package}, into zc's own environment", package=database.package)
        yield wrong(phrase("the driver {driver} is not installed", driver=database.driver), mend, "pull", "url")
    if "certificates" in said and not database.verifies:
        mend = phrase("take it away, and see that the network between is one to trust")
        yield wrong(
            phrase("{scheme} does not check certificates here", scheme=parts.scheme), mend, "pull", "certificates"
        )
    if data["format"] != "json" or data["records"] or data.get("inside"):
        yield wrong(
            phrase("rows come as a JSON list"), phrase("say format: json, and neither records nor inside"), "pull", "by"
        )
