"""The running platform of one home: its store, the snapshot in force, its services and jobs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.declare import library
from core.declare.phrase import phrase
from core.declare.problem import Problem, ZcError
from core.intake.store import DERIVE
from core.run import catching_up, checking, diff, garbage, lastgood, versions
from core.run.accounts import Accounts
from core.run.activation import activate, overtaken, remember_replaced
from core.run.build import Built, build, stops
from core.run.chores import Chores
from core.run.conformance import Conformance
from core.run.drafts import Desk
from core.run.guard import Faults
from core.run.home import Home
from core.run.job_run import carry_out
from core.run.jobs import Jobs
from core.run.keyring import Keyring
from core.run.nonces import Nonces
from core.run.noticing import Noticing
from core.run.operations import OPERATIONS
from core.run.plugin_live import PluginLive
from core.run.pulling import Pulling
from core.run.sandbox import Sandbox
from core.run.services import Services
from core.run.snapshot import Snapshot
from core.run.stores import bring_in_line, open_store, remember_store
from core.run.tokens import Tokens
from core.run.traffic import Traffic
from core.run.watch import Watcher
from core.run.work import Work
from core.store.archive import Archive
from core.store.columnar import Columnar
from core.store.database import now_ms
from core.store.job_runs import CLOCK
from core.store.request import StoreBusy
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.seeing import Seeing

log = logging.getLogger("zc.run")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Reloaded:
    """What a reload came to."""

    activated: bool
    number: int
    problems: list[Problem]
    changes: list[str]


class BadDeclarations(ZcError):
    """The declarations on disk cannot be activated; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems in the declarations", "Mend them, then see: zc check")
        self.problems = problems


class Platform:
    """One open home. Thread-safe: the snapshot is swapped by one assignment, reloads queue up one by one."""

    def __init__(self, home: Home, store: Store, cache: library.Cache, files_digest: str) -> None:
        self.home = home
        self.store = store
        self.cache = cache
        self.faults = Faults()
        self.keyring = Keyring(home.data / "key")
        self.tokens = Tokens(store, self.keyring)
        self.nonces = Nonces(store)
        self.work = Work()
        self.archive = Archive(store.database, store.writer, home.data / "archive")
        self.columnar = Columnar(store.database, self.archive)
        self.accounts = Accounts(store, self.work, lambda: self.snapshot)
        self.sandbox = Sandbox(home, self.nonces.learn)
        self.conformance = Conformance(self.sandbox)
        self.traffic = Traffic(store.state)
        self.url: str | None = None
        self.problems: list[Problem] = []
        self.desk = Desk(home)
        self.services = Services(self.live_of, self.faults)
        self.jobs = Jobs(self.run_job, lambda jobs: catching_up.counted_from(store, jobs, now_ms()))
        self.pulling = Pulling(self)
        self.noticing = Noticing(self)
        every_minute = (self._derive_again, self._forget_refusals, self._forget_former)
        filling = (lambda: store.fill_parts(self.snapshot.entities),)
        forgetting = (self.nonces.forget_old, self.sandbox.forget_old, self.accounts.forget_old)
        self.chores = Chores((*every_minute, *filling, *forgetting, self.traffic.save, self.noticing.look))
        self.counting = Chores((lambda: store.statistics.fill(lambda: self.counting.ended),))
        self.watcher: Watcher | None = None
        self.reloading = threading.RLock()  # held by the one who activates declarations
        self._freed_at = 0
        self._files_digest = files_digest
        self._snapshot: Snapshot | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot in force."""
        if self._snapshot is None:
            raise RuntimeError("no snapshot was activated yet")
        return self._snapshot

    def stand_on(self, snapshot: Snapshot) -> None:
        """Have this snapshot in force without activating it: another process did that."""
        self._snapshot = snapshot

    @classmethod
    @contextmanager
    def opened(cls, home: Home, *, strict: bool = False) -> Iterator[Platform]:
        """Open a home whose lock the caller holds: build, migrate, activate. On bad files the last good set is
        activated, or with `strict` (or where there is none) BadDeclarations raised."""
        home.require()
        cache, files_digest = library.Cache(), checking.digest_of(home)
        built = build(home, cache)
        problems = built.problems
        if built.snapshot is not None:
            with cls._on_store(home, built, cache, files_digest) as platform:
                problems = platform._begin(built, is_copy=False)
                if not problems:
                    yield platform
                    return

        copy = None if strict else lastgood.available(home)
        former = build(copy, cache, skip_trials=True) if copy is not None else None
        if former is None or former.snapshot is None:
            raise BadDeclarations(problems)
        with cls._on_store(home, former, cache, files_digest) as platform:
            if platform._begin(former, is_copy=True):
                raise BadDeclarations(problems)
            platform.problems = problems
            log.error("declarations on disk are bad, the last good ones are in force problems=%d", len(problems))
            yield platform

    @classmethod
    @contextmanager
    def _on_store(cls, home: Home, built: Built, cache: library.Cache, files_digest: str) -> Iterator[Platform]:
        """A platform without a snapshot yet, on the store that `built` names; closed afterwards."""
        site = built.reading.declarations["site"]["site"].data
        store = open_store(site, built.reading.secrets, home)
        with closing(cls(home, store, cache, files_digest)) as platform:
            yield platform

    def _begin(self, built: Built, is_copy: bool) -> list[Problem]:
        """Activate the first snapshot; the problems that prevented it."""
        with self.reloading:
            problems = self._activate(built, who="start", note="", is_copy=is_copy)
            if not problems:
                catching_up.break_off(self)
            return problems

    def close(self) -> None:
        """Stop what runs, finish what was accepted, close the store."""
        if self.watcher is not None:
            self.watcher.stop()
        self.chores.stop()
        self.counting.stop()
        self.pulling.stop()
        self.jobs.stop()
        self.services.stop()
        self.traffic.save()
        self.sandbox.close()
        self.work.close()
        self.columnar.close()
        self.store.close()

    def start(self) -> None:
        """Start what only a server has: services, the jobs' clock, the watcher."""
        self.noticing.declared()
        remember_store(self.snapshot.site, self.home)
        self.services.adopt(self.snapshot)
        self._adopt_jobs()
        self.jobs.start(catching_up.broken_off(self.store, self.snapshot.active_jobs))
        self.pulling.adopt(self.snapshot)
        self.store.outbox.hasten(DERIVE)
        self.chores.start()
        self.counting.start()
        self.watcher = Watcher(lambda: checking.digest_of(self.home), self._changed, taken=self._files_digest)
        self.watcher.start()

    def _changed(self) -> None:
        self.reload(who="watcher")

    def reload(self, who: str, note: str = "", skip_trials: bool = False) -> Reloaded:
        """Build from disk and swap in; on any error the snapshot in force stays, the very same object."""
        with self.reloading:
            done = self._reload(who, note, skip_trials)
            self.noticing.declared()
            return done

    def _reload(self, who: str, note: str, skip_trials: bool) -> Reloaded:
        before = self.snapshot
        self._files_digest = checking.digest_of(self.home)
        built = build(self.home, self.cache, skip_trials)
        if built.snapshot is None:
            self.problems = built.problems
            log.error("reload failed snapshot=%d problems=%d", before.number, len(built.problems))
            return Reloaded(False, before.number, built.problems, [])
        if built.snapshot.digest == before.digest and not before.last_good:
            self.problems = built.problems
            return Reloaded(True, before.number, built.problems, [])
        reason = f"{note} (trials skipped)".strip() if skip_trials else note
        failed = self._activate(built, who, reason)
        if failed:
            self.problems = failed
            log.error("reload failed snapshot=%d problems=%d", before.number, len(failed))
            return Reloaded(False, before.number, failed, [])
        return Reloaded(True, self.snapshot.number, self.problems, diff.changes(before.reading, built.reading))

    def _activate(self, built: Built, who: str, note: str, is_copy: bool = False) -> list[Problem]:
        """Migrate, number, swap, adopt, keep. Returns the problems that prevented it; then nothing changed."""
        fresh = built.snapshot
        if fresh is None:
            return built.problems
        found = bring_in_line(self.store, fresh, self.home)
        if stops(found):
            return sorted([*built.problems, *found])
        found += overtaken(self.store, built.reading)
        remember_replaced(self.store, built.reading)
        self.sandbox.adopt(fresh)
        number = activate(self.store, fresh.digest, who, note)
        before = self._snapshot
        self._snapshot = fresh.activated(number, now_ms(), tuple(built.problems), is_copy)
        self.problems = sorted([*built.problems, *found])
        if before is None or number != before.number:
            self.store.log.add("activated", who, "", str(number), note=note)
        log.info("snapshot in force number=%d who=%s", number, who)
        if before is not None and self.watcher is not None:
            self._adopt_jobs()
            self.pulling.adopt(self.snapshot)
            self.services.adopt(self.snapshot)
            self.store.outbox.hasten(DERIVE)
            self.chores.wake()
            self.counting.wake()
        if not is_copy:
            versions.keep(self.store, built.reading, number, who, note)
            self._keep_last_good()
        return []

    def _derive_again(self) -> None:
        self.operate("rederive", log.debug)

    def _forget_refusals(self) -> None:
        self.store.refusals.purge(self.snapshot.site["intake"]["refusal_days"])

    def _forget_former(self) -> None:
        """Free the snapshots that were replaced since the last round."""
        if self._freed_at != self.snapshot.number:
            self._freed_at = self.snapshot.number
            garbage.look_now()

    def _keep_last_good(self) -> None:
        """Copy the declarations in force, unless the disk has moved on; then the next reload copies."""
        try:
            lastgood.keep(self.home, lambda: checking.digest_of(self.home) == self._files_digest)
        except OSError:
            log.exception("the last good copy could not be kept; the snapshot is in force all the same")

    def operate(self, name: str, progress: Progress, /, **arguments: Any) -> Any:
        """Run a named operation; its result is plain data. ZcError where none is, or the store takes nothing now."""
        operation = OPERATIONS.get(name)
        if operation is None:
            raise ZcError(
                phrase("there is no operation {name}", name=name),
                phrase("This server may be older than the command; restart it."),
            )
        try:
            return operation(self, progress, **arguments)
        except StoreBusy as busy:
            wait = phrase(
                "Run it again in {retry_after_s} s; what was stored before stays.", retry_after_s=busy.retry_after_s
            )
            raise ZcError(phrase("the store takes nothing now"), wait) from busy

    def live_of(self, plugin: str, progress: Progress = log.info, seeing: Seeing | None = None) -> PluginLive:
        """What that plugin's commands and services get; `seeing` is the door of the person at a page who asked."""
        return PluginLive(self, plugin, progress, seeing)

    def run_job(self, name: str, job: Mapping[str, Any], asked_by: str = CLOCK, tell: Progress = log.info) -> int:
        """Run a job's command and keep how it went; the run's id."""
        return carry_out(self, name, job, asked_by, tell)

    def _adopt_jobs(self) -> None:
        catching_up.remember(self.store, self.snapshot.active_jobs, now_ms())
        self.jobs.adopt(self.snapshot)
