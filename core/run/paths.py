"""Which declarations answer at which path: one each, or the operations of one SOAP service."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.declare.declaration import Declaration
from core.declare.problem import Problem

OWN = re.compile(r"/|/api/token|/(-|static)/.*")
"""Paths at which the platform itself answers."""


def check_paths(declarations: Iterable[Declaration]) -> list[Problem]:
    """A problem for each declaration whose path is the platform's own, or another's unless both are operations of one
    SOAP service.
    """
    first: dict[str, Declaration] = {}
    operations: dict[tuple[str, str], Declaration] = {}
    problems = []
    for declaration in declarations:
        path, soap = declaration.data.get("path"), declaration.data.get("soap", {})
        if path is None:  # it takes files only
            continue
        if OWN.fullmatch(path):
            problems.append(declaration.problem("ZC366", "path", address=path))
        other = first.setdefault(path, declaration)
        same = operations.setdefault((path, soap.get("operation", "")), declaration)
        if other is declaration:
            continue
        service = other.data.get("soap", {}).get("namespace")
        if same is not declaration or not service or soap.get("namespace") != service:
            problems.append(declaration.problem("ZC360", "path", address=path, other=other.id))
    return problems
