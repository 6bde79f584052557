"""How a command reaches the platform: through the admin door where a server runs, else by opening the home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.cli.options import err
from core.http import admin
from core.run.home import Home
from core.run.live import Platform


def operate(home: Home, name: str, progress: Callable[[str], None] | None = None, /, **arguments: Any) -> Any:
    """Run the operation `name` on the home's platform, wherever that is; raises ZcError."""
    home.require()
    tell = progress or (lambda text: err.print(text, style="dim", markup=False))
    if admin.answering(home.socket):
        return admin.operate(home.socket, name, arguments, tell)
    with home.lock(), Platform.opened(home) as platform:
        return platform.operate(name, tell, **arguments)
