"""What an entity says under derive: each deriver is offered, its inputs are there, and what it gives is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.entity import Derive, Entity, Field
from core.entity.field_type import FieldType
from core.entity.near import instead


def check_derivers(
    declaration: Declaration,
    entity: Entity,
    derivers: Mapping[str, Mapping[str, Any]],
    field_types: Mapping[str, FieldType],
) -> Iterator[Problem]:
    """All that is wrong under derive. `derivers` are announced ones, {name: {uses, optional, gives}}."""
    checking = _Checking(declaration, entity, field_types)
    for row, derive in enumerate(entity.derive):
        announced = derivers.get(derive.use)
        if announced is None:
            what, mend = phrase("no plugin offers the deriver '{use}'", use=derive.use), instead(derive.use, derivers)
            yield declaration.problem("ZC316", "derive", row, "use", what=what, mend=mend)
            continue
        yield from checking.missing(row, derive, announced)
        yield from checking.inputs(row, derive, announced.get("uses", {}))
        yield from checking.outputs(row, derive, announced["gives"])
    if all(derive.use in derivers for derive in entity.derive):
        yield from checking.given_by_nobody()


@dataclass
class _Checking:
    """One pass over the derivers of an entity, in their order; `given` are the fields given so far, by whom."""

    declaration: Declaration
    entity: Entity
    field_types: Mapping[str, FieldType]
    given: dict[str, str] = field(default_factory=dict)

    def fits(self, field_: Field, type_name: str) -> bool:
        """Whether the field is of the type a deriver announces."""
        wanted = self.field_types.get(type_name)
        return wanted is not None and isinstance(field_.type, type(wanted))

    def missing(self, row: int, derive: Derive, announced: Mapping[str, Any]) -> Iterator[Problem]:
        """Inputs that are needed and not named."""
        for slot, type_name in announced.get("uses", {}).items():
            if slot not in derive.inputs and slot not in announced.get("optional", ()):
                what = phrase("'{use}' needs the input '{slot}'", use=derive.use, slot=slot)
                mend = phrase("add {slot}: FIELD, a field of type {type}", slot=slot, type=type_name)
                yield self.declaration.problem("ZC316", "derive", row, what=what, mend=mend)

    def inputs(self, row: int, derive: Derive, uses: Mapping[str, str]) -> Iterator[Problem]:
        """Inputs that there are not, of another type, or not there yet."""
        for slot, name in derive.inputs.items():
            found = self.entity.fields.get(name)
            if slot not in uses:
                what, mend = phrase("'{use}' has no input '{slot}'", use=derive.use, slot=slot), instead(slot, uses)
            elif found is not None and not self.fits(found, uses[slot]):
                words = "'{use}' reads '{slot}' as {type}, and '{name}' is of another type"
                what = phrase(words, use=derive.use, slot=slot, type=uses[slot], name=name)
                mend = phrase("name a field of type {type}", type=uses[slot])
            elif found is not None and found.derived and name not in self.given:
                what = phrase("'{name}' is derived, but not before '{use}' runs", name=name, use=derive.use)
                mend = phrase("put the deriver that gives it first")
            else:
                continue
            yield self.declaration.problem("ZC316", "derive", row, slot, what=what, mend=mend)

    def outputs(self, row: int, derive: Derive, gives: Mapping[str, str]) -> Iterator[Problem]:
        """What it gives that is not declared, of another type, or given already."""
        for name, type_name in gives.items():
            found, named = self.entity.fields.get(name), {"use": derive.use, "name": name, "type": type_name}
            path: tuple[str | int, ...] = ("derive", row)
            if found is None or not found.derived:
                what = phrase("'{use}' gives '{name}', which is no derived field", **named)
                mend = phrase("add the field {name}: {{type: {type}, derived: true, label: …}}", **named)
                yield self.declaration.problem("ZC317", *path, what=what, mend=mend)
            elif not self.fits(found, type_name):
                what, path = phrase("'{use}' gives '{name}' as {type}", **named), ("fields", name, "type")
                yield self.declaration.problem("ZC317", *path, what=what, mend=phrase("write type: {type}", **named))
            elif name in self.given:
                what = phrase("'{name}' is given by '{other}' and by '{use}'", other=self.given[name], **named)
                yield self.declaration.problem("ZC317", *path, what=what, mend=phrase("keep one of them"))
            self.given[name] = derive.use

    def given_by_nobody(self) -> Iterator[Problem]:
        """Derived fields that no deriver gives."""
        for found in self.entity.fields.values():
            if found.derived and found.name not in self.given:
                what = phrase("'{name}' is derived, but no deriver of the entity gives it", name=found.name)
                mend = phrase("name a deriver that gives it under derive, or take derived away")
                yield self.declaration.problem("ZC317", "fields", found.name, what=what, mend=mend)
