"""Full backups: made while the server runs, proved by restoring to scratch, restored into an empty home."""

from __future__ import annotations

from core import api

from .archive import create, listed, restore, verify
from .freshness import newest


@api.hook
def offer() -> api.Offers:
    """The backup commands and the check that a fresh one is there."""
    return api.Offers(
        commands={
            "backup.create": create,
            "backup.list": listed,
            "backup.verify": verify,
            "backup.restore": restore,
        },
        health={"newest": newest},
    )
