"""Breaking Chinese text into lines: between any two characters, but never inside a number or a word, and never so that
a line begins with a closing mark or ends with an opening one (GB/T 15834-2011, 5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

NOT_FIRST = "，。、；：？！）》〉」』】〕”’％%‰℃·—…,.;:?!)]}"
NOT_LAST = "（《〈「『【〔“‘([{￥$"
_WORD = re.compile(r"[!-~\u00b0-\u02ff]+|\s+|.", re.DOTALL)

Measure = Callable[[str], float]


def broken(text: str, width: float, measure: Measure, indent: float = 0.0) -> list[str]:
    """The lines of a text in which "\\n" begins a new one. A piece wider than a whole line is cut where it must be."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _lines(pieces(paragraph), width, measure, indent)
    return lines


def pieces(text: str) -> list[str]:
    """What must stay together: a number with its sign, a word, a character with the marks that belong to it."""
    found: list[str] = []
    for part in _WORD.findall(text):
        holds = bool(found) and (part[0] in NOT_FIRST or found[-1][-1] in NOT_LAST)
        if holds and not part.isspace():
            found[-1] += part
        else:
            found.append(part)
    return found


def _lines(parts: Sequence[str], width: float, measure: Measure, indent: float) -> list[str]:
    lines, line, room = [], "", width - indent
    for part in parts:
        if line and measure(line + part.rstrip()) > room:
            lines.append(line.rstrip())
            line, room, part = "", width, part.lstrip()
        while part and measure(part) > room:
            fits = _fitting(part, room, measure)
            lines.append(part[:fits])
            part, room = part[fits:], width
        line += part
    return [*lines, line.rstrip()] if line or not lines else lines


def _fitting(part: str, room: float, measure: Measure) -> int:
    """How many characters of a piece fit, at least one."""
    return next((end for end in range(len(part), 1, -1) if measure(part[:end]) <= room), 1)
