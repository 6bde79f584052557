"""A migration that fails."""


def up(database):
    """Ask for a table that is not there."""
    database.execute("UPDATE nothing SET a = 1")
