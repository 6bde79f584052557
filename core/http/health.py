"""Health: the core's own checks and each plugin's, in parallel, two seconds each."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from core.run.live import Platform
from core.run.snapshot import Snapshot

log = logging.getLogger("zc.http")

TIMEOUT_S = 2.0
WATCH_S = 60.0
CORE = "core"

Check = Callable[[], str | None]


@dataclass
class Health:
    """Asks every check; one object per server. A check that has not answered yet is not asked a second time, so one
    that hangs holds one thread however often health is asked for."""

    platform: Platform
    asking: dict[tuple[str, str], asyncio.Future[str | None]] = field(default_factory=dict)

    async def report(self, snapshot: Snapshot) -> dict[str, Any]:
        """{well, snapshot, demo, last_good, checks: {name: text, "" where well}, faults: [{plugin, what, count}]}."""
        checks = self._checks(snapshot)
        texts = await asyncio.gather(*(self._ask(place, check) for place, check in checks.items()))
        names = [name if owner == CORE else f"{owner}.{name}" for owner, name in checks]
        return {
            "well": not any(texts),
            "snapshot": snapshot.number,
            "demo": snapshot.site["demo"],
            "last_good": snapshot.last_good,
            "checks": dict(zip(names, texts, strict=True)),
            "faults": [
                {name: row[name] for name in ("plugin", "what", "count")} for row in self.platform.faults.rows()
            ],
        }

    async def watch(self) -> None:
        """Ask every minute, and have notices say what is wrong."""
        while True:
            report = await self.report(self.platform.snapshot)
            try:
                await asyncio.to_thread(self.platform.noticing.checked, report["checks"])
            except Exception:
                log.exception("what the checks say could not be told")
            await asyncio.sleep(WATCH_S)

    def _checks(self, snapshot: Snapshot) -> dict[tuple[str, str], Check]:
        """All checks by (owner, name)."""
        checks: dict[tuple[str, str], Check] = {
            (CORE, "store"): self.platform.store.health,
            (CORE, "keys"): self.platform.tokens.health,
            (CORE, "declarations"): self._declarations,
        }
        for plugin, loaded in snapshot.plugins.items():
            for name, check in loaded.offers.health.items():
                checks[plugin, name] = _bound(check, snapshot, plugin)
        return checks

    async def _ask(self, place: tuple[str, str], check: Check) -> str:
        answer = self.asking.get(place) or self._begin(place, check)
        try:
            return await asyncio.wait_for(asyncio.shield(answer), TIMEOUT_S) or ""
        except TimeoutError:
            return f"no answer within {TIMEOUT_S:g} s"

    def _begin(self, place: tuple[str, str], check: Check) -> asyncio.Future[str | None]:
        """Run a check in a thread of its own, which does not keep the process from ending."""
        loop = asyncio.get_running_loop()
        answer = self.asking[place] = loop.create_future()

        def end(text: str | None) -> None:
            del self.asking[place]
            answer.set_result(text)

        def work() -> None:
            try:
                text = check()
            except Exception as error:  # noqa: BLE001 - a plugin's check may raise anything
                self.platform.faults.note(place[0], f"health {place[1]}", error)
                text = f"the check itself failed: {type(error).__name__}"
            with suppress(RuntimeError):  # the server has ended, and nobody waits for the answer
                loop.call_soon_threadsafe(end, text)

        threading.Thread(target=work, name=f"zc-health {place[0]}.{place[1]}", daemon=True).start()
        return answer

    def _declarations(self) -> str | None:
        errors = sum(problem.level == "error" for problem in self.platform.problems)
        return f"{errors} problems in the declarations on disk; the ones before stay in force" if errors else None


def _bound(check: Callable[..., str | None], snapshot: Snapshot, plugin: str) -> Check:
    return lambda: check(snapshot.facts_for(plugin))
