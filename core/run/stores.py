"""Opening the site's store: its URL from site.yaml, its password from secrets.yaml."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.problem import Problem, ZcError
from core.run.home import Home
from core.run.snapshot import Snapshot
from core.store.store import Store

log = logging.getLogger("zc.store")

SQLITE = "sqlite:///"


def open_store(site: Mapping[str, Any], secrets: Mapping[str, str], home: Home) -> Store:
    """Open it. ZcError where the named secret is missing or the database cannot be used."""
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Store.open(
        site["store"],
        password=_password(site, secrets),
        home=home.root,
        zone=ZoneInfo(site["zone"]),
        queue_rows=site["intake"]["queue_rows"],
    )


def open_beside(site: Mapping[str, Any], secrets: Mapping[str, str], home: Home) -> Store:
    """Open it for reading beside the server that has it open. ZcError as above."""
    return Store.beside(site["store"], _password(site, secrets), home.root, ZoneInfo(site["zone"]))


def _password(site: Mapping[str, Any], secrets: Mapping[str, str]) -> str | None:
    name = site.get("store_secret")
    if name is None:
        return None
    if name not in secrets:
        raise ZcError(f"secret {name} is not in config/secrets.yaml", f"Add the line '{name}: …' there, mode 0600.")
    return secrets[name]


def is_there(site: Mapping[str, Any], home: Home) -> bool:
    """Whether there is a store to look at: a SQLite file that exists, or any server."""
    url: str = site["store"]
    return not url.startswith(SQLITE) or (home.root / url.removeprefix(SQLITE)).is_file()


def bring_in_line(store: Store, snapshot: Snapshot, home: Home) -> list[Problem]:
    """Run the migrations that wait, then add the tables, columns and indexes that the snapshot needs and adopt its
    statistics. The problems found; where one is an error nothing was added."""
    pending, problems = store.pending_migrations(migration_folders(snapshot, home))
    problems += [] if problems else store.migrate(pending)
    if problems:
        return by_home(problems, home)
    plan = store.plan(snapshot.entities, snapshot.reading.declarations.get("entity", {}))
    if plan.possible:
        for step in plan.steps:
            log.info("store: %s", step.words)
        store.apply(plan)
        store.statistics.adopt(snapshot.statistics, anew=bool(pending))
    return list(plan.problems)


def by_home(problems: list[Problem], home: Home) -> list[Problem]:
    """The problems with their files named from the home, as everywhere."""
    prefix = f"{home.root}/"
    return [replace(problem, file=problem.file.removeprefix(prefix)) for problem in problems]


def migration_folders(snapshot: Snapshot, home: Home) -> dict[str, Path]:
    """Where numbered migrations are: the operator's own and each plugin's."""
    plugins = {name: one.manifest.folder / "migrations" for name, one in snapshot.plugins.items()}
    return {"home": home.root / "config" / "migrations", **plugins}
