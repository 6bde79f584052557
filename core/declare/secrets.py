"""config/secrets.yaml: names with text. Nothing of its contents ever enters a problem."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.declare import loader
from core.declare.problem import Place, problem
from core.declare.sources import Sources

SHOWN = "config/secrets.yaml"


def read(home: Path, sources: Sources) -> dict[str, str]:
    """The secrets of a home; empty when there are none or they have problems."""
    path = home / SHOWN
    if not path.exists():
        return {}
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        sources.problems.append(problem("ZC119", Place(SHOWN), mode=f"{mode:04o}"))
    data = sources.data(SHOWN, path)
    if data is None:
        return {}
    document, problems = loader.load(SHOWN, data)
    # what the loader says may quote the text, so of its problems only the place is kept
    places = [Place(SHOWN, found.line, found.col) for found in problems]
    if document is not None:
        places = _not_text(document.data, document.value_places)
    sources.problems += [problem("ZC120", place) for place in places]
    return dict(document.data) if document is not None and not places else {}


def _not_text(data: Any, value_places: Mapping[Any, Place]) -> list[Place]:
    if not isinstance(data, dict):
        return [value_places[()]]
    return [value_places[(name,)] for name, value in data.items() if not isinstance(value, str)]
