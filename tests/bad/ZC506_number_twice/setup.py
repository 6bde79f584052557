"""A store is there to be migrated, then two migrations of one number."""

from pathlib import Path

from core.run.home import Home
from core.run.live import Platform

home = Home(Path.cwd())
with home.lock(), Platform.opened(home):
    pass

Path("later").rename("config/migrations")
