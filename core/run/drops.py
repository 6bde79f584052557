"""Which interfaces take which dropped files: no file is two's, and no acknowledgement is anybody's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, permutations

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.intake.plan import Interface
from core.intake.post import Partner


def check_drops(
    interfaces: Mapping[str, Interface], partners: Mapping[str, Partner], declarations: Mapping[str, Declaration]
) -> Iterator[Problem]:
    """A problem for each two active interfaces that some partner may both use, where a file, or the acknowledgement
    of one, is taken by the other too."""
    drops = [(name, one.drop) for name, one in sorted(interfaces.items()) if one.active and one.drop is not None]
    for (name, drop), (other, others) in combinations(drops, 2):
        sample = drop.files.meets(others.files)
        if sample is not None and _meet(name, other, partners):
            yield declarations[other].problem("ZC347", "drop", "files", sample=sample, other=name)
    for (name, drop), (other, others) in permutations(drops, 2):
        for key, pattern in drop.answers().items():
            sample = pattern.meets(others.files)
            if sample is not None and _meet(name, other, partners):
                what = phrase(
                    "an acknowledgement such as {sample} would be taken by interface '{other}'",
                    sample=sample,
                    other=other,
                )
                yield declarations[name].problem("ZC348", "drop", key, what=what)


def _meet(name: str, other: str, partners: Mapping[str, Partner]) -> bool:
    """Whether some partner may use both interfaces."""
    return any(one.may_use(name) and one.may_use(other) for one in partners.values())
