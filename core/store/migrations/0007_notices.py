"""Notices, and who has read which."""

from core.store.migrate import MigrationDatabase

TABLES = """
CREATE TABLE notice (
    id {serial},
    cause {text} NOT NULL,
    kind {text} NOT NULL,
    level {text} NOT NULL,
    about {text} NOT NULL,
    leads {text} NOT NULL,
    operation {text} NOT NULL,
    login {text} NOT NULL,
    entity {text} NOT NULL,
    keys {text} NOT NULL,
    stands {boolean} NOT NULL,
    number {integer} NOT NULL,
    first_at {integer} NOT NULL,
    raised_at {integer} NOT NULL,
    last_at {integer} NOT NULL
) {plain}
;
CREATE UNIQUE INDEX notice_cause ON notice (cause)
;
CREATE INDEX notice_raised_at ON notice (raised_at, id)
;
CREATE TABLE notice_read (
    login {text} NOT NULL,
    notice {integer} NOT NULL,
    at {integer} NOT NULL,
    PRIMARY KEY (login, notice)
) {keyed}
"""


def up(database: MigrationDatabase) -> None:
    """Create them."""
    database.create(TABLES)
