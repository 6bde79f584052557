"""An interface as its partners see it: their fields, a sample body and the true reply to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from core.entity.entity import Field
from core.intake.mapping import Source
from core.intake.plan import Interface
from core.run import trials
from core.run.snapshot import Snapshot
from core.store.database import now_ms

SAMPLE_NUMBER = 6
SAMPLES: Mapping[str, Any] = {"integer": SAMPLE_NUMBER, "real": 12.5, "boolean": True}
"""Values for a sample, by the column of a field type; texts and times are made from the field."""


@dataclass(frozen=True)
class Said:
    """One of our fields in the partner's words. `names` are the partner's, the first the usual one; none for a
    constant. `rules` is the entry under `fields` as it is declared."""

    field: Field
    names: tuple[str, ...]
    required: bool
    source: Source
    rules: Mapping[str, Any]

    @property
    def unit(self) -> str:
        """The unit that the partner writes; empty for what has none."""
        return str(self.rules.get("unit") or self.field.type.shown)

    @property
    def pattern(self) -> str:
        """How the partner writes a time; empty for what is none."""
        return str(self.rules.get("pattern") or "yyyy-MM-dd HH:mm:ss") if self.field.type.timed else ""

    @property
    def bounds(self) -> str:
        """What values are taken, in words, in the unit that we show."""
        options, shown = self.field.options, self.field.type.shown
        low, high = options.get("min"), options.get("max")
        if self.field.type.column == "text" and not self.field.type.timed:
            return f"最多 {high} 个字" if high is not None else ""
        parts = [f"≥ {low}" if low is not None else "", f"≤ {high}" if high is not None else ""]
        said = " 且 ".join(filter(None, parts))
        return f"{said} {shown}".strip() if said else ""


def fields_of(snapshot: Snapshot, interface: Interface) -> list[Said]:
    """The fields of an interface that are read from what the partner sends, in the order of the declaration."""
    declared = snapshot.reading.declarations["interface"][interface.id].data["fields"]
    found = []
    for name, source in interface.explainer.sources.items():
        if not source.is_constant:
            names = tuple(one.shown for one in (*source.names, *source.join, *source.numbered)) or (source.shown,)
            required = source.required and source.default is None
            found.append(Said(source.field, names, required, source, declared.get(name) or {}))
    return found


def sample(snapshot: Snapshot, interface: Interface) -> tuple[str, str]:
    """(a body, the reply to it): the first case of the interface's trial, else one made from its fields; without
    token; both empty where the format cannot be made of fields alone. Not for a running loop: the reply is made by
    the five steps themselves."""
    trial = snapshot.reading.declarations.get("trial", {}).get(interface.id)
    case = trial.data["cases"][0] if trial is not None else {"send": _made(snapshot, interface)}
    try:
        body = trials.body_of(case["send"], snapshot, interface.id)
    except ValueError:
        return "", ""
    at = trials.moment_of(case.get("now"), snapshot)
    reply = trials.send(snapshot, interface.id, body, at, stations=case.get("stations")).reply
    charset = interface.layout.charset
    return body.decode(charset, "replace"), reply.decode(charset, "replace")


def _made(snapshot: Snapshot, interface: Interface) -> Any:
    record: dict[str, Any] = {}
    for said in fields_of(snapshot, interface):
        for name in said.names if said.source.join else said.names[:1]:
            _put(record, name, _value(snapshot, said))
    body: Any = [record] if interface.records or interface.layout.listed else record
    for name in reversed(interface.records):
        body = {name: body}
    return body


def _put(record: dict[str, Any], name: str, value: Any) -> None:
    *outer, last = name.split(".")
    for key in outer:
        record = record.setdefault(key, {})
    record[last] = value


def _value(snapshot: Snapshot, said: Said) -> Any:
    if said.rules.get("values"):
        return next(iter(said.rules["values"]))
    if said.field.type.timed:
        return written_time(snapshot, said.pattern)
    if said.field.dictionary:
        return next(iter(snapshot.facts.dictionaries[said.field.dictionary]))
    low = said.field.options.get("min")
    if said.field.type.column in SAMPLES:
        return low if isinstance(low, int | float) and low > SAMPLE_NUMBER else SAMPLES[said.field.type.column]
    return "DEMO-1"


def written_time(snapshot: Snapshot, pattern: str) -> str:
    """The moment of now in a partner's pattern."""
    now = now_ms()
    if pattern in ("epoch_s", "epoch_ms"):
        return str(now // 1000 if pattern == "epoch_s" else now)
    at = trials.local(now, snapshot)
    parts = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
    for token, code in parts.items():
        pattern = pattern.replace(token, at.strftime(code))
    return pattern.replace("SSS", f"{at.microsecond // 1000:03d}")


def with_token(interface: Interface, body: str) -> str:
    """The body with TOKEN where the interface has its token, as far as it is a JSON mapping; else as it is."""
    try:
        data = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
    if isinstance(data, dict) and interface.token is not None and len(interface.token) == 1:
        data = {interface.token[0]: "TOKEN", **data}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
