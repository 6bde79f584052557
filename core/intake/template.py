"""Templates of replies: text, lists and mappings in which {names} in braces are filled in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from string import Formatter
from typing import Any

import msgspec

from core.declare.phrase import phrase

Render = Callable[[Mapping[str, Any]], Any]
Fault = tuple[tuple[str | int, ...], str, str]
"""(path inside the template, "name" or "braces", the name or what is wrong)."""

SHOWN_CHARACTERS = 40


def compiled(template: Any, names: Collection[str], path: tuple[str | int, ...] = ()) -> tuple[Render, list[Fault]]:
    """A function that fills the template from a mapping of `names`, and what is wrong with it.

    A text that is one brace alone keeps the value's type, else values are put in as text. {{ and }} are braces.
    """
    if isinstance(template, str):
        return _text(template, names, path)
    if isinstance(template, Mapping):
        items = {key: compiled(value, names, (*path, key)) for key, value in template.items()}
        renders = {key: render for key, (render, _) in items.items()}
        faults = [fault for _, found in items.values() for fault in found]
        return lambda values: {key: render(values) for key, render in renders.items()}, faults
    if isinstance(template, list):
        parts = [compiled(value, names, (*path, index)) for index, value in enumerate(template)]
        return lambda values: [render(values) for render, _ in parts], [fault for _, found in parts for fault in found]
    return _constant(template), []


def as_text(value: Any) -> str:
    """A value as it stands in text: null as nothing, rows of a list on lines of their own, a mapping as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(map(as_text, value))
    return msgspec.json.encode(value).decode()


def shown(value: Any) -> str:
    """A partner's value in a message, cut short; a list as it came, lest [1] read as 1."""
    text = msgspec.json.encode(value).decode() if isinstance(value, list) else as_text(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _text(template: str, names: Collection[str], path: tuple[str | int, ...]) -> tuple[Render, list[Fault]]:
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        return _constant(template), [(path, "braces", str(error))]
    faults: list[Fault] = []
    pieces: list[tuple[str, str | None]] = []
    for literal, name, spec, conversion in parts:
        pieces.append((literal, name))
        if spec or conversion:
            faults.append((path, "braces", phrase("nothing may stand beside the name in {{{name}}}", name=name)))
        elif name is not None and name not in names:
            faults.append((path, "name", name))
    if len(pieces) == 1 and pieces[0][0] == "" and pieces[0][1] is not None:
        alone = pieces[0][1]
        return lambda values: values[alone], faults
    if all(name is None for _, name in pieces):
        return _constant("".join(literal for literal, _ in pieces)), faults
    return lambda values: "".join(
        literal if name is None else literal + as_text(values[name]) for literal, name in pieces
    ), faults


def _constant(value: Any) -> Render:
    return lambda _: value
