"""A field type stores another unit after records could be stored."""

from pathlib import Path

from core.run.home import Home
from core.run.live import Platform

home = Home(Path.cwd())
with home.lock(), Platform.opened(home):
    pass

code = Path("plugins/own/plugin.py")
code.write_text(code.read_text(encoding="utf-8").replace('"l": Decimal(1),', '"l": Decimal(1000),'), encoding="utf-8")
