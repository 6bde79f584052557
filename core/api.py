"""The only door for plugins and webui: what they may import of zc is named here, and nothing else is."""

from core.declare.declaration import Declaration
from core.declare.problem import Place, Problem, ZcError, problem
from core.entity.entity import Entity, Field
from core.entity.field_type import FieldType, Reading, ValueRefused
from core.entity.types.time import pattern_fault as time_pattern_fault
from core.entity.types.time import read_written as read_time
from core.entity.types.time import written as write_time
from core.http.handlers import PlatformHandler
from core.http.ingest import Intake
from core.http.limits import Failures
from core.intake.file_name import FileName
from core.intake.template import compiled as compile_template
from core.run.copies import prove as prove_copy
from core.run.copies import restore_into as restore_copy
from core.run.copies import wrong_files
from core.run.live import Platform
from core.run.offers import Batch, Facts, Live, Offers, Plugin, Service, hook
from core.run.shown import moment as show_moment
from core.run.snapshot import Snapshot
from core.run.transport import Fetch, PullDoor, Pulled, PullFailed, Taken
from core.store.database import now_ms

__all__ = [
    "Batch",
    "Declaration",
    "Entity",
    "Facts",
    "Failures",
    "Fetch",
    "Field",
    "FieldType",
    "FileName",
    "Intake",
    "Live",
    "Offers",
    "Place",
    "Platform",
    "PlatformHandler",
    "Plugin",
    "Problem",
    "PullDoor",
    "PullFailed",
    "Pulled",
    "Reading",
    "Service",
    "Snapshot",
    "Taken",
    "ValueRefused",
    "ZcError",
    "compile_template",
    "hook",
    "now_ms",
    "problem",
    "prove_copy",
    "read_time",
    "restore_copy",
    "show_moment",
    "time_pattern_fault",
    "write_time",
    "wrong_files",
]
