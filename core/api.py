"""The only door for plugins and webui: what they may import of zc is named here, and nothing else is."""

from core.declare.declaration import Declaration
from core.declare.phrase import Phrases, in_language
from core.declare.problem import Place, Problem, ZcError, problem
from core.declare.reference import pages as reference_pages
from core.entity.calendar import GRAINS
from core.entity.calendar import shown as show_grain
from core.entity.entity import Entity, Field
from core.entity.field_type import FieldType, Reading, ValueRefused
from core.entity.types.time import pattern_fault as time_pattern_fault
from core.entity.types.time import read_written as read_time
from core.entity.types.time import written as write_time
from core.http.handlers import PlatformHandler
from core.http.ingest import Intake
from core.http.limits import Failures, Rates
from core.intake.file_name import FileName
from core.intake.template import compiled as compile_template
from core.run.accounts import Session
from core.run.answer import Answer, ask, shown_measure
from core.run.beside import beside
from core.run.copies import prove as prove_copy
from core.run.copies import restore_into as restore_copy
from core.run.copies import wrong_files
from core.run.exporting import Exporting
from core.run.figuring import plain as plain_answer
from core.run.home import shipped_root
from core.run.live import Platform
from core.run.offers import Batch, Facts, Live, Offers, Plugin, Service, hook
from core.run.question import Question
from core.run.rights import Account, Rights
from core.run.seeing import Seeing
from core.run.shown import moment as show_moment
from core.run.snapshot import Snapshot
from core.run.transport import Fetch, PullDoor, Pulled, PullFailed, Taken
from core.run.words import Conflict, LoginRefused, NotAllowed, NotFound, Outdated, RecordRefused
from core.store.database import now_ms
from core.store.notices import TOUCHED as NOTICES_TOUCHED
from core.store.request import StoreBusy
from core.store.scope import Scope

__all__ = [
    "Account",
    "Answer",
    "Batch",
    "Conflict",
    "Declaration",
    "Entity",
    "Exporting",
    "Facts",
    "Failures",
    "Fetch",
    "Field",
    "FieldType",
    "FileName",
    "GRAINS",
    "Intake",
    "Live",
    "LoginRefused",
    "NOTICES_TOUCHED",
    "NotAllowed",
    "NotFound",
    "Offers",
    "Outdated",
    "Phrases",
    "Place",
    "Platform",
    "PlatformHandler",
    "Plugin",
    "Problem",
    "Question",
    "Rights",
    "Scope",
    "Rates",
    "PullDoor",
    "PullFailed",
    "Pulled",
    "Reading",
    "RecordRefused",
    "Seeing",
    "Service",
    "Session",
    "Snapshot",
    "StoreBusy",
    "Taken",
    "ValueRefused",
    "ZcError",
    "ask",
    "beside",
    "compile_template",
    "hook",
    "in_language",
    "now_ms",
    "plain_answer",
    "problem",
    "prove_copy",
    "shown_measure",
    "read_time",
    "reference_pages",
    "restore_copy",
    "shipped_root",
    "show_grain",
    "show_moment",
    "time_pattern_fault",
    "write_time",
    "wrong_files",
]
