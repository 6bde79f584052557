"""A store is there to be migrated, then a file with half a number."""

from pathlib import Path

from core.run.home import Home
from core.run.live import Platform

file = Path("config/migrations/1_first.py")
text = file.read_text(encoding="utf-8")
file.unlink()
home = Home(Path.cwd())
with home.lock(), Platform.opened(home):
    pass
file.write_text(text, encoding="utf-8")
