"""The platform's own envelope, for answers that no declared reply shapes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from core.declare import loader
from core.declare.declaration import Declaration
from core.declare.kind import core_kinds
from core.declare.rules import Allowed
from core.declare.shape import shape
from core.intake.reply import Reply, compile_reply

FILE = Path(__file__).with_suffix(".yaml")


def token_reply(site: Mapping[str, Any], replies: Mapping[str, Reply]) -> Reply:
    """The reply that tokens are answered in: the one that site.yaml names, else the platform's own."""
    name = site["tokens"].get("reply")
    return replies[name] if name is not None else platform_reply()


@cache
def platform_reply() -> Reply:
    """The platform's own envelope, compiled like any declared one."""
    document, problems = loader.load(FILE.name, FILE.read_bytes())
    if document is None:
        raise RuntimeError(f"{FILE.name} is broken: {problems[0]}")
    raw = Declaration("reply", "platform", document.data, document, "core")
    reply, problems = compile_reply(shape(raw, core_kinds()["reply"].schema, Allowed()).declaration)
    if reply is None:
        raise RuntimeError(f"{FILE.name} is broken: {problems[0]}")
    return reply
