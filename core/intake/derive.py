"""The third step: derivers fill the derived fields, over the whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.entity.entity import Derive, Entity
from core.intake.explain import Fault
from core.intake.post import Post

BatchDeriver = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]
"""A plugin's deriver bound to its snapshot: for each record's inputs, the values of derived fields."""


def derive(post: Post, derivers: Mapping[str, BatchDeriver], fault: Fault) -> None:
    """Fill the derived fields of the mapped records."""
    rederive(post.interface.entity, [item.values for item in post.mapped], derivers, fault)


def rederive(
    entity: Entity, records: Sequence[dict[str, Any]], derivers: Mapping[str, BatchDeriver], fault: Fault
) -> None:
    """Run every deriver of the entity over records in stored form, in place.

    One that raises or answers wrongly leaves its fields as they are and its name under `pending`, and `fault` is
    told; where all ran, pending becomes null.
    """
    if not records:
        return
    pending = [use.use for use in entity.derive if not _run(entity, use, records, derivers, fault)]
    for record in records:
        record["pending"] = " ".join(pending) or None


def _run(
    entity: Entity,
    use: Derive,
    records: Sequence[dict[str, Any]],
    derivers: Mapping[str, BatchDeriver],
    fault: Fault,
) -> bool:
    """Whether the deriver ran; nothing of it is taken unless all of it can be."""
    inputs = tuple(use.inputs.items())
    try:
        batch = [{slot: record[name] for slot, name in inputs} for record in records]
        _count_at_receipt(entity, inputs, records, batch)
        results = derivers[use.use](batch)
        _check(entity, results, len(records))
    except Exception as error:  # noqa: BLE001 - foreign code; the records are kept and derived again later
        fault(f"deriver {use.use}", error)
        return False
    for record, result in zip(records, results, strict=True):
        record.update(result)
    return True


def _count_at_receipt(
    entity: Entity,
    inputs: Sequence[tuple[str, str]],
    records: Sequence[Mapping[str, Any]],
    batch: Sequence[dict[str, Any]],
) -> None:
    """Where the device's clock lies, the time that a deriver reads is that of receipt."""
    slots = [slot for slot, name in inputs if name == entity.time]
    for record, values in zip(records, batch, strict=True) if slots else ():
        if record["clock"] != "ok":
            values |= dict.fromkeys(slots, record["received_at"])


def _check(entity: Entity, results: Sequence[Mapping[str, Any]], count: int) -> None:
    """ValueError where a deriver's answer does not fit."""
    if len(results) != count:
        raise ValueError(f"{count} records went in and {len(results)} results came out")
    if not all(map(entity.derived.issuperset, results)):
        unknown = {name for result in results for name in result if name not in entity.derived}
        raise ValueError(f"{', '.join(sorted(unknown))} is no derived field of {entity.id}")
