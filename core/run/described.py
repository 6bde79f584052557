"""Fields as a browser needs them: what they are called, of which type, with the texts of their codes."""

from __future__ import annotations

from typing import Any

from core.entity.entity import Field
from core.intake.category import Filter
from core.run.presets import time_presets
from core.run.rights import Rights
from core.run.words import said


def described(rights: Rights, field: Field) -> dict[str, Any]:
    """What every place says of a field: {name, label, help, unit, type, dictionary?, ref?}. The ids of
    declarations are told by their titles, as the codes of a dictionary are."""
    told: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "help": field.help,
        "unit": field.type.shown,
        "type": type_of(field),
    }
    if field.dictionary:
        items = rights.snapshot.facts.dictionaries[field.dictionary]
        told["dictionary"] = {code: {"label": one["label"], "colour": one["colour"]} for code, one in items.items()}
    elif field.options.get("declared"):
        declared = rights.snapshot.reading.declarations.get(field.options["declared"], {})
        told["dictionary"] = {
            id_: {"label": one.data["title"], "colour": "grey"} for id_, one in sorted(declared.items())
        }
    if field.to:
        told["ref"] = field.to
    return told


def type_of(field: Field) -> str:
    """text, number, boolean, time, date, ref, choice or list: what a browser has a control for."""
    if field.type.listed:
        return "list"
    if field.to or field.dictionary:
        return "ref" if field.to else "choice"
    if field.type.timed:
        return "time" if field.type.column == "integer" else "date"
    return {"integer": "number", "real": "number", "boolean": "boolean"}.get(field.type.column, "text")


def opened(rights: Rights, page_id: str | None) -> str | None:
    """The page that a click opens; None where there is none, or the account may not open it."""
    found = rights.snapshot.pages.get(page_id or "")
    return found.id if found is not None and rights.opens(found) else None


def filtered(rights: Rights, asked: Filter) -> dict[str, Any]:
    """What a browser needs to draw the control of a condition."""
    told = described(rights, asked.field) | {"as": asked.control, "default": asked.default}
    if asked.control == "presets":
        told["presets"] = [*time_presets(), {"value": "this_month a year ago", "label": said("same_period")}]
    if asked.field.type.column == "boolean":
        told["options"] = [{"value": "true", "label": said("yes")}, {"value": "false", "label": said("no")}]
    elif asked.field.dictionary:
        told["options"] = [{"value": code, "label": one["label"]} for code, one in told["dictionary"].items()]
    return told
