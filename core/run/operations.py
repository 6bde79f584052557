"""The named operations on a platform: what the CLI, jobs and plugins may ask of it, by name and plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.run import (
    archives,
    checking,
    conformance,
    copies,
    editing,
    filling,
    job_run,
    loading,
    manual,
    mapping_text,
    partners,
    records,
    rederive,
    refusals,
    see_as,
    statistics,
    taking,
    traffic_page,
    users,
    versions,
    workbench,
)
from core.run.arguments import checked_arguments
from core.run.build import build
from core.run.shown import moment

if TYPE_CHECKING:
    from core.run.live import Platform, Progress
    from core.run.seeing import Seeing


def status(platform: Platform, _progress: Progress) -> dict[str, Any]:
    """{url, snapshot, last_good, demo, interfaces, partners, pulls, jobs, problems, faults, store}."""
    snapshot, traffic = platform.snapshot, platform.traffic
    return {
        "url": platform.url,
        "snapshot": snapshot.number,
        "last_good": snapshot.last_good,
        "demo": snapshot.site["demo"],
        "interfaces": traffic.rows("interfaces", snapshot.interfaces, snapshot.zone),
        "partners": traffic.rows("partners", snapshot.partners, snapshot.zone),
        "pulls": platform.pulling.rows(),
        "jobs": _jobs(platform),
        "problems": [problem.as_dict() for problem in platform.problems],
        "faults": platform.faults.rows(),
        "store": platform.store.health() or "",
    }


def _jobs(platform: Platform) -> list[dict[str, Any]]:
    """[{job, next_run, running, last_run, ok, note}]; without a server nothing has a next run."""
    due = {row["job"]: row for row in platform.jobs.rows()}
    rows = []
    for name, job in sorted(platform.snapshot.active_jobs.items()):
        last = next(iter(platform.store.job_runs.last(name)), None)
        row = {"job": name, "title": job["title"], "next_run": None, "running": False, **due.get(name, {})}
        at = moment(last.started_at, platform.snapshot.zone) if last else None
        rows.append({**row, "last_run": at, "ok": last.ok if last else None, "note": last.note if last else ""})
    return rows


def pull(
    platform: Platform, progress: Progress, *, interface: str, again: bool = False, only_look: bool = False
) -> dict[str, Any]:
    """Pull an interface once now: {interface, bodies, stored, duplicates, refused}; see core.run.pulling."""
    return platform.pulling.now(interface, progress, again=again, only_look=only_look)


def reload(
    platform: Platform, _progress: Progress, *, who: str, note: str = "", skip_trials: bool = False
) -> dict[str, Any]:
    """Activate the declarations on disk: {activated, number, problems, changes}."""
    done = platform.reload(who, note, skip_trials)
    problems = [problem.as_dict() for problem in done.problems]
    return {"activated": done.activated, "number": done.number, "problems": problems, "changes": done.changes}


def check(platform: Platform, _progress: Progress) -> dict[str, Any]:
    """Build from disk without activating: {problems, steps, files, trials}."""
    return checking.report(build(platform.home, platform.cache), platform.store)


def diff(platform: Platform, _progress: Progress) -> list[str]:
    """What differs between the files on disk and the snapshot in force, in words."""
    return checking.differences(platform.snapshot.reading, platform.home)


def command(
    platform: Platform, progress: Progress, *, name: str, arguments: Mapping[str, Any], seeing: Seeing | None = None
) -> Any:
    """Run a command that a plugin offers, its arguments checked against what plugin.yaml says of them. `seeing` is the
    door of the person at a page who asked for it."""
    for plugin, loaded in platform.snapshot.plugins.items():
        if name in loaded.offers.commands:
            said = loaded.manifest.declaration.data["offers"]["commands"][name]["arguments"]
            checked = checked_arguments(name, said, arguments)
            try:
                return loaded.offers.commands[name](platform.live_of(plugin, progress, seeing), **checked)
            except ZcError:
                raise
            except Exception as error:
                platform.faults.note(plugin, f"command {name}", error)
                raise failed(plugin, name, error) from error
    raise ZcError(f"no plugin of this site offers the command {name}", "See: zc plugins")


def failed(plugin: str, name: str, error: Exception) -> ZcError:
    """What a person is told of a command whose Python raised."""
    raised = f"{type(error).__name__}: {error}"
    reason = phrase("the command {name} of plugin {plugin} raised {error}", name=name, plugin=plugin, error=raised)
    return ZcError(reason, phrase("This is a fault of the plugin; the log says where. Tell its author."))


def demo_rows(platform: Platform, _progress: Progress) -> list[tuple[str, str]]:
    """[(entity, CSV file)] of all plugins' demo rows, those first that others refer to."""
    files = {
        file.stem: str(file)
        for loaded in platform.snapshot.plugins.values()
        for file in sorted((loaded.manifest.folder / "demo").glob("*.csv"))
    }
    ordered: list[str] = []

    def place(entity: str) -> None:
        if entity in ordered or entity not in files:
            return
        for field in platform.snapshot.entities[entity].fields.values():
            if field.to is not None and field.to != entity:
                place(field.to)
        ordered.append(entity)

    for entity in files:
        place(entity)
    return [(entity, files[entity]) for entity in ordered]


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "status": status,
    "check": check,
    "reload": reload,
    "diff": diff,
    "command": command,
    "demo_rows": demo_rows,
    "find": records.find,
    "count": statistics.count,
    "today": statistics.today,
    "recount": statistics.recount,
    "load": loading.load,
    "refusals": refusals.list_,
    "replay": refusals.replay,
    "rederive": rederive.rederive,
    "interface.list": traffic_page.interfaces,
    "interface.text": mapping_text.text,
    "interface.save": mapping_text.save,
    "interface.try": workbench.try_,
    "interface.bodies": workbench.bodies,
    "trial.save": workbench.save_trial,
    "partner.add": partners.add,
    "partner.ensure": partners.ensure,
    "partner.rotate": partners.rotate,
    "partner.revoke": partners.revoke,
    "partner.key": partners.key,
    "partner.rekey": partners.rekey,
    "partner.list": partners.list_,
    "manual": manual.manual,
    "conformance": conformance.show,
    "sandbox.clear": conformance.clear,
    "partner.check": partners.check,
    "drop.interface": taking.interface_of,
    "post.take": taking.take_body,
    "pull": pull,
    "job.list": job_run.list_,
    "job.run": job_run.run,
    "job.log": job_run.log_,
    "store.dump": copies.dump,
    "archive.status": archives.status,
    "archive.write": archives.write,
    "archive.verify": archives.verify,
    "user.add": users.add,
    "user.reset": users.reset,
    "user.unlock": users.unlock,
    "user.list": users.list_,
    "user.sessions": users.sessions,
    "user.end": users.end,
    "log": users.log,
    "see_as": see_as.see_as,
    "declaration.list": editing.list_,
    "declaration.open": editing.open_,
    "declaration.check": editing.check,
    "declaration.activate": editing.activate,
    "declaration.values": filling.values,
    "declaration.filled": filling.filled,
    "declaration.history": versions.history,
    "declaration.version": versions.version,
    "declaration.return": editing.return_,
}
