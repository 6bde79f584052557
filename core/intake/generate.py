"""The compiled plan: one Python function per interface, from a partner's record to ours.

Its text is made of indices, numbers and names through repr() only; nothing a user wrote is run. It says nothing about
what is wrong: it returns None, and the explanation decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from core.intake.mapping import Name, Source, as_text, fold, gathered

Plan = Callable[[dict[str, Any]], dict[str, Any] | None]


def plan(sources: Sequence[Source], columns: Iterable[str], ignore_case: bool) -> Plan:
    """A function from a partner's record to a record with all `columns`; None when anything is not plainly right."""
    space: dict[str, Any] = {"fold": fold, "whole": {int}, "fresh": dict.fromkeys(columns).copy}
    lines = ["def plan(record):"]
    if ignore_case:
        lines.append("    record = fold(record)")
    lines += ["    get = record.get", "    ours = fresh()", "    try:"]
    for index, source in enumerate(sources):
        lines += [f"        {line}" for line in field_lines(index, source, space)]
    lines += ["    except Exception:", "        return None", "    return ours"]
    function: Plan = made("plan", lines, space)
    return function


def made(name: str, lines: Iterable[str], space: dict[str, Any]) -> Any:
    """The function of that name whose text the lines are; `space` has what it refers to."""
    code = compile("\n".join(lines), f"<{name}>", "exec")
    exec(code, space)  # noqa: S102 - the text of plans holds indices and quoted names only
    return space[name]


def field_lines(index: int, source: Source, space: dict[str, Any]) -> list[str]:
    """Lines that set the field in `ours`; `record` is what they read, `get` its own, and `space` takes what they refer
    to, under names with the index."""
    target = f"ours[{source.field.name!r}]"
    if source.is_constant:
        space[f"c{index}"] = source.constant
        return [f"{target} = c{index}"]
    space[f"r{index}"], space[f"d{index}"], space[f"n{index}"] = source.read, source.default, source.nulls
    space[f"m{index}"] = nulls = frozenset(numbers(source.nulls))
    lines = _gather(index, source, space) if source.is_gathered else _find(index, source, bool(nulls))
    if source.default is not None:
        lines += [f"{target} = d{index} if v is None else r{index}(v)"]
    elif source.required:
        lines += ["if v is None: return None", f"{target} = r{index}(v)"]
    else:
        lines += [f"if v is not None: {target} = r{index}(v)"]
    quick = [] if source.is_gathered else _quick(index, source, bool(nulls))
    return [*quick, "else:", *(f"    {line}" for line in lines)] if quick else lines


def _quick(index: int, source: Source, numbers: bool) -> list[str]:
    """Lines for a first name that holds what a short cut of the field type takes; empty where there is none."""
    if source.integers is not None:
        low, high, factor = source.integers
        test = f"type(v) is int and {low} <= v <= {high}" + (f" and v not in m{index}" if numbers else "")
        value = "v" if factor == 1 else f"v * {factor}"
    elif source.texts is not None:
        least, most = source.texts
        test = (
            f"type(v) is str and (v := v.strip()) not in n{index} and {least} <= len(v) <= {most} and v.isprintable()"
        )
        value = "v"
    else:
        return []
    return [*_dig(source.names[0]), f"if {test}:", f"    ours[{source.field.name!r}] = {value}"]


def _gather(index: int, source: Source, space: dict[str, Any]) -> list[str]:
    space[f"g{index}"] = lambda record: gathered(record, source)[1]
    if not source.numbered or any(len(name.keys) > 1 for name in source.numbered):
        return [f"v = g{index}(record)"]
    items = ", ".join(f"get({name.keys[0]!r})" for name in source.numbered)
    test = f"set(map(type, v)) != whole or not m{index}.isdisjoint(v)"
    return [f"v = [{items}]", f"if {test}: v = g{index}(record)"]


def _find(index: int, source: Source, numbers: bool) -> list[str]:
    """Lines that set v to the first value that is there and not a null word."""
    lines: list[str] = []
    for position, name in enumerate(source.names):
        block = [*_dig(name), "if type(v) is str:", "    v = v.strip()", f"    if v in n{index}: v = None"]
        if numbers:
            block += [f"elif (type(v) is int or type(v) is float) and v in m{index}:", "    v = None"]
        if source.nulls & {"true", "false"}:
            block += [f"elif type(v) is bool and ('true' if v else 'false') in n{index}:", "    v = None"]
        lines += block if position == 0 else ["if v is None:", *(f"    {line}" for line in block)]
    return lines


def _dig(name: Name) -> list[str]:
    first, *inner = name.keys
    return [f"v = get({first!r})", *(f"v = v.get({key!r}) if type(v) is dict else None" for key in inner)]


def numbers(words: Iterable[str]) -> Iterable[int | float]:
    """The numbers whose text, as `as_text` writes it, is one of the words."""
    for word in words:
        for number in (int, float):
            try:
                value = number(word)
            except ValueError:
                continue
            if abs(value) < float("inf") and as_text(value) == word:
                yield value
                break
