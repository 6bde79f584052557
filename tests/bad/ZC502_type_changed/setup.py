"""A field changes its type after records could be stored."""

from pathlib import Path

from core.run.home import Home
from core.run.live import Platform

home = Home(Path.cwd())
with home.lock(), Platform.opened(home):
    pass

Path("config/entities/thing.yaml").write_text(
    "title: 测试登记\nkey: [number]\nfields:\n  number: {type: text, max: 20, required: true, label: 编号}\n  weight: {type: text, max: 20, label: 重量}\n",
    encoding="utf-8",
)
