"""What the files of the declarations said each time they were put in force."""

from core.store.migrate import MigrationDatabase

TABLE = """
CREATE TABLE file_version (
    id {serial},
    path {text} NOT NULL,
    snapshot {integer} NOT NULL,
    at {integer} NOT NULL,
    who {text} NOT NULL,
    note {text} NOT NULL,
    text {text}
) {plain}
;
CREATE INDEX file_version_path ON file_version (path, id)
"""


def up(database: MigrationDatabase) -> None:
    """Create it."""
    database.create(TABLE)
