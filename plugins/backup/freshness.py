"""Health: a fresh backup is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from core import api

from .archive import finished, folder_of
from .manifest import Backup, open_backup


def newest(facts: api.Facts) -> str | None:
    """What is wrong with the age of the newest backup; None when all is well, or on a demo site."""
    if facts.demo:
        return None
    folders = finished(folder_of(facts.home, facts.settings))
    try:
        found = open_backup(folders[0]) if folders else None
    except api.ZcError as error:
        return f"the newest {error.reason}: zc backup create"
    since = made_at(found) if found else datetime.fromtimestamp(_set_up_at(facts.home), facts.zone)
    age = datetime.now(facts.zone) - since
    if age <= timedelta(days=facts.settings["longest_days"]):
        return None
    what = "the newest backup is" if found else "no backup was ever made, and the site is"
    return f"{what} {age.days} days old: zc backup create"


def made_at(backup: Backup) -> datetime:
    """When a backup was begun."""
    return datetime.fromisoformat(backup.manifest["made_at"])


def _set_up_at(home: Path) -> float:
    """When the home was made, as far as its files tell: the oldest file of its declarations."""
    return min(file.stat().st_mtime for file in (home / "config").rglob("*.yaml"))
