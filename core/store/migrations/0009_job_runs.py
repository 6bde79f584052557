"""Who asked for the run of a job, and what it said meanwhile."""

from core.store.migrate import MigrationDatabase


def up(database: MigrationDatabase) -> None:
    """Add the columns; the clock ran what ran before."""
    text = database.column_type("text")
    database.execute(f"ALTER TABLE job_run ADD COLUMN asked_by {text} NOT NULL DEFAULT 'clock'")
    database.execute(f"ALTER TABLE job_run ADD COLUMN lines {text} NOT NULL DEFAULT '[]'")
