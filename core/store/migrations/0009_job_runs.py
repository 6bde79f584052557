"""Who asked for the run of a job, and what it said meanwhile; the last runs of one job are found without sorting."""

from core.store.migrate import MigrationDatabase


def up(database: MigrationDatabase) -> None:
    """Add the columns; the clock ran what ran before."""
    text = database.column_type("text")
    for column, first in (("asked_by", "clock"), ("note_zh", ""), ("lines", "[]")):
        database.execute(f"ALTER TABLE job_run ADD COLUMN {column} {text} NOT NULL DEFAULT '{first}'")
    database.execute("DROP INDEX job_run_job")
    database.execute("CREATE INDEX job_run_job ON job_run (job, id)")
