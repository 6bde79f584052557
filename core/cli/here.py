"""Running an offered command in the terminal that asked for it, with the server reached through its door."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.cli.options import err
from core.cli.session import operate
from core.declare.library import Cache
from core.declare.problem import ZcError
from core.run.arguments import checked_arguments
from core.run.build import build
from core.run.home import Home
from core.run.offers import Facts
from core.run.operations import failed
from core.run.snapshot import Snapshot

log = logging.getLogger("zc.plugin")


@dataclass(frozen=True)
class Remote:
    """The platform as a command in a terminal sees it (core.run.offers.Live)."""

    place: Home
    snapshot: Snapshot
    plugin: str

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.place.root

    @property
    def url(self) -> str | None:
        """Where the server listens; None where none runs."""
        url: str | None = self.operate("status")["url"]
        return url

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return self.snapshot.zone

    @property
    def settings(self) -> Mapping[str, Any]:
        """The plugin's settings."""
        return self.facts().settings

    def facts(self) -> Facts:
        """The facts of the declarations on disk."""
        return self.snapshot.facts_for(self.plugin)

    def operate(self, name: str, /, **arguments: Any) -> Any:
        """Run a named operation of the core."""
        return operate(self.place, name, **arguments)

    def progress(self, text: str) -> None:
        """One line on standard error."""
        err.print(text, markup=False)

    def search(self, category: str, where: Mapping[str, Any] | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """Records of a category, shown values by field name."""
        found = self.operate("find", category=category, where=dict(where or {}), limit=limit)
        records: list[dict[str, Any]] = found["records"]
        return records


def run_here(home: Home, plugin: str, name: str, arguments: Mapping[str, Any]) -> Any:
    """Run a plugin's command in this process; raises ZcError where the declarations on disk are bad."""
    home.require()
    built = build(home, Cache(), skip_trials=True)
    if built.snapshot is None:
        raise ZcError("the declarations have problems", "See them with: zc check")
    loaded = built.snapshot.plugins[plugin]
    said = loaded.manifest.offers["commands"][name]["arguments"]
    checked = checked_arguments(name, said, arguments)
    try:
        return loaded.offers.commands[name](Remote(home, built.snapshot, plugin), **checked)
    except ZcError:
        raise
    except Exception as error:
        log.exception("command raised plugin=%s command=%s", plugin, name)
        raise failed(plugin, name, error) from error
