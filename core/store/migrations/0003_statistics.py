"""Which tables keep which statistics, and the cells that must be counted anew."""

from core.store.migrate import MigrationDatabase

TABLES = """
CREATE TABLE statistic (
    name {text} PRIMARY KEY,
    statistic {text} NOT NULL,
    entity {text} NOT NULL,
    fingerprint {text} NOT NULL,
    definition {text} NOT NULL,
    state {text} NOT NULL,
    done {integer} NOT NULL,
    until {integer} NOT NULL
) {keyed}
;
CREATE TABLE dirty_cell (
    name {text} NOT NULL,
    day {integer} NOT NULL,
    hour {integer} NOT NULL,
    cell {bytes} NOT NULL,
    PRIMARY KEY (name, day, hour, cell)
) {keyed}
"""


def up(database: MigrationDatabase) -> None:
    """Create them."""
    database.create(TABLES)
