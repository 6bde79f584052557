"""What can become of a post or a row: a closed list, each with the platform's own code and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome. `level` is post or row; `message` may name values in braces; `http` is None for rows."""

    id: str
    level: str
    code: str
    message: str
    meaning: str
    remedy: str
    http: int | None = None


def _load() -> Mapping[str, Outcome]:
    entries = yaml.safe_load(Path(__file__).with_name("outcomes.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({id_: Outcome(id=id_, **entry) for id_, entry in entries.items()})


OUTCOMES: Mapping[str, Outcome] = _load()
"""All outcomes by id, as outcomes.yaml has them."""
