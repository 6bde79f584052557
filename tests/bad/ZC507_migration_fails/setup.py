"""A store is there to be migrated, then a migration that fails."""

from pathlib import Path

from core.run.home import Home
from core.run.live import Platform

home = Home(Path.cwd())
with home.lock(), Platform.opened(home):
    pass

Path("later").rename("config/migrations")
