"""Health: the core's own checks and each plugin's, in parallel, two seconds each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from core.run.live import Platform
from core.run.snapshot import Snapshot

TIMEOUT_S = 2.0
POOL = 8


async def health(platform: Platform, snapshot: Snapshot) -> dict[str, Any]:
    """{well, snapshot, demo, last_good, checks: {name: text, "" where well}}."""
    asked: dict[str, Callable[[], str | None]] = {
        "store": lambda: platform.store.health(),
        "keys": lambda: platform.tokens.health(),
        "declarations": lambda: _declarations(platform),
    }
    for plugin, loaded in snapshot.plugins.items():
        for name, check in loaded.offers.health.items():
            asked[f"{plugin}.{name}"] = _bound(check, snapshot, plugin)
    pool = ThreadPoolExecutor(POOL, thread_name_prefix="zc-health")
    try:
        texts = await asyncio.gather(*(_ask(pool, platform, name, check) for name, check in asked.items()))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    checks = dict(zip(asked, texts, strict=True))
    return {
        "well": not any(checks.values()),
        "snapshot": snapshot.number,
        "demo": snapshot.site["demo"],
        "last_good": snapshot.last_good,
        "checks": checks,
    }


def _bound(check: Callable[..., str | None], snapshot: Snapshot, plugin: str) -> Callable[[], str | None]:
    return lambda: check(snapshot.facts_for(plugin))


async def _ask(pool: ThreadPoolExecutor, platform: Platform, name: str, check: Callable[[], str | None]) -> str:
    loop = asyncio.get_running_loop()
    try:
        return await asyncio.wait_for(loop.run_in_executor(pool, check), TIMEOUT_S) or ""
    except TimeoutError:
        return f"no answer within {TIMEOUT_S:g} s"
    except Exception as error:  # noqa: BLE001 - a plugin's check may raise anything
        platform.faults.note(name.partition(".")[0], f"health {name}", error)
        return f"the check itself failed: {type(error).__name__}"


def _declarations(platform: Platform) -> str | None:
    errors = sum(problem.level == "error" for problem in platform.problems)
    return f"{errors} problems in the declarations on disk; the ones before stay in force" if errors else None
