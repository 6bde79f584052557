"""A migration with half a number."""


def up(database):
    """Change nothing."""
