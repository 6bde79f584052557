"""The quick way of a post's records: msgspec proves the types of all of them in one pass, then one generated function
makes ours of each.

It takes only what is plainly right. Whatever it does not take is the plan's, which says the same of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import msgspec

from core.entity.types.number import INT64_MAX, INT64_MIN
from core.intake.generate import Plan, field_lines, made, numbers
from core.intake.mapping import Name, Source

Plans = Callable[[Sequence[Any]], list[dict[str, Any] | None]]
"""For each of a partner's records ours with all columns; None where it is no record or not plainly right."""

Build = Callable[[Any, dict[str, Any]], dict[str, Any] | None]
"""From what is proved of a record, and the record itself, to ours."""

UNNAMED = frozenset('\\"')  # in no name of a msgspec struct
UNPROVED = (msgspec.ValidationError, UnicodeError)
Texts = str | None


def quick(sources: Sequence[Source], columns: Iterable[str], plan: Plan, typed: bool) -> Plans:
    """What `plan` says of each record, a quarter sooner where all are plainly right.

    Without `typed`, for bodies whose values are all texts or whose names are folded, it is the plan alone.
    """

    def planned(raws: Sequence[Any]) -> list[dict[str, Any] | None]:
        return [plan(raw) if type(raw) is dict else None for raw in raws]

    builder = Builder(columns)
    for index, source in enumerate(sources):
        builder.add(index, source)
    if not typed or not builder.types:
        return planned
    shape, build = builder.shape(), builder.build()
    shapes = list[shape]  # type: ignore[valid-type]  # made above

    def plans(raws: Sequence[Any]) -> list[dict[str, Any] | None]:
        if len(raws) == 1:  # what msgspec needs to begin a list costs more than the record
            return [_alone(raws[0])]
        try:
            proved = msgspec.convert(raws, shapes)
        except UNPROVED:  # one at least; each is looked at by itself
            return [_alone(raw) for raw in raws]
        return [build(one, raw) or plan(raw) for one, raw in zip(proved, raws, strict=True)]

    def _alone(raw: Any) -> dict[str, Any] | None:
        if type(raw) is not dict:
            return None
        try:
            proved = msgspec.convert(raw, shape)
        except UNPROVED:
            return plan(raw)
        return build(proved, raw) or plan(raw)

    return plans


class Builder:
    """Gathers what is proved of each of a partner's names, and the text of the function."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.types: dict[str, Any] = {}
        self._aliases: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._lines: list[str] = []
        self._others: list[str] = []
        self._space: dict[str, Any] = {"whole": {int}, "fresh": dict.fromkeys(columns).copy}

    def add(self, index: int, source: Source) -> None:
        """Read the source in the quick way, or as the plan does where it needs more than names at the top."""
        if source.is_constant:
            self._space[f"c{index}"], self._values[source.field.name] = source.constant, f"c{index}"
            return
        names, kind = source.numbered or source.names, self._kind(source)
        if kind is None or not all(self._free(name, kind) for name in names):
            self._others += field_lines(index, source, self._space)
            return
        for name in names:
            self.types[name.keys[0]] = kind
            self._aliases.setdefault(name.keys[0], f"f{len(self._aliases)}")
        self._space |= {f"r{index}": source.read, f"d{index}": source.default, f"n{index}": source.nulls}
        self._space |= {f"e{index}": source.exact, f"m{index}": frozenset(numbers(source.nulls))}
        lines = self._list(index, source) if source.numbered else self._found(index, source)
        self._lines += [*lines, *_value(index, source)]
        self._values[source.field.name] = f"v{index}"

    def shape(self) -> type[msgspec.Struct]:
        """The struct of what is proved of a partner's record; what it does not name is left alone."""
        fields = [(alias, self.types[name], None) for name, alias in self._aliases.items()]
        rename = {alias: name for name, alias in self._aliases.items()}
        return msgspec.defstruct("Shape", fields, rename=rename, gc=False)

    def build(self) -> Build:
        """The function from that struct and the record itself to ours; None where it is not plainly right."""
        lines = [*self._lines, "ours = fresh()"]  # a copy is made in a fifth of the time of its columns one by one
        lines += [f"ours[{name!r}] = {value}" for name, value in self._values.items()]
        lines += ["get = record.get", *self._others] if self._others else []
        body = [f"        {line}" for line in lines]
        text = ["def build(typed, record):", "    try:", *body, "    except Exception:", "        return None"]
        function: Callable[[Any, dict[str, Any]], dict[str, Any] | None] = made(
            "build", [*text, "    return ours"], self._space
        )
        return function

    def _kind(self, source: Source) -> Any:
        """The type that is proved of its values; None where the plan's way is the only one."""
        if source.join or source.field.type.listed and (not source.numbered or source.integers is None):
            return None
        if source.integers is not None:
            low, high, _ = source.integers
            whole = Annotated[int, msgspec.Meta(ge=max(low, INT64_MIN), le=min(high, INT64_MAX))]
            return whole | None if source.numbered else whole | float | None  # the reader rounds what has a fraction
        return Texts if source.texts is not None or source.exact is not None else None

    def _free(self, name: Name, kind: Any) -> bool:
        """Whether msgspec can look for the name: it lies at the top, and nothing else is proved of it."""
        first, *inner = name.keys
        return not inner and first.isprintable() and UNNAMED.isdisjoint(first) and self.types.get(first, kind) == kind

    def _found(self, index: int, source: Source) -> list[str]:
        """Lines that set v to the first value that is there and no null word."""
        v, lines = f"v{index}", list[str]()
        for position, name in enumerate(source.names):
            block = [f"{v} = typed.{self._aliases[name.keys[0]]}"]
            if source.integers is not None:
                block += [f"if {v} in m{index}: {v} = None"] if self._space[f"m{index}"] else []
            else:
                text = f"({v} := {v}.strip())" if source.texts is not None else v
                block += [f"if {v} is not None and {text} in n{index}: {v} = None"]
            lines += block if position == 0 else [f"if {v} is None:", *(f"    {line}" for line in block)]
        return lines

    def _list(self, index: int, source: Source) -> list[str]:
        """Lines that set v to the list of the numbered names up to the last that is there; None without any."""
        items = ", ".join(f"typed.{self._aliases[name.keys[0]]}" for name in source.numbered)
        lines = [f"v{index} = [{items}]"]
        if self._space[f"m{index}"]:
            lines += [f"if not m{index}.isdisjoint(v{index}): return None"]
        return [*lines, f"while v{index} and v{index}[-1] is None: v{index}.pop()", f"v{index} = v{index} or None"]


def _value(index: int, source: Source) -> list[str]:
    """Lines that make v what is stored."""
    v = f"v{index}"
    if source.integers is not None:
        *_, factor = source.integers
        lines = [f"if type({v}) is not int: {v} = r{index}({v})"]
        lines += [f"else: {v} *= {factor}"] if factor != 1 else []
        if source.numbered:
            lines = [f"{v} = e{index}({v}) if None not in {v} else r{index}({v})"]
    elif source.texts is not None:
        least, most = source.texts
        length = f"{least} <= len({v}) <= {most}" if least else f"len({v}) <= {most}"
        lines = [f"if not {length} or not {v}.isprintable(): return None"]
    else:
        lines = [f"{v} = e{index}({v})"]
    missing = f"{v} = d{index}" if source.default is not None else "return None" if source.required else ""
    there = [f"if {v} is not None:", *(f"    {line}" for line in lines)]
    return [*there, *([f"else: {missing}"] if missing else [])]
