"""Opening the site's store: its URL from site.yaml, its password from secrets.yaml."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.problem import Problem, ZcError
from core.run.home import Home
from core.run.snapshot import Snapshot
from core.store.archive import forget_all
from core.store.store import NoStore, Store

log = logging.getLogger("zc.store")

SQLITE = "sqlite:///"


def open_store(site: Mapping[str, Any], secrets: Mapping[str, str], home: Home) -> Store:
    """Open it, or make it where no server ever ran on this home. ZcError where the named secret is missing, the
    database cannot be used, or it is empty though the home has run before."""
    password = _password(site, secrets)
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    refuse_missing(site, home)
    try:
        return Store.open(
            site["store"],
            password=password,
            home=home.root,
            zone=ZoneInfo(site["zone"]),
            queue_rows=site["intake"]["queue_rows"],
            make=not _former(home).is_file(),
        )
    except NoStore as error:
        raise _not_another(site, home) from error


def remember_store(site: Mapping[str, Any], home: Home) -> None:
    """A server runs on it from now on: another one that is empty is refused."""
    file = _former(home)
    if not file.is_file() or file.read_text(encoding="utf-8") != site["store"]:
        file.write_text(site["store"], encoding="utf-8")


def refuse_missing(site: Mapping[str, Any], home: Home) -> None:
    """ZcError where the home has run before and its store is not there now: a slip in the URL, or a disk that is not
    mounted, would begin an empty one, and all records would seem lost."""
    if _former(home).is_file() and not is_there(site, home):
        raise _not_another(site, home)


def _former(home: Home) -> Path:
    """Holds the URL of the store that a server of this home last ran with."""
    return home.data / "last_store"


def _not_another(site: Mapping[str, Any], home: Home) -> ZcError:
    former = _former(home).read_text(encoding="utf-8")
    return ZcError(
        f"there is nothing in the store {site['store']}, but this home has run before, with {former}",
        "Mend store in config/site.yaml, or bring the store back. To begin with an empty one all the same, remove"
        f" {_former(home)} and start again.",
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
        if pending:
            store.writer.run(partial(forget_all, store.writer))
    return list(plan.problems)


def by_home(problems: list[Problem], home: Home) -> list[Problem]:
    """The problems with their files named from the home, as everywhere."""
    prefix = f"{home.root}/"
    return [replace(problem, file=problem.file.removeprefix(prefix)) for problem in problems]


def migration_folders(snapshot: Snapshot, home: Home) -> dict[str, Path]:
    """Where numbered migrations are: the operator's own and each plugin's."""
    plugins = {name: one.manifest.folder / "migrations" for name, one in snapshot.plugins.items()}
    return {"home": home.root / "config" / "migrations", **plugins}
