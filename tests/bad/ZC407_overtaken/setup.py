"""The plugin brings a new version of a file that the home stands for."""

from pathlib import Path

from core.run.home import Home
from core.run.live import Platform

home = Home(Path.cwd())
with home.lock(), Platform.opened(home):
    pass

shipped = Path("plugins/own/dictionaries/tone.yaml")
shipped.write_text(shipped.read_text(encoding="utf-8") + "  high: {label: 高}\n", encoding="utf-8")
