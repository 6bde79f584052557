"""The shape of an entity as its table was last made, and what of a new shape cannot be had by adding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.declare.declaration import Declaration
from core.declare.problem import Place, Problem, problem
from core.entity.entity import Entity, Field

Shape = dict[str, Any]


def shape_of(entity: Entity, before: Shape | None = None) -> Shape:
    """The fingerprint of an entity: key and fields. Fields of `before` that are gone stay, marked removed."""
    fields = {name: _field_shape(field) for name, field in entity.fields.items()}
    gone = {name: {**field, "removed": True} for name, field in (before or {"fields": {}})["fields"].items()}
    return {"key": list(entity.key), "fields": gone | fields}


def _field_shape(field: Field) -> dict[str, Any]:
    return {
        "type": type(field.type).__name__.lower() + (f" to {field.to}" if field.to else ""),
        "column": field.type.column,
        "units": {unit: str(factor) for unit, factor in sorted(field.type.units.items())},
    }


class Comparison:
    """Finds what changed in one entity. `declaration` tells the place and who writes the migration."""

    def __init__(self, entity: Entity, declaration: Declaration | None, number: int) -> None:
        self._entity = entity
        self._declaration = declaration
        owner = declaration.owner if declaration else "home"
        folder = "config/migrations" if owner == "home" else f"plugins/{owner}/migrations"
        self._migration = f"{folder}/{number:04}_{entity.id}.py"

    def changes(self, before: Shape, table: Mapping[str, str], wanted: Mapping[str, str]) -> list[Problem]:
        """Problems of the step from shape `before`; `table` and `wanted` are {column: SQL type}, there and declared."""
        problems = []
        if before["key"] != list(self._entity.key):
            was, now = ", ".join(before["key"]), ", ".join(self._entity.key)
            problems.append(self._problem("ZC504", ("key",), was=was, now=now, migration=self._migration))
        for name, was in before["fields"].items():
            field = self._entity.fields.get(name)
            if field:
                problems += self._field_changes(name, was, _field_shape(field))
            elif not was.get("removed"):
                problems.append(self._problem("ZC501", (), name=name))
        return problems or self.column_changes(table, wanted)

    def column_changes(self, table: Mapping[str, str], wanted: Mapping[str, str]) -> list[Problem]:
        """Problems of columns that are in the table with another SQL type than declared."""
        return [
            self._type_problem(name, table[name], kind)
            for name, kind in wanted.items()
            if name in table and table[name] != kind
        ]

    def _field_changes(self, name: str, was: dict[str, Any], now: dict[str, Any]) -> list[Problem]:
        if (was["type"], was["column"]) != (now["type"], now["column"]):
            return [self._type_problem(name, was["type"], now["type"])]
        moved = [unit for unit in was["units"] if now["units"].get(unit, was["units"][unit]) != was["units"][unit]]
        return [
            self._problem(
                "ZC503",
                ("fields", name),
                name=name,
                unit=unit,
                was=was["units"][unit],
                now=now["units"][unit],
                migration=self._migration,
            )
            for unit in moved[:1]
        ]

    def _type_problem(self, name: str, was: str, now: str) -> Problem:
        return self._problem("ZC502", ("fields", name), name=name, was=was, now=now, migration=self._migration)

    def _problem(self, code: str, path: tuple[str, ...], **values: object) -> Problem:
        if self._declaration:
            return self._declaration.problem(code, *path, **values)
        return problem(code, Place(self._entity.id), ".".join(path), **values)
