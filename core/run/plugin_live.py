"""The platform as one plugin's commands, services and `after` see it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.run.answer import Answer, ask
from core.run.definition import listed
from core.run.offers import Facts
from core.run.plugins import prepare_in, run_in
from core.run.question import Question
from core.store.scope import Scope

if TYPE_CHECKING:
    from core.run.live import Platform, Progress
    from core.run.seeing import Seeing


@dataclass(frozen=True)
class PluginLive:
    """The platform as one plugin sees it (core.run.offers.Live)."""

    platform: Platform
    plugin: str
    tell: Progress
    seeing: Seeing | None = None

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.platform.home.root

    @property
    def url(self) -> str | None:
        """Where the server listens; None where none runs."""
        return self.platform.url

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return self.platform.snapshot.zone

    @property
    def settings(self) -> Mapping[str, Any]:
        """The plugin's settings in the snapshot now in force."""
        return self.facts().settings

    def facts(self) -> Facts:
        """The facts of the snapshot now in force."""
        return self.platform.snapshot.facts_for(self.plugin)

    def operate(self, name: str, /, **arguments: Any) -> Any:
        """Run a named operation of the core."""
        return self.platform.operate(name, self.tell, **arguments)

    def service(self, name: str) -> Any:
        """The plugin's service of that name as it runs now, else None."""
        return self.platform.services.of(self.plugin, name)

    def progress(self, text: str) -> None:
        """Tell whoever started this how far it is."""
        self.tell(text)

    def search(self, category: str, where: Mapping[str, Any] | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """Records of a category, shown values by field name."""
        found = self.operate("find", category=category, where=dict(where or {}), limit=limit)
        records: list[dict[str, Any]] = found["records"]
        return records

    def ask(self, question: Question, scope: Scope | None = None) -> Answer:
        """Ask a statistic, with the rows of a scope in sight, all where none is named."""
        return ask(scope or Scope.whole(), self.platform.store, self.platform.snapshot, question)

    def definition(self, category: str, where: Mapping[str, Any]) -> list[str]:
        """Which records a list of the category under this condition shows, in words, line by line."""
        snapshot = self.platform.snapshot
        return listed(snapshot, snapshot.categories[category], where)

    def steadily(self) -> AbstractContextManager[None]:
        """Inside it all that this thread asks is of one moment."""
        return self.platform.store.database.steadily()

    def work(self, function: str, /, *arguments: Any) -> Any:
        """Run a function of the plugin in the process pool and wait."""
        return self.platform.work.run(run_in, self.plugin, self._folder, function, arguments)

    def prepare(self, module: str) -> None:
        """Have a process of the pool import a module of the plugin meanwhile."""
        self.platform.work.submit(prepare_in, self.plugin, self._folder, module)

    @property
    def _folder(self) -> Path:
        return self.platform.snapshot.plugins[self.plugin].manifest.folder
