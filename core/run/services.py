"""Services: long-lived parts of plugins, adopted across snapshots; the unchanged ones run on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.run.guard import Faults
from core.run.offers import Live, Service
from core.run.snapshot import Snapshot


@dataclass
class Running:
    """One started service and what it was started with."""

    service: Service
    identity: tuple[Any, ...]


@dataclass
class Services:
    """All running services by (plugin, name)."""

    live_of: Callable[[str], Live]
    faults: Faults
    running: dict[tuple[str, str], Running] = field(default_factory=dict)

    def adopt(self, snapshot: Snapshot) -> None:
        """Stop what is gone or changed, start what is new or changed, leave the rest alone."""
        wanted = {
            (plugin, name): (service, (loaded.module, dict(loaded.plugin.settings)))
            for plugin, loaded in snapshot.plugins.items()
            for name, service in loaded.offers.services.items()
        }
        for place in [place for place, item in self.running.items() if not _same(item, wanted.get(place))]:
            self._stop(place)
        for place, (service, identity) in wanted.items():
            if place not in self.running:
                self._start(place, service, identity)

    def of(self, plugin: str, name: str) -> Service | None:
        """The service as it runs now, whichever snapshot brought it."""
        found = self.running.get((plugin, name))
        return found.service if found is not None else None

    def stop(self) -> None:
        """Stop all, the last started first."""
        for place in reversed(list(self.running)):
            self._stop(place)

    def _start(self, place: tuple[str, str], service: Service, identity: tuple[Any, ...]) -> None:
        try:
            service.start(self.live_of(place[0]))
        except Exception as error:  # noqa: BLE001 - a service that does not start must not stop the others
            self.faults.note(place[0], f"service {place[1]}", error)
            return
        self.running[place] = Running(service, identity)

    def _stop(self, place: tuple[str, str]) -> None:
        item = self.running.pop(place)
        try:
            item.service.stop()
        except Exception as error:  # noqa: BLE001 - see _start
            self.faults.note(place[0], f"service {place[1]}", error)


def _same(running: Running, wanted: tuple[Service, tuple[Any, ...]] | None) -> bool:
    return wanted is not None and wanted[1] == running.identity
