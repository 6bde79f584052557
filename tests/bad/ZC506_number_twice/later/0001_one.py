"""A migration."""


def up(database):
    """Change nothing."""
