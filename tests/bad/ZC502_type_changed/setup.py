"""A field changes its type after records could be stored."""

from pathlib import Path

from core.run.home import Home
from core.run.live import Platform

home = Home(Path.cwd())
with home.lock(), Platform.opened(home):
    pass

Path("later/thing.yaml").replace("config/entities/thing.yaml")
