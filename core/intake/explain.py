"""What is wrong with a record that the plan did not take: Cerberus finds all of it, and its verdict wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cerberus import Validator
from cerberus.errors import COERCION_FAILED
from cerberus.schema import UnvalidatedSchema

from core.entity.field_type import ValueRefused
from core.intake.mapping import Source, as_text, fold, gathered
from core.intake.post import Reason

Fault = Callable[[str, BaseException], None]
"""Told of foreign code that raised: what it was, such as "field type plate", and the exception."""


@dataclass(frozen=True)
class Explainer:
    """The Cerberus schema of one interface, made from the same sources as its plan."""

    sources: Mapping[str, Source]
    columns: tuple[str, ...]
    ignore_case: bool
    schema: Mapping[str, Any]

    def explain(self, record: Mapping[str, Any], fault: Fault) -> tuple[dict[str, Any] | None, list[Reason]]:
        """(our record with every column, []) where it is good after all, else (None, all reasons)."""
        given, names = self.given(record)
        validator = Validator(UnvalidatedSchema(self.schema))  # made below, not written by anybody
        if validator.validate(given):
            return self._whole(validator.document), []
        tree = validator.document_error_tree
        reasons = []
        for name, source in self.sources.items():
            node = tree[name]
            for error in node.errors if node is not None else ():
                if error.code == COERCION_FAILED.code:
                    reasons.append(refused(source, names[name], given[name], fault))
                else:
                    reasons.append(missing(source, names[name]))
        return None, reasons

    def first(self, record: Mapping[str, Any], fault: Fault) -> tuple[dict[str, Any] | None, list[Reason]]:
        """The same verdict with the first reason only, at a tenth of the cost."""
        given, names = self.given(record)
        document: dict[str, Any] = {}
        for name, source in self.sources.items():
            if name not in given:
                if self.schema[name]["required"]:
                    return None, [missing(source, names[name])]
                continue
            try:
                document[name] = source.read(given[name])
            except Exception:  # noqa: BLE001 - a plugin's field type may raise anything; told by refused()
                return None, [refused(source, names[name], given[name], fault)]
        return self._whole(document), []

    def key(self, record: Any, names: Sequence[str]) -> str:
        """The values of key fields as the partner wrote them, as far as they are there; for replies."""
        if not isinstance(record, dict):
            return ""
        folded = fold(record) if self.ignore_case else record
        values = (gathered(folded, self.sources[name])[1] for name in names if not self.sources[name].is_constant)
        return "/".join(text for value in values if (text := as_text(value)) is not None)

    def given(self, record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """({our field: the partner's value}, {our field: the partner's name}), nulls left out."""
        folded = fold(record) if self.ignore_case else record
        given, names = {}, {}
        for name, source in self.sources.items():
            names[name], value = gathered(folded, source)
            if value is not None:
                given[name] = value
        return given, names

    def _whole(self, document: Mapping[str, Any]) -> dict[str, Any]:
        whole = dict.fromkeys(self.columns)
        for name, source in self.sources.items():
            value = source.constant if source.is_constant else document.get(name)
            whole[name] = source.default if value is None else value
        return whole


def explainer(sources: Sequence[Source], columns: Sequence[str], ignore_case: bool) -> Explainer:
    """The explainer of an interface's sources."""
    schema = {
        source.field.name: {
            "coerce": source.read,
            "required": source.required and source.default is None and not source.is_constant,
        }
        for source in sources
    }
    return Explainer({source.field.name: source for source in sources}, tuple(columns), ignore_case, schema)


def missing(source: Source, name: str) -> Reason:
    """A required field has no value."""
    return Reason("missing", name, source.field.name, {"label": source.field.label})


def refused(source: Source, name: str, value: Any, fault: Fault) -> Reason:
    """Why the field's reader does not take the value."""
    try:
        source.read(value)
    except ValueRefused as refusal:
        values = {"label": source.field.label, "value": value, **refusal.values}
        return Reason(refusal.outcome, name, source.field.name, values)
    except Exception as error:  # noqa: BLE001 - foreign code: the value is refused, the exception is told
        fault(f"field type of {source.field.name}", error)
    return Reason("wrong_type", name, source.field.name, {"label": source.field.type.noun, "value": value})
