"""Which months of which entities lie in the archive, and which records of it changed since."""

from core.store.migrate import MigrationDatabase

TABLES = """
CREATE TABLE archived (
    entity {text} NOT NULL,
    month {integer} NOT NULL,
    file {text} NOT NULL,
    columns {text} NOT NULL,
    records {integer} NOT NULL,
    bytes {integer} NOT NULL,
    sha256 {text} NOT NULL,
    written_at {integer} NOT NULL,
    PRIMARY KEY (entity, month)
) {plain}
;
CREATE TABLE archive_from (
    entity {text} NOT NULL PRIMARY KEY,
    id {integer} NOT NULL
) {plain}
;
CREATE TABLE archive_mark (
    id {serial},
    entity {text} NOT NULL,
    month {integer} NOT NULL,
    record_id {integer} NOT NULL
) {plain}
;
CREATE INDEX archive_mark_entity ON archive_mark (entity, id)
"""


def up(database: MigrationDatabase) -> None:
    """Create them."""
    database.create(TABLES)
