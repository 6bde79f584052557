"""A migration for PostgreSQL: the weighings in partitions, one for each month of the site's zone.

Worth it above some ten million records, where the index of the plates no longer fits into memory; decision 0037 has
the figures. Copy it to config/migrations/NNNN_months.py of the home, NNNN the next free number, and start the server.
The first time the table becomes the partition for the rest, without being copied, and each month is moved out of it.
A copy of it under the next number, once a year, adds the months to come. Records of any other time, or without one,
lie in the rest, so that none ever fails for want of a partition.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Run = Callable[[str], Any]

ZONE = ZoneInfo("Asia/Shanghai")
YEARS_BACK, MONTHS_AHEAD = 10, 24
INDEXES = (
    "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE i.indrelid = 'r_weighing'::regclass AND NOT i.indisprimary"
)


def up(database: Any) -> None:
    """Partition the table if it is not yet, and make the months that are missing."""
    if database.dialect != "postgresql":
        return
    run: Run = database.execute
    if run("SELECT relkind FROM pg_class WHERE oid = 'r_weighing'::regclass").fetchone()[0] == "r":
        partition(run)
    now = datetime.now(ZONE)
    found = run("SELECT min(weighed_at) FROM r_weighing WHERE clock = 'ok'").fetchone()[0]
    oldest = now if found is None else datetime.fromtimestamp(found / 1000, ZONE)
    month = start_of(max(min(now, oldest), now - timedelta(days=365 * YEARS_BACK)))
    while month < now + timedelta(days=31 * MONTHS_AHEAD):
        following = start_of(month + timedelta(days=32))
        add(run, f"p_weighing_{month:%Y%m}", milliseconds(month), milliseconds(following))
        month = following


def partition(run: Run) -> None:
    """Put an empty partitioned table in the place of the plain one, which becomes its partition for the rest: neither
    rows nor indexes are made again."""
    indexes = run(INDEXES).fetchall()
    run("ALTER TABLE r_weighing RENAME TO p_weighing_rest")
    for name, _ in indexes:
        run(f'ALTER INDEX "{name}" RENAME TO "{name}_r"')
    run("ALTER SEQUENCE r_weighing_id OWNED BY NONE")
    run("CREATE TABLE r_weighing (LIKE p_weighing_rest) PARTITION BY RANGE (weighed_at)")
    run("ALTER TABLE r_weighing ATTACH PARTITION p_weighing_rest DEFAULT")
    for _, definition in indexes:
        run(definition)
    run("CREATE INDEX ON r_weighing (id)")
    run("ALTER SEQUENCE r_weighing_id OWNED BY r_weighing.id")


def add(run: Run, name: str, start: int, end: int) -> None:
    """A partition for times from `start` up to `end`, UTC milliseconds; what lay in the rest moves into it."""
    if run(f"SELECT to_regclass('{name}')").fetchone()[0] is not None:
        return
    moved = f"DELETE FROM p_weighing_rest WHERE weighed_at >= {start} AND weighed_at < {end} RETURNING *"  # noqa: S608 - numbers
    run(f"CREATE TABLE {name} (LIKE r_weighing INCLUDING ALL)")
    run(f"WITH moved AS ({moved}) INSERT INTO {name} SELECT * FROM moved")  # noqa: S608 - a name of ours
    run(f"ALTER TABLE r_weighing ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})")


def start_of(moment: datetime) -> datetime:
    """Midnight of the first day of the moment's month."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def milliseconds(moment: datetime) -> int:
    """UTC milliseconds."""
    return int(moment.astimezone(UTC).timestamp() * 1000)
