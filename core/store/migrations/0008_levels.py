"""Cells are kept by month and day beside the hour: tables of the former layout go, and are counted anew."""

from core.store.migrate import MigrationDatabase


def up(database: MigrationDatabase) -> None:
    """Drop them; the next adoption of statistics makes their successors."""
    for (name,) in database.execute("SELECT name FROM statistic").fetchall():
        database.execute(f'DROP TABLE "{name}"')
    database.execute("DELETE FROM statistic")
    database.execute("DELETE FROM dirty_cell")
