"""Looking at declarations without activating them: check, trials, diff, show, plugins."""

from __future__ import annotations

from typing import Any

from core.declare import library
from core.declare import show as showing
from core.declare.library import Cache, Reading
from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.run import diff as differing
from core.run import lastgood, trials
from core.run.activation import overtaken
from core.run.build import Built, build, read, stops
from core.run.drafts import SITE
from core.run.home import Home
from core.run.statistics import recounted
from core.run.stores import by_home, is_there, migration_folders, open_store, refuse_missing
from core.store.store import Store

Plain = dict[str, Any]
MIGRATED = frozenset({"ZC502", "ZC503", "ZC504"})  # what a migration that waits may be about to settle


def check(home: Home) -> Plain:
    """Build from disk where no server runs: {problems, steps, files, trials}. The store is looked at, not changed;
    a home that has none yet is told what would be made. ZcError where it had one that is not there."""
    built = build(home, Cache())
    if built.snapshot is None:
        return report(built, None)
    refuse_missing(built.snapshot.site, home)
    if not is_there(built.snapshot.site, home):
        return report(built, None)
    with home.lock():
        store = open_store(built.snapshot.site, built.reading.secrets, home)
        try:
            return report(built, store)
        finally:
            store.close()


def check_statistics(home: Home) -> Plain:
    """Compare every statistic with the records where no server runs (core.run.statistics.recount says what is
    told). ZcError where the declarations are bad or there is no store yet."""
    built = build(home, Cache(), skip_trials=True)
    if built.snapshot is None:
        raise ZcError(phrase("the declarations have problems"), phrase("See them with: zc check"))
    if not is_there(built.snapshot.site, home):
        raise ZcError(
            phrase("this home has no store yet, so there is nothing to count"), phrase("Start it once with: zc run")
        )
    with home.lock():
        store = open_store(built.snapshot.site, built.reading.secrets, home)
        try:
            return recounted(store, built.snapshot)
        finally:
            store.close()


def report(built: Built, store: Store | None) -> Plain:
    """What a build found, with the store's plan where there is a store to compare with."""
    problems = list(built.problems)
    steps: list[str] = []
    if built.snapshot is not None and store is not None:
        pending, found = store.pending_migrations(migration_folders(built.snapshot, built.home))
        plan = store.plan(built.snapshot.entities, built.reading.declarations.get("entity", {}))
        problems += overtaken(store, built.reading)
        problems += [
            *by_home(found, built.home),
            *(item for item in plan.problems if not (pending and item.code in MIGRATED)),
        ]
        steps = [f"run the migration {step.name} of {step.owner}" for step in pending]
        steps += [step.words for step in plan.steps]
        steps += store.statistics.steps(built.snapshot.statistics)
    elif built.snapshot is not None:
        steps = [f"a new store with {len(built.snapshot.entities)} tables of records"]
    return {
        "problems": [problem.as_dict() for problem in sorted(problems)],
        "steps": steps,
        "files": len(built.reading.files),
        "trials": sum(not case.problems for case in built.trials),
    }


def run_trials(home: Home, interface: str | None) -> Plain:
    """Run trials against the files on disk: {problems, cases: [{interface, title, green}]}."""
    home.require()
    built = build(home, Cache(), skip_trials=True)
    if built.snapshot is None:
        return {"problems": [problem.as_dict() for problem in built.problems], "cases": []}
    if interface is not None and interface not in built.snapshot.interfaces:
        raise ZcError(
            phrase("there is no interface {interface}", interface=interface),
            phrase("Known: {names}", names=", ".join(sorted(built.snapshot.interfaces))),
        )
    cases = trials.run(built.snapshot, interface)
    return {
        "problems": [problem.as_dict() for case in cases for problem in case.problems],
        "cases": [{"interface": case.interface, "title": case.title, "green": not case.problems} for case in cases],
    }


def diff(home: Home) -> list[str]:
    """What differs between the files on disk and the last good set, in words."""
    copy = lastgood.available(home)
    return differences(read(copy, Cache()) if copy else None, home)


def differences(old: Reading | None, home: Home) -> list[str]:
    """What differs between `old` and the files on disk, in words. ZcError where those have problems."""
    new = read(home, Cache())
    if stops(list(new.problems)):
        raise ZcError(phrase("the declarations on disk have problems"), phrase("See them with: zc check"))
    return differing.changes(old, new)


def show(home: Home, name: str) -> str:
    """KIND/ID resolved, with where each part came from. ZcError where there is none."""
    reading = read(home, Cache())
    kind, _, id_ = name.partition("/")
    if kind not in reading.kinds:
        raise ZcError(
            phrase("there is no kind {kind}", kind=repr(kind)),
            phrase("Write KIND/ID; kinds: {names}", names=", ".join(sorted(reading.kinds))),
        )
    found = reading.declarations.get(kind, {}).get(id_ or kind)
    if found is None:
        known = ", ".join(sorted(reading.declarations.get(kind, {}))) or phrase("none")
        raise ZcError(
            phrase("there is no {kind} {id} (or it has problems)", kind=kind, id=repr(id_)),
            phrase("Known: {names}", names=known),
        )
    return showing.show(found)


def path_of(home: Home, name: str) -> str:
    """The file of the home that has KIND/ID, there or not; a path is one already. ZcError for an unknown kind."""
    if name.endswith(".yaml"):
        return name
    kinds = read(home, Cache()).kinds
    kind, _, id_ = name.partition("/")
    if kind not in kinds:
        raise ZcError(
            phrase("there is no kind {kind}", kind=repr(kind)),
            phrase("Write KIND/ID or a file; kinds: {names}", names=", ".join(sorted(kinds))),
        )
    return SITE if kinds[kind].single else f"{kinds[kind].home}/{id_}{kinds[kind].suffix}"


def plugins(home: Home) -> list[Plain]:
    """[{plugin, title, version, owner, offers}] of the plugins that the site runs."""
    reading = read(home, Cache())
    return [
        {
            "plugin": manifest.id,
            "title": manifest.title,
            "version": manifest.declaration.data.get("version", ""),
            "owner": "home" if manifest.folder.is_relative_to(home.root / "plugins") else "built in",
            "offers": ", ".join(
                f"{kind.rstrip('s')} {name}" for kind, names in manifest.offers.items() for name in names
            ),
        }
        for manifest in reading.plugins.values()
    ]


def offered_commands(home: Home) -> dict[str, Plain]:
    """{name: what plugin.yaml says of it, with plugin and plugin_help} of the home's plugins; none without a home."""
    if not (home.root / "config" / "site.yaml").is_file():
        return {}
    return {
        name: {**said, "plugin": manifest.id, "plugin_help": manifest.title}
        for manifest in read(home, Cache()).plugins.values()
        for name, said in manifest.offers.get("commands", {}).items()
    }


def digest_of(home: Home) -> str:
    """A cheap digest of all files of the declarations: names, sizes, times."""
    return library.digest_of(home.root, home.plugin_roots)
